"""Nameless files for what must be read twice.

They lie beside the result where there is one: that disk is large enough by the user's own choice,
while the system's folder for temporary files is often kept in memory.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from rdiff_gui.engine.part_names import newborn_name, sweep
from rdiff_gui.engine.refusals import explain_unwritable
from rdiff_gui.engine.system import Folder, free_bytes
from rdiff_gui.errors import DiskFull
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

_NAME = "scratch"


class Scratch:
    """One nameless file; it vanishes when it is closed, even by a crash."""

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
        try:
            while data:
                data = data[self.stream.write(data) :]
        except OSError as problem:
            raise explain_unwritable(self._folder, problem) from problem

    def rewound(self) -> BinaryIO:
        """The file at its beginning, to be read; whoever reads it closes it.

        Raises: OutputUnwritable.
        """
        try:
            self.stream.seek(0)
        except OSError as problem:
            raise explain_unwritable(self._folder, problem) from problem
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
    first: tuple[Path, OSError] | None = None
    for path in folders:
        try:
            return path, _open_nameless(path)
        except OSError as problem:
            first = first or (path, problem)
            if problem.errno == errno.EMFILE:
                break
    assert first
    raise explain_unwritable(*first) from first[1]


def _open_nameless(path: Path) -> BinaryIO:
    """Raises: OSError."""
    with contextlib.closing(Folder(path)) as folder:
        descriptor = folder.open_nameless()
        if descriptor is None:
            sweep(folder)
            descriptor = folder.open_vanishing(newborn_name(_NAME))
    return os.fdopen(descriptor, "r+b", buffering=0)
