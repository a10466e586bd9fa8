"""What is to be done to a folder: old and new of a delta's manifest, against what stands there.

Nothing is written here. All that a delta needs is looked at, and what differs is told at once.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from pathlib import Path

from rdiff_gui.engine.trees.looking import Looker
from rdiff_gui.engine.trees.sides import Sides, type_of
from rdiff_gui.errors import (
    Difference,
    DifferenceKind,
    PartOnOtherDisk,
    TreeDamaged,
    TreeDiffers,
)
from rdiff_gui.errors.files import Reading
from rdiff_gui.formats.tree_manifest import ROOT, Entry, EntryType, sort_key
from rdiff_gui.formats.tree_tar import Member, MemberKind
from rdiff_gui.records import TYPE_CHECKING, field, record
from rdiff_gui.wording import show_name, translate

if TYPE_CHECKING:
    import os


class Means(enum.Enum):
    """How something new comes about.

    MAKE: a file, from the delta or an old file. RENAME: an old file, from another place. LINK: a
    symbolic link. SAME: one more name of a file.
    """

    MAKE = "make"
    RENAME = "rename"
    LINK = "link"
    SAME = "same"


@record(frozen=True)
class NewItem:
    """One new thing that is no folder.

    `source` is an old path, or with SAME a new one. `like` is the path of the old file whose
    owner, lists and attributes it has.
    """

    path: str
    entry: Entry
    way: Means
    member: Member | None = None
    source: str = ""
    like: str = ""

    @property
    def has_body(self) -> bool:
        """Whether its content, or a delta for that of the source, is in the member."""
        member = self.member
        return member is not None and (member.kind is not MemberKind.MOVED or member.size_bytes > 0)

    @property
    def body_bytes(self) -> int:
        """How long that is."""
        return self.member.size_bytes if self.member else 0


@record(eq=False)
class Plan:
    """What is to be done, in the order of paths; `outs` and `out_folders` go or are replaced.

    Of what is `changed`, the attributes alone are. `seen` is what the system said of what goes,
    before it was found to be right. Of the `outs`, some may be `damaged`, and are kept elsewhere.
    """

    outs: list[str] = field(default_factory=list)
    out_folders: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    targets: list[NewItem] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[Difference] = field(default_factory=list)
    seen: dict[str, os.stat_result] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.outs or self.out_folders or self.folders or self.targets or self.changed)


class Planner:
    """The plan for one tree, that of a `device`; `delta` names the delta in errors."""

    def __init__(
        self, looker: Looker, sides: Sides, delta: Path, *, keep_local: bool = False
    ) -> None:
        self._looker = looker
        self._sides = sides
        self._delta = delta
        self._keep_local = keep_local
        self._plan = Plan()
        self._wrong: list[Difference] = []
        self._ready: dict[str, bool] = {ROOT: True}
        self._device = looker.tree.identity[0]
        self._replaced_folders: list[str] = []

    # --- in the tree itself ----------------------------------------------------------------------

    def plan(self) -> Plan:
        """What makes the new tree of the old one where it stands.

        Raises: TreeDiffers, TreeDamaged, PartOnOtherDisk, SourceUnreadable, Cancelled.
        """
        old, new = self._sides.old, self._sides.new
        for path in sorted({*old, *new}, key=sort_key):
            if path == ROOT:
                if old.get(path) != new.get(path):
                    self._plan.changed.append(path)
                continue
            self._judge(path, old.get(path), new.get(path))
        self._refuse_extras()
        self._find_renames()
        self._check_sources(by_hash=True)
        if self._wrong:
            raise self._differs()
        return self._plan

    def _judge(self, path: str, old: Entry | None, new: Entry | None) -> None:
        plan = self._plan
        if old and new and not self._is_replaced(path, old, new):
            if not self._looker.resembles(path, old):
                self._conflict(self._looker.describe(path))
            elif old != new and self._is_untouched(path, old, new):
                plan.changed.append(path)
            return
        if new and not self._is_ready(path.rpartition("/")[0]):
            return
        if old and not self._let_go(path, old, new):
            return
        if new and not self._is_free(path, old, new):
            return
        if new and new.type is EntryType.FOLDER:
            plan.folders.append(path)
            self._ready[path] = True
        elif new:
            plan.targets.append(self._target(path, old, new))

    def _is_untouched(self, path: str, old: Entry, new: Entry) -> bool:
        """Whether a file has the content that both sides have; time and size tell, or reading."""
        status = self._looker.status(path)
        if status and new.type is EntryType.FILE and type_of(status) is EntryType.FILE:
            seen = (status.st_size, status.st_mtime_ns)
            if seen == (old.size_bytes, old.mtime_ns):
                return True
        return self._looker.has(path, new)

    def _is_replaced(self, path: str, old: Entry, new: Entry) -> bool:
        if old.type is not new.type or not old.has_content_of(new):
            return True
        if new.type is not EntryType.FILE:
            return False
        if old.hardlink is not None and new.hardlink is None:
            return True
        member = self._sides.members.get(path)
        # Without a hash, the member alone tells; with one, a delta of equal files is for rdiffdir.
        return member is not None and (not new.blake3 or member.kind is MemberKind.LINKED)

    def _let_go(self, path: str, old: Entry, new: Entry | None) -> bool:
        """Have what is old go; whether what is new may come."""
        difference = self._looker.differs(path, old)
        if difference is None:
            self._plan.seen[path] = self._looker.seen[path]
            self._check_device(path)
            if old.type is not EntryType.FOLDER:
                self._plan.outs.append(path)
                return True
            self._plan.out_folders.append(path)
            if new:
                self._replaced_folders.append(path)
            return True
        if difference.kind is DifferenceKind.MISSING and (
            new is None or old.type is EntryType.FOLDER
        ):
            return True
        self._conflict(difference)
        return False

    def _is_free(self, path: str, old: Entry | None, new: Entry) -> bool:
        """Whether what is new has to come, and can."""
        looker = self._looker
        status = looker.status(path)
        if status is None or (old and self._goes(path)):
            return True
        known = new.type is not EntryType.FILE or new.blake3
        if known and looker.has(path, new):
            # It is there already.
            self._plan.changed.append(path)
            return False
        if any(_is_same(status, looker.status(out)) for out in self._plan.outs):
            # Another spelling of a name that goes, on a disk that takes both for one.
            return True
        self._conflict(Difference(path, DifferenceKind.TAKEN))
        return False

    def _goes(self, path: str) -> bool:
        plan = self._plan
        return plan.outs[-1:] == [path] or plan.out_folders[-1:] == [path]

    def _is_ready(self, folder: str) -> bool:
        """Whether something can stand in a folder that was there, or is made."""
        if folder not in self._ready:
            ready = self._is_ready(folder.rpartition("/")[0])
            if ready and not self._looker.is_folder(folder):
                ready = False
                missing = self._looker.status(folder) is None
                kind = DifferenceKind.MISSING if missing else DifferenceKind.EDITED
                self._conflict(Difference(folder, kind))
            if ready:
                self._check_device(folder)
            self._ready[folder] = ready
        return self._ready[folder]

    def _check_device(self, path: str) -> None:
        status = self._looker.status(path)
        if status and status.st_dev != self._device:
            raise PartOnOtherDisk(self._looker.tree.path / path)

    def _conflict(self, difference: Difference) -> None:
        (self._plan.kept if self._keep_local else self._wrong).append(difference)

    def _refuse_extras(self) -> None:
        """A folder that something else takes the place of must hold nothing of somebody's own."""
        going = {*self._plan.outs, *self._plan.out_folders}
        for folder in self._replaced_folders:
            with Reading(self._looker.tree.path / folder):
                names = self._looker.tree.names(folder)
            self._wrong += (
                Difference(f"{folder}/{name}", DifferenceKind.TAKEN)
                for name in sorted(names)
                if f"{folder}/{name}" not in going
            )

    def _target(self, path: str, old: Entry | None, new: Entry) -> NewItem:
        """Raises: TreeDamaged."""
        if new.type is EntryType.LINK:
            return NewItem(path, new, Means.LINK)
        member = self._sides.members.get(path)
        like = path if old and old.type is EntryType.FILE else ""
        if member is None:
            # It only has to become a file of its own.
            if not (old and old.has_content_of(new)):
                raise self._damaged(path)
            return NewItem(path, new, Means.MAKE, None, path, path)
        match member.kind:
            case MemberKind.SNAPSHOT if member.type is EntryType.FILE:
                return NewItem(path, new, Means.MAKE, member, "", like)
            case MemberKind.DIFF if old and old.type is EntryType.FILE:
                return NewItem(path, new, Means.MAKE, member, path, path)
            case MemberKind.MOVED if self._is_file(self._sides.old, member.source):
                source = member.source
                if not member.size_bytes and not self._sides.old[source].has_content_of(new):
                    raise self._damaged(path)
                return NewItem(path, new, Means.MAKE, member, source, like or source)
            case MemberKind.LINKED if member.source == new.hardlink:
                return NewItem(path, new, Means.SAME, None, member.source)
        raise self._damaged(path)

    @staticmethod
    def _is_file(side: Mapping[str, Entry], path: str) -> bool:
        return path in side and side[path].type is EntryType.FILE

    def _damaged(self, path: str) -> TreeDamaged:
        text = translate("nothing in it makes “{name}”").format(name=show_name(path))
        return TreeDamaged(self._delta, text)

    def _find_renames(self) -> None:
        """Where an old file goes and is wanted as it is, let the first one who wants it have it."""
        plan = self._plan
        going = set(plan.outs)
        for number, target in enumerate(plan.targets):
            member = target.member
            if (
                member
                and member.kind is MemberKind.MOVED
                and not member.size_bytes
                and target.source in going
                # Another name of it stays, or goes elsewhere.
                and self._sides.old[target.source].hardlink is None
                and not self._is_linked(target.source)
            ):
                going.remove(target.source)
                plan.targets[number] = NewItem(
                    target.path, target.entry, Means.RENAME, None, target.source
                )

    def _is_linked(self, path: str) -> bool:
        status = self._looker.status(path)
        return status is not None and status.st_nlink > 1

    def _check_sources(self, *, by_hash: bool) -> None:
        """What comes from an old file needs it as it was, whether or not somebody keeps it."""
        coming = {target.path for target in self._plan.targets}
        told = {each.path for each in self._wrong}
        for target in self._plan.targets:
            side = self._sides.new if target.way is Means.SAME else self._sides.old
            if not target.source or target.source in told:
                continue
            if target.way is Means.SAME and target.source in coming:
                continue
            check = self._looker.has if by_hash else self._looker.resembles
            if not check(target.source, side[target.source]):
                told.add(target.source)
                self._wrong.append(self._looker.describe(target.source))

    def _differs(self) -> TreeDiffers:
        wrong = sorted(self._wrong, key=lambda each: sort_key(each.path))
        return TreeDiffers(self._looker.tree.path, self._delta, tuple(wrong), is_new=self._is_new())

    def _is_new(self) -> bool:
        """Whether all that the delta changes is there already."""
        old, new, has = self._sides.old, self._sides.new, self._looker.has
        if any(entry.type is EntryType.FILE and not entry.blake3 for entry in new.values()):
            return False
        return all(has(path, entry) for path, entry in new.items() if old.get(path) != entry) and (
            not any(path not in new and has(path, entry) for path, entry in old.items())
        )

    # --- beside it -------------------------------------------------------------------------------

    def plan_whole(self) -> Plan:
        """What makes the new tree elsewhere, of what stands here.

        Raises: TreeDiffers, TreeDamaged, SourceUnreadable, Cancelled.
        """
        old, new = self._sides.old, self._sides.new
        plan = self._plan
        for path, entry in new.items():
            was = old.get(path)
            if path == ROOT:
                continue
            if entry.type is EntryType.FOLDER:
                plan.folders.append(path)
            elif entry.hardlink is not None:
                plan.targets.append(NewItem(path, entry, Means.SAME, None, entry.hardlink))
            elif entry.type is EntryType.FILE and was and not self._is_replaced(path, was, entry):
                plan.targets.append(NewItem(path, entry, Means.MAKE, None, path, path))
            else:
                plan.targets.append(self._target(path, was, entry))
        self._check_sources(by_hash=False)
        if self._wrong:
            raise self._differs()
        return plan

    def explain(self) -> TreeDiffers | None:
        """What of the old files is not as it should be, when something came out wrong.

        Raises: SourceUnreadable, Cancelled.
        """
        self._check_sources(by_hash=True)
        return self._differs() if self._wrong else None


def _is_same(status: os.stat_result, other: os.stat_result | None) -> bool:
    return other is not None and (status.st_dev, status.st_ino) == (other.st_dev, other.st_ino)
