"""How the work ended: the one thing to know, large, and what to do next."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import Literal

from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets.action_row import Action, ActionRow
from rdiff_gui.ui.widgets.wrapped_label import WrappedLabel

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
