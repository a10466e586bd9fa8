"""Step three: make the new file from the old one and the delta."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from rdiff_gui.desktop.history import HistoryEntry
from rdiff_gui.desktop.history import Operation as Kind
from rdiff_gui.engine import apply_patch
from rdiff_gui.engine.facts import DeltaFacts
from rdiff_gui.engine.options import PatchOptions
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.summaries import PatchSummary
from rdiff_gui.errors import BasisTooShort
from rdiff_gui.ui.output_names import propose_new_file
from rdiff_gui.ui.places import Page, Slot
from rdiff_gui.ui.results import Result, patch_result
from rdiff_gui.ui.steps.step import Operation, Step


class PatchStep(Step[PatchSummary]):
    """Old file and delta in, new file out."""

    page = Page.PATCH

    @property
    def slots(self) -> tuple[Slot, ...]:
        return (Slot.OLD_TO_PATCH, Slot.DELTA)

    def judge(self) -> None:
        """The old file must be long enough for what the delta takes from it."""
        old = self.files.get(Slot.OLD_TO_PATCH)
        delta = self.files.get(Slot.DELTA)
        if old is None:
            return
        old.problem = ""
        if delta is None or not isinstance(delta.facts, DeltaFacts):
            return
        needed_bytes = delta.facts.basis_bytes_needed
        if old.arrival.size_bytes < needed_bytes:
            old.problem = str(
                BasisTooShort(old.path, delta.path, needed_bytes, old.arrival.size_bytes)
            )

    def propose_output(self) -> Callable[[], Path] | None:
        if Slot.OLD_TO_PATCH not in self.files:
            return None
        return partial(propose_new_file, self.files[Slot.OLD_TO_PATCH].path)

    def operation(self, *, replace: bool, allow_expansion: bool = False) -> Operation[PatchSummary]:
        basis, delta = self.inputs
        output = self.output
        assert output is not None
        options = PatchOptions(allow_expansion=allow_expansion)

        def work(on_progress: ProgressCallback, cancel: CancelToken) -> PatchSummary:
            return apply_patch(
                basis,
                delta,
                output,
                options,
                replace=replace,
                on_progress=on_progress,
                cancel=cancel,
            )

        return work

    def result(self, summary: PatchSummary) -> Result:
        assert self.output is not None
        return patch_result(summary, self.output)

    def history_entry(self, summary: PatchSummary, finished: float) -> HistoryEntry:
        assert self.output is not None
        return HistoryEntry(
            finished,
            Kind.PATCH,
            self.inputs,
            self.output,
            summary.result_bytes,
            summary.result_bytes,
            summary.seconds,
        )
