"""Where the files of a new folder lie on a bar of so many pixels: a run for each kind."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from rdiff_gui.engine.trees.listing import ListedPath
from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.records import record


class Part(enum.IntEnum):
    """How a file is drawn; where several fall into one column, the highest."""

    NOTHING = 0
    REUSED = 1
    MOVED = 2
    CHANGED = 3
    NEW = 4


_PARTS = {
    Fate.CHANGED: Part.CHANGED,
    Fate.NEW: Part.NEW,
    Fate.MOVED: Part.MOVED,
    Fate.LINKED: Part.MOVED,
    Fate.TOUCHED: Part.REUSED,
    Fate.KEPT: Part.REUSED,
}


@record(frozen=True)
class BarLayout:
    """Runs `(left, right, part)` in pixels, and the place of the path that each column stands for.

    `spans` are the columns of each path by its place; what has no bytes in the new folder has none.
    """

    runs: Sequence[tuple[int, int, Part]]
    places: Sequence[int]
    spans: dict[int, tuple[int, int]]


def lay_out(paths: Sequence[ListedPath], width_px: int, thinnest_px: int) -> BarLayout:
    """Each file as wide as it is long; one that is not just reused, at least `thinnest_px`."""
    sized = [
        (place, listed)
        for place, listed in enumerate(paths)
        if listed.fate in _PARTS and listed.size_bytes
    ]
    whole = sum(listed.size_bytes for _place, listed in sized)
    parts = [Part.NOTHING] * width_px
    places = [-1] * width_px
    spans = {}
    position = 0
    for place, listed in sized:
        part = _PARTS[listed.fate]
        left = position * width_px // whole
        position += listed.size_bytes
        right = -(-position * width_px // whole)
        if part is not Part.REUSED and right - left < thinnest_px:
            left = max(0, min(left, width_px - thinnest_px))
            right = min(width_px, left + thinnest_px)
        spans[place] = left, right
        for column in range(left, right):
            if part > parts[column]:
                parts[column], places[column] = part, place
    runs = []
    left = 0
    for column in range(1, width_px + 1):
        if column == width_px or parts[column] is not parts[left]:
            runs.append((left, column, parts[left]))
            left = column
    return BarLayout(runs, places, spans)
