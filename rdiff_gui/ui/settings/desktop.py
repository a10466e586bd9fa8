"""The program and the user's desktop: an offer on the start page, a card in the settings."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from rdiff_gui.ui.error_report import show_problem
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.settings import text
from rdiff_gui.ui.widgets import Action, ActionRow, Banner, WrappedLabel, set_enabled
from rdiff_gui.wording import show_name

# The integration itself is imported where it is called: it is offered once in the program's life,
# so no start should wait for it.
if TYPE_CHECKING:
    from rdiff_gui.desktop.integration import Change, Standing


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
        answers = [(text.ADD, self._add), (text.NO_THANKS, self._banner.hide)]
        self._banner.show("info", text.OFFER, answers)
        self._context.change_settings(replace(self._context.settings, desktop_offered=True))

    def _add(self) -> None:
        from rdiff_gui.desktop.integration import install

        self._banner.show("info", text.ADDING)
        self._context.post.ask(install, self._tell, partial(show_problem, self._banner))

    def _tell(self, change: Change) -> None:
        if change.remarks:
            self._banner.tell("warning", "\n".join(change.remarks))
        else:
            self._banner.tell("ok", text.ADDED)


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
        from rdiff_gui.desktop.integration import look

        self._context.post.ask(look, self._show, self._tell_problem)

    def _show(self, standing: Standing) -> None:
        from rdiff_gui.desktop.integration import State, install, uninstall

        if standing.state is State.FOREIGN:
            return
        entry = standing.system_entry
        if standing.state is State.ABSENT and entry is not None:
            self._text.configure(text=text.BY_A_PACKAGE.format(entry=show_name(entry)))
            self._actions.show([])
            return
        sentence, labels = {
            State.ABSENT: (text.ABSENT, [text.ADD]),
            State.CURRENT: (text.CURRENT, [text.REMOVE]),
            State.OUTDATED: (text.OUTDATED, [text.UPDATE, text.REMOVE]),
            State.INCOMPLETE: (text.INCOMPLETE, [text.REPAIR, text.REMOVE]),
        }[standing.state]
        self._text.configure(text=sentence)
        actions: list[Action] = [
            (label, partial(self._change, uninstall if label == text.REMOVE else install))
            for label in labels
        ]
        self._actions.show(actions)

    def _change(self, change: Callable[[], Change]) -> None:
        for button in self._actions.buttons:
            set_enabled(button, False)
        self._banner.hide()
        self._context.post.ask(change, self._tell, self._tell_problem)

    def _tell(self, change: Change) -> None:
        if change.remarks:
            self._banner.tell("warning", "\n".join(change.remarks))
        self.refresh()

    def _tell_problem(self, problem: BaseException) -> None:
        show_problem(self._banner, problem)
        for button in self._actions.buttons:
            set_enabled(button, True)
