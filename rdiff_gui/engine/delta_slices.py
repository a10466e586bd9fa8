"""A new file compared with a signature by all cores, slice by slice, into one delta.

A slice is compared with one block length of what follows it. So a match that the cut would break
is found whole by the slice it begins in, and the next slice's commands are cut off where it ends:
the delta is as long as one made in one go, but for a command here and there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rdiff_gui.engine.delta_writer import Joiner
from rdiff_gui.engine.input import Hole, Holes
from rdiff_gui.engine.parallel import run_slices
from rdiff_gui.engine.signature_table import BlockRecords, sum_of_zeros
from rdiff_gui.formats.delta_commands import Command, CommandReader, CommandTotals
from rdiff_gui.librsync.jobs import (
    OUTPUT_BYTES,
    WINDOW_BYTES,
    JobChannel,
    Memory,
    WindowPacer,
    Write,
)
from rdiff_gui.records import TYPE_CHECKING, field, record

if TYPE_CHECKING:
    from rdiff_gui.engine.blake3_hash import Hasher
    from rdiff_gui.engine.input import Input
    from rdiff_gui.engine.operation import Run
    from rdiff_gui.engine.signature_table import LoadedSums

# At either end of a slice that begins within a block, librsync goes byte by byte for up to a block,
# which takes seven times as long as comparing blocks that match. So a slice is many blocks long.
_SLICE_BLOCKS = 256
_SLICE_BYTES_LEAST = 2**20
_SLICE_BYTES_MOST = 2**23

# Of a hole, up to two blocks at either end are compared.
_HOLE_BLOCKS_LEAST = 5


@record(frozen=True)
class Extent:
    """Which bytes of the new file a slice is for.

    `holes`, in order, are those that it may reach into.
    """

    start: int
    size_bytes: int
    is_hole: bool
    holes: tuple[Hole, ...]


class Cutting:
    """Where one new file is cut, and what of the old one the slices' commands are joined by."""

    def __init__(self, new: Input, loaded: LoadedSums, run: Run) -> None:
        """Raises: SourceUnreadable, LibrsyncFailed, Cancelled."""
        self._size_bytes = new.size_bytes
        self._block_bytes = loaded.header.block_bytes
        wanted_bytes = max(_SLICE_BLOCKS * self._block_bytes, _SLICE_BYTES_LEAST)
        # Whole blocks: what was changed in place has its matches where slices begin and end.
        blocks = max(1, min(wanted_bytes, _SLICE_BYTES_MOST) // self._block_bytes)
        self.slice_bytes = blocks * self._block_bytes
        self.records = BlockRecords(loaded.content, loaded.header, loaded.blocks)
        self._holes = Holes(new, max(_SLICE_BYTES_LEAST, _HOLE_BLOCKS_LEAST * self._block_bytes))
        self.zeros: Hole | None = None
        if self._holes.after(0):
            # Without any, holes must be compared like data, and become literals.
            self.zeros = _find_zeros(self.records, loaded, run)

    def extents(self) -> Iterator[Extent]:
        """All slices, in order; of a file of unknown size, until nobody asks for more."""
        position, size_bytes = 0, self._size_bytes
        behind, ahead = None, self._holes.after(0) if self.zeros else None
        while size_bytes is None or position < size_bytes:
            end = position + self.slice_bytes
            holes = tuple(each for each in (behind, ahead) if each)
            if ahead:
                first, last = self._middle(ahead)
                if position == first:
                    yield Extent(position, last - position, True, holes)
                    behind, ahead = ahead, self._holes.after(ahead.end)
                    position = last
                    continue
                end = min(end, first)
            if size_bytes is not None:
                end = min(end, size_bytes)
            yield Extent(position, end - position, False, holes)
            position = end

    def _middle(self, hole: Hole) -> tuple[int, int]:
        """The part of a hole that is not compared: all but a block or two at either end.

        Those are for matches that reach into it. It begins and ends with a whole block, as counted
        from the file's beginning, where an unchanged file has its matches.
        """
        block_bytes, size_bytes = self._block_bytes, self._size_bytes
        first = (-(-hole.start // block_bytes) + 1) * block_bytes if hole.start else 0
        last = (hole.end // block_bytes - 1) * block_bytes
        return first, hole.end if hole.end == size_bytes else last


def _find_zeros(records: BlockRecords, loaded: LoadedSums, run: Run) -> Hole | None:
    return records.longest_run(sum_of_zeros(loaded.header), run)


@record(eq=False)
class _Slice:
    """The new file's bytes of an extent, with what follows them, and the commands for them."""

    memory: Memory
    output: Memory
    pacer: WindowPacer
    extent: Extent
    core_bytes: int = 0
    filled_bytes: int = 0
    commands: list[Command] = field(default_factory=list)


class _Comparing:
    """The slices of one new file, and what they are compared with."""

    def __init__(
        self,
        new: Input,
        loaded: LoadedSums,
        run: Run,
        extents: Iterator[Extent],
        slice_bytes: int,
    ) -> None:
        self.slice_bytes = slice_bytes
        self._new = new
        self._loaded = loaded
        self._run = run
        self._extents = extents
        self._block_bytes = loaded.header.block_bytes
        self._carried = b""

    def make(self) -> _Slice:
        """An empty slice."""
        memory_bytes = self.slice_bytes + self._block_bytes
        if self._new.size_bytes is not None:
            memory_bytes = min(memory_bytes, self._new.size_bytes + 1)
        return _Slice(
            Memory(memory_bytes),
            Memory(self._run.resources.output_bytes or min(OUTPUT_BYTES, memory_bytes + 2**10)),
            WindowPacer(self._run.resources.input_bytes or WINDOW_BYTES, paced=True),
            Extent(0, 0, False, ()),
        )

    def take(self, slice_: _Slice) -> bool:
        """Read the next slice; False at the end. Raises: SourceUnreadable, SourceChanged."""
        extent = next(self._extents, None)
        if extent is None:
            return False
        slice_.extent, slice_.core_bytes = extent, extent.size_bytes
        if not extent.is_hole:
            slice_.filled_bytes = self._fill(slice_.memory, extent)
            slice_.core_bytes = min(slice_.filled_bytes, extent.size_bytes)
        return slice_.core_bytes > 0

    def _fill(self, memory: Memory, extent: Extent) -> int:
        """Read a slice; of a stream, what was read beyond an earlier one is not read again."""
        view = memory.view[: extent.size_bytes + self._block_bytes]
        if self._new.size_bytes is not None:
            return self._new.read_at(view, extent.start)
        carried_bytes = len(self._carried)
        view[:carried_bytes] = self._carried
        filled = carried_bytes + self._new.fill(view[carried_bytes:])
        self._carried = bytes(view[self.slice_bytes : filled])
        return filled

    def compare(self, slice_: _Slice, write: Write) -> None:
        """Hand a delta of the slice alone to `write`. Raises: LibrsyncFailed, Cancelled."""
        uncounted_bytes = slice_.core_bytes

        def count(window_bytes: int) -> None:
            # The next slice counts what was read of it.
            nonlocal uncounted_bytes
            step = min(window_bytes, uncounted_bytes)
            uncounted_bytes -= step
            self._run.advance(step)

        channel = JobChannel(slice_.pacer, slice_.output, write, count)
        slice_.pacer.begin_job(self._block_bytes)
        with self._loaded.tables.lend() as table, table.begin_delta() as job:
            job.feed(slice_.memory, 0, slice_.filled_bytes, channel, ended=True)


class _Joining(_Comparing):
    """The same, as they become one delta."""

    def __init__(
        self, new: Input, loaded: LoadedSums, write: Write, run: Run, hasher: Hasher | None
    ) -> None:
        cutting = Cutting(new, loaded, run)
        super().__init__(new, loaded, run, cutting.extents(), cutting.slice_bytes)
        self._hasher = hasher
        self.joiner = Joiner(write, cutting.records, cutting.zeros)

    def work(self, slice_: _Slice) -> None:
        """Compare it. Raises: LibrsyncFailed, Cancelled."""
        if slice_.extent.is_hole:
            return
        commands = slice_.commands = []
        reader = CommandReader(self._new.path)
        self.compare(slice_, lambda data: commands.extend(reader.feed(data)))

    def finish(self, slice_: _Slice) -> None:
        """Write its part of the delta. Raises: Cancelled, SourceUnreadable, what `write` raises."""
        extent = slice_.extent
        if extent.is_hole:
            if self._hasher:
                self._hasher.update_zeros(slice_.core_bytes, self._run)
            else:
                self._run.advance(slice_.core_bytes)
            self.joiner.add_zeros(extent.start + slice_.core_bytes)
            return
        core = slice_.memory.view[: slice_.core_bytes]
        if self._hasher:
            self._hasher.update(core)
        self.joiner.add(extent.start, core, slice_.commands, extent.holes)


def compare(
    new: Input, loaded: LoadedSums, write: Write, run: Run, hasher: Hasher | None
) -> CommandTotals:
    """Read all of `new`, into `hasher` too, and hand its delta to `write`; what it adds up to.

    Raises: SourceUnreadable, LibrsyncFailed, Cancelled, what `write` raises.
    """
    joining = _Joining(new, loaded, write, run, hasher)
    run_slices(joining, joining.slice_bytes, new.size_bytes, run)
    return joining.joiner.finish()


def compare_apart(
    new: Input, loaded: LoadedSums, extents: Sequence[Extent], run: Run
) -> Iterator[bytes]:
    """A delta of each of some slices alone, none of them a hole, by this thread.

    Raises: SourceUnreadable, SourceChanged, LibrsyncFailed, Cancelled.
    """
    slice_bytes = max(extent.size_bytes for extent in extents)
    comparing = _Comparing(new, loaded, run, iter(extents), slice_bytes)
    slice_ = comparing.make()
    while comparing.take(slice_):
        delta = bytearray()
        comparing.compare(slice_, delta.extend)
        yield bytes(delta)


def join_slices(
    new: Input,
    loaded: LoadedSums,
    write: Write,
    run: Run,
    extents: Sequence[Extent],
    deltas: Iterator[bytes],
) -> CommandTotals:
    """What `compare` does, out of what `compare_apart` has made of all slices but holes, in order.

    Raises: DeltaDamaged, DeltaTruncated, SourceUnreadable, LibrsyncFailed, Cancelled, what `write`
    raises.
    """
    records = BlockRecords(loaded.content, loaded.header, loaded.blocks)
    has_holes = any(extent.holes for extent in extents)
    joiner = Joiner(write, records, _find_zeros(records, loaded, run) if has_holes else None)
    for extent in extents:
        if extent.is_hole:
            run.advance(extent.size_bytes)
            joiner.add_zeros(extent.start + extent.size_bytes)
            continue
        run.check()
        delta = next(deltas)
        reader = CommandReader(new.path)
        commands = reader.feed(delta)
        reader.finish()
        core = _literals_of(delta, commands, extent.size_bytes)
        joiner.add(extent.start, memoryview(core), commands, extent.holes)
    return joiner.finish()


def _literals_of(delta: bytes, commands: Sequence[Command], core_bytes: int) -> bytearray:
    """A slice's own bytes, as far as they are literals; no others are asked for."""
    core = bytearray(core_bytes)
    position = 0
    for literal, start, length in commands:
        if position >= core_bytes:
            break
        if literal:
            step = min(length, core_bytes - position)
            core[position : position + step] = delta[start : start + step]
        position += length
    return core
