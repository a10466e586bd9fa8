"""Step two: compare the new file with the old one's signature, or with the old one itself."""

from __future__ import annotations

import contextlib
import datetime
import logging
import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from rdiff_gui.desktop.history import History
from rdiff_gui.desktop.kept_signatures import KeptSignatures
from rdiff_gui.desktop.settings import Settings, fill_name
from rdiff_gui.engine import (
    make_delta,
    make_delta_from_files,
    make_delta_from_trees,
    make_signature,
    make_tree_delta,
)
from rdiff_gui.engine.options import Resources, Sealing, SignatureOptions
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.engine.summaries import DeltaSummary, Savings, SignatureFacts, Verdict
from rdiff_gui.engine.trees.summaries import TreeDeltaSummary
from rdiff_gui.errors import FoldersAndFiles, NotATree, RdiffError
from rdiff_gui.formats.magic import Kind
from rdiff_gui.records import replace
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.routing import DroppedFile, look_at, tell_same
from rdiff_gui.ui.step.model import Attempt, Filled, Outcome, StepModel, first_free, results_folder
from rdiff_gui.ui.text import about
from rdiff_gui.ui.trees.outcomes import tree_delta_outcome
from rdiff_gui.ui.worker import Work
from rdiff_gui.wording import show_percent, show_size, translate

log = logging.getLogger(__name__)

_FOLDERS_MOST = 8
# To read a longer file once more would be felt.
_SIGNED_BYTES_MOST = 16 * 2**30

_IDENTICAL = translate(
    "The old and the new file are identical: there is nothing to send. "
    "The delta was written all the same, and changes nothing."
)
_OF_A_FOLDER = translate("This signature is of a whole folder, and “{name}” is a file.")
_SEND_IT = translate("Send “{name}” to whoever has the old file; patching makes the new one.")


class DeltaModel(StepModel[DeltaSummary | TreeDeltaSummary]):
    """New file in, beside a signature or the old file; delta out. Or all of it of a folder.

    `pairing` says that the old file itself is here and no signature is needed; `options`,
    `smallest`, and `if_different`, with which files that are the same get no delta, are for that
    way alone. `kept` is a signature that was here already.
    """

    page = Page.DELTA

    def __init__(self) -> None:
        super().__init__()
        self.pairing = False
        self.options = SignatureOptions()
        self.smallest = False
        self.if_different = False
        self.sealing = Sealing.FULL
        self.compress = True
        self.kept: Path | None = None

    @property
    def slots(self) -> tuple[Slot, ...]:
        return (Slot.OLD_TO_COMPARE if self.pairing else Slot.SIGNATURE, Slot.NEW_FILE)

    def put(self, slot: Slot, file: DroppedFile) -> Filled:
        """Put a file into a slot; the first slot's kind decides how to compare."""
        if slot in (Slot.SIGNATURE, Slot.OLD_TO_COMPARE):
            self.pairing = slot is Slot.OLD_TO_COMPARE
        return super().put(slot, file)

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
        """Old and new must be two files, or two folders; the old one's signature says which."""
        first, new = (self.files.get(slot) for slot in self.slots)
        if new is None:
            return
        new.problem = ""
        if first is not None:
            tell_misfit = _misfit if self.pairing else _misfit_signature
            new.problem = tell_misfit(first.file, new.file)

    def propose_output(self) -> Callable[[], Path] | None:
        if Slot.NEW_FILE not in self.files:
            return None
        return partial(propose_delta, self.files[Slot.NEW_FILE].path, self.inputs, self.settings)

    def work(self, attempt: Attempt) -> Work[DeltaSummary | TreeDeltaSummary]:
        first, new = self.inputs
        output, replace = self.result_path, attempt.replace
        make: Callable[..., DeltaSummary | TreeDeltaSummary]
        match self.of_folders, self.pairing:
            case True, True:
                make = partial(make_delta_from_trees, first, new, output, best=self.smallest)
            case True, False:
                make = partial(make_tree_delta, first, new, output)
            case False, True:
                make = partial(
                    make_delta_from_files,
                    first,
                    new,
                    output,
                    self.options,
                    best=self.smallest,
                    if_different=self.if_different,
                )
            case _:
                make = partial(make_delta, first, new, output)
        return partial(
            make,
            sealing=self.sealing,
            compress=self.compress,
            replace=replace,
            resources=self.resources,
        )

    def outcome(self, summary: DeltaSummary | TreeDeltaSummary) -> Outcome:
        travels = not self.pairing and self.inputs[0] != self.kept
        if isinstance(summary, TreeDeltaSummary):
            return tree_delta_outcome(
                summary, self.result_path, self.inputs[-1], signature_travels=travels
            )
        outcome = delta_outcome(summary, self.result_path, signature_travels=travels)
        return replace(outcome, old_bytes=self.old_bytes)

    @property
    def old_bytes(self) -> int | None:
        """The old file's size: its own, or as its signature tells it."""
        first = self.files[self.slots[0]]
        if self.pairing:
            return first.file.size_bytes
        seal = first.facts.seal if isinstance(first.facts, SignatureFacts) else None
        return seal.basis.size_bytes if seal and seal.basis else None

    def sizes(self, summary: DeltaSummary | TreeDeltaSummary) -> tuple[int, int]:
        return summary.new_bytes, summary.delta_bytes


def _misfit(old: DroppedFile, new: DroppedFile) -> str:
    """Why these two are no pair, as a sentence; empty where they are."""
    if old.is_same_file(new):
        return tell_same(new)
    if old.is_folder == new.is_folder:
        return ""
    folder, file = (old, new) if old.is_folder else (new, old)
    return str(FoldersAndFiles(file.path, folder.path.name))


def _misfit_signature(signature: DroppedFile, new: DroppedFile) -> str:
    """Why a delta of these cannot be, as a sentence; empty where it can."""
    if new.is_folder == (signature.kind is Kind.TREE_SIGNATURE):
        return ""
    if new.is_folder:
        return str(NotATree(signature.path, "signature"))
    return about(_OF_A_FOLDER, new.path)


def look_for_new_file(
    signature: SignatureFacts, held: Sequence[Path], history: History
) -> DroppedFile | None:
    """A later version of the file that was signed, by its name: held, of the history, or nearby.

    Nearby is beside the signature and in the folders used last. A file that has the size of the
    signed one and was not changed after that may be the very file, and is not taken.
    """
    signed = signature.seal.basis if signature.seal else None
    if signature.seal is None or signed is None or not signed.name:
        return None
    used = [path for entry in history.entries() for path in entry.paths]
    folders = dict.fromkeys(path.parent for path in (signature.path, *held, *used))
    nearby = [folder / signed.name for folder in list(folders)[:_FOLDERS_MOST]]
    made = math.inf
    with contextlib.suppress(ValueError, OverflowError):
        # Whole seconds, and what anybody may have written.
        made = datetime.datetime.fromisoformat(signature.seal.created).timestamp() + 1
    for path in dict.fromkeys((*held, *used, *nearby)):
        if path.name == signed.name:
            file = look_at(path)
            if file.is_ordinary and (file.size_bytes != signed.size_bytes or file.modified > made):
                return file
    return None


def keep_signatures(
    signatures: KeptSignatures, sent: Iterable[DroppedFile], cancel: CancelToken
) -> None:
    """Sign files that others will have, unless they were changed meanwhile; trouble is logged.

    Reads whole files, on one core.
    """
    for new in sent:
        if cancel.cancelled or new.size_bytes > _SIGNED_BYTES_MOST:
            continue
        try:
            kept, resources = signatures.place_for(new.path), Resources(threads=1)
            make_signature(new.path, kept, resources=resources, replace=True, cancel=cancel)
            if look_at(new.path) != new:
                kept.unlink()
            signatures.trim()
        except (OSError, RdiffError) as problem:
            log.warning("signature not kept: %s", problem)


def propose_delta(new_file: Path, inputs: Iterable[Path], settings: Settings) -> Path:
    """`photos.db.rdelta` beside the new `photos.db`, unless the settings say otherwise.

    Never an input's own name.
    """

    def name(number: int) -> str:
        numbered = f"{new_file.name}{'' if number == 1 else f' ({number})'}"
        return fill_name(settings.delta_name, numbered)

    return first_free(results_folder(new_file, settings), name, set(inputs).__contains__)


def delta_outcome(summary: DeltaSummary, delta: Path, *, signature_travels: bool) -> Outcome:
    """What to tell of a delta; `signature_travels` where a signature had to be sent for it."""
    savings = Savings.of(summary)
    new_bytes, delta_bytes = summary.new_bytes, summary.delta_bytes
    line = translate("{new} new file → {delta} delta").format(
        new=show_size(new_bytes), delta=show_size(delta_bytes)
    )
    told = partial(
        Outcome,
        delta,
        line=line,
        delta=summary,
        cautions=tuple(map(str, summary.remarks)),
    )
    match savings.verdict:
        case Verdict.IDENTICAL:
            return told(translate("Already the same"), remarks=(_IDENTICAL,))
        case Verdict.NOT_WORTH_IT:
            remark = _tell_not_worth_it(new_bytes, delta_bytes)
            return told(translate("Nothing saved"), role="warning", remarks=(remark,))
    remarks: tuple[str, ...] = ()
    if signature_travels:
        remarks = (_tell_round_trip(summary.signature_bytes, savings.round_trip_fraction_saved),)
    return told(
        translate("{percent} smaller, {size} saved").format(
            percent=show_percent(savings.fraction_saved), size=show_size(new_bytes - delta_bytes)
        ),
        remarks=remarks,
        to_send=True,
        signature_came=signature_travels,
        next_step=about(_SEND_IT, delta),
        savings=savings,
    )


def _tell_round_trip(signature_bytes: int, fraction_saved: float) -> str:
    """What remains saved when the signature's way is counted in."""
    if fraction_saved > 0:
        text = translate(
            "With the signature's {size} counted in, both ways together are {percent} smaller."
        )
    else:
        text = translate(
            "With the signature's {size} counted in, sending both ways takes as much as sending "
            "the file."
        )
    return text.format(size=show_size(signature_bytes), percent=show_percent(fraction_saved))


def _tell_not_worth_it(new_bytes: int, delta_bytes: int) -> str:
    """Honest words for a delta that is as big as the file."""
    if not new_bytes:
        return translate("The new file is empty; nothing needs to be sent.")
    if delta_bytes < new_bytes:
        return translate(
            "This delta is almost as big as the file. Compressed or encrypted files rarely have "
            "parts in common; send the file itself."
        )
    return translate(
        "This delta is as big as the file. Compressed or encrypted files rarely have parts in "
        "common; send the file itself."
    )
