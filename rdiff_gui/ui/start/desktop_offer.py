"""The one offer to add the program to the user's desktop, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from rdiff_gui.ui import text as shared
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.settings import text as settings_text
from rdiff_gui.ui.widgets import Banner

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
        # Needed once in the program's life, so no start should wait for it.
        from rdiff_gui.desktop import integration

        if integration.is_possible():
            # What goes wrong while looking is told when somebody asks for it, in the settings.
            self._context.post.ask(integration.look, self._offer, lambda _problem: None)

    def _offer(self, standing: Standing) -> None:
        from rdiff_gui.desktop.integration import State

        wanted = standing.state is State.ABSENT and standing.system_entry is None
        if not wanted or not self._in_front() or self._context.settings.desktop_offered:
            return
        self._banner.show(
            "info",
            settings_text.OFFER,
            [(settings_text.ADD, self._add), (settings_text.NO_THANKS, self._banner.hide)],
        )
        self._context.change_settings(replace(self._context.settings, desktop_offered=True))

    def _add(self) -> None:
        from rdiff_gui.desktop.integration import install

        self._banner.show("info", settings_text.ADDING)
        self._context.post.ask(install, self._tell, self._tell_problem)

    def _tell(self, change: Change) -> None:
        dismiss = [(shared.DISMISS, self._banner.hide)]
        if change.remarks:
            self._banner.show("warning", "\n".join(change.remarks), dismiss)
        else:
            self._banner.show("ok", settings_text.ADDED, dismiss)

    def _tell_problem(self, problem: BaseException) -> None:
        told = report(problem)
        dismiss = [(shared.DISMISS, self._banner.hide)]
        self._banner.show("error", told.sentence, dismiss, told.detail)
