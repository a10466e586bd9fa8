"""The ground of librsync's own test scripts: choices crossed with one another, on both tools.

A run of all tests takes a sample; `./test -m campaign` every three values together.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from rdiff_gui.cli import main

from .conftest import edited, random_bytes

TEXT = b"".join(b"line %d of a text that repeats itself\n" % (n % 90) for n in range(300))

PAIRS = {
    "nothing": (b"", b""),
    "all new": (b"", TEXT),
    "all gone": (TEXT, b""),
    "short": (b"hello", b"hello, hello"),
    "random": (random_bytes(12_000), edited(random_bytes(12_000), 8)),
    "repeating": (TEXT, edited(TEXT, 8)),
}
HASHES = ("md4", "blake2")
ROLLING_SUMS = ("rabinkarp", "rollsum")
BLOCK_BYTES = (0, 1, 7, 64, 200, 2048, 100_000)
STRONG_BYTES = (0, -1, 1, 2, 3, 4, 8, 16, 32)
# As the scripts have them.
BUFFER_BYTES = (0, 1, 2, 3, 7, 15, 100, 10_000, 200_000)
WAYS = ("files", "pipes")
# Some seconds.
SAMPLE = 24
PARTS = 20


class Case(NamedTuple):
    """One choice of each."""

    pair: str
    strong_hash: str
    rolling_sum: str
    block_bytes: int
    strong_bytes: int
    buffer_bytes: int
    way: str

    @property
    def possible(self) -> bool:
        """Whether the hash is so long."""
        return self.strong_bytes <= (16 if self.strong_hash == "md4" else 32)

    @property
    def options(self) -> list[str]:
        """How a signature is made."""
        return [
            f"-b{self.block_bytes}", f"-S{self.strong_bytes}",
            f"-H{self.strong_hash}", f"-R{self.rolling_sum}", *self.buffers,
        ]  # fmt: skip

    @property
    def buffers(self) -> list[str]:
        """Both buffers of one size."""
        return [f"-I{self.buffer_bytes}", f"-O{self.buffer_bytes}"]


@contextlib.contextmanager
def standing_in(descriptor: int, stream: int) -> Iterator[None]:
    """Have a standard stream be this one for a while."""
    kept = os.dup(descriptor)
    os.dup2(stream, descriptor)
    try:
        yield
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)


class Bench:
    """Both tools at work in one folder, on files or in the middle of a pipe."""

    def __init__(self, folder: Path, case: Case) -> None:
        self.folder = folder
        self.piped = case.way == "pipes"

    def ours(self, *words: str, source: str, target: str) -> None:
        """Run this program from `source` to `target`, the last two of its files."""
        if not self.piped:
            assert main(["-f", *words, self.path(source), self.path(target)]) == 0
            return
        with (
            subprocess.Popen(["cat", self.path(source)], stdout=subprocess.PIPE) as given,
            (self.folder / target).open("wb") as kept,
            subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=kept) as taken,
        ):
            assert given.stdout
            assert taken.stdin
            with standing_in(0, given.stdout.fileno()), standing_in(1, taken.stdin.fileno()):
                assert main(["-f", *words, "-", "-"]) == 0

    def theirs(self, *words: str, source: str, target: str) -> None:
        """The same by rdiff."""
        files = [self.path(source), self.path(target)]
        if not self.piped:
            subprocess.run(["rdiff", "-f", *words, *files], capture_output=True, check=True)
            return
        line = 'source=$1 target=$2; shift 2; cat "$source" | rdiff -f "$@" - - | cat > "$target"'
        command = ["sh", "-c", line, "sh", *files, *words]
        subprocess.run(command, capture_output=True, check=True)

    def path(self, name: str) -> str:
        """A file in the folder."""
        return str(self.folder / name)

    def content(self, name: str) -> bytes:
        """What is in it."""
        return (self.folder / name).read_bytes()


def try_out(case: Case, folder: Path) -> None:
    """Signatures are the same to the byte, and each tool takes whatever the other makes."""
    bench = Bench(folder, case)
    old, new = PAIRS[case.pair]
    (folder / "old").write_bytes(old)
    (folder / "new").write_bytes(new)
    bench.ours(*case.options, "--plain", "signature", source="old", target="ours.sig")
    bench.ours(*case.options, "signature", source="old", target="sealed.sig")
    bench.theirs(*case.options, "signature", source="old", target="theirs.sig")
    assert bench.content("ours.sig") == bench.content("theirs.sig")
    assert bench.content("sealed.sig").startswith(bench.content("theirs.sig"))
    deltas = []
    for signature in ("theirs.sig", "sealed.sig"):
        words = [*case.buffers, "delta", bench.path(signature)]
        sealed, plain, theirs = (f"{kind} of {signature}" for kind in ("sealed", "plain", "their"))
        bench.ours(*words, source="new", target=sealed)
        bench.ours("--plain", *words, source="new", target=plain)
        bench.theirs(*words, source="new", target=theirs)
        deltas += [sealed, plain, theirs]
    for delta in deltas:
        words = [*case.buffers, "patch", bench.path("old")]
        bench.ours(*words, source=delta, target="our result")
        bench.theirs(*words, source=delta, target="their result")
        assert bench.content("our result") == bench.content("their result") == new, delta


def possible_cases() -> list[Case]:
    """All of them, in an order that is the same each time."""
    everything = itertools.starmap(
        Case,
        itertools.product(
            PAIRS, HASHES, ROLLING_SUMS, BLOCK_BYTES, STRONG_BYTES, BUFFER_BYTES, WAYS
        ),
    )
    possible = [case for case in everything if case.possible]
    random.Random(1).shuffle(possible)  # noqa: S311  # no secret
    return possible


def test_a_sample_of_all_choices(tmp_path: Path) -> None:
    """Each value of each choice is there, and both tools agree."""
    needed = _bringing(possible_cases(), 1)
    more = (case for case in possible_cases() if case not in needed)
    for case in [*needed, *more][:SAMPLE]:
        try_out(case, tmp_path)


def _bringing(cases: list[Case], size: int) -> list[Case]:
    """Those of the cases in which so many values meet that have not met before."""
    met: set[tuple[tuple[int, object], ...]] = set()
    needed = []
    for case in cases:
        groups = set(itertools.combinations(enumerate(case), size))
        if not groups <= met:
            met |= groups
            needed.append(case)
    return needed


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_three_choices_together(part: int, tmp_path: Path) -> None:
    """Both tools agree, whichever values of whichever three choices meet.

    All choices crossed are 26,000 cases and hours. What two values do to one another, or three,
    is met in some nine hundred of them.
    """
    for case in _bringing(possible_cases(), 3)[part::PARTS]:
        try_out(case, tmp_path)
