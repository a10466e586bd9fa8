"""Step one, on the screen."""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace

from rdiff_gui.engine.summaries import SignatureSummary
from rdiff_gui.ui.delta.options import SealingField
from rdiff_gui.ui.page_context import PageContext
from rdiff_gui.ui.sentences import wizard
from rdiff_gui.ui.signature.model import SignatureStep
from rdiff_gui.ui.signature.options import SignatureOptionsForm
from rdiff_gui.ui.slots import Slot
from rdiff_gui.ui.step.page import StepPage


class SignaturePage(StepPage[SignatureSummary]):
    """Choose the old file."""

    title = wizard.SIGNATURE_TITLE
    subtitle = wizard.SIGNATURE_SUBTITLE
    primary_text = wizard.MAKE_SIGNATURE
    all_slots = (Slot.OLD_TO_SIGN,)

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        self._step = SignatureStep()
        super().__init__(parent, context, self._step)

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
