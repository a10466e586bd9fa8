"""Both sides of a tree's delta: what its manifest says, or what stands there and what it brings."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from rdiff_gui.engine.system import Tree, walk
from rdiff_gui.engine.trees.tree_file import TreeFile
from rdiff_gui.errors import Difference, DifferenceKind, TreeDiffers
from rdiff_gui.errors.files import Reading
from rdiff_gui.formats.tree_manifest import ROOT, Entry, EntryType, count_bytes, sort_key
from rdiff_gui.formats.tree_tar import Member, MemberKind
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    import os

_NS = 10**9
_TYPES = {
    stat.S_IFREG: EntryType.FILE,
    stat.S_IFDIR: EntryType.FOLDER,
    stat.S_IFLNK: EntryType.LINK,
}


@record(frozen=True)
class Sides:
    """What a delta says of both trees, in order, and the members that bring what is new.

    A file whose content nothing tells of has no hash.
    """

    old: Mapping[str, Entry]
    new: Mapping[str, Entry]
    members: Mapping[str, Member]

    @property
    def larger_bytes(self) -> int:
        """How long the files of the one that has more are together."""
        return max(count_bytes(self.old), count_bytes(self.new))

    def find_read(self) -> Mapping[str, Entry]:
        """The old files that a plan is likely to need: those that go, or that others come of."""
        sources = {member.source for member in self.members.values()}
        return {
            path: entry
            for path, entry in self.old.items()
            if path in sources or not entry.has_content_of(self.new.get(path))
        }

    def count_made(self, *, whole: bool) -> int:
        """How much a plan writes at most, for a `whole` new tree or what differs of it."""
        return sum(
            entry.size_bytes
            for path, entry in self.new.items()
            if whole or not entry.has_content_of(self.old.get(path))
        )


def type_of(status: os.stat_result) -> EntryType | None:
    """What stands there; None for what no tree may hold."""
    return _TYPES.get(stat.S_IFMT(status.st_mode))


def read_sides(found: TreeFile, tree: Tree) -> Sides:
    """What a delta for `tree` says; rdiffdir's own has no manifest, and says less.

    Raises: TreeDiffers, SourceUnreadable.
    """
    members = {member.path: member for member in found.members}
    if found.manifest:
        return Sides(found.manifest.old, found.manifest.new, members)
    with Reading(tree.path):
        old = _observe(tree)
    return Sides(old, _foresee(old, members, tree.path, found.content.path), members)


def _observe(tree: Tree) -> dict[str, Entry]:
    """All that stands in a tree, without a hash. Raises: OSError."""
    found: dict[str, Entry] = {}
    root = tree.status(ROOT)
    assert root
    for path, status in ((ROOT, root), *walk(tree)):
        entry_type = type_of(status)
        if entry_type is None:
            continue
        is_link, is_file = entry_type is EntryType.LINK, entry_type is EntryType.FILE
        found[path] = Entry(
            entry_type,
            0 if is_link else stat.S_IMODE(status.st_mode),
            status.st_mtime_ns,
            status.st_size if is_file else 0,
            target=tree.read_link(path) if is_link else "",
        )
    return {path: found[path] for path in sorted(found, key=sort_key)}


def _foresee(
    old: dict[str, Entry], members: Mapping[str, Member], path: Path, delta: Path
) -> dict[str, Entry]:
    """What the members make of what stands there. Raises: TreeDiffers."""
    new = dict(old)
    wrong = []
    for at, member in members.items():
        was = old.get(at)
        if member.kind is MemberKind.DELETED:
            if at != ROOT:
                new.pop(at, None)
            continue
        if member.kind is MemberKind.DIFF and (was is None or was.type is not EntryType.FILE):
            kind = DifferenceKind.EDITED if was else DifferenceKind.MISSING
            wrong.append(Difference(at, kind))
        new[at] = Entry(member.type, member.mode, member.mtime * _NS, target=member.target)
    for at in list(new):
        above = at.rpartition("/")[0]
        while above not in new and above in old:
            # Somebody's own files keep a folder.
            new[above] = old[above]
            above = above.rpartition("/")[0]
        if above not in new or new[above].type is not EntryType.FOLDER:
            wrong.append(
                Difference(at, DifferenceKind.TAKEN if at in old else DifferenceKind.MISSING)
            )
    if wrong:
        raise TreeDiffers(path, delta, tuple(wrong))
    return {at: new[at] for at in sorted(new, key=sort_key)}
