"""Copies that the kernel makes by itself, or that need not be made at all."""

from __future__ import annotations

from rdiff_gui.engine.system import copy_range, share_range

# Below this, a call costs more than it spares.
_LEAST_BYTES = 2**16

# Blocks of no common file system are larger.
_ALIGNMENT = 2**12


class KernelCopy:
    """Copies between two open files, until the system says that it cannot.

    Whatever the reason, the caller then reads and writes, and meets a real trouble there: of a copy
    it could not be told whether the source or the target has it. May be used by several threads.
    """

    def __init__(self, source: int, target: int) -> None:
        """Copy from one file descriptor to the other."""
        self._source = source
        self._target = target
        self._can_copy = True
        self._can_clone = True

    def copy(self, source: int, target: int, length: int) -> bool:
        """Copy `length` bytes by offset; False where all of it is still to be done."""
        if not self._can_copy or length < _LEAST_BYTES:
            return False
        try:
            while length:
                copied = copy_range(self._source, source, self._target, target, length)
                if not copied:
                    return False
                source, target, length = source + copied, target + copied, length - copied
        except OSError:
            self._can_copy = False
            return False
        return True

    def clone(self, source: int, target: int, length: int) -> bool:
        """Let the target share the source's blocks; False where nothing is shared."""
        if not self._can_clone or length < _LEAST_BYTES:
            return False
        if source % _ALIGNMENT or target % _ALIGNMENT or length % _ALIGNMENT:
            return False
        try:
            share_range(self._source, source, self._target, target, length)
        except OSError:
            self._can_clone = False
            return False
        return True
