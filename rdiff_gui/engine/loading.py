"""Taking in a signature: every value is judged before librsync sees it."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator

from rdiff_gui.engine.inputs import Input
from rdiff_gui.engine.running import Run
from rdiff_gui.errors import SignatureHostile
from rdiff_gui.formats.signature_header import SignatureHeader
from rdiff_gui.librsync.jobs import LoadedSignature

# Building the table compares every block with all that share its weak sum. A real file has
# equal blocks by the million, which cost nothing; different ones by the handful.
_TWINS_MOST = 10_000
_SUSPICIOUS = 64
_CHUNK_RECORDS = 2**15


def check_signature(source: Input, run: Run) -> tuple[SignatureHeader, int]:
    """Judge the signature in `source`, whose size is known; give its header and block count.

    Raises: NotASignature, SignatureTruncated, SignatureDamaged, SignatureHostile,
    SourceUnreadable, Cancelled.
    """
    head = bytearray(SignatureHeader.SIZE_BYTES)
    got = source.read_at(memoryview(head), 0)
    header = SignatureHeader.read(source.path, bytes(head[:got]))
    blocks = header.count_blocks(source.path, source.size_bytes or 0)
    _refuse_twins(source, header, blocks, run)
    return header, blocks


def load_signature(source: Input, run: Run) -> tuple[LoadedSignature, SignatureHeader, int]:
    """Load the signature in `source`, whose size is known.

    Gives the table, the header, and the number of blocks.

    Raises: NotASignature, SignatureTruncated, SignatureDamaged, SignatureHostile,
    SourceUnreadable, Cancelled.
    """
    size_bytes = source.size_bytes or 0
    header, blocks = check_signature(source, run)
    position = 0

    def read(buffer: memoryview) -> int:
        nonlocal position
        step = source.read_at(buffer[: size_bytes - position], position)
        position += step
        run.advance(step)
        return step

    table = LoadedSignature()
    table.load(read)
    source.check_unchanged()
    return table, header, blocks


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
