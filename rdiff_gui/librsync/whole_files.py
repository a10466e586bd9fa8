"""The rs_*_file family: one call for a whole file, over the C library's FILE.

No progress and no cancel: the engine uses jobs instead. These calls are here for py_rdiff, whose
way they are, and as the yardstick that the tests hold the jobs against.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import sys
from collections.abc import Iterator
from ctypes import byref, c_char_p, c_int, c_void_p

from rdiff_gui.librsync import prototypes
from rdiff_gui.librsync.prototypes import collect_traces


@functools.cache
def _runtime() -> ctypes.CDLL:
    """The C runtime whose FILE librsync understands: the process's own.

    On Windows (not tried) that is the universal runtime, which Python, MSVC's rsync.dll and
    MinGW's librsync.dll share.
    """
    runtime = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None, use_errno=True)
    opening = getattr(runtime, _FDOPEN)
    opening.argtypes, opening.restype = [c_int, c_char_p], c_void_p
    for ending in (runtime.fflush, runtime.fclose):
        ending.argtypes, ending.restype = [c_void_p], c_int
    return runtime


_FDOPEN = "_fdopen" if sys.platform == "win32" else "fdopen"


@contextlib.contextmanager
def _stream(descriptor: int, mode: bytes) -> Iterator[int]:
    """A FILE over a copy of `descriptor`, from its beginning; flushed with a check, and closed.

    Raises: OSError, also for the last bytes that only the flush tries to write.
    """
    copy = os.dup(descriptor)
    runtime = _runtime()
    file: int | None = getattr(runtime, _FDOPEN)(copy, mode)
    if not file:
        os.close(copy)
        raise _last_error()
    try:
        os.lseek(copy, 0, os.SEEK_SET)
        yield file
        # rs_*_file returns DONE with data still in the buffer, and fclose keeps quiet.
        if runtime.fflush(file):
            raise _last_error()
    finally:
        runtime.fclose(file)


def _last_error() -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code))


def sign_whole_file(
    basis: int, signature: int, block_bytes: int, strong_bytes: int, magic: int
) -> None:
    """Write the signature of one open file to another (descriptors of regular files).

    Raises: LibrsyncFailed, OSError.
    Source: rs_sig_file.
    """
    collect_traces()
    with _stream(basis, b"rb") as basis_file, _stream(signature, b"wb") as signature_file:
        prototypes.sig_file(basis_file, signature_file, block_bytes, strong_bytes, magic, None)


def compare_whole_file(signature: int, new_file: int, delta: int) -> None:
    """Write the delta of `new_file` against a signature whose header was checked.

    Raises: LibrsyncFailed, OSError.
    Source: rs_loadsig_file, rs_build_hash_table, rs_delta_file.
    """
    collect_traces()
    sums = c_void_p()
    try:
        with _stream(signature, b"rb") as signature_file:
            prototypes.loadsig_file(signature_file, byref(sums), None)
        prototypes.build_hash_table(sums)
        with _stream(new_file, b"rb") as new, _stream(delta, b"wb") as delta_file:
            prototypes.delta_file(sums, new, delta_file, None)
    finally:
        if sums.value:
            prototypes.free_sumset(sums)


def patch_whole_file(basis: int, delta: int, new_file: int) -> None:
    """Write what a delta, whose commands were checked, makes of `basis`.

    Raises: LibrsyncFailed, OSError.
    Source: rs_patch_file.
    """
    collect_traces()
    with (
        _stream(basis, b"rb") as basis_file,
        _stream(delta, b"rb") as delta_file,
        _stream(new_file, b"wb") as new,
    ):
        prototypes.patch_file(basis_file, delta_file, new, None)
