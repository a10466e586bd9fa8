"""Step one: sign the old file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from rdiff_gui.desktop.history import HistoryEntry
from rdiff_gui.desktop.history import Operation as Kind
from rdiff_gui.engine import make_signature
from rdiff_gui.engine.options import SignatureOptions
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.summaries import SignatureSummary
from rdiff_gui.ui.routing import Destination, Remedy
from rdiff_gui.ui.sentences import outcomes
from rdiff_gui.ui.slots import Page, Slot
from rdiff_gui.ui.step.model import Attempt, Operation, Step
from rdiff_gui.ui.step.output_names import propose_signature
from rdiff_gui.ui.step.results import Result, signature_result


class SignatureStep(Step[SignatureSummary]):
    """Old file in, signature out."""

    page = Page.SIGNATURE

    def __init__(self) -> None:
        super().__init__()
        self.options = SignatureOptions()

    @property
    def slots(self) -> tuple[Slot, ...]:
        return (Slot.OLD_TO_SIGN,)

    def propose_output(self) -> Callable[[], Path] | None:
        if self.missing:
            return None
        return partial(propose_signature, *self.inputs)

    def operation(self, attempt: Attempt) -> Operation[SignatureSummary]:
        (basis,) = self.inputs
        output, options = self.output, self.options
        assert output is not None

        def work(on_progress: ProgressCallback, cancel: CancelToken) -> SignatureSummary:
            return make_signature(
                basis,
                output,
                options,
                replace=attempt.replace,
                on_progress=on_progress,
                cancel=cancel,
            )

        return work

    def result(self, summary: SignatureSummary) -> Result:
        (basis,) = self.inputs
        assert self.output is not None
        follow = Remedy(
            outcomes.GO_TO_PATCH,
            Destination(Page.PATCH, {Slot.OLD_TO_PATCH: self.files[Slot.OLD_TO_SIGN].arrival}),
        )
        return signature_result(summary, basis, self.output, follow)

    def history_entry(self, summary: SignatureSummary, finished: float) -> HistoryEntry:
        assert self.output is not None
        return HistoryEntry(
            finished,
            Kind.SIGNATURE,
            self.inputs,
            self.output,
            summary.basis_bytes,
            summary.signature_bytes,
            summary.seconds,
        )
