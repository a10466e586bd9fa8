"""Reads the tar of a tree, which may come from anybody.

Every length, name and number in it is bounded, and checked before anything is made of it. Those of
rdiffdir are read as well, with GNU's long names and files in pieces.
Source: POSIX pax; duplicity 0.8, diffdir.py and patchdir.py.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.errors import TreeDamaged, TreeTooNew, TreeUnsafe
from rdiff_gui.formats.seal import ReadAt
from rdiff_gui.formats.tree_manifest import (
    ENTRIES_MOST,
    MANIFEST_BYTES_MOST,
    MTIME_MOST,
    PATH_BYTES_MOST,
    ROOT,
    VERSION,
    EntryType,
    check_path,
    sort_key,
)
from rdiff_gui.formats.tree_tar import (
    BLOCK_BYTES,
    DIGEST_KEY,
    ENCODING,
    ERRORS,
    FROM_KEY,
    MANIFEST_KEY,
    MANIFEST_MEMBER,
    TO_KEY,
    VERSION_KEY,
    Member,
    MemberKind,
    Tar,
)
from rdiff_gui.records import record, replace
from rdiff_gui.wording import translate

# Of one member: a path, where it leads to and where it came from, in headers of their own.
_EXTENDED_BYTES_MOST = 4 * PATH_BYTES_MOST
_GLOBAL_BYTES_MOST = MANIFEST_BYTES_MOST + 2**16
# What tar programs fill up with behind the end.
_FILL_BYTES_MOST = 2**20
_PIECES_MOST = 2**22

_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_EXTENDED = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
_LONG = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)

_KINDS = {str(kind): kind for kind in MemberKind}
_IN_PIECES = {"multivol_diff": MemberKind.DIFF, "multivol_snapshot": MemberKind.SNAPSHOT}


def read_tar(path: Path, read_at: ReadAt, size_bytes: int) -> Tar:
    """Read the headers of a tar that takes up a file of that size.

    `read_at(offset, length)` gives its bytes.

    Raises: TreeDamaged, TreeTooNew, TreeUnsafe.
    """
    return _Reader(path, read_at, size_bytes).read()


@record
class _Headers:
    """What stands before a member's own header: pax records, and GNU's long names."""

    records: dict[str, str]
    name: str | None = None
    target: str | None = None


class _Reader:
    """One tar from front to back."""

    def __init__(self, path: Path, read_at: ReadAt, size_bytes: int) -> None:
        self._path = path
        self._read_at = read_at
        self._size_bytes = size_bytes
        self._shared: dict[str, str] = {}
        self._manifest: bytes | None = None
        self._members: list[Member] = []
        self._last_key: list[bytes] | None = None
        # Those of the last member.
        self._body: list[tuple[int, int]] = []
        # That of the next member, where its own header has no room for it.
        self._size: int | None = None
        # A link, beneath which nothing can be.
        self._link = ""

    def read(self) -> Tar:
        headers, blocks = _Headers({}), 0
        for info, offset in self._infos():
            blocks += 1
            if blocks > 4 * ENTRIES_MOST:
                raise self._damage(translate("it has too many entries"))
            if self._take_extension(info, offset, headers):
                continue
            self._take(info, offset, headers)
            headers = _Headers({})
        if headers != _Headers({}):
            raise self._damage(translate("its end is missing"))
        self._put_together()
        manifest = self._manifest
        if manifest is None and MANIFEST_KEY in self._shared:
            try:
                manifest = self._shared[MANIFEST_KEY].encode("ascii")
            except UnicodeEncodeError as problem:
                raise self._damage(translate("its manifest cannot be read")) from problem
        return Tar(tuple(self._members), manifest, self._shared.get(DIGEST_KEY))

    def _damage(self, reason: str) -> TreeDamaged:
        return TreeDamaged(self._path, reason)

    def _infos(self) -> Iterator[tuple[tarfile.TarInfo, int]]:
        """Each header, and where its body begins."""
        position = 0
        while True:
            block = self._read_at(position, BLOCK_BYTES)
            position += BLOCK_BYTES
            if len(block) < BLOCK_BYTES:
                raise self._damage(translate("its end is missing"))
            if not any(block):
                self._check_fill(position)
                return
            try:
                info = tarfile.TarInfo.frombuf(block, ENCODING, ERRORS)
            except (tarfile.HeaderError, ValueError) as problem:
                raise self._damage(translate("one of its headers cannot be read")) from problem
            if self._size is not None and info.type not in (*_EXTENDED, *_LONG):
                info.size, self._size = self._size, None
            self._fit(info.size, position)
            yield info, position
            position += -(-info.size // BLOCK_BYTES) * BLOCK_BYTES

    def _fit(self, length: int, position: int) -> None:
        if length < 0 or position + length > self._size_bytes:
            raise self._damage(translate("its end is missing"))

    def _check_fill(self, position: int) -> None:
        """What comes behind the end is nothing."""
        fill_bytes = self._size_bytes - position
        if fill_bytes > _FILL_BYTES_MOST or any(self._read_at(position, max(0, fill_bytes))):
            raise self._damage(translate("it goes on behind its end"))

    def _take_extension(self, info: tarfile.TarInfo, offset: int, headers: _Headers) -> bool:
        """Take in a header that says something of the next ones; False for a member's own."""
        if info.type == tarfile.XGLTYPE:
            if self._members or self._shared or self._manifest is not None:
                raise self._damage(translate("its headers are not in order"))
            records = self._read_records(info, offset, _GLOBAL_BYTES_MOST)
            self._shared = {k: v for k, v in records.items() if k.startswith("RDIFFGUI.")}
            version = self._shared.get(VERSION_KEY, str(VERSION))
            if version != str(VERSION):
                raise TreeTooNew(self._path, version, VERSION)
        elif info.type in _EXTENDED:
            headers.records = self._read_records(info, offset, _EXTENDED_BYTES_MOST)
            if (size := headers.records.get("size")) is not None:
                if not (size.isascii() and size.isdigit() and len(size) < 20):
                    raise self._damage(translate("one of its headers cannot be read"))
                self._size = int(size)
        elif info.type in _LONG:
            if info.size > PATH_BYTES_MOST:
                raise self._damage(translate("one of its headers is too long"))
            text = self._read_at(offset, info.size).rstrip(b"\0").decode(ENCODING, ERRORS)
            if info.type == tarfile.GNUTYPE_LONGNAME:
                headers.name = text
            else:
                headers.target = text
        else:
            return False
        return True

    def _read_records(self, info: tarfile.TarInfo, offset: int, most: int) -> dict[str, str]:
        """The records of a pax header, each `LENGTH KEY=VALUE` and a line end."""
        if info.size > most:
            raise self._damage(translate("one of its headers is too long"))
        data = self._read_at(offset, info.size)
        records: dict[str, str] = {}
        position = 0
        while position < len(data):
            space = data.find(b" ", position, position + 20)
            digits = data[position:space] if space > 0 else b""
            end = position + int(digits) if digits.isdigit() else 0
            equals = data.find(b"=", space, end)
            if not space < equals < end <= len(data) or data[end - 1 : end] != b"\n":
                raise self._damage(translate("one of its headers cannot be read"))
            key = data[space + 1 : equals].decode(ENCODING, ERRORS)
            records[key] = data[equals + 1 : end - 1].decode(ENCODING, ERRORS)
            position = end
        return records

    def _take(self, info: tarfile.TarInfo, offset: int, headers: _Headers) -> None:
        """Take in a member. Raises: TreeDamaged, TreeUnsafe."""
        records = headers.records
        name = records.get("path", headers.name if headers.name is not None else info.name)
        if any(key.startswith("GNU.sparse") for key in records):
            raise TreeUnsafe(self._path, name, translate("which is written in an unusual way"))
        if name == MANIFEST_MEMBER and not self._members and self._manifest is None:
            if info.type not in _FILES or info.size > MANIFEST_BYTES_MOST:
                raise self._damage(translate("its manifest cannot be read"))
            self._manifest = self._read_at(offset, info.size)
            return
        kind, path, piece = self._split(name)
        entry_type = self._type_of(info, name)
        if kind is not MemberKind.SNAPSHOT and entry_type is not EntryType.FILE:
            raise self._damage(translate("one of its headers cannot be read"))
        if path == ROOT and entry_type is not EntryType.FOLDER:
            raise TreeUnsafe(self._path, name, translate("which stands in the place of the folder"))
        if entry_type is not EntryType.FILE and info.size:
            raise self._damage(translate("one of its headers cannot be read"))
        target = records.get("linkpath", headers.target or info.linkname)
        if entry_type is EntryType.LINK and (not target or "\0" in target):
            raise TreeUnsafe(self._path, name, translate("which is no link"))
        source = ""
        if kind in (MemberKind.MOVED, MemberKind.LINKED):
            source = records.get(FROM_KEY if kind is MemberKind.MOVED else TO_KEY, "")
            check_path(self._path, source)
        if piece and entry_type is not EntryType.FILE:
            raise self._damage(translate("one of its headers cannot be read"))
        if self._goes_on(kind, path, piece):
            self._body.append((offset, info.size))
            return
        self._put_together()
        self._check_place(kind, path, entry_type)
        self._body = [(offset, info.size)]
        mtime = int(info.mtime)
        if abs(mtime) > MTIME_MOST:
            raise self._damage(translate("one of its headers cannot be read"))
        target = target if entry_type is EntryType.LINK else ""
        body = tuple(self._body)
        self._members.append(
            Member(kind, path, entry_type, info.mode & 0o7777, mtime, target, source, body)
        )

    def _put_together(self) -> None:
        """Give the last member all its pieces."""
        if len(self._body) > 1:
            self._members[-1] = replace(self._members[-1], pieces=tuple(self._body))

    def _split(self, name: str) -> tuple[MemberKind, str, int]:
        """What a name tells: the kind, the path, and the number of its piece, 0 for the only one.

        Raises: TreeDamaged, TreeUnsafe.
        """
        prefix, _, path = name.partition("/")
        kind, piece = _KINDS.get(prefix), 0
        if kind is None:
            kind = _IN_PIECES.get(prefix)
            path, _, number = path.rpartition("/")
            if kind is None or not (number.isascii() and number.isdigit() and len(number) < 8):
                raise TreeUnsafe(self._path, name, translate("which no delta of a folder has"))
            piece = int(number)
        path = path.rstrip("/") if path.strip("/") else ""
        path = ROOT if path == "." else path
        if path:
            check_path(self._path, path)
        return kind, path, piece

    def _type_of(self, info: tarfile.TarInfo, name: str) -> EntryType:
        if info.type in _FILES:
            return EntryType.FILE
        if info.type == tarfile.DIRTYPE:
            return EntryType.FOLDER
        if info.type == tarfile.SYMTYPE:
            return EntryType.LINK
        raise TreeUnsafe(
            self._path, name, translate("which is neither a file nor a folder nor a link")
        )

    def _goes_on(self, kind: MemberKind, path: str, piece: int) -> bool:
        """Whether it is the next piece of the member before it. Raises: TreeDamaged."""
        if piece <= 1:
            return False
        last = self._members[-1] if self._members else None
        follows = piece == len(self._body) + 1
        if last is None or (last.kind, last.path) != (kind, path) or not follows:
            raise self._damage(translate("a piece of one of its files is missing"))
        if piece > _PIECES_MOST:
            raise self._damage(translate("it has too many entries"))
        return True

    def _check_place(self, kind: MemberKind, path: str, entry_type: EntryType) -> None:
        """A member comes behind those before it, and not beneath a link.

        Raises: TreeDamaged, TreeUnsafe.
        """
        if len(self._members) >= ENTRIES_MOST:
            raise self._damage(translate("it has too many entries"))
        key = sort_key(path)
        if self._last_key is not None and key <= self._last_key:
            raise self._damage(translate("its members are not in order"))
        self._last_key = key
        if self._link and path.startswith(self._link) and kind is not MemberKind.DELETED:
            raise TreeUnsafe(self._path, path, translate("which is beneath a link"))
        if entry_type is EntryType.LINK:
            self._link = f"{path}/"
