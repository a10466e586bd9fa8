"""Threads that may fail to start, or end for lack of memory, with nobody waiting for them in vain.

`threading.Thread.start` waits without a limit for the new thread's first words, which one that
has no memory for its first frame never says. Here a thread that is gone is seen to be gone: the
object that it runs is held by nothing else.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import sys
import time
from _weakref import ref  # built in, unlike weakref
from collections.abc import Callable, Iterator

# Between two looks at whether a thread that says nothing is still there.
_LOOK_SECONDS = 0.05


# One start at a time, since each keeps what it found for its end.
_starting = _thread.allocate_lock()


def _renew_lock() -> None:
    global _starting  # noqa: PLW0603  # the one that whoever was starting holds in the parent
    _starting = _thread.allocate_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


@contextlib.contextmanager
def _quiet_start() -> Iterator[None]:
    """Let a thread that has no memory for its first frame die without a traceback."""
    with _starting:
        hook = sys.unraisablehook
        # Takes whatever it is told, does nothing, and needs no memory for it.
        sys.unraisablehook = callable
        try:
            yield
        finally:
            sys.unraisablehook = hook


class RunningThread:
    """A thread made by `start_thread`; it does not keep the process from ending."""

    def __init__(self, body: Callable[[], None]) -> None:
        """Start it, and wait until it is under way. Raises: RuntimeError, MemoryError."""
        self._ended = _thread.allocate_lock()
        self._ended.acquire()
        self._begun = _thread.allocate_lock()
        self._begun.acquire()
        self._completed = False
        life = _Life(self, body)
        self._life = ref(life)
        with _quiet_start():
            _thread.start_new_thread(life, ())
            del life
            while not self._begun.acquire(timeout=_LOOK_SECONDS):
                if not self.alive:
                    # One that was late may have done all its work between the two looks.
                    if self._begun.acquire(blocking=False):
                        return
                    raise MemoryError

    @property
    def alive(self) -> bool:
        """Whether the thread is there."""
        return self._life() is not None

    @property
    def died(self) -> bool:
        """Whether it has ended before its work had, as for lack of memory."""
        return not self.alive and not self._completed

    def join(self, seconds: float = float("inf")) -> None:
        """Wait until it has ended, in whatever way, but no longer than that."""
        end = time.monotonic() + seconds
        while self.alive and time.monotonic() < end:
            if self._ended.acquire(timeout=_LOOK_SECONDS):
                # For whoever joins as well.
                self._ended.release()
                return

    def run(self, body: Callable[[], None]) -> None:
        """Do the work; for the thread itself."""
        self._begun.release()
        try:
            body()
            self._completed = True
        finally:
            self._ended.release()


class _Life:
    """What a thread runs. The thread alone holds it, so it lives as long as the thread does."""

    def __init__(self, thread: RunningThread, body: Callable[[], None]) -> None:
        self._thread = thread
        self._body = body

    def __call__(self) -> None:
        self._thread.run(self._body)


def start_thread(body: Callable[[], None]) -> RunningThread | None:
    """Run `body`, which never raises, on a new thread; None where the system gives no other."""
    try:
        return RunningThread(body)
    except (RuntimeError, MemoryError):
        return None


def can_start(count: int) -> bool:
    """Whether the system gives that many threads more, two or more, at once; tries it."""
    if count < 2:
        return False
    gate = _thread.allocate_lock()
    with gate:
        waiting = [thread for _ in range(count) if (thread := start_thread(_pass(gate)))]
    for thread in waiting:
        thread.join()
    return len(waiting) == count


def _pass(gate: _thread.LockType) -> Callable[[], None]:
    def wait() -> None:
        with gate:
            pass

    return wait
