"""Where every stretch of a new file comes from: few enough numbers to draw, and a way to the rest.

A piece is what one command makes. There may be many millions, so only as many are kept as nobody
minds; of more, a map holds what some thousand equal stretches of the new file are made of, and at
which places of the delta reading can begin again. Its memory is bounded whatever the delta.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from rdiff_gui.formats.delta_commands import Command
from rdiff_gui.records import record

# A wide screen shows some 4000 columns.
_STRETCHES_MOST = 4096
_PAGES_MOST = 4096
# So many are read again within a few milliseconds.
_PAGE_PIECES = 4096
# Of 16 bytes each.
_KEPT_MOST = 2**16

_NOT_COPIED = -1


@record(frozen=True)
class Piece:
    """Bytes `[start, end)` of the new file, copied from `source` of the old one; None: new data."""

    start: int
    end: int
    source: int | None


class Pieces:
    """Pieces that follow one another, the first at `start`; those of a whole file, or some."""

    def __init__(self, start: int = 0) -> None:
        self._bounds = array("q", [start])
        self._sources = array("q")

    def __len__(self) -> int:
        return len(self._sources)

    def __getitem__(self, place: int) -> Piece:
        source = self._sources[place]
        return Piece(
            self._bounds[place],
            self._bounds[place + 1],
            None if source == _NOT_COPIED else source,
        )

    def add(self, commands: Iterable[Command]) -> None:
        """Take in the next ones."""
        position = self._bounds[-1]
        bounds, sources = self._bounds.append, self._sources.append
        for literal, start, length in commands:
            position += length
            bounds(position)
            sources(_NOT_COPIED if literal else start)

    def holds(self, position: int) -> bool:
        """Whether the byte at `position` of the new file lies in one of them."""
        return self._bounds[0] <= position < self._bounds[-1]

    def at(self, position: int) -> Piece:
        """The piece in which the byte at `position` lies, which must be held."""
        return self[bisect_right(self._bounds, position) - 1]

    def within(self, start: int, end: int) -> list[Piece]:
        """All that hold any of the bytes `[start, end)`."""
        first = max(0, bisect_right(self._bounds, start) - 1)
        last = bisect_right(self._bounds, end - 1)
        return [self[place] for place in range(first, min(last, len(self)))]


@record(frozen=True)
class MapStretch:
    """What bytes `[start, end)` of the new file are made of: so many whole or cut pieces."""

    start: int
    end: int
    pieces: int
    copied_bytes: int


class PieceMap:
    """The map of one delta, for commands that come in order.

    The new file is cut into stretches of `stretch_bytes`, the old one, up to the end of the highest
    copy at `basis_bytes_needed`, into some of its own. Both double as often as they must.
    """

    def __init__(self) -> None:
        self.result_bytes = 0
        self.copied_bytes = 0
        self.count = 0
        self.new_count = 0
        self.basis_bytes_needed = 0
        self.kept: Pieces | None = Pieces()
        self._shift = 0
        self._copied = array("q", bytes(8 * _STRETCHES_MOST))
        self._begun = array("q", bytes(8 * _STRETCHES_MOST))
        # Whether a piece begins where the stretch does.
        self._opened = bytearray(_STRETCHES_MOST)
        # Of the longest copy into each stretch, what lies in it.
        self._tied_bytes = array("q", bytes(8 * _STRETCHES_MOST))
        self._tied_start = array("q", bytes(8 * _STRETCHES_MOST))
        self._tied_source = array("q", bytes(8 * _STRETCHES_MOST))
        self._basis_shift = 0
        self._used = bytearray(_STRETCHES_MOST)
        self._page_pieces = _PAGE_PIECES
        self._page_starts = array("q", [0])
        self._page_offsets = array("q", [0])
        self._page_counts = array("q", [0])

    # --- taking in -------------------------------------------------------------------------------

    def add(self, commands: Sequence[Command]) -> None:
        """Take in the next commands."""
        if self.kept is not None and self.count + len(commands) <= _KEPT_MOST:
            self.kept.add(commands)
        else:
            self.kept = None
        position, needed, copied_bytes = self.result_bytes, self.basis_bytes_needed, 0
        new_count = 0
        shift, room = self._shift, _STRETCHES_MOST << self._shift
        basis_shift, basis_room = self._basis_shift, _STRETCHES_MOST << self._basis_shift
        # Locals, since this loop meets every command of a delta that may have millions.
        copied, begun, opened, used = self._copied, self._begun, self._opened, self._used
        tied_bytes, tied_start, tied_source = self._tied_bytes, self._tied_start, self._tied_source
        for literal, start, length in commands:
            end = position + length
            if end > room:
                self._coarsen(end)
                shift, room = self._shift, _STRETCHES_MOST << self._shift
            stretch = position >> shift
            begun[stretch] += 1
            if position == stretch << shift:
                opened[stretch] = 1
            if literal:
                new_count += 1
                position = end
                continue
            copied_bytes += length
            stop = start + length
            if stop > needed:
                needed = stop
                if stop > basis_room:
                    self._coarsen_basis(stop)
                    basis_shift = self._basis_shift
                    basis_room = _STRETCHES_MOST << basis_shift
            first, last = start >> basis_shift, (stop - 1) >> basis_shift
            if first == last:
                used[first] = 1
            else:
                used[first : last + 1] = b"\1" * (last - first + 1)
            if (end - 1) >> shift == stretch:
                copied[stretch] += length
                if length > tied_bytes[stretch]:
                    tied_bytes[stretch] = length
                    tied_start[stretch], tied_source[stretch] = position, start
            else:
                self._spread(position, end, start)
            position = end
        self.result_bytes, self.basis_bytes_needed = position, needed
        self.copied_bytes += copied_bytes
        self.count += len(commands)
        self.new_count += new_count

    def note_page(self, offset: int) -> None:
        """The next command stands at `offset` of the plain delta; remember that now and then."""
        if self.count - self._page_counts[-1] < self._page_pieces:
            return
        self._page_starts.append(self.result_bytes)
        self._page_offsets.append(offset)
        self._page_counts.append(self.count)
        if len(self._page_starts) > _PAGES_MOST:
            self._page_pieces *= 2
            self._page_starts = self._page_starts[::2]
            self._page_offsets = self._page_offsets[::2]
            self._page_counts = self._page_counts[::2]

    def _spread(self, start: int, end: int, source: int) -> None:
        """A copy that goes over several stretches."""
        shift, position = self._shift, start
        while position < end:
            stretch = position >> shift
            length = min(end, (stretch + 1) << shift) - position
            self._copied[stretch] += length
            if length > self._tied_bytes[stretch]:
                self._tied_bytes[stretch] = length
                self._tied_start[stretch] = position
                self._tied_source[stretch] = source + position - start
            position += length

    def _coarsen(self, end: int) -> None:
        """Make stretches longer until they reach to `end`."""
        half = _STRETCHES_MOST // 2
        while end > _STRETCHES_MOST << self._shift:
            self._shift += 1
            if not self._begun[0]:
                continue
            for place in range(half):
                left, right = 2 * place, 2 * place + 1
                self._copied[place] = self._copied[left] + self._copied[right]
                self._begun[place] = self._begun[left] + self._begun[right]
                self._opened[place] = self._opened[left]
                self._join_ties(left, right)
            rest = array("q", bytes(8 * half))
            for values in (self._copied, self._begun, self._tied_bytes):
                values[half:] = rest
            self._opened[half:] = bytes(half)

    def _join_ties(self, left: int, right: int) -> None:
        """Keep the longer one, or both, where they follow one another in both files."""
        length = self._tied_bytes[left]
        follows = (
            self._tied_start[left] + length == self._tied_start[right]
            and self._tied_source[left] + length == self._tied_source[right]
        )
        kept = left if follows or length >= self._tied_bytes[right] else right
        place = left // 2
        self._tied_start[place] = self._tied_start[kept]
        self._tied_source[place] = self._tied_source[kept]
        added = self._tied_bytes[right] if follows else 0
        self._tied_bytes[place] = self._tied_bytes[kept] + added

    def _coarsen_basis(self, end: int) -> None:
        while end > _STRETCHES_MOST << self._basis_shift:
            self._basis_shift += 1
            pairs = zip(self._used[::2], self._used[1::2], strict=True)
            self._used[:] = bytes(a | b for a, b in pairs) + bytes(_STRETCHES_MOST // 2)

    # --- looking up ------------------------------------------------------------------------------

    def stretch(self, start: int, end: int) -> MapStretch:
        """The whole stretches in which bytes `[start, end)` of the new file lie, as one."""
        first, last = start >> self._shift, (end - 1) >> self._shift
        pieces = sum(self._begun[first : last + 1]) + (not self._opened[first])
        return MapStretch(
            first << self._shift,
            min(self.result_bytes, (last + 1) << self._shift),
            pieces,
            sum(self._copied[first : last + 1]),
        )

    def new_data(self) -> Iterator[tuple[int, int, int]]:
        """The stretches `[start, end)` that hold any, in order, and how many bytes of it."""
        for place in range(self._length(self.result_bytes, self._shift)):
            start = place << self._shift
            end = min(self.result_bytes, start + (1 << self._shift))
            if end - start > self._copied[place]:
                yield start, end, end - start - self._copied[place]

    def ties(self) -> list[tuple[int, int, int]]:
        """Copies to `[start, end)` of the new file, in order, and from where in the old one.

        The longest of each stretch, joined where they go on.
        """
        found: list[list[int]] = []
        for place in range(self._length(self.result_bytes, self._shift)):
            size = self._tied_bytes[place]
            if not size:
                continue
            start, source = self._tied_start[place], self._tied_source[place]
            before = found[-1] if found else [0, 0, 0]
            if before[2] and (before[0] + before[2], before[1] + before[2]) == (start, source):
                before[2] += size
            else:
                found.append([start, source, size])
        return [(start, start + size, source) for start, source, size in found]

    def used(self) -> list[tuple[int, int]]:
        """Where anything of the old file was copied from, as its stretches `[start, end)`."""
        found: list[tuple[int, int]] = []
        for place in range(self._length(self.basis_bytes_needed, self._basis_shift)):
            if self._used[place]:
                start, end = place << self._basis_shift, (place + 1) << self._basis_shift
                if found and found[-1][1] == start:
                    start = found.pop()[0]
                found.append((start, min(end, self.basis_bytes_needed)))
        return found

    def page_at(self, position: int) -> tuple[int, int, int | None]:
        """Where to read for the piece at `position` of the new file.

        The first piece's start there, its command's offset in the plain delta, and where the next
        page begins in the new file, None where none follows.
        """
        page = bisect_right(self._page_starts, position) - 1
        following = page + 1 < len(self._page_starts)
        next_start = self._page_starts[page + 1] if following else None
        return self._page_starts[page], self._page_offsets[page], next_start

    @staticmethod
    def _length(size_bytes: int, shift: int) -> int:
        return (size_bytes + (1 << shift) - 1) >> shift
