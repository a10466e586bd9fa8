"""The pool that all cores work in: in order where it must be, at once where it can."""

from __future__ import annotations

import errno
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from rdiff_gui.engine import Resources, parallel
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.parallel import available_cores, count_workers, quota_cores, run_slices
from rdiff_gui.errors import Cancelled

from .platforms import posix_only


@dataclass
class Numbered:
    """A slice that is only a number."""

    number: int = -1


def count_to(most: int, taken: list[int]) -> Callable[[Numbered], bool]:
    """Take the numbers below `most`."""

    def take(slice_: Numbered) -> bool:
        if len(taken) == most:
            return False
        slice_.number = len(taken)
        taken.append(slice_.number)
        return True

    return take


def nothing(_slice: Numbered) -> None:
    """Neither work nor end of a slice."""


@dataclass
class Sliced:
    """Work on numbers."""

    make: Callable[[], Numbered]
    take: Callable[[Numbered], bool]
    work: Callable[[Numbered], None]
    finish: Callable[[Numbered], None]


def do(
    take: Callable[[Numbered], bool],
    work: Callable[[Numbered], None] = nothing,
    finish: Callable[[Numbered], None] = nothing,
    *,
    make: Callable[[], Numbered] = Numbered,
    workers: int = 3,
    run: Run | None = None,
) -> None:
    """Do it with so many workers, or those of a run."""
    run = run or Run(Resources(threads=workers))
    run_slices(Sliced(make, take, work, finish), 1, None, run)


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_slices_are_finished_in_order_each_once(workers: int) -> None:
    """Whichever slice is worked on longest, what comes out keeps its order."""
    finished: list[int] = []
    dice = random.Random(4)  # noqa: S311  # test data, not secrets
    pauses = [dice.choice((0, 0, 0.003)) for _ in range(100)]
    do(
        count_to(100, []),
        lambda slice_: time.sleep(pauses[slice_.number]),
        lambda slice_: finished.append(slice_.number),
        workers=workers,
    )
    assert finished == list(range(100))


def test_slices_are_worked_on_at_once() -> None:
    """Three workers really work at the same time: each waits until the others are there."""
    meeting = threading.Barrier(3, timeout=30)

    def work(_slice: Numbered) -> None:
        assert meeting.wait() < 3

    do(count_to(9, []), work, workers=3)


def test_one_slow_slice_does_not_stop_the_others() -> None:
    """While the first slice takes its time, the other worker goes on behind it."""
    taken: list[int] = []
    released = threading.Event()

    def work(slice_: Numbered) -> None:
        if slice_.number == 0:
            assert released.wait(30)
        elif slice_.number == 3:
            released.set()

    do(count_to(50, taken), work, workers=2)
    assert taken == list(range(50))


def threads_here() -> int:
    """How many threads this process has."""
    return len(list(Path("/proc/self/task").iterdir()))


@pytest.mark.parametrize("place", ["take", "work", "finish"])
def test_a_failure_stops_all_and_is_told_once(place: str) -> None:
    """The first failure comes out, whatever the others were doing; nothing more is finished."""
    run = Run(Resources(threads=3))
    finished: list[int] = []
    count = count_to(1000, [])

    def fail(at: str, number: int) -> None:
        if at == place and number == 5:
            raise OSError(number)
        run.check()

    def take(slice_: Numbered) -> bool:
        more = count(slice_)
        fail("take", slice_.number)
        return more

    def finish(slice_: Numbered) -> None:
        fail("finish", slice_.number)
        finished.append(slice_.number)

    before = threads_here()
    with pytest.raises(OSError, match="5"):
        do(take, lambda slice_: fail("work", slice_.number), finish, run=run)
    deadline = time.monotonic() + 20
    while threads_here() > before:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert finished == list(range(len(finished)))
    assert len(finished) <= 5
    run.check()


def test_cancelling_ends_the_pool() -> None:
    """A stopped run lets no further slice begin."""
    run = Run(Resources(threads=2))
    taken: list[int] = []

    def work(slice_: Numbered) -> None:
        if slice_.number == 10:
            run.stop()

    with pytest.raises(Cancelled):
        do(count_to(10**6, taken), work, run=run)
    assert len(taken) < 20


def test_few_slices_get_few_workers() -> None:
    """A small file starts no threads, and huge slices do not fill the memory."""
    assert count_workers(8, 2**20, 10_000) == 1
    assert count_workers(8, 2**20, 0) == 1
    assert count_workers(8, 2**20, 3 * 2**20) == 3
    assert count_workers(8, 2**20, None) == 8
    assert count_workers(0, 2**20, None) == available_cores()
    assert count_workers(256, 2**28, None) == 2


@pytest.mark.parametrize(
    ("own", "files", "expected"),
    [
        ("0::/\n", {}, None),
        ("0::/\n", {"cpu.max": "max 100000"}, None),
        ("0::/\n", {"cpu.max": "150000 100000"}, 2),
        ("0::/a/b\n", {"a/cpu.max": "100000 100000", "a/b/cpu.max": "400000 100000"}, 1),
        ("0::/elsewhere\n", {"cpu.max": "300000 100000"}, 3),
        (
            "4:cpu,cpuacct:/box\n0::/\n",
            {"cpu,cpuacct/box/cpu.cfs_quota_us": "250000"}
            | {"cpu,cpuacct/box/cpu.cfs_period_us": "100000"},
            3,
        ),
        (
            "4:cpu,cpuacct:/box\n",
            {"cpu,cpuacct/box/cpu.cfs_quota_us": "-1"}
            | {"cpu,cpuacct/box/cpu.cfs_period_us": "100000"},
            None,
        ),
    ],
)
def test_a_containers_quota_counts(
    own: str, files: dict[str, str], expected: int | None, tmp_path: Path
) -> None:
    """In a container that may use one and a half cores of sixty-four, two threads work."""
    cgroups, own_cgroup = tmp_path / "cgroup", tmp_path / "own"
    own_cgroup.write_text(own)
    for name, content in files.items():
        path = cgroups / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + "\n")
    assert quota_cores(cgroups, own_cgroup) == expected


def test_a_quota_is_never_more_than_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """A generous quota does not invent cores."""
    monkeypatch.setattr(parallel, "quota_cores", lambda: 1000)
    assert 1 <= available_cores() < 1000
    monkeypatch.setattr(parallel, "quota_cores", lambda: 1)
    assert available_cores() == 1


@posix_only("affinity is asked as POSIX does")
def test_a_sandbox_that_tells_nothing_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system will not say which cores are ours, all that it has count."""

    def forbid(_process: int) -> set[int]:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "sched_getaffinity", forbid)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    monkeypatch.setattr(parallel, "quota_cores", lambda: None)
    monkeypatch.delattr(os, "process_cpu_count", raising=False)
    assert available_cores() == 3


def test_fewer_slices_do_where_memory_ends() -> None:
    """Two workers with memory for one slice and a half take turns with the one."""
    made = 0

    def make() -> Numbered:
        nonlocal made
        if made:
            raise MemoryError
        made += 1
        return Numbered()

    finished: list[int] = []
    do(count_to(50, []), finish=lambda slice_: finished.append(slice_.number), make=make)
    assert finished == list(range(50))


def test_no_memory_for_one_slice_is_told() -> None:
    """Where nothing can be done at all, the caller hears of it."""
    run = Run(Resources(threads=3))

    def make() -> Numbered:
        raise MemoryError

    with pytest.raises(MemoryError):
        do(count_to(5, []), make=make, run=run)
    # The run is as before.
    run.check()
