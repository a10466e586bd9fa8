"""A new file compared with a signature by all cores, slice by slice, into one delta.

A slice is compared with one block length of what follows it. So a match that the cut would break
is found whole by the slice it begins in, and the next slice's commands are cut off where it ends:
the delta is as long as one made in one go, but for a command here and there.
"""

from __future__ import annotations

from rdiff_gui.engine.delta_writer import Joiner
from rdiff_gui.engine.input import Hole, Holes
from rdiff_gui.engine.parallel import run_slices
from rdiff_gui.engine.signature_table import BlockRecords, sum_of_zeros
from rdiff_gui.formats.delta_commands import Command, CommandReader, CommandTotals
from rdiff_gui.librsync.jobs import (
    OUTPUT_BYTES,
    WINDOW_BYTES,
    Channel,
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


@record(eq=False)
class _Slice:
    """`core_bytes` of the new file at `start`, with what follows them; or a hole of that length."""

    memory: Memory
    output: Memory
    pacer: WindowPacer
    start: int = 0
    core_bytes: int = 0
    filled_bytes: int = 0
    is_hole: bool = False
    holes: tuple[Hole, ...] = ()
    commands: list[Command] = field(default_factory=list)


class _Comparing:
    """One new file, what it is compared with, and the delta that is made."""

    def __init__(
        self,
        new: Input,
        loaded: LoadedSums,
        write: Write,
        run: Run,
        hasher: Hasher | None,
    ) -> None:
        self._new = new
        self._loaded = loaded
        self._run = run
        self._hasher = hasher
        self._block_bytes = loaded.header.block_bytes
        wanted_bytes = max(_SLICE_BLOCKS * self._block_bytes, _SLICE_BYTES_LEAST)
        # Whole blocks: what was changed in place has its matches where slices begin and end.
        blocks = max(1, min(wanted_bytes, _SLICE_BYTES_MOST) // self._block_bytes)
        self.slice_bytes = blocks * self._block_bytes
        self._position = 0
        self._carried = b""
        records = BlockRecords(loaded.content, loaded.header, loaded.blocks)
        self._holes = Holes(new, max(_SLICE_BYTES_LEAST, _HOLE_BLOCKS_LEAST * self._block_bytes))
        self._hole_behind: Hole | None = None
        self._hole_ahead = self._holes.after(0)
        zeros = None
        if self._hole_ahead:
            zeros = records.longest_run(sum_of_zeros(loaded.header), run)
            if not zeros:
                # Holes must be compared like data then, and become literals.
                self._hole_ahead = None
        self.joiner = Joiner(write, records, zeros)

    def make(self) -> _Slice:
        """An empty slice."""
        memory_bytes = self.slice_bytes + self._block_bytes
        if self._new.size_bytes is not None:
            memory_bytes = min(memory_bytes, self._new.size_bytes + 1)
        return _Slice(
            Memory(memory_bytes),
            Memory(self._run.resources.output_bytes or min(OUTPUT_BYTES, memory_bytes + 2**10)),
            WindowPacer(self._run.resources.input_bytes or WINDOW_BYTES, paced=True),
        )

    def take(self, slice_: _Slice) -> bool:
        """Read the next slice; False at the end. Raises: SourceUnreadable."""
        start = slice_.start = self._position
        end = start + self.slice_bytes
        hole = self._hole_ahead
        slice_.holes = tuple(each for each in (self._hole_behind, hole) if each)
        if hole:
            first, last = self._middle(hole)
            if start == first:
                self._hole_behind, self._hole_ahead = hole, self._holes.after(hole.end)
                slice_.is_hole, slice_.core_bytes = True, last - start
                self._position = last
                return True
            end = min(end, first)
        slice_.is_hole = False
        slice_.filled_bytes = self._fill(slice_.memory, end - start + self._block_bytes)
        slice_.core_bytes = min(slice_.filled_bytes, end - start)
        self._position += slice_.core_bytes
        return slice_.core_bytes > 0

    def work(self, slice_: _Slice) -> None:
        """Compare it. Raises: LibrsyncFailed, Cancelled."""
        if slice_.is_hole:
            return
        commands = slice_.commands = []
        reader = CommandReader(self._new.path)
        uncounted_bytes = slice_.core_bytes

        def count(window_bytes: int) -> None:
            # The next slice counts what was read of it.
            nonlocal uncounted_bytes
            step = min(window_bytes, uncounted_bytes)
            uncounted_bytes -= step
            self._run.advance(step)

        channel = Channel(
            slice_.pacer, slice_.output, lambda data: commands.extend(reader.feed(data)), count
        )
        slice_.pacer.begin_job(self._block_bytes)
        with self._loaded.tables.lend() as table, table.begin_delta() as job:
            job.feed(slice_.memory, 0, slice_.filled_bytes, channel, ended=True)

    def finish(self, slice_: _Slice) -> None:
        """Write its part of the delta. Raises: Cancelled, SourceUnreadable, what `write` raises."""
        stop = slice_.start + slice_.core_bytes
        if slice_.is_hole:
            if self._hasher:
                self._hasher.update_zeros(slice_.core_bytes, self._run)
            else:
                self._run.advance(slice_.core_bytes)
            self.joiner.add_zeros(stop)
            return
        core = slice_.memory.view[: slice_.core_bytes]
        if self._hasher:
            self._hasher.update(core)
        self.joiner.add(slice_.start, core, slice_.commands, slice_.holes)

    def _middle(self, hole: Hole) -> tuple[int, int]:
        """The part of a hole that is not compared: all but a block or two at either end.

        Those are for matches that reach into it. It begins and ends with a whole block, as counted
        from the file's beginning, where an unchanged file has its matches.
        """
        block_bytes, size_bytes = self._block_bytes, self._new.size_bytes
        first = (-(-hole.start // block_bytes) + 1) * block_bytes if hole.start else 0
        last = (hole.end // block_bytes - 1) * block_bytes
        return first, hole.end if hole.end == size_bytes else last

    def _fill(self, memory: Memory, wanted_bytes: int) -> int:
        """Read from the position on; what was read beyond an earlier slice is not read again."""
        view = memory.view[:wanted_bytes]
        if self._new.size_bytes is not None:
            return self._new.read_at(view, self._position)
        carried_bytes = len(self._carried)
        view[:carried_bytes] = self._carried
        filled = carried_bytes + self._new.fill(view[carried_bytes:])
        self._carried = bytes(view[self.slice_bytes : filled])
        return filled


def compare(
    new: Input, loaded: LoadedSums, write: Write, run: Run, hasher: Hasher | None
) -> CommandTotals:
    """Read all of `new`, into `hasher` too, and hand its delta to `write`; what it adds up to.

    Raises: SourceUnreadable, LibrsyncFailed, Cancelled, what `write` raises.
    """
    comparing = _Comparing(new, loaded, write, run, hasher)
    run_slices(comparing, comparing.slice_bytes, new.size_bytes, run)
    return comparing.joiner.finish()
