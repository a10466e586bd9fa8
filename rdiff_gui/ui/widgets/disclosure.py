"""What most people need not see, one click away."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from rdiff_gui.ui.theme import Theme


class Disclosure(ttk.Frame):
    """A heading that unfolds `body` below it, and calls `on_open` then.

    `surface` is what it stands on.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        *,
        text: str,
        surface: str = "bg",
        on_open: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(parent, style=f"{surface}.TFrame")
        self._theme = theme
        self._open = False
        self._on_open = on_open
        self.button = ttk.Button(
            self,
            text=text,
            style=f"{surface}.Ghost.TButton",
            compound="left",
            command=lambda: self.set_open(not self._open),
        )
        self.body = ttk.Frame(self, style=f"{surface}.TFrame")
        self.button.grid(row=0, column=0, sticky="w")
        self.body.grid(row=1, column=0, sticky="nsew", padx=(theme.px(26), 0))
        self.columnconfigure(0, weight=1)
        self.button.bind("<Right>", lambda _event: self.set_open(True))
        self.button.bind("<Left>", lambda _event: self.set_open(False))
        self.set_open(False)

    @property
    def open(self) -> bool:
        """Whether the body is seen."""
        return self._open

    def set_open(self, is_open: bool) -> None:
        """Unfold or fold."""
        self._open = is_open
        self.button.configure(image=self._theme.icon("down" if is_open else "right", 14, "muted"))
        if is_open:
            self.body.grid()
            self._on_open()
        else:
            self.body.grid_remove()
