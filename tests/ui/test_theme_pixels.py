"""Pictures made without an imaging library: right to the byte, and round where they should be."""

from __future__ import annotations

import struct
import tkinter as tk
import zlib

import pytest

from rdiff_gui.records import replace
from rdiff_gui.ui.theme.icons import ICONS, draw_icon
from rdiff_gui.ui.theme.pixels import Pill, Tile, draw_corner_masks, mix, png
from tests.ui.screen import rgb_of

Pixel = tuple[int, int, int, int]

TILE = Tile(radius=6, surface="#ffffff", fill="#2457d6", gap=3, middle=(16, 16))


def read_png(data: bytes) -> list[list[Pixel]]:
    """The pixels of an RGBA picture without row filters; every checksum is checked."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    offset = 8
    while offset < len(data):
        (length,) = struct.unpack_from(">I", data, offset)
        kind, body = data[offset + 4 : offset + 8], data[offset + 8 : offset + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, offset + 8 + length)
        assert checksum == zlib.crc32(kind + body)
        chunks[kind] = body
        offset += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, depth, colour_type = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour_type) == (8, 6)
    raw = zlib.decompress(chunks[b"IDAT"])
    stride = 4 * width + 1
    assert len(raw) == stride * height
    rows = []
    for y in range(height):
        line = raw[y * stride : (y + 1) * stride]
        assert line[0] == 0
        rows.append([(line[i], line[i + 1], line[i + 2], line[i + 3]) for i in range(1, stride, 4)])
    return rows


def opaque(colour: str) -> Pixel:
    """A colour as a pixel that hides what is below."""
    return (*rgb_of(colour), 255)


def test_tk_shows_the_pixels_that_were_written(root: tk.Tk) -> None:
    """Tk reads our PNG as we meant it, also where it is clear."""
    rows = [bytes((255, 0, 0, 255, 0, 255, 0, 255)), bytes((0, 0, 255, 255, 9, 9, 9, 0))]
    image = tk.PhotoImage(master=root, data=png(2, 2, rows))
    assert (image.width(), image.height()) == (2, 2)
    assert [image.get(0, 0), image.get(1, 0), image.get(0, 1)] == [
        (255, 0, 0), (0, 255, 0), (0, 0, 255)
    ]  # fmt: skip
    assert [image.transparency_get(x, 1) for x in (0, 1)] == [False, True]


def test_a_mix_lies_between_its_colours() -> None:
    """Stirring in nothing or everything gives the colours themselves."""
    assert mix("#102030", "#f0e0d0", 0) == "#102030"
    assert mix("#102030", "#f0e0d0", 1) == "#f0e0d0"
    assert mix("#000000", "#ffffff", 0.5) == "#808080"


def test_a_tile_is_round_and_filled() -> None:
    """The surface in the corners, the fill in the middle, something between on the curve."""
    rows = read_png(TILE.draw())
    assert len(rows) == len(rows[0]) == 2 * TILE.corner + 16
    assert rows[0][0] == opaque("#ffffff")
    assert rows[len(rows) // 2][len(rows) // 2] == opaque("#2457d6")
    on_the_curve = {row[x] for row in rows[3:9] for x in range(3, 9)}
    assert on_the_curve > {opaque("#ffffff"), opaque("#2457d6")}


def test_a_tile_hides_what_is_below() -> None:
    """No pixel is translucent: those take Tk seconds to draw in a large window."""
    rows = read_png(replace(TILE, ring="#4a7ae8", border="#d5dae1").draw())
    assert {pixel[3] for row in rows for pixel in row} == {255}


def test_a_tile_looks_the_same_from_all_sides() -> None:
    """Mirrored in both directions and across its diagonal."""
    rows = read_png(replace(TILE, ring="#4a7ae8", border="#d5dae1").draw())
    assert rows == rows[::-1]
    assert rows == [row[::-1] for row in rows]
    assert rows == [list(column) for column in zip(*rows, strict=True)]


def test_the_focus_ring_lies_in_the_gap() -> None:
    """The ring is drawn around the button without changing it."""
    plain = read_png(TILE.draw())
    ringed = read_png(replace(TILE, ring="#4a7ae8").draw())
    middle = len(plain) // 2
    assert ringed[0][middle] == ringed[1][middle] == opaque("#4a7ae8")
    assert [row[middle] for row in ringed[3:-3]] == [row[middle] for row in plain[3:-3]]


def test_dashes_run_on_when_tk_repeats_the_middle() -> None:
    """The middle is a whole number of dash periods, in both directions."""
    tile = replace(TILE, border="#000000", dash=(6, 5), middle=(128, 128))
    rows = read_png(tile.draw())
    middle = rows[tile.gap][tile.corner : -tile.corner]
    assert len(middle) % 11 == 0
    assert len(middle) >= 128
    assert middle[:11] == [opaque("#000000")] * 6 + [opaque("#2457d6")] * 5
    assert middle[:11] * (len(middle) // 11) == middle
    assert [row[tile.gap] for row in rows[tile.corner : -tile.corner]] == middle


def test_a_pill_has_the_height_that_was_asked_for() -> None:
    """A progress bar of 8 pixels is 8 pixels high."""
    rows = read_png(Tile(radius=4, surface="#ffffff", fill="#000000", height=8).draw())
    assert len(rows) == 8


@pytest.mark.parametrize("height", [17, 18, 36])
def test_a_switch_shows_on_which_side_it_is(height: int) -> None:
    """The knob lies left or right in the same pill, whole at any scale."""
    off = Pill(
        width=2 * height, height=height, surface="#ffffff", fill="#000000", knob="#ff0000",
        knob_radius=height / 2 - 3, knob_at=0.0, gap=3,
    )  # fmt: skip
    left = read_png(off.draw())
    right = read_png(replace(off, knob_at=1.0).draw())
    assert len(left) == height + 6
    assert left == left[::-1]
    assert left == [row[::-1] for row in right]
    assert opaque("#ff0000") in left[height // 2 + 3][: height + 3]
    assert opaque("#ff0000") not in left[height // 2 + 3][height + 3 :]


def test_corner_masks_cover_only_what_lies_outside() -> None:
    """Four corners, each solid at its outer end, clear at its inner one, with a line between."""
    masks = draw_corner_masks(6, "#202329", "#ff0000", 1)
    northwest, northeast, southwest, southeast = map(read_png, masks)
    assert northwest[0][0] == opaque("#202329")
    assert northwest[5][0][:3] == rgb_of("#ff0000")
    assert northwest[5][5][3] == 0
    assert northeast == [row[::-1] for row in northwest]
    assert southwest == northwest[::-1]
    assert southeast == northeast[::-1]


@pytest.mark.parametrize("name", sorted(ICONS))
@pytest.mark.parametrize("size_px", [11, 18, 40])
def test_every_icon_is_whole(name: str, size_px: int) -> None:
    """Each has ink, and none of it touches the edge where it would look cut off."""
    rows = read_png(draw_icon(name, size_px, "#2457d6"))
    alphas = [[pixel[3] for pixel in row] for row in rows]
    assert max(map(max, alphas)) > 120
    edge = [*alphas[0], *alphas[-1], *(row[0] for row in alphas), *(row[-1] for row in alphas)]
    assert max(edge) < 90
    assert {pixel[:3] for row in rows for pixel in row} == {rgb_of("#2457d6")}


def test_a_badge_stands_apart_from_the_icon() -> None:
    """The dot that says "work runs here" has its own colour and a clear ring around it."""
    plain = read_png(draw_icon("start", 48, "#000000"))
    badged = read_png(draw_icon("start", 48, "#000000", badge="#ff0000"))
    assert badged[8][40] == opaque("#ff0000")
    assert badged != plain
    assert badged[24:] == plain[24:]
    assert all(row[31][3] == 0 for row in badged[4:12])
