"""What a file is, by its content: never by its name."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.engine.facts import DeltaFacts, Facts, OrdinaryFacts, SignatureFacts
from rdiff_gui.engine.inputs import Input, open_input
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.scanning import scan_delta
from rdiff_gui.engine.summaries import tile_regions
from rdiff_gui.formats.magic import MAGIC_BYTES, Kind, recognize
from rdiff_gui.formats.signature_header import SignatureHeader


def recognize_file(path: Path) -> Kind:
    """The kind of the file at `path`, from its first four bytes.

    Raises: SourceMissing, SourceUnreadable.
    """
    with open_input(path) as source:
        return _recognize(source)


def inspect(path: Path, *, cancel: CancelToken | None = None) -> Facts:
    """Look at all that the file at `path` says of itself; a delta's commands are all checked.

    Raises: SourceMissing, SourceUnreadable, SignatureTruncated, SignatureDamaged,
    DeltaTruncated, DeltaDamaged, Cancelled.
    """

    def work(run: Run) -> Facts:
        with open_input(path) as given, given.measured(run) as source:
            match _recognize(source):
                case Kind.SIGNATURE:
                    return _signature_facts(source)
                case Kind.DELTA:
                    return _delta_facts(source, run)
                case _:
                    return OrdinaryFacts(path, source.size_bytes or 0, source.modified)

    return run_operation(work, None, cancel)


def _recognize(source: Input) -> Kind:
    head = bytearray(MAGIC_BYTES)
    if source.size_bytes is None:
        # Looking at a pipe would eat what is in it.
        return Kind.ORDINARY
    return recognize(bytes(head[: source.read_at(memoryview(head), 0)]))


def _signature_facts(source: Input) -> SignatureFacts:
    head = bytearray(SignatureHeader.SIZE_BYTES)
    got = source.read_at(memoryview(head), 0)
    header = SignatureHeader.read(source.path, bytes(head[:got]))
    size_bytes = source.size_bytes or 0
    blocks = header.count_blocks(source.path, size_bytes)
    basis_bytes_min, basis_bytes_max = header.basis_range(blocks)
    return SignatureFacts(source.path, size_bytes, header, blocks, basis_bytes_min, basis_bytes_max)


def _delta_facts(source: Input, run: Run) -> DeltaFacts:
    totals = scan_delta(source, run)
    return DeltaFacts(
        path=source.path,
        size_bytes=source.size_bytes or 0,
        result_bytes=totals.result_bytes,
        literal_bytes=totals.literal_bytes,
        literal_count=totals.literal_count,
        copied_bytes=totals.copied_bytes,
        copy_count=totals.copy_count,
        basis_bytes_needed=totals.basis_bytes_needed,
        regions=tile_regions(totals),
    )
