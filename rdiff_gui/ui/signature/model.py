"""Step one: sign the old file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from rdiff_gui.engine import make_signature
from rdiff_gui.engine.options import Sealing, SignatureOptions
from rdiff_gui.engine.summaries import SignatureSummary
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.routing import Destination, Remedy
from rdiff_gui.ui.signature import text
from rdiff_gui.ui.step.model import Attempt, Outcome, StepModel, writable_folder
from rdiff_gui.ui.text import about
from rdiff_gui.ui.worker import Work

# `.rsig` and `.rdelta` open with a double-click; docs/desktop.md says why not rdiff's custom.
SUFFIX = ".rsig"


class SignatureModel(StepModel[SignatureSummary]):
    """Old file in, signature out."""

    page = Page.SIGNATURE
    slots = (Slot.OLD_TO_SIGN,)

    def __init__(self) -> None:
        super().__init__()
        self.options = SignatureOptions()
        self.sealing = Sealing.FULL

    def propose_output(self) -> Callable[[], Path] | None:
        return None if self.missing else partial(propose_signature, *self.inputs)

    def work(self, attempt: Attempt) -> Work[SignatureSummary]:
        (basis,) = self.inputs
        make = partial(make_signature, basis, self.result_path, self.options)
        return partial(make, sealing=self.sealing, replace=attempt.replace)

    def outcome(self, summary: SignatureSummary) -> Outcome:
        basis = self.files[Slot.OLD_TO_SIGN].file
        return Outcome(
            self.result_path,
            text.SIGNATURE_MADE,
            text.sizes(basis.path, summary.basis_bytes, summary.signature_bytes),
            next_step=about(text.SEND_IT, self.result_path),
            follow=Remedy(text.GO_TO_PATCH, Destination(Page.PATCH, {Slot.OLD_TO_PATCH: basis})),
            cautions=tuple(map(str, summary.remarks)),
        )

    def sizes(self, summary: SignatureSummary) -> tuple[int, int]:
        return summary.basis_bytes, summary.signature_bytes


def propose_signature(basis: Path) -> Path:
    """`photos.db.rsig` beside `photos.db`."""
    return writable_folder(basis.parent) / f"{basis.name}{SUFFIX}"
