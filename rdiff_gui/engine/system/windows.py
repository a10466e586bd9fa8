"""Open files as Windows has them, where this differs from `posix`.

All of ours are opened so that they can be renamed and removed meanwhile, which Python's own
`open` does not allow there.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import msvcrt
import os
import re
import stat
import sys
import threading
from ctypes import wintypes
from pathlib import Path
from typing import BinaryIO

from rdiff_gui.engine.system import windows_api as api
from rdiff_gui.wording import translate

assert sys.platform == "win32"

# Longer paths need another spelling; a folder must leave room for an old, short name of a file.
# Source: learn.microsoft.com, Maximum Path Length Limitation.
_SHORT_PATH_MOST = 247

# Source: learn.microsoft.com, Naming Files, Paths, and Namespaces.
_DEVICE = re.compile(r"(?i)(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]) *(\..*)?")

# A lock keeps others from reading what it covers: ours is farther out than any file goes.
_LOCK_OFFSET_HIGH = 0x40000000

_TICK_NS = 100
# Windows counts from 1601.
_TICKS_BEFORE_1970 = 116_444_736_000_000_000

# Reading and writing in a place moves the one position that an open file has.
_moving = threading.Lock()


def reachable(path: Path) -> Path:
    """The path as Windows takes it, also where it is longer than 260 characters.

    Raises: OSError for devices, streams of a file, names that lose their end, and paths that
    depend on what the working folder of a drive happens to be.
    """
    if path.drive and not path.root:
        _refuse(translate("the path depends on the working folder of drive {drive}"), path.drive)
    for name in path.parts[1:] if path.anchor else path.parts:
        if _DEVICE.fullmatch(name):
            _refuse(translate("Windows keeps the name {name} for a device"), name)
        if ":" in name:
            _refuse(translate("a colon in a name leads to a hidden part of another file"), name)
        if name not in (".", "..") and name.endswith((".", " ")):
            _refuse(translate("Windows drops dots and spaces at the end of a name"), name)
    return Path(long_path(path))


def _refuse(sentence: str, name: str) -> None:
    raise OSError(errno.EINVAL, sentence.format(name=name, drive=name))


def long_path(path: Path) -> str:
    """The path, in the spelling that has no limit where it may need it."""
    whole = os.path.abspath(path)  # noqa: PTH100  # which Path.absolute() does not tidy up
    if len(whole) <= _SHORT_PATH_MOST or whole.startswith("\\\\?\\"):
        return str(path)
    return f"\\\\?\\UNC{whole[1:]}" if whole.startswith("\\\\") else f"\\\\?\\{whole}"


def true_folder(path: Path) -> Path:
    # Links are followed as the paths through them are used.
    return path.absolute()


def open_file(
    path: Path, access: int, *, new: bool = False, flags: int = 0, shared: int = api.SHARE_ALL
) -> int:
    """Open a file so that others may rename and remove it. Raises: OSError, ValueError."""
    how = api.CREATE_NEW if new else api.OPEN_EXISTING
    flags |= api.FILE_ATTRIBUTE_NORMAL
    name = long_path(path)
    if "\0" in name:
        # Windows would open what stands before it.
        raise ValueError("embedded null character")
    try:
        handle = api.create_file(name, access, shared, None, how, flags, None)
    except OSError as problem:
        problem.filename = str(path)
        raise
    reads_only = not access & api.GENERIC_WRITE
    try:
        kind = os.O_RDONLY if reads_only else os.O_RDWR
        return msvcrt.open_osfhandle(handle, kind | os.O_BINARY | os.O_NOINHERIT)
    except BaseException:
        api.close_handle(handle)
        raise


def unlink(path: Path) -> None:
    """Remove a file, also one that may only be read. Raises: OSError."""
    try:
        path.unlink()
    except PermissionError:
        path.chmod(stat.S_IWRITE)
        path.unlink()


def open_source(path: Path) -> BinaryIO:
    try:
        descriptor = open_file(reachable(path), api.GENERIC_READ)
    except PermissionError:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)) from None
        raise
    return os.fdopen(descriptor, "rb", buffering=0)


def open_pipe(path: Path) -> int | None:
    raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))


def status_of(descriptor: int) -> os.stat_result:
    status = os.fstat(descriptor)
    fields = {name: getattr(status, name) for name in dir(status) if name.startswith("st_")}
    try:
        info = _basic_info(msvcrt.get_osfhandle(descriptor))
    except OSError:
        # A pipe has none.
        return status
    # Python has the time of the file's birth there, which a new version can share with the old one.
    fields["st_ctime_ns"] = info.change_time * _TICK_NS
    return os.stat_result(tuple(status)[:10], fields)


def _basic_info(handle: int) -> api.BasicInfo:
    info = api.BasicInfo()
    api.get_file_information(handle, api.FILE_BASIC_INFO, ctypes.byref(info), ctypes.sizeof(info))
    return info


def _set_basic_info(handle: int, info: api.BasicInfo) -> None:
    api.set_file_information(handle, api.FILE_BASIC_INFO, ctypes.byref(info), ctypes.sizeof(info))


def read_at(descriptor: int, buffer: memoryview, position: int) -> int:
    with _moving:
        before = os.lseek(descriptor, 0, os.SEEK_CUR)
        try:
            os.lseek(descriptor, position, os.SEEK_SET)
            data = os.read(descriptor, len(buffer))
        finally:
            os.lseek(descriptor, before, os.SEEK_SET)
    buffer[: len(data)] = data
    return len(data)


def write_at(descriptor: int, data: memoryview, position: int) -> int:
    with _moving:
        before = os.lseek(descriptor, 0, os.SEEK_CUR)
        try:
            os.lseek(descriptor, position, os.SEEK_SET)
            return os.write(descriptor, data)
        finally:
            os.lseek(descriptor, before, os.SEEK_SET)


def stretch(descriptor: int, size_bytes: int) -> None:
    # Python's ftruncate would write the zeros.
    handle = msvcrt.get_osfhandle(descriptor)
    # A file without holes stays one; and on a disk without them, the zeros take their room.
    if size_bytes > os.fstat(descriptor).st_size:
        with contextlib.suppress(OSError):
            done = wintypes.DWORD()
            api.device_io_control(handle, api.FSCTL_SET_SPARSE, None, 0, None, 0, done, None)
    end = ctypes.c_int64(size_bytes)
    api.set_file_information(
        handle, api.FILE_END_OF_FILE_INFO, ctypes.byref(end), ctypes.sizeof(end)
    )


def set_time(descriptor: int, modified_ns: int) -> None:
    # Later writes through the same descriptor leave it as it is.
    info = api.BasicInfo(last_write_time=modified_ns // _TICK_NS + _TICKS_BEFORE_1970)
    with contextlib.suppress(OSError):
        _set_basic_info(msvcrt.get_osfhandle(descriptor), info)


def extended_attributes(descriptor: int) -> dict[str, bytes]:  # noqa: ARG001  # there are none
    return {}


def user_name(number: int) -> str:  # noqa: ARG001  # nobody has one
    return ""


def group_name(number: int) -> str:  # noqa: ARG001  # the same
    return ""


def wait_for(descriptor: int, *, writing: bool, most_ms: int) -> None:  # noqa: ARG001  # as POSIX asks
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


def free_bytes(descriptor: int, folder: Path) -> int | None:  # noqa: ARG001  # POSIX asks by file
    import shutil

    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def lock(descriptor: int) -> bool | None:
    place = api.Overlapped(offset_high=_LOCK_OFFSET_HIGH)
    how = api.LOCKFILE_EXCLUSIVE_LOCK | api.LOCKFILE_FAIL_IMMEDIATELY
    try:
        api.lock_file(msvcrt.get_osfhandle(descriptor), how, 0, 1, 0, place)
    except OSError as problem:
        return False if problem.winerror == api.ERROR_LOCK_VIOLATION else None
    return True


def is_open_for_writing(descriptor: int, path: Path) -> bool | None:  # noqa: ARG001  # POSIX asks by it
    shared = api.FILE_SHARE_READ | api.FILE_SHARE_DELETE
    try:
        os.close(open_file(path, api.GENERIC_READ, shared=shared))
    except PermissionError as problem:
        return True if problem.winerror == api.ERROR_SHARING_VIOLATION else None
    except OSError:
        return None
    return False


def loses_rights_when_written(descriptor: int) -> bool:  # noqa: ARG001  # programs have their user's
    return False


def next_hole(descriptor: int, position: int, end: int) -> tuple[int, int]:  # noqa: ARG001  # as POSIX asks
    return end, end


def is_made_up(descriptor: int, status: os.stat_result) -> bool:  # noqa: ARG001  # as POSIX asks
    return False


def copy_range(source: int, start: int, target: int, position: int, length: int) -> int:  # noqa: ARG001  # as POSIX asks
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


def share_range(source: int, start: int, target: int, position: int, length: int) -> None:  # noqa: ARG001  # as POSIX asks
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


def keep_attributes(old: int, new: int) -> tuple[str, ...]:
    """Give an open file the access list and the attributes (hidden, archived, …) of another.

    What cannot be kept is given back in words.
    """
    lost = []
    handles = msvcrt.get_osfhandle(old), msvcrt.get_osfhandle(new)
    for copy, words in (
        (_copy_access_list, translate("the access control list")),
        (_copy_flags, translate("the attributes")),
    ):
        try:
            copy(*handles)
        except OSError:
            lost.append(words)
    return tuple(lost)


def _copy_access_list(old: int, new: int) -> None:
    room = wintypes.DWORD()
    try:
        api.get_security(old, api.DACL_SECURITY_INFORMATION, None, 0, room)
    except OSError:
        if not room.value:
            raise
    descriptor = ctypes.create_string_buffer(room.value)
    api.get_security(old, api.DACL_SECURITY_INFORMATION, descriptor, room.value, room)
    api.set_security(new, api.DACL_SECURITY_INFORMATION, descriptor)


def _copy_flags(old: int, new: int) -> None:
    # 0 leaves the times as they are.
    flags = api.BasicInfo(attributes=_basic_info(old).attributes)
    _set_basic_info(new, flags)
