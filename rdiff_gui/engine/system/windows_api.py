"""The functions of Windows that Python does not offer.

Each raises OSError as Windows says, with the path where it takes one.
Source: learn.microsoft.com, fileapi.h, ioapiset.h, winbase.h, securitybaseapi.h.
"""

import ctypes
import sys
from ctypes import wintypes
from typing import Any

assert sys.platform == "win32"

GENERIC_READ = 0x80000000
GENERIC_WRITE = 0x40000000
DELETE = 0x00010000
WRITE_DAC = 0x00040000
FILE_READ_ATTRIBUTES = 0x80
FILE_WRITE_ATTRIBUTES = 0x100

FILE_SHARE_READ = 0x1
FILE_SHARE_WRITE = 0x2
FILE_SHARE_DELETE = 0x4
SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE

CREATE_NEW = 1
OPEN_EXISTING = 3

FILE_ATTRIBUTE_NORMAL = 0x80
FILE_FLAG_OPEN_REPARSE_POINT = 0x00200000
FILE_FLAG_BACKUP_SEMANTICS = 0x02000000
FILE_FLAG_DELETE_ON_CLOSE = 0x04000000
# Of a rename: it is on the disk when the call returns. Source: CreateFileW, Caching Behavior.
FILE_FLAG_WRITE_THROUGH = 0x80000000

MOVEFILE_REPLACE_EXISTING = 0x1
# The same of MoveFileExW.
MOVEFILE_WRITE_THROUGH = 0x8

LOCKFILE_FAIL_IMMEDIATELY = 0x1
LOCKFILE_EXCLUSIVE_LOCK = 0x2
ERROR_SHARING_VIOLATION = 32
ERROR_LOCK_VIOLATION = 33

FSCTL_SET_SPARSE = 0x000900C4

# FILE_INFO_BY_HANDLE_CLASS
FILE_BASIC_INFO = 0
FILE_END_OF_FILE_INFO = 6
FILE_RENAME_INFO_EX = 22

# Of FILE_RENAME_INFO_EX: take the name from whatever file has it, even while it is open.
RENAME_REPLACE_IF_EXISTS = 0x1
RENAME_POSIX_SEMANTICS = 0x2
RENAME_IGNORE_READONLY = 0x40

DACL_SECURITY_INFORMATION = 0x4

_INVALID_HANDLE = ctypes.c_void_p(-1).value


class Overlapped(ctypes.Structure):
    """OVERLAPPED: here, where in the file a lock begins."""

    _fields_ = (
        ("internal", ctypes.c_void_p),
        ("internal_high", ctypes.c_void_p),
        ("offset", wintypes.DWORD),
        ("offset_high", wintypes.DWORD),
        ("event", wintypes.HANDLE),
    )


class BasicInfo(ctypes.Structure):
    """FILE_BASIC_INFO: times, which 0 leaves as they are, and attributes."""

    _fields_ = (
        ("creation_time", ctypes.c_int64),
        ("last_access_time", ctypes.c_int64),
        ("last_write_time", ctypes.c_int64),
        ("change_time", ctypes.c_int64),
        ("attributes", wintypes.DWORD),
    )


def _check(result: Any, _function: Any, _arguments: Any) -> Any:
    if not result or result == _INVALID_HANDLE:
        raise ctypes.WinError(ctypes.get_last_error())
    return result


_kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
_advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)

create_file = _kernel32.CreateFileW
create_file.restype = wintypes.HANDLE
create_file.argtypes = [
    wintypes.LPCWSTR,  # path
    wintypes.DWORD,  # access
    wintypes.DWORD,  # what others may do meanwhile
    ctypes.c_void_p,  # security
    wintypes.DWORD,  # whether it must exist
    wintypes.DWORD,  # flags
    wintypes.HANDLE,  # template
]
create_file.errcheck = _check

move_file = _kernel32.MoveFileExW
move_file.restype = wintypes.BOOL
# From where, to where, and how.
move_file.argtypes = [wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.DWORD]
move_file.errcheck = _check

close_handle = _kernel32.CloseHandle
close_handle.restype = wintypes.BOOL
close_handle.argtypes = [wintypes.HANDLE]

lock_file = _kernel32.LockFileEx
lock_file.restype = wintypes.BOOL
lock_file.argtypes = [
    wintypes.HANDLE,
    wintypes.DWORD,  # flags
    wintypes.DWORD,  # reserved
    wintypes.DWORD,  # length, low
    wintypes.DWORD,  # length, high
    ctypes.POINTER(Overlapped),
]
lock_file.errcheck = _check

device_io_control = _kernel32.DeviceIoControl
device_io_control.restype = wintypes.BOOL
device_io_control.argtypes = [
    wintypes.HANDLE,
    wintypes.DWORD,  # code
    ctypes.c_void_p,  # input
    wintypes.DWORD,
    ctypes.c_void_p,  # output
    wintypes.DWORD,
    ctypes.POINTER(wintypes.DWORD),
    ctypes.c_void_p,
]
device_io_control.errcheck = _check

get_file_information = _kernel32.GetFileInformationByHandleEx
set_file_information = _kernel32.SetFileInformationByHandle
for _function in (get_file_information, set_file_information):
    _function.restype = wintypes.BOOL
    # The handle, the class of what is asked or told, and room for it.
    _function.argtypes = [wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD]
    _function.errcheck = _check

get_security = _advapi32.GetKernelObjectSecurity
get_security.restype = wintypes.BOOL
get_security.argtypes = [
    wintypes.HANDLE,
    wintypes.DWORD,  # which parts
    ctypes.c_void_p,
    wintypes.DWORD,
    ctypes.POINTER(wintypes.DWORD),  # the room that it takes
]
get_security.errcheck = _check

set_security = _advapi32.SetKernelObjectSecurity
set_security.restype = wintypes.BOOL
set_security.argtypes = [wintypes.HANDLE, wintypes.DWORD, ctypes.c_void_p]
set_security.errcheck = _check
