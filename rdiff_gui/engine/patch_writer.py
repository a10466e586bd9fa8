"""The new file put together from basis and delta by all cores.

Where every byte of it comes from is known from the delta's commands, so its pieces can be made in
any order. The commands are a librsync delta's; see formats.delta_commands. What the kernel copies
by itself, or lets the two files share, is neither read nor written here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.input import Holes
from rdiff_gui.engine.parallel import run_slices
from rdiff_gui.engine.system import copy_range, share_range
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from rdiff_gui.engine.blake3_hash import Hasher
    from rdiff_gui.engine.delta_reader import Commands
    from rdiff_gui.engine.input import Input
    from rdiff_gui.engine.operation import Run
    from rdiff_gui.engine.output import Output
    from rdiff_gui.formats.delta_commands import Command

# Small enough to stay in a core's cache from reading to hashing, or nearly.
SLICE_BYTES = 2**21
_PARTS_MOST = 2**12

# A hole, or a run of zeros in a literal, that is shorter is written like other data.
HOLE_BYTES_LEAST = 2**16
_ZEROS = bytes(HOLE_BYTES_LEAST)

# What is shorter is copied out of a span that many share: a call to read costs as much as copying
# some KiB. Up to a page between two of them is read for nothing.
_GATHERED_BYTES_MOST = 2**13
_GAP_BYTES_MOST = 2**12
_SPAN_BYTES_MOST = 2**18

# Where its bytes begin, in the delta or in the basis; their place in the slice; how many they are.
_Piece = tuple[int, int, int]


class Slice:
    """`length` bytes of the result from `start` on, or the zeros of the basis at `hole_start`.

    Made of long parts, each a command and its place, and of short pieces of the delta and of the
    basis.
    """

    def __init__(self, memory: bytearray) -> None:
        self.memory = memory
        self.view = memoryview(memory)
        self.span = bytearray()
        self.start = 0
        self.length = 0
        self.long_parts: list[tuple[Command, int]] = []
        self.of_delta: list[_Piece] = []
        self.of_basis: list[_Piece] = []
        self.is_hole = False
        self.hole_start = 0

    def begin(self, start: int) -> None:
        """Be empty, from that place in the result on."""
        self.start, self.length, self.is_hole = start, 0, False
        self.long_parts.clear()
        self.of_delta.clear()
        self.of_basis.clear()

    def gather(self, source: Input, pieces: list[_Piece]) -> None:
        """Fill in the pieces, with one read for all that are near one another in `source`.

        Raises: SourceUnreadable, SourceChanged.
        """
        pieces.sort()
        first = start = end = last = 0
        farthest = -1
        for number, (offset, _place, length) in enumerate(pieces):
            if offset > farthest:
                self._fill_from(source, start, end, pieces[first:number])
                first, start, end = number, offset, offset
                last = start + _SPAN_BYTES_MOST - _GATHERED_BYTES_MOST
            if offset + length > end:
                end = offset + length
                farthest = min(end + _GAP_BYTES_MOST, last)
        self._fill_from(source, start, end, pieces[first:])

    def _fill_from(self, source: Input, start: int, end: int, pieces: list[_Piece]) -> None:
        if not pieces:
            return
        if len(pieces) == 1:
            ((_offset, place, length),) = pieces
            source.fill_at(self.view[place : place + length], start)
            return
        if not self.span:
            self.span = bytearray(_SPAN_BYTES_MOST)
        span, memory = self.span, self.memory
        source.fill_at(memoryview(span)[: end - start], start)
        for offset, place, length in pieces:
            at = offset - start
            memory[place : place + length] = span[at : at + length]


class Assembly:
    """One result being made; `finish` says where to."""

    def __init__(
        self,
        basis: Input,
        commands: Commands,
        output: Output,
        result_bytes: int,
        run: Run,
        hasher: Hasher | None,
    ) -> None:
        self._basis = basis
        self._delta = commands.delta
        self._output = output
        self._file = output if isinstance(output, AtomicFile) else None
        self._kernel = KernelCopy(basis.descriptor, self._file.descriptor) if self._file else None
        self._result_bytes = result_bytes
        self._run = run
        self._hasher = hasher
        self._holes = Holes(basis, HOLE_BYTES_LEAST)
        self._position = 0
        self._given = itertools.chain.from_iterable(commands.read(run))
        self._commands: Iterator[Command] = self._given

    def assemble(self) -> None:
        """Make it. Raises: as assemble below."""
        if self._file:
            self._file.stretch(self._result_bytes)
        run_slices(self, SLICE_BYTES, self._result_bytes, self._run)

    def make(self) -> Slice:
        """An empty slice."""
        return Slice(bytearray(min(SLICE_BYTES, self._result_bytes)))

    def take(self, slice_: Slice) -> bool:
        """Plan the next slice; False at the end.

        Raises: SourceUnreadable, Cancelled.
        """
        slice_.begin(self._position)
        room = len(slice_.memory)
        add_of_delta, add_of_basis = slice_.of_delta.append, slice_.of_basis.append
        # Locals, since this loop meets every command of a delta that may have millions.
        filled, left = 0, _PARTS_MOST
        for part in self._commands:
            literal, source, length = part
            if length <= _GATHERED_BYTES_MOST and filled + length <= room:
                if literal:
                    add_of_delta((source, filled, length))
                else:
                    add_of_basis((source, filled, length))
                filled += length
            else:
                filled, goes_on = self._take_long(slice_, part, filled)
                if not goes_on:
                    break
            left -= 1
            if not left or filled == room:
                break
        slice_.length = filled
        self._position += filled
        return filled > 0

    def _take_long(self, slice_: Slice, part: Command, filled: int) -> tuple[int, bool]:
        """Take what fits of a part; how much the slice holds then, and whether it may go on."""
        literal, source, length = part
        before_bytes = self._data_before_hole(part)
        if not before_bytes:
            if filled:
                self._put_back(part, 0)
                return filled, False
            hole = self._holes.after(source)
            slice_.is_hole, slice_.hole_start = True, source
            hole_bytes = min(hole.end - source, length) if hole else length
            self._put_back(part, hole_bytes)
            return hole_bytes, False
        step = min(before_bytes, len(slice_.memory) - filled)
        slice_.long_parts.append(((literal, source, step), filled))
        self._put_back(part, step)
        return filled + step, step == length

    def work(self, slice_: Slice) -> None:
        """Gather the slice's bytes, and put them in their place where the output has places.

        Raises: SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, Cancelled.
        """
        if slice_.is_hole:
            return
        in_file = [self._copy_in_kernel(part, slice_, place) for part, place in slice_.long_parts]
        slice_.gather(self._delta, slice_.of_delta)
        slice_.gather(self._basis, slice_.of_basis)
        written = 0
        for begin, end in in_file:
            if begin < end:
                self._write(slice_, written, begin)
                written = end
        self._write(slice_, written, slice_.length)
        self._run.advance(slice_.length)

    def finish(self, slice_: Slice) -> None:
        """Hash the slice, and write it where the output takes bytes in order only.

        Raises: DiskFull, OutputUnwritable, Cancelled.
        """
        if slice_.is_hole:
            if self._hasher:
                self._hasher.update_zeros(slice_.length, self._run)
            else:
                self._run.advance(slice_.length)
            if not self._file:
                for start in range(0, slice_.length, len(_ZEROS)):
                    self._run.check()
                    self._output.write(memoryview(_ZEROS)[: slice_.length - start])
            return
        data = slice_.view[: slice_.length]
        if self._hasher:
            self._hasher.update(data)
        if not self._file:
            self._output.write(data)

    def _data_before_hole(self, part: Command) -> int:
        """How much of a part comes before a hole of the basis that is worth passing over."""
        literal, source, length = part
        if literal or length < HOLE_BYTES_LEAST:
            return length
        hole = self._holes.after(source)
        return length if hole is None else min(length, max(0, hole.start - source))

    def _put_back(self, part: Command, taken: int) -> None:
        """Let the next slice begin with what is left of a part."""
        literal, source, length = part
        if taken < length:
            rest = literal, source + taken, length - taken
            self._commands = itertools.chain((rest,), self._given)

    def _copy_in_kernel(self, part: Command, slice_: Slice, place: int) -> tuple[int, int]:
        """Get what is wanted of a part into memory; where the slice is in the file already."""
        literal, start, length = part
        begin = end = 0
        if self._kernel and not literal:
            target = slice_.start + place
            begin, end = self._kernel.clone(start, target, length)
            if begin == end and not self._hasher and self._kernel.copy(start, target, length):
                end = length
        source = self._delta if literal else self._basis
        for first, last in ((0, length),) if self._hasher else ((0, begin), (end, length)):
            if first < last:
                source.fill_at(slice_.view[place + first : place + last], start + first)
        return place + begin, place + end

    def _write(self, slice_: Slice, begin: int, end: int) -> None:
        """Put `[begin, end)` of the slice into the file, less what is zeros there anyway."""
        file = self._file
        if not file or begin == end:
            return
        for first, last in self._runs_of_data(slice_, begin, end):
            file.write_at(slice_.view[first:last], slice_.start + first)

    def _runs_of_data(self, slice_: Slice, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """`[begin, end)` without the zeros that fill a whole, aligned piece of the file."""
        first = begin
        aligned = begin + -(slice_.start + begin) % HOLE_BYTES_LEAST
        for piece in range(aligned, end - HOLE_BYTES_LEAST + 1, HOLE_BYTES_LEAST):
            # Told apart at the first byte, mostly.
            if slice_.memory.startswith(_ZEROS, piece, piece + HOLE_BYTES_LEAST):
                if first < piece:
                    yield first, piece
                first = piece + HOLE_BYTES_LEAST
        if first < end:
            yield first, end


def assemble(
    basis: Input,
    commands: Commands,
    output: Output,
    result_bytes: int,
    run: Run,
    hasher: Hasher | None,
) -> None:
    """Write what a checked delta's commands make of the measured `basis`; into `hasher` too.

    Where basis or literals are zeros in long runs, a file as output gets holes.

    Raises: SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, Cancelled.
    """
    Assembly(basis, commands, output, result_bytes, run, hasher).assemble()


def count_data(basis: Input, commands: Commands, run: Run) -> int:
    """How many bytes of the result take room on the disk: all but the basis's holes.

    Raises: SourceUnreadable, Cancelled.
    """
    holes = Holes(basis, HOLE_BYTES_LEAST)
    data_bytes = 0
    for some in commands.read(run):
        for literal, source, length in some:
            end = source + length
            data_bytes += length
            while not literal and (hole := holes.after(source)) and hole.start < end:
                data_bytes -= min(hole.end, end) - max(hole.start, source)
                source = hole.end  # noqa: PLW2901  # goes on behind the hole
                if source >= end:
                    break
    return data_bytes


# Below this, a call costs more than it spares.
_LEAST_BYTES = 2**16

# Blocks of no common file system are larger.
_ALIGNMENT = 2**12


class KernelCopy:
    """Copies between two open files, until the system says that it cannot.

    Whatever the reason, the caller then reads and writes, and meets a real trouble there: of a copy
    it could not be told whether the source or the target has it. May be used by several threads.
    """

    def __init__(self, source: int, target: int) -> None:
        """Copy from one file descriptor to the other."""
        self._source = source
        self._target = target
        self._can_copy = True
        self._can_clone = True

    def copy(self, source: int, target: int, length: int) -> bool:
        """Copy `length` bytes by offset; False where all of it is still to be done."""
        if not self._can_copy or length < _LEAST_BYTES:
            return False
        try:
            while length:
                copied = copy_range(self._source, source, self._target, target, length)
                if not copied:
                    return False
                source, target, length = source + copied, target + copied, length - copied
        except OSError:
            self._can_copy = False
            return False
        return True

    def clone(self, source: int, target: int, length: int) -> tuple[int, int]:
        """Let the target share the source's whole blocks; where these begin and end in the range.

        (0, 0) where nothing is shared.
        """
        first = -target % _ALIGNMENT
        shared_bytes = (length - first) // _ALIGNMENT * _ALIGNMENT
        if not self._can_clone or shared_bytes < _LEAST_BYTES or (source - target) % _ALIGNMENT:
            return 0, 0
        try:
            share_range(self._source, source + first, self._target, target + first, shared_bytes)
        except OSError:
            self._can_clone = False
            return 0, 0
        return first, first + shared_bytes
