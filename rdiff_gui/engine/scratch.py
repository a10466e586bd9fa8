"""Nameless files for what must be read twice.

They lie beside the result where there is one: that disk is large enough by the user's own choice,
while the system's folder for temporary files is often kept in memory.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import BinaryIO

from rdiff_gui.engine.refusals import explain_unwritable
from rdiff_gui.errors import DiskFull, OutputUnwritable

# How messages call it where there is none.
_SYSTEM_FOLDER = Path("/tmp")  # noqa: S108  # never opened


class Scratch:
    """One nameless file; it vanishes when it is closed, even by a crash."""

    def __init__(self, folder: Path | None, *, expected_bytes: int = 0) -> None:
        """Open it in `folder`, or in the system's folder for such files.

        Raises: OutputUnwritable; DiskFull, also where `expected_bytes` will not fit.
        """
        # The module takes its time, and most operations need no such file.
        import tempfile

        try:
            self._folder = folder or Path(tempfile.gettempdir())
        except FileNotFoundError as problem:
            # None of its candidates, which the reason lists, takes a file.
            raise OutputUnwritable(
                _SYSTEM_FOLDER, errno.ENOTSUP, str(problem.strerror)
            ) from problem
        try:
            self.stream: BinaryIO = tempfile.TemporaryFile(buffering=0, dir=self._folder)  # noqa: SIM115  # closed by close
        except OSError as problem:
            raise explain_unwritable(self._folder, problem) from problem
        free_bytes = _free_bytes(self.stream)
        if free_bytes is not None and expected_bytes > free_bytes:
            self.close()
            raise DiskFull(self._folder, expected_bytes, free_bytes)

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


def _free_bytes(file: BinaryIO) -> int | None:
    if not hasattr(os, "fstatvfs"):
        return None
    try:
        room = os.fstatvfs(file.fileno())
    except OSError:
        return None
    return room.f_bavail * room.f_frsize
