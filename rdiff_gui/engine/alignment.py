"""Finds alignments: how far the place of some bytes in the old file is behind that in the new one.

Those that held before are tried first, then what lies near in the old file, then all of it.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections import Counter
from itertools import islice

from rdiff_gui.engine.input import Holes
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rdiff_gui.engine.input import Input
    from rdiff_gui.engine.operation import Run

# Of a larger old file, parts are looked through at a time.
LARGE_BYTES = 112 * 2**20

_NEAR_BYTES = 2**20
_PROBE_BYTES = 32
# A probe of fewer values, such as zeros, tells nothing of where it is from.
_PROBE_VALUES_LEAST = 8
# Bytes that come more than once are an alignment if so many agree,
_SURE_BYTES = 2**16
# or what there is, if that is as much as this.
_SURE_BYTES_LEAST = 2**12
_KNOWN_MOST = 8
# Without an alignment, one is looked for in one piece of so many at least.
_SEARCH_PIECES = 32
# Shorter holes are read.
HOLE_BYTES_LEAST = 2**20
# Of a large file in which much has moved, all of the old one is looked through after so many.
_GRID_SEARCHES_MOST = 32
# Anchors are so many bytes, and as many must agree then.
_KEY_BYTES = 24
_PROOF_BYTES = 512
# If none of so many is in the old file, hardly anything is that lies around them.
_ANCHORS_TELLING = 64


class AlignmentSearch:
    """Keeps the alignment that holds, `shift`: what is added to a place in the new file."""

    def __init__(self, old: Input, new: Input, run: Run) -> None:
        self._old, self._new = old, new
        self._old_bytes = old.size_bytes or 0
        self._run = run
        self.shift = 0
        self._known = [0, self._old_bytes - (new.size_bytes or 0)]
        self._misses = 0
        self._near = bytearray()
        self._found_grid: _Grid | None = None
        self._large = self._old_bytes > LARGE_BYTES
        self._grid_searches = 0
        self._found_anchors: _Anchors | None = None

    def _grid(self) -> _Grid:
        self._found_grid = self._found_grid or _Grid(self._old, self._run)
        return self._found_grid

    def _anchors(self) -> _Anchors:
        # All of the old file is read for them, which few new ones need.
        self._found_anchors = self._found_anchors or _Anchors(self._old, self._new, self._run)
        return self._found_anchors

    def may_share(self, pieces: Iterable[bytes]) -> bool:
        """Whether anything of these parts of the new file may be in the old one.

        It is all but sure that nothing is where this says so.

        Raises: SourceUnreadable, SourceChanged, Cancelled.
        """
        anchors = shared = 0
        for piece in pieces:
            there, known = self._anchors().count(piece)
            anchors += there
            shared += known
        return shared > 0 or anchors < _ANCHORS_TELLING

    def places(self, piece: bytes) -> Sequence[int]:
        """Where in the old file some of the bytes of a piece of the new one are, if anywhere.

        Raises: SourceUnreadable, SourceChanged, Cancelled.
        """
        return self._anchors().places(piece)

    def confirm(self) -> None:
        """Note that the alignment holds."""
        self._misses = 0

    def realign(self, data: bytes | bytearray, start: int) -> bool:
        """Whether there is another alignment for `data`, at `start` in the new file.

        It holds from now on. Raises: SourceUnreadable, SourceChanged, Cancelled.
        """
        places = (len(data) // 8, len(data) // 2, len(data) * 7 // 8)
        probes = [(place, bytes(data[place : place + _PROBE_BYTES])) for place in places]
        found = self._find_known(probes, start)
        if found is None and self._found_anchors:
            found = self._found_anchors.find(data, start)
        if found is None and self._may_search():
            found = self._find_near(data, probes, start)
            if found is None and not self._found_anchors:
                self._grid_searches += 1
                sparse = self._large and self._grid_searches <= _GRID_SEARCHES_MOST
                found = (self._grid() if sparse else self._anchors()).find(data, start)
        if found is None or found == self.shift:
            return False
        self.shift, self._misses = found, 0
        if found in self._known:
            self._known.remove(found)
        self._known.insert(0, found)
        del self._known[_KNOWN_MOST:]
        return True

    def _may_search(self) -> bool:
        """Whether to look farther: less and less often where nothing is found."""
        self._misses += 1
        if self._misses < _SEARCH_PIECES:
            return not self._misses & (self._misses - 1)
        return not self._misses % _SEARCH_PIECES

    def _find_known(self, probes: Sequence[tuple[int, bytes]], start: int) -> int | None:
        for place, probe in probes:
            if len(set(probe)) < _PROBE_VALUES_LEAST:
                continue
            for shift in self._known:
                source = start + place + shift
                if (
                    shift != self.shift
                    and 0 <= source < self._old_bytes
                    and self._old.bytes_at(source, len(probe)) == probe
                ):
                    return shift
        return None

    def _find_near(
        self, data: bytes | bytearray, probes: Sequence[tuple[int, bytes]], start: int
    ) -> int | None:
        low = min(max(0, start + self.shift - _NEAR_BYTES), self._old_bytes)
        near = self._near = sized(self._near, min(2 * _NEAR_BYTES, self._old_bytes - low))
        self._old.read_at(memoryview(near), low)
        for place, probe in probes:
            found = near.find(probe) if probe else -1
            if found < 0:
                continue
            unique = near.find(probe, found + 1) < 0 and len(set(probe)) >= _PROBE_VALUES_LEAST
            length = min(_SURE_BYTES, len(data) - place)
            if unique or (
                length >= _SURE_BYTES_LEAST
                and near[found : found + length] == data[place : place + length]
            ):
                return low + found - place - start
        return None


class _Grid:
    """Places of the old file at equal distances, which are looked for everywhere in the new one.

    So the old file need not be read, but a search takes some milliseconds.
    """

    _PLACES = 2**13
    _STEP_BYTES_LEAST = 2**14
    _STEP_BYTES_MOST = 2**18
    _PLACES_MOST = 2**18

    def __init__(self, old: Input, run: Run) -> None:
        """Read the places. Raises: SourceUnreadable, SourceChanged, Cancelled."""
        self._old = old
        old_bytes = old.size_bytes or 0
        step_bytes = max(self._STEP_BYTES_LEAST, old_bytes // self._PLACES)
        step_bytes = max(min(step_bytes, self._STEP_BYTES_MOST), old_bytes // self._PLACES_MOST)
        self._places: dict[bytes, int] = {}
        self._tried_most = min(step_bytes, self._STEP_BYTES_MOST) + _KEY_BYTES
        holes, place = Holes(old, HOLE_BYTES_LEAST), 0
        while place < old_bytes:
            run.check()
            hole = holes.after(place)
            if hole and hole.start <= place:
                place = -(-hole.end // step_bytes) * step_bytes
                continue
            key = old.bytes_at(place, _KEY_BYTES)
            if len(set(key)) >= _PROBE_VALUES_LEAST:
                self._places[key] = place
            place += step_bytes

    def find(self, data: bytes | bytearray, start: int) -> int | None:
        """The alignment of `data`, which is at `start` in the new file."""
        data = bytes(data[: self._tried_most + _PROOF_BYTES])
        places = self._places
        for place in range(min(len(data), self._tried_most)):
            key = data[place : place + _KEY_BYTES]
            if key in places and _is_there(self._old, places[key], data, place):
                return places[key] - place - start
        return None


class _Anchors:
    """Places in the old file that are found again wherever they are in the new one.

    An anchor is a certain byte before one of certain others, such as are rare enough in the new
    file; the bytes behind it tell it from others.
    """

    _SAMPLES = 16
    _SAMPLE_BYTES = 2**14
    # Between two of them: where the gaps are looked for in all of the old file, and where not.
    _SMALL_STEP_BYTES = 2**15
    _STEP_BYTES_LEAST = 2**11
    _STEPS = 2**16
    _CHUNK_BYTES = 2**22
    # Where they are frequent in the old file all the same.
    _CHUNK_ANCHORS = 2**13
    _ANCHORS_MOST = 2**18
    _TRIED_MOST = 64

    def __init__(self, old: Input, new: Input, run: Run) -> None:
        """Look through all of the old file, but for its holes."""
        self._old = old
        self._expression = self._choose(old, new)
        self._places: dict[bytes, int] = {}
        # Of too many, those are kept whose checksum ends in zeros.
        self._thinned = 0
        self._collect(run)

    def _choose(self, old: Input, new: Input) -> re.Pattern[bytes]:
        size_bytes = new.size_bytes or 0
        pairs: Counter[int] = Counter()
        for number in range(self._SAMPLES):
            sample = new.bytes_at(number * size_bytes // self._SAMPLES, self._SAMPLE_BYTES)
            pairs.update(memoryview(sample[: len(sample) & ~1]).cast("H"))
        followers: dict[int, list[tuple[int, int]]] = {}
        for pair, count in pairs.items():
            first, second = pair.to_bytes(2, sys.byteorder)
            followers.setdefault(first, []).append((count, second))
        totals = {first: sum(count for count, _ in each) for first, each in followers.items()}
        old_bytes = old.size_bytes or 0
        step_bytes = max(self._STEP_BYTES_LEAST, old_bytes // self._STEPS)
        if old_bytes <= LARGE_BYTES:
            step_bytes = self._SMALL_STEP_BYTES
        wanted = sum(totals.values()) // step_bytes
        enough = {first: total for first, total in totals.items() if total >= wanted}
        # A file of one byte has no pair, and needs none.
        first = min(enough, key=lambda each: enough[each], default=0)
        chosen: list[int] = []
        count = 0
        # The rarest in the samples are so by chance too, in data without any order.
        usual = totals.get(first, 0) // 2**8
        for times, second in sorted(followers.get(first, [(1, 0)])):
            chosen.append(second)
            count += max(times, usual)
            if count >= wanted:
                break
        behind = b"".join(re.escape(bytes((second,))) for second in chosen)
        return re.compile(re.escape(bytes((first,))) + b"(?=[" + behind + b"])", re.DOTALL)

    def find(self, data: bytes | bytearray, start: int) -> int | None:
        """The alignment of `data`, which is at `start` in the new file."""
        for found in islice(self._expression.finditer(data), self._TRIED_MOST):
            place = found.start()
            source = self._places.get(bytes(data[place : place + _KEY_BYTES]), -1)
            if source >= 0 and _is_there(self._old, source, data, place):
                return source - place - start
        return None

    def count(self, data: bytes) -> tuple[int, int]:
        """How many anchors there are in `data`, and how many of them are in the old file too."""
        keys = self._keys(data)
        return len(keys), sum(key in self._places for key in keys)

    def places(self, data: bytes) -> list[int]:
        """Where in the old file those are that are there once."""
        places = (self._places.get(key, -1) for key in self._keys(data))
        return [place for place in places if place >= 0]

    def _keys(self, data: bytes) -> list[bytes]:
        return [
            data[found.start() : found.start() + _KEY_BYTES]
            for found in islice(self._expression.finditer(data), self._CHUNK_ANCHORS)
        ]

    def _collect(self, run: Run) -> None:
        holes, position, size_bytes = Holes(self._old, HOLE_BYTES_LEAST), 0, self._old.size_bytes
        while position < (size_bytes or 0):
            run.check()
            hole = holes.after(position)
            if hole and hole.start <= position:
                position = hole.end
                continue
            self._note(position)
            position += self._CHUNK_BYTES

    def _note(self, start: int) -> None:
        chunk = self._old.bytes_at(start, self._CHUNK_BYTES + _KEY_BYTES)
        found = self._expression.finditer(chunk, 0, self._CHUNK_BYTES)
        places = self._places
        for each in islice(found, self._CHUNK_ANCHORS):
            key = chunk[each.start() : each.start() + _KEY_BYTES]
            if not zlib.crc32(key) & self._thinned:
                # Keys seen twice tell nothing.
                places[key] = -1 if key in places else start + each.start()
        while len(places) > self._ANCHORS_MOST:
            self._thinned = 2 * self._thinned + 1
            for key in [key for key in places if zlib.crc32(key) & self._thinned]:
                del places[key]


def _is_there(old: Input, source: int, data: bytes | bytearray, place: int) -> bool:
    """Whether what begins at `place` in `data` begins at `source` in the old file too."""
    proof = data[place : place + _PROOF_BYTES]
    return old.bytes_at(source, len(proof)) == proof


def sized(buffer: bytearray, length: int) -> bytearray:
    """A buffer of that length, the same one if it has it."""
    return buffer if len(buffer) == length else bytearray(length)
