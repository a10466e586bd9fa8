"""A folder and all beneath it, by descriptors: no link on the way is followed, whoever plants it.

Paths are relative, with / between the names; "" is the folder itself.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

assert sys.platform != "win32"

from rdiff_gui.engine.system.posix_folder import (  # noqa: E402  # not there on Windows
    NO_SUCH_RENAME,
    RENAME_NOREPLACE,
    renameat2,
    sync_and_close,
)

_AS_WAY = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe that somebody puts in a file's place keeps nobody waiting.
_CAREFULLY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

# Source: linux/openat2.h; the number is that of all processors but alpha.
_OPENAT2 = 437
_RESOLVE_BENEATH, _RESOLVE_NO_SYMLINKS, _RESOLVE_NO_MAGICLINKS = 0x08, 0x04, 0x02
# How older kernels, and sandboxes, say that they do not know it.
_NO_OPENAT2 = frozenset((errno.ENOSYS, errno.EPERM, errno.E2BIG, errno.EINVAL))

# A move needs two.
_WAYS_MOST = 4


class Tree:
    """One folder held open, and what is beneath it. Every call but `close` raises OSError.

    `path` names it in errors. What stands under a path is a link as itself.
    """

    def __init__(self, path: Path) -> None:
        """Open it; a link that `path` itself is, is followed. Raises: OSError."""
        self.path = path
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        self.descriptor = os.open(path, flags)
        self._parents: dict[str, int] = {}

    @property
    def identity(self) -> tuple[int, int]:
        """Device and inode, which no path can hide."""
        status = os.fstat(self.descriptor)
        return status.st_dev, status.st_ino

    @property
    def is_own(self) -> bool:
        """Whether it belongs to this user."""
        return os.fstat(self.descriptor).st_uid == os.geteuid()

    def close(self) -> None:
        """Let it go."""
        self.forget_ways()
        with contextlib.suppress(OSError):
            os.close(self.descriptor)

    def open(self, path: str, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
        """Open a file, or a folder to be read."""
        folder, name = self._way(path)
        return os.open(name, flags | _CAREFULLY, mode, dir_fd=folder)

    def status(self, path: str) -> os.stat_result | None:
        """What stands there; None where nothing does, or where no folder leads there."""
        try:
            folder, name = self._way(path)
            return os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError as problem:
            if problem.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return None
            raise

    def names(self, path: str) -> list[str]:
        """All names in a folder."""
        descriptor = self.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            return os.listdir(descriptor)  # noqa: PTH208  # of a descriptor
        finally:
            os.close(descriptor)

    def read_link(self, path: str) -> str:
        """Where a link leads."""
        folder, name = self._way(path)
        return os.readlink(name, dir_fd=folder)

    def make_folder(self, path: str, mode: int = 0o700) -> None:
        """Make a folder where nothing stands."""
        folder, name = self._way(path)
        os.mkdir(name, mode, dir_fd=folder)

    def make_link(self, path: str, target: str) -> None:
        """Make a link where nothing stands."""
        folder, name = self._way(path)
        os.symlink(target, name, dir_fd=folder)

    def remove(self, path: str) -> None:
        """Remove a file's name, or a link."""
        folder, name = self._way(path)
        os.unlink(name, dir_fd=folder)

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""
        self.forget_ways()
        folder, name = self._way(path)
        os.rmdir(name, dir_fd=folder)

    def name_too(self, path: str, other: Tree, new_path: str) -> None:
        """Give a file one more name, in `other`, which must be free."""
        folder, name = self._way(path)
        new_folder, new_name = other._way(new_path)
        os.link(name, new_name, src_dir_fd=folder, dst_dir_fd=new_folder, follow_symlinks=False)

    def move(self, path: str, other: Tree, new_path: str) -> None:
        """Move what stands there into `other`; EEXIST, where something has the new path.

        Where renaming cannot promise that, a moment between look and rename stays.
        """
        folder, name = self._way(path)
        new_folder, new_name = other._way(new_path)
        code = errno.ENOSYS
        if rename := renameat2():
            names = os.fsencode(name), os.fsencode(new_name)
            code = rename(folder, names[0], new_folder, names[1], RENAME_NOREPLACE)
        if code in NO_SUCH_RENAME:
            code = 0
            if other.status(new_path) is not None:
                code = errno.EEXIST
            else:
                os.rename(name, new_name, src_dir_fd=folder, dst_dir_fd=new_folder)
        if code:
            raise OSError(code, os.strerror(code), path)
        # A folder takes those beneath it along.
        self.forget_ways(path)
        other.forget_ways(new_path)

    def set_time(self, path: str, modified_ns: int) -> None:
        """Say when it was last written."""
        folder, name = self._way(path)
        times = (modified_ns, modified_ns)
        os.utime(name, ns=times, dir_fd=folder, follow_symlinks=False)

    def set_mode(self, path: str, mode: int) -> None:
        """Give a file or folder its permissions; a link has none."""
        if not hasattr(os, "O_PATH"):
            folder, name = self._way(path)
            os.chmod(name, mode, dir_fd=folder, follow_symlinks=False)
            return
        with self._handle(path) as handle:
            # Not where it has them: the system notes every change.
            if handle and stat.S_IMODE(handle.stat().st_mode) != mode:
                handle.chmod(mode)

    def set_owner(self, path: str, user: int, group: int) -> None:
        """Give what stands there its owner and group."""
        folder, name = self._way(path)
        os.chown(name, user, group, dir_fd=folder, follow_symlinks=False)

    def set_extended(self, path: str, attribute: str, value: bytes | None) -> None:
        """Give a file or folder an extended attribute, or take it away; links keep none."""
        if not hasattr(os, "setxattr"):
            return
        with self._handle(path) as handle:
            if handle and value is not None:
                os.setxattr(handle, attribute, value)
            elif handle:
                with contextlib.suppress(OSError):
                    os.removexattr(handle, attribute)

    @contextlib.contextmanager
    def _handle(self, path: str) -> Iterator[Path | None]:
        """A path that leads to this very file or folder, even if it has no rights; None: a link.

        Linux changes permissions by such a path alone, without following links.
        """
        folder, name = self._way(path)
        descriptor = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            is_link = stat.S_ISLNK(os.fstat(descriptor).st_mode)
            yield None if is_link else Path(f"/proc/self/fd/{descriptor}")
        finally:
            os.close(descriptor)

    def sync(self, path: str) -> None:
        """Have a file on the disk, or the names in a folder, where the system can."""
        sync_and_close(self.open(path or "."))

    def sync_disk(self) -> None:
        """Have all on the disk that was written to it so far, by one call where there is one."""
        sync = _syncfs()
        code = sync(self.descriptor) if sync else errno.ENOSYS
        if code == errno.ENOSYS:
            os.sync()
        elif code:
            raise OSError(code, os.strerror(code))

    def forget_ways(self, path: str = "") -> None:
        """Let go of the folders kept open at `path` and beneath it."""
        for known in [each for each in self._parents if not path or is_within(each, path)]:
            os.close(self._parents.pop(known))

    def _way(self, path: str) -> tuple[int, str]:
        """The folder that a path's last name stands in, and that name."""
        above, _, name = path.rpartition("/")
        if not above:
            return self.descriptor, name or "."
        known = self._parents.pop(above, None)
        if known is None:
            known = _open_beneath(self.descriptor, above)
        self._parents[above] = known
        if len(self._parents) > _WAYS_MOST:
            os.close(self._parents.pop(next(iter(self._parents))))
        return known, name


def is_within(path: str, folder: str) -> bool:
    """Whether a path is that of the folder, or of something beneath it."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def _open_beneath(root: int, path: str) -> int:
    """Open a folder as the way to others, over no link and never out of `root`."""
    if openat2 := _openat2():
        with contextlib.suppress(_NotKnownError):
            return openat2(root, path)
    names = path.split("/")
    if ".." in names:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), path)
    descriptor = os.dup(root)
    for name in names:
        try:
            below = os.open(name, _AS_WAY, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = below
    return descriptor


class _NotKnownError(Exception):
    """The kernel knows no openat2."""


@functools.cache
def _openat2() -> Callable[[int, str], int] | None:
    """The call that opens a folder beneath another one; None where there is none.

    Source: openat2(2); the C library has no function for it.
    """
    if sys.platform != "linux":
        return None
    import ctypes

    class OpenHow(ctypes.Structure):
        _fields_ = (
            ("flags", ctypes.c_uint64),
            ("mode", ctypes.c_uint64),
            ("resolve", ctypes.c_uint64),
        )

    call = ctypes.CDLL(None, use_errno=True).syscall
    call.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t]
    call.restype = ctypes.c_long
    resolve = _RESOLVE_BENEATH | _RESOLVE_NO_SYMLINKS | _RESOLVE_NO_MAGICLINKS
    how = OpenHow(_AS_WAY, 0, resolve)

    def open_beneath(root: int, path: str) -> int:
        name = os.fsencode(path)
        descriptor = call(_OPENAT2, root, name, ctypes.byref(how), ctypes.sizeof(how))
        if descriptor >= 0:
            return int(descriptor)
        code = ctypes.get_errno()
        if code in _NO_OPENAT2:
            raise _NotKnownError
        raise OSError(code, os.strerror(code), path)

    return open_beneath


@functools.cache
def _syncfs() -> Callable[[int], int] | None:
    """The C library's syncfs, which gives the errno, 0 when all went well; None without it."""
    if sys.platform != "linux":
        return None
    import ctypes

    function = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if function is None:
        return None
    function.argtypes = [ctypes.c_int]
    function.restype = ctypes.c_int
    return lambda descriptor: ctypes.get_errno() if function(descriptor) else 0


def walk(tree: Tree, beneath: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """All that stands in a tree, folder by folder, names in the order of bytes."""
    ahead = [beneath]
    while ahead:
        folder = ahead.pop()
        descriptor = tree.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with os.scandir(descriptor) as entries:
                found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
            below = []
            for entry in found:
                path = f"{folder}/{entry.name}" if folder else entry.name
                status = entry.stat(follow_symlinks=False)
                yield path, status
                if stat.S_ISDIR(status.st_mode):
                    below.append(path)
            ahead += reversed(below)
        finally:
            os.close(descriptor)
