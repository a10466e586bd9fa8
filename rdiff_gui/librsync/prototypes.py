"""Results, structs, callbacks, and one declaration per C function, in librsync.h's order.

A declaration costs nothing until its first call, which loads the library: importing this module
works on a computer without librsync.
Source: librsync.h of 2.3.2; the same functions and sizes in 2.3.0 to 2.3.4.
"""

from __future__ import annotations

import ctypes
import enum
import functools
import threading
from collections.abc import Callable, Sequence
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_int,
    c_int64,
    c_size_t,
    c_void_p,
)

from rdiff_gui.errors import LibrsyncFailed
from rdiff_gui.librsync.loader import load_library
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from typing import Any

rs_result = c_int
rs_magic_number = c_int
rs_long_t = c_int64
rs_job_p = c_void_p
rs_signature_p = c_void_p
file_p = c_void_p
# rs_stats_t: NULL, since nobody asks for them.
no_stats_p = c_void_p

TRACE_LEVEL_WARNING = 4


class Result(enum.IntEnum):
    """rs_result."""

    DONE = 0
    BLOCKED = 1
    RUNNING = 2
    TEST_SKIPPED = 77
    IO_ERROR = 100
    SYNTAX_ERROR = 101
    MEM_ERROR = 102
    INPUT_ENDED = 103
    BAD_MAGIC = 104
    UNIMPLEMENTED = 105
    CORRUPT = 106
    INTERNAL_ERROR = 107
    PARAM_ERROR = 108


_GOING_WELL = frozenset((Result.DONE, Result.BLOCKED, Result.RUNNING))


class Buffers(Structure):
    """rs_buffers_t. Lengths in bytes; librsync counts them down and moves the pointers on."""

    _fields_ = (
        ("next_in", c_void_p),
        ("avail_in", c_size_t),
        ("eof_in", c_int),
        ("next_out", c_void_p),
        ("avail_out", c_size_t),
    )


_traces = threading.local()


def collect_traces() -> list[str]:
    """A new, empty list that receives what librsync traces on this thread from now on."""
    lines: list[str] = []
    _traces.lines = lines
    return lines


TraceCallback = CFUNCTYPE(None, c_int, c_char_p)


def _keep_message(_level: int, message: bytes) -> None:
    lines: list[str] = getattr(_traces, "lines", [])
    lines.append(message.decode("utf-8", "replace").strip())


# The library keeps the pointer, so the object must live as long as the process.
_trace = TraceCallback(_keep_message)


@functools.cache
def _library() -> ctypes.CDLL:
    """The loaded library, with its trace turned from stderr to us."""
    handle = load_library().handle
    handle.rs_trace_set_level(c_int(TRACE_LEVEL_WARNING))
    handle.rs_trace_to(_trace)
    return handle


def describe_result(result: int) -> str:
    """An rs_result in a few words of ours; rs_strerror has none for some of them."""
    meanings: dict[int, str] = {
        Result.DONE: translate("done"),
        Result.BLOCKED: translate("it waits for more data"),
        Result.RUNNING: translate("it is still running"),
        Result.IO_ERROR: translate("a file could not be read or written"),
        Result.SYNTAX_ERROR: translate("it was called in a wrong way"),
        Result.MEM_ERROR: translate("there is not enough memory"),
        Result.INPUT_ENDED: translate("the input ended too early"),
        Result.BAD_MAGIC: translate("the file is of another kind"),
        Result.UNIMPLEMENTED: translate("this version of librsync cannot do that"),
        Result.CORRUPT: translate("the file is damaged"),
        Result.INTERNAL_ERROR: translate("it found a mistake in itself"),
        Result.PARAM_ERROR: translate("a block or checksum length is not possible"),
    }
    return meanings.get(result) or translate("result {number}, which is not known").format(
        number=result
    )


def check_result(result: int, function: object, _arguments: tuple[object, ...]) -> int:
    """Ctypes errcheck: the result as it is, while all is well.

    Raises: LibrsyncFailed, with the trace of this thread as its detail.
    """
    if result in _GOING_WELL:
        return result
    raise LibrsyncFailed(
        function=getattr(function, "__name__", str(function)),
        result=result,
        meaning=describe_result(result),
        detail=tuple(getattr(_traces, "lines", ())),
    )


class Function:
    """One C function: declared now, looked up in the library at its first call."""

    def __init__(
        self,
        name: str,
        argtypes: Sequence[Any],
        restype: Any,
        errcheck: Callable[[Any, Any, tuple[Any, ...]], Any] | None = None,
    ) -> None:
        self.name = name
        self._argtypes = argtypes
        self._restype = restype
        self._errcheck = errcheck
        self._bound: Any = None

    def bind(self) -> Any:
        """The function of ctypes itself. Raises: LibraryProblem."""
        if self._bound is None:
            function = _library()[self.name]
            function.argtypes = self._argtypes
            function.restype = self._restype
            if self._errcheck:
                function.errcheck = self._errcheck
            self._bound = function
        return self._bound

    def __call__(self, *arguments: Any) -> Any:
        """Call it. Raises: LibraryProblem; LibrsyncFailed, where the result is checked."""
        return self.bind()(*arguments)


# --- signatures and jobs -----------------------------------------------------------------------

free_sumset = Function("rs_free_sumset", [rs_signature_p], None)
job_iter = Function("rs_job_iter", [rs_job_p, POINTER(Buffers)], rs_result, check_result)
job_free = Function("rs_job_free", [rs_job_p], rs_result, check_result)
sig_args = Function(
    "rs_sig_args",
    [rs_long_t, POINTER(rs_magic_number), POINTER(c_size_t), POINTER(c_size_t)],
    rs_result,
    check_result,
)
sig_begin = Function("rs_sig_begin", [c_size_t, c_size_t, rs_magic_number], rs_job_p)
delta_begin = Function("rs_delta_begin", [rs_signature_p], rs_job_p)
loadsig_begin = Function("rs_loadsig_begin", [POINTER(rs_signature_p)], rs_job_p)
build_hash_table = Function("rs_build_hash_table", [rs_signature_p], rs_result, check_result)

# --- whole files -------------------------------------------------------------------------------

sig_file = Function(
    "rs_sig_file",
    [file_p, file_p, c_size_t, c_size_t, rs_magic_number, no_stats_p],
    rs_result,
    check_result,
)
loadsig_file = Function(
    "rs_loadsig_file",
    [file_p, POINTER(rs_signature_p), no_stats_p],
    rs_result,
    check_result,
)
delta_file = Function(
    "rs_delta_file",
    [rs_signature_p, file_p, file_p, no_stats_p],
    rs_result,
    check_result,
)
patch_file = Function(
    "rs_patch_file", [file_p, file_p, file_p, no_stats_p], rs_result, check_result
)
