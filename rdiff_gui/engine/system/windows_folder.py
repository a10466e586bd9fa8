"""A folder by its path, as Windows has it; what is done in it, where this differs from POSIX."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import msvcrt
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.engine.system import windows
from rdiff_gui.engine.system import windows_api as api

assert sys.platform == "win32"

# How a disk says that it does not know hard links (FAT), or that a file has too many.
NO_LINKS = frozenset((errno.EINVAL, errno.EPERM, errno.ENOSYS, errno.EMLINK))

_READ_WRITE = api.GENERIC_READ | api.GENERIC_WRITE


def has_enough_descriptors() -> bool:
    # It is thousands, whoever starts the program.
    return True


class Folder:
    """One folder, by its path: it cannot be renamed while a file in it is open."""

    def __init__(self, path: Path) -> None:
        """Take it. Raises: OSError, where it is none."""
        if not stat.S_ISDIR(Path(windows.long_path(path)).stat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
        self.path = path

    def close(self) -> None:
        pass

    def open_new(self, name: str, mode: int = 0o600) -> int:  # noqa: ARG002  # the folder's rights hold
        return windows.open_file(self.path / name, _READ_WRITE | api.WRITE_DAC, new=True)

    def open_nameless(self, mode: int = 0o600) -> int | None:  # noqa: ARG002  # there are none
        return None

    def open_vanishing(self, name: str) -> int:
        access = _READ_WRITE | api.DELETE
        return windows.open_file(
            self.path / name, access, new=True, flags=api.FILE_FLAG_DELETE_ON_CLOSE
        )

    def open_for_lock(self, name: str) -> int:
        path, flags = self.path / name, api.FILE_FLAG_OPEN_REPARSE_POINT
        access = api.GENERIC_READ | api.FILE_WRITE_ATTRIBUTES | api.WRITE_DAC
        try:
            # What takes the place of a file gets its attributes.
            return windows.open_file(path, access, flags=flags)
        except PermissionError:
            return windows.open_file(path, api.GENERIC_READ, flags=flags)

    def open_to_change(self, name: str) -> int:
        return windows.open_file(self.path / name, _READ_WRITE)

    def status(self, name: str) -> os.stat_result | None:
        flags = api.FILE_FLAG_OPEN_REPARSE_POINT | api.FILE_FLAG_BACKUP_SEMANTICS
        try:
            descriptor = windows.open_file(self.path / name, api.FILE_READ_ATTRIBUTES, flags=flags)
        except FileNotFoundError:
            return None
        try:
            return windows.status_of(descriptor)
        finally:
            os.close(descriptor)

    def link(self, name: str, new_name: str) -> None:
        self._at(new_name).hardlink_to(self._at(name))

    def name_descriptor(self, descriptor: int, name: str) -> None:  # noqa: ARG002  # all have names
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), name)

    def rename(self, name: str, new_name: str) -> None:
        """Put a file in the place of whatever file has the new name, even of one that is open."""
        with contextlib.suppress(OSError):
            self._rename_over_open(name, new_name)
            return
        try:
            self._move(name, new_name, api.MOVEFILE_REPLACE_EXISTING)
        except PermissionError:
            self._rename_in_steps(name, new_name)

    def _rename_over_open(self, name: str, new_name: str) -> None:
        """In one step, as NTFS can since Windows 10. Source: FILE_RENAME_INFO in winbase.h."""
        target = windows.long_path(self.path.absolute() / new_name)
        encoded = target.encode("utf-16-le", "surrogatepass")

        class RenameInfo(ctypes.Structure):
            _fields_ = (
                ("flags", ctypes.c_uint32),
                ("root", ctypes.c_void_p),
                ("name_bytes", ctypes.c_uint32),
                ("name", ctypes.c_char * (len(encoded) + 2)),
            )

        how = api.RENAME_REPLACE_IF_EXISTS | api.RENAME_POSIX_SEMANTICS | api.RENAME_IGNORE_READONLY
        info = RenameInfo(how, None, len(encoded), encoded)
        flags = api.FILE_FLAG_OPEN_REPARSE_POINT | api.FILE_FLAG_WRITE_THROUGH
        descriptor = windows.open_file(self.path / name, api.DELETE, flags=flags)
        try:
            api.set_file_information(
                msvcrt.get_osfhandle(descriptor),
                api.FILE_RENAME_INFO_EX,
                ctypes.byref(info),
                ctypes.sizeof(info),
            )
        finally:
            os.close(descriptor)

    def _rename_in_steps(self, name: str, new_name: str) -> None:
        """Where what has the new name is open: out of the way, which Windows lets it go, first.

        A moment without that name stays.
        """
        aside = f"{name}.aside"
        self._move(new_name, aside)
        try:
            self._move(name, new_name)
        except BaseException:
            self._move(aside, new_name)
            raise
        # It is gone when its last user closes it.
        with contextlib.suppress(OSError):
            self.unlink(aside)

    def rename_to_free(self, name: str, new_name: str) -> None:
        self._move(name, new_name)

    def _move(self, name: str, new_name: str, how: int = 0) -> None:
        names = str(self._at(name)), str(self._at(new_name))
        api.move_file(*names, how | api.MOVEFILE_WRITE_THROUGH)

    def exchange(self, name: str, other: str) -> bool:  # noqa: ARG002  # Windows knows no swap
        return False

    def unlink(self, name: str) -> None:
        windows.unlink(self._at(name))

    def entries(self) -> Iterator[os.DirEntry[str]]:
        with os.scandir(windows.long_path(self.path)) as entries:
            yield from entries

    def is_at_its_path(self) -> bool:
        return Path(windows.long_path(self.path)).is_dir()

    @property
    def identity(self) -> tuple[int, int]:
        status = Path(windows.long_path(self.path)).stat()
        return status.st_dev, status.st_ino

    def sync(self) -> None:
        """Renames are on the disk when they return, and links and removals need not be."""

    def _at(self, name: str) -> Path:
        return Path(windows.long_path(self.path / name))
