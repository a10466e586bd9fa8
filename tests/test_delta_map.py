"""A delta's map: exact for few commands, and as exact, in bounded memory, for very many."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdiff_gui.engine.compression import zstd
from rdiff_gui.engine.delta_map import map_delta, read_pieces
from rdiff_gui.errors import SourceChanged
from rdiff_gui.formats import piece_map
from rdiff_gui.formats.delta_commands import (
    Command,
    pack_copy,
    pack_end,
    pack_literal_head,
    pack_magic,
)
from rdiff_gui.formats.piece_map import Piece, PieceMap

from .conftest import refused

commands = st.tuples(st.booleans(), st.integers(0, 500), st.integers(1, 60))


def tile(given: list[Command]) -> Iterator[Piece]:
    """The pieces that commands make, by the book."""
    position = 0
    for literal, start, length in given:
        yield Piece(position, position + length, None if literal else start)
        position += length


@given(st.lists(commands, min_size=1, max_size=80), st.integers(1, 20))
def test_stretches_say_what_the_pieces_say(given: list[Command], at_once: int) -> None:
    """However few stretches there are, each tells exactly what lies in it, and what was used."""
    with mock.patch.multiple(piece_map, _STRETCHES_MOST=8, _KEPT_MOST=20):
        found = PieceMap()
        for begin in range(0, len(given), at_once):
            found.add(given[begin : begin + at_once])
    pieces = list(tile(given))
    assert (found.count, found.result_bytes) == (len(pieces), pieces[-1].end)
    assert found.new_count == sum(piece.source is None for piece in pieces)
    for position in range(0, found.result_bytes, 7):
        stretch = found.stretch(position, position + 1)
        assert stretch.start <= position < stretch.end
        inside = [p for p in pieces if p.start < stretch.end and p.end > stretch.start]
        copied = [p for p in inside if p.source is not None]
        assert stretch.pieces == len(inside)
        assert stretch.copied_bytes == sum(
            min(p.end, stretch.end) - max(p.start, stretch.start) for p in copied
        )
    for start, end, new_bytes in found.new_data():
        stretch = found.stretch(start, end)
        assert (stretch.start, stretch.end) == (start, end)
        assert new_bytes == end - start - stretch.copied_bytes
    for start, end, source in found.ties():
        # A tie is all or a part of copies that go on in both files.
        for position in (start, end - 1):
            (piece,) = (p for p in pieces if p.start <= position < p.end)
            assert piece.source is not None
            assert source + position - start == piece.source + position - piece.start
    used = {byte for start, end in found.used() for byte in range(start, end)}
    copies = [(p.source, p.source + p.end - p.start) for p in pieces if p.source is not None]
    assert used >= {byte for start, end in copies for byte in range(start, end)}
    assert (found.kept is not None) is (len(given) <= 20)
    if found.kept is not None:
        assert [found.kept.at(piece.start) for piece in pieces] == pieces


def delta_of(given: list[Command]) -> bytes:
    """A plain delta with these commands; a literal's data does not matter."""
    return (
        pack_magic()
        + b"".join(
            pack_literal_head(length) + bytes(length) if literal else pack_copy(start, length)
            for literal, start, length in given
        )
        + pack_end()
    )


@pytest.fixture(scope="module")
def many() -> list[Command]:
    """More commands than are kept; every third is new data."""
    dice = random.Random(5)  # noqa: S311  # test data, not secrets
    unit = [(i % 3 == 0, dice.randrange(2**40), dice.randrange(1, 40)) for i in range(10_000)]
    return unit * 20


@pytest.mark.parametrize("compressed", [False, True])
def test_any_of_many_pieces_is_found_exactly(
    many: list[Command], tmp_path: Path, compressed: bool
) -> None:
    """No more is read for it than the part of the delta that has it; plain or compressed."""
    path, content = tmp_path / "big.rdelta", delta_of(many)
    path.write_bytes(zstd.compress(content) if compressed else content)
    delta = map_delta(path)
    assert delta.pieces.kept is None
    assert (delta.pieces.count, delta.basis_bytes) == (200_000, None)
    pieces = list(tile(many))
    for piece in (pieces[0], *random.Random(6).sample(pieces, 3), pieces[-1]):  # noqa: S311  # as above
        for position in (piece.start, piece.end - 1):
            found = read_pieces(delta, position)
            assert found.at(position) == piece
            assert len(found) < 150_000
    assert len(delta.ties) <= 4096
    path.write_bytes(path.read_bytes() + b"\0")
    with refused(SourceChanged):
        read_pieces(delta, 0)


def test_ten_commands_are_kept(tmp_path: Path) -> None:
    """They need no second look: not even at a delta that is gone by then."""
    path = tmp_path / "small.rdelta"
    given: list[Command] = [(bool(i % 2), 100 * i, 1 + 10**i) for i in range(10)]
    given = [(literal, start, min(length, 1000)) for literal, start, length in given]
    path.write_bytes(delta_of(given))
    delta = map_delta(path)
    path.unlink()
    pieces = read_pieces(delta, 5)
    assert [pieces[place] for place in range(len(pieces))] == list(tile(given))


def test_pages_are_few_whatever_the_delta() -> None:
    """Places to read on from are thinned out, and still lead to before each piece."""
    with mock.patch.multiple(piece_map, _PAGES_MOST=4, _PAGE_PIECES=2, _KEPT_MOST=0):
        found = PieceMap()
        for number in range(100):
            found.add([(True, 10 * number, 5)])
            found.note_page(10 * number + 10)
        for position in range(0, 500, 5):
            start, offset, following = found.page_at(position)
            assert start <= position < (following or 500)
            assert offset == 2 * start
            assert (following or 500) - start <= 500 / 2
