"""Names for files that are not finished, and the end of those that a crash left behind.

Such a file is `.NAME.INODE.rdiff-part`, with its own inode number in its name, and locked while
its run is alive. A file of that name, with that inode, and not locked, is a dead one of ours;
whatever else has such a name is somebody's, and stays. Where the version of NAME that is replaced
is about to be swapped into the name, to be removed, the name tells its inode number as well.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import stat
import time
from collections.abc import Iterator

from rdiff_gui.engine.system import Folder, lock

_SUFFIX = ".rdiff-part"
# Compiled by re when they are first asked for: most runs meet no such name.
_PART_NAME = rf"(?s)\..*\.([0-9]+)(?:-([0-9]+))?{re.escape(_SUFFIX)}"
_NEWBORN_NAME = rf"(?s)\..*\.new-[0-9a-f]{{16}}{re.escape(_SUFFIX)}"
_TOKEN_BYTES = 8

_NAME_BYTES_MAX = 255

# A folder of more entries takes longer to look through than most files to write.
_SWEPT_ENTRIES_MOST = 100_000
# Who writes file after file into one folder need not look through it for each.
_SWEEP_AGAIN_SECONDS = 1.0

_swept: tuple[tuple[int, int], float] | None = None


def part_name(name: str, inode: int, swapped_inode: int | None = None) -> str:
    """The name for an unfinished `name`; `swapped_inode` is that of a version to be removed."""
    numbers = f"{inode}" if swapped_inode is None else f"{inode}-{swapped_inode}"
    return fitting_name(f".{name}", f".{numbers}{_SUFFIX}")


def newborn_name(name: str) -> str:
    """A name for a file whose inode is not known yet; nothing is written before it is renamed."""
    return fitting_name(f".{name}", f".new-{os.urandom(_TOKEN_BYTES).hex()}{_SUFFIX}")


def backup_names(name: str) -> Iterator[str]:
    """The names for an old `name` that is kept, one after another, without an end."""
    for number in itertools.count(1):
        yield fitting_name(name, ".old" if number == 1 else f".old-{number}")


def fitting_name(name: str, ending: str) -> str:
    """The name with that ending, cut so that every disk takes it."""
    whole = os.fsencode(name)
    stem = whole[: _NAME_BYTES_MAX - len(ending)]
    # A name cut within a character must still be readable text.
    return (stem.decode("utf-8", "ignore") if stem != whole else name) + ending


def sweep(folder: Folder) -> None:
    """Remove what crashed runs left in a folder. Never fails: it is a courtesy."""
    global _swept  # noqa: PLW0603  # of this process, whoever asks
    with contextlib.suppress(OSError):
        identity, now = folder.identity, time.monotonic()
        if _swept and _swept[0] == identity and now - _swept[1] < _SWEEP_AGAIN_SECONDS:
            return
        _swept = identity, now
        for entry in itertools.islice(folder.entries(), _SWEPT_ENTRIES_MOST):
            if entry.name.endswith(_SUFFIX) and _has_our_name(entry.name, entry.inode()):
                _remove_if_dead(folder, entry.name)


def _has_our_name(name: str, inode: int) -> bool:
    if numbers := re.fullmatch(_PART_NAME, name):
        return str(inode) in numbers.groups()
    return re.fullmatch(_NEWBORN_NAME, name) is not None


def _remove_if_dead(folder: Folder, name: str) -> None:
    with contextlib.suppress(OSError):
        descriptor = folder.open_for_lock(name)
        try:
            opened, named = os.fstat(descriptor), folder.status(name)
            if (
                stat.S_ISREG(opened.st_mode)
                and named is not None
                and os.path.samestat(opened, named)
                and _has_our_name(name, opened.st_ino)
                # A newborn that is empty has nothing to lose.
                and (re.fullmatch(_PART_NAME, name) or not opened.st_size)
                and lock(descriptor)
            ):
                folder.unlink(name)
        finally:
            os.close(descriptor)
