"""The program and the user's desktop: an offer on the start page, a card in the settings."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from rdiff_gui.records import replace
from rdiff_gui.ui.error_report import show_problem
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.widgets import Action, ActionRow, Banner, WrappedLabel, set_enabled
from rdiff_gui.wording import show_name, translate

# The integration itself is imported where it is called: it is offered once in the program's life,
# so no start should wait for it.
if TYPE_CHECKING:
    from rdiff_gui.desktop.integration import DesktopChange, Standing

if sys.platform == "win32":
    _OFFER = translate("Open signatures and deltas with a double-click?")
    _CURRENT = translate("Signatures and deltas open with a double-click.")
else:
    _OFFER = translate(
        "Open signatures and deltas with a double-click, and have the program in the menu?"
    )
    _CURRENT = translate(
        "Signatures and deltas open with a double-click, and the menu has the program."
    )
_ADD = translate("Add to this desktop")
_ADDED = translate(
    "Done: signatures and deltas open with a double-click. The settings take it back."
)
_REMOVE = translate("Remove from this desktop")
_UPDATE = translate("Make it this one")
_REPAIR = translate("Put them back")
_ABSENT = translate("Signatures and deltas do not open with a double-click yet.")
_OUTDATED = translate(
    "Signatures and deltas open with another version of the program, or from another place."
)
_INCOMPLETE = translate(
    "Signatures and deltas opened with a double-click; a part of that has gone."
)
_BY_A_PACKAGE = translate(
    "A package of this system has it so for everybody: signatures and deltas open with a "
    "double-click ({entry})."
)


class DesktopOffer:
    """Speaks through a banner, in one run of the program only: then the settings have it."""

    def __init__(self, context: PageContext, banner: Banner, in_front: Callable[[], bool]) -> None:
        self._context = context
        self._banner = banner
        self._in_front = in_front

    def consider(self) -> None:
        """Offer it, unless that was done before or there is nothing to add."""
        if self._context.settings.desktop_offered:
            return
        from rdiff_gui.desktop import integration

        if integration.is_possible():
            # What goes wrong while looking is told when somebody asks for it, in the settings.
            self._context.post.ask(integration.look, self._offer, lambda _problem: None)

    def _offer(self, standing: Standing) -> None:
        from rdiff_gui.desktop.integration import State

        wanted = standing.state is State.ABSENT and standing.system_entry is None
        if not wanted or not self._in_front() or self._context.settings.desktop_offered:
            return
        answers = [(_ADD, self._add), (translate("No thanks"), self._banner.hide)]
        self._banner.show("info", _OFFER, answers)
        self._context.change_settings(replace(self._context.settings, desktop_offered=True))

    def was_left(self) -> None:
        """What was done needs no more words, and may be undone in the settings."""
        if self._banner.sentence == _ADDED:
            self._banner.hide()

    def _add(self) -> None:
        from rdiff_gui.desktop.integration import install

        self._banner.show("info", translate("Adding to this desktop…"))
        failed = partial(show_problem, self._banner)
        self._context.post.ask(install, self._tell, failed, lasting=True)

    def _tell(self, change: DesktopChange) -> None:
        if change.remarks:
            self._banner.tell("warning", "\n".join(change.remarks))
        else:
            self._banner.tell("ok", _ADDED)


class DesktopCard:
    """A sentence and buttons in `parent`; trouble goes to the page's banner."""

    def __init__(self, parent: tk.Misc, context: PageContext, banner: Banner) -> None:
        self._context = context
        self._banner = banner
        self._text = WrappedLabel(parent, style="body.card.TLabel")
        self._text.grid(sticky="ew", padx=context.theme.inset)
        self._actions = ActionRow(parent, context.theme, surface="card")
        self._actions.grid(sticky="w", pady=(context.theme.px(8), 0))

    def refresh(self) -> None:
        """Look how it stands."""
        from rdiff_gui.desktop.integration import look

        self._context.post.ask(look, self._show, self._tell_problem)

    def _show(self, standing: Standing) -> None:
        from rdiff_gui.desktop.integration import State, install, uninstall

        entry = standing.system_entry
        if standing.state is State.ABSENT and entry is not None:
            self._text.configure(text=_BY_A_PACKAGE.format(entry=show_name(entry)))
            self._actions.show([])
            return
        sentence, labels = {
            State.ABSENT: (_ABSENT, [_ADD]),
            State.CURRENT: (_CURRENT, [_REMOVE]),
            State.OUTDATED: (_OUTDATED, [_UPDATE, _REMOVE]),
            State.INCOMPLETE: (_INCOMPLETE, [_REPAIR, _REMOVE]),
        }[standing.state]
        self._text.configure(text=sentence)
        actions: list[Action] = [
            (label, partial(self._change, uninstall if label == _REMOVE else install))
            for label in labels
        ]
        self._actions.show(actions)

    def _change(self, change: Callable[[], DesktopChange]) -> None:
        for button in self._actions.buttons:
            set_enabled(button, False)
        self._banner.hide()
        self._context.post.ask(change, self._tell, self._tell_problem, lasting=True)

    def _tell(self, change: DesktopChange) -> None:
        if change.remarks:
            self._banner.tell("warning", "\n".join(change.remarks))
        self.refresh()

    def _tell_problem(self, problem: BaseException) -> None:
        show_problem(self._banner, problem)
        for button in self._actions.buttons:
            set_enabled(button, True)
