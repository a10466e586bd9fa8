"""Step one: sign the old file, or the old folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from rdiff_gui.desktop.settings import Settings, fill_name
from rdiff_gui.engine import make_signature, make_tree_signature
from rdiff_gui.engine.options import Sealing, SignatureOptions
from rdiff_gui.engine.summaries import SignatureSummary
from rdiff_gui.engine.trees.summaries import TreeSignatureSummary
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.routing import Destination, Remedy
from rdiff_gui.ui.step.model import Attempt, Outcome, StepModel, results_folder
from rdiff_gui.ui.text import about
from rdiff_gui.ui.worker import Work
from rdiff_gui.wording import name_of, show_size, translate

_SEND_IT = translate(
    "Send “{name}” to whoever has the new file. When the delta comes back, drop it here."
)
_SEND_IT_OF_A_FOLDER = translate(
    "Send “{name}” to whoever has the new folder. When the delta comes back, drop it here."
)


class SignatureModel(StepModel[SignatureSummary | TreeSignatureSummary]):
    """Old file or folder in, signature out."""

    page = Page.SIGNATURE
    slots = (Slot.OLD_TO_SIGN,)

    def __init__(self) -> None:
        super().__init__()
        self.options = SignatureOptions()
        self.sealing = Sealing.FULL

    def propose_output(self) -> Callable[[], Path] | None:
        if self.missing:
            return None
        (basis,) = self.inputs
        return partial(propose_signature, basis, self.settings)

    def work(self, attempt: Attempt) -> Work[SignatureSummary | TreeSignatureSummary]:
        (old,) = self.files.values()
        make = make_tree_signature if self.of_folders else make_signature
        return partial(
            make,
            old.path,
            self.result_path,
            self.options,
            sealing=self.sealing,
            replace=attempt.replace,
            resources=self.resources,
        )

    def outcome(self, summary: SignatureSummary | TreeSignatureSummary) -> Outcome:
        basis = self.files[Slot.OLD_TO_SIGN].file
        to_patch = Destination(Page.PATCH, {Slot.OLD_TO_PATCH: basis})
        send_it = _SEND_IT_OF_A_FOLDER if self.of_folders else _SEND_IT
        line = translate("{signature} for “{name}”, {size}").format(
            signature=show_size(summary.signature_bytes),
            name=name_of(basis.path),
            size=show_size(self.sizes(summary)[0]),
        )
        return Outcome(
            self.result_path,
            translate("Signature made"),
            line,
            next_step=about(send_it, self.result_path),
            to_send=True,
            follow=Remedy(translate("Go to patch"), to_patch),
            cautions=tuple(map(str, summary.remarks)),
        )

    def sizes(self, summary: SignatureSummary | TreeSignatureSummary) -> tuple[int, int]:
        if isinstance(summary, TreeSignatureSummary):
            return summary.tree_bytes, summary.signature_bytes
        return summary.basis_bytes, summary.signature_bytes


def propose_signature(basis: Path, settings: Settings) -> Path:
    """`photos.db.rsig` beside `photos.db`, unless the settings say otherwise."""
    return results_folder(basis, settings) / fill_name(settings.signature_name, basis.name)
