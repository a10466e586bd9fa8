"""A line of explanation beside the pointer."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from rdiff_gui.ui.theme import Theme

_DELAY_MS = 500
_WRAP = 520


class Tooltip:
    """Shows `text()` after the pointer has rested on `widget`; an empty text shows nothing."""

    def __init__(self, widget: tk.Misc, theme: Theme, text: Callable[[], str]) -> None:
        self._widget = widget
        self._theme = theme
        self._text = text
        self._window: tk.Toplevel | None = None
        self._label: ttk.Label | None = None
        self._waiting: str | None = None
        widget.bind("<Enter>", self._wait, add=True)
        for sequence in ("<Leave>", "<ButtonPress>", "<KeyPress>", "<Destroy>", "<Unmap>"):
            widget.bind(sequence, lambda _event: self.hide(), add=True)

    @property
    def shown(self) -> str:
        """What is on the screen now, or an empty text."""
        return str(self._label.cget("text")) if self._label is not None else ""

    def show(self) -> None:
        """Show it now, beside the pointer."""
        self._stop_waiting()
        text = self._text()
        if not text:
            self.hide()
            return
        if self._window is None or self._label is None:
            self._window, self._label = self._build()
        self._label.configure(text=text)
        self._place(self._window)

    def hide(self) -> None:
        """Take it away."""
        self._stop_waiting()
        if self._window is not None:
            self._window.destroy()
            self._window = self._label = None

    def _wait(self, _event: tk.Event[tk.Misc]) -> None:
        self._stop_waiting()
        self._waiting = self._widget.after(_DELAY_MS, self.show)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._widget.after_cancel(self._waiting)
            self._waiting = None

    def _build(self) -> tuple[tk.Toplevel, ttk.Label]:
        theme = self._theme
        window = tk.Toplevel(self._widget)
        window.withdraw()
        window.overrideredirect(True)
        frame = ttk.Frame(window, style="Tip.TFrame", padding=theme.px(1))
        frame.pack()
        label = ttk.Label(
            frame,
            style="body.card.TLabel",
            padding=(theme.px(8), theme.px(4)),
            wraplength=theme.px(_WRAP),
        )
        label.pack()
        return window, label

    def _place(self, window: tk.Toplevel) -> None:
        window.update_idletasks()
        gap = self._theme.px(16)
        x, y = self._widget.winfo_pointerxy()
        width, height = window.winfo_reqwidth(), window.winfo_reqheight()
        left = max(0, min(x + gap, window.winfo_screenwidth() - width))
        top = y + gap if y + gap + height <= window.winfo_screenheight() else y - gap - height
        window.geometry(f"+{left}+{max(0, top)}")
        window.deiconify()
        window.lift()
