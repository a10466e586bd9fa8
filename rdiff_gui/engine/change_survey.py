"""What a delta changes of a file in its place, known from one read before anything is written.

The hashes of the old file and of the result to be come from that read as well. What the delta
brings and the file has already is no change.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from rdiff_gui.engine.blake3_hash import Hasher
from rdiff_gui.engine.output import Nowhere
from rdiff_gui.engine.patch_writer import SLICE_BYTES, Assembly, Slice
from rdiff_gui.formats.seal import SAMPLE_PIECE_BYTES, sample_places
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from rdiff_gui.engine.delta_reader import Commands
    from rdiff_gui.engine.input import Input
    from rdiff_gui.engine.operation import Run
    from rdiff_gui.engine.output import Output

# Blocks of no common file system are smaller, and a part of one is written as the whole.
_BLOCK_BYTES = 2**12
# A copy costs as little as that.
_LITERAL_BYTES_LEAST = 2**6

_ZEROS = bytes(2**16)


class _Window(Slice):
    """A slice of the result, and what stands there `before`, zeros behind the old file's end."""

    def __init__(self, memory: bytearray) -> None:
        super().__init__(memory)
        self.before = bytearray()
        self.before_bytes = 0
        self.stays = False


class Survey(Assembly):
    """One file and what it is to become; that is written on the way, where there is an `output`.

    `starts` and `ends` are the stretches that differ, in order and apart; in whole blocks, where it
    is to be changed itself.
    """

    def __init__(
        self,
        old: Input,
        commands: Commands,
        result_bytes: int,
        run: Run,
        output: Output | None = None,
    ) -> None:
        # Two hashes of one read keep every core busy.
        threads = run.resources.threads
        self.new_hasher = Hasher(threads, alone_bytes=result_bytes)
        self._steps_bytes = (_BLOCK_BYTES, *((_LITERAL_BYTES_LEAST,) if output else ()))
        output = output or Nowhere()
        super().__init__(old, commands, output, result_bytes, run, self.new_hasher)
        self.old_bytes = old.size_bytes or 0
        self.result_bytes = result_bytes
        self.starts, self.ends = array("q"), array("q")
        self._old = old
        self._old_hasher = Hasher(threads, alone_bytes=self.old_bytes)
        self._sample_hasher = Hasher()
        self._sample_places = sample_places(result_bytes)
        self._sampled = 0
        self.old_blake3 = self.new_blake3 = ""
        self.new_sample: str | None = None

    def carry_out(self) -> None:
        """Read the file.

        Raises: SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, Cancelled.
        """
        self.assemble()
        self._hash_rest(min(self.old_bytes, self.result_bytes))
        self.old_blake3, self.new_blake3 = self._old_hasher.hexdigest(), self.new_hasher.hexdigest()
        if self._sample_places:
            self.new_sample = self._sample_hasher.hexdigest()

    @property
    def overwritten_bytes(self) -> int:
        """How many old bytes will be written over or cut off."""
        return sum(end - start for start, end in self.overwritten())

    @property
    def changed_bytes(self) -> int:
        """How many bytes will be written."""
        return sum(self.ends) - sum(self.starts)

    def overwritten(self) -> Iterator[tuple[int, int]]:
        """The stretches of the old file that will be written over or cut off."""
        kept_bytes = min(self.old_bytes, self.result_bytes)
        for start, end in zip(self.starts, self.ends, strict=True):
            if start < kept_bytes:
                yield start, min(end, kept_bytes)
        if kept_bytes < self.old_bytes:
            yield kept_bytes, self.old_bytes

    # --- as parallel.SlicedWork ------------------------------------------------------------------

    def make(self) -> Slice:
        """An empty window."""
        return _Window(bytearray(min(SLICE_BYTES, self.result_bytes)))

    def work(self, slice_: Slice) -> None:
        """Read a window, and what stands there before."""
        assert isinstance(slice_, _Window)
        super().work(slice_)
        start, length = slice_.start, slice_.length
        if slice_.is_hole:
            slice_.stays = slice_.hole_start == start
            return
        slice_.stays = (
            not slice_.of_delta
            and all(source == start + place for source, place, _length in slice_.of_basis)
            and all(
                not literal and source == start + place
                for (literal, source, _length), place in slice_.long_parts
            )
        )
        if not slice_.stays:
            if not slice_.before:
                slice_.before = bytearray(len(slice_.memory))
            read_bytes = self._old.read_at(memoryview(slice_.before)[:length], start)
            slice_.before[read_bytes:length] = bytes(length - read_bytes)
            slice_.before_bytes = read_bytes

    def finish(self, slice_: Slice) -> None:
        """Hash it, and note what differs."""
        assert isinstance(slice_, _Window)
        if slice_.is_hole:
            self._finish_hole(slice_)
            return
        data = slice_.view[: slice_.length]
        self.new_hasher.update(data)
        self._sample(slice_.start, data)
        if slice_.stays:
            self._old_hasher.update(data)
            return
        self._old_hasher.update(memoryview(slice_.before)[: slice_.before_bytes])
        self._compare(slice_.start, slice_.memory, slice_.before, slice_.length)

    def _finish_hole(self, slice_: _Window) -> None:
        start, end = slice_.start, slice_.start + slice_.length
        self.new_hasher.update_zeros(slice_.length, self._run)
        self._sample_zeros(start, end)
        if slice_.stays:
            self._old_hasher.update_zeros(slice_.length, self._run, counted=False)
        else:
            for place in range(start, end, len(_ZEROS)):
                before = self._old.bytes_at(place, min(len(_ZEROS), end - place))
                self._old_hasher.update(memoryview(before))
                self._compare(place, _ZEROS, before, len(before))

    def _hash_rest(self, start: int) -> None:
        """Take in what will be cut off."""
        buffer = memoryview(bytearray(min(SLICE_BYTES, self.old_bytes - start)))
        for place in range(start, self.old_bytes, SLICE_BYTES):
            data = buffer[: self.old_bytes - place]
            self._old.fill_at(data, place)
            self._old_hasher.update(data)
            self._run.advance(len(data))

    def _compare(
        self,
        start: int,
        new: bytes | bytearray,
        before: bytes | bytearray,
        length: int,
        level: int = 0,
    ) -> None:
        if new[:length] == before[:length]:
            return
        if level == len(self._steps_bytes):
            self._note(start, start + length)
            return
        step_bytes, begin = self._steps_bytes[level], 0
        while begin < length:
            end = min(length, begin + step_bytes - (start + begin) % step_bytes)
            self._compare(start + begin, new[begin:end], before[begin:end], end - begin, level + 1)
            begin = end

    def _note(self, start: int, end: int) -> None:
        if self.ends and self.ends[-1] == start:
            self.ends[-1] = end
        else:
            self.starts.append(start)
            self.ends.append(end)

    def _sample(self, start: int, data: memoryview) -> None:
        """Take in the pieces by which the result is known at once; `data` comes in order."""
        end = start + len(data)
        for place in self._sample_places[self._sampled :]:
            first, last = max(place, start), min(place + SAMPLE_PIECE_BYTES, end)
            if first < last:
                self._sample_hasher.update(data[first - start : last - start])
            if place + SAMPLE_PIECE_BYTES > end:
                break
            self._sampled += 1

    def _sample_zeros(self, start: int, end: int) -> None:
        for place in self._sample_places[self._sampled :]:
            first, last = max(place, start), min(place + SAMPLE_PIECE_BYTES, end)
            if first >= last:
                break
            self._sample(first, memoryview(_ZEROS)[: last - first])
