"""A tree that is neither old nor new made new, from its delta and from what of it is undamaged."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from rdiff_gui.engine.input import FilePath, Source
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.trees.looking import Looker
from rdiff_gui.engine.trees.options import TreePatchOptions
from rdiff_gui.engine.trees.patching import Patching, open_patching
from rdiff_gui.engine.trees.plan import Means, NewItem, Plan
from rdiff_gui.engine.trees.sides import Sides
from rdiff_gui.engine.trees.summaries import TreeRepairSummary
from rdiff_gui.errors import Difference, DifferenceKind, TreeDamaged, TreeUnrepaired
from rdiff_gui.formats.tree_manifest import ROOT, Entry, EntryType, count_bytes, sort_key
from rdiff_gui.formats.tree_tar import MemberKind
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["repair_tree"]


def repair_tree(
    folder: FilePath,
    delta: Source,
    options: TreePatchOptions = TreePatchOptions(),  # noqa: B008  # frozen
    *,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    executor: Executor | None = None,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> TreeRepairSummary:
    """Make a tree what its delta makes, whatever is missing or damaged in it.

    All files are read. What is not the new file is made anew: from the delta, from the old file
    where that is whole, or from another one with the same content. What stood in its place is kept
    beside the tree. Nothing is done to a tree that is old and whole. It happens as apply_tree_patch
    does it: all that can be restored, or nothing; by the `executor` too, if there is one.

    Raises: TreeUnrepaired, after all that can be was restored; as apply_tree_patch.
    """

    def work(run: Run) -> TreeRepairSummary:
        with open_patching(
            folder, delta, options, run, settled=True, executor=executor
        ) as patching:
            return _repair(patching, run)

    return run_operation(work, on_progress, cancel, resources)


def _repair(patching: Patching, run: Run) -> TreeRepairSummary:
    path, delta = patching.tree.path, patching.delta
    if not patching.has_manifest:
        raise TreeDamaged(delta, translate("it has no manifest, so nothing tells what is damaged"))
    old, new = patching.sides.old, patching.sides.new
    read_bytes = sum(max(_size_of(path, old), _size_of(path, new)) for path in {*old, *new})
    patching.expect(read_bytes, count_bytes(new))
    patching.look_ahead(new, old)
    repair = _Repair(patching.looker, patching.sides, keep_local=patching.options.keep_local)
    is_old = repair.is_old()
    if not is_old:
        repair.plan_all()
        patching.plan = repair.plan
        patching.check_trust()
        patching.patch_in_place(None)
    if repair.lost:
        raise TreeUnrepaired(path, delta, tuple(repair.lost), len(repair.restored))
    return TreeRepairSummary(
        is_old,
        tuple(repair.restored),
        repair.removed,
        patching.made_bytes,
        tuple(patching.remarks),
        run.seconds,
    )


def _size_of(path: str, side: Mapping[str, Entry]) -> int:
    return side[path].size_bytes if path in side else 0


class _Repair:
    """What is wrong in a tree, and how it can be made right."""

    def __init__(self, looker: Looker, sides: Sides, *, keep_local: bool) -> None:
        self._looker = looker
        self._sides = sides
        self._keep_local = keep_local
        self._whole: dict[tuple[int, str], str] = {}
        self._coming: set[str] = set()
        self._blocked: set[str] = set()
        self.plan = Plan()
        self.restored: list[Difference] = []
        self.lost: list[Difference] = []
        self.removed = 0

    def is_old(self) -> bool:
        """Whether all of it is what the delta is for; reads all files of both sides."""
        old, new, has = self._sides.old, self._sides.new, self._looker.has
        for side in (new, old):
            for path, entry in side.items():
                if entry.type is EntryType.FILE and has(path, entry):
                    self._whole.setdefault((entry.size_bytes, entry.blake3), path)
        is_new = all(has(path, entry) for path, entry in new.items())
        return not is_new and all(has(path, entry) for path, entry in old.items())

    def plan_all(self) -> None:
        """Go through all paths. Raises: SourceUnreadable, Cancelled."""
        old, new = self._sides.old, self._sides.new
        for path in sorted({*old, *new}, key=sort_key):
            if path == ROOT:
                if old[path] != new[path]:
                    self.plan.changed.append(path)
            elif path in new:
                self._judge(path, old.get(path), new[path])
            elif self._looker.has(path, old[path]):
                self._let_go(path, self._status(path))
                self.removed += old[path].type is not EntryType.FOLDER
        self._settle_names()

    def _judge(self, path: str, old: Entry | None, new: Entry) -> None:
        has = self._looker.has
        if has(path, new) and self._has_right_names(path, old, new):
            if old != new:
                self.plan.changed.append(path)
            return
        status = self._looker.status(path)
        is_own = status is not None and not has(path, new) and not (old and has(path, old))
        kind = DifferenceKind.MISSING if status is None else DifferenceKind.DAMAGED
        difference = Difference(path, kind)
        if is_own and self._keep_local:
            self.plan.kept.append(difference)
            self._blocked.add(path)
            return
        target = None if new.type is EntryType.FOLDER else self._find(path, new, status)
        if (new.type is not EntryType.FOLDER and target is None) or self._is_blocked(path, status):
            self.lost.append(difference)
            self._blocked.add(path)
            return
        if status:
            self._let_go(path, status)
            if is_own:
                self.plan.damaged.add(path)
        if target:
            self.plan.targets.append(target)
            self._coming.add(path)
        else:
            self.plan.folders.append(path)
        if not has(path, new) and (old is None or is_own or status is None):
            self.restored.append(difference)

    def _has_right_names(self, path: str, old: Entry | None, new: Entry) -> bool:
        """Whether a file is one with those that it should be one with, and with no other."""
        if new.hardlink is not None:
            return new.hardlink not in self._coming and self._is_one(path, new.hardlink)
        return old is None or old.hardlink is None or not self._is_one(path, old.hardlink)

    def _is_one(self, path: str, other: str) -> bool:
        status, other_status = self._looker.status(path), self._looker.status(other)
        return bool(status and other_status and os.path.samestat(status, other_status))

    def _is_blocked(self, path: str, status: os.stat_result | None) -> bool:
        """Whether a folder stands there that holds something, or what is above cannot be one."""
        if path.rpartition("/")[0] in self._blocked:
            return True
        if status is None or not stat.S_ISDIR(status.st_mode):
            return False
        known = {*self._sides.old} - {*self._sides.new}
        names = (f"{path}/{name}" for name in self._looker.tree.names(path))
        return any(name not in known for name in names)

    def _status(self, path: str) -> os.stat_result:
        status = self._looker.status(path)
        assert status
        return status

    def _let_go(self, path: str, status: os.stat_result) -> None:
        self.plan.seen[path] = status
        is_folder = stat.S_ISDIR(status.st_mode)
        (self.plan.out_folders if is_folder else self.plan.outs).append(path)

    def _find(self, path: str, new: Entry, status: os.stat_result | None) -> NewItem | None:
        """Where what is missing comes from; None, where it is lost."""
        if new.type is EntryType.LINK:
            return NewItem(path, new, Means.LINK)
        if new.hardlink is not None:
            return NewItem(path, new, Means.SAME, None, new.hardlink)
        like = path if status and stat.S_ISREG(status.st_mode) else ""
        whole = self._whole.get((new.size_bytes, new.blake3))
        if whole is not None:
            return NewItem(path, new, Means.MAKE, None, whole, like)
        member = self._sides.members.get(path)
        if member is None:
            return None
        if member.kind is MemberKind.SNAPSHOT:
            return NewItem(path, new, Means.MAKE, member, "", like)
        source = member.source if member.kind is MemberKind.MOVED else path
        before: Mapping[str, Entry] = self._sides.old
        if source in before and self._looker.has(source, before[source]):
            return NewItem(path, new, Means.MAKE, member, source, like)
        return None

    def _settle_names(self) -> None:
        """More names of a file can be had where the first one is, or comes."""
        for target in [each for each in self.plan.targets if each.way is Means.SAME]:
            first = self._sides.new[target.source]
            if target.source not in self._coming and not self._looker.has(target.source, first):
                self.plan.targets.remove(target)
                if target.path in self.plan.outs:
                    self.plan.outs.remove(target.path)
                self.restored = [each for each in self.restored if each.path != target.path]
                self.lost.append(Difference(target.path, DifferenceKind.MISSING))
