"""A delta on its way out: read along for the report, hashed, compressed, sealed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.engine.compression import Compressor
from rdiff_gui.engine.hashing import Hasher, hash_while
from rdiff_gui.engine.options import DeltaOptions, Sealing
from rdiff_gui.engine.outputs import Output
from rdiff_gui.engine.sealing import make_seal
from rdiff_gui.formats.delta_commands import CommandScanner, CommandTotals
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, pack, pack_skippable


class DeltaOutput:
    """Takes the plain delta in order; `finish` ends it, `seal` puts the seal behind it."""

    def __init__(
        self, output: Output, path: Path, options: DeltaOptions, expected_bytes: int | None
    ) -> None:
        """`path` names the delta's new file in errors; `expected_bytes` bounds the delta's size."""
        self._output = output
        self._options = options
        self._scanner = CommandScanner(path)
        self._hasher = None if options.sealing is Sealing.NONE else Hasher()
        self._compressor = (
            Compressor(output.write, output.write_at, expected_bytes) if options.compress else None
        )
        self._write = self._compressor.write if self._compressor else output.write
        self.plain_bytes = 0

    def write(self, data: memoryview) -> None:
        """Append to the plain delta. Raises: DiskFull, OutputUnwritable."""
        self.plain_bytes += len(data)
        self._scanner.feed(data)
        if self._hasher:
            hash_while(self._hasher, self._write, data)
        else:
            self._write(data)

    def finish(self) -> CommandTotals:
        """End the delta; what its commands add up to. Raises: DiskFull, OutputUnwritable."""
        totals = self._scanner.finish()
        if self._compressor:
            self._compressor.finish()
        return totals

    def seal(
        self, *, basis: Identity | None, signature_blake3: str | None, result: Identity
    ) -> None:
        """Write the seal. Raises: DiskFull, OutputUnwritable."""
        if not self._hasher:
            return
        seal = make_seal(
            Kind.DELTA,
            Identity(self.plain_bytes, self._hasher.hexdigest()),
            basis=basis,
            signature_blake3=signature_blake3,
            result=result,
            sealing=self._options.sealing,
        )
        packed = pack_skippable(seal) if self._compressor else pack(seal)
        self._output.write(memoryview(packed))

    def close(self) -> None:
        """End the hashing thread."""
        if self._hasher:
            self._hasher.close()


@contextlib.contextmanager
def open_delta_output(
    output: Output, path: Path, options: DeltaOptions, expected_bytes: int | None
) -> Iterator[DeltaOutput]:
    """A DeltaOutput over `output`, closed at the end; committing stays with the caller."""
    with contextlib.closing(DeltaOutput(output, path, options, expected_bytes)) as delta:
        yield delta
