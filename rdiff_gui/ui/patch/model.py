"""Step three: make the new file from the old one and the delta."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rdiff_gui.desktop.history import HistoryEntry
from rdiff_gui.desktop.history import Operation as Kind
from rdiff_gui.engine import apply_patch, verify_patch
from rdiff_gui.engine.options import PatchOptions
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.summaries import DeltaFacts, PatchSummary
from rdiff_gui.errors import BasisTooShort, OutputExists, WrongBasis
from rdiff_gui.ui.dropped_files import Arrival
from rdiff_gui.ui.slots import Page, Slot
from rdiff_gui.ui.step.model import Attempt, Operation, Step
from rdiff_gui.ui.step.output_names import propose_new_file, propose_undo
from rdiff_gui.ui.step.results import Result, Verdict, check_verdict, patch_result


class PatchStep(Step[PatchSummary]):
    """Old file and delta in, new file out; on request in the old one's place, or with a way back.

    `undo` is where the delta that leads back goes, while `with_undo`.
    """

    page = Page.PATCH

    def __init__(self) -> None:
        super().__init__()
        self.in_place = False
        self.keep_backup = True
        self.with_undo = False
        self.undo: Path | None = None
        self.undo_is_users = False

    @property
    def slots(self) -> tuple[Slot, ...]:
        return (Slot.OLD_TO_PATCH, Slot.DELTA)

    def reset(self) -> None:
        """Begin anew; what was chosen for every patch stays chosen."""
        super().reset()
        self.undo = None
        self.undo_is_users = False

    def judge(self) -> None:
        """The old file must be the one that the delta names, or at least long enough for it."""
        old = self.files.get(Slot.OLD_TO_PATCH)
        if old is None:
            return
        old.problem = ""
        facts = self.delta_facts
        if facts is not None:
            misfit = _misfit(old.arrival, facts)
            old.problem = str(misfit) if misfit else ""

    @property
    def delta_facts(self) -> DeltaFacts | None:
        """What the delta says of itself, once it was looked at."""
        delta = self.files.get(Slot.DELTA)
        return delta.facts if delta and isinstance(delta.facts, DeltaFacts) else None

    @property
    def can_check(self) -> bool:
        """Whether both files are there to be tried."""
        return not self.missing and not self.problem

    @property
    def ready(self) -> bool:
        return super().ready and (self.undo is not None or not self.with_undo)

    @property
    def undo_takes_results_place(self) -> bool:
        """Whether the undo delta would have the new file's own name."""
        return self.with_undo and self.undo is not None and self.undo == self._target

    @property
    def _target(self) -> Path | None:
        return self.inputs[0] if self.in_place and not self.missing else self.output

    def propose_output(self) -> Callable[[], Path] | None:
        if Slot.OLD_TO_PATCH not in self.files:
            return None
        old = self.files[Slot.OLD_TO_PATCH].path
        if self.in_place:
            return lambda: old
        facts = self.delta_facts
        named = facts.seal.result if facts and facts.seal else None
        return partial(propose_new_file, old, named.name if named else None)

    def propose_undo(self) -> Callable[[], Path] | None:
        """How to find a name for the undo delta; None while there is none to make."""
        target = self._target
        return partial(propose_undo, target) if self.with_undo and target else None

    def operation(self, attempt: Attempt) -> Operation[PatchSummary]:
        basis, delta = self.inputs
        options = PatchOptions(
            allow_expansion=attempt.allow_expansion,
            in_place=self.in_place,
            keep_backup=self.keep_backup,
        )

        def check(on_progress: ProgressCallback, cancel: CancelToken) -> PatchSummary:
            return verify_patch(basis, delta, options, on_progress=on_progress, cancel=cancel)

        if attempt.checking:
            return check
        target, undo = self._target, self.undo if self.with_undo else None
        assert target is not None

        def patch(on_progress: ProgressCallback, cancel: CancelToken) -> PatchSummary:
            # Leave to replace the result is none to replace a way back from somewhere else.
            if undo is not None and os.path.lexists(undo):
                raise OutputExists(undo)
            return apply_patch(
                basis,
                delta,
                target,
                options,
                undo=undo,
                replace=attempt.replace,
                on_progress=on_progress,
                cancel=cancel,
            )

        return patch

    def verdict(self, summary: PatchSummary) -> Verdict:
        """What to tell when both were tried and nothing was found wrong."""
        return check_verdict(summary, self.inputs[0])

    def result(self, summary: PatchSummary) -> Result:
        assert self._target is not None
        undo = self.undo if self.with_undo else None
        return patch_result(summary, self._target, in_place=self.in_place, undo=undo)

    def history_entry(self, summary: PatchSummary, finished: float) -> HistoryEntry:
        assert self._target is not None
        return HistoryEntry(
            finished,
            Kind.PATCH,
            self.inputs,
            self._target,
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
