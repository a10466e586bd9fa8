"""Step two, on the screen."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from rdiff_gui.engine.summaries import DeltaSummary
from rdiff_gui.ui.delta.model import DeltaStep
from rdiff_gui.ui.delta.options import DeltaOptionsForm
from rdiff_gui.ui.page_context import PageContext
from rdiff_gui.ui.routing import Destination
from rdiff_gui.ui.sentences import wizard
from rdiff_gui.ui.signature.options import SignatureOptionsForm
from rdiff_gui.ui.slots import Slot
from rdiff_gui.ui.step.page import StepPage


class DeltaPage(StepPage[DeltaSummary]):
    """Choose the new file, and the old one or its signature."""

    title = wizard.DELTA_TITLE
    subtitle = wizard.DELTA_SUBTITLE
    primary_text = wizard.MAKE_DELTA
    all_slots = (Slot.SIGNATURE, Slot.OLD_TO_COMPARE, Slot.NEW_FILE)

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        self._step = DeltaStep()
        super().__init__(parent, context, self._step)

    def build_more(self) -> None:
        """Add the choice between signature and old file, the swap, and the options."""
        px = self.around.theme.px
        self._pairing = tk.BooleanVar(self, value=False)
        self.ways = [
            ttk.Radiobutton(
                self.lead,
                text=text,
                value=pairing,
                variable=self._pairing,
                style="bg.TRadiobutton",
                command=self._choose_way,
            )
            for text, pairing in (
                (wizard.COMPARE_WITH_SIGNATURE, False),
                (wizard.COMPARE_WITH_FILE, True),
            )
        ]
        for way in self.ways:
            way.pack(side="left", padx=(0, px(18)))
        self.swap = ttk.Button(
            self.lead,
            text=wizard.SWAP,
            image=self.around.theme.icon("swap", 16, "muted"),
            compound="left",
            style="bg.Ghost.TButton",
            command=self._press_swap,
        )
        self.lead.grid_configure(pady=(0, px(10)))
        self.form = SignatureOptionsForm(
            self.options.body, self.around.theme, on_change=self.options_changed
        )
        self.delta_form = DeltaOptionsForm(
            self.options.body, self.around.theme, on_change=self.options_changed
        )
        self.delta_form.pack(fill="x", expand=True)

    def take(self, destination: Destination, *, fresh: bool) -> None:
        """Choose between old file and signature as told, and put files into their slots."""
        if destination.pairing is not None and not self.worker.busy:
            self._step.pair(destination.pairing)
        super().take(destination, fresh=fresh)

    def options_are_valid(self) -> bool:
        """Take the form's options over; the form says so where they cannot be."""
        options = self.form.read() if self._step.pairing else self._step.options
        if options is None:
            self.options.set_open(True)
            self.form.block.focus_set()
            return False
        self._step.options = options
        self._step.delta_options = self.delta_form.read()
        return True

    def refresh(self) -> None:
        """Show the step as it is now; a signature brings its own options along."""
        self._pairing.set(self._step.pairing)
        self.swap.state(["!disabled" if self._step.can_swap else "disabled"])
        if self._step.pairing:
            self.form.pack(
                fill="x", expand=True, before=self.delta_form, pady=(0, self.around.theme.px(6))
            )
            self.swap.pack(side="right")
        else:
            self.form.pack_forget()
            self.swap.pack_forget()
        super().refresh()

    def _choose_way(self) -> None:
        if not self.refuse_while_busy():
            self._step.pair(self._pairing.get())
            self.edited()
        self.refresh()

    def _press_swap(self) -> None:
        if not self.refuse_while_busy():
            self._step.swap()
            self.edited()
            self.propose_output()
        self.refresh()
