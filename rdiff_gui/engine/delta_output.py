"""A delta on its way out: hashed, compressed, sealed."""

from __future__ import annotations

from rdiff_gui.engine.hashing import Hasher
from rdiff_gui.engine.options import DeltaOptions, Sealing
from rdiff_gui.engine.outputs import Output
from rdiff_gui.engine.sealing import make_seal
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, pack, pack_skippable
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from rdiff_gui.engine.compression import Compressor


class DeltaOutput:
    """Takes the plain delta in order; `finish` ends it, `seal` puts the seal behind it."""

    def __init__(self, output: Output, options: DeltaOptions, expected_bytes: int | None) -> None:
        """`expected_bytes` bounds the delta's size."""
        self._output = output
        self._options = options
        self._hasher = None if options.sealing is Sealing.NONE else Hasher()
        self._compressor: Compressor | None = None
        if options.compress:
            # Loads zstd, which only what is compressed should wait for.
            from rdiff_gui.engine.compression import Compressor

            self._compressor = Compressor(output.write, output.write_at, expected_bytes)
        self._write = self._compressor.write if self._compressor else output.write
        self.plain_bytes = 0

    def write(self, data: memoryview) -> None:
        """Append to the plain delta. Raises: DiskFull, OutputUnwritable."""
        self.plain_bytes += len(data)
        if self._hasher:
            self._hasher.update(data)
        self._write(data)

    def finish(self) -> None:
        """End the delta. Raises: DiskFull, OutputUnwritable."""
        if self._compressor:
            self._compressor.finish()

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
