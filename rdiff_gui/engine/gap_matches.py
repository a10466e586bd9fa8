"""Finds what is in the gaps that a walk has left, part by part on all cores."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence

from rdiff_gui.engine.file_walk import Gap, Match, Stretch
from rdiff_gui.engine.match_extension import GapFiller, OldBytes
from rdiff_gui.engine.match_hints import (
    PREFIX_BYTES_MOST,
    Prefix,
    find_far,
    find_fine,
    near_prefix,
    whole_prefix,
)
from rdiff_gui.engine.parallel import run_slices
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from rdiff_gui.engine.alignment import AlignmentSearch
    from rdiff_gui.engine.input import Input
    from rdiff_gui.engine.operation import Run

# A stretch is divided in two where it has more in its gaps: each half has the prefix loaded anew.
_PART_BYTES = 2**23
# Shorter gaps are not worth looking for anywhere, or near by.
_FAR_BYTES_LEAST = 128
_FINE_BYTES_LEAST = 64
_FINE_PREFIX_BYTES = 2**23
# What is more may be all new, which is found out first.
_DOUBTED_BYTES = 2**24
# For less, nobody looks through all of the old file.
_MOVED_BYTES_LEAST = 2**20
# How much of a gap must agree with what is beside it, or it is looked for elsewhere.
_ALIKE, _ALIKE_OF = 3, 4
# All of an old file is looked at, unless the gaps are less than this part of it.
_NEAR_FRACTION = 64

HandOn = Callable[[Sequence["Match | Gap"], Sequence[Sequence[Match]]], None]


class _Part:
    """Matches and gaps of a stretch that are worked on together; `found` are those in the gaps."""

    def __init__(self) -> None:
        self.items: Sequence[Match | Gap] = ()
        self.found: list[list[Match]] = []


class GapMatcher:
    """Takes stretches in order, and finds the matches in their gaps."""

    def __init__(
        self,
        old: Input,
        new: Input,
        search: AlignmentSearch,
        run: Run,
        *,
        compress: bool,
        best: bool,
    ) -> None:
        """`compress`: whether literals will be compressed; `best`: whether to look twice."""
        self._search = search
        self._old, self._new = old, new
        self._run = run
        self._compress = compress
        self._best = best
        self._searching = threading.Lock()
        self._whole: Prefix | None = None
        self._gaps: list[Gap] = []
        self._parts: Iterator[Sequence[Match | Gap]] = iter(())
        self._making_prefix = threading.Lock()
        self._prefix: Prefix | None = None
        self._prefix_made = False
        self._hand_on: HandOn = lambda _items, _found: None

    def match(self, stretch: Stretch, hand_on: HandOn) -> None:
        """Hand all items of a stretch to `hand_on`, part by part, with the matches in the gaps.

        Raises: SourceUnreadable, SourceChanged, Cancelled, what `hand_on` raises.
        """
        self._gaps = [item for item in stretch.items if isinstance(item, Gap)]
        self._parts = _divide(stretch)
        self._prefix, self._prefix_made = None, False
        self._hand_on = hand_on
        # The parts are two at most.
        run_slices(self, _PART_BYTES, min(stretch.gap_bytes, 2 * _PART_BYTES), self._run)

    def make(self) -> _Part:
        """A part without anything in it."""
        return _Part()

    def take(self, part: _Part) -> bool:
        """Choose the next part; False at the end."""
        part.items = next(self._parts, ())
        return bool(part.items)

    def work(self, part: _Part) -> None:
        """Find what is in its gaps. Raises: SourceUnreadable, SourceChanged, Cancelled."""
        gaps = [item for item in part.items if isinstance(item, Gap)]
        old = OldBytes(self._old)
        filler = GapFiller(old, compress=self._compress)
        for gap in gaps:
            self._run.check()
            matches = filler.fill(gap, ())
            alike = sum(length for _, _, length in matches) * _ALIKE_OF >= len(gap.data) * _ALIKE
            # What agrees by chance only would cut apart what is found elsewhere.
            part.found.append(matches if alike else [])
        left = _Left(gaps, part.found, _FAR_BYTES_LEAST)
        if left.gaps:
            # The best has tables so large that it does one after another.
            with self._searching if self._best else contextlib.nullcontext():
                prefix = self._prefix_of_stretch()
                hints = find_far(left.gaps, prefix, old, best=self._best) if prefix else []
            left.fill(hints, filler, self._run)
        if self._best:
            left = _Left(gaps, part.found, _FINE_BYTES_LEAST)
            with self._searching:
                prefix = near_prefix(
                    self._old, self._new.size_bytes or 0, left.gaps, (), _FINE_PREFIX_BYTES
                )
                hints = find_fine(left.gaps, prefix, old) if prefix.dictionary else []
            left.fill(hints, filler, self._run)

    def finish(self, part: _Part) -> None:
        """Hand it on. Raises: what the taker raises."""
        self._hand_on(part.items, part.found)
        part.items, part.found = (), []

    def _prefix_of_stretch(self) -> Prefix | None:
        """What of the old file the gaps are looked for in; None where that is in vain."""
        with self._making_prefix:
            if not self._prefix_made:
                self._prefix = self._make_prefix()
                self._prefix_made = True
            return self._prefix

    def _make_prefix(self) -> Prefix | None:
        old_bytes = self._old.size_bytes or 0
        gap_bytes = sum(len(gap.data) for gap in self._gaps)
        if gap_bytes > _DOUBTED_BYTES and not self._search.may_share(
            gap.data for gap in self._gaps
        ):
            return None
        if old_bytes <= PREFIX_BYTES_MOST and old_bytes < gap_bytes * _NEAR_FRACTION:
            self._whole = self._whole or whole_prefix(self._old)
            prefix = self._whole
        else:
            # Most of what moved far is found by the walk; around the rest, there may be more.
            moved = gap_bytes > _MOVED_BYTES_LEAST
            places = [
                place for gap in self._gaps if moved for place in self._search.places(gap.data)
            ]
            prefix = near_prefix(self._old, self._new.size_bytes or 0, self._gaps, places)
        return prefix if prefix.dictionary else None


def _divide(stretch: Stretch) -> Iterator[Sequence[Match | Gap]]:
    """The stretch in parts, whose gaps are about as long."""
    limit_bytes = max(_PART_BYTES, -(-stretch.gap_bytes // 2))
    begin = part_bytes = 0
    for number, item in enumerate(stretch.items):
        if isinstance(item, Gap):
            part_bytes += len(item.data)
            if part_bytes >= limit_bytes:
                yield stretch.items[begin : number + 1]
                begin, part_bytes = number + 1, 0
    if begin < len(stretch.items):
        yield stretch.items[begin:]


class _Left:
    """What is left of gaps when matches were found in them."""

    def __init__(self, gaps: Sequence[Gap], found: Sequence[list[Match]], least_bytes: int) -> None:
        """Keep what is at least so long."""
        self.gaps: list[Gap] = []
        self._found = found
        # To which list what is found in them belongs.
        self._owners: list[list[Match]] = []
        for gap, matches in zip(gaps, found, strict=True):
            remains = list(_remains(gap, matches, least_bytes))
            self.gaps += remains
            self._owners += [matches] * len(remains)

    def fill(self, hints: Sequence[Match], filler: GapFiller, run: Run) -> None:
        """Find more with these hints. Raises: SourceUnreadable, SourceChanged, Cancelled."""
        begin = 0
        for owner, gap in zip(self._owners, self.gaps, strict=True):
            run.check()
            end = begin
            while end < len(hints) and hints[end][0] < gap.start + len(gap.data):
                end += 1
            owner.extend(filler.fill(gap, hints[begin:end]))
            begin = end
        for matches in self._found:
            matches.sort()


def _remains(gap: Gap, matches: Sequence[Match], least_bytes: int) -> Iterator[Gap]:
    """What is left of a gap between its matches, if it is long enough."""
    position, before = gap.start, gap.before
    for start, source, length in (*matches, (gap.start + len(gap.data), gap.after, 0)):
        if start - position >= least_bytes:
            data = gap.data[position - gap.start : start - gap.start]
            yield Gap(position, data, before, source)
        position, before = start + length, None if source is None else source + length
