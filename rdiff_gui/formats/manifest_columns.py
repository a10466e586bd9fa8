"""The manifest of a tree as JSON: column by column, since alike stands beside alike so.

zstd makes a third of it that it would make of one entry after another. The exact bytes:
`docs/format.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from rdiff_gui.errors import TreeDamaged, TreeTooNew
from rdiff_gui.formats.tree_manifest import (
    ENTRIES_MOST,
    MANIFEST_BYTES_MOST,
    PATH_BYTES_MOST,
    ROOT,
    ROOT_SHOWN,
    VERSION,
    Entry,
    EntryType,
    Manifest,
    Owner,
    check_path,
    check_side,
    sort_key,
)
from rdiff_gui.records import TYPE_CHECKING, replace
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from typing import Any

# How a path's two sides are: the same, the same but for the time, only one of them, two things.
_SAME, _TIMED, _OLD, _NEW, _BOTH = "=~<>|"
_LETTERS = {EntryType.FILE: "-", EntryType.FOLDER: "d", EntryType.LINK: "l"}
_TYPES = {letter: kind for kind, letter in _LETTERS.items()}

_HASH_DIGITS = 64
# Enough to know a file that was damaged; all of them are hashed together in the seal.
_SHORT_DIGITS = 16
_HEX = frozenset("0123456789abcdef")

# Permissions, and set-user, set-group and sticky.
_MODE_MOST = 0o7777
# One less than what stands for none.
_OWNER_MOST = 2**32 - 2


def pack_manifest(manifest: Manifest) -> bytes:
    """The JSON, a column on each line; in that of a delta, hashes are cut."""
    import json

    sides: list[str] = []
    things: list[Entry] = []
    old_times: list[int] = []
    new_times: list[int] = []
    paths = sorted({**manifest.old, **manifest.new}, key=sort_key)
    for path in paths:
        old, new = manifest.old.get(path), manifest.new.get(path)
        side = _compare(old, new)
        sides.append(side)
        if old and side in (_OLD, _BOTH):
            things.append(old)
        if new:
            things.append(new)
            new_times.append(new.mtime_ns)
        if old and side != _SAME:
            old_times.append(old.mtime_ns)
    files = [thing for thing in things if thing.type is EntryType.FILE]
    digits = _SHORT_DIGITS if manifest.new else _HASH_DIGITS
    more = {str(number): facts for number, each in enumerate(things) if (facts := _pack_more(each))}
    columns: dict[str, object] = {
        "version": VERSION,
        **_pack_paths(path or ROOT_SHOWN for path in paths),
        "sides": "".join(sides),
        "types": "".join(_LETTERS[thing.type] for thing in things),
        "modes": [thing.mode for thing in things if thing.type is not EntryType.LINK],
        "old_mtimes": _differences(old_times),
        "new_mtimes": _differences(new_times),
        "sizes": [file.size_bytes for file in files],
        "targets": [thing.target for thing in things if thing.type is EntryType.LINK],
        "more": more,
        "blake3": "".join(file.blake3[:digits] for file in files),
    }
    packed = (
        f'"{name}":{json.dumps(column, separators=(",", ":"))}' for name, column in columns.items()
    )
    return ("{" + ",\n".join(packed) + "}\n").encode("ascii")


def _compare(old: Entry | None, new: Entry | None) -> str:
    if old is None or new is None:
        return _OLD if old else _NEW
    if not new.stays_as(old):
        return _BOTH
    return _SAME if old.mtime_ns == new.mtime_ns else _TIMED


def _pack_paths(paths: Iterable[str]) -> dict[str, object]:
    """Of each, how much it has in common with the one before, and the rest."""
    shared: list[int] = []
    rest: list[str] = []
    last = ""
    for path in paths:
        length = 0
        for one, other in zip(path, last, strict=False):
            if one != other:
                break
            length += 1
        shared.append(length)
        rest.append(path[length:])
        last = path
    return {"shared": shared, "rest": rest}


def _differences(times: list[int]) -> list[int]:
    return [time - before for time, before in zip(times, [0, *times], strict=False)]


def _pack_more(entry: Entry) -> dict[str, Any]:
    """What few entries have."""
    packed: dict[str, Any] = {}
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
        if len(content["rest"]) > ENTRIES_MOST:
            raise TreeDamaged(file, translate("it has too many entries"))
        manifest = _read_sides(file, content)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise TreeDamaged(file, translate("its manifest cannot be read")) from problem
    for side in (manifest.old, manifest.new):
        if side or side is manifest.old:
            check_side(file, side)
    return manifest


def _read_sides(file: Path, content: Any) -> Manifest:
    """Raises: LookupError, TypeError, ValueError, AttributeError, TreeDamaged, TreeUnsafe."""
    old: dict[str, Entry] = {}
    new: dict[str, Entry] = {}
    things = _Things(content)
    old_times, new_times = (_Column(_sums(content[f"{name}_mtimes"])) for name in ("old", "new"))
    for path, side in zip(_read_paths(file, content), _string(content["sides"]), strict=True):
        if side in (_OLD, _BOTH):
            old[path] = things.take(old_times.take())
        if side != _OLD:
            entry = new[path] = things.take(new_times.take())
            if side == _SAME:
                old[path] = entry
            elif side == _TIMED:
                old[path] = replace(entry, mtime_ns=old_times.take())
            elif side not in (_NEW, _BOTH):
                raise ValueError("sides")
    for column in (things, old_times, new_times):
        column.end()
    return Manifest(old, new)


def _read_paths(file: Path, content: Any) -> Iterator[str]:
    """Raises: TypeError, ValueError, TreeDamaged, TreeUnsafe."""
    last, last_key, total = "", None, 0
    for length, rest in zip(content["shared"], content["rest"], strict=True):
        last = last[: _number(length, 0, len(last))] + _string(rest)
        total += sys.getsizeof(last)
        if total > MANIFEST_BYTES_MOST:
            raise TreeDamaged(file, translate("it has too many entries"))
        path = ROOT if last == ROOT_SHOWN else last
        if path != ROOT:
            check_path(file, path)
        key = sort_key(path)
        if last_key is not None and key <= last_key:
            raise TreeDamaged(file, translate("its manifest is not in order"))
        last_key = key
        yield path


def _sums(differences: list[object]) -> Iterator[int]:
    total = 0
    for difference in differences:
        total = _number(total + _number(difference, -(2**64), 2**64), -(2**63), 2**63 - 1)
        yield total


class _Column:
    """Values that are taken one by one, until none is left."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._values = iter(values)

    def take(self) -> Any:
        """The next one. Raises: IndexError; what the values raise."""
        for value in self._values:
            return value
        raise IndexError

    def end(self) -> None:
        """Raises: ValueError, where there are more."""
        if next(self._values, self) is not self:
            raise ValueError("column")


class _Things:
    """What stands on one side or on both, one after another."""

    def __init__(self, content: Any) -> None:
        """Raises: LookupError, TypeError, ValueError, AttributeError."""
        types = _string(content["types"])
        files = types.count(_LETTERS[EntryType.FILE])
        hashes = _string(content["blake3"])
        digits = len(hashes) // files if files else 0
        if digits * files != len(hashes) or not _HEX.issuperset(hashes):
            raise ValueError("blake3")
        if files and digits not in (_SHORT_DIGITS, _HASH_DIGITS):
            raise ValueError("blake3")
        self._types = _Column(_TYPES[letter] for letter in types)
        self._modes = _Column(content["modes"])
        self._sizes = _Column(content["sizes"])
        self._hashes = _Column(
            hashes[begin : begin + digits] for begin in range(0, len(hashes), digits or 1)
        )
        self._targets = _Column(content["targets"])
        self._more = dict(content["more"].items())
        self._taken = 0

    def take(self, mtime_ns: int) -> Entry:
        """The next one. Raises: LookupError, TypeError, ValueError, AttributeError."""
        kind = self._types.take()
        more = self._more.pop(str(self._taken), {})
        self._taken += 1
        is_file, is_link = kind is EntryType.FILE, kind is EntryType.LINK
        hardlink = more.get("hardlink")
        return Entry(
            kind,
            0 if is_link else _number(self._modes.take(), 0, _MODE_MOST),
            mtime_ns,
            _number(self._sizes.take(), 0, 2**63 - 1) if is_file else 0,
            self._hashes.take() if is_file else "",
            _text(self._targets.take()) if is_link else "",
            None if hardlink is None else _text(hardlink),
            more.get("sparse") is True,
            _read_owner(more) if "uid" in more else None,
            _read_attributes(more["attributes"]) if "attributes" in more else {},
        )

    def end(self) -> None:
        """Raises: ValueError, where there are more."""
        for column in (self._types, self._modes, self._sizes, self._hashes, self._targets):
            column.end()
        if self._more:
            raise ValueError("more")


def _read_owner(packed: Any) -> Owner:
    uid, gid = (_number(packed[key], 0, _OWNER_MOST) for key in ("uid", "gid"))
    user, group = (_text(packed[key]) if packed[key] else "" for key in ("user", "group"))
    return Owner(uid, gid, user, group)


def _read_attributes(packed: Any) -> dict[str, bytes]:
    from base64 import b64decode

    return {_text(name): b64decode(value, validate=True) for name, value in packed.items()}


def _number(value: object, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("number")
    return value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("string")
    return value


def _text(value: object) -> str:
    text = _string(value)
    # Lone surrogates must be bytes that are no UTF-8.
    if not 0 < len(text.encode("utf-8", "surrogateescape")) <= PATH_BYTES_MOST or "\0" in text:
        raise ValueError("text")
    return text
