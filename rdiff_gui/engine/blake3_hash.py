"""BLAKE3 of what passes by."""

from __future__ import annotations

from rdiff_gui.engine.input import Holes
from rdiff_gui.engine.parallel import available_cores, can_start, run_slices
from rdiff_gui.formats.seal import SAMPLE_PIECE_BYTES, sample_places
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from rdiff_gui.engine.input import Input
    from rdiff_gui.engine.operation import Run

_SLICE_BYTES = 2**22
_ZEROS = bytes(2**22)

# Shorter ones are hashed before threads have started.
_LONG_BYTES = 2**26

# One core takes in 3 to 4 GB/s, which is as fast as a few of them can do all else.
_CORES_PER_HASH_THREAD = 4


class Hasher:
    """The hash of a stream given in pieces, in order, by one thread at a time."""

    def __init__(self, threads: int = 1, *, alone_bytes: int = 0) -> None:
        """`threads`: how many may feed it by turns, and would wait for it; 0 for one a core.

        `alone_bytes`: so much is to be hashed, and they have nothing else to do.
        """
        # Imported where something is sealed or checked: plain files are done without it.
        from blake3 import blake3

        is_busy = alone_bytes < _LONG_BYTES
        threads = (threads or available_cores()) // (_CORES_PER_HASH_THREAD if is_busy else 1)
        # It starts its threads itself, and panics where it gets none, with words on standard error.
        self._hash = blake3(max_threads=threads if can_start(threads) else 1)
        self.size_bytes = 0

    def update(self, data: memoryview) -> None:
        """Take in `data`."""
        self._hash.update(data)
        self.size_bytes += len(data)

    def update_zeros(self, size_bytes: int, run: Run, *, counted: bool = True) -> None:
        """Take in that many zeros, and count them as done, for they take time too.

        Raises: Cancelled.
        """
        self.size_bytes += size_bytes
        while size_bytes:
            step = min(size_bytes, len(_ZEROS))
            self._hash.update(memoryview(_ZEROS)[:step])
            size_bytes -= step
            run.advance(step if counted else 0)

    def hexdigest(self) -> str:
        """The hash of all that was taken in, as 64 hex digits."""
        return self._hash.hexdigest()


def hash_bytes(data: bytes) -> str:
    """The hash of what is in memory."""
    hasher = Hasher()
    hasher.update(memoryview(data))
    return hasher.hexdigest()


def hash_source(source: Input, run: Run) -> str:
    """The hash of a whole measured source, read for this alone.

    Raises: SourceUnreadable, Cancelled.
    """
    reading = _Reading(source, run)
    run_slices(reading, _SLICE_BYTES, source.size_bytes, run)
    return reading.hasher.hexdigest()


def hash_sample(source: Input) -> str | None:
    """The hash of the pieces by which another file of that size is known at once, as 64 hex digits.

    None where there is nothing to choose from: a stream, or a file no larger than all pieces.

    Raises: SourceUnreadable.
    """
    places = sample_places(source.size_bytes or 0)
    if not places:
        return None
    hasher = Hasher()
    for place in places:
        hasher.update(memoryview(source.bytes_at(place, SAMPLE_PIECE_BYTES)))
    return hasher.hexdigest()


@record(eq=False)
class _Slice:
    """A piece of the source, or a hole in it."""

    memory: memoryview
    start: int = 0
    length: int = 0
    is_hole: bool = False


class _Reading:
    """One source on its way into a hash."""

    def __init__(self, source: Input, run: Run) -> None:
        self._source = source
        self._size_bytes = source.size_bytes or 0
        self._run = run
        self._holes = Holes(source, _SLICE_BYTES)
        self._position = 0
        self.hasher = Hasher(run.resources.threads, alone_bytes=self._size_bytes)

    def make(self) -> _Slice:
        return _Slice(memoryview(bytearray(min(_SLICE_BYTES, self._size_bytes))))

    def take(self, slice_: _Slice) -> bool:
        slice_.start, end = self._position, self._size_bytes
        hole = self._holes.after(slice_.start)
        slice_.is_hole = hole is not None and hole.start <= slice_.start
        if hole:
            end = hole.end if slice_.is_hole else hole.start
        length = end - slice_.start
        slice_.length = length if slice_.is_hole else min(length, _SLICE_BYTES)
        self._position += slice_.length
        return slice_.length > 0

    def work(self, slice_: _Slice) -> None:
        if not slice_.is_hole:
            self._source.fill_at(slice_.memory[: slice_.length], slice_.start)

    def finish(self, slice_: _Slice) -> None:
        if slice_.is_hole:
            self.hasher.update_zeros(slice_.length, self._run)
        else:
            self.hasher.update(slice_.memory[: slice_.length])
            self._run.advance(slice_.length)
