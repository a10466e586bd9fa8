"""A delta's commands, read in pieces of any size."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdiff_gui.errors import DeltaDamaged, DeltaTruncated, FormatProblem, NotADelta
from rdiff_gui.formats.delta_commands import (
    CommandReader,
    CommandTotals,
    NewStretches,
    pack_copy,
    pack_literal_head,
)

from .conftest import refused
from .strategies import MAGIC, Command, copies, encode_copy, encode_literal, literals

PATH = Path("photos.delta")


def scan(delta: bytes, piece_bytes: int = 1 << 20) -> CommandTotals:
    """Feed a delta in pieces."""
    reader, totals = CommandReader(PATH), CommandTotals()
    for start in range(0, len(delta), piece_bytes):
        totals.add(reader.feed(delta[start : start + piece_bytes]))
    reader.finish()
    return totals


@given(st.lists(st.one_of(literals, copies), max_size=30), st.integers(1, 50))
def test_totals_are_those_of_the_commands(commands: list[Command], piece_bytes: int) -> None:
    """However the delta is cut into pieces, sizes and counts are the sums of its commands."""
    totals = scan(MAGIC + b"".join(code for _, code in commands) + b"\0", piece_bytes)
    new = [command for command, _ in commands if isinstance(command, bytes)]
    old = [command for command, _ in commands if isinstance(command, tuple)]
    assert totals.literal_count == len(new)
    assert totals.literal_bytes == sum(map(len, new))
    assert totals.copy_count == len(old)
    assert totals.copied_bytes == sum(length for _, length in old)
    assert totals.result_bytes == totals.literal_bytes + totals.copied_bytes
    assert totals.basis_bytes_needed == max((start + length for start, length in old), default=0)


@given(st.lists(st.one_of(literals, copies), max_size=10))
def test_every_cut_is_noticed(commands: list[Command]) -> None:
    """A delta cut at any byte is refused."""
    delta = MAGIC + b"".join(code for _, code in commands) + b"\0"
    for size in range(len(delta)):
        with pytest.raises((DeltaTruncated, NotADelta)):
            scan(delta[:size])


@given(st.binary(max_size=200))
def test_any_bytes_give_totals_or_a_sentence(noise: bytes) -> None:
    """Noise behind the magic never escapes as another exception."""
    try:
        totals = scan(MAGIC + noise)
    except FormatProblem as problem:
        assert "photos.delta" in str(problem)
    else:
        assert totals.result_bytes == totals.literal_bytes + totals.copied_bytes


@pytest.mark.parametrize(
    ("delta", "error"),
    [
        ("", NotADelta),
        ("7273", NotADelta),
        ("72730147", NotADelta),
        ("41414141", NotADelta),
        ("72730236", DeltaTruncated),
        ("72730236447fffffffffffffff41", DeltaTruncated),
        ("7273023643ffffffff4141", DeltaTruncated),
        ("7273023644ffffffffffffffff41", DeltaDamaged),
        ("72730236410000", DeltaDamaged),
        ("7273023645000000", DeltaDamaged),
        ("727302364800ffffffffffffffff00", DeltaDamaged),
        ("72730236547fffffffffffffff7fffffffffffffff00", DeltaDamaged),
        ("727302365180000000000000000100", DeltaDamaged),
        ("727302365500", DeltaDamaged),
        ("72730236ff00", DeltaDamaged),
    ],
)
def test_crafted_deltas_are_refused(delta: str, error: type[FormatProblem]) -> None:
    """Impossible commands are found before librsync meets them."""
    with pytest.raises(error):
        scan(bytes.fromhex(delta))


def test_damage_is_told_with_its_place() -> None:
    """Whoever looks for the flipped bit knows where."""
    with refused(DeltaDamaged, offset=7, command=0xFF):
        scan(MAGIC + encode_literal(b"ab", 0) + b"\xff")


def test_bytes_after_the_end_are_ignored() -> None:
    """As rdiff does, whatever follows END is left alone."""
    assert scan(MAGIC + b"\x01a\0" + b"noise" * 100).result_bytes == 1


def test_a_skipped_literal_counts_like_a_read_one() -> None:
    """A reader that seeks past the data gets the same totals."""
    reader = CommandReader(PATH)
    assert reader.feed(MAGIC + bytes([67]) + struct.pack(">I", 10**9)) == [(True, 9, 10**9)]
    assert reader.literal_left == 10**9
    reader.skip()
    assert reader.feed(encode_copy(0, 5, 1, 1) + b"\0") == [(False, 0, 5)]
    reader.finish()


@given(st.lists(st.one_of(literals, copies), max_size=30), st.integers(1, 50))
def test_literals_are_told_with_their_place(commands: list[Command], piece_bytes: int) -> None:
    """Whoever puts the new file together finds each literal's data where the command says."""
    delta = MAGIC + b"".join(code for _, code in commands) + b"\0"
    reader, found = CommandReader(PATH), []
    for start in range(0, len(delta), piece_bytes):
        found += reader.feed(delta[start : start + piece_bytes])
    told = [
        delta[start : start + length] if literal else (start, length)
        for literal, start, length in found
    ]
    assert told == [command for command, _ in commands]


@given(st.integers(0, 2**62 - 1), st.integers(1, 2**62))
def test_packed_commands_are_read_again(start: int, length: int) -> None:
    """What we write is the shortest form, and says the same."""
    reader = CommandReader(PATH)
    copy, head = pack_copy(start, length), pack_literal_head(length)
    assert reader.feed(MAGIC + copy + head) == [
        (False, start, length),
        (True, 4 + len(copy) + len(head), length),
    ]
    widths = {
        number: min(width for width in (1, 2, 4, 8) if number < 1 << 8 * width)
        for number in (start, length)
    }
    assert len(copy) == 1 + widths[start] + widths[length]
    assert len(head) == (1 if length <= 64 else 1 + widths[length])


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(1, 1000)), min_size=1, max_size=300))
def test_stretches_cover_what_is_new(pairs: list[tuple[int, int]]) -> None:
    """The map shows every new byte as new."""
    stretches = NewStretches()
    position = 0
    new: list[tuple[int, int]] = []
    for gap, length in pairs:
        position += gap
        stretches.add(position, position + length)
        new.append((position, position + length))
        position += length
    assert list(zip(stretches.starts, stretches.ends, strict=True)) == new


def test_a_sea_of_changes_stays_small_in_memory() -> None:
    """A million changed places give a map of some thousand stretches, in order."""
    stretches = NewStretches()
    for number in range(1_000_000):
        stretches.add(number * 100, number * 100 + 1)
    assert len(stretches.starts) <= 4096
    assert stretches.starts == sorted(stretches.starts)
    assert stretches.ends[-1] == 999_999 * 100 + 1
