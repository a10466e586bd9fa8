"""The tar that holds what changed in a tree, as rdiffdir reads and writes it.

Each member's name tells what it is (`diff/PATH`, `snapshot/PATH` …). The headers are POSIX pax;
the exact bytes: `docs/format.md`. What reads them: `tree_tar_reader`.
Source: POSIX pax; duplicity 0.8, diffdir.py and patchdir.py.
"""

from __future__ import annotations

import enum
import tarfile

from rdiff_gui.formats.magic import TREE_NAMES, Kind
from rdiff_gui.formats.tree_manifest import VERSION, EntryType
from rdiff_gui.records import record

BLOCK_BYTES = 512
# tar writes whole records of so much.
_RECORD_BYTES = 20 * BLOCK_BYTES

MANIFEST_MEMBER = "rdiff-gui/manifest.json"
VERSION_KEY = "RDIFFGUI.version"
DIGEST_KEY = "RDIFFGUI.manifest-blake3"
MANIFEST_KEY = "RDIFFGUI.manifest"
FROM_KEY, TO_KEY = "RDIFFGUI.from", "RDIFFGUI.to"

ENCODING, ERRORS = "utf-8", "surrogateescape"
_TYPES = {EntryType.FILE: tarfile.REGTYPE, EntryType.FOLDER: tarfile.DIRTYPE}


class MemberKind(enum.StrEnum):
    """What a member is: the first part of its name.

    SNAPSHOT: all of a file, a folder or a link. DIFF: a delta from the old file there. DELETED: it
    is gone. MOVED: the old file from elsewhere, or with a body, a delta from it. LINKED: another
    name of a new file. SIGNATURE: of the file there.
    """

    SNAPSHOT = "snapshot"
    DIFF = "diff"
    DELETED = "deleted"
    MOVED = "moved"
    LINKED = "linked"
    SIGNATURE = "signature"


@record(frozen=True)
class Member:
    """One member, or several pieces of one.

    `source` is the path in the old tree that a MOVED one comes from, in the new one where a LINKED
    one leads to. `pieces` are where its body lies in the tar: places and lengths, in bytes.
    """

    kind: MemberKind
    path: str
    type: EntryType = EntryType.FILE
    mode: int = 0
    mtime: int = 0
    target: str = ""
    source: str = ""
    pieces: tuple[tuple[int, int], ...] = ()

    @property
    def size_bytes(self) -> int:
        """How long its body is."""
        return sum(length for _, length in self.pieces)


@record(frozen=True)
class Tar:
    """All headers of a tar. Those of rdiffdir have no `manifest`, which is JSON."""

    members: tuple[Member, ...]
    manifest: bytes | None = None
    manifest_blake3: str | None = None


def pack_beginning(
    kind: Kind, manifest: bytes | None, manifest_blake3: str, *, first: bool
) -> bytes:
    """How our tar begins; `first`: with the manifest as a member, at which rdiffdir stops."""
    records = {VERSION_KEY: str(VERSION)}
    if manifest is not None:
        records[DIGEST_KEY] = manifest_blake3
    if manifest is not None and not first:
        records[MANIFEST_KEY] = manifest.decode("ascii")
    packed = bytearray(tarfile.TarInfo.create_pax_global_header(records))
    _rename(packed, TREE_NAMES[kind])
    if manifest is not None and first:
        info = tarfile.TarInfo(MANIFEST_MEMBER)
        info.size = len(manifest)
        packed += info.tobuf(tarfile.PAX_FORMAT) + manifest + padding(len(manifest))
    return bytes(packed)


def _rename(header: bytearray, name: bytes) -> None:
    """Give the header at the beginning another name. Source: POSIX pax, ustar's fields."""
    header[:100] = name.ljust(100, b"\0")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:BLOCK_BYTES])


def pack_member(kind: Kind, member: Member, size_bytes: int) -> bytes:
    """The headers of a member whose body is that long; `kind` is that of the whole tar.

    The folder itself is called as rdiffdir calls it there.
    """
    root = "" if kind is Kind.TREE_SIGNATURE else "./"
    info = tarfile.TarInfo(f"{member.kind}/{member.path or root}")
    info.size, info.mode, info.mtime = size_bytes, member.mode & 0o777, max(0, member.mtime)
    if member.type is EntryType.LINK:
        info.type, info.linkname = tarfile.SYMTYPE, member.target
    else:
        info.type = _TYPES[member.type]
    if member.kind is MemberKind.MOVED:
        info.pax_headers = {FROM_KEY: member.source}
    elif member.kind is MemberKind.LINKED:
        info.pax_headers = {TO_KEY: member.source}
    return info.tobuf(tarfile.PAX_FORMAT, ENCODING, ERRORS)


def padding(size_bytes: int) -> bytes:
    """What fills up a body of that length."""
    return bytes(-size_bytes % BLOCK_BYTES)


def pack_end(size_bytes: int) -> bytes:
    """How a tar ends that is so long up to there."""
    end_bytes = 2 * BLOCK_BYTES
    return bytes(end_bytes + -(size_bytes + end_bytes) % _RECORD_BYTES)
