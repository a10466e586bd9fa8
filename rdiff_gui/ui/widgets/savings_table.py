"""What a delta saves on the links that people have."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from rdiff_gui.engine.summaries import LinkTime
from rdiff_gui.ui.theme import Theme
from rdiff_gui.wording import show_duration, translate


class SavingsTable(ttk.Frame):
    """A row for each link, on a card."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, style="card.TFrame")
        self._theme = theme
        self.columnconfigure((0, 1, 2, 3), weight=1, uniform="column")

    def show(self, link_times: Sequence[LinkTime]) -> None:
        """Replace the rows."""
        for cell in self.winfo_children():
            cell.destroy()
        heads = (
            translate("Link"),
            translate("Whole file"),
            translate("Delta"),
            translate("Time saved"),
        )
        self._add_row(0, heads, "small.card.TLabel")
        for row, link in enumerate(link_times, start=1):
            cells = (
                _show_link(link.mbit_s),
                show_duration(link.whole_seconds),
                show_duration(link.delta_seconds),
                _show_saved(link.saved_seconds),
            )
            self._add_row(row, cells, "body.card.TLabel")

    def _add_row(self, row: int, cells: Sequence[str], style: str) -> None:
        for column, text in enumerate(cells):
            label = ttk.Label(self, text=text, style=style)
            label.grid(
                row=row,
                column=column,
                sticky="e" if column else "w",
                padx=self._theme.px(4),
                pady=self._theme.px(4),
            )


def _show_link(mbit_s: int) -> str:
    if mbit_s >= 1000 and mbit_s % 1000 == 0:
        return translate("{speed} Gbit/s").format(speed=mbit_s // 1000)
    return translate("{speed} Mbit/s").format(speed=mbit_s)


def _show_saved(seconds: float) -> str:
    return f"−{show_duration(-seconds)}" if seconds < 0 else show_duration(seconds)
