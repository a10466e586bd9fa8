"""The window's language, to be chosen among those that this system can show."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from rdiff_gui.languages import LANGUAGES
from rdiff_gui.records import replace
from rdiff_gui.ui.language import can_show
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.widgets import ActionRow, ChoiceBox, WrappedLabel, set_shown
from rdiff_gui.wording import translate

_SYSTEM = translate("As the system")
_LATER = translate("The window speaks it when the program starts again.")
_START_AGAIN = translate("Start again")


class LanguageCard(ttk.Frame):
    """Languages by their own names; once another one is chosen, how it comes into force."""

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, style="card.TFrame")
        self._context = context
        self._in_force = context.settings.language
        labels = {"": _SYSTEM}
        labels |= {key: name for key, name in LANGUAGES.items() if can_show(key)}
        # What was chosen on another computer stays chosen.
        labels.setdefault(self._in_force, LANGUAGES.get(self._in_force, ""))
        self.box = ChoiceBox(self, labels, on_change=self._choose, surface="card")
        self.box.grid(sticky="w")
        self.box.choose(self._in_force)
        px = context.theme.px
        self._note = WrappedLabel(self, text=_LATER, style="muted.card.TLabel")
        self._note.grid(sticky="ew", padx=context.theme.inset, pady=(px(8), 0))
        self._actions = ActionRow(self, context.theme, surface="card")
        self._actions.grid(sticky="w", pady=(px(6), 0))
        self._actions.show([(_START_AGAIN, context.start_again)])
        self.columnconfigure(0, weight=1)
        self._show_note()

    def _choose(self) -> None:
        self._context.change_settings(replace(self._context.settings, language=self.box.choice))
        self._show_note()

    def _show_note(self) -> None:
        changed = self.box.choice != self._in_force
        set_shown(self._note, changed)
        set_shown(self._actions, changed)
