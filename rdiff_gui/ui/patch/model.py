"""Step three: make the new file from the old one and the delta."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Self

from rdiff_gui.descriptions import describe_change
from rdiff_gui.desktop.history import HistoryEntry
from rdiff_gui.desktop.settings import Settings
from rdiff_gui.engine import apply_patch, verify_patch
from rdiff_gui.engine.options import PatchOptions
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.summaries import ChangePlan, DeltaFacts, PatchSummary, UnreadFacts, Way
from rdiff_gui.engine.trees.summaries import TreeFacts, TreePatchSummary
from rdiff_gui.errors import BasisTooShort, OutputExists, WrongBasis
from rdiff_gui.records import replace
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.routing import DroppedFile
from rdiff_gui.ui.step.model import Attempt, Outcome, Place, StepModel, first_free, results_folder
from rdiff_gui.ui.text import about
from rdiff_gui.ui.trees.outcomes import tree_patch_outcome
from rdiff_gui.ui.trees.patching import tell_misfit, tree_work
from rdiff_gui.ui.worker import Work
from rdiff_gui.wording import name_of, show_exact_size, show_size, translate

_SUFFIX = ".rdelta"

_VERIFIED = translate("“{name}” is the new version, checked to the last byte.")
_NOT_VERIFIED = translate(
    "This delta carries no checksum, so the result could not be checked. It has {size}; "
    "whoever made the delta can tell you whether that agrees."
)
_BACKUP_KEPT = translate(
    "It has taken the old file's place. The old file is kept beside it as “{backup}”; to go "
    "back, give that its old name, “{name}”, again."
)
_TOOK_ITS_PLACE = translate("It has taken the old file's place, and no backup was kept.")
_UNDO_MADE = translate(
    "“{name}” leads back: drop it here together with the new file, and the old one comes out."
)
_KEEP_THE_OLD_FILE = translate("Keep the old file until you have looked at the new one.")


class PatchModel(StepModel[PatchSummary | TreePatchSummary]):
    """Old file or folder and delta in, the new one out; on request in its place or with a way back.

    `undo` is where the delta that leads back goes, while `with_undo`.
    """

    page = Page.PATCH
    slots = (Slot.OLD_TO_PATCH, Slot.DELTA)

    def __init__(self) -> None:
        super().__init__()
        self.in_place = False
        self.changes_only = False
        self.keep_backup = True
        self.with_undo = False
        self.undo = Place()

    @property
    def places(self) -> tuple[Place, ...]:
        return (self.output, self.undo)

    def snapshot(self) -> Self:
        copied = super().snapshot()
        copied.undo = copy.copy(self.undo)
        return copied

    def judge(self) -> None:
        """The old file must be the one that the delta names, or at least long enough for it."""
        old = self.files.get(Slot.OLD_TO_PATCH)
        if old is None:
            return
        old.problem, old.detail, old.tried = "", None, False
        delta, facts = self.files.get(Slot.DELTA), self.delta_facts
        if delta is not None:
            old.problem = tell_misfit(old.file, delta.file)
        if isinstance(facts, DeltaFacts | UnreadFacts) and not old.file.is_folder:
            misfit = _misfit(old.file, facts)
            old.problem = old.problem or (str(misfit) if misfit else "")

    @property
    def delta_facts(self) -> DeltaFacts | UnreadFacts | TreeFacts | None:
        """What the delta says of itself, once it was looked at."""
        delta = self.files.get(Slot.DELTA)
        facts = delta.facts if delta else None
        return facts if isinstance(facts, DeltaFacts | UnreadFacts | TreeFacts) else None

    @property
    def wanted_folder(self) -> Path | None:
        old = self.beside
        return old.parent if old and self.in_place else super().wanted_folder

    @property
    def plan(self) -> ChangePlan | None:
        """What a change of the old file itself would write at most, as far as is known."""
        old, facts = self.files.get(Slot.OLD_TO_PATCH), self.delta_facts
        if old is None or old.problem or not isinstance(facts, DeltaFacts):
            return None
        return ChangePlan.of(old.file.size_bytes, facts)

    @property
    def beside(self) -> Path | None:
        old = self.files.get(Slot.OLD_TO_PATCH)
        return old.path if old else None

    @property
    def can_check(self) -> bool:
        """Whether both files are there to be tried."""
        return not self.missing and not self.blocked

    @property
    def ready(self) -> bool:
        return super().ready and (self.undo.path is not None or not self.with_undo)

    @property
    def undo_takes_results_place(self) -> bool:
        """Whether the undo delta would have the new file's own name."""
        return self.with_undo and self.undo.path is not None and self.undo.path == self.target

    @property
    def target(self) -> Path | None:
        return self.inputs[0] if self.in_place and not self.missing else self.output.path

    def propose_output(self) -> Callable[[], Path] | None:
        if Slot.OLD_TO_PATCH not in self.files:
            return None
        old = self.files[Slot.OLD_TO_PATCH].path
        if self.in_place:
            return lambda: old
        facts = self.delta_facts
        named = facts.seal.result if facts and facts.seal else None
        name = named.name if named else None
        return partial(propose_new_file, old, name, self.settings, is_folder=self.of_folders)

    def propose_undo(self) -> Callable[[], Path] | None:
        """How to find a name for the undo delta; None while there is none to make."""
        target = self.target
        return partial(propose_undo, target) if self.with_undo and target else None

    def work(self, attempt: Attempt) -> Work[PatchSummary | TreePatchSummary]:
        if self.of_folders:
            new = None if self.in_place else self.result_path
            way_back = self.undo.path if self.with_undo else None
            return tree_work(self.inputs, new, way_back, attempt, self.resources)
        basis, delta = self.inputs
        options = PatchOptions(allow_expansion=attempt.allow_expansion)
        if attempt.checking:
            return partial(verify_patch, basis, delta, options, resources=self.resources)
        target, undo = self.result_path, self.undo.path if self.with_undo else None
        in_place, keep_backup = self.in_place, self.keep_backup
        changes_only = in_place and self.changes_only
        resources = self.resources

        def patch(*, on_progress: ProgressCallback, cancel: CancelToken) -> PatchSummary:
            # Leave to replace the result is none to replace a way back from somewhere else.
            if undo is not None and os.path.lexists(undo):
                raise OutputExists(undo)
            return apply_patch(
                basis,
                delta,
                target,
                options,
                in_place=in_place,
                keep_backup=keep_backup,
                changes_only=changes_only,
                allow_shared=attempt.allow_shared,
                undo=undo,
                replace=attempt.replace,
                resources=resources,
                on_progress=on_progress,
                cancel=cancel,
            )

        return patch

    def outcome(self, summary: PatchSummary | TreePatchSummary) -> Outcome:
        if isinstance(summary, TreePatchSummary):
            folder, delta = self.result_path, self.inputs[1]
            return tree_patch_outcome(summary, folder, delta, in_place=self.in_place)
        undo = self.undo.path if self.with_undo else None
        return patch_outcome(summary, self.result_path, in_place=self.in_place, undo=undo)

    def history_entry(
        self, summary: PatchSummary | TreePatchSummary, finished: float
    ) -> HistoryEntry:
        """What to keep; where the new file took the old one's place, that is the backup now."""
        entry = super().history_entry(summary, finished)
        if isinstance(summary, TreePatchSummary):
            return entry
        changed_itself = summary.plan is not None and summary.plan.way is Way.JOURNAL
        if not self.in_place or summary.backup is None or changed_itself:
            return entry
        return replace(entry, inputs=(summary.backup, *entry.inputs[1:]))

    def sizes(self, summary: PatchSummary | TreePatchSummary) -> tuple[int, int]:
        if isinstance(summary, TreePatchSummary):
            facts = self.delta_facts
            tree_bytes = facts.tree_bytes if isinstance(facts, TreeFacts) else summary.written_bytes
            return tree_bytes, tree_bytes
        return summary.result_bytes, summary.result_bytes


def propose_new_file(
    basis: Path, name: str | None, settings: Settings, *, is_folder: bool = False
) -> Path:
    """`name` beside the old `photos.db` where it is free and known, else `photos (new).db`.

    The settings may name another folder. A folder's name has no extension.
    """
    folder = results_folder(basis, settings)
    if name is not None and not os.path.lexists(known := folder / name):
        return known
    whole = name or basis.name
    stem, suffix = (whole, "") if is_folder else split_name(whole)
    new = translate("new")
    return first_free(
        folder,
        lambda number: f"{stem} ({new}{'' if number == 1 else f' {number}'}){suffix}",
    )


def propose_undo(new_file: Path) -> Path:
    """`photos.db.undo.rdelta` beside the new `photos.db`."""
    return first_free(
        new_file.parent,
        lambda number: f"{new_file.name}.undo{'' if number == 1 else f'-{number}'}{_SUFFIX}",
    )


def split_name(name: str) -> tuple[str, str]:
    """Stem and extension; both parts of `.tar.gz` and the like are the extension."""
    path = Path(name)
    suffix = path.suffix
    before = Path(path.stem).suffix
    if before.lower() == ".tar":
        suffix = before + suffix
    return (name[: -len(suffix)], suffix) if suffix else (name, "")


def patch_outcome(
    summary: PatchSummary, new_file: Path, *, in_place: bool = False, undo: Path | None = None
) -> Outcome:
    """What to tell of a new file, which was checked where the delta says what it must be."""
    name, checked = name_of(new_file), summary.checked_blake3
    remarks = [
        _VERIFIED.format(name=name)
        if checked
        else _NOT_VERIFIED.format(size=show_exact_size(summary.result_bytes))
    ]
    plan = summary.plan
    if plan is not None:
        remarks.append(describe_change(plan, None))
    if plan is not None and plan.way is Way.JOURNAL:
        undo = summary.backup
    elif summary.backup is not None:
        remarks.append(backup_kept(summary.backup, new_file))
    elif in_place:
        remarks.append(_TOOK_ITS_PLACE)
    if undo is not None:
        remarks.append(about(_UNDO_MADE, undo))
    return Outcome(
        new_file,
        translate("New file made"),
        translate("“{name}”, {size}").format(name=name, size=show_size(summary.result_bytes)),
        role="ok" if checked else "plain",
        remarks=tuple(remarks),
        opens=True,
        next_step="" if checked or in_place else _KEEP_THE_OLD_FILE,
        blake3=checked,
        cautions=tuple(map(str, summary.remarks)),
    )


def backup_kept(backup: Path, file: Path) -> str:
    """The new version stands in the old one's place."""
    return _BACKUP_KEPT.format(backup=name_of(backup), name=name_of(file))


def _misfit(old: DroppedFile, delta: DeltaFacts | UnreadFacts) -> WrongBasis | BasisTooShort | None:
    """What the sizes alone tell; the engine compares the checksums before it writes."""
    named = delta.seal.basis if delta.seal else None
    if named is not None and named.size_bytes != old.size_bytes:
        return WrongBasis(
            old.path, delta.path, named.name, named.size_bytes, old.size_bytes, named.blake3, None
        )
    if old.size_bytes < delta.basis_bytes_needed:
        return BasisTooShort(old.path, delta.path, delta.basis_bytes_needed, old.size_bytes)
    return None
