"""The signature or delta of a folder, read: checked as a whole before anything is made of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.engine.blake3_hash import hash_bytes, hash_source
from rdiff_gui.engine.input import HELD_BYTES_MOST, Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.seal_io import Unwrapped
from rdiff_gui.engine.temporary_file import TemporaryFile
from rdiff_gui.engine.trees.summaries import Change, Fate
from rdiff_gui.errors import NotATree, TreeDamaged
from rdiff_gui.formats.magic import TAR_HEADER_BYTES, Kind, is_tar
from rdiff_gui.formats.manifest_columns import read_manifest
from rdiff_gui.formats.seal import Seal
from rdiff_gui.formats.tree_manifest import ROOT, EntryType, Manifest, count_bytes
from rdiff_gui.formats.tree_tar import Member, MemberKind
from rdiff_gui.formats.tree_tar_reader import read_tar
from rdiff_gui.records import record
from rdiff_gui.wording import translate

_COPIED_BYTES = 2**20


@record(frozen=True)
class TreeFile:
    """A tree's signature or delta. One of rdiffdir's has no `manifest`, and no `seal`.

    With a manifest, each of its sides is a tree, and the members are just what leads from the old
    to the new one. `content` is the tar.
    """

    content: Input
    kind: Kind
    seal: Seal | None
    compressed: bool
    manifest: Manifest | None
    members: tuple[Member, ...]

    @property
    def path(self) -> Path:
        """What names it in errors."""
        return self.content.path

    @contextlib.contextmanager
    def open_body(self, member: Member, run: Run) -> Iterator[Input]:
        """What a member holds, as a measured source.

        Raises: SourceUnreadable, DiskFull, OutputUnwritable, Cancelled.
        """
        if len(member.pieces) <= 1:
            start, size_bytes = member.pieces[0] if member.pieces else (0, 0)
            yield self.content.part(start, size_bytes)
        elif member.size_bytes <= HELD_BYTES_MOST:
            whole = b"".join(self.content.bytes_at(*piece) for piece in member.pieces)
            yield Input.holding(whole, self.path)
        else:
            with contextlib.closing(TemporaryFile(run.temporary_folder)) as kept:
                for start, size_bytes in member.pieces:
                    for offset in range(start, start + size_bytes, _COPIED_BYTES):
                        run.check()
                        length = min(_COPIED_BYTES, start + size_bytes - offset)
                        kept.write(memoryview(self.content.bytes_at(offset, length)))
                yield Input(kept.rewound(), self.path, owned=False, is_copy=True)

    def count_files(self) -> tuple[int, int]:
        """How many files the new tree has, or a signature's old one, and how long they are.

        Without a manifest, of those that have a member.
        """
        if self.manifest is None:
            sizes = [
                member.size_bytes
                for member in self.members
                if member.type is EntryType.FILE and member.kind is not MemberKind.DELETED
            ]
            return len(sizes), sum(sizes)
        side = self.manifest.new if self.kind is Kind.TREE_DELTA else self.manifest.old
        files = [entry for entry in side.values() if entry.type is EntryType.FILE]
        return len(files), count_bytes(side)

    def list_changes(self) -> tuple[Change, ...]:
        """What a delta does to each path, in order."""
        return tuple(
            self._change_of(member)
            for member in self.members
            if member.path != ROOT or self._is_touched(ROOT)
        )

    def _is_touched(self, path: str) -> bool:
        if self.manifest is None:
            return True
        old, new = self.manifest.old.get(path), self.manifest.new.get(path)
        return old is None or new is None or old.mode != new.mode

    def _change_of(self, member: Member) -> Change:
        manifest, path = self.manifest, member.path
        old = manifest.old.get(path) if manifest else None
        new = manifest.new.get(path) if manifest else None
        match member.kind:
            case MemberKind.DELETED:
                fate = Fate.DELETED
            case MemberKind.MOVED:
                fate = Fate.MOVED
            case MemberKind.LINKED:
                fate = Fate.LINKED
            case _ if new and new.has_content_of(old):
                fate = Fate.TOUCHED
            case MemberKind.DIFF:
                fate = Fate.CHANGED
            case _:
                fate = Fate.CHANGED if old and new and old.type is new.type else Fate.NEW
        new_bytes = new.size_bytes if new else 0
        return Change(path, fate, member.source or None, new_bytes, member.size_bytes)


def open_tree_file(unwrapped: Unwrapped, run: Run, wanted: Kind | None = None) -> TreeFile:
    """Read what is in a file without its seal and compression.

    `wanted` is the one kind of a tree's file that will do.

    Raises: NotATree, TreeDamaged, TreeUnsafe, TreeTooNew, ContentDamaged, SourceUnreadable,
    Cancelled.
    """
    content, kind = unwrapped.content, unwrapped.kind
    if (
        wanted is Kind.TREE_DELTA
        and kind is Kind.ORDINARY
        and is_tar(content.bytes_at(0, TAR_HEADER_BYTES))
    ):
        # Of rdiffdir's that begin with a long or strange name, only all headers tell.
        kind = wanted
    if kind not in (Kind.TREE_DELTA, Kind.TREE_SIGNATURE) or wanted not in (None, kind):
        raise NotATree(content.path, unwrapped.found)
    if unwrapped.seal:
        unwrapped.check_body(hash_source(content, run))
    tar = read_tar(content.path, content.bytes_at, content.size_bytes or 0)
    manifest = None
    if tar.manifest is not None:
        if hash_bytes(tar.manifest) != tar.manifest_blake3:
            raise TreeDamaged(content.path, translate("its manifest has another checksum"))
        manifest = read_manifest(content.path, tar.manifest)
        check = _check_delta if kind is Kind.TREE_DELTA else _check_signature
        if not check(manifest, tar.members):
            raise TreeDamaged(content.path, translate("its manifest belongs to other files"))
    return TreeFile(content, kind, unwrapped.seal, unwrapped.compressed, manifest, tar.members)


def _check_signature(manifest: Manifest, members: tuple[Member, ...]) -> bool:
    """Whether just the files have signatures."""
    files = {path for path, entry in manifest.old.items() if entry.type is EntryType.FILE}
    signed = {member.path for member in members if member.kind is MemberKind.SIGNATURE}
    others = {member.path for member in members if member.kind is not MemberKind.SIGNATURE}
    return files == signed and others == manifest.old.keys() - files and not manifest.new


def _check_delta(manifest: Manifest, members: tuple[Member, ...]) -> bool:
    """Whether each member has its place, and all that is new or gone a member."""
    made = {member.path for member in members}
    old = manifest.old
    if any(path not in manifest.new and path not in made for path in old):
        return False
    return all(_fits(member, manifest) for member in members) and all(
        path in made or entry.type is EntryType.FOLDER or entry.has_content_of(old.get(path))
        for path, entry in manifest.new.items()
    )


def _fits(member: Member, manifest: Manifest) -> bool:
    old, new = manifest.old.get(member.path), manifest.new.get(member.path)
    if member.kind is MemberKind.DELETED:
        return old is not None and new is None and not member.size_bytes
    if new is None or member.type is not new.type:
        return False
    match member.kind:
        case MemberKind.SNAPSHOT:
            sizes_fit = new.type is not EntryType.FILE or member.size_bytes == new.size_bytes
            return sizes_fit and member.target == new.target
        case MemberKind.DIFF:
            return old is not None and old.type is EntryType.FILE
        case MemberKind.MOVED:
            source = manifest.old.get(member.source)
            if source is None or source.type is not EntryType.FILE:
                return False
            return member.size_bytes > 0 or new.has_content_of(source)
        case MemberKind.LINKED:
            return new.hardlink == member.source and not member.size_bytes
    return False
