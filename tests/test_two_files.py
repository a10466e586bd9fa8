"""Deltas of two files that are both at hand: right for all content, and small where they can be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdiff_gui.engine import (
    DeltaSummary,
    Resources,
    Sealing,
    apply_patch,
    file_walk,
    gap_matches,
    make_delta_from_files,
    match_hints,
)

from .conftest import MakeFile, Rdiff, edited, random_bytes

MIB = 2**20

# A piece by its seed: random, text, zeros, something repeated.
pieces = st.integers(0, 11)
edits = st.tuples(st.integers(0, 10**6), st.integers(0, 40), st.binary(max_size=40))


def piece(seed: int) -> bytes:
    """Some thousand bytes of one kind or another."""
    size = (700, 5000, 13_000)[seed % 3]
    match seed // 3:
        case 0:
            return random_bytes(size, seed)
        case 1:
            return b"".join(b"line %d of it\n" % number for number in range(size // 12))[:size]
        case 2:
            return bytes(size)
        case _:
            return (random_bytes(100, seed) * (size // 100 + 1))[:size]


def changed(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """`data` with stretches replaced by others."""
    result = bytearray(data)
    for place, length, put in changes:
        start = place % (len(result) + 1)
        result[start : start + length] = put
    return bytes(result)


def check(old: Path, new: Path, folder: Path, rdiff: Rdiff, **options: object) -> DeltaSummary:
    """Make the delta, and have it applied by our patch and by rdiff's."""
    summary = make_delta_from_files(old, new, folder / "delta", replace=True, **options)  # type: ignore[arg-type]  # handed on
    apply_patch(old, folder / "delta", folder / "ours", replace=True)
    assert (folder / "ours").read_bytes() == new.read_bytes()
    plain = folder / "delta"
    if options.get("compress"):
        plain = folder / "unpacked"
        plain.write_bytes(zstd.decompress((folder / "delta").read_bytes()))
    rdiff("-f", "patch", old, plain, folder / "theirs")
    assert (folder / "theirs").read_bytes() == new.read_bytes()
    assert summary.literal_bytes + summary.copied_bytes == summary.new_bytes == new.stat().st_size
    return summary


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files of some kilobytes go through all that large ones do."""
    for module, name, value in (
        (file_walk, "_PIECE_BYTES", 2**13),
        (file_walk, "_GAP_BYTES_MOST", 2**12),
        (file_walk, "_STRETCH_BYTES", 2**15),
        (file_walk, "_STRETCH_ITEMS", 8),
        (gap_matches, "_PART_BYTES", 2**12),
        (gap_matches, "_DOUBTED_BYTES", 2**13),
        (gap_matches, "PREFIX_BYTES_MOST", 2**14),
        (match_hints, "PREFIX_BYTES_MOST", 2**14),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.mark.usefixtures("small_windows")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    before=st.lists(pieces, max_size=8),
    after=st.lists(pieces, max_size=8),
    changes=st.lists(edits, max_size=6),
    compress=st.booleans(),
)
def test_shared_moved_repeated_and_edited_pieces_go_round(
    before: list[int],
    after: list[int],
    changes: list[tuple[int, int, bytes]],
    compress: bool,
    rdiff: Rdiff,
    tmp_path: Path,
) -> None:
    """Whatever two files share, and wherever, both programs make the new one of the old one."""
    (tmp_path / "old").write_bytes(b"".join(map(piece, before)))
    (tmp_path / "new").write_bytes(changed(b"".join(map(piece, after)), changes))
    check(tmp_path / "old", tmp_path / "new", tmp_path, rdiff, compress=compress)


@pytest.mark.parametrize("sealing", [Sealing.FULL, Sealing.NONE])
@pytest.mark.parametrize("new_size", [0, 1, 4096, 4097, 3 * MIB + 1])
@pytest.mark.parametrize("old_size", [0, 1, 4096, 3 * MIB])
def test_any_sizes_go_round(
    old_size: int,
    new_size: int,
    sealing: Sealing,
    make_file: MakeFile,
    rdiff: Rdiff,
    tmp_path: Path,
) -> None:
    """Empty files, those of a byte, and those that end on a page."""
    data = random_bytes(4 * MIB)
    old, new = make_file("old", data[:old_size]), make_file("new", data[:new_size])
    summary = check(old, new, tmp_path, rdiff, sealing=sealing)
    assert summary.copied_bytes >= min(old_size, new_size) // 4096 * 4096
    assert summary.identical == (old_size == new_size)


def test_the_delta_does_not_depend_on_the_threads(make_file: MakeFile, tmp_path: Path) -> None:
    """Nor on what of the two files was worked on first."""
    data = random_bytes(6 * MIB)
    parts = [data[start : start + MIB // 2] for start in range(0, len(data), MIB // 2)]
    old = make_file("old", data)
    new = make_file("new", edited(b"".join(parts[::-1]), 200) + random_bytes(9 * MIB, 5))
    deltas = set()
    for threads in (1, 2, 5):
        make_delta_from_files(
            old, new, tmp_path / "delta", sealing=Sealing.NONE, replace=True,
            resources=Resources(threads),
        )  # fmt: skip
        deltas.add((tmp_path / "delta").read_bytes())
    assert len(deltas) == 1


def de_bruijn(letters: int, order: int) -> bytes:
    """Every word of so many letters, each once. Source: Fredricksen, Kessler and Maiorana."""
    word = [0] * letters * order
    text = bytearray()

    def extend(length: int, period: int) -> None:
        if length > order:
            if order % period == 0:
                text.extend(word[1 : period + 1])
            return
        word[length] = word[length - period]
        extend(length + 1, period)
        for letter in range(word[length - period] + 1, letters):
            word[length] = letter
            extend(length + 1, length)

    extend(1, 1)
    return bytes(text)


def hard_pairs() -> Iterator[tuple[str, bytes, bytes, int, int]]:
    """Names, old and new files, and how many commands and literal bytes are enough."""
    size = 16 * MIB
    dice = random_bytes(size, 1)
    period = random_bytes(1000, 2) * (size // 1000)
    some = 100_000
    yield "zeros", bytes(size), bytes(size + some), 30, 4096
    yield "more zeros", bytes(MIB), bytes(size), 100, 2 * MIB
    yield "one byte", b"x" * size, b"y" * some + b"x" * size, 30, 2 * some
    yield "period", period, b"put in" + period[:MIB] + b"here" + period[MIB:], 60, some
    yield "de Bruijn", de_bruijn(4, 11), changed(de_bruijn(4, 11), [(9**7, 9, b"zz")]), 30, 1000
    yield "unrelated", dice, random_bytes(size, 3), 1000, size
    yield "reversed", dice, dice[::-1], 1000, size
    yield "swapped", dice, dice[size // 2 :] + dice[: size // 2], 20, 4096
    shuffled = b"".join(dice[start : start + 8192] for start in range(size - 8192, -1, -8192))
    yield "shuffled", dice, shuffled, 10_000, size // 8
    every = bytearray(dice)
    every[::9] = bytes(len(every[::9]))
    yield "nine bytes", dice, bytes(every), 8_000_000, size


@pytest.mark.parametrize("case", list(hard_pairs()), ids=lambda case: case[0])
def test_nothing_is_quadratic(
    case: tuple[str, bytes, bytes, int, int], make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Files made to be hard: the work is bounded, and so are commands and literals."""
    _, before, after, commands_most, literal_most = case
    old, new = make_file("old", before), make_file("new", after)
    summary = check(old, new, tmp_path, rdiff, sealing=Sealing.NONE)
    assert summary.copy_count + summary.literal_count <= commands_most
    assert summary.literal_bytes <= literal_most
