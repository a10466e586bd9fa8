"""Anti-aliased shapes as PNG bytes, so that the theme needs no imaging library.

Coverage of a pixel is its distance to the shape's edge, cut to 0..1: exact for straight edges
and invisible from exact for round ones.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import cache
from math import ceil, hypot

from rdiff_gui.records import record

Rgb = tuple[int, int, int]
Layer = tuple[Rgb, float]

# Tk repeats the middle of an image to fill a widget: a small one makes a large window crawl,
# a large one takes time to draw before the window opens.
WIDE_AND_TALL = (128, 128)
WIDE = (128, 24)
SMALL = (48, 24)


@cache
def rgb(colour: str) -> Rgb:
    """`#rrggbb` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: str, second: str, share: float) -> str:
    """`first` with `share` (0..1) of `second` stirred in, as `#rrggbb`."""
    mixed = (round(a + (b - a) * share) for a, b in zip(rgb(first), rgb(second), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def png(width: int, height: int, rows: Sequence[bytes]) -> bytes:
    """An RGBA picture; each row holds 4 * width bytes.

    Source: the PNG specification, chapters 5 and 11.
    """

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = b"".join(b"\0" + row for row in rows)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(pixels, 1))
        + chunk(b"IEND", b"")
    )


def clamp(value: float) -> float:
    """`value` cut to 0..1."""
    return min(1.0, max(0.0, value))


def blend(layers: Sequence[Layer]) -> bytes:
    """One RGBA pixel from layers of (colour, coverage), the lowest first."""
    red = green = blue = alpha = 0.0
    for colour, coverage in layers:
        rest = 1 - coverage
        red = red * rest + colour[0] * coverage
        green = green * rest + colour[1] * coverage
        blue = blue * rest + colour[2] * coverage
        alpha = alpha * rest + coverage
    if not alpha:
        return bytes(4)
    return bytes(
        (round(red / alpha), round(green / alpha), round(blue / alpha), round(alpha * 255))
    )


def solid(colour: str) -> bytes:
    """One opaque RGBA pixel."""
    return bytes((*rgb(colour), 255))


@record(frozen=True, kw_only=True)
class Shape:
    """A filled outline on a surface; lengths in pixels.

    From outside to inside: `gap` pixels of `surface`, in which the focus `ring` is drawn; the
    border; the fill. The edge is blended onto `surface`, since translucent pixels are slow.
    """

    surface: str
    fill: str
    border: str | None = None
    border_width: int = 1
    ring: str | None = None
    ring_width: int = 2
    gap: int = 0

    def pixel(self, depth: float, border: bool = True) -> bytes:
        """The colour `depth` pixels inside the shape's edge (negative outside)."""
        # Most pixels lie far from the edge, and start-up waits for all of them.
        if depth >= self.border_width + 0.5:
            return solid(self.fill)
        if depth <= -self.gap - 0.5:
            return solid(self.surface)
        layers: list[Layer] = [(rgb(self.surface), 1.0)]
        if self.ring:
            outer = depth + self.gap
            band = clamp(outer + 0.5) - clamp(outer - self.ring_width + 0.5)
            layers.append((rgb(self.ring), band))
        layers.append((rgb(self.fill), clamp(depth + 0.5)))
        if self.border and border:
            band = clamp(depth + 0.5) - clamp(depth - self.border_width + 0.5)
            layers.append((rgb(self.border), band))
        return blend(layers)


@record(frozen=True, kw_only=True)
class Tile(Shape):
    """A rounded rectangle to be cut in nine and stretched.

    `middle` is the least size between the corners, for widgets of about that size or more.
    `dash` is (on, off) along the border. `height` fixes the whole height (a pill).
    """

    radius: int
    dash: tuple[int, int] | None = None
    middle: tuple[int, int] = WIDE_AND_TALL
    height: int | None = None

    @property
    def corner(self) -> int:
        """The side of the four corners that keep their size."""
        return self.radius + self.gap

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        width, height = (ceil(side / self._period) * self._period for side in self.middle)
        ends = 2 * self.corner
        return ends + width, ends + height if self.height is None else self.height

    @property
    def _period(self) -> int:
        # The middle has a whole number of them: the dashes then run on across tiles.
        return sum(self.dash) if self.dash else 1

    def draw(self) -> bytes:
        """The picture as PNG."""
        corner, period = self.corner, self._period
        half = [
            [
                self.pixel(self.radius - hypot(corner - x - 0.5, corner - y - 0.5))
                for x in range(y + 1)
            ]
            for y in range(corner)
        ]
        # A corner mirrors itself across its diagonal.
        corner_rows = [[half[max(x, y)][min(x, y)] for x in range(corner)] for y in range(corner)]
        width, height = (side - 2 * corner for side in self.size)
        drawn = self.dash[0] if self.dash else period
        on = [self.pixel(y + 0.5 - self.gap) for y in range(corner)]
        off = [self.pixel(y + 0.5 - self.gap, border=False) for y in range(corner)]
        top = [
            b"".join(corner_rows[y])
            + (on[y] * drawn + off[y] * (period - drawn)) * (width // period)
            + b"".join(reversed(corner_rows[y]))
            for y in range(corner)
        ]
        body = solid(self.fill) * width
        sides = [b"".join(side) + body + b"".join(reversed(side)) for side in (on, off)]
        middle = [sides[y % period >= drawn] for y in range(height)]
        rows = [*top, *middle, *reversed(top)]
        return png(*self.size, rows)


@record(frozen=True, kw_only=True)
class Pill(Shape):
    """A pill of fixed size with a round knob: a switch, or, where square, a radio button.

    `knob_at` runs from 0.0 (left) to 1.0 (right); a knob of radius 0 is none.
    """

    width: int
    height: int
    knob: str
    knob_radius: float
    knob_at: float = 0.5

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, which is `gap` larger than the pill on every side."""
        return self.width + 2 * self.gap, self.height + 2 * self.gap

    def draw(self) -> bytes:
        """The picture as PNG."""
        top = [self._row(y + 0.5) for y in range(-self.gap, (self.height + 1) // 2)]
        rows = [*top, *reversed(top[: self.height // 2 + self.gap])]
        return png(*self.size, rows)

    def _row(self, y: float) -> bytes:
        pixels = self._outline(y)
        centre_x = self.height / 2 + (self.width - self.height) * self.knob_at
        reach = range(int(centre_x - self.knob_radius), ceil(centre_x + self.knob_radius))
        for x in reach if self.knob_radius else ():
            distance = hypot(x + 0.5 - centre_x, y - self.height / 2)
            knob = clamp(self.knob_radius - distance + 0.5)
            if knob:
                # The knob lies wholly within the fill.
                pixels[x + self.gap] = blend([(rgb(self.fill), 1.0), (rgb(self.knob), knob)])
        return b"".join(pixels)

    def _outline(self, y: float) -> list[bytes]:
        """The row at `y` without the knob: a round end, a straight middle, the end mirrored."""
        radius = self.height / 2
        end = [
            self.pixel(radius - hypot(max(0.0, radius - x - 0.5), y - radius))
            for x in range(-self.gap, (self.height + 1) // 2)
        ]
        straight = self.width + 2 * self.gap - 2 * len(end)
        if straight < 0:
            # A circle of odd width: both ends share the middle pixel.
            return end + end[-2::-1]
        return end + [end[-1]] * straight + end[::-1]


def draw_corner_masks(
    radius: int, surface: str, border: str, border_width: int
) -> tuple[bytes, bytes, bytes, bytes]:
    """Four squares that paint `surface` outside a rounded corner, and a line along it.

    For the corners nw, ne, sw, se.
    """

    def cell(x: int, y: int) -> bytes:
        inside = radius - hypot(radius - x - 0.5, radius - y - 0.5)
        line = clamp(inside + 0.5) - clamp(inside - border_width + 0.5)
        return blend([(rgb(surface), 1 - clamp(inside + 0.5)), (rgb(border), line)])

    cells = [[cell(x, y) for x in range(radius)] for y in range(radius)]
    west = [b"".join(row) for row in cells]
    east = [b"".join(reversed(row)) for row in cells]
    return (
        png(radius, radius, west),
        png(radius, radius, east),
        png(radius, radius, west[::-1]),
        png(radius, radius, east[::-1]),
    )
