"""Our side of shim.c: which system call of a process goes wrong, and how."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import signal
import subprocess
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
# Where a process that is started, not forked, finds its page.
PAGE_VARIABLE = "RDIFF_FAULTS_PAGE"

ANY_KIND = -1

# What the kernel may answer to nearly any call.
ERRNOS = ("EIO", "ENOSPC", "EDQUOT", "EACCES", "EPERM", "EINTR", "EAGAIN", "ENOMEM")
# Calls that may do a part of what was asked for, and how much: one byte, or a page's half.
CUTTABLE = ("read", "pread64", "write", "pwrite64", "copy_file_range")
CUT_BYTES = (1, 2048)


class Action(IntEnum):
    """What is done to the call, as in shim.c."""

    NOTHING = 0
    REFUSE = 1
    CUT_SHORT = 2
    SIGNAL = 3


@dataclass(frozen=True)
class Fault:
    """One disturbance: the `nth` call of a kind, and with `onwards` all later ones.

    `how` is an errno's name, a number of bytes, or a signal's name.
    """

    call: str
    nth: int
    how: str
    onwards: bool = False

    def __str__(self) -> str:
        return f"{self.call}/{self.nth}{'+' if self.onwards else ''}/{self.how}"

    @staticmethod
    def parse(text: str) -> Fault:
        """The other way round."""
        call, place, how = text.split("/")
        return Fault(call, int(place.rstrip("+")), how, place.endswith("+"))

    @property
    def action(self) -> Action:
        """What happens to the call."""
        if self.how.isdigit():
            return Action.CUT_SHORT
        return Action.SIGNAL if self.how.startswith("SIG") else Action.REFUSE

    @property
    def value(self) -> int:
        """The errno, the bytes, the signal."""
        match self.action:
            case Action.CUT_SHORT:
                return int(self.how)
            case Action.SIGNAL:
                return signal.Signals[self.how]
            case _:
                return int(getattr(errno, self.how))


def build_shim(folder: Path) -> Path:
    """The shim, compiled into `folder`. Raises: CalledProcessError."""
    library = folder / "shim.so"
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run([*command, SOURCE, "-o", library, "-ldl", "-pthread"], check=True)
    return library


@cache
def kinds() -> tuple[str, ...]:
    """The kinds of calls, by number; only where the shim is loaded."""
    name_of = ctypes.CDLL(None).faults_kind_name
    name_of.argtypes, name_of.restype = [ctypes.c_int], ctypes.c_char_p
    names: list[str] = []
    while (name := name_of(len(names))) is not None:
        names.append(name.decode())
    return tuple(names)


class Page:
    """The memory that the shim and we share; a process forked or started shares it, too."""

    def __init__(self, file: Path) -> None:
        """Make it, zeroed, in `file`."""
        size_of = ctypes.CDLL(None).faults_page_bytes
        size_of.restype = ctypes.c_size_t
        self.file = file
        file.write_bytes(bytes(size_of()))
        with file.open("r+b") as stream:
            self._memory = mmap.mmap(stream.fileno(), 0)
        self._page = _layout().from_buffer(self._memory)

    def prepare(self, folder: Path, fault: Fault | None, *, streams: bool, poor: bool) -> None:
        """Set all counts to 0 and say what is to happen.

        With `streams`, standard input and output count as well. With `poor`, the folder's disk is
        one without links, nameless files and attributes.
        """
        page = self._page
        ctypes.memset(ctypes.addressof(page), 0, ctypes.sizeof(page))
        page.folder = os.fsencode(folder)
        page.streams, page.poor = streams, poor
        if fault:
            page.kind = ANY_KIND if fault.call == "any" else kinds().index(fault.call)
            page.nth, page.onwards = fault.nth, fault.onwards
            page.action, page.value = fault.action, fault.value

    def arm(self) -> None:
        """Begin in this process, for good. Raises: OSError."""
        code = ctypes.CDLL(None).faults_arm(ctypes.byref(self._page))
        if code:
            raise OSError(code, os.strerror(code))

    @property
    def struck(self) -> int:
        """How many calls were struck."""
        return int(self._page.struck)

    @property
    def what(self) -> str:
        """What the first of them was about."""
        return os.fsdecode(self._page.what)

    @property
    def counts(self) -> dict[str, int]:
        """How many calls there were of each kind; "any" are those of the folder together."""
        return {"any": self._page.total} | dict(zip(kinds(), self._page.counts, strict=True))


@cache
def _layout() -> type[ctypes.Structure]:
    class Layout(ctypes.Structure):
        """struct page of shim.c."""

        _fields_ = (
            *((name, ctypes.c_int32) for name in ("kind", "nth", "onwards", "action", "value")),
            *((name, ctypes.c_int32) for name in ("streams", "poor", "struck", "total")),
            ("counts", ctypes.c_int32 * len(kinds())),
            ("folder", ctypes.c_char * 512),
            ("what", ctypes.c_char * 512),
        )

    return Layout
