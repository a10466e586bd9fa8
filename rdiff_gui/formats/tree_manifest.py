"""The manifest of a tree: what stands at each path of the old and the new folder, as JSON.

A path is relative, its names separated by slashes; that of the folder itself is empty here, and
`.` in the JSON. A byte that is no UTF-8 is a lone surrogate. The exact bytes: `docs/format.md`.
"""

from __future__ import annotations

import enum
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from rdiff_gui.errors import TreeDamaged, TreeTooNew, TreeUnsafe
from rdiff_gui.records import TYPE_CHECKING, field, record, replace
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from typing import Any

VERSION = 1
ROOT = ""

# A reader holds all of it in memory; a million files take some 200 MB.
MANIFEST_BYTES_MOST = 2**29
ENTRIES_MOST = 2_000_000
# Linux takes no longer path in one call, and no disk has longer names.
PATH_BYTES_MOST = 2**14
_DEPTH_MOST = 512

_ROOT_IN_JSON = "."
_HASH_DIGITS = 64
# Enough to know a file that was damaged; all of them are hashed together in the seal.
SHORT_DIGITS = 16
_HEX = frozenset("0123456789abcdef")
_SIDES = ("old", "new")
_BOTH, _WAS = "both", "was"

# In seconds; nanoseconds of it are still a number of 64 bits.
MTIME_MOST = 2**63 // 10**9
# Permissions, and set-user, set-group and sticky.
MODE_MOST = 0o7777
# One less than what stands for none.
_OWNER_MOST = 2**32 - 2


class EntryType(enum.StrEnum):
    """What stands at a path."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"


@record(frozen=True)
class Owner:
    """Whose a file is, by number and, as far as they are known, by name."""

    uid: int
    gid: int
    user: str = ""
    group: str = ""


@record(frozen=True)
class Entry:
    """What stands at one path, on one side.

    `size_bytes` and `blake3` are a file's, the latter cut where a manifest tells no more of it.
    `target` is where a link leads. `hardlink` is the first path of the same file, where this one is
    another name of it. `attributes` are extended ones.
    """

    type: EntryType
    mode: int = 0
    mtime_ns: int = 0
    size_bytes: int = 0
    blake3: str = ""
    target: str = ""
    hardlink: str | None = None
    sparse: bool = False
    owner: Owner | None = None
    attributes: Mapping[str, bytes] = field(default_factory=dict)

    def has_content_of(self, other: Entry | None) -> bool:
        """Whether both hold the same, whatever their modes and times."""
        return (
            other is not None
            and (self.type, self.size_bytes, self.target)
            == (other.type, other.size_bytes, other.target)
            and (self.has_hash(other.blake3) or other.has_hash(self.blake3))
        )

    def has_hash(self, blake3: str) -> bool:
        """Whether a file of that hash is this one."""
        return blake3.startswith(self.blake3)

    def stays_as(self, other: Entry | None) -> bool:
        """Whether both are equal but for the time."""
        return other is not None and self == replace(other, mtime_ns=self.mtime_ns)


Side = Mapping[str, Entry]


@record(frozen=True)
class Manifest:
    """Both sides of a delta, or the old one of a signature; their paths in the members' order."""

    old: Side
    new: Side

    def pack(self, sources: Container[str | None] = ()) -> bytes:
        """The JSON, a path on each line.

        Of what stays as it is, the hash is cut, but where it is among the `sources` of what is new.
        """
        import json

        def lines() -> Iterator[str]:
            for path in sorted({**self.old, **self.new}, key=sort_key):
                packed = {"path": path or _ROOT_IN_JSON}
                packed |= _pack_sides(self.old.get(path), self.new.get(path), path in sources)
                yield json.dumps(packed, separators=(",", ":"))

        return b'{"version":%d,"entries":[\n%s\n]}\n' % (VERSION, ",\n".join(lines()).encode())


def _pack_sides(old: Entry | None, new: Entry | None, is_source: bool) -> dict[str, Any]:
    if old is None or new is None:
        return {"old": _pack_entry(old)} if old else {"new": _pack_entry(new)} if new else {}
    if not new.stays_as(old):
        return {"old": _pack_entry(old), "new": _pack_entry(new)}
    if not is_source:
        new = replace(new, blake3=new.blake3[:SHORT_DIGITS])
    packed = {_BOTH: _pack_entry(new)}
    return packed if old.mtime_ns == new.mtime_ns else packed | {_WAS: old.mtime_ns}


def sort_key(path: str) -> list[bytes]:
    """By the bytes of a path's names, so that a folder stands right before all that is in it."""
    return path.encode("utf-8", "surrogateescape").split(b"/") if path else []


def hash_side(side: Side) -> str:
    """The hash of what a side holds: paths, types and content, but no modes and times."""
    from blake3 import blake3

    hasher = blake3()
    for path, entry in side.items():
        content = entry.target if entry.type is EntryType.LINK else entry.blake3
        fields = f"{path or _ROOT_IN_JSON}\0{entry.type}\0{content}\0"
        hasher.update(fields.encode("utf-8", "surrogateescape"))
    return hasher.hexdigest()


def count_bytes(side: Side) -> int:
    """How long all files of a side are together."""
    return sum(entry.size_bytes for entry in side.values())


def check_path(file: Path, path: str) -> None:
    """Make sure that a path leads to something in the folder. Raises: TreeUnsafe, TreeDamaged."""
    if path.startswith("/"):
        raise TreeUnsafe(file, path, translate("which begins outside of the folder"))
    names = path.split("/")
    if ".." in names:
        raise TreeUnsafe(file, path, translate("which leads out of the folder"))
    if "\0" in path or "" in names or "." in names:
        raise TreeUnsafe(file, path, translate("which is no name"))
    try:
        length = len(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError as problem:
        raise TreeUnsafe(file, path, translate("which is no name")) from problem
    if length > PATH_BYTES_MOST or len(names) > _DEPTH_MOST:
        raise TreeUnsafe(file, path, translate("which is too long"))


def read_manifest(file: Path, data: bytes) -> Manifest:
    """Read the JSON that came from `file`; each side of what is given is a tree.

    Raises: TreeDamaged, TreeTooNew, TreeUnsafe.
    """
    import json

    try:
        content = json.loads(data.decode("ascii"))
        version = _number(content["version"], VERSION, 2**31)
        if version > VERSION:
            raise TreeTooNew(file, str(version), VERSION)
        entries = content["entries"]
        if len(entries) > ENTRIES_MOST:
            raise TreeDamaged(file, translate("it has too many entries"))
        old, new = _read_sides(file, entries)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise TreeDamaged(file, translate("its manifest cannot be read")) from problem
    for side in (old, new):
        if side or side is old:
            _check_side(file, side)
    return Manifest(old, new)


def _read_sides(file: Path, entries: list[Any]) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """Raises: KeyError, TypeError, ValueError, AttributeError, TreeDamaged, TreeUnsafe."""
    old: dict[str, Entry] = {}
    new: dict[str, Entry] = {}
    last: list[bytes] | None = None
    for packed in entries:
        path = packed["path"]
        if path == _ROOT_IN_JSON:
            path = ROOT
        else:
            check_path(file, path)
        key = sort_key(path)
        if last is not None and key <= last:
            raise TreeDamaged(file, translate("its manifest is not in order"))
        last = key
        if _BOTH in packed:
            entry = old[path] = new[path] = _unpack_entry(packed[_BOTH], short=True)
            if _WAS in packed:
                old[path] = replace(entry, mtime_ns=_time(packed[_WAS]))
            continue
        for name, side in zip(_SIDES, (old, new), strict=True):
            if name in packed:
                side[path] = _unpack_entry(packed[name])
    return old, new


def _check_side(file: Path, side: Mapping[str, Entry]) -> None:
    """Make sure that it is a tree. Raises: TreeDamaged."""
    for path, entry in side.items():
        above = side.get(path.rpartition("/")[0])
        if above is None or above.type is not EntryType.FOLDER:
            raise TreeDamaged(file, translate("its manifest is no tree"))
        if entry.hardlink is not None:
            first = side.get(entry.hardlink)
            if (
                first is None
                or first.hardlink is not None
                or entry.type is not EntryType.FILE
                or not entry.has_content_of(first)
                or sort_key(entry.hardlink) >= sort_key(path)
            ):
                raise TreeDamaged(file, translate("its hard links lead nowhere"))
    if ROOT not in side:
        raise TreeDamaged(file, translate("its manifest is no tree"))


def _pack_entry(entry: Entry) -> dict[str, Any]:
    packed: dict[str, Any] = {"type": str(entry.type)}
    if entry.type is EntryType.FILE:
        packed |= {"size": entry.size_bytes, "blake3": entry.blake3}
    if entry.type is EntryType.LINK:
        packed["target"] = entry.target
    else:
        packed["mode"] = entry.mode
    packed["mtime"] = entry.mtime_ns
    if entry.hardlink is not None:
        packed["hardlink"] = entry.hardlink
    if entry.sparse:
        packed["sparse"] = True
    if entry.owner:
        packed |= {"uid": entry.owner.uid, "gid": entry.owner.gid}
        packed |= {"user": entry.owner.user, "group": entry.owner.group}
    if entry.attributes:
        from base64 import b64encode

        packed["attributes"] = {
            name: b64encode(value).decode("ascii")
            for name, value in sorted(entry.attributes.items())
        }
    return packed


def _unpack_entry(packed: Any, *, short: bool = False) -> Entry:
    """`short`: its hash may be. Raises: KeyError, TypeError, ValueError, AttributeError."""
    kind = EntryType(packed["type"])
    is_file, is_link = kind is EntryType.FILE, kind is EntryType.LINK
    hardlink = packed.get("hardlink")
    return Entry(
        kind,
        0 if is_link else _number(packed["mode"], 0, MODE_MOST),
        _time(packed["mtime"]),
        _number(packed["size"], 0, 2**63 - 1) if is_file else 0,
        _hash(packed["blake3"], short=short) if is_file else "",
        _text(packed["target"]) if is_link else "",
        None if hardlink is None else _text(hardlink),
        packed.get("sparse") is True,
        _unpack_owner(packed) if "uid" in packed else None,
        _unpack_attributes(packed["attributes"]) if "attributes" in packed else {},
    )


def _unpack_owner(packed: Any) -> Owner:
    uid, gid = (_number(packed[key], 0, _OWNER_MOST) for key in ("uid", "gid"))
    user, group = (_text(packed[key]) if packed[key] else "" for key in ("user", "group"))
    return Owner(uid, gid, user, group)


def _unpack_attributes(packed: Any) -> dict[str, bytes]:
    from base64 import b64decode

    return {_text(name): b64decode(value, validate=True) for name, value in packed.items()}


def _time(value: object) -> int:
    return _number(value, -(2**63), 2**63 - 1)


def _number(value: object, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("text")
    # Lone surrogates must be bytes that are no UTF-8.
    if len(value.encode("utf-8", "surrogateescape")) > PATH_BYTES_MOST:
        raise ValueError("text")
    return value


def _hash(value: object, *, short: bool) -> str:
    digits = (SHORT_DIGITS, _HASH_DIGITS) if short else (_HASH_DIGITS,)
    if not isinstance(value, str) or len(value) not in digits or not _HEX.issuperset(value):
        raise ValueError("blake3")
    return value
