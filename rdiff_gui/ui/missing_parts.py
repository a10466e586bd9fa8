"""What does not work on this system, told at the start with the command that helps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from rdiff_gui.librsync.loader import load_library
from rdiff_gui.ui import text
from rdiff_gui.ui.drag_and_drop import DragAndDrop
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.widgets import Action


class Notify(Protocol):
    """Shows a sentence above the page."""

    def __call__(
        self, kind: str, sentence: str, actions: Sequence[Action], detail: str | None = None
    ) -> None:
        """Called on Tk's thread."""


class MissingParts:
    """Without librsync nothing works, which is told at each start; the rest is told once."""

    def __init__(
        self,
        context: PageContext,
        drag_and_drop: DragAndDrop,
        notify: Notify,
        put_away: Callable[[], None],
    ) -> None:
        self._context = context
        self._drag_and_drop = drag_and_drop
        self._notify = notify
        self._put_away = put_away

    def look(self) -> None:
        """Look beside the window's work, and tell."""
        self._context.post.ask(load_library, self._look_further, self._lack_library)

    def _lack_library(self, problem: BaseException) -> None:
        told = report(problem)
        actions: list[Action] = [(text.TRY_AGAIN, self._try_again)]
        if told.command:
            actions.append(self._offer_copy(told.command))
        self._notify("error", told.sentence, actions, told.detail)

    def _try_again(self) -> None:
        self._put_away()
        self.look()

    def _look_further(self, _library: object) -> None:
        settings = self._context.settings
        if self._drag_and_drop.available or settings.drop_lack_told:
            return
        remedy = self._drag_and_drop.remedy()
        sentence = text.NO_DRAG_AND_DROP
        actions: list[Action] = [(text.DISMISS, self._put_away)]
        if remedy:
            sentence = text.NO_LIBRARY_TO_DROP.format(remedy=remedy)
            actions.append(self._offer_copy(remedy))
        self._notify("warning", sentence, actions)
        self._context.change_settings(replace(settings, drop_lack_told=True))

    def _offer_copy(self, command: str) -> Action:
        return (text.COPY_COMMAND, partial(self._context.clipboard.copy_text, command))
