"""How the work ended: the one thing to know, large, what it saves, and what to be wary of."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import Literal

from rdiff_gui.engine.summaries import LinkTime
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets.controls import Action, ActionRow, set_shown
from rdiff_gui.ui.widgets.labels import WrappedLabel
from rdiff_gui.wording import show_duration, translate

Role = Literal["ok", "plain", "warning"]

_HEADLINES: dict[Role, str] = {
    "ok": "big-ok.card.TLabel",
    "plain": "big.card.TLabel",
    "warning": "big-warning.card.TLabel",
}
_NARROWEST_LINE = 160


class ResultCard(ttk.Frame):
    """Headline, a line beside it, buttons; `body` below takes what the page adds."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        px = theme.px
        super().__init__(parent, style="Card.TFrame", padding=(px(20), px(14)))
        self._theme = theme
        self._head = ttk.Frame(self, style="card.TFrame")
        self._headline = ttk.Label(self._head)
        self._line = WrappedLabel(self._head, style="body.card.TLabel")
        self.actions = ActionRow(self._head, theme, surface="card")
        self.body = ttk.Frame(self, style="card.TFrame")
        self._head.grid(row=0, column=0, sticky="ew")
        self.body.grid(row=1, column=0, sticky="nsew", pady=(px(10), 0))
        self.columnconfigure(0, weight=1)
        self._head.columnconfigure(1, weight=1)
        self._headline.grid(row=0, column=0, sticky="w")
        self._head.bind("<Configure>", lambda _event: self._arrange())

    def show(
        self,
        headline: str,
        line: str = "",
        *,
        role: Role = "ok",
        primary: Action | None = None,
        secondary: Sequence[Action] = (),
    ) -> None:
        """Replace the head; the body is the page's own."""
        self._headline.configure(text=headline, style=_HEADLINES[role])
        self._line.configure(text=line)
        self.actions.show(secondary, primary)
        self._arrange()

    def _arrange(self) -> None:
        """Side by side where there is room, else below one another."""
        px = self._theme.px
        width = self._head.winfo_width()
        wanted = self._headline.winfo_reqwidth() + self.actions.winfo_reqwidth()
        if width >= wanted + px(_NARROWEST_LINE) + px(28):
            self._line.grid(row=0, column=1, sticky="ew", padx=px(14), pady=0, columnspan=1)
            self.actions.grid(row=0, column=2, sticky="e", pady=0, columnspan=1)
        else:
            self._line.grid(row=1, column=0, sticky="ew", padx=0, pady=(px(4), 0), columnspan=3)
            self.actions.grid(row=2, column=0, sticky="w", pady=(px(8), 0), columnspan=3)


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
                self, image=self._theme.icon("warning", 16, "warning"), style="body.bg.TLabel"
            )
            icon.grid(row=row, column=0, sticky="n", padx=(px(20), px(8)), pady=(px(4), 0))
            text = WrappedLabel(self, text=sentence, style="muted.bg.TLabel")
            text.grid(row=row, column=1, sticky="ew", padx=(0, px(20)), pady=(px(2), 0))
        if sentences or self.winfo_manager():
            set_shown(self, bool(sentences))
