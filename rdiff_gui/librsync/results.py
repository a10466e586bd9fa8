"""rs_result and what it means in our words, with what librsync traced on the way."""

from __future__ import annotations

import enum
import threading

from rdiff_gui.errors import LibrsyncFailed
from rdiff_gui.wording import translate


class Result(enum.IntEnum):
    """rs_result. Source: librsync.h."""

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

_traces = threading.local()


def collect_traces() -> list[str]:
    """A new, empty list that receives what librsync traces on this thread from now on."""
    lines: list[str] = []
    _traces.lines = lines
    return lines


def keep_trace(line: str) -> None:
    """Add one line of librsync's trace to the list of the thread that it came on."""
    lines: list[str] = getattr(_traces, "lines", [])
    lines.append(line)


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
