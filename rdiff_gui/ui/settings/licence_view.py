"""The licences of all that the program is made of, one at a time."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from rdiff_gui.desktop.licences import Licence
from rdiff_gui.ui.settings import text
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import CopyableText

_LINES = 14


class LicenceView(ttk.Frame):
    """A part is chosen above, its text is read below; both with the keyboard alone, too."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        px = theme.px
        self._licences: Sequence[Licence] = ()
        name = ttk.Label(self, text=text.PART, style="body.bg.TLabel")
        name.grid(row=0, column=0, sticky="w", padx=(0, px(8)))
        self.box = ttk.Combobox(self, state="readonly", width=38, font="AppBody", height=_LINES)
        self.box.grid(row=0, column=1, sticky="w")
        self.box.bind("<<ComboboxSelected>>", lambda _event: self._show_chosen())
        card = ttk.Frame(self, style="Card.TFrame", padding=px(12))
        card.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(px(8), 0))
        self.text = CopyableText(card, theme, surface="card", most_lines=_LINES)
        self.text.grid(row=0, column=0, sticky="ew")
        bar = ttk.Scrollbar(
            card, orient="vertical", command=self.text.yview, style="card.Vertical.TScrollbar"
        )
        self.text.configure(yscrollcommand=bar.set)
        bar.grid(row=0, column=1, sticky="ns")
        card.columnconfigure(0, weight=1)
        self.columnconfigure(1, weight=1)

    @property
    def empty(self) -> bool:
        """Whether nothing was shown yet."""
        return not self._licences

    def show(self, licences: Sequence[Licence]) -> None:
        """Offer these, and show the first."""
        self._licences = licences
        self.box.configure(values=[licence.part for licence in licences])
        if licences:
            self.box.current(0)
            self._show_chosen()
        else:
            self.text.show(text.NO_LICENCES)

    def _show_chosen(self) -> None:
        self.text.show(self._licences[self.box.current()].text)
        # The list's pop-up leaves its choice selected, as if it could be typed over.
        self.box.selection_clear()
