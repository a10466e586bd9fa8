"""What is known about something, as names and values."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import Literal

from rdiff_gui.ui.theme import Theme


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
        """Replace the rows; each is a label and a value of one line."""
        for cell in self.winfo_children():
            cell.destroy()
        for row, (label, value) in enumerate(rows):
            name = ttk.Label(self, text=label, style=f"muted.{self._surface}.TLabel")
            name.grid(row=row, column=0, sticky="w", padx=(0, self._theme.px(16)))
            field = ttk.Entry(self, style=f"{self._surface}.Value.TEntry", width=1)
            field.insert(0, value)
            field.state(["readonly"])
            field.grid(row=row, column=1, sticky="ew")
