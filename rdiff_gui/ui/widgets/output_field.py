"""Where a result will be written."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets.controls import bind_alt_letter
from rdiff_gui.ui.widgets.labels import WrappedLabel
from rdiff_gui.wording import show_name, translate


class OutputField(ttk.Frame):
    """A path that can be typed or chosen. `on_change` is called when the user has changed it.

    A name that a field cannot show (line breaks, bytes that are no text) is shown escaped, and
    given back as it was set for as long as nobody edits it.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        *,
        label: str,
        on_browse: Callable[[], None],
        on_change: Callable[[], None],
        underline: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_change = on_change
        self._proposing = False
        self._set_path = ""
        self._set_text = ""
        self._text = tk.StringVar(self)
        self._text.trace_add("write", self._changed)
        caption = ttk.Label(self, text=label, style="body.bg.TLabel")
        self.entry = ttk.Entry(self, textvariable=self._text)
        self._browse = ttk.Button(self, text=translate("Browse…"), command=on_browse)
        bind_alt_letter(self._browse, underline)
        self._problem = WrappedLabel(self, style="error.bg.TLabel")
        caption.grid(row=0, column=0, sticky="w", padx=(theme.px(3), theme.px(8)))
        self.entry.grid(row=0, column=1, sticky="ew")
        self._browse.grid(row=0, column=2, padx=(theme.px(6), 0))
        self._problem.grid(row=1, column=1, sticky="ew", padx=theme.px(3))
        self._problem.grid_remove()
        self.columnconfigure(1, weight=1, minsize=theme.px(140))
        self.entry.bind("<Configure>", lambda _event: self._show_end(), add=True)
        self.entry.bind("<FocusOut>", lambda _event: self._show_end(), add=True)

    @property
    def path(self) -> str:
        """The path as the operating system wants it; empty where none is given."""
        text = self._text.get()
        return self._set_path if text == self._set_text else text

    def set_path(self, path: Path | str) -> None:
        """Propose a path, of which nothing bad is known; `on_change` is not called."""
        self._set_path = os.fspath(path)
        self._set_text = show_name(self._set_path) if self._set_path else ""
        self._proposing = True
        self._text.set(self._set_text)
        self._proposing = False
        self.set_problem(None)
        self._show_end()

    def set_enabled(self, enabled: bool) -> None:
        """Let the path be changed, or show one that is given."""
        state = "!disabled" if enabled else "disabled"
        self.entry.state([state])
        self._browse.state([state])

    def set_problem(self, sentence: str | None) -> None:
        """Say below the field why this path will not do, or, with None, that it will."""
        self.entry.state(["invalid" if sentence else "!invalid"])
        self._problem.configure(text=sentence or "")
        if sentence:
            self._problem.grid()
        else:
            self._problem.grid_remove()

    def _changed(self, *_trace: str) -> None:
        if not self._proposing:
            self._on_change()

    def _show_end(self) -> None:
        """The name is at the end, and it is what people look for."""
        # By its name, since Tk's own inner windows have no Python widget: its file chooser.
        if str(self.tk.call("focus")) != str(self.entry):
            self.entry.icursor("end")
            self.entry.xview_moveto(1.0)
