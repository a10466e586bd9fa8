"""Extends matches into the gaps between them, byte by byte, and leaves out what is not worth it.

Programs and databases are much the same from one version to the next but for a few bytes here and
there. So a gap is compared along the alignment of the match before it and of the one behind it,
changing over where most bytes agree, and every run that agrees is a match of its own. Source:
Colin Percival, Naive differences of executable code, 2003; whose bsdiff does so.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rdiff_gui.engine.file_walk import Gap, Match
    from rdiff_gui.engine.input import Input

# Gaps up to this are compared whole; longer ones as far as one byte in four agrees.
_SHORT_GAP_BYTES = 2**13
_REACH_STEP = 2**12
_REACH_STEP_MOST = 2**18
_REACH_FRACTION = 4
# Numbers of this length are compared at once.
_PIECE_BYTES = 2**16
_CUT_STEP = 64

# Shorter runs within a gap cost more than they spare: in a delta that is not compressed, and in one
# that is, where it depends on what their bytes would cost.
_PLAIN_RUN_BYTES_LEAST = 8
_RUN_BYTES_LEAST = 6
# A match takes about so much of a compressed delta, in parts of a bit: more where little agrees,
# since what does is mostly chance there, and its command like no other.
_BIT = 8
_MATCH_COST = 44 * _BIT
_MATCH_COST_APART = 72 * _BIT
_ALIKE_PARTS = 2
# Longer matches are always worth it.
_RUN_BYTES_SURE = 48
# So many bytes of the gaps tell what bytes cost.
_SAMPLED_BYTES = 2**12
# The cost of a byte that came so often among these; one that did not may come yet.
_COSTS = bytes(
    round(_BIT * math.log2((_SAMPLED_BYTES + 128) / (count + 0.5)))
    for count in range(_SAMPLED_BYTES + 1)
)

# How many matches a gap may have.
_BYTES_A_MATCH = 48
_MATCHES_FREE = 2**10

_PLAIN_RUNS = re.compile(rb"\0{%d,}" % _PLAIN_RUN_BYTES_LEAST)
_RUNS = re.compile(rb"\0{%d,}" % _RUN_BYTES_LEAST)

_BLOCK_BYTES = 2**18
_BLOCKS_KEPT = 16


class OldBytes:
    """Reads pieces of the old file that lie close to one another; for one thread."""

    def __init__(self, old: Input) -> None:
        self._old = old
        self.size_bytes = old.size_bytes or 0
        self._blocks: dict[int, bytes] = {}

    def read(self, start: int, length: int) -> bytes:
        """The bytes there; they must be within the file. Raises: SourceUnreadable."""
        number, offset = divmod(start, _BLOCK_BYTES)
        if offset + length > _BLOCK_BYTES:
            return self._old.bytes_at(start, length)
        block = self._blocks.get(number)
        if block is None:
            if len(self._blocks) >= _BLOCKS_KEPT:
                del self._blocks[next(iter(self._blocks))]
            block = self._blocks[number] = self._old.bytes_at(number * _BLOCK_BYTES, _BLOCK_BYTES)
        return block[offset : offset + length]


class GapFiller:
    """Finds all matches in gaps, by what lies around them; for one thread."""

    def __init__(self, old: OldBytes, *, compress: bool) -> None:
        """`compress`: whether the literals will be compressed."""
        self._old = old
        self._costs = _LiteralCosts() if compress else None
        self._gap = b""
        self._start = 0
        self._found: list[Match] = []

    def fill(self, gap: Gap, hints: Sequence[Match]) -> list[Match]:
        """The matches within a gap, `hints` among them, in order.

        Raises: SourceUnreadable, SourceChanged.
        """
        self._gap, self._start, self._found = gap.data, gap.start, []
        position = 0
        shift = None if gap.before is None else gap.before - gap.start
        for start, source, length in hints:
            self._fill_section(position, start - gap.start, shift, source - start)
            self._found.append((start, source, length))
            position, shift = start - gap.start + length, source - start
        end = len(gap.data)
        self._fill_section(
            position, end, shift, None if gap.after is None else gap.after - gap.start - end
        )
        return _longest(self._found, len(gap.data) // _BYTES_A_MATCH + _MATCHES_FREE)

    def _fill_section(self, begin: int, end: int, left: int | None, right: int | None) -> None:
        """Compare the bytes between two matches with those at the shifts of both."""
        size = end - begin
        if not size or (left is None and right is None):
            return
        left_bytes = 0 if left is None else self._reach(begin, end, left)
        right_bytes = 0
        if right is not None and not (right == left and left_bytes == size):
            right_bytes = self._reach(begin, end, right, backwards=True)
        overlap = left_bytes + right_bytes - size
        if overlap > 0 and left is not None and right is not None:
            overlap = min(overlap, _REACH_STEP_MOST)
            left_bytes = min(left_bytes, size - right_bytes + overlap)
            place = begin + left_bytes - overlap
            cut = _best_cut(
                self._differences(place, overlap, left), self._differences(place, overlap, right)
            )
            left_bytes += cut - overlap
            right_bytes = size - left_bytes
        if left_bytes and left is not None:
            self._take_runs(begin, begin + left_bytes, left, at_left=True)
        if right_bytes and right is not None:
            self._take_runs(end - right_bytes, end, right, at_left=False)

    def _take_runs(self, begin: int, end: int, shift: int, *, at_left: bool) -> None:
        """Take every run that agrees, and short ones too where they touch the match beside them."""
        found = self._found
        for place in range(begin, end, _PIECE_BYTES):
            differences = self._differences(place, min(_PIECE_BYTES, end - place), shift)
            size = len(differences)
            new = self._start + place
            old = new + shift
            first, last = 0, size
            if at_left and place == begin:
                first = size - len(differences.lstrip(b"\0"))
                if first:
                    found.append((new, old, first))
            if not at_left and place + size == end:
                last = max(first, len(differences.rstrip(b"\0")))
            found += [
                (new + start, old + start, stop - start)
                for start, stop in self._worthy_runs(place, differences, first, last)
            ]
            if last < size:
                found.append((new + last, old + last, size - last))

    def _differences(self, begin: int, length: int, shift: int) -> bytes:
        """A zero for each byte that agrees; beyond the old file, none does."""
        source = self._start + begin + shift
        first = min(length, max(0, -source))
        last = max(first, min(length, self._old.size_bytes - source))
        old = self._old.read(source + first, last - first) if last > first else b""
        new = self._gap[begin + first : begin + last]
        inner = (int.from_bytes(new, "little") ^ int.from_bytes(old, "little")).to_bytes(
            last - first, "little"
        )
        if len(inner) == length:
            return inner
        return b"\1" * first + inner + b"\1" * (length - last)

    def _reach(self, begin: int, end: int, shift: int, *, backwards: bool = False) -> int:
        """How far an alignment is worth comparing from the left, or backwards from the right."""
        size = end - begin
        if size <= _SHORT_GAP_BYTES:
            return size
        done, step = 0, _REACH_STEP
        while done < size:
            step = min(step, size - done)
            place = end - done - step if backwards else begin + done
            equal = self._differences(place, step, shift).count(0)
            done += step
            if equal * _REACH_FRACTION < step:
                break
            step = min(2 * step, _REACH_STEP_MOST)
        return done

    def _worthy_runs(
        self, place: int, differences: bytes, first: int, last: int
    ) -> Iterable[tuple[int, int]]:
        """Where bytes agree, if they would cost more than the command that copies them."""
        if not self._costs:
            return map(re.Match.span, _PLAIN_RUNS.finditer(differences, first, last))
        data = self._gap[place : place + len(differences)]
        self._costs.learn(data)
        alike = differences.count(0) * _ALIKE_PARTS >= len(differences)
        least = _MATCH_COST if alike else _MATCH_COST_APART
        # Each byte is its cost here.
        costs = data.translate(self._costs.table)
        return [
            span
            for span in map(re.Match.span, _RUNS.finditer(differences, first, last))
            if span[1] - span[0] >= _RUN_BYTES_SURE or sum(costs[slice(*span)]) >= least
        ]


class _LiteralCosts:
    """How many bits each byte costs in a literal, by how frequent it is in the gaps near it."""

    def __init__(self) -> None:
        self.table = bytes([8 * _BIT]) * 256
        self._sample = b""

    def learn(self, data: bytes) -> None:
        """Take in what comes next."""
        self._sample += data
        if len(self._sample) < _SAMPLED_BYTES:
            return
        step = len(self._sample) // _SAMPLED_BYTES
        count = Counter(self._sample[::step][:_SAMPLED_BYTES]).get
        self.table = bytes([_COSTS[count(byte, 0)] for byte in range(256)])
        self._sample = b""


def _longest(matches: list[Match], most: int) -> list[Match]:
    """About that many at most: what is so dense saves little, and must not fill the memory."""
    least_bytes = 2 * _PLAIN_RUN_BYTES_LEAST
    while len(matches) > most:
        matches = [match for match in matches if match[2] >= least_bytes]
        least_bytes *= 2
    return matches


def _best_cut(left: bytes, right: bytes) -> int:
    """Where to change over from the left alignment to the right one, so that most bytes agree."""
    size = len(left)
    best = score = coarse = 0
    for begin in range(0, size, _CUT_STEP):
        end = begin + _CUT_STEP
        score += left.count(0, begin, end) - right.count(0, begin, end)
        if score > best:
            best, coarse = score, min(size, end)
    begin = cut = max(0, coarse - _CUT_STEP)
    best = score = 0
    for place in range(begin, min(size, coarse + _CUT_STEP)):
        score += (left[place] == 0) - (right[place] == 0)
        if score > best:
            best, cut = score, place + 1
    return cut
