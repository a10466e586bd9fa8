"""Where a delta's map is drawn: two bars of bytes to one scale, and what ties them, in pixels."""

from __future__ import annotations

from bisect import bisect_right

from rdiff_gui.engine.delta_map import DeltaMap
from rdiff_gui.records import record

# Of a bar, where columns hold many pieces: what is new keeps so much, and has steps of this part.
_LEAST_HEIGHT = 1 / 4
_STEPS = 8
# A change with what was copied on both sides of it.
_ONE_CHANGE = 3


@record(frozen=True)
class Mark:
    """New data in pixels `[left, right)`, `height` of the bar's (0 to 1) high."""

    left: int
    right: int
    height: float


@record(frozen=True)
class Band:
    """What was copied from `[old_left, old_right)` of the old bar to `[left, right)` of the new."""

    left: int
    right: int
    old_left: int
    old_right: int


class MapLayout:
    """One map on a canvas of `width_px`; `old_bytes` is the old file's size."""

    def __init__(
        self, delta: DeltaMap, old_bytes: int, width_px: int, *, thinnest_px: int, column_px: int
    ) -> None:
        pieces = self._pieces = delta.pieces
        self._delta = delta
        self._whole_bytes = max(pieces.result_bytes, old_bytes, 1)
        self._width_px = max(1, width_px)
        self._result_bytes = pieces.result_bytes
        self.new_right = self._right_of(pieces.result_bytes)
        self.old_right = self._right_of(old_bytes)
        self.marks = self._lay_marks(thinnest_px)
        self.bands = self._lay_bands(column_px)
        self.used = [(self.x_of(start), self._right_of(end)) for start, end in delta.used]

    def x_of(self, position: int) -> int:
        """The column in which the byte at `position` of either file begins."""
        return position * self._width_px // self._whole_bytes

    def span_of(self, start: int, end: int, least_px: int) -> tuple[int, int]:
        """Left and right of bytes `[start, end)`, at least `least_px` apart."""
        left = max(0, min(self.x_of(start), self._width_px - least_px))
        return left, max(left + least_px, self._right_of(end))

    def bytes_at(self, x: int) -> tuple[int, int] | None:
        """The bytes `[start, end)` of the new file in a column; None beside the bar."""
        start = x * self._whole_bytes // self._width_px
        if x < 0 or start >= self._result_bytes:
            return None
        end = (x + 1) * self._whole_bytes // self._width_px
        return start, min(max(end, start + 1), self._result_bytes)

    def mark_at(self, x: int) -> Mark | None:
        """The mark that covers a column."""
        place = bisect_right(self.marks, x, key=lambda mark: mark.left) - 1
        return self.marks[place] if place >= 0 and x < self.marks[place].right else None

    def band_below(self, x: int) -> Band | None:
        """A band that begins in a column of the old bar."""
        found = (band for band in self.bands if band.old_left <= x < band.old_right)
        return next(found, None)

    def _right_of(self, position: int) -> int:
        return -(-position * self._width_px // self._whole_bytes)

    def _lay_marks(self, thinnest_px: int) -> list[Mark]:
        """What is new, at least `thinnest_px` wide; where much else is there too, only so high."""
        columns = self.new_right
        new = [0.0] * (columns + 1)
        for start, end, new_bytes in self._delta.new_data:
            left = self.x_of(start)
            right = max(left + 1, self._right_of(end))
            for x in range(left, right):
                new[x] += new_bytes / (right - left)
        marks: list[Mark] = []
        x = 0
        while x < columns:
            end = x
            while new[end]:
                end += 1
            if end > x:
                heights = [self._height(column, new[column]) for column in range(x, end)]
                self._add_run(marks, x, heights, thinnest_px)
            x = max(end + 1, marks[-1].right if marks else 0)
        return marks

    def _height(self, column: int, new_bytes: float) -> float:
        if self._pieces.stretch(*(self.bytes_at(column) or (0, 1))).pieces <= _ONE_CHANGE:
            return 1.0
        share = new_bytes * self._width_px / self._whole_bytes
        return min(1.0, max(_LEAST_HEIGHT, round(share * _STEPS) / _STEPS))

    def _add_run(
        self, marks: list[Mark], left: int, heights: list[float], thinnest_px: int
    ) -> None:
        if len(heights) < thinnest_px:
            # Touching the one before rather than outside the bar.
            left = max(marks[-1].right if marks else 0, min(left, self.new_right - thinnest_px))
            heights = [max(heights)] * thinnest_px
        for x, height in enumerate(heights, left):
            if marks and marks[-1].right == x and marks[-1].height == height:
                marks[-1] = Mark(marks[-1].left, x + 1, height)
            else:
                marks.append(Mark(x, x + 1, height))

    def _lay_bands(self, column_px: int) -> list[Band]:
        """The ties that can be told apart: of those in one column of `column_px`, the longest."""
        bands: list[Band] = []
        longest = until = 0
        for start, end, source in self._delta.ties:
            size_bytes = end - start
            # Most of very many fall into one column with a longer one.
            if size_bytes <= longest and self._right_of(end) <= until:
                continue
            left, right = self.span_of(start, end, 1)
            if bands and right <= until:
                bands.pop()
            band = Band(left, right, *self.span_of(source, source + size_bytes, 1))
            longest, until = size_bytes, left + column_px
            bands.append(band)
        return bands
