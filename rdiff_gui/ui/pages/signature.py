"""Step one, on the screen."""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace

from rdiff_gui.engine.summaries import SignatureSummary
from rdiff_gui.ui.pages.delta_options import SealingField
from rdiff_gui.ui.pages.signature_options import SignatureOptionsForm
from rdiff_gui.ui.pages.step_page import StepPage
from rdiff_gui.ui.places import Slot
from rdiff_gui.ui.sentences import wizard
from rdiff_gui.ui.steps.signature import SignatureStep
from rdiff_gui.ui.surroundings import Surroundings


class SignaturePage(StepPage[SignatureSummary]):
    """Choose the old file."""

    title = wizard.SIGNATURE_TITLE
    subtitle = wizard.SIGNATURE_SUBTITLE
    primary_text = wizard.MAKE_SIGNATURE
    all_slots = (Slot.OLD_TO_SIGN,)

    def __init__(self, parent: tk.Misc, surroundings: Surroundings) -> None:
        self._step = SignatureStep()
        super().__init__(parent, surroundings, self._step)

    def build_more(self) -> None:
        """Add the signature's options."""
        self.form = SignatureOptionsForm(
            self.options.body, self.around.theme, on_change=self.options_changed
        )
        self.form.pack(fill="x", expand=True)
        self.sealing = SealingField(
            self.options.body, self.around.theme, on_change=self.options_changed
        )
        self.sealing.pack(fill="x", pady=(self.around.theme.px(6), 0))

    def options_are_valid(self) -> bool:
        """Take the form's options over; the form says so where they cannot be."""
        options = self.form.read()
        if options is None:
            self.options.set_open(True)
            self.form.block.focus_set()
            return False
        self._step.options = replace(options, sealing=self.sealing.read())
        return True
