"""The field for where a result goes: a name is proposed until the user gives one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rdiff_gui.ui.step.model import Place, Summary
from rdiff_gui.ui.widgets import OutputField

if TYPE_CHECKING:
    from rdiff_gui.ui.step.page import StepPage


class OutputPlace(OutputField):
    """Shows and changes a place of the page's model; `on_change` before the page is refreshed.

    `find` gives a function that finds a name away from Tk's thread, or None while there is none.
    """

    def __init__(
        self,
        parent: tk.Misc,
        page: StepPage[Summary],
        place: Place,
        *,
        label: str,
        find: Callable[[], Callable[[], Path] | None],
        on_change: Callable[[], None] = lambda: None,
        underline: int | None = None,
    ) -> None:
        super().__init__(
            parent,
            page.context.theme,
            label=label,
            on_browse=self.browse,
            on_change=self._typed,
            underline=underline,
        )
        self._page = page
        self._place = place
        self._find = find
        self._on_place_changed = on_change
        self._asked: Callable[[], Path] | None = None

    def propose(self) -> None:
        """Look for a name, unless the user gave one."""
        if self._place.chosen:
            return
        asked = self._asked = self._find()
        if asked is None:
            self._propose(None)
        else:
            # A disk may answer late, when another name was asked for already.
            self._page.context.post.ask(
                asked, lambda path: self._propose(path) if self._asked is asked else None
            )

    def browse(self) -> None:
        """Let the user choose."""
        self._page.context.browse_output(self._place.path or Path.home(), self._choose)

    def _propose(self, path: Path | None) -> None:
        if not self._place.chosen and not self._page.worker.busy:
            self._place.path = path
            self.set_path(path or "")
            self._on_place_changed()
            self._page.refresh()

    def _choose(self, path: Path) -> None:
        if not self._page.refuse_while_busy():
            self._place.path, self._place.chosen = path, True
            self.set_path(path)
            self._changed_by_user()

    def _typed(self) -> None:
        typed = self.path
        self._place.path, self._place.chosen = (
            self._page.model.read_path(typed),
            bool(typed.strip()),
        )
        self.set_problem(None)
        if not self._page.worker.busy:
            self._changed_by_user()

    def _changed_by_user(self) -> None:
        self._on_place_changed()
        self._page.edited()
        self._page.refresh()
