"""Step one, on the screen."""

from __future__ import annotations

import tkinter as tk

from rdiff_gui.engine.summaries import SignatureSummary
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.signature import text
from rdiff_gui.ui.signature.model import SignatureModel
from rdiff_gui.ui.signature.options import SealingField, SignatureOptionsForm
from rdiff_gui.ui.step.page import StepPage


class SignaturePage(StepPage[SignatureSummary]):
    """Choose the old file."""

    page = Page.SIGNATURE
    title = text.TITLE
    subtitle = text.SUBTITLE
    primary_text = text.MAKE_SIGNATURE
    all_slots = (Slot.OLD_TO_SIGN,)
    model: SignatureModel

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, context, SignatureModel())

    def build_more(self) -> None:
        """Add the signature's options."""
        theme = self.context.theme
        self.form = SignatureOptionsForm(self.options.body, theme, on_change=self.options_changed)
        self.form.pack(fill="x", expand=True)
        self.sealing = SealingField(self.options.body, theme, on_change=self.options_changed)
        self.sealing.pack(fill="x", pady=(theme.px(6), 0))

    def options_are_valid(self) -> bool:
        """Take the form's options over; the form says so where they cannot be."""
        options = self.form.read()
        if options is None:
            return self.wrong_option(self.form.block)
        self.model.options, self.model.sealing = options, self.sealing.read()
        return True
