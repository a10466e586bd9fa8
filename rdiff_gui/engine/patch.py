"""Patch: the new file, from the old one and a delta, right or not at all."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui import records
from rdiff_gui.engine.application import prepare
from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.inputs import FilePath, Input, Source, open_input, path_or_stream
from rdiff_gui.engine.options import DeltaOptions, PatchOptions, Resources, SignatureOptions
from rdiff_gui.engine.outputs import Output, Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.summaries import PatchSummary
from rdiff_gui.errors import OptionOutOfRange
from rdiff_gui.wording import STANDARD_OUTPUT


def apply_patch(
    basis: Source,
    delta: Source,
    new_file: Target,
    options: PatchOptions = PatchOptions(),  # noqa: B008  # frozen
    *,
    undo: FilePath | None = None,
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

    Raises: NotADelta, DeltaTruncated, DeltaDamaged, DeltaTrailing, DeltaExpands, ContentDamaged,
    SealDamaged, SealTooNew, CompressionDamaged, CompressionForeign, WrongBasis, BasisTooShort,
    ResultWrong, ResultIncomplete, SourceMissing, SourceUnreadable, SourceChanged, SourceBusy,
    OutputIsInput, OutputNamedTwice, OutputExists (unless `replace`), OutputUnwritable,
    FolderMoved, DiskFull, LibraryProblem, PartUnloadable, SystemRefused, Cancelled; on each,
    `new_file` and `undo` are as they were before the call. NotPutBack, where a failing disk
    allows that no more; it says where the version before is.
    Source: librsync doc/formats.md, "Deltas"; rs_patch_begin.
    """
    started = time.monotonic()
    given_target = path_or_stream(new_file)
    target = given_target if isinstance(given_target, Path) else STANDARD_OUTPUT

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
            _open_undo(undo, [given_basis, given_delta], output, replace, run) as undo_output,
            prepare(given_basis, given_delta, target, options, resources, run) as application,
        ):
            summary = application.run(output, run, started)
            outputs = [output]
            if undo_output is not None and isinstance(output, AtomicFile):
                _write_undo(undo_output, application.old, output, resources, run)
                # Before the result: without the way back, there is no way there either.
                outputs.insert(0, undo_output)
            publish(run, outputs)
            return records.replace(
                summary,
                backup=output.backup if isinstance(output, AtomicFile) else None,
                remarks=[remark for each in outputs for remark in each.remarks],
                seconds=time.monotonic() - started,
            )

    return run_operation(work, on_progress, cancel)


@contextlib.contextmanager
def _open_undo(
    undo: FilePath | None,
    inputs: list[Input],
    output: Output,
    replace: bool,
    run: Run,
) -> Iterator[Output | None]:
    """Raises: OptionOutOfRange, where the result is a pipe; as open_output."""
    if undo is None:
        yield None
        return
    if not isinstance(output, AtomicFile):
        raise OptionOutOfRange("undo", str(undo), "only together with a result in a file")
    with open_output(undo, inputs, replace=replace, run=run, beside=output) as undo_output:
        yield undo_output


def _write_undo(
    undo_output: Output, old: Input, output: AtomicFile, resources: Resources, run: Run
) -> None:
    """Write the delta from the result, which has no name yet, to `old`.

    Raises: as make_delta_from_files.
    """
    # A patch rarely needs all that makes a delta.
    from rdiff_gui.engine.two_files import both_ways_bytes, compare_files

    options = SignatureOptions()
    with output.reading() as result:
        if run.total_bytes is not None and old.size_bytes is not None:
            run.total_bytes += both_ways_bytes(result.size_bytes or 0, old.size_bytes, options)
        compare_files(
            result,
            old,
            undo_output,
            run,
            options,
            DeltaOptions(),
            resources,
            started=time.monotonic(),
        )
