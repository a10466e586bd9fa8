"""One delta out of the commands of many slices; hashed, compressed and sealed on its way out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rdiff_gui.engine.blake3_hash import Hasher
from rdiff_gui.engine.options import Effort, Sealing
from rdiff_gui.engine.output import Output
from rdiff_gui.engine.seal_io import make_seal
from rdiff_gui.engine.summaries import DeltaSummary, tile_regions
from rdiff_gui.formats.delta_commands import (
    Command,
    CommandTotals,
    pack_copy,
    pack_end,
    pack_literal_head,
    pack_magic,
)
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, pack, pack_skippable
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from rdiff_gui.engine.compression import Compressor
    from rdiff_gui.engine.input import Hole
    from rdiff_gui.engine.operation import Run
    from rdiff_gui.engine.signature_table import BlockRecords
    from rdiff_gui.errors import FileProblem
    from rdiff_gui.librsync.jobs import Write

# Literals that follow one another become one, up to this; a reader may hold one in memory.
LITERAL_BYTES_MOST = 2**20

# Shorter pieces are gathered into writes of at least this.
_WRITE_BYTES = 2**16


class CommandWriter:
    """Writes a delta command by command, in pieces of some size, and counts what is written."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._gathered = bytearray(pack_magic())
        self._commands: list[Command] = []
        self._totals = CommandTotals()

    def add_copy(self, start: int, length: int) -> None:
        """Go on with a copy. Raises: what `write` raises."""
        self._commands.append((False, start, length))
        self._gathered += pack_copy(start, length)
        if len(self._gathered) >= _WRITE_BYTES:
            self.push_out()

    def add_literal(self, *pieces: bytes | bytearray | memoryview) -> None:
        """Go on with a literal, given in pieces. Raises: what `write` raises."""
        length = sum(map(len, pieces))
        self._commands.append((True, 0, length))
        self._gathered += pack_literal_head(length)
        for piece in pieces:
            if len(piece) >= _WRITE_BYTES:
                self.push_out()
                self._write(memoryview(piece))
            else:
                self._gathered += piece
        if len(self._gathered) >= _WRITE_BYTES:
            self.push_out()

    def add_pairs(self, pairs: Iterable[tuple[bytes, int, int]]) -> None:
        """Go on with many literals, each with a copy behind it; either may be empty.

        Raises: what `write` raises.
        """
        for literal, start, length in pairs:
            gathered, commands = self._gathered, self._commands
            if literal:
                literal_bytes = len(literal)
                commands.append((True, 0, literal_bytes))
                gathered += pack_literal_head(literal_bytes)
                gathered += literal
            if length:
                commands.append((False, start, length))
                gathered += pack_copy(start, length)
            if len(gathered) >= _WRITE_BYTES:
                self.push_out()

    def push_out(self) -> None:
        """Write what was gathered. Raises: what `write` raises."""
        self._totals.add(self._commands)
        self._commands.clear()
        gathered, self._gathered = self._gathered, bytearray()
        if gathered:
            self._write(memoryview(gathered))

    def end(self) -> CommandTotals:
        """End the delta; what it adds up to. Raises: what `write` raises."""
        self._gathered += pack_end()
        self.push_out()
        return self._totals


class Joiner:
    """Takes slices' commands in order, and writes a delta.

    `position` is how much of the new file is behind. One command is held back, since what follows
    may make it longer: a copy, or a literal that ends at `position`.
    """

    def __init__(self, write: Write, records: BlockRecords, zeros: Hole | None) -> None:
        """Write to `write`. `zeros`: a stretch of the basis that is known to be zeros."""
        self._delta = CommandWriter(write)
        self._records = records
        self._zeros = zeros
        self.position = 0
        self._copy_start = self._copy_bytes = 0
        # The literal held back: what came from earlier slices, and where it goes on in this one.
        self._kept = bytearray()
        self._literal_start = 0
        self._core = memoryview(b"")
        self._core_start = 0

    def add(
        self, start: int, core: memoryview, commands: Sequence[Command], holes: Sequence[Hole]
    ) -> None:
        """Go on with the commands of the slice whose own bytes are `core`, at `start`.

        They may begin before `position`, with what the slice before has settled: that is left
        out. What begins behind `core` is left to the next slice, but a copy that begins within is
        kept whole. `holes`, in order, are holes of the new file that the slice reaches into.

        Raises: SourceUnreadable, what `write` raises.
        """
        self._core, self._core_start = core, start
        begin, end = start, start + len(core)
        for literal, source, length in commands:
            if begin >= end:
                break
            stop = begin + length
            if stop > self.position:
                skipped = self.position - begin
                if literal:
                    self._take_literal(min(stop, end), holes)
                else:
                    self._take_copy(source + skipped, length - skipped)
            begin = stop
        # The slice's memory is used again.
        self._kept += self._literal_here()
        self._literal_start = self.position

    def add_zeros(self, stop: int) -> None:
        """Go on with zeros up to `stop`, as copies. Raises: what `write` raises."""
        assert self._zeros
        start, end = self._zeros.start, self._zeros.end
        while self.position < stop:
            joins = self._copy_bytes and start <= self._copy_end < end
            length = min(stop - self.position, end - (self._copy_end if joins else start))
            if joins:
                self._copy_bytes += length
                self.position += length
            else:
                self._hold_copy(start, length)
        self._literal_start = self.position

    def finish(self) -> CommandTotals:
        """End the delta; what it adds up to. Raises: what `write` raises."""
        self._flush()
        return self._delta.end()

    @property
    def _copy_end(self) -> int:
        return self._copy_start + self._copy_bytes

    def _take_literal(self, stop: int, holes: Sequence[Hole]) -> None:
        for hole in holes if self._zeros else ():
            # What lies in a hole is zeros, and the basis has those.
            if max(self.position, hole.start) < min(stop, hole.end):
                self._hold_literal(max(self.position, hole.start))
                self.add_zeros(min(stop, hole.end))
        self._hold_literal(stop)

    def _hold_literal(self, stop: int) -> None:
        if stop <= self.position:
            return
        if self._copy_bytes:
            self._flush()
        self.position = stop
        if len(self._kept) + self.position - self._literal_start >= LITERAL_BYTES_MOST:
            self._flush()

    def _take_copy(self, source: int, length: int) -> None:
        zeros = self._zeros
        if zeros and zeros.start <= source and source + length <= zeros.end:
            self.add_zeros(self.position + length)
            return
        if self._copy_bytes:
            joined = self._count_joined(source, length)
            self._copy_bytes += joined
            self.position += joined
            self._literal_start = self.position
            source += joined
            length -= joined
        if length:
            self._hold_copy(source, length)

    def _count_joined(self, source: int, length: int) -> int:
        """How many bytes of a copy the one before it can take in, going on through the basis."""
        if source == self._copy_end:
            return length
        block_bytes = self._records.block_bytes
        here, here_rest = divmod(self._copy_end, block_bytes)
        there, there_rest = divmod(source, block_bytes)
        if here_rest or there_rest:
            return 0
        return block_bytes * self._records.count_equal(here, there, length // block_bytes)

    def _hold_copy(self, start: int, length: int) -> None:
        self._flush()
        self._copy_start, self._copy_bytes = start, length
        self.position += length
        self._literal_start = self.position

    def _literal_here(self) -> memoryview:
        start = self._core_start
        return self._core[self._literal_start - start : self.position - start]

    def _flush(self) -> None:
        """Write the command that was held back."""
        if self._copy_bytes:
            self._delta.add_copy(self._copy_start, self._copy_bytes)
            self._copy_bytes = 0
            return
        here = self._literal_here()
        if self._kept or here:
            self._delta.add_literal(self._kept, here)
            self._kept = bytearray()
            self._literal_start = self.position


class DeltaOutput:
    """Takes the plain delta in order; `finish` ends it and puts the seal behind it.

    Those of trees, of which `kind` tells, are written just so.
    """

    def __init__(
        self,
        output: Output,
        new_bytes: int | None,
        sealing: Sealing,
        *,
        compress: bool,
        effort: Effort = Effort.QUICK,
        threads: int = 1,
        kind: Kind = Kind.DELTA,
    ) -> None:
        """`new_bytes`, the size of the new file where it is known, bounds the delta's size.

        `effort` is how well it is compressed, by up to so many `threads`.
        """
        self.output = output
        self.sealing = sealing
        self.plain_bytes = 0
        self._kind = kind
        self._hasher = None if sealing is Sealing.NONE else Hasher()
        self.compress = compress
        self._compressor: Compressor | None = None
        if compress:
            # Loads zstd, which only what is compressed should wait for.
            from rdiff_gui.engine.compression import Compressor

            self._compressor = Compressor(output.write, output.write_at, new_bytes, effort, threads)
        self._write = self._compressor.write if self._compressor else output.write

    def write(self, data: memoryview) -> None:
        """Append to the plain delta. Raises: DiskFull, OutputUnwritable."""
        self.plain_bytes += len(data)
        if self._hasher:
            self._hasher.update(data)
        self._write(data)

    def finish(
        self, basis: Identity | None, signature_blake3: str | None, result: Identity | None
    ) -> None:
        """End the delta; a sealed one knows `result`. Raises: DiskFull, OutputUnwritable."""
        if self._compressor:
            self._compressor.finish()
        if not self._hasher:
            return
        body = Identity(self.plain_bytes, self._hasher.hexdigest())
        seal = make_seal(
            self._kind, body, self.sealing, basis, signature_blake3=signature_blake3, result=result
        )
        packed = pack_skippable(seal) if self._compressor else pack(seal)
        self.output.write(memoryview(packed))

    def summarize(
        self,
        totals: CommandTotals,
        run: Run,
        *,
        signature_bytes: int,
        identical: bool,
        remarks: Sequence[FileProblem] = (),
    ) -> DeltaSummary:
        """What was written, after it is published; `remarks` are the caller's own."""
        return DeltaSummary(
            new_bytes=totals.result_bytes,
            delta_bytes=self.output.written_bytes,
            plain_bytes=self.plain_bytes,
            signature_bytes=signature_bytes,
            literal_bytes=totals.literal_bytes,
            literal_count=totals.literal_count,
            copied_bytes=totals.copied_bytes,
            copy_count=totals.copy_count,
            regions=tile_regions(totals),
            identical=identical,
            remarks=(*remarks, *self.output.remarks),
            seconds=run.seconds,
        )
