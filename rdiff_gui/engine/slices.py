"""Cuts an operation into slices that all cores work on: the only pool.

A worker takes the next slice; that is done in order, so that files are read from front to back by
whoever is free, and a disk sees one reader. It works on the slice beside the others. What came out
is passed on in order again, by whoever completes the row; meanwhile the others go on, with as many
slices in flight as twice the workers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from rdiff_gui.engine.cores import available_cores
from rdiff_gui.engine.running import Run
from rdiff_gui.engine.threads import RunningThread, start_thread
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TypeVar

    S = TypeVar("S")

# What the slices of one operation may take together, however many cores there are.
_MEMORY_BYTES_MOST = 2**30

# Between two looks at whether a thread died, while nothing is told.
_LOOK_SECONDS = 0.1


def count_workers(threads: int, slice_bytes: int, total_bytes: int | None) -> int:
    """How many workers suit slices of that size; `threads` is what the user wants, 0 for all cores.

    `total_bytes` is None where it is not known.
    """
    most = max(1, _MEMORY_BYTES_MOST // (2 * slice_bytes))
    if total_bytes is not None:
        most = min(most, max(1, -(-total_bytes // slice_bytes)))
    return 1 if most == 1 else min(threads or available_cores(), most)


def run_slices(
    make: Callable[[], S],
    take: Callable[[S], bool],
    work: Callable[[S], None],
    finish: Callable[[S], None],
    *,
    workers: int,
    run: Run,
) -> None:
    """Have `workers` threads, this one among them, do all slices; or as many as can be had.

    `make` gives an empty slice, which is used again and again. `take` fills it with the next one,
    or says False at the end; `finish` is called for every slice; each of the two by one thread at
    a time, in order. `work` is called by all threads at once.

    Raises: Cancelled; whatever one of them raises first, after all others have stopped;
    MemoryError, where a thread died.
    """
    pool = _Pool(make, take, work, finish, 2 * workers if workers > 1 else 1, run)
    for _ in range(1, workers):
        if not pool.add_thread():
            # Fewer give the same result.
            break
    pool.work()
    pool.close()


class _Pool:
    """The slices in flight. Numbers count slices from 0."""

    def __init__(
        self,
        make: Callable[[], Any],
        take: Callable[[Any], bool],
        work: Callable[[Any], None],
        finish: Callable[[Any], None],
        slices_most: int,
        run: Run,
    ) -> None:
        self._make, self._take, self._work, self._finish = make, take, work, finish
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
                    if self._exhausted or not self._take(slice_):
                        self._end()
                        return
                    number = self._taken
                    self._taken += 1
                self._work(slice_)
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
            slice_ = self._make()
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
            self._finish(slice_)
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
