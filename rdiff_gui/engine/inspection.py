"""What a file is, by its content: never by its name."""

from __future__ import annotations

from rdiff_gui.engine.facts import DeltaFacts, Facts, OrdinaryFacts, SignatureFacts
from rdiff_gui.engine.hashing import hash_source
from rdiff_gui.engine.inputs import Source, open_input
from rdiff_gui.engine.loading import check_signature
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.scanning import scan_delta
from rdiff_gui.engine.sealing import Recognized, Unwrapped, recognize_content, unwrap
from rdiff_gui.engine.summaries import tile_regions
from rdiff_gui.formats.delta_commands import CommandTotals
from rdiff_gui.formats.magic import Kind


def recognize_file(given: Source) -> Kind:
    """The kind of a file, from its first bytes; a pipe is ordinary, since looking would take them.

    Raises: SourceMissing, SourceUnreadable.
    """
    return look_into(given).kind


def look_into(given: Source) -> Recognized:
    """The same, with how an ordinary file is packed.

    Raises: SourceMissing, SourceUnreadable.
    """
    with open_input(given) as source:
        # Looking at a pipe would eat what is in it.
        if source.size_bytes is None:
            return Recognized(Kind.ORDINARY)
        return recognize_content(source)


def inspect(
    given: Source, *, allow_trailing: bool = False, cancel: CancelToken | None = None
) -> Facts:
    """Look at all that a file says of itself; a delta's commands are all checked.

    `allow_trailing` takes a delta with bytes behind its END that are no valid seal.

    Raises: SourceMissing, SourceUnreadable, SignatureTruncated, SignatureDamaged,
    SignatureHostile, DeltaTruncated, DeltaDamaged, DeltaTrailing, ContentDamaged, SealDamaged,
    SealTooNew, CompressionDamaged, Cancelled.
    """

    def work(run: Run) -> Facts:
        with open_input(given) as opened, opened.measured(run) as source:
            size_bytes = source.size_bytes or 0
            with unwrap(source, run, allow_trailing=allow_trailing) as unwrapped:
                match unwrapped.kind:
                    case Kind.SIGNATURE:
                        return _signature_facts(unwrapped, size_bytes, run)
                    case Kind.DELTA:
                        totals = scan_delta(unwrapped, run, allow_trailing=allow_trailing)
                        return _delta_facts(unwrapped, size_bytes, totals)
                    case _:
                        return OrdinaryFacts(source.path, size_bytes, source.modified)

    return run_operation(work, None, cancel)


def _signature_facts(unwrapped: Unwrapped, size_bytes: int, run: Run) -> SignatureFacts:
    source = unwrapped.content
    header, blocks = check_signature(unwrapped, run)
    if unwrapped.seal:
        unwrapped.check_body(hash_source(source, run))
    basis_bytes_min, basis_bytes_max = header.basis_range(blocks)
    return SignatureFacts(
        path=source.path,
        size_bytes=size_bytes,
        header=header,
        blocks=blocks,
        basis_bytes_min=basis_bytes_min,
        basis_bytes_max=basis_bytes_max,
        seal=unwrapped.seal,
        compressed=unwrapped.compressed,
    )


def _delta_facts(unwrapped: Unwrapped, size_bytes: int, totals: CommandTotals) -> DeltaFacts:
    return DeltaFacts(
        path=unwrapped.content.path,
        size_bytes=size_bytes,
        result_bytes=totals.result_bytes,
        literal_bytes=totals.literal_bytes,
        literal_count=totals.literal_count,
        copied_bytes=totals.copied_bytes,
        copy_count=totals.copy_count,
        basis_bytes_needed=totals.basis_bytes_needed,
        regions=tile_regions(totals),
        seal=unwrapped.seal,
        compressed=unwrapped.compressed,
    )
