"""What the operating system's refusals mean to the user."""

from __future__ import annotations

import errno
from pathlib import Path

from rdiff_gui.errors import DiskFull, OutputUnwritable, RdiffError

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))


def explain_unwritable(target: Path, problem: OSError | ValueError) -> RdiffError:
    """What the system's refusal to write `target` means to the user."""
    if not isinstance(problem, OSError):
        return OutputUnwritable(target, errno.EINVAL, str(problem))
    if problem.errno in _FULL:
        return DiskFull(target)
    return OutputUnwritable(target, problem.errno or 0, problem.strerror or str(problem))
