"""Rounds in which every contender does every step once."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmark.contenders import Contender
from benchmark.pairs import Pair
from benchmark.processes import CommandFailed, measure
from benchmark.results import STEPS, Result

_PIECE_BYTES = 2**18


@dataclass(frozen=True, slots=True)
class Rules:
    """How often, how long at most, and whether the disk's own time counts."""

    rounds: int
    limit_seconds: float
    sync: bool = False


def run(pair: Pair, contenders: list[Contender], rules: Rules, folder: Path) -> list[Result]:
    """Write the pair into an empty folder and measure; in `Result` order of step, then contender.

    In every round, everybody makes the signature, then everybody the delta, then everybody the
    new file, so that those who are compared meet the same minute. One whose step fails, or whose
    new file is wrong, is left out from then on, and its result says why.
    """
    old, new = folder / "old", folder / "new"
    pair.write(old, new)
    if rules.sync:
        os.sync()
    else:
        _touch(folder / "spare", new.stat().st_blocks * 512)
    sizes = old.stat().st_size, new.stat().st_size
    lanes = []
    for number, contender in enumerate(contenders):
        place = folder / str(number)
        place.mkdir()
        lanes.append(_Lane(contender, place, pair.name, sizes))
    for number in range(rules.rounds):
        for position, step in enumerate(STEPS):
            for index in order(len(lanes), number + position):
                lanes[index].take(step, old, new, number, rules)
        for lane in lanes:
            lane.clear()
    return [lane.results[step] for step in STEPS for lane in lanes]


def warm_up(pair: Pair, contenders: list[Contender], folder: Path) -> None:
    """Let everybody work once unmeasured: programs, their libraries and bytecode are then cached.

    What fails here fails again where it is measured, and is told there.
    """
    run(pair, contenders, Rules(rounds=1, limit_seconds=60), folder)


def _touch(path: Path, size_bytes: int) -> None:
    """Use and free as much memory as a rebuilt file takes.

    A virtual machine gets memory from its host at the first touch, which may take thirty times as
    long as any later one; nobody shall pay that for the others.
    """
    piece = bytes(_PIECE_BYTES)
    with path.open("wb", buffering=0) as file:
        for _ in range(size_bytes // _PIECE_BYTES):
            file.write(piece)
    path.unlink()


class _Lane:
    """One contender on one pair, as far as it came."""

    def __init__(
        self, contender: Contender, folder: Path, pair: str, sizes: tuple[int, int]
    ) -> None:
        self._contender = contender
        self._folder = folder
        self._failed = False
        kind, threads = contender.kind, contender.threads
        self.results = {
            step: Result(pair, *sizes, step, contender.name, kind, threads) for step in STEPS
        }

    def take(self, step: str, old: Path, new: Path, number: int, rules: Rules) -> None:
        """Do and measure one step."""
        if self._failed:
            return
        signature, delta, rebuilt = (self._folder / name for name in STEPS)
        sources, output = {
            "signature": ((old,), signature),
            "delta": ((signature, new), delta),
            "patch": ((old, delta), rebuilt),
        }[step]
        result = self.results[step]
        try:
            measurement = measure(
                self._contender.command(step, *sources, output),
                output,
                number=number,
                limit_seconds=rules.limit_seconds,
                sync=rules.sync,
            )
        except CommandFailed as problem:
            result.failure = str(problem)
        else:
            result.measurements.append(measurement)
            if step == "patch" and not same_content(new, rebuilt):
                result.failure = "the rebuilt file is wrong"
        self._failed = result.failure is not None
        if step == "patch":
            rebuilt.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove what the round made."""
        shutil.rmtree(self._folder)
        self._folder.mkdir()


def order(count: int, turn: int) -> list[int]:
    """Everybody once, in another order each turn.

    Moving all on by one would keep the neighbours. In these rows (Williams') everybody follows
    everybody else equally often, in as many turns as there are, or twice as many of an odd number.
    """
    is_mirrored = False
    if count % 2:
        turn, is_mirrored = turn // 2, bool(turn % 2)
    row = [((place + 1) // 2 if place % 2 else -(place // 2)) + turn for place in range(count)]
    return [number % count for number in (reversed(row) if is_mirrored else row)]


def same_content(one: Path, other: Path) -> bool:
    """Whether two files have the same bytes; what is a hole in both is not read."""
    size_bytes = one.stat().st_size
    if other.stat().st_size != size_bytes:
        return False
    with one.open("rb", buffering=0) as left, other.open("rb", buffering=0) as right:
        position = 0
        while position < size_bytes:
            starts = [_next_data(file.fileno(), position, size_bytes) for file in (left, right)]
            position = min(starts)
            pieces = [os.pread(file.fileno(), _PIECE_BYTES, position) for file in (left, right)]
            if pieces[0] != pieces[1]:
                return False
            position += len(pieces[0]) or size_bytes
    return True


def _next_data(descriptor: int, position: int, size_bytes: int) -> int:
    try:
        return os.lseek(descriptor, position, os.SEEK_DATA)
    except OSError as problem:
        # ENXIO: no data after that. Else the disk cannot tell.
        return size_bytes if problem.errno == errno.ENXIO else position
