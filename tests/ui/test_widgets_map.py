"""The map of a delta: what is drawn, and what is told under the pointer and by the keys."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from rdiff_gui.engine.delta_map import DeltaMap
from rdiff_gui.formats.delta_commands import Command
from rdiff_gui.formats.piece_map import PieceMap, Pieces
from rdiff_gui.ui.theme import Mode, Theme
from rdiff_gui.ui.widgets.delta_map import DeltaMapView
from rdiff_gui.ui.widgets.map_layout import MapLayout
from tests.ui.screen import count_pixels, texts_of

MEGABYTE = 1_000_000
# Copied, new, and from behind what was copied first.
SOME: list[Command] = [
    (False, 0, 100 * MEGABYTE),
    (True, 9, 200 * MEGABYTE),
    (False, 300 * MEGABYTE, 100 * MEGABYTE),
]


def map_of(commands: list[Command], basis_bytes: int | None = None) -> DeltaMap:
    """The map of a delta with these commands."""
    pieces = PieceMap()
    pieces.add(commands)
    lists = (list(pieces.new_data()), pieces.ties(), pieces.used())
    return DeltaMap(Path("sent.rdelta"), pieces, basis_bytes, None, *lists)


class Reader:
    """Has all pieces of a map; gives them when it is told to."""

    def __init__(self, commands: list[Command]) -> None:
        self.pieces = Pieces()
        self.pieces.add(commands)
        self.waiting: list[tuple[int, Callable[[Pieces | str], None]]] = []

    def __call__(self, position: int, then: Callable[[Pieces | str], None]) -> None:
        self.waiting.append((position, then))

    def answer(self, answer: str | None = None) -> int:
        """Give them, or say why not; which byte was asked for."""
        ((position, then),) = self.waiting
        self.waiting.clear()
        then(answer or self.pieces)
        return position


@pytest.fixture
def view(root: tk.Tk, theme: Theme) -> DeltaMapView:
    """A map with bars 400 pixels wide."""
    root.geometry(f"{400 + 2 * theme.inset}x250")
    view = DeltaMapView(root, theme, lambda _position, _then: None)
    view.pack(fill="x")
    root.update()
    return view


def point(view: DeltaMapView, x: int, *, old: bool = False) -> str:
    """What is told with the pointer in a column of a bar."""
    y = 8 if old else view.canvas.winfo_height() - 8
    view.canvas.event_generate("<Motion>", x=x + 3, y=y)
    view.update()
    return view.told


def press(view: DeltaMapView, key: str) -> str:
    """What is told after a key."""
    view.canvas.focus_force()
    view.canvas.event_generate(key)
    view.update()
    return view.told


def test_the_smallest_change_is_seen(view: DeltaMapView, theme: Theme) -> None:
    """One new byte in a terabyte is three pixels wide and as high as the bar, in both themes.

    The bar's border goes round it.
    """
    half = 5 * 10**11
    view.show(map_of([(False, 0, half), (True, 9, 1), (False, half, half)]), None)
    modes: tuple[Mode, ...] = ("light", "dark")
    inside = theme.px(22) - 2 * theme.px(1)
    for mode in modes:
        theme.apply(mode)
        assert count_pixels(view.canvas, theme.palette.new) == theme.px(3) * inside
        assert count_pixels(view.canvas, theme.palette.reused) > 2 * 385 * inside


def test_a_new_file_that_is_tiny_beside_the_old_one_is_seen(
    view: DeltaMapView, theme: Theme
) -> None:
    """Its bar is too narrow for a border and round corners: what is in it is drawn all the same."""
    view.show(map_of([(True, 9, 3_000)], 120 * MEGABYTE), 120 * MEGABYTE)
    view.update()
    assert count_pixels(view.canvas, theme.palette.new) == theme.px(3) * theme.px(22)


def test_nothing_is_told_by_colour_alone(view: DeltaMapView, theme: Theme) -> None:
    """New data is hatched, what is unused struck out, what was copied tied to where it was."""
    view.show(map_of(SOME), None)
    canvas = view.canvas
    left, _, right, _ = canvas.bbox("new")
    assert (left, right) == pytest.approx((103, 303), abs=2)
    assert len(canvas.find_withtag("hatch")) > 30
    first, second = (canvas.coords(tie) for tie in canvas.find_withtag("tie"))
    assert first[::2] == pytest.approx([3, 103, 103, 3], abs=2)
    assert second[::2] == pytest.approx([303, 403, 403, 303], abs=2)
    assert texts_of(view) == [
        "Old file, 400 MB or more",
        "New file, 400 MB",
        "Point at the map, or step through it with the arrow keys.",
        "Reused from the old file, 200 MB",
        "New data, 200 MB in 1 place",
        "Not in the new file",
    ]
    begin, middle, end, _ = canvas.coords("strike")
    assert (begin, end, middle) == (3, 403, 3 + theme.px(22) // 2)
    assert count_pixels(canvas, theme.palette.outline) > 190


def test_a_place_is_told_to_the_byte(view: DeltaMapView) -> None:
    """Under the pointer: the bytes, and where they come from; in the old bar, where they went."""
    view.show(map_of(SOME, 500 * MEGABYTE), None)
    first = (
        "Bytes 0 to 99 999 999 of the new file: copied from bytes 0 to 99 999 999 of the old file"
    )
    assert point(view, 5) == first
    assert point(view, 200) == (
        "Bytes 100 000 000 to 299 999 999 of the new file: new data, from the delta"
    )
    assert point(view, 5, old=True) == first
    assert point(view, 200, old=True) == "Nothing of this is in the new file"
    assert point(view, 390) == "Point at the map, or step through it with the arrow keys."


def test_a_change_that_is_drawn_wider_than_it_is_can_be_found(view: DeltaMapView) -> None:
    """All of its three pixels tell of it."""
    half = 5 * 10**11
    view.show(map_of([(False, 0, half), (True, 9, 1), (False, half, half)]), None)
    coordinates = view.canvas.coords("new")
    left, right = (int(edge(coordinates[::2])) - 3 for edge in (min, max))
    assert right - left == 3
    for x in range(left, right):
        assert point(view, x) == "Byte 500 000 000 000 of the new file: new data, from the delta"


def test_keys_go_from_piece_to_piece(view: DeltaMapView) -> None:
    """Each once, to both ends; the piece is framed in both files, and stays told."""
    view.show(map_of([(False, 10, 5), (True, 9, 1), (False, 0, 4)]), None)
    told = [press(view, key) for key in ("<Right>", "<Right>", "<Right>", "<Right>")]
    assert told == [
        "Bytes 0 to 4 of the new file: copied from bytes 10 to 14 of the old file",
        "Byte 5 of the new file: new data, from the delta",
        "Bytes 6 to 9 of the new file: copied from bytes 0 to 3 of the old file",
        "Bytes 6 to 9 of the new file: copied from bytes 0 to 3 of the old file",
    ]
    assert len(view.canvas.find_withtag("cursor")) == 2
    assert press(view, "<Left>") == told[1]
    assert len(view.canvas.find_withtag("cursor")) == 1
    assert (press(view, "<Home>"), press(view, "<End>")) == (told[0], told[2])
    point(view, 0)
    view.canvas.event_generate("<Leave>")
    view.update()
    assert view.told == told[2]


def test_many_pieces_in_a_column_are_counted_and_found_one_by_one(
    root: tk.Tk, theme: Theme
) -> None:
    """The pointer tells their number and share; a click leads to one, the keys to the next."""
    commands: list[Command] = [(i % 10 == 9, 10 * i, 10) for i in range(100_000)]
    reader = Reader(commands)
    view = DeltaMapView(root, theme, reader)
    view.pack(fill="x")
    root.geometry(f"{400 + 2 * theme.inset}x250")
    root.update()
    view.show(map_of(commands), 10**6)
    told = point(view, 100)
    assert told == "283 pieces in bytes 249 856 to 252 671 of the new file, 90.1 % of them copied"
    assert not reader.waiting
    view.canvas.event_generate("<Button-1>", x=103, y=60)
    view.update()
    assert reader.answer() == 250_000
    first = view.cursor
    assert first is not None
    press(view, "<Right>")
    assert view.cursor is not None
    assert view.cursor.start == first.end
    assert not reader.waiting
    press(view, "<Control-Right>")
    assert view.cursor.start >= first.end + 2000


def test_why_a_piece_cannot_be_told_is_told(root: tk.Tk, theme: Theme) -> None:
    """And the map goes on to be of use."""
    commands: list[Command] = [(False, 0, 10)] * 70_000
    reader = Reader(commands)
    view = DeltaMapView(root, theme, reader)
    view.pack(fill="x")
    view.show(map_of(commands), None)
    press(view, "<End>")
    press(view, "<Home>")
    reader.answer("The delta is gone.")
    assert view.told == "The delta is gone."
    press(view, "<End>")
    assert reader.answer() == 699_999
    assert "Bytes 699 990 to 699 999" in view.told


@pytest.mark.parametrize("width_px", [1, 2, 100, 1000])
def test_however_many_changes_the_picture_is_small(width_px: int) -> None:
    """Marks and bands stay within the map and apart, and every change is under a mark."""
    commands: list[Command] = [(i % 2 == 1, 1000 * i, 1000) for i in range(4000)]
    layout = MapLayout(map_of(commands), 0, width_px, thinnest_px=3, column_px=2)
    assert 1 <= len(layout.marks) <= width_px
    assert len(layout.bands) <= width_px + 1
    assert layout.marks[0].left >= 0
    assert layout.marks[-1].right <= max(width_px, 3)
    assert all(first.right <= second.left for first, second in pairwise(layout.marks))
    for number in range(1, 4000, 2):
        assert layout.mark_at(layout.x_of(1000 * number)) is not None
