"""Step three, on the screen."""

from __future__ import annotations

import tkinter as tk

from rdiff_gui.engine.summaries import PatchSummary
from rdiff_gui.ui.pages.step_page import StepPage
from rdiff_gui.ui.places import Slot
from rdiff_gui.ui.sentences import wizard
from rdiff_gui.ui.steps.patch import PatchStep
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
