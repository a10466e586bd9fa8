"""Step three, on the screen."""

from __future__ import annotations

import tkinter as tk
from functools import partial
from pathlib import Path

from rdiff_gui.engine import find_basis
from rdiff_gui.engine.summaries import PatchSummary
from rdiff_gui.ui.arrivals import Arrival, look_at
from rdiff_gui.ui.drops import Destination
from rdiff_gui.ui.pages.step_page import StepPage
from rdiff_gui.ui.places import Page, Slot
from rdiff_gui.ui.sentences import placing, wizard
from rdiff_gui.ui.steps.patch import PatchStep
from rdiff_gui.ui.steps.step import Filled
from rdiff_gui.ui.surroundings import Surroundings


class PatchPage(StepPage[PatchSummary]):
    """Choose the old file and the delta."""

    title = wizard.PATCH_TITLE
    subtitle = wizard.PATCH_SUBTITLE
    primary_text = wizard.PATCH
    all_slots = (Slot.OLD_TO_PATCH, Slot.DELTA)

    def __init__(self, parent: tk.Misc, surroundings: Surroundings) -> None:
        super().__init__(parent, surroundings, PatchStep())

    def build_more(self) -> None:
        """A patch has no options."""
        self.options.grid_remove()

    def take(self, destination: Destination, *, fresh: bool) -> None:
        """Put files into their slots, and look for an old file that is still missing."""
        super().take(destination, fresh=fresh)
        delta = self.step.files.get(Slot.DELTA)
        if delta is not None and Slot.OLD_TO_PATCH not in self.step.files:
            self._search(delta)

    def _search(self, delta: Filled) -> None:
        """Find the old file by the checksum that the delta's seal names, under whatever name."""

        def found(basis: Arrival | None) -> None:
            wanted = self.step.files.get(Slot.DELTA) is delta
            if basis is not None and wanted and Slot.OLD_TO_PATCH not in self.step.files:
                note = placing.basis_found_by_content(basis.path)
                self.take(Destination(Page.PATCH, {Slot.OLD_TO_PATCH: basis}, note), fresh=False)

        # A delta that cannot be read is told of by its inspection.
        self.around.post.ask(partial(_find, delta.path), found, lambda _problem: None)


def _find(delta: Path) -> Arrival | None:
    basis = find_basis(delta)
    return look_at(basis) if basis is not None else None
