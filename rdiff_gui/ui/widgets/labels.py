"""Text: that wraps, that can be copied, that is cut to its place, and that explains it."""

from __future__ import annotations

import re
import tkinter as tk
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import PurePath
from tkinter import ttk
from typing import Literal

from rdiff_gui.ui.theme import Theme

_MOST_LINES = 12
_ELLIPSIS = "…"
_TIP_DELAY_MS = 500
_TIP_WIDTH = 520


class WrappedLabel(ttk.Label):
    """Asks for no width of its own: grid it sticky in a column with weight."""

    def __init__(self, parent: tk.Misc, *, text: str = "", style: str) -> None:
        super().__init__(parent, text=text, style=style, width=1)
        self.bind("<Configure>", lambda event: self.configure(wraplength=event.width))


class CopyableText(tk.Text):
    """As tall as its text, up to `most_lines`. `surface` is what it stands on."""

    def __init__(
        self, parent: tk.Misc, theme: Theme, *, surface: str, most_lines: int = _MOST_LINES
    ) -> None:
        super().__init__(
            parent,
            wrap="word",
            font="TkFixedFont",
            borderwidth=0,
            highlightthickness=theme.px(2),
            # Together the room that a focus ring has elsewhere.
            padx=theme.inset - theme.px(2),
            pady=theme.px(4),
            height=1,
            width=1,
            state="disabled",
            takefocus=True,
        )
        self._theme = theme
        self._surface = surface
        self._most_lines = most_lines
        self.bind("<<ThemeChanged>>", lambda _event: self._dress())
        self.bind("<Button-1>", lambda _event: self.focus_set(), add=True)
        # Tab leaves the text, as it leaves every other control.
        self.bind("<Tab>", lambda _event: self._leave("tk_focusNext"))
        self.bind("<Shift-Tab>", lambda _event: self._leave("tk_focusPrev"))
        self.bind("<<SelectAll>>", lambda _event: self._select_all())
        self._dress()

    def show(self, text: str) -> None:
        """Replace it."""
        self.configure(state="normal")
        self.delete("1.0", "end")
        self.insert("1.0", text)
        self.configure(state="disabled", height=min(self._most_lines, text.count("\n") + 1))

    def _dress(self) -> None:
        palette = self._theme.palette
        ground = self._theme.surface(self._surface)
        self.configure(
            background=ground,
            foreground=palette.text,
            selectbackground=palette.accent,
            selectforeground=palette.on_accent,
            inactiveselectbackground=palette.accent,
            highlightbackground=ground,
            highlightcolor=palette.ring,
            insertbackground=palette.text,
        )

    def _leave(self, direction: str) -> str:
        target = self.tk.call(direction, self)
        self.tk.call("focus", target)
        return "break"

    def _select_all(self) -> str:
        self.tag_add("sel", "1.0", "end-1c")
        return "break"


def elide_middle(text: str, width_px: int, measure: Callable[[str], int]) -> str:
    """`text`, or where wider than `width_px` its start and end; a file's extension is kept.

    `measure` gives the width of a text in pixels.
    """
    if measure(text) <= width_px:
        return text
    suffix_length = len(PurePath(text).suffix)
    low, high = 0, len(text)
    best = _ELLIPSIS
    while low <= high:
        kept = (low + high) // 2
        tail = min(kept, max(kept // 2, suffix_length + 1))
        candidate = text[: kept - tail] + _ELLIPSIS + (text[-tail:] if tail else "")
        if measure(candidate) <= width_px:
            best = candidate
            low = kept + 1
        else:
            high = kept - 1
    return best


def elide_end(text: str, width_px: int, measure: Callable[[str], int]) -> str:
    """`text`, or where wider than `width_px` its beginning."""
    if measure(text) <= width_px:
        return text
    kept = bisect_right(
        range(len(text)), width_px, key=lambda length: measure(text[:length] + _ELLIPSIS)
    )
    return text[: max(0, kept - 1)].rstrip() + _ELLIPSIS


# A name or a path between quotation marks, as one language or another has them.
_NAME = re.compile(
    "(?<=“)[^”]+(?=”)|(?<=„)[^”“]+(?=[”“])|(?<=«)[^»]+(?=»)|(?<=「)[^」]+(?=」)|(?<=‘)[^’]+(?=’)"
)
# Characters; more of one name would fill a line by itself.
_NAME_SHOWN = 60


def shorten_names(sentence: str, most: int = _NAME_SHOWN) -> str:
    """The sentence, with no more than start and end of each name that is longer than `most`."""
    return _NAME.sub(lambda name: elide_middle(name[0], most, len), sentence)


class Sentence(WrappedLabel):
    """May tell of files: names that are too long are cut, and all of it is in the tooltip."""

    def __init__(self, parent: tk.Misc, theme: Theme, *, text: str = "", style: str) -> None:
        super().__init__(parent, style=style)
        self.whole = ""
        self.show(text)
        Tooltip(self, theme, lambda: "" if str(self.cget("text")) == self.whole else self.whole)

    def show(self, text: str) -> None:
        """Replace it."""
        self.whole = text
        self.configure(text=shorten_names(text))


class ElidedLabel(ttk.Label):
    """One line: where there is no room for it, its start and end, and a tooltip with all of it.

    Asks for no width of its own, as a WrappedLabel.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, *, text: str = "", style: str = "") -> None:
        super().__init__(parent, style=style, width=1)
        self._measure = theme.font("AppBody").measure
        self.whole = text
        self.bind("<Configure>", lambda _event: self._fit())
        Tooltip(self, theme, lambda: "" if str(self.cget("text")) == self.whole else self.whole)

    def show(self, text: str) -> None:
        """Replace the text."""
        self.whole = text
        self._fit()

    def _fit(self) -> None:
        self.configure(text=elide_middle(self.whole, self.winfo_width(), self._measure))


class ValueField(ttk.Entry):
    """A text that can be selected and copied: with the focus all of it.

    Without, `short` stands there, as far as there is room for it.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, *, value: str, short: str, style: str
    ) -> None:
        super().__init__(parent, style=style, width=1)
        self.value = value
        self._short = short
        self._measure = theme.font("AppBody").measure
        self.bind("<Configure>", lambda _event: self._fit())
        self.bind("<FocusIn>", lambda _event: self._set(self.value))
        self.bind("<FocusOut>", lambda _event: self._fit())
        Tooltip(self, theme, lambda: "" if self.get() == self.value else self.value)
        self._fit()

    def _fit(self) -> None:
        if str(self.tk.call("focus")) != str(self):
            short = elide_middle(self._short, max(1, self.winfo_width()), self._measure)
            # See `ui.shaping`: only what is copied from here must be as it was given.
            self._set(getattr(self.tk, "shape", str)(short))

    def _set(self, text: str) -> None:
        if text != self.get():
            self.state(["!readonly"])
            self.delete(0, "end")
            self.insert(0, text)
        self.state(["readonly"])


_HASH = re.compile("[0-9a-f]{64}")
_HASH_SHOWN = 8


class FactTable(ttk.Frame):
    """A row for each fact; the values can be selected and copied."""

    def __init__(
        self, parent: tk.Misc, theme: Theme, *, surface: Literal["bg", "card"] = "card"
    ) -> None:
        super().__init__(parent, style=f"{surface}.TFrame")
        self._theme = theme
        self._surface = surface
        self.columnconfigure(1, weight=1)

    def show(self, rows: Sequence[tuple[str, str]]) -> None:
        """Replace the rows; each is a label and a value of one line. Of hashes, some digits do."""
        for cell in self.winfo_children():
            cell.destroy()
        for row, (label, value) in enumerate(rows):
            name = ttk.Label(self, text=label, style=f"muted.{self._surface}.TLabel")
            name.grid(row=row, column=0, sticky="w", padx=(0, self._theme.px(16)))
            is_hash = _HASH.fullmatch(value) is not None
            short = value[:_HASH_SHOWN] + _ELLIPSIS if is_hash else value
            style = f"{self._surface}.Value.TEntry"
            field = ValueField(self, self._theme, value=value, short=short, style=style)
            field.grid(row=row, column=1, sticky="ew")


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

    def wait_again(self) -> None:
        """The pointer is over something else of the widget now."""
        self.hide()
        self._wait(None)

    def hide(self) -> None:
        """Take it away."""
        self._stop_waiting()
        if self._window is not None:
            self._window.destroy()
            self._window = self._label = None

    def _wait(self, _event: tk.Event[tk.Misc] | None) -> None:
        self._stop_waiting()
        self._waiting = self._widget.after(_TIP_DELAY_MS, self.show)

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
            wraplength=theme.px(_TIP_WIDTH),
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
