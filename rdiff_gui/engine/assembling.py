"""The new file put together from basis and delta by all cores.

Where every byte of it comes from is known from the delta's commands, so its pieces can be made in
any order. The commands are a librsync delta's; see formats.delta_commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.holes import Holes
from rdiff_gui.engine.kernel_copy import KernelCopy
from rdiff_gui.engine.scanning import read_commands
from rdiff_gui.engine.slices import count_workers, run_slices
from rdiff_gui.errors import SourceChanged

if TYPE_CHECKING:
    from rdiff_gui.engine.hashing import Hasher
    from rdiff_gui.engine.inputs import Input
    from rdiff_gui.engine.options import Resources
    from rdiff_gui.engine.outputs import Output
    from rdiff_gui.engine.running import Run

# Small enough to stay in a core's cache from reading to hashing, or nearly.
_SLICE_BYTES = 2**21
_PARTS_MOST = 2**12

# A hole, or a run of zeros in a literal, that is shorter is written like other data.
_HOLE_BYTES_LEAST = 2**16
_ZEROS = bytes(_HOLE_BYTES_LEAST)


class _Part(NamedTuple):
    """`length` bytes from `source` on, in the delta for a literal, else in the basis."""

    literal: bool
    source: int
    length: int


class _Slice:
    """`length` bytes of the result from `start` on: parts in a row, or zeros."""

    def __init__(self, memory: bytearray) -> None:
        self.memory = memory
        self.view = memoryview(memory)
        self.start = 0
        self.length = 0
        self.parts: list[_Part] = []
        self.is_hole = False


class _Assembly:
    """One result being made."""

    def __init__(
        self,
        basis: Input,
        delta: Input,
        output: Output,
        result_bytes: int,
        run: Run,
        hasher: Hasher | None,
    ) -> None:
        self._basis = basis
        self._delta = delta
        self._output = output
        self._file = output if isinstance(output, AtomicFile) else None
        self._kernel = KernelCopy(basis.descriptor, self._file.descriptor) if self._file else None
        self._result_bytes = result_bytes
        self._run = run
        self._hasher = hasher
        self._holes = Holes(basis, _HOLE_BYTES_LEAST)
        self._position = 0
        self._parts = self._read_parts()
        self._left: _Part | None = None

    def make(self) -> _Slice:
        """An empty slice."""
        return _Slice(bytearray(min(_SLICE_BYTES, self._result_bytes)))

    def take(self, slice_: _Slice) -> bool:
        """Plan the next slice; False at the end.

        Raises: SourceUnreadable, Cancelled.
        """
        slice_.parts.clear()
        slice_.start, slice_.length, slice_.is_hole = self._position, 0, False
        while slice_.length < len(slice_.memory) and len(slice_.parts) < _PARTS_MOST:
            part = self._left or next(self._parts, None)
            self._left = None
            if part is None:
                break
            before_bytes = self._data_before_hole(part)
            if not before_bytes:
                if slice_.length:
                    self._left = part
                    break
                hole = self._holes.after(part.source)
                slice_.is_hole = True
                slice_.length = min(hole.end - part.source, part.length) if hole else part.length
                self._keep_rest(part, slice_.length)
                break
            step = min(before_bytes, len(slice_.memory) - slice_.length)
            slice_.parts.append(part._replace(length=step))
            slice_.length += step
            self._keep_rest(part, step)
        self._position += slice_.length
        return slice_.length > 0

    def work(self, slice_: _Slice) -> None:
        """Gather the slice's bytes, and put them in their place where the output has places.

        Raises: SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, Cancelled.
        """
        if slice_.is_hole:
            return
        place = written = 0
        for part in slice_.parts:
            if self._copy_in_kernel(part, slice_, place):
                self._write(slice_, written, place)
                written = place + part.length
            place += part.length
        self._write(slice_, written, place)
        self._run.advance(slice_.length)

    def finish(self, slice_: _Slice) -> None:
        """Hash the slice, and write it where the output takes bytes in order only.

        Raises: DiskFull, OutputUnwritable, Cancelled.
        """
        if slice_.is_hole:
            if self._hasher:
                self._hasher.update_zeros(slice_.length, self._run)
            if not self._file:
                for start in range(0, slice_.length, len(_ZEROS)):
                    self._run.check()
                    self._output.write(memoryview(_ZEROS)[: slice_.length - start])
            self._run.advance(slice_.length)
            return
        data = slice_.view[: slice_.length]
        if self._hasher:
            self._hasher.update(data)
        if not self._file:
            self._output.write(data)

    def _read_parts(self) -> Iterator[_Part]:
        for commands in read_commands(self._delta, self._run):
            yield from (_Part(*command) for command in commands)

    def _data_before_hole(self, part: _Part) -> int:
        """How much of a part comes before a hole of the basis that is worth passing over."""
        if part.literal or part.length < _HOLE_BYTES_LEAST:
            return part.length
        hole = self._holes.after(part.source)
        return part.length if hole is None else min(part.length, max(0, hole.start - part.source))

    def _keep_rest(self, part: _Part, taken: int) -> None:
        if taken < part.length:
            self._left = part._replace(source=part.source + taken, length=part.length - taken)

    def _copy_in_kernel(self, part: _Part, slice_: _Slice, place: int) -> bool:
        """Get a part into memory, if it is wanted there; say whether it is in the file already."""
        target = slice_.start + place
        kernel = None if part.literal else self._kernel
        if kernel and self._hasher is None and kernel.copy(part.source, target, part.length):
            return True
        source = self._delta if part.literal else self._basis
        if source.read_at(slice_.view[place : place + part.length], part.source) < part.length:
            raise SourceChanged(source.path)
        return bool(kernel and kernel.clone(part.source, target, part.length))

    def _write(self, slice_: _Slice, begin: int, end: int) -> None:
        """Put `[begin, end)` of the slice into the file, less what is zeros there anyway."""
        file = self._file
        if not file or begin == end:
            return
        for first, last in self._runs_of_data(slice_, begin, end):
            file.write_at(slice_.view[first:last], slice_.start + first)

    def _runs_of_data(self, slice_: _Slice, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """`[begin, end)` without the zeros that fill a whole, aligned piece of the file."""
        first = begin
        aligned = begin + -(slice_.start + begin) % _HOLE_BYTES_LEAST
        for piece in range(aligned, end - _HOLE_BYTES_LEAST + 1, _HOLE_BYTES_LEAST):
            # Told apart at the first byte, mostly.
            if slice_.memory.startswith(_ZEROS, piece, piece + _HOLE_BYTES_LEAST):
                if first < piece:
                    yield first, piece
                first = piece + _HOLE_BYTES_LEAST
        if first < end:
            yield first, end


def assemble(
    basis: Input,
    delta: Input,
    output: Output,
    result_bytes: int,
    run: Run,
    resources: Resources,
    hasher: Hasher | None,
) -> None:
    """Write what `delta` makes of `basis`, both measured, checked and scanned; into `hasher` too.

    Where basis or literals are zeros in long runs, a file as output gets holes.

    Raises: SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, Cancelled.
    """
    if isinstance(output, AtomicFile):
        output.stretch(result_bytes)
    assembly = _Assembly(basis, delta, output, result_bytes, run, hasher)
    run_slices(
        assembly.make,
        assembly.take,
        assembly.work,
        assembly.finish,
        workers=count_workers(resources.threads, _SLICE_BYTES, result_bytes),
        run=run,
    )


def count_data(basis: Input, delta: Input, run: Run) -> int:
    """How many bytes of the result take room on the disk: all but the basis's holes.

    Raises: SourceUnreadable, Cancelled.
    """
    holes = Holes(basis, _HOLE_BYTES_LEAST)
    data_bytes = 0
    for commands in read_commands(delta, run):
        for literal, source, length in commands:
            end = source + length
            data_bytes += length
            while not literal and (hole := holes.after(source)) and hole.start < end:
                data_bytes -= min(hole.end, end) - max(hole.start, source)
                source = hole.end  # noqa: PLW2901  # goes on behind the hole
                if source >= end:
                    break
    return data_bytes
