"""A signature from before: judged before librsync sees it, loaded, its records compared."""

from __future__ import annotations

import contextlib
import io
import struct
import threading
from collections import Counter
from collections.abc import Iterator

from rdiff_gui.engine.blake3_hash import Hasher
from rdiff_gui.engine.input import Hole, Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import judge_strong_sums
from rdiff_gui.engine.seal_io import Unwrapped
from rdiff_gui.errors import NotASignature, SealDamaged, SignatureHostile, SumsTooShort
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.signature_header import SignatureHeader
from rdiff_gui.librsync.jobs import (
    OUTPUT_BYTES,
    JobChannel,
    LoadedSignature,
    Memory,
    WindowPacer,
    begin_signature,
)
from rdiff_gui.records import record
from rdiff_gui.wording import translate

# Building the table compares every block with all that share its weak sum. A real file has
# equal blocks by the million, which cost nothing; different ones by the handful.
_TWINS_MOST = 10_000
_SUSPICIOUS = 64
_CHUNK_RECORDS = 2**15

# A signature up to this, that of some 150 GB, is loaded by every thread for itself.
_KEPT_BYTES_MOST = 2**24


def check_signature(sums: Unwrapped, run: Run) -> tuple[SignatureHeader, int]:
    """Judge a signature; give its header and block count.

    Raises: NotASignature, SignatureTruncated, SignatureDamaged, SignatureHostile, SealDamaged,
    SourceUnreadable, Cancelled.
    """
    source = sums.content
    if sums.kind is not Kind.SIGNATURE:
        raise NotASignature(source.path, sums.found)
    head = bytearray(SignatureHeader.SIZE_BYTES)
    got = source.read_at(memoryview(head), 0)
    header = SignatureHeader.read(source.path, bytes(head[:got]))
    blocks = header.count_blocks(source.path, source.size_bytes or 0)
    _check_basis_size(sums, header, blocks)
    _refuse_twins(source, header, blocks, run)
    return header, blocks


def _check_basis_size(sums: Unwrapped, header: SignatureHeader, blocks: int) -> None:
    if sums.seal and sums.seal.basis:
        least_bytes, most_bytes = header.basis_range(blocks)
        if not least_bytes <= sums.seal.basis.size_bytes <= most_bytes:
            raise SealDamaged(sums.content.path, translate("its lengths do not match the file"))


@record(frozen=True)
class LoadedSums:
    """A signature in memory: its tables, header, number of blocks, and BLAKE3 in hex.

    `content` is where its records can be read again.
    """

    content: Input
    tables: Tables
    header: SignatureHeader
    blocks: int
    blake3: str

    @property
    def signature_bytes(self) -> int:
        """What the signature costs to send, without a seal."""
        return self.header.SIZE_BYTES + self.blocks * self.header.record_bytes

    @property
    def remarks(self) -> tuple[SumsTooShort, ...]:
        """What is to be said of its sums."""
        _, most_bytes = self.header.basis_range(self.blocks)
        return judge_strong_sums(self.content.path, self.header, most_bytes)


class Tables:
    """The loaded signature, once for every thread that compares with it.

    librsync counts every look-up in the table itself, so threads that share one spend most of
    their time in taking that line of memory from each other: on unrelated files, two are slower
    than one. A signature too large to be loaded several times is shared all the same.
    """

    def __init__(self, header: SignatureHeader, first: LoadedSignature, raw: bytes | None) -> None:
        """`raw` is what `first` was loaded from; None where that was too much to be kept."""
        self._header = header
        self._first = first
        self._raw = raw
        self._idle = [first]
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def lend(self) -> Iterator[LoadedSignature]:
        """A table that nobody else uses meanwhile, where there can be several.

        Raises: LibrsyncFailed.
        """
        if self._raw is None:
            yield self._first
            return
        with self._lock:
            table = self._idle.pop() if self._idle else None
        if table is None:
            try:
                table = self._load_again(self._raw)
            except MemoryError:
                # Slower, and as right.
                yield self._first
                return
        try:
            yield table
        finally:
            with self._lock:
                self._idle.append(table)

    def _load_again(self, raw: bytes) -> LoadedSignature:
        table = LoadedSignature()
        size_bytes, record_bytes = self._header.SIZE_BYTES, self._header.record_bytes
        table.load(io.BytesIO(raw).readinto, size_bytes, record_bytes, len(raw) // record_bytes)
        return table


def load_signature(sums: Unwrapped, run: Run) -> LoadedSums:
    """Load a signature, and compare it with its seal, if it has one.

    Raises: NotASignature, SignatureTruncated, SignatureDamaged, SignatureHostile, SealDamaged,
    ContentDamaged, SourceUnreadable, Cancelled.
    """
    source = sums.content
    header, blocks = check_signature(sums, run)
    hasher = Hasher()
    raw = bytearray() if (source.size_bytes or 0) <= _KEPT_BYTES_MOST else None
    position = 0

    def read(buffer: memoryview) -> int:
        nonlocal position
        step = source.read_at(buffer, position)
        hasher.update(buffer[:step])
        if raw is not None:
            raw.extend(buffer[:step])
        position += step
        run.advance(step)
        return step

    table = LoadedSignature()
    table.load(read, header.SIZE_BYTES, header.record_bytes, blocks)
    found_blake3 = hasher.hexdigest()
    sums.check_body(found_blake3)
    source.check_unchanged()
    tables = Tables(header, table, None if raw is None else bytes(raw))
    return LoadedSums(source, tables, header, blocks, found_blake3)


def _refuse_twins(source: Input, header: SignatureHeader, blocks: int, run: Run) -> None:
    """Raise SignatureHostile where very many different blocks share one weak sum.

    Two passes of bounded memory: suspects are weak sums that are frequent within one chunk of
    records; only their strong sums are gathered. A signature without suspects costs one pass.
    """
    if blocks <= _TWINS_MOST:
        return
    weak_only = f"I{header.strong_bytes}x"
    suspects: set[int] = set()
    for chunk in _chunks(source, header, run):
        weak_sums = struct.unpack(">" + weak_only * (len(chunk) // header.record_bytes), chunk)
        suspects.update(weak for weak, count in Counter(weak_sums).items() if count >= _SUSPICIOUS)
    if not suspects:
        return
    twins: dict[int, set[bytes]] = {weak: set() for weak in suspects}
    for chunk in _chunks(source, header, run):
        for weak, strong in struct.iter_unpack(f">I{header.strong_bytes}s", chunk):
            if weak in twins:
                twins[weak].add(strong)
        if max(map(len, twins.values())) > _TWINS_MOST:
            raise SignatureHostile(source.path, _TWINS_MOST)


def _chunks(source: Input, header: SignatureHeader, run: Run) -> Iterator[bytes]:
    """The records of a signature, some thousands at a time."""
    buffer = bytearray(_CHUNK_RECORDS * header.record_bytes)
    position = header.SIZE_BYTES
    while got := source.read_at(memoryview(buffer), position):
        run.check()
        whole_bytes = got - got % header.record_bytes
        if not whole_bytes:
            return
        yield bytes(buffer[:whole_bytes])
        position += whole_bytes


_RECORDS_AT_ONCE = 2**12
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
        for chunk_number in range(-(-self._blocks // _RECORDS_AT_ONCE)):
            run.check()
            chunk = self._read(chunk_number)
            if record not in chunk:
                count = 0
                continue
            for place in range(0, len(chunk), size):
                if chunk[place : place + size] == record:
                    if not count:
                        begin = chunk_number * _RECORDS_AT_ONCE + place // size
                    count += 1
                    best = max(best, (count, -begin))
                else:
                    count = 0
        count, begin = best[0], -best[1]
        return Hole(begin * self.block_bytes, (begin + count) * self.block_bytes) if count else None

    def _record(self, number: int) -> bytes:
        chunk_number, place = divmod(number, _RECORDS_AT_ONCE)
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
        place = self._header.SIZE_BYTES + chunk_number * _RECORDS_AT_ONCE * size
        records = min(_RECORDS_AT_ONCE, self._blocks - chunk_number * _RECORDS_AT_ONCE)
        return self._source.bytes_at(place, records * size)


def sum_of_zeros(header: SignatureHeader) -> bytes:
    """The record of a whole block of zeros. Raises: LibrsyncFailed."""
    zeros = Memory(header.block_bytes)
    sums = bytearray()
    channel = JobChannel(
        WindowPacer(len(zeros)), Memory(OUTPUT_BYTES), sums.extend, lambda _window_bytes: None
    )
    with begin_signature(header.block_bytes, header.strong_bytes, header.magic) as job:
        job.feed(zeros, 0, len(zeros), channel, ended=True)
    return bytes(sums[header.SIZE_BYTES :])
