"""Rounds in which everybody does every step, each in a process of its own."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from benchmark.contenders import STEPS, Contender
from benchmark.pairs import Pair

_PIECE_BYTES = 2**18

# Starts a command, waits for it, and prints its wall and processor seconds, its peak RSS in KiB and
# its exit code. It is small and does little, since the peak memory that the system tells of a
# process counts from before it became that program, from when it was a copy of its parent.
_LAUNCHER = """
import os, signal, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1)]
begun = time.perf_counter()
child = os.posix_spawn(
    sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet, setsigdef=[signal.SIGPIPE]
)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - begun
code = os.waitstatus_to_exitcode(status)
print(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, code)
"""


class CommandFailed(Exception):
    """A measured command did not end well, or what it wrote is wrong."""


class Measurement(NamedTuple):
    """What one process took; `durable_seconds` until its output had reached the disk as well."""

    wall_seconds: float
    cpu_seconds: float
    peak_rss_bytes: int
    output_bytes: int
    durable_seconds: float


class Spread(NamedTuple):
    """A median, with the least and the most that it stands for."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Of at least one value."""
        every = list(values)
        return cls(statistics.median(every), min(every), max(every))


@dataclass(slots=True)
class Result:
    """One contender at one step of one pair, a measurement a round; `failure` ends them."""

    pair: Pair
    step: str
    contender: str
    measurements: list[Measurement] = field(default_factory=list)
    failure: str = ""

    @property
    def wall(self) -> Spread:
        """Seconds."""
        return Spread.of(each.wall_seconds for each in self.measurements)

    def ratio_to(self, other: Result, *, durable: bool = False) -> Spread | None:
        """Of the ratios in each round that both came through; paired, so a slow minute cancels."""
        of = "durable_seconds" if durable else "wall_seconds"
        pairs = zip(self.measurements, other.measurements, strict=False)
        ratios = [getattr(one, of) / getattr(reference, of) for one, reference in pairs]
        return Spread.of(ratios) if ratios else None


def run(
    pair: Pair,
    everybody: list[Contender],
    place: Path,
    *,
    rounds: int,
    limit_seconds: float,
    steps: Sequence[str] = STEPS,
    sync: bool = False,
) -> list[Result]:
    """Write the pair into a folder in `place`, and have everybody work on it.

    In every round all make the signature, then all the delta, then all the new file, in another
    order each time, so that those who are compared meet the same minute. One whose step fails, or
    whose new file is wrong, is left out from then on.
    """
    results = [Result(pair, step, one.name) for step in steps for one in everybody]
    failed: set[str] = set()
    with temporary_folder(place) as folder:
        old, new = folder / "old", folder / "new"
        pair.write(old, new)
        if sync:
            os.sync()
        else:
            _touch_memory(folder / "spare", new.stat().st_blocks * 512)
        for number in range(rounds):
            shuffled = random.Random(number).sample(everybody, len(everybody))  # noqa: S311  # no secret
            for step in steps:
                for one in shuffled:
                    if one.name in failed or number >= one.rounds_most:
                        continue
                    work = folder / str(everybody.index(one))
                    result = results[steps.index(step) * len(everybody) + everybody.index(one)]
                    try:
                        result.measurements.append(_do(one, step, old, new, work, limit_seconds))
                    except CommandFailed as problem:
                        result.failure = str(problem)
                        failed.add(one.name)
                        print(f"  {one.name}, {step}: {problem}", file=sys.stderr)
            for index in range(len(everybody)):
                shutil.rmtree(folder / str(index), ignore_errors=True)
    return results


def _do(
    contender: Contender, step: str, old: Path, new: Path, folder: Path, limit_seconds: float
) -> Measurement:
    """One step. Raises: CommandFailed."""
    folder.mkdir(exist_ok=True)
    signature, delta, rebuilt = (folder / name for name in STEPS)
    paths = {
        "signature": (old, signature),
        "delta": (signature, new, delta),
        "diff": (old, new, delta),
        "patch": (old, delta, rebuilt),
    }[step]
    wall = cpu = rss_kib = 0.0
    for command in contender.command_lines(step, *paths):
        took = launch(command, contender.environment, limit_seconds)
        wall, cpu, rss_kib = wall + took[0], cpu + took[1], max(rss_kib, took[2])
    begun = time.perf_counter()
    with paths[-1].open("rb") as file:
        os.fsync(file.fileno())
    durable = wall + time.perf_counter() - begun
    measured = Measurement(wall, cpu, int(rss_kib) * 1024, paths[-1].stat().st_size, durable)
    if step == "patch":
        is_right = same_content(new, rebuilt)
        rebuilt.unlink()
        if not is_right:
            raise CommandFailed("the rebuilt file is wrong")
    return measured


def launch(
    command: list[str], environment: dict[str, str], limit_seconds: float
) -> tuple[float, float, float]:
    """Wall and processor seconds, and peak RSS in KiB, of a command. Raises: CommandFailed."""
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command]
    with subprocess.Popen(
        launcher,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,
    ) as process:
        try:
            said, complaints = process.communicate(timeout=limit_seconds)
        except BaseException as problem:
            # On Ctrl-C, communicate gives a process a moment to end.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(problem, subprocess.TimeoutExpired):
                raise CommandFailed(f"stopped after {limit_seconds:.0f} s") from None
            raise
    wall, cpu, rss_kib, code = map(float, said.split() or (0, 0, 0, process.returncode))
    if code:
        last_line = complaints.strip().rpartition("\n")[2]
        raise CommandFailed(f"exit code {code:.0f}: {last_line or 'it said nothing'}")
    return wall, cpu, rss_kib


def _touch_memory(path: Path, size_bytes: int) -> None:
    """Use and free as much memory as a rebuilt file takes.

    A virtual machine gets memory from its host at the first touch, which may take thirty times as
    long as any later one; nobody shall pay that for the others.
    """
    with path.open("wb", buffering=0) as file:
        for _ in range(size_bytes // _PIECE_BYTES):
            file.write(bytes(_PIECE_BYTES))
    path.unlink()


def same_content(one: Path, other: Path) -> bool:
    """Whether two files have the same bytes; what is a hole in both is not read."""
    size_bytes = one.stat().st_size
    if other.stat().st_size != size_bytes:
        return False
    with one.open("rb", buffering=0) as left, other.open("rb", buffering=0) as right:
        place = 0
        while place < size_bytes:
            place = min(_next_data(file.fileno(), place, size_bytes) for file in (left, right))
            first, second = (os.pread(file.fileno(), _PIECE_BYTES, place) for file in (left, right))
            if first != second:
                return False
            place += len(first) or size_bytes
    return True


def _next_data(descriptor: int, place: int, size_bytes: int) -> int:
    try:
        return os.lseek(descriptor, place, os.SEEK_DATA)
    except OSError as problem:
        # ENXIO: no data after that. Else the disk cannot tell.
        return size_bytes if problem.errno == errno.ENXIO else place


@contextmanager
def temporary_folder(place: Path) -> Iterator[Path]:
    """One that is gone afterwards, however the run ends, short of a kill -9."""
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rdiff-bench-", dir=place) as folder:
        yield Path(folder)
