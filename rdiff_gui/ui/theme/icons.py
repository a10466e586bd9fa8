"""The icons: strokes on a grid of 24 units, drawn anti-aliased by their distance to segments."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import cos, hypot, pi, sin

from rdiff_gui.ui.theme.pixels import clamp, png, rgb

_GRID = 24
_STROKE = 1.7
_BADGE = (20.0, 4.0, 3.6)
_BADGE_GAP = 1.6

Stroke = list[tuple[float, float]]


def _arc(x: float, y: float, radius: float, start: float, end: float, steps: int) -> Stroke:
    return [
        (
            x + radius * cos(start + (end - start) * i / steps),
            y + radius * sin(start + (end - start) * i / steps),
        )
        for i in range(steps + 1)
    ]


def _circle(x: float, y: float, radius: float) -> Stroke:
    return _arc(x, y, radius, -pi / 2, 1.5 * pi, 24)


_SHEET: Stroke = [(6, 3.5), (14, 3.5), (18.5, 8), (18.5, 20.5), (6, 20.5), (6, 3.5)]
_SHEET_FOLD: Stroke = [(14, 3.5), (14, 8), (18.5, 8)]
# A segment without length is drawn as a dot.
_DOT = 0.01

ICONS: dict[str, list[Stroke]] = {
    "start": [
        [(3.5, 11), (12, 4), (20.5, 11)],
        [(6, 9.5), (6, 20), (18, 20), (18, 9.5)],
        [(10, 20), (10, 14), (14, 14), (14, 20)],
    ],
    "signature": [_SHEET, _SHEET_FOLD, [(9, 12.5), (15.5, 12.5)], [(9, 16.5), (13, 16.5)]],
    "delta": [[(12, 4.5), (20.5, 19.5), (3.5, 19.5), (12, 4.5)]],
    "patch": [
        [(12, 3.5), (20, 8), (12, 12.5), (4, 8), (12, 3.5)],
        [(4, 12), (12, 16.5), (20, 12)],
        [(4, 16), (12, 20.5), (20, 16)],
    ],
    "several": [
        [(8.5, 6), (20.5, 6)],
        [(8.5, 12), (20.5, 12)],
        [(8.5, 18), (20.5, 18)],
        [(3.5, 6), (4.6, 6)],
        [(3.5, 12), (4.6, 12)],
        [(3.5, 18), (4.6, 18)],
    ],
    "history": [_circle(12, 12, 8.5), [(12, 7), (12, 12), (15.5, 14)]],
    "settings": [
        [(3.5, 6.5), (6.5, 6.5)],
        [(11.5, 6.5), (20.5, 6.5)],
        _circle(9, 6.5, 2.4),
        [(3.5, 12), (13, 12)],
        [(18, 12), (20.5, 12)],
        _circle(15.5, 12, 2.4),
        [(3.5, 17.5), (5.5, 17.5)],
        [(10.5, 17.5), (20.5, 17.5)],
        _circle(8, 17.5, 2.4),
    ],
    "upload": [
        [(12, 15.5), (12, 4)],
        [(7.5, 8.5), (12, 4), (16.5, 8.5)],
        [(4, 15), (4, 20), (20, 20), (20, 15)],
    ],
    "check": [[(4.5, 12.5), (10, 18), (19.5, 6.5)]],
    "warning": [
        [(12, 4), (21, 19.5), (3, 19.5), (12, 4)],
        [(12, 10), (12, 14)],
        [(12, 16.8), (12, 16.8 + _DOT)],
    ],
    "error": [_circle(12, 12, 8.5), [(9, 9), (15, 15)], [(15, 9), (9, 15)]],
    "info": [_circle(12, 12, 8.5), [(12, 11.5), (12, 16.5)], [(12, 7.8), (12, 7.8 + _DOT)]],
    "folder": [
        [(3.5, 19), (3.5, 5.5), (9.5, 5.5), (12, 8.5), (20.5, 8.5), (20.5, 19), (3.5, 19)],
    ],
    "plus": [[(12, 5), (12, 19)], [(5, 12), (19, 12)]],
    "close": [[(6.5, 6.5), (17.5, 17.5)], [(17.5, 6.5), (6.5, 17.5)]],
    "down": [[(6, 9), (12, 15), (18, 9)]],
    "right": [[(9, 6), (15, 12), (9, 18)]],
    "swap": [
        [(4, 8), (19.5, 8)],
        [(15.5, 4), (19.5, 8), (15.5, 12)],
        [(20, 16), (4.5, 16)],
        [(8.5, 12), (4.5, 16), (8.5, 20)],
    ],
}


def draw_icon(name: str, size_px: int, colour: str, badge: str | None = None) -> bytes:
    """The icon as PNG with a clear ground; `badge` is the colour of a dot in its corner."""
    ink = rgb(colour)
    rows = [[(*ink, opacity) for opacity in line] for line in _opacities(name, size_px)]
    if badge is not None:
        _stamp_badge(rows, rgb(badge), size_px / _GRID)
    return png(size_px, size_px, [b"".join(bytes(pixel) for pixel in line) for line in rows])


@cache
def _opacities(name: str, size_px: int) -> list[bytes]:
    """0 to 255 for every pixel, the same in all colours."""
    unit = size_px / _GRID
    coverage = [[0.0] * size_px for _ in range(size_px)]
    for segment in _segments(name, unit):
        _stroke(coverage, segment, _STROKE * unit / 2)
    return [bytes(round(value * 255) for value in line) for line in coverage]


def _segments(name: str, unit: float) -> Iterator[tuple[float, float, float, float]]:
    for path in ICONS[name]:
        for (x0, y0), (x1, y1) in pairwise(path):
            yield x0 * unit, y0 * unit, x1 * unit, y1 * unit


def _stroke(
    coverage: list[list[float]], segment: tuple[float, float, float, float], half: float
) -> None:
    x0, y0, x1, y1 = segment
    dx, dy = x1 - x0, y1 - y0
    length_squared = dx * dx + dy * dy
    size = len(coverage)
    reach = half + 1
    # Written out, since a start waits for thousands of these pixels.
    for y in range(max(0, int(min(y0, y1) - reach)), min(size, int(max(y0, y1) + reach) + 1)):
        line = coverage[y]
        for x in range(max(0, int(min(x0, x1) - reach)), min(size, int(max(x0, x1) + reach) + 1)):
            px, py = x + 0.5 - x0, y + 0.5 - y0
            along = (px * dx + py * dy) / length_squared
            along = 0.0 if along < 0 else 1.0 if along > 1 else along
            covered = half + 0.5 - hypot(px - along * dx, py - along * dy)
            if covered > line[x]:
                line[x] = 1.0 if covered > 1 else covered


def _stamp_badge(
    rows: list[list[tuple[int, int, int, int]]], colour: tuple[int, int, int], unit: float
) -> None:
    """Cut a clear ring out of the strokes and put a dot into it."""
    centre_x, centre_y, radius = (value * unit for value in _BADGE)
    for y, line in enumerate(rows):
        for x, (red, green, blue, alpha) in enumerate(line):
            distance = hypot(x + 0.5 - centre_x, y + 0.5 - centre_y)
            dot = clamp(radius + 0.5 - distance)
            clear = clamp(radius + _BADGE_GAP * unit + 0.5 - distance)
            if dot:
                line[x] = (*colour, round(dot * 255))
            elif clear:
                line[x] = (red, green, blue, round(alpha * (1 - clear)))
