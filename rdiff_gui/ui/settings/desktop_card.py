"""In the settings: whether the user's desktop knows the program, and the way to change that."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial

from rdiff_gui.desktop.integration import Change, Standing, State, install, look, uninstall
from rdiff_gui.ui import text as shared
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.settings import text
from rdiff_gui.ui.widgets import Action, ActionRow, Banner, WrappedLabel
from rdiff_gui.wording import show_name

_SENTENCES = {
    State.ABSENT: text.ABSENT,
    State.CURRENT: text.CURRENT,
    State.OUTDATED: text.OUTDATED,
    State.INCOMPLETE: text.INCOMPLETE,
}


class DesktopCard:
    """A sentence and buttons in `parent`; trouble goes to the page's banner."""

    def __init__(self, parent: tk.Misc, context: PageContext, banner: Banner) -> None:
        self._context = context
        self._banner = banner
        self._text = WrappedLabel(parent, style="body.card.TLabel")
        self._text.grid(sticky="ew")
        self._actions = ActionRow(parent, context.theme, surface="card")
        self._actions.grid(sticky="w", pady=(context.theme.px(8), 0))

    def refresh(self) -> None:
        """Look how it stands."""
        self._context.post.ask(look, self._show, self._tell_problem)

    def _show(self, standing: Standing) -> None:
        if standing.state is State.FOREIGN:
            return
        by_package = standing.state is State.ABSENT and standing.system_entry is not None
        sentence = (
            text.BY_A_PACKAGE.format(entry=show_name(standing.system_entry))
            if by_package and standing.system_entry
            else _SENTENCES[standing.state]
        )
        self._text.configure(text=sentence)
        add: Action = (text.ADD, partial(self._change, install))
        update: Action = (text.UPDATE, partial(self._change, install))
        repair: Action = (text.REPAIR, partial(self._change, install))
        remove: Action = (text.REMOVE, partial(self._change, uninstall))
        actions = {
            State.ABSENT: [add],
            State.CURRENT: [remove],
            State.OUTDATED: [update, remove],
            State.INCOMPLETE: [repair, remove],
        }
        self._actions.show([] if by_package else actions[standing.state])

    def _change(self, change: Callable[[], Change]) -> None:
        for button in self._actions.buttons:
            button.state(["disabled"])
        self._banner.hide()
        self._context.post.ask(change, self._tell, self._tell_problem)

    def _tell(self, change: Change) -> None:
        if change.remarks:
            dismiss: list[Action] = [(shared.DISMISS, self._banner.hide)]
            self._banner.show("warning", "\n".join(change.remarks), dismiss)
        self.refresh()

    def _tell_problem(self, problem: BaseException) -> None:
        told = report(problem)
        dismiss: list[Action] = [(shared.DISMISS, self._banner.hide)]
        self._banner.show("error", told.sentence, dismiss, told.detail)
        for button in self._actions.buttons:
            button.state(["!disabled"])
