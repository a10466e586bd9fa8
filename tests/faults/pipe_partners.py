"""Who is at the other end of a run's pipes: somebody slow, or who leaves early.

Each is a process of its own, since the run's keeper waits for the run.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

# A pipe of one page: whoever writes more has to wait.
_SMALL_BYTES = 4096
# So that the program really comes before its partner, and waits.
_PAUSE_SECONDS = 0.0005
_DESCRIPTORS_MOST = 256


@dataclass(frozen=True)
class Partner:
    """How somebody feeds, or takes: in pieces, perhaps only so much of it.

    Where the pipe does not block, its end in the run says EAGAIN instead of waiting.
    """

    piece_bytes: int
    blocking: bool = True
    bytes_most: int | None = None


class Partners:
    """The partners of one run."""

    def __init__(self) -> None:
        self._processes: list[int] = []

    def feed(self, partner: Partner, content: bytes) -> int:
        """Have somebody write the content; the end to read from."""
        reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _SMALL_BYTES)
        os.set_blocking(reader, partner.blocking)
        content = content[: partner.bytes_most]

        def write() -> None:
            for start in range(0, len(content), partner.piece_bytes):
                piece = content[start : start + partner.piece_bytes]
                while piece:
                    piece = piece[os.write(writer, piece) :]
                time.sleep(_PAUSE_SECONDS)

        self._begin(write, writer)
        os.close(writer)
        return reader

    def take(self, partner: Partner, sink: int) -> int:
        """Have somebody read, and put what came into `sink`; the end to write to."""
        reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _SMALL_BYTES)
        os.set_blocking(writer, partner.blocking)

        def read() -> None:
            left_bytes = partner.bytes_most
            while left_bytes is None or left_bytes > 0:
                piece = os.read(reader, partner.piece_bytes)
                if not piece:
                    return
                os.write(sink, piece)
                if left_bytes is not None:
                    left_bytes -= len(piece)
                time.sleep(_PAUSE_SECONDS)

        self._begin(read, reader, sink)
        os.close(reader)
        return writer

    def _begin(self, work: Callable[[], None], *needed: int) -> None:
        process = os.fork()
        if process:
            self._processes.append(process)
            return
        _work_and_leave(work, needed)

    def wait(self) -> None:
        """Wait until they are gone, too: the run's ends of the pipes are closed."""
        for process in self._processes:
            os.waitpid(process, 0)


def _work_and_leave(work: Callable[[], None], needed: tuple[int, ...]) -> NoReturn:
    # Whoever holds another's end keeps it from being seen to be closed.
    for descriptor in range(3, _DESCRIPTORS_MOST):
        if descriptor not in needed:
            with contextlib.suppress(OSError):
                os.close(descriptor)
    with contextlib.suppress(OSError):
        work()
    os._exit(0)
