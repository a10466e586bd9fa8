"""Nameless files for what must be read twice, and what the disk's refusals mean.

They lie beside the result where there is one: that disk is large enough by the user's own choice,
while the system's folder for temporary files is often kept in memory.
"""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from rdiff_gui.errors import DiskFull, OutputUnwritable, RdiffError

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))


class Scratch:
    """One nameless file; it vanishes when it is closed, even by a crash."""

    def __init__(self, folder: Path | None) -> None:
        """Open it in `folder`, or in the system's folder. Raises: OutputUnwritable, DiskFull."""
        self._folder = folder or Path(tempfile.gettempdir())
        try:
            self.stream: BinaryIO = tempfile.TemporaryFile(buffering=0, dir=self._folder)  # noqa: SIM115  # closed by close
        except OSError as problem:
            raise explain_unwritable(self._folder, problem) from problem

    def write(self, data: memoryview) -> None:
        """Append all of `data`. Raises: DiskFull, OutputUnwritable."""
        try:
            while data:
                data = data[self.stream.write(data) :]
        except OSError as problem:
            raise explain_unwritable(self._folder, problem) from problem

    def rewound(self) -> BinaryIO:
        """The file at its beginning, to be read; whoever reads it closes it."""
        self.stream.seek(0)
        return self.stream

    def close(self) -> None:
        """Let it vanish."""
        self.stream.close()


def explain_unwritable(target: Path, problem: OSError | ValueError) -> RdiffError:
    """What the system's refusal to write `target` means to the user."""
    if not isinstance(problem, OSError):
        return OutputUnwritable(target, errno.EINVAL, str(problem))
    if problem.errno in _FULL:
        return DiskFull(target)
    code = problem.errno or 0
    return OutputUnwritable(target, code, problem.strerror or os.strerror(code))
