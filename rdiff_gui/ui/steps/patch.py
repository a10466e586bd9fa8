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
from rdiff_gui.errors import BasisTooShort, WrongBasis
from rdiff_gui.ui.arrivals import Arrival
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
        """The old file must be the one that the delta names, or at least long enough for it."""
        old = self.files.get(Slot.OLD_TO_PATCH)
        delta = self.files.get(Slot.DELTA)
        if old is None:
            return
        old.problem = ""
        if delta is not None and isinstance(delta.facts, DeltaFacts):
            misfit = _misfit(old.arrival, delta.facts)
            old.problem = str(misfit) if misfit else ""

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


def _misfit(old: Arrival, delta: DeltaFacts) -> WrongBasis | BasisTooShort | None:
    """What the sizes alone tell; the engine compares the checksums before it writes."""
    named = delta.seal.basis if delta.seal else None
    if named is not None and named.size_bytes != old.size_bytes:
        return WrongBasis(
            old.path, delta.path, named.name, named.size_bytes, old.size_bytes, named.blake3, None
        )
    if old.size_bytes < delta.basis_bytes_needed:
        return BasisTooShort(old.path, delta.path, delta.basis_bytes_needed, old.size_bytes)
    return None
