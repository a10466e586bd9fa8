"""Step two, on the screen."""

from __future__ import annotations

import time
import tkinter as tk
from functools import partial
from pathlib import Path
from tkinter import ttk

from rdiff_gui.desktop.kept_signatures import KeptSignatures
from rdiff_gui.desktop.settings import Settings
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.engine.summaries import DeltaSummary, SignatureFacts
from rdiff_gui.engine.trees.summaries import TreeDeltaSummary
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.delta.model import DeltaModel, keep_signatures, look_for_new_file
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.routing import Destination, DroppedFile, look_at
from rdiff_gui.ui.signature.page import SealingField, SignatureOptionsForm
from rdiff_gui.ui.step.model import Filled, Outcome, StepModel
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.text import NOT_THIS_ONE, show_when
from rdiff_gui.ui.widgets import Flow, Switch, set_enabled
from rdiff_gui.wording import name_of, show_name, translate

_FOUND = translate(
    "Found “{name}” in “{folder}”. It is called as the file that was signed, and is another "
    "version."
)
_FOUND_KEPT = translate(
    "Found a signature of “{name}” as you sent it {when}. Whoever has that version needs this "
    "delta and nothing else."
)
_FOR_RDIFF = translate("For rdiff, unpack it first:  zstd -d")
_BY_HAND = translate("To unpack it by hand:  zstd -d")


class DeltaPage(StepPage[DeltaSummary | TreeDeltaSummary]):
    """Choose the new file, and the old one or its signature."""

    page = Page.DELTA
    title = translate("Make a delta")
    subtitle = translate(
        "Compare the new version with the old one. Only what changed goes into the delta."
    )
    primary_text = translate("Make delta")
    all_slots = (Slot.SIGNATURE, Slot.OLD_TO_COMPARE, Slot.NEW_FILE)
    model: DeltaModel

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        self._keeping = CancelToken()
        super().__init__(parent, context, DeltaModel())
        self.bind("<Destroy>", lambda _event: self._keeping.cancel())

    def build_more(self) -> None:
        """Add the choice between signature and old file, the swap, and the options."""
        theme, px = self.context.theme, self.context.theme.px
        self._pairing = tk.BooleanVar(self, value=False)
        row = Flow(self.lead, theme, surface="bg", gap=14)
        row.grid(row=0, column=0, sticky="ew")
        self.lead.columnconfigure(0, weight=1)
        self.lead.bind("<Configure>", lambda _event: self._place_swap())
        self.ways = [
            ttk.Radiobutton(
                row,
                text=label,
                value=pairing,
                variable=self._pairing,
                style="bg.TRadiobutton",
                command=self._choose_way,
            )
            for label, pairing in (
                (translate("I have a signature of the old version"), False),
                (translate("I have the old version itself"), True),
            )
        ]
        self.swap = ttk.Button(
            self.lead,
            text=translate("Swap old and new"),
            image=theme.icon("swap", 16, "muted"),
            compound="left",
            style="bg.Ghost.TButton",
            command=self._press_swap,
        )
        self.each_file = ttk.Button(
            self.lead,
            text=translate("A delta for each file instead"),
            style="bg.Ghost.TButton",
            command=self._take_each_file,
        )
        # With it and without, the zones stay where they are.
        self.lead.rowconfigure(0, minsize=self.swap.winfo_reqheight())
        self.lead.grid_configure(pady=(0, px(10)))
        body = self.options.body
        self.form = SignatureOptionsForm(body, theme, on_change=self.options_changed)
        settings = self.context.settings
        self.sealing = SealingField(body, theme, settings.sealing, on_change=self.options_changed)
        self.sealing.pack(fill="x")
        self.compress, _, self._compress_hint = self._add_switch(
            translate("Compress the delta"), _FOR_RDIFF, on=settings.compress
        )
        self.smallest, self._smallest_row, _ = self._add_switch(
            translate("Smallest delta"), translate("Takes twice as long"), on=False
        )

    def _add_switch(self, label: str, hint: str, *, on: bool) -> tuple[Switch, Flow, ttk.Label]:
        px = self.context.theme.px
        row = Flow(self.options.body, self.context.theme, surface="bg", gap=10)
        row.pack(fill="x", pady=(px(8), 0))
        switch = Switch(row, text=label, on=on, on_change=self.options_changed)
        return switch, row, ttk.Label(row, text=hint, style="muted.bg.TLabel")

    def _place_swap(self) -> None:
        """At the right where there is room beside the choice, else below it."""
        if not self.model.pairing:
            return
        wanted = sum(part.winfo_reqwidth() for part in (*self.ways, self.swap))
        if self.lead.winfo_width() >= wanted + self.context.theme.px(42):
            self.swap.grid(row=0, column=1, sticky="e")
        else:
            self.swap.grid(row=1, column=0, sticky="w")

    def learned(self, slot: Slot, one: Filled) -> None:
        """A signature tells the name of its file, of which a later version may be at hand."""
        facts, context = one.facts, self.context
        if slot is not Slot.SIGNATURE or Slot.NEW_FILE in self.model.files:
            return
        if isinstance(facts, SignatureFacts):
            search = partial(look_for_new_file, facts, context.held_files(), context.history)
            context.post.ask(search, partial(self._found, one))

    def _found(self, signature: Filled, new: DroppedFile | None) -> None:
        files = self.model.files
        is_wanted = files.get(Slot.SIGNATURE) is signature and Slot.NEW_FILE not in files
        if new is None or not is_wanted or self.model.pairing:
            return
        self.take(Destination(Page.DELTA, {Slot.NEW_FILE: new}), fresh=False)
        self.banner.show(
            "info",
            _FOUND.format(name=name_of(new.path), folder=show_name(new.path.parent)),
            [(NOT_THIS_ONE, lambda: self.clear(Slot.NEW_FILE))],
        )
        self.focus_start()

    def take(self, destination: Destination, *, fresh: bool) -> None:
        """Choose between old file and signature as told, and put files into their slots."""
        if destination.pairing is not None and not self.worker.busy:
            self.model.pair(destination.pairing)
        super().take(destination, fresh=fresh)
        files = self.model.files
        if Slot.NEW_FILE in files and Slot.SIGNATURE not in files and not self.model.pairing:
            new, signatures = files[Slot.NEW_FILE], self.context.history.signatures
            self.context.post.ask(
                partial(_look_for_kept, signatures, new.path), partial(self._found_kept, new)
            )

    def _found_kept(self, new: Filled, signature: DroppedFile | None) -> None:
        files = self.model.files
        is_wanted = files.get(Slot.NEW_FILE) is new and Slot.SIGNATURE not in files
        if signature is None or not is_wanted or self.model.pairing or self.worker.busy:
            return
        self.model.kept = signature.path
        self.take(Destination(Page.DELTA, {Slot.SIGNATURE: signature}), fresh=False)
        when = show_when(signature.modified, time.time())
        self.banner.show(
            "info",
            _FOUND_KEPT.format(name=name_of(new.path), when=when),
            [(NOT_THIS_ONE, lambda: self.clear(Slot.SIGNATURE))],
        )
        self.focus_start()

    def present(self, begun: StepModel[DeltaSummary | TreeDeltaSummary], outcome: Outcome) -> None:
        """Show it, and be ready for the next version: the others have this one soon."""
        super().present(begun, outcome)
        context = self.context
        new, signatures = begun.files[Slot.NEW_FILE].file, context.history.signatures
        is_wanted = not begun.pairing and not new.is_folder and context.settings.keep_history
        if outcome.to_send and is_wanted:
            keep = partial(keep_signatures, signatures, [new], self._keeping)
            context.post.ask(keep, lambda _nothing: None, lowered=True)

    def follow_settings(self, before: Settings) -> None:
        super().follow_settings(before)
        settings = self.context.settings
        self.sealing.follow(before.sealing, settings.sealing)
        if settings.compress != before.compress:
            self.compress.set(settings.compress)

    def options_are_valid(self) -> bool:
        """Take the form's options over; the form says so where they cannot be."""
        options = self.form.read() if self.model.pairing else self.model.options
        if options is None:
            return self.wrong_option(self.form.block)
        self.model.options = options
        self.model.sealing, self.model.compress = self.sealing.read(), self.compress.on
        self.model.smallest = self.smallest.on
        return True

    def refresh(self) -> None:
        """Show the step as it is now; a signature brings its own options along."""
        self._pairing.set(self.model.pairing)
        set_enabled(self.swap, self.model.can_swap)
        of_folders = self.model.of_folders
        self.sealing.tell(of_folders=of_folders)
        self._compress_hint.configure(text=_BY_HAND if of_folders else _FOR_RDIFF)
        set_enabled(self.each_file, not self.worker.busy)
        if of_folders and self.model.can_swap and not self.finished:
            self.each_file.grid(row=2, column=0, sticky="w")
        else:
            self.each_file.grid_remove()
        if of_folders:
            self.form.pack_forget()
        elif self.model.pairing:
            below = (0, self.context.theme.px(6))
            self.form.pack(fill="x", expand=True, before=self.sealing, pady=below)
        if self.model.pairing:
            self._place_swap()
            self._smallest_row.pack(fill="x", pady=(self.context.theme.px(8), 0))
        else:
            self._smallest_row.pack_forget()
            self.form.pack_forget()
            self.swap.grid_remove()
        super().refresh()

    def _choose_way(self) -> None:
        if not self.refuse_while_busy():
            self.model.pair(self._pairing.get())
            self.edited()
        self.refresh()

    def _take_each_file(self) -> None:
        both = [self.model.files[slot].file for slot in self.model.slots]
        self.context.go(Destination(Page.SEVERAL, {}, several=both))

    def _press_swap(self) -> None:
        if not self.refuse_while_busy():
            self.model.swap()
            self.edited()
            self.output.propose()
        self.refresh()


def _look_for_kept(signatures: KeptSignatures, new: Path) -> DroppedFile | None:
    kept = signatures.latest(new)
    return look_at(kept) if kept else None
