"""A folder held open: what is done in it goes there, even if it is moved or renamed meanwhile."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

assert sys.platform != "win32"

# Source: linux/fs.h, renameat2(2), open(2).
RENAME_NOREPLACE = 1
_RENAME_EXCHANGE = 2
_HERE = -100  # AT_FDCWD

# The flag for a file without a name, on Linux. Source: open(2).
_NAMELESS: int | None = getattr(os, "O_TMPFILE", None)
# How other kernels and disks say that they do not know it.
_NO_NAMELESS = frozenset((errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL))

# How systems and disks say that they do not know hard links, or a way of renaming.
NO_LINKS = frozenset((errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK))
NO_SUCH_RENAME = frozenset((errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS))

# A disk that cannot sync folders says so with one of these; its names are as safe as they get.
_NO_FOLDER_SYNC = frozenset((errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF))

# An operation's files at once: two inputs, their copies and what was unpacked of them, a result,
# an undo delta, a signature between the two, a folder; as many again for loading and for the rest.
_ENOUGH = 16


def has_enough_descriptors() -> bool:
    """Whether an operation need not be sparing with them."""
    spare: list[int] = []
    try:
        spare.append(os.open(os.devnull, os.O_RDONLY))
        while len(spare) < _ENOUGH:
            spare.append(os.dup(spare[0]))
    except OSError:
        return False
    finally:
        for descriptor in spare:
            os.close(descriptor)
    return True


class Folder:
    """One folder, by a descriptor where there can be one to spare, else by its path.

    Every call but `close` raises OSError as the system does; names are those of entries in it.
    """

    def __init__(self, path: Path) -> None:
        """Open it. Raises: OSError, where it is none or cannot be entered."""
        self.path = path
        self._descriptor: int | None = None
        if os.link in os.supports_dir_fd and has_enough_descriptors():
            self._descriptor = _open_folder(path)

    def close(self) -> None:
        """Let it go; by path, it can still be used."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def open_new(self, name: str, mode: int = 0o600) -> int:
        """Open a new file, to be read and written."""
        return self._open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def open_nameless(self, mode: int = 0o600) -> int | None:
        """Open a new file without a name; None where the system or the disk has none."""
        if _NAMELESS is None:
            return None
        try:
            descriptor = self._open(".", _NAMELESS | os.O_RDWR, mode)
        except OSError as problem:
            if problem.errno in _NO_NAMELESS:
                return None
            raise
        if os.path.lexists(_descriptor_path(descriptor)):
            return descriptor
        # Without /proc it could never get a name.
        os.close(descriptor)
        return None

    def open_vanishing(self, name: str) -> int:
        """Open a new file that is gone when it is closed, even by a crash."""
        descriptor = self.open_new(name)
        try:
            # Another run may have swept it already.
            with contextlib.suppress(FileNotFoundError):
                self.unlink(name)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def open_for_lock(self, name: str) -> int:
        """Open an entry, a link as itself, to lock it and no more."""
        flags = os.O_NONBLOCK | os.O_NOFOLLOW
        try:
            # Where locks go over a network, they want this.
            return self._open(name, os.O_RDWR | flags)
        except PermissionError:
            return self._open(name, os.O_RDONLY | flags)

    def open_to_change(self, name: str) -> int:
        """Open a file, no link, to be read and written."""
        return self._open(name, os.O_RDWR | os.O_NOFOLLOW)

    def status(self, name: str) -> os.stat_result | None:
        """What stands under a name, a link as itself; None where nothing does."""
        try:
            return os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def link(self, name: str, new_name: str) -> None:
        """Give a file a second name, which must be free."""
        os.link(
            self._at(name),
            self._at(new_name),
            src_dir_fd=self._descriptor,
            dst_dir_fd=self._descriptor,
            follow_symlinks=False,
        )

    def name_descriptor(self, descriptor: int, name: str) -> None:
        """Give a file without a name one, which must be free. Source: open(2), O_TMPFILE."""
        # With a folder's descriptor, os.link follows the link that stands in /proc; to a whole
        # path it means nothing, and any will do.
        folder = descriptor if self._descriptor is None else self._descriptor
        os.link(
            _descriptor_path(descriptor), self._at(name), dst_dir_fd=folder, follow_symlinks=True
        )

    def rename(self, name: str, new_name: str) -> None:
        """Put a file in the place of whatever file has the new name."""
        os.replace(
            self._at(name),
            self._at(new_name),
            src_dir_fd=self._descriptor,
            dst_dir_fd=self._descriptor,
        )

    def rename_to_free(self, name: str, new_name: str) -> None:
        """Rename, and fail with EEXIST where something has the new name.

        Where neither renaming nor linking can promise that, a moment between look and rename stays.
        """
        with _passing_over(NO_SUCH_RENAME):
            self._rename_at(name, new_name, RENAME_NOREPLACE)
            return
        with _passing_over(NO_LINKS):
            self.link(name, new_name)
            with contextlib.suppress(OSError):
                self.unlink(name)
            return
        if self.status(new_name) is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        self.rename(name, new_name)

    def exchange(self, name: str, other: str) -> bool:
        """Swap two entries in one step; False where the system or the disk does not know how."""
        with _passing_over(NO_SUCH_RENAME):
            self._rename_at(name, other, _RENAME_EXCHANGE)
            return True
        return False

    def unlink(self, name: str) -> None:
        """Remove a file's name."""
        os.unlink(self._at(name), dir_fd=self._descriptor)

    def entries(self) -> Iterator[os.DirEntry[str]]:
        """All that stands in it. Its names are good for this folder's other calls alone."""
        with os.scandir(self.path if self._descriptor is None else self._descriptor) as entries:
            yield from entries

    def is_at_its_path(self) -> bool:
        """Whether the path that it was opened by still leads to it."""
        if self._descriptor is None:
            return self.path.is_dir()
        try:
            return os.path.samestat(os.fstat(self._descriptor), self.path.stat())
        except FileNotFoundError:
            return False

    @property
    def identity(self) -> tuple[int, int]:
        """Device and inode, which no path can hide."""
        status = self.path.stat() if self._descriptor is None else os.fstat(self._descriptor)
        return status.st_dev, status.st_ino

    def sync(self) -> None:
        """Make the names in it last through a power cut, where the system can."""
        sync_and_close(self._open(".", os.O_RDONLY))

    def _open(self, name: str, flags: int, mode: int = 0o600) -> int:
        return os.open(self._at(name), flags, mode, dir_fd=self._descriptor)

    def _at(self, name: str) -> str:
        return str(self.path / name) if self._descriptor is None else name

    def _rename_at(self, name: str, new_name: str, how: int) -> None:
        rename = renameat2()
        if rename is None:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
        folder = _HERE if self._descriptor is None else self._descriptor
        names = os.fsencode(self._at(name)), os.fsencode(self._at(new_name))
        if code := rename(folder, names[0], folder, names[1], how):
            raise OSError(code, os.strerror(code))


def _descriptor_path(descriptor: int) -> str:
    """The path that leads to an open file itself. Source: proc(5)."""
    return f"/proc/self/fd/{descriptor}"


@contextlib.contextmanager
def _passing_over(codes: frozenset[int]) -> Iterator[None]:
    """Pass over a refusal that says no more than that this way is not known here."""
    try:
        yield
    except OSError as problem:
        if problem.errno not in codes:
            raise


def sync_and_close(descriptor: int) -> None:
    """Have a file on the disk, or the names in a folder, where the disk can. Raises: OSError."""
    try:
        with _passing_over(_NO_FOLDER_SYNC):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_folder(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:
        # One may write into a folder that one may not list.
        return os.open(path, getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY)


@functools.cache
def renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    """The C library's renameat2, which Python does not offer; None where there is none.

    It gives the errno, 0 when all went well.
    """
    if sys.platform != "linux":
        return None
    # Takes as long to import as a small file to patch, and most results need it not.
    import ctypes

    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is None:
        return None
    place = [ctypes.c_int, ctypes.c_char_p]
    function.argtypes = [*place, *place, ctypes.c_uint]
    function.restype = ctypes.c_int

    def rename(folder: int, name: bytes, new_folder: int, new_name: bytes, how: int) -> int:
        failed = function(folder, name, new_folder, new_name, how)
        return ctypes.get_errno() if failed else 0

    return rename
