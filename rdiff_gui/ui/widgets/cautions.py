"""What did not make the work fail, and yet should be known."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets.wrapped_label import WrappedLabel

_ICON = 16


class Cautions(ttk.Frame):
    """A line for each sentence, quieter than a banner. Put it with `grid`; empty, it is away."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self.columnconfigure(1, weight=1)

    def show(self, sentences: Sequence[str]) -> None:
        """Replace the lines; with none, take no room."""
        for part in self.winfo_children():
            part.destroy()
        px = self._theme.px
        for row, sentence in enumerate(sentences):
            icon = ttk.Label(
                self, image=self._theme.icon("warning", _ICON, "warning"), style="body.bg.TLabel"
            )
            icon.grid(row=row, column=0, sticky="n", padx=(px(20), px(8)), pady=(px(4), 0))
            text = WrappedLabel(self, text=sentence, style="muted.bg.TLabel")
            text.grid(row=row, column=1, sticky="ew", padx=(0, px(20)), pady=(px(2), 0))
        if sentences:
            self.grid()
        elif self.winfo_manager():
            self.grid_remove()
