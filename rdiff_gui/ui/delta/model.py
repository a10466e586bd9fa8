"""Step two: compare the new file with the old one's signature, or with the old one itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from rdiff_gui.desktop.history import HistoryEntry
from rdiff_gui.desktop.history import Operation as Kind
from rdiff_gui.engine import make_delta, make_delta_from_files
from rdiff_gui.engine.options import DeltaOptions, SignatureOptions
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.summaries import DeltaSummary
from rdiff_gui.ui.dropped_files import Arrival
from rdiff_gui.ui.sentences import placing
from rdiff_gui.ui.slots import Page, Slot
from rdiff_gui.ui.step.model import Attempt, Filled, Operation, Step
from rdiff_gui.ui.step.output_names import propose_delta
from rdiff_gui.ui.step.results import Result, delta_result


class DeltaStep(Step[DeltaSummary]):
    """New file in, beside a signature or the old file; delta out.

    `pairing` says that the old file itself is here and no signature is needed; `options` are
    for that way alone.
    """

    page = Page.DELTA

    def __init__(self) -> None:
        super().__init__()
        self.pairing = False
        self.options = SignatureOptions()
        self.delta_options = DeltaOptions(compress=True)

    @property
    def slots(self) -> tuple[Slot, ...]:
        return (Slot.OLD_TO_COMPARE if self.pairing else Slot.SIGNATURE, Slot.NEW_FILE)

    def put(self, slot: Slot, arrival: Arrival) -> Filled:
        """Put a file into a slot; the first slot's kind decides how to compare."""
        if slot in (Slot.SIGNATURE, Slot.OLD_TO_COMPARE):
            self.pairing = slot is Slot.OLD_TO_COMPARE
        return super().put(slot, arrival)

    def pair(self, pairing: bool) -> None:
        """Compare with the old file itself, or with its signature."""
        self.pairing = pairing
        self.judge()

    @property
    def can_swap(self) -> bool:
        """Whether old and new are both there to change places."""
        return self.pairing and not self.missing

    def swap(self) -> None:
        """Take the old file for the new one and the other way round."""
        old, new = self.files[Slot.OLD_TO_COMPARE], self.files[Slot.NEW_FILE]
        self.files[Slot.OLD_TO_COMPARE], self.files[Slot.NEW_FILE] = new, old
        self.judge()

    def judge(self) -> None:
        """Old and new must be two files."""
        new = self.files.get(Slot.NEW_FILE)
        old = self.files.get(Slot.OLD_TO_COMPARE)
        if new is None:
            return
        same = self.pairing and old is not None and old.arrival.is_same_file(new.arrival)
        new.problem = placing.same_file_twice(new.path) if same else ""

    def propose_output(self) -> Callable[[], Path] | None:
        if Slot.NEW_FILE not in self.files:
            return None
        return partial(propose_delta, self.files[Slot.NEW_FILE].path, self.inputs)

    def operation(self, attempt: Attempt) -> Operation[DeltaSummary]:
        first, new_file = self.inputs
        output, options, delta_options = self.output, self.options, self.delta_options
        assert output is not None

        def from_signature(on_progress: ProgressCallback, cancel: CancelToken) -> DeltaSummary:
            return make_delta(
                first,
                new_file,
                output,
                delta_options,
                replace=attempt.replace,
                on_progress=on_progress,
                cancel=cancel,
            )

        def from_files(on_progress: ProgressCallback, cancel: CancelToken) -> DeltaSummary:
            return make_delta_from_files(
                first,
                new_file,
                output,
                options,
                delta_options,
                replace=attempt.replace,
                on_progress=on_progress,
                cancel=cancel,
            )

        return from_files if self.pairing else from_signature

    def result(self, summary: DeltaSummary) -> Result:
        assert self.output is not None
        return delta_result(summary, self.output, signature_travels=not self.pairing)

    def history_entry(self, summary: DeltaSummary, finished: float) -> HistoryEntry:
        assert self.output is not None
        return HistoryEntry(
            finished,
            Kind.DELTA,
            self.inputs,
            self.output,
            summary.new_bytes,
            summary.delta_bytes,
            summary.seconds,
        )
