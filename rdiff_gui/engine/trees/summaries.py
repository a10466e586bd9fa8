"""What was found out of a tree, or done with one."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from pathlib import Path

from rdiff_gui.errors import Difference, FileProblem
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Seal
from rdiff_gui.records import record

__all__ = [
    "Change",
    "Fate",
    "TreeDeltaSummary",
    "TreeFacts",
    "TreePatchSummary",
    "TreeRepairSummary",
    "TreeSignatureSummary",
    "count_fates",
]


class Fate(enum.Enum):
    """What became of a path. KEPT: at most its time is another. TOUCHED: its permissions are."""

    KEPT = "kept"
    TOUCHED = "touched"
    CHANGED = "changed"
    NEW = "new"
    MOVED = "moved"
    LINKED = "linked"
    DELETED = "deleted"


@record(frozen=True)
class Change:
    """What became of one path, which is something else in the new tree.

    `source` is the path in the old tree that it was made from, where that is another one; of what
    is LINKED, the first name of the file. `new_bytes` is how long it is, `delta_bytes` how much of
    the delta it takes, before compression.
    """

    path: str
    fate: Fate
    source: str | None
    new_bytes: int
    delta_bytes: int


@record(frozen=True)
class TreeSignatureSummary:
    """A signature of a tree was written. Sizes in bytes; `tree_bytes` are all `files` together."""

    tree_bytes: int
    files: int
    signature_bytes: int
    remarks: Sequence[FileProblem]
    seconds: float


@record(frozen=True)
class TreeDeltaSummary:
    """A delta of a tree was written. Sizes in bytes.

    `delta_bytes` is the file, `plain_bytes` the tar in it. `signature_bytes` is what the signature
    would cost to send, also where none was kept. `old_bytes` and `new_bytes` are all
    files together, `kept_files` those that stay as they are.
    """

    old_bytes: int
    new_bytes: int
    delta_bytes: int
    plain_bytes: int
    signature_bytes: int
    changes: tuple[Change, ...]
    kept_files: int
    remarks: Sequence[FileProblem]
    seconds: float

    @property
    def identical(self) -> bool:
        """Whether nothing is to be sent but times."""
        return not self.changes


@record(frozen=True)
class TreePatchSummary:
    """A tree was patched, or could be. Sizes in bytes.

    `changed`, `new`, `removed` and `moved` count files and links. `written_bytes` is what was made
    anew. `checked`: whether a manifest told what had to come out. `kept` are files of the user's
    own that were left as they are. `undo` is where the delta went that leads back.
    """

    delta_bytes: int
    written_bytes: int
    changed: int
    new: int
    removed: int
    moved: int
    checked: bool
    kept: tuple[Difference, ...]
    undo: Path | None
    remarks: tuple[FileProblem, ...]
    seconds: float


@record(frozen=True)
class TreeRepairSummary:
    """A tree was looked through, and what could be restored was. Sizes in bytes.

    `is_old`: it is all of it what the delta is for, and nothing was done. `restored` tells what was
    wrong and is not any more, `removed` counts old files that were left in it.
    """

    is_old: bool
    restored: tuple[Difference, ...]
    removed: int
    written_bytes: int
    remarks: tuple[FileProblem, ...]
    seconds: float


@record(frozen=True)
class TreeFacts:
    """A signature or delta of a folder that is whole. Sizes in bytes.

    `size_bytes` is the whole file, seal and compression included. `files` are those of the new
    tree, of a signature the old one's, `tree_bytes` all of them together, and `changes` what a
    delta does. Without a `manifest`, as rdiffdir writes it, neither is known but by the members.
    """

    path: Path
    size_bytes: int
    kind: Kind
    files: int
    tree_bytes: int
    changes: tuple[Change, ...]
    has_manifest: bool
    seal: Seal | None
    compressed: bool


def count_fates(changes: Iterable[Change]) -> dict[Fate, int]:
    """How many paths had each fate, those that none had left out; in the order of fates."""
    fates = [change.fate for change in changes]
    return {fate: count for fate in Fate if (count := fates.count(fate))}
