"""The records of a signature, by which blocks of the basis are told to be the same."""

from __future__ import annotations

from rdiff_gui.engine.holes import Hole
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from rdiff_gui.engine.inputs import Input
    from rdiff_gui.engine.running import Run
    from rdiff_gui.formats.signature_header import SignatureHeader

_CHUNK_RECORDS = 2**12
_CHUNKS_KEPT = 4


class BlockRecords:
    """Reads records where they are asked for; used by one thread at a time."""

    def __init__(self, source: Input, header: SignatureHeader, blocks: int) -> None:
        """Take a signature that was checked, of that many blocks."""
        self._source = source
        self._header = header
        self._blocks = blocks
        self._chunks: dict[int, bytes] = {}

    @property
    def block_bytes(self) -> int:
        """The block length."""
        return self._header.block_bytes

    def count_equal(self, first: int, second: int, most: int) -> int:
        """How many blocks from number `first` on equal those from `second` on, up to `most`.

        Raises: SourceUnreadable.
        """
        most = min(most, self._blocks - max(first, second))
        count = 0
        while count < most and self._record(first + count) == self._record(second + count):
            count += 1
        return count

    def longest_run(self, record: bytes, run: Run) -> Hole | None:
        """The longest stretch of the basis, in bytes, whose blocks all have that record.

        Raises: SourceUnreadable, Cancelled.
        """
        size = len(record)
        best = (0, 0)
        begin = count = 0
        for chunk_number in range(-(-self._blocks // _CHUNK_RECORDS)):
            run.check()
            chunk = self._read(chunk_number)
            if record not in chunk:
                count = 0
                continue
            for place in range(0, len(chunk), size):
                if chunk[place : place + size] == record:
                    if not count:
                        begin = chunk_number * _CHUNK_RECORDS + place // size
                    count += 1
                    best = max(best, (count, -begin))
                else:
                    count = 0
        count, begin = best[0], -best[1]
        return Hole(begin * self.block_bytes, (begin + count) * self.block_bytes) if count else None

    def _record(self, number: int) -> bytes:
        chunk_number, place = divmod(number, _CHUNK_RECORDS)
        chunk = self._chunks.get(chunk_number)
        if chunk is None:
            if len(self._chunks) >= _CHUNKS_KEPT:
                # The one that was asked for first: runs go forward.
                del self._chunks[next(iter(self._chunks))]
            chunk = self._chunks[chunk_number] = self._read(chunk_number)
        size = self._header.record_bytes
        return chunk[place * size : (place + 1) * size]

    def _read(self, chunk_number: int) -> bytes:
        size = self._header.record_bytes
        place = self._header.SIZE_BYTES + chunk_number * _CHUNK_RECORDS * size
        records = min(_CHUNK_RECORDS, self._blocks - chunk_number * _CHUNK_RECORDS)
        return self._source.bytes_at(place, records * size)
