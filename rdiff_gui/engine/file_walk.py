"""Walks through the old and the new file side by side, where their bytes agree.

As long as an alignment holds, whole pieces are compared at once, at the speed of memory. What is
left are gaps. Both files are hashed on the way.
"""

from __future__ import annotations

from rdiff_gui.engine.alignment import HOLE_BYTES_LEAST, sized
from rdiff_gui.engine.input import Hole, Holes
from rdiff_gui.engine.parallel import run_slices
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rdiff_gui.engine.alignment import AlignmentSearch
    from rdiff_gui.engine.blake3_hash import Hasher
    from rdiff_gui.engine.input import Input
    from rdiff_gui.engine.operation import Run

# Where in the new file, where in the old one, how many bytes; they are known to be the same.
Match = tuple[int, int, int]

# Two of them stay in a core's cache while they are compared.
_PIECE_BYTES = 2**19
# More threads than so many pieces would only wait for memory.
_WALKED_BYTES_MOST = 4 * _PIECE_BYTES
_PAGE_BYTES = 2**12
# What agrees in so much is lost; of less, the next piece may tell more.
_LOST_BYTES_LEAST = 2 * _PAGE_BYTES
# Another alignment is looked for so often within a piece.
_TURNS_MOST = 128

# A longer gap is several: what is in it is found by one call, and kept by one list.
_GAP_BYTES_MOST = 2**22
# What one stretch may hold in memory.
_STRETCH_BYTES = 2**25
_STRETCH_ITEMS = 2**16

_HOLES_LOOKED_AT = 2**12
# A longer one is several: the zeros of the old file may be in as many pieces as it has holes.
_HOLE_BYTES_MOST = _HOLES_LOOKED_AT * HOLE_BYTES_LEAST


@record(frozen=True)
class Gap:
    """Bytes of the new file for which the walk found nothing.

    `before` is the place in the old file to which the match before it leads, `after` where the next
    one begins; the files' own beginnings and ends count as such.
    """

    start: int
    data: bytes
    before: int | None
    after: int | None


class Stretch:
    """A part of the new file: matches and gaps in order, without anything between them."""

    def __init__(self, before: int | None) -> None:
        """`before`: the place in the old file to which all that came before leads."""
        self.items: list[Match | Gap] = []
        self.gap_bytes = 0
        self._before = before
        self._parts: list[bytes] = []
        self._part_bytes = 0
        self._start = 0

    @property
    def full(self) -> bool:
        """Whether it should be worked on before the walk goes on."""
        return self.gap_bytes >= _STRETCH_BYTES or len(self.items) >= _STRETCH_ITEMS

    def add_match(self, start: int, source: int, length: int) -> None:
        """Go on with a match, which may go on from the last one."""
        self._end_gap(source)
        last = self.items[-1] if self.items else None
        if isinstance(last, tuple) and last[1] + last[2] == source:
            self.items[-1] = (last[0], last[1], last[2] + length)
        else:
            self.items.append((start, source, length))

    def add_gap(self, start: int, data: bytes) -> None:
        """Go on with bytes that are nowhere."""
        if not data:
            return
        if not self._parts:
            self._start = start
        self._parts.append(data)
        self._part_bytes += len(data)
        self.gap_bytes += len(data)
        if self._part_bytes >= _GAP_BYTES_MOST:
            self._end_gap(None)

    def end(self, after: int | None) -> int | None:
        """Nothing more comes; `after` is the old file's end, where the new one ends here.

        Gives the place in the old file that comes next.
        """
        self._end_gap(after)
        return self._end_of_last()

    def _end_of_last(self) -> int | None:
        if not self.items:
            return self._before
        last = self.items[-1]
        if isinstance(last, tuple):
            return last[1] + last[2]
        return None if last.before is None else last.before + len(last.data)

    def _end_gap(self, after: int | None) -> None:
        if self._parts:
            data = b"".join(self._parts)
            self.items.append(Gap(self._start, data, self._end_of_last(), after))
            self._parts, self._part_bytes = [], 0


class _OldHash:
    """The hash of the old file, out of what the walk has read of it, as far as that goes."""

    def __init__(self, old: Input, hasher: Hasher, run: Run) -> None:
        self._old = old
        self._hasher = hasher
        self._run = run
        self._holes = Holes(old, HOLE_BYTES_LEAST)

    def offer(self, start: int, data: bytearray) -> None:
        """Take in `data`, which is at `start` in the old file, if it goes beyond what was seen."""
        self.read_until(start)
        skipped = self._hasher.size_bytes - start
        if skipped < len(data):
            self._hasher.update(memoryview(data)[skipped:])
            self._run.advance(len(data) - skipped)

    def read_until(self, end: int) -> None:
        """Take in all before `end`."""
        buffer = memoryview(bytearray(min(_GAP_BYTES_MOST, max(0, end - self._hasher.size_bytes))))
        while (position := self._hasher.size_bytes) < end:
            hole = self._holes.after(position)
            if hole and hole.start <= position:
                length = min(hole.end, end) - position
                self._hasher.update_zeros(length, self._run)
            else:
                length = min(len(buffer), (hole.start if hole else end) - position, end - position)
                self._old.read_at(buffer[:length], position)
                self._hasher.update(buffer[:length])
                self._run.advance(length)


class _Piece:
    """Some bytes of the new file, with those of the old one that they were compared with."""

    def __init__(self) -> None:
        self.start = self.length = 0
        # Of zeros that are not read, only this is known.
        self.hole = False
        self.new = bytearray()
        self.old = bytearray()
        self.old_start = 0
        self.compared = False
        # The alignment that is likely to hold on, and which pages agree along it.
        self.shift: int | None = None
        self.runs: Sequence[tuple[int, int]] = ()


class Walk:
    """Both files from beginning to end, by stretches."""

    def __init__(
        self,
        old: Input,
        new: Input,
        search: AlignmentSearch,
        run: Run,
        hashers: tuple[Hasher, Hasher] | None,
    ) -> None:
        """Hash them on the way, where there are `hashers` for the old and the new one."""
        self._old, self._new = old, new
        self._old_bytes, self._new_bytes = old.size_bytes or 0, new.size_bytes or 0
        self._run = run
        self._hashers = hashers
        self._old_hash = _OldHash(old, hashers[0], run) if hashers else None
        self._position = 0
        self._search = search
        self._stretch = Stretch(0)
        # Those before it, which do not depend on how far ahead pieces were taken.
        self._full: list[Stretch] = []
        # Whether the last piece agreed whole.
        self._steady = True
        self._zeros = _longest_hole(old)
        self._old_holes = Holes(old, HOLE_BYTES_LEAST)
        self._new_holes = Holes(new, HOLE_BYTES_LEAST) if self._zeros else None
        self._filled = 0

    def stretches(self) -> Iterator[Stretch]:
        """All of the new file, in order; the walk goes on when one is asked for.

        Raises: SourceUnreadable, SourceChanged, Cancelled.
        """
        while self._position < self._new_bytes:
            left_bytes = self._new_bytes - self._position
            run_slices(self, _PIECE_BYTES, min(left_bytes, _WALKED_BYTES_MOST), self._run)
            while self._full:
                yield self._full.pop(0)
        self._stretch.end(self._old_bytes)
        if self._stretch.items:
            yield self._stretch

    def end(self) -> None:
        """Hash what is left of the old file. Raises: SourceUnreadable, SourceChanged, Cancelled."""
        if self._old_hash:
            self._old_hash.read_until(self._old_bytes)

    def make(self) -> _Piece:
        """An empty piece."""
        return _Piece()

    def take(self, piece: _Piece) -> bool:
        """Choose the next piece; False where the stretch ends.

        Raises: SourceUnreadable, SourceChanged.
        """
        start = self._position
        if start >= self._new_bytes or self._full:
            return False
        hole = self._new_holes.after(start) if self._new_holes else None
        piece.start, piece.hole = start, hole is not None and hole.start <= start
        if hole and piece.hole:
            end = min(hole.end, start + _HOLE_BYTES_MOST)
        else:
            end = min(start + _PIECE_BYTES, hole.start if hole else self._new_bytes)
        piece.length = end - start
        piece.shift = self._search.shift if self._steady else None
        self._position = end
        return True

    def work(self, piece: _Piece) -> None:
        """Read and compare it. Raises: SourceUnreadable, SourceChanged."""
        piece.compared = False
        if not piece.hole:
            piece.new = sized(piece.new, piece.length)
            self._new.read_at(memoryview(piece.new), piece.start)
            if piece.shift is not None:
                piece.runs = self._equal_runs(piece, 0, piece.shift)

    def finish(self, piece: _Piece) -> None:
        """Note what agrees, and hash it. Raises: SourceUnreadable, SourceChanged, Cancelled."""
        if piece.hole:
            self._cross_hole(piece.start, piece.start + piece.length)
        else:
            self._follow(piece)
        if self._stretch.full:
            self._full.append(self._stretch)
            self._stretch = Stretch(self._stretch.end(None))
        if self._hashers and self._old_hash:
            if piece.hole:
                self._hashers[1].update_zeros(piece.length, self._run)
                return
            self._hashers[1].update(memoryview(piece.new))
            if piece.compared:
                self._old_hash.offer(piece.old_start, piece.old)
        self._run.advance(piece.length)

    def _cross_hole(self, start: int, end: int) -> None:
        """Take zeros from the old file's holes."""
        assert self._zeros
        while start < end:
            source = start + self._search.shift
            hole = self._old_holes.after(source) if 0 <= source < self._old_bytes else None
            if not hole or hole.start > source:
                hole = self._zeros
                source = hole.start
            length = min(end - start, hole.end - source)
            self._stretch.add_match(start, source, length)
            start += length
        self._filled = end

    def _follow(self, piece: _Piece) -> None:
        """Note which of its bytes are in the old file, along one alignment after another."""
        begin, size = 0, piece.length
        shift = self._search.shift
        runs = piece.runs if piece.shift == shift else self._equal_runs(piece, 0, shift)
        self._steady = runs == [(0, size)]
        if self._steady:
            self._search.confirm()
        for _ in range(_TURNS_MOST):
            lost = begin + _held_bytes(runs)
            if size - lost < _LOST_BYTES_LEAST or not self._search.realign(
                piece.new[lost:], piece.start + lost
            ):
                self._note(piece, begin, runs, shift)
                break
            self._note(piece, begin, [run for run in runs if begin + run[0] < lost], shift)
            begin, shift = lost, self._search.shift
            runs = self._equal_runs(piece, begin, shift)
        self._fill(piece, size)

    def _equal_runs(self, piece: _Piece, begin: int, shift: int) -> list[tuple[int, int]]:
        """The pages behind `begin` that agree, as offsets from there and lengths.

        What lies beyond either end of the old file is not compared.
        """
        source = piece.start + begin + shift
        length = min(piece.length - begin, self._old_bytes - source)
        if source < 0 or length <= 0:
            return []
        old = piece.old = sized(piece.old, length)
        piece.old_start, piece.compared = source, True
        self._old.read_at(memoryview(old), source)
        new = piece.new if length == piece.length else piece.new[begin : begin + length]
        if old == new:
            return [(0, length)]
        runs: list[tuple[int, int]] = []
        for offset in range(0, length, _PAGE_BYTES):
            end = offset + _PAGE_BYTES
            if old[offset:end] == new[offset:end]:
                if runs and sum(runs[-1]) == offset:
                    runs[-1] = (runs[-1][0], min(end, length) - runs[-1][0])
                else:
                    runs.append((offset, min(end, length) - offset))
        return runs

    def _note(self, piece: _Piece, begin: int, runs: Sequence[tuple[int, int]], shift: int) -> None:
        """Take runs in, and what lies before each as a gap."""
        for offset, length in runs:
            self._fill(piece, begin + offset)
            start = piece.start + begin + offset
            self._stretch.add_match(start, start + shift, length)
            self._filled = start + length

    def _fill(self, piece: _Piece, offset: int) -> None:
        begin = self._filled - piece.start
        if begin < offset:
            self._stretch.add_gap(self._filled, bytes(piece.new[begin:offset]))
            self._filled = piece.start + offset


def _held_bytes(runs: Sequence[tuple[int, int]]) -> int:
    """How far an alignment holds, but for a page here and there."""
    held = 0
    for offset, length in runs:
        if offset - held >= _LOST_BYTES_LEAST:
            break
        held = offset + length
    return held


def _longest_hole(source: Input) -> Hole | None:
    """The longest of the first holes."""
    longest, position, holes = None, 0, Holes(source, HOLE_BYTES_LEAST)
    for _ in range(_HOLES_LOOKED_AT):
        hole = holes.after(position)
        if not hole:
            break
        if not longest or hole.end - hole.start > longest.end - longest.start:
            longest = hole
        position = hole.end
    return longest
