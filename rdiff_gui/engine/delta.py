"""Delta: what changed, found by comparing the new file with the old file's signature.

Of two files that can be read only once, signature and delta are made in one step.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from rdiff_gui.engine.blake3_hash import Hasher
from rdiff_gui.engine.delta_slices import compare
from rdiff_gui.engine.delta_writer import DeltaOutput
from rdiff_gui.engine.input import Input, Source, open_input
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import Resources, Sealing, SignatureOptions
from rdiff_gui.engine.output import Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.seal_io import Unwrapped, identify, unwrap
from rdiff_gui.engine.signature_table import LoadedSums, load_signature
from rdiff_gui.engine.summaries import DeltaSummary
from rdiff_gui.engine.temporary_file import TemporaryFile
from rdiff_gui.formats.delta_commands import CommandTotals
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity

__all__ = ["make_delta"]


def make_delta(
    signature: Source,
    new_file: Source,
    delta: Target,
    *,
    sealing: Sealing = Sealing.FULL,
    compress: bool = False,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> DeltaSummary:
    """Write the delta that turns the file `signature` was made of into `new_file`.

    What the signature's seal says of the old file goes into the delta's, as far as `sealing` lets
    it; with `compress`, the delta is one zstd frame. `on_progress` gets bytes done of `new_file`,
    at most 20 times a second, on the calling thread.

    Raises: NotASignature, SignatureTruncated, SignatureDamaged, SignatureHostile, ContentDamaged,
    SealDamaged, SealTooNew, CompressionDamaged, CompressionForeign, SourceMissing,
    SourceUnreadable, SourceChanged, OutputIsInput, OutputExists (unless `replace`),
    OutputUnwritable, FolderMoved, DiskFull, LibraryProblem, PartUnloadable, SystemRefused,
    Cancelled; on each, `delta` is as it was before the call.
    Source: librsync doc/formats.md, "Deltas"; rs_delta_begin.
    """

    def work(run: Run) -> DeltaSummary:
        run.stage = Stage.LOADING
        with (
            open_input(signature) as given,
            open_input(new_file) as new,
            open_output(delta, [given, new], replace=replace, run=run) as output,
            given.measured(run) as measured,
            unwrap(measured, run) as sums,
        ):
            if new.size_bytes is not None:
                run.total_bytes = (sums.content.size_bytes or 0) + new.size_bytes
                run.whole_bytes = new.size_bytes
            loaded = load_signature(sums, run)
            given.check_unchanged()
            written = DeltaOutput(output, new.size_bytes, sealing, compress=compress)
            basis = sums.seal.basis if sums.seal else None
            summarize = write_delta(new, loaded, basis, written, run)
            publish(run, [output])
            return summarize()

    return run_operation(work, on_progress, cancel, resources)


def write_delta(
    new: Input, loaded: LoadedSums, basis: Identity | None, delta: DeltaOutput, run: Run
) -> Callable[[], DeltaSummary]:
    """Write the delta of `new`; publishing it is the caller's, and then asking for the summary.

    Raises: SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, LibrsyncFailed,
    Cancelled.
    """
    run.stage = Stage.COMPARING
    hasher = None if delta.sealing is Sealing.NONE else Hasher(run.resources.threads)
    totals = compare(new, loaded, delta.write, run, hasher)
    new.check_unchanged()
    result = identify(new, hasher, delta.sealing) if hasher else None
    delta.finish(basis, loaded.blake3, result)

    return lambda: delta.summarize(
        totals,
        run,
        signature_bytes=loaded.signature_bytes,
        identical=is_identical(totals, loaded),
        remarks=loaded.remarks,
    )


def is_identical(totals: CommandTotals, loaded: LoadedSums) -> bool:
    """Whether the delta copies the whole old file and nothing else.

    A last block that is shorter can only have matched at its true length, so the number of
    blocks settles the old file's size.
    """
    blocks = -(-totals.result_bytes // loaded.header.block_bytes)
    return totals.in_order_bytes == totals.result_bytes and blocks == loaded.blocks


def compare_by_signature(
    old: Input, new: Input, options: SignatureOptions, delta: DeltaOutput, run: Run
) -> Callable[[], DeltaSummary]:
    """Write the delta between two open files, each read from front to back, as write_delta does.

    The signature between them lies in a nameless temporary file, and is never sealed.
    """
    # A delta from a signature need not know how one is made.
    from rdiff_gui.engine.signature import sign

    if old.size_bytes is not None and new.size_bytes is not None:
        sums_bytes = options.header(old.size_bytes).signature_bytes(old.size_bytes)
        run.total_bytes = old.size_bytes + sums_bytes + new.size_bytes
        run.whole_bytes = max(old.size_bytes, new.size_bytes)
    run.stage = Stage.SIGNING
    header = options.header(old.size_bytes)
    with contextlib.closing(TemporaryFile(run.temporary_folder)) as sums:
        hasher = None if delta.sealing is Sealing.NONE else Hasher(run.resources.threads)
        sign(old, sums.write, header, run, hasher)
        basis = identify(old, hasher, delta.sealing, sampled=True) if hasher else None
        old.check_unchanged()
        run.stage = Stage.LOADING
        content = Input(sums.rewound(), old.path, owned=False)
        loaded = load_signature(Unwrapped(content, Kind.SIGNATURE, None, compressed=False), run)
        return write_delta(new, loaded, basis, delta, run)
