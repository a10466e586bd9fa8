"""Files that are not finished: their names, and the end of those that a crash left behind.

Such a file is `.NAME.INODE.rdiff-part`, with its own inode number in its name, and locked while
its run is alive. A file of that name, with that inode, and not locked, is a dead one of ours;
whatever else has such a name is somebody's, and stays. Where the version of NAME that is replaced
is about to be swapped into the name, to be removed, the name tells its inode number as well.

What must be read twice is kept in a file that never has a name.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rdiff_gui.engine.system import Folder, free_bytes, lock, reachable, true_folder
from rdiff_gui.errors import DiskFull, FileProblem
from rdiff_gui.errors.files import Writing
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

_SUFFIX = ".rdiff-part"
# Compiled by re when they are first asked for: most runs meet no such name.
_PART_NAME = rf"(?s)\..*\.([0-9]+)(?:-([0-9]+))?{re.escape(_SUFFIX)}"
_NEWBORN_NAME = rf"(?s)\..*\.new-[0-9a-f]{{16}}{re.escape(_SUFFIX)}"
_TOKEN_BYTES = 8

_CHANGING, _JOURNAL = ".rdiff-changing", ".rdiff-journal"

_NAME_BYTES_MAX = 255

# As many links in a row as Linux follows.
_LINKS_MOST = 40

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


def undo_names(name: str) -> Iterator[str]:
    """The same for a delta that leads back to it."""
    for number in itertools.count(1):
        yield fitting_name(name, ".undo.rdelta" if number == 1 else f".undo-{number}.rdelta")


def rename_to_first_free(folder: Folder, name: str, wanted: Iterable[str]) -> str:
    """Give a file the first of these names that nobody has; says which. One must be free.

    Raises: OSError.
    """
    for free in wanted:
        with contextlib.suppress(FileExistsError):
            folder.rename_to_free(name, free)
            return free
    raise AssertionError("there is always another name")


def changing_name(name: str) -> str:
    """The name of a file that is being changed; plain to see, since a crash may leave it."""
    return fitting_name(name, _CHANGING)


def journal_name(name: str) -> str:
    """The name of what leads back from there; where that is cut, so is this."""
    return changing_name(name).removesuffix(_CHANGING) + _JOURNAL


def name_unchanged(name: str) -> str:
    """The name that these two were made of; a long one may have been cut."""
    return name.removesuffix(_CHANGING).removesuffix(_JOURNAL)


def find_beside(path: Path, name: Callable[[str], str]) -> Path | None:
    """What has that name where a path leads to, behind all links; None where nothing has."""
    with contextlib.suppress(OSError, ValueError):
        folder, true_name = follow_links(path)
        beside = folder / name(true_name)
        if os.path.lexists(reachable(beside)):
            return beside
    return None


def follow_links(target: Path) -> tuple[Path, str]:
    """The true folder and name that a path leads to, so that a link stays one.

    Raises: OSError, ValueError.
    """
    for _ in range(_LINKS_MOST):
        if target.name in ("", ".", ".."):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        folder = true_folder(target.parent)
        try:
            target = folder / os.readlink(folder / target.name)  # noqa: PTH115  # keeps "a/.."
        except OSError as problem:
            if problem.errno not in (errno.EINVAL, errno.ENOENT):
                raise
            return folder, target.name
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


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


_NAME = "scratch"


class TemporaryFile:
    """One nameless file; it vanishes when it is closed, even by a crash.

    It lies beside the result where there is one: that disk is large enough by the user's own
    choice, while the system's folder for temporary files is often kept in memory.
    """

    def __init__(self, folder: Path | None, *, expected_bytes: int = 0) -> None:
        """Open it in `folder`, or in the first of the system's folders that takes it.

        Raises: OutputUnwritable; DiskFull, also where `expected_bytes` will not fit.
        """
        self._folder, self.stream = _open_first([folder] if folder else _system_folders())
        room_bytes = free_bytes(self.stream.fileno(), self._folder)
        if room_bytes is not None and expected_bytes > room_bytes:
            self.close()
            raise DiskFull(self._folder, expected_bytes, room_bytes)

    def write(self, data: memoryview) -> None:
        """Append all of `data`. Raises: DiskFull, OutputUnwritable."""
        with Writing(self._folder):
            while data:
                data = data[self.stream.write(data) :]

    def rewound(self) -> BinaryIO:
        """The file at its beginning, to be read; whoever reads it closes it.

        Raises: OutputUnwritable.
        """
        with Writing(self._folder):
            self.stream.seek(0)
        return self.stream

    def close(self) -> None:
        """Let it vanish; what it held is of no use any more, so no failure matters."""
        with contextlib.suppress(OSError):
            self.stream.close()


def _system_folders() -> Iterator[Path]:
    """As the module tempfile has them; but that tries each with a file that a kill would leave."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        if folder := os.environ.get(name):
            yield Path(folder)
    yield from (Path("/tmp"), Path("/var/tmp"), Path.cwd())  # noqa: S108  # files without a name


def _open_first(folders: Iterable[Path]) -> tuple[Path, BinaryIO]:
    """Raises: OutputUnwritable, DiskFull: what the first folder said, if none takes it."""
    first: FileProblem | None = None
    for path in folders:
        try:
            return path, _open_nameless(path)
        except OSError as problem:
            first = first or Writing(path).explain(problem)
            if problem.errno == errno.EMFILE:
                break
    assert first
    raise first


def _open_nameless(path: Path) -> BinaryIO:
    """Raises: OSError."""
    with contextlib.closing(Folder(path)) as folder:
        descriptor = folder.open_nameless()
        if descriptor is None:
            sweep(folder)
            descriptor = folder.open_vanishing(newborn_name(_NAME))
    return os.fdopen(descriptor, "r+b", buffering=0)
