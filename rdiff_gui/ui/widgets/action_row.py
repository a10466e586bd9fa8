"""Buttons side by side, made from words and what they do."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from rdiff_gui.ui.theme import Theme

Action = tuple[str, Callable[[], None]]


class ActionRow(ttk.Frame):
    """The ordinary actions, then the primary one where the eye ends."""

    def __init__(self, parent: tk.Misc, theme: Theme, *, surface: str) -> None:
        super().__init__(parent)
        self._gap = theme.px(4)
        self.set_surface(surface)

    def set_surface(self, surface: str) -> None:
        """Stand on another ground; takes effect on the buttons with the next `show`."""
        self._surface = surface
        self.configure(style=f"{surface}.TFrame")

    def show(self, actions: Sequence[Action], primary: Action | None = None) -> None:
        """Replace the buttons."""
        for button in self.winfo_children():
            button.destroy()
        for text, command in actions:
            self._add(text, command, f"{self._surface}.TButton")
        if primary is not None:
            self._add(*primary, f"{self._surface}.Accent.TButton")

    @property
    def buttons(self) -> list[ttk.Button]:
        """From left to right."""
        return [child for child in self.winfo_children() if isinstance(child, ttk.Button)]

    def _add(self, text: str, command: Callable[[], None], style: str) -> None:
        first = not self.winfo_children()
        ttk.Button(self, text=text, command=command, style=style).pack(
            side="left", padx=(0 if first else self._gap, 0)
        )
