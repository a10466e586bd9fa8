"""What this machine does a GiB of, on all cores at once, and what a step takes at best by that.

The limit of a step is the program's start; what rdiff's one thread computes in librsync, shared out
to all cores; and every byte read, hashed and written as often as must be. What is measured above it
is ours to win.
"""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmark.contenders import CORES
from benchmark.pairs import GIB, MIB
from benchmark.rounds import Result, Spread, temporary_folder

_WINDOW_BYTES = 2**18

# What a step cannot do without: whether librsync's work is in it, and the probes, for each byte.
_NEEDED = {
    ("signature", "plain"): (True, ()),
    ("signature", "sealed"): (True, ("hash",)),
    ("delta", "plain"): (True, ()),
    ("delta", "sealed"): (True, ("hash",)),
    ("patch", "plain"): (False, ("read", "write")),
    ("patch", "sealed"): (False, ("read", "write", "hash")),
}


class Limit(NamedTuple):
    """Seconds that a step takes at best, what it took, and what rdiff took."""

    step: str
    kind: str
    least: float
    measured: float
    rdiff: float


def measure(place: Path, rounds: int, *, quick: bool) -> dict[str, Spread]:
    """Seconds a GiB of each probe, each core with a process of its own: read, write, hash."""
    size_bytes = (4 if quick else 128) * MIB
    with temporary_folder(place) as folder, ProcessPoolExecutor(CORES) as pool:
        files = [folder / str(core) for core in range(CORES)]
        found: dict[str, list[float]] = {}
        for turn in range(rounds + 1):
            for probe in (_write, _read, _hash):
                took = max(pool.map(_time, [probe] * CORES, files, [size_bytes] * CORES))
                # Memory that nobody has touched yet would make the first turn slow.
                if turn:
                    seconds = took * GIB / (size_bytes * CORES)
                    found.setdefault(probe.__name__.strip("_"), []).append(seconds)
    return {name: Spread.of(seconds) for name, seconds in found.items()}


def _time(probe: Callable[[Path, int], None], path: Path, size_bytes: int) -> float:
    begun = time.perf_counter()
    probe(path, size_bytes)
    return time.perf_counter() - begun


def _write(path: Path, size_bytes: int) -> None:
    window = os.urandom(_WINDOW_BYTES)
    with path.open("wb", buffering=0) as file:
        for _ in range(size_bytes // _WINDOW_BYTES):
            file.write(window)


def _read(path: Path, _size_bytes: int) -> None:
    # Begins with a page, so the kernel copies faster.
    window = mmap.mmap(-1, _WINDOW_BYTES)
    with path.open("rb", buffering=0) as file:
        while file.readinto(window):
            pass


def _hash(_path: Path, size_bytes: int) -> None:
    from blake3 import blake3

    window, hasher = os.urandom(_WINDOW_BYTES), blake3()
    for _ in range(size_bytes // _WINDOW_BYTES):
        hasher.update(window)


def limits(
    results: list[Result], size_bytes: int, speeds: dict[str, Spread], start_seconds: float
) -> list[Limit]:
    """Of the steps of one pair of files of that size, with all cores, as far as measured."""
    found = []
    for result in results:
        kind, _, threads = result.contender.partition(", ")
        if (result.step, kind) in _NEEDED and threads.split()[0] == str(CORES):
            reference = next(
                each for each in results if (each.step, each.contender) == (result.step, "rdiff")
            )
            if not (result.measurements and reference.measurements):
                continue
            with_librsync, probes = _NEEDED[result.step, kind]
            gib = size_bytes / GIB
            least = start_seconds + sum(speeds[probe].median * gib for probe in probes)
            if with_librsync:
                least += (
                    Spread.of(each.cpu_seconds for each in reference.measurements).median / CORES
                )
            found.append(Limit(result.step, kind, least, result.wall.median, reference.wall.median))
    return found
