"""Patch: the new file, from the old one and a delta, right or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import time
from pathlib import Path

from rdiff_gui.engine.application import prepare
from rdiff_gui.engine.inputs import Input, Source, open_input
from rdiff_gui.engine.options import DeltaOptions, PatchOptions, Resources, SignatureOptions
from rdiff_gui.engine.outputs import FileOutput, Output, Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.summaries import DeltaSummary, PatchSummary
from rdiff_gui.errors import OptionOutOfRange
from rdiff_gui.wording import STANDARD_OUTPUT


def apply_patch(
    basis: Source,
    delta: Source,
    new_file: Target,
    options: PatchOptions = PatchOptions(),  # noqa: B008  # frozen
    *,
    undo: Path | None = None,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> PatchSummary:
    """Write the file that `delta` makes of `basis`.

    Before the first byte is written, the delta's own checksum, all its commands, the basis and
    the free space are checked; after the last, the result's checksum. With `undo`, the delta
    that leads back is written there, before the result is made visible. `on_progress` gets
    bytes checked and written, at most 20 times a second, on the calling thread.

    Raises: NotADelta, DeltaTruncated, DeltaDamaged, DeltaExpands, ContentDamaged, SealDamaged,
    SealTooNew, CompressionDamaged, WrongBasis, BasisTooShort, ResultWrong, SourceMissing,
    SourceUnreadable, SourceChanged, OutputIsInput, OutputExists (unless `replace`),
    OutputUnwritable, DiskFull, LibraryProblem, Cancelled; on each, `new_file` and `undo` are as
    they were before the call.
    Source: librsync doc/formats.md, "Deltas"; rs_patch_begin.
    """
    started = time.monotonic()
    target = new_file if isinstance(new_file, Path) else STANDARD_OUTPUT

    def work(run: Run) -> PatchSummary:
        with (
            open_input(basis) as given_basis,
            open_input(delta) as given_delta,
            open_output(
                new_file,
                [given_basis, given_delta],
                replace=replace,
                run=run,
                instead_of=given_basis if options.in_place else None,
                keep_backup=options.keep_backup,
            ) as output,
            prepare(given_basis, given_delta, target, options, resources, run) as application,
        ):
            summary = application.run(output, run, started)
            if undo is not None:
                inputs = [given_basis, given_delta]
                _write_undo(undo, application.old, output, inputs, replace, resources, run)
            try:
                output.commit(run)
            except BaseException:
                if undo is not None:
                    # It would lead back from a file that does not exist.
                    undo.unlink(missing_ok=True)
                raise
            return dataclasses.replace(
                summary,
                backup=output.backup if isinstance(output, FileOutput) else None,
                seconds=time.monotonic() - started,
            )

    return run_operation(work, on_progress, cancel)


def _write_undo(
    undo: Path,
    old: Input,
    output: Output,
    inputs: list[Input],
    replace: bool,
    resources: Resources,
    run: Run,
) -> DeltaSummary:
    """Write and commit the delta from the result, still under its temporary name, to `old`.

    Raises: OptionOutOfRange, where the result is a pipe; as make_delta_from_files.
    """
    # A patch rarely needs all that makes a delta.
    from rdiff_gui.engine.two_files import both_ways_bytes, compare_files

    if not isinstance(output, FileOutput):
        raise OptionOutOfRange("undo", str(undo), "only together with a result in a file")
    options = SignatureOptions()
    with (
        contextlib.closing(os.fdopen(os.dup(output.descriptor), "rb", buffering=0)) as stream,
        open_output(undo, inputs, replace=replace, run=run) as undo_output,
    ):
        stream.seek(0)
        result = Input(stream, output.path, owned=False)
        if run.total_bytes is not None and old.size_bytes is not None:
            run.total_bytes += both_ways_bytes(result.size_bytes or 0, old.size_bytes, options)
        return compare_files(
            result,
            old,
            undo_output,
            run,
            options,
            DeltaOptions(),
            resources,
            started=time.monotonic(),
        )
