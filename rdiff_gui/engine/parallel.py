"""Cuts an operation into slices that all cores work on: the only pool.

A worker takes the next slice; that is done in order, so that files are read from front to back by
whoever is free, and a disk sees one reader. It works on the slice beside the others. What came out
is passed on in order again, by whoever completes the row; meanwhile the others go on, with as many
slices in flight as twice the workers.

Threads may fail to start, or end for lack of memory, and nobody waits for them in vain.
`threading.Thread.start` waits without a limit for the new thread's first words, which one that
has no memory for its first frame never says. Here a thread that is gone is seen to be gone: the
object that it runs is held by nothing else.
"""

from __future__ import annotations

import _thread
import contextlib
import functools
import os
import sys
import threading
import time
from _weakref import ref  # built in, unlike weakref
from collections.abc import Callable, Iterator
from pathlib import Path

from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Protocol, TypeVar

    from rdiff_gui.engine.operation import Run

    S = TypeVar("S")

    class SlicedWork(Protocol[S]):
        """Work that is done slice by slice.

        `make` gives an empty slice, which is used again and again. `take` fills it with the next
        one, or says False at the end; `finish` is called for every slice; each of the two by one
        thread at a time, in order. `work` is called by all threads at once.
        """

        def make(self) -> S: ...

        def take(self, slice_: S, /) -> bool: ...

        def work(self, slice_: S, /) -> None: ...

        def finish(self, slice_: S, /) -> None: ...


# What the slices of one operation may take together, however many cores there are.
_MEMORY_BYTES_MOST = 2**30

# Between two looks at whether a thread that says nothing is still there.
_LOOK_SECONDS = 0.05


def count_workers(threads: int, slice_bytes: int, total_bytes: int | None) -> int:
    """How many workers suit slices of that size; `threads` is what the user wants, 0 for all cores.

    `total_bytes` is None where it is not known.
    """
    most = max(1, _MEMORY_BYTES_MOST // (2 * slice_bytes))
    if total_bytes is not None:
        most = min(most, max(1, -(-total_bytes // slice_bytes)))
    return 1 if most == 1 else min(threads or available_cores(), most)


def run_slices(sliced: SlicedWork[S], slice_bytes: int, total_bytes: int | None, run: Run) -> None:
    """Have as many threads as suit, this one among them, do all slices; or those that can be had.

    Raises: Cancelled; whatever one of them raises first, after all others have stopped;
    MemoryError, where a thread died.
    """
    workers = count_workers(run.resources.threads, slice_bytes, total_bytes)
    pool = _Pool(sliced, 2 * workers if workers > 1 else 1, run)
    for _ in range(1, workers):
        if not pool.add_thread():
            # Fewer give the same result.
            break
    pool.work()
    pool.close()


class _Pool:
    """The slices in flight. Numbers count slices from 0."""

    def __init__(self, sliced: SlicedWork[Any], slices_most: int, run: Run) -> None:
        self._sliced = sliced
        self._run = run
        self._taking = threading.Lock()
        self._taken = 0
        self._exhausted = False
        # Guards all below, and tells of every change to them.
        self._changed = threading.Condition()
        self._free: list[Any] = []
        self._made = 0
        self._made_most = slices_most
        self._worked: dict[int, Any] = {}
        self._finished = 0
        self._finishing = False
        self._failure: BaseException | None = None
        self._others: list[RunningThread] = []

    def add_thread(self) -> bool:
        """Have one more thread work; False where there is none."""
        other = start_thread(self.work)
        if other is not None:
            self._others.append(other)
        return other is not None

    def work(self) -> None:
        """Do slices until there are none. Never raises."""
        try:
            while (slice_ := self._free_slice()) is not None:
                with self._taking:
                    self._run.check()
                    if self._exhausted or not self._sliced.take(slice_):
                        self._end()
                        return
                    number = self._taken
                    self._taken += 1
                self._sliced.work(slice_)
                self._pass_on(number, slice_)
        except BaseException as problem:  # noqa: BLE001  # raised by close, on the caller's thread
            self._fail(problem)

    def close(self) -> None:
        """Wait for the other threads, and let the run go on.

        Raises: what the first failing slice raised; MemoryError, where a thread died.
        """
        for other in self._others:
            other.join()
        self._run.go_on()
        failure, self._failure = self._failure, None
        if failure is None and self._somebody_died():
            failure = MemoryError()
        if failure is not None:
            raise failure

    def _free_slice(self) -> Any:
        """Wait for a slice that nobody uses; None when no more are needed.

        Raises: MemoryError, where there is none, or a thread died and took one along.
        """
        with self._changed:
            while True:
                if self._exhausted or self._failure is not None:
                    return None
                if self._free:
                    return self._free.pop()
                if self._made < self._made_most and (slice_ := self._make_another()) is not None:
                    return slice_
                if self._somebody_died():
                    raise MemoryError
                self._changed.wait(_LOOK_SECONDS)

    def _make_another(self) -> Any:
        """A new slice; None where there is no memory for it, but others are in use."""
        try:
            slice_ = self._sliced.make()
        except MemoryError:
            if not self._made:
                raise
            self._made_most = self._made
            return None
        self._made += 1
        return slice_

    def _somebody_died(self) -> bool:
        return any(other.died for other in self._others)

    def _pass_on(self, number: int, slice_: Any) -> None:
        """Finish what is next in the row, unless another thread is doing so and will see this."""
        with self._changed:
            self._worked[number] = slice_
        while True:
            with self._changed:
                if self._finishing or self._finished not in self._worked or self._failure:
                    return
                self._finishing = True
                slice_ = self._worked.pop(self._finished)
            self._sliced.finish(slice_)
            with self._changed:
                self._finishing = False
                self._finished += 1
                self._free.append(slice_)
                self._changed.notify_all()

    def _end(self) -> None:
        with self._changed:
            self._exhausted = True
            self._changed.notify_all()

    def _fail(self, problem: BaseException) -> None:
        """Keep the first failure, and have everything stop."""
        with self._changed:
            if self._failure is None:
                self._failure = problem
            self._changed.notify_all()
        # Whoever is in the middle of a slice meets this at its next window.
        self._run.halt()


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


_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


def available_cores() -> int:
    """Cores that neither affinity nor a container's quota takes away; at least 1.

    Source: sched_getaffinity(2); Linux's cgroup-v2.rst, "cpu.max", and sched-bwc.rst for v1.
    """
    cores = _process_cores()
    quota = quota_cores()
    return max(1, cores if quota is None else min(cores, quota))


def _process_cores() -> int:
    # From Python 3.13 on; it knows affinity and -X cpu_count, but no quota.
    process_cpu_count = getattr(os, "process_cpu_count", None)
    if process_cpu_count is not None:
        return process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        # A sandbox may forbid the question.
        with contextlib.suppress(OSError):
            return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# Files to read, which many small operations would do over and over for the same answer.
@functools.cache
def quota_cores(cgroups: Path = _CGROUPS, own_cgroup: Path = _OWN_CGROUP) -> int | None:
    """What the tightest quota above this process allows, rounded up; None without one."""
    try:
        lines = own_cgroup.read_text().splitlines()
    except OSError:
        return None
    quotas = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            root, read_quota = cgroups, _quota_v2
        elif "cpu" in controllers.split(","):
            root, read_quota = cgroups / controllers, _quota_v1
        else:
            continue
        place = root / path.lstrip("/")
        # In a container, the path may be the host's, and only the root is there.
        for folder in (place, *place.parents):
            quotas.append(read_quota(folder))
            if folder == root:
                break
    return min((quota for quota in quotas if quota is not None), default=None)


def _quota_v2(folder: Path) -> int | None:
    """Source: cpu.max holds "QUOTA PERIOD", or "max PERIOD"."""
    try:
        quota, period = (folder / "cpu.max").read_text().split()
    except (OSError, ValueError):
        return None
    return None if quota == "max" else -(-int(quota) // int(period))


def _quota_v1(folder: Path) -> int | None:
    """Source: cpu.cfs_quota_us is -1 without a quota."""
    try:
        quota = int((folder / "cpu.cfs_quota_us").read_text())
        period = int((folder / "cpu.cfs_period_us").read_text())
    except (OSError, ValueError):
        return None
    return None if quota < 0 else -(-quota // period)
