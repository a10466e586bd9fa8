"""The manifest of a tree: what stands at each path of the old and the new folder.

A path is relative, its names separated by slashes; that of the folder itself is empty. A byte that
is no UTF-8 is a lone surrogate. As which bytes it is written: `manifest_columns`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from pathlib import Path

from rdiff_gui.errors import TreeDamaged, TreeUnsafe
from rdiff_gui.records import field, record, replace
from rdiff_gui.wording import translate

VERSION = 1
ROOT = ""

# A reader holds all of it in memory; a million files take some 200 MB.
MANIFEST_BYTES_MOST = 2**29
ENTRIES_MOST = 2_000_000
# Linux takes no longer path in one call, and no disk has longer names.
PATH_BYTES_MOST = 2**14
DEPTH_MOST = 512

# What stands for the folder itself, where a path is needed.
ROOT_SHOWN = "."

# In seconds; nanoseconds of it are still a number of 64 bits.
MTIME_MOST = 2**63 // 10**9


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

    `size_bytes` and `blake3` are a file's, the latter cut where it came from a delta's manifest.
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


def sort_key(path: str) -> list[bytes]:
    """By the bytes of a path's names, so that a folder stands right before all that is in it."""
    return path.encode("utf-8", "surrogateescape").split(b"/") if path else []


def hash_side(side: Side) -> str:
    """The hash of what a side holds: paths, types and content, but no modes and times."""
    from blake3 import blake3

    hasher = blake3()
    for path, entry in side.items():
        content = entry.target if entry.type is EntryType.LINK else entry.blake3
        fields = f"{path or ROOT_SHOWN}\0{entry.type}\0{content}\0"
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
    if length > PATH_BYTES_MOST or len(names) > DEPTH_MOST:
        raise TreeUnsafe(file, path, translate("which is too long"))


def check_side(file: Path, side: Side) -> None:
    """Make sure that one that came from `file` is a tree. Raises: TreeDamaged."""
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
