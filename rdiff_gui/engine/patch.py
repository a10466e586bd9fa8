"""Patch: the new file, from the old one and a delta."""

from __future__ import annotations

import time

from rdiff_gui.engine.inputs import Input, Source, open_input
from rdiff_gui.engine.options import Buffers, PatchOptions
from rdiff_gui.engine.outputs import Output, Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.scanning import scan_delta
from rdiff_gui.engine.summaries import PatchSummary
from rdiff_gui.errors import BasisTooShort, DeltaExpands, LibrsyncFailed
from rdiff_gui.formats.delta_commands import CommandTotals
from rdiff_gui.librsync.jobs import WindowPacer, begin_patch
from rdiff_gui.librsync.results import Result, describe_result

_WINDOW_BYTES = 2**18
_OUTPUT_BYTES = 2**20

# No change that people make gives a file sixteen times as big as all it was made from.
_PROPORTION = 16


def apply_patch(
    basis: Source,
    delta: Source,
    new_file: Target,
    options: PatchOptions = PatchOptions(),  # noqa: B008  # frozen
    *,
    buffers: Buffers = Buffers(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> PatchSummary:
    """Write the file that `delta` makes of `basis`.

    The whole delta is checked before the first byte is written. `on_progress` gets bytes of the
    result, at most 20 times a second, on the calling thread.

    Raises: NotADelta, DeltaTruncated, DeltaDamaged, DeltaExpands, BasisTooShort, SourceMissing,
    SourceUnreadable, SourceChanged, OutputIsInput, OutputExists (unless `replace`),
    OutputUnwritable, DiskFull, LibraryProblem, Cancelled; on each, `new_file` is as it was
    before the call.
    Source: librsync doc/formats.md, "Deltas"; rs_patch_begin.
    """
    started = time.monotonic()

    def work(run: Run) -> PatchSummary:
        run.stage = Stage.CHECKING
        with (
            open_input(basis) as given_basis,
            open_input(delta) as given_delta,
            open_output(new_file, [given_basis, given_delta], replace=replace, run=run) as output,
            given_delta.measured(run) as commands,
            given_basis.measured(run) as old,
        ):
            totals = scan_delta(commands, run)
            check_fit(totals, old, commands, options)
            output.expect(totals.result_bytes)
            run.stage, run.total_bytes = Stage.PATCHING, totals.result_bytes
            _apply(old, commands, output, run, buffers)
            if output.written_bytes != totals.result_bytes:
                raise LibrsyncFailed(
                    "rs_job_iter", Result.INTERNAL_ERROR, describe_result(Result.INTERNAL_ERROR)
                )
            old.check_unchanged()
            commands.check_unchanged()
            output.commit(run)
            return PatchSummary(
                basis_bytes=old.size_bytes or 0,
                delta_bytes=commands.size_bytes or 0,
                result_bytes=output.written_bytes,
                literal_bytes=totals.literal_bytes,
                literal_count=totals.literal_count,
                copied_bytes=totals.copied_bytes,
                copy_count=totals.copy_count,
                seconds=time.monotonic() - started,
            )

    return run_operation(work, on_progress, cancel)


def check_fit(totals: CommandTotals, basis: Input, delta: Input, options: PatchOptions) -> None:
    """Refuse what is known to go wrong. Raises: BasisTooShort, DeltaExpands."""
    basis_bytes, delta_bytes = basis.size_bytes or 0, delta.size_bytes or 0
    if totals.basis_bytes_needed > basis_bytes:
        raise BasisTooShort(basis.path, delta.path, totals.basis_bytes_needed, basis_bytes)
    if options.limit_bytes is not None:
        if totals.result_bytes > options.limit_bytes:
            raise DeltaExpands(
                delta.path, totals.result_bytes, options.limit_bytes, limit_is_users=True
            )
    elif not options.allow_expansion:
        limit_bytes = _PROPORTION * (basis_bytes + delta_bytes)
        if totals.result_bytes > limit_bytes:
            raise DeltaExpands(delta.path, totals.result_bytes, limit_bytes, limit_is_users=False)


def _apply(old: Input, delta: Input, output: Output, run: Run, buffers: Buffers) -> None:
    """Run the patch job from `old` and `delta` into `output`.

    Raises: SourceUnreadable, DiskFull, OutputUnwritable, LibrsyncFailed, Cancelled.
    """
    position = 0

    def read(buffer: memoryview) -> int:
        nonlocal position
        got = delta.read_at(buffer, position)
        position += got
        return got

    def read_basis(buffer: memoryview, offset: int) -> int:
        run.check()
        return old.read_at(buffer, offset)

    def write(data: memoryview) -> None:
        output.write(data)
        run.advance(len(data))

    window_bytes = buffers.input_bytes or _WINDOW_BYTES
    with begin_patch(read_basis) as job:
        job.run(
            read,
            write,
            pacer=WindowPacer(window_bytes),
            output_bytes=buffers.output_bytes or _OUTPUT_BYTES,
        )
