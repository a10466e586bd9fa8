"""Delta: what changed, found by comparing the new file with the old file's signature."""

from __future__ import annotations

import time

from rdiff_gui.engine.inputs import Input, Source, open_input
from rdiff_gui.engine.loading import load_signature
from rdiff_gui.engine.options import Buffers
from rdiff_gui.engine.outputs import Output, Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.summaries import DeltaSummary, tile_regions
from rdiff_gui.formats.delta_commands import CommandScanner
from rdiff_gui.formats.signature_header import SignatureHeader
from rdiff_gui.librsync.jobs import OUTPUT_BYTES, WINDOW_BYTES, LoadedSignature, WindowPacer


def make_delta(
    signature: Source,
    new_file: Source,
    delta: Target,
    *,
    buffers: Buffers = Buffers(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> DeltaSummary:
    """Write the delta that turns the file `signature` was made of into `new_file`.

    `on_progress` gets bytes read of both, at most 20 times a second, on the calling thread.

    Raises: NotASignature, SignatureTruncated, SignatureDamaged, SignatureHostile, SourceMissing,
    SourceUnreadable, SourceChanged, OutputIsInput, OutputExists (unless `replace`),
    OutputUnwritable, DiskFull, LibraryProblem, Cancelled; on each, `delta` is as it was before
    the call.
    Source: librsync doc/formats.md, "Deltas"; rs_delta_begin.
    """
    started = time.monotonic()

    def work(run: Run) -> DeltaSummary:
        run.stage = Stage.LOADING
        with (
            open_input(signature) as given,
            open_input(new_file) as new,
            open_output(delta, [given, new], replace=replace, run=run) as output,
            given.measured(run) as sums,
        ):
            if new.size_bytes is not None:
                run.total_bytes = (sums.size_bytes or 0) + new.size_bytes
            table, header, blocks = load_signature(sums, run)
            return compare(
                new, table, header, blocks, output, run, buffers=buffers, started=started
            )

    return run_operation(work, on_progress, cancel)


def compare(
    new: Input,
    table: LoadedSignature,
    header: SignatureHeader,
    blocks: int,
    output: Output,
    run: Run,
    *,
    buffers: Buffers,
    started: float,
) -> DeltaSummary:
    """Write the delta of `new` against a loaded signature of `blocks` blocks, and commit it.

    Raises: SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, OutputExists,
    LibrsyncFailed, Cancelled.
    """
    run.stage = Stage.COMPARING
    new_bytes = 0

    def read(buffer: memoryview) -> int:
        nonlocal new_bytes
        got = new.read_into(buffer)
        new_bytes += got
        run.advance(got)
        return got

    # What goes out is read along: the report needs to know where the new data lies.
    scanner = CommandScanner(new.path)

    def write(data: memoryview) -> None:
        scanner.feed(data)
        output.write(data)

    with table.begin_delta() as job:
        job.run(
            read,
            write,
            pacer=WindowPacer(
                buffers.input_bytes or WINDOW_BYTES, paced=True, block_bytes=header.block_bytes
            ),
            output_bytes=buffers.output_bytes or OUTPUT_BYTES,
        )
    new.check_unchanged()
    totals = scanner.finish()
    output.commit(run)
    return DeltaSummary(
        new_bytes=new_bytes,
        delta_bytes=output.written_bytes,
        signature_bytes=header.SIZE_BYTES + blocks * header.record_bytes,
        literal_bytes=totals.literal_bytes,
        literal_count=totals.literal_count,
        copied_bytes=totals.copied_bytes,
        copy_count=totals.copy_count,
        regions=tile_regions(totals),
        identical=_is_identical(totals.in_order_bytes, new_bytes, header, blocks),
        seconds=time.monotonic() - started,
    )


def _is_identical(
    in_order_bytes: int, new_bytes: int, header: SignatureHeader, blocks: int
) -> bool:
    """Whether the delta copies the whole old file and nothing else.

    A last block that is shorter can only have matched at its true length, so the number of
    blocks settles the old file's size.
    """
    return in_order_bytes == new_bytes and -(-new_bytes // header.block_bytes) == blocks
