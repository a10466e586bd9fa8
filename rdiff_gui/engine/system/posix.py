"""Open files as POSIX has them; Linux's own where there is any."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import struct
import sys
from collections.abc import Callable
from pathlib import Path

from rdiff_gui.engine.system.modes import ACL, NOT_KNOWN, as_everybody, read_attribute, without_list
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from typing import BinaryIO

assert sys.platform != "win32"

# Linux gives files whose content it makes up no size, or that of a page.
_MADE_UP_BYTES_MOST = 2**16

# Rights of a program that the kernel takes from a file when it is written.
_CAPABILITIES = "security.capability"

# Source: linux/fs.h, FICLONERANGE and struct file_clone_range.
_CLONE_RANGE = 0x4020940D
_CLONE_ARGUMENTS = struct.Struct("=qQQQ")


def reachable(path: Path) -> Path:
    """The path as the system's calls take it.

    Raises: OSError, where the system would take it for something else than a file's.
    """
    return path


def true_folder(path: Path) -> Path:
    """The folder itself, behind all links. Raises: OSError, where it is not there."""
    return Path(os.path.realpath(path, strict=True))


def open_source(path: Path) -> BinaryIO:
    """Open a file to be read; it can be renamed and removed meanwhile. Raises: OSError."""
    return path.open("rb", buffering=0)


def open_pipe(path: Path) -> int | None:
    """Open a named pipe to be written; None where nobody reads it yet. Raises: OSError."""
    try:
        # One that waits in here would stay for good where the work is cancelled.
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as problem:
        if problem.errno == errno.ENXIO:
            return None
        raise
    os.set_blocking(descriptor, True)
    return descriptor


def status_of(descriptor: int) -> os.stat_result:
    """What the system says of an open file; its st_ctime is that of the last change.

    Raises: OSError.
    """
    return os.fstat(descriptor)


def read_at(descriptor: int, buffer: memoryview, position: int) -> int:
    """One read from `position`; any number of threads at once. Raises: OSError."""
    return os.preadv(descriptor, [buffer], position)


def write_at(descriptor: int, data: memoryview, position: int) -> int:
    """One write to `position`; any number of threads at once. Raises: OSError."""
    return os.pwrite(descriptor, data, position)


def stretch(descriptor: int, size_bytes: int) -> None:
    """Make a file that long, with a hole behind what it has. Raises: OSError."""
    os.ftruncate(descriptor, size_bytes)


def set_time(descriptor: int, modified_ns: int) -> None:
    """Say when an open file was last written, where the disk lets us."""
    with contextlib.suppress(OSError):
        os.utime(descriptor, ns=(modified_ns, modified_ns))


def extended_attributes(descriptor: int) -> dict[str, bytes]:
    """All of an open file's, access control lists among them. Raises: OSError."""
    if not hasattr(os, "listxattr"):
        return {}
    return {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}


def user_name(number: int) -> str:
    """What a user is called; empty, where nobody knows."""
    import pwd  # few operations ask

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return ""


def group_name(number: int) -> str:
    """The same for a group."""
    import grp

    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return ""


def wait_for(descriptor: int, *, writing: bool, most_ms: int) -> None:
    """Wait until it is worth reading or writing again. Raises: ImportError, OSError."""
    # Few operations come here.
    import select

    poller = select.poll()
    poller.register(descriptor, select.POLLOUT if writing else select.POLLIN)
    poller.poll(most_ms)


def free_bytes(descriptor: int, folder: Path) -> int | None:  # noqa: ARG001  # Windows asks by path
    """The room on the disk of an open file in `folder`; None where that cannot be told."""
    try:
        room = os.fstatvfs(descriptor)
    except OSError:
        return None
    return room.f_bavail * room.f_frsize


def lock(descriptor: int) -> bool | None:
    """Whether an open file's lock is ours now; None where there are no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def is_open_for_writing(descriptor: int, path: Path) -> bool | None:  # noqa: ARG001  # Windows asks by path
    """Whether any program has the file of a descriptor open to write; None where that is not known.

    Only its owner is told. Source: fcntl(2), "Leases": one to read is refused while somebody
    writes.
    """
    if sys.platform != "linux":
        return None
    import signal  # loads enum, which few runs need

    try:
        # The usual signal, should somebody want to write in the moment in between, would end us.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def loses_rights_when_written(descriptor: int) -> bool:
    """Whether a file runs with another's rights, which it has no more when it was written.

    Raises: OSError.
    """
    if os.fstat(descriptor).st_mode & (stat.S_ISUID | stat.S_ISGID):
        return True
    return read_attribute(descriptor, _CAPABILITIES) is not None


def next_hole(descriptor: int, position: int, end: int) -> tuple[int, int]:
    """Where the first hole at or behind `position` begins and ends; twice `end` without one.

    What the system cannot tell of is data. Source: lseek(2), SEEK_HOLE.
    """
    if not hasattr(os, "SEEK_HOLE") or position >= end:
        return end, end
    try:
        start = os.lseek(descriptor, position, os.SEEK_HOLE)
    except OSError:
        # Whatever the reason, all may be data then: reading it is right, and meets the trouble.
        return end, end
    if start >= end:
        return end, end
    try:
        return start, min(end, os.lseek(descriptor, start, os.SEEK_DATA))
    except OSError as problem:
        # Only ENXIO means "no data behind it"; else nothing is known of what is there.
        return (start, end) if problem.errno == errno.ENXIO else (end, end)


def is_made_up(descriptor: int, status: os.stat_result) -> bool:
    """Whether a file's size is not that of its content: none in /proc, a whole page in /sys.

    Raises: OSError.
    """
    if status.st_blocks or status.st_size > _MADE_UP_BYTES_MOST:
        return False
    return len(os.pread(descriptor, status.st_size + 1, 0)) != status.st_size


def copy_range(source: int, start: int, target: int, position: int, length: int) -> int:
    """Let the kernel copy between two open files; how many bytes it did. Raises: OSError."""
    if not hasattr(os, "copy_file_range"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    return os.copy_file_range(source, target, length, start, position)


def share_range(source: int, start: int, target: int, position: int, length: int) -> None:
    """Let the target have the source's own blocks. Raises: OSError."""
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    fcntl.ioctl(target, _CLONE_RANGE, _CLONE_ARGUMENTS.pack(source, start, length, position))


assert sys.platform != "win32"

# Sums of the old content that a kernel keeps for itself: with the new content they would be wrong.
_OF_THE_CONTENT = frozenset(("security.ima", "security.evm"))


def keep_attributes(old: int, new: int) -> tuple[str, ...]:
    """Give an open file, closed to all but its owner so far, all that another one has.

    Owner, group, permissions, access control list and extended attributes, as `cp
    --preserve=all` does. What cannot be kept leaves it less open, never more, and is given back
    in words.

    Raises: OSError, where nothing can be told of either.
    """
    status = os.fstat(old)
    mode = stat.S_IMODE(status.st_mode)
    lost = []
    if not _try(lambda: os.fchown(new, -1, status.st_gid)):
        lost.append(translate("the group"))
        mode = as_everybody(mode) & ~stat.S_ISGID
    group_is_kept = not lost
    # After the group, which only an owner may change.
    if not _try(lambda: os.fchown(new, status.st_uid, -1)):
        lost.append(translate("the owner"))
        mode &= ~stat.S_ISUID
    names = _attribute_names(old)
    if names is None:
        lost.append(translate("the extended attributes"))
        # The group's bits may be those of an access control list.
        mode = as_everybody(mode)
    for name in names or ():
        if name in _OF_THE_CONTENT:
            continue
        try:
            value = read_attribute(old, name)
        except OSError:
            value = None
        if name != ACL:
            if value is None or not _write_attribute(new, name, value):
                lost.append(name)
        elif value is None or not group_is_kept or not _write_attribute(new, name, value):
            lost.append(translate("the access control list"))
            mode = without_list(mode, value) if value else as_everybody(mode)
    # At the end: a change of the owner takes the set-user bit away.
    if not _try(lambda: os.fchmod(new, mode)):
        lost.append(translate("the permissions"))
    return tuple(lost)


def _try(change: Callable[[], None]) -> bool:
    try:
        change()
    except OSError:
        return False
    return True


def _attribute_names(descriptor: int) -> list[str] | None:
    """The extended attributes of an open file; None where that cannot be told."""
    if not hasattr(os, "listxattr"):
        return []
    try:
        return os.listxattr(descriptor)
    except OSError as problem:
        return [] if problem.errno in NOT_KNOWN else None


def _write_attribute(descriptor: int, name: str, value: bytes) -> bool:
    return _try(lambda: os.setxattr(descriptor, name, value))
