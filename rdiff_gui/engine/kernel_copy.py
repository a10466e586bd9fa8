"""Copies that the kernel makes by itself, or that need not be made at all."""

from __future__ import annotations

import os
import struct
import sys

if sys.platform != "win32":
    import fcntl

# Below this, a call costs more than it spares.
_LEAST_BYTES = 2**16

# Blocks of no common file system are larger.
_ALIGNMENT = 2**12

# Source: linux/fs.h, FICLONERANGE and struct file_clone_range.
_CLONE_RANGE = 0x4020940D
_CLONE_ARGUMENTS = struct.Struct("=qQQQ")


class KernelCopy:
    """Copies between two open files, until the system says that it cannot.

    Whatever the reason, the caller then reads and writes, and meets a real trouble there: of a copy
    it could not be told whether the source or the target has it. May be used by several threads.
    """

    def __init__(self, source: int, target: int) -> None:
        """Copy from one file descriptor to the other."""
        self._source = source
        self._target = target
        self._can_copy = hasattr(os, "copy_file_range")
        self._can_clone = sys.platform == "linux"

    def copy(self, source: int, target: int, length: int) -> bool:
        """Copy `length` bytes by offset; False where all of it is still to be done."""
        if not self._can_copy or length < _LEAST_BYTES:
            return False
        try:
            while length:
                copied = os.copy_file_range(self._source, self._target, length, source, target)
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
        if sys.platform == "win32":
            return False
        arguments = _CLONE_ARGUMENTS.pack(self._source, source, length, target)
        try:
            fcntl.ioctl(self._target, _CLONE_RANGE, arguments)
        except OSError:
            self._can_clone = False
            return False
        return True
