"""Patch: the new file, from the old one and a delta, right or not at all.

Everything is checked that can be: before, meanwhile and after. Verify does the same and writes
nothing.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui import records
from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.blake3_hash import Hasher, hash_sample, hash_source
from rdiff_gui.engine.delta_reader import scan_delta
from rdiff_gui.engine.input import FilePath, Input, Source, open_input, path_or_stream
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import PatchOptions, Resources, Sealing, SignatureOptions
from rdiff_gui.engine.output import Output, Target, open_output
from rdiff_gui.engine.patch_writer import assemble, count_data
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.seal_io import Unwrapped, unwrap
from rdiff_gui.engine.summaries import PatchSummary
from rdiff_gui.errors import (
    BasisTooShort,
    DeltaExpands,
    DiskFull,
    FileProblem,
    OptionOutOfRange,
    ResultIncomplete,
    ResultWrong,
    WrongBasis,
)
from rdiff_gui.formats.delta_commands import CommandTotals
from rdiff_gui.formats.seal import Seal, sample_places
from rdiff_gui.records import record
from rdiff_gui.wording import STANDARD_OUTPUT

__all__ = ["apply_patch", "verify_patch"]


def apply_patch(
    basis: Source,
    delta: Source,
    new_file: Target,
    options: PatchOptions = PatchOptions(),  # noqa: B008  # frozen
    *,
    in_place: bool = False,
    keep_backup: bool = True,
    undo: FilePath | None = None,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> PatchSummary:
    """Write the file that `delta` makes of `basis`.

    Before the first byte is written, the delta's own checksum, all its commands, the basis and
    the free space are checked; after the last, the result's checksum. `in_place` lets the result
    take the place of the basis, where `new_file` is it; `keep_backup` then keeps the old file
    beside it, under a name that the summary tells. With `undo`, the delta that leads back is
    written there, before the result is made visible. `on_progress` gets bytes checked and
    written, at most 20 times a second, on the calling thread.

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
                instead_of=given_basis if in_place else None,
                keep_backup=keep_backup,
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
    from rdiff_gui.engine.delta import both_ways_bytes, compare_files

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
            resources,
            sealing=Sealing.FULL,
            compress=False,
            started=time.monotonic(),
        )


class _Nowhere:
    """An output that only counts."""

    write_at = None

    def __init__(self) -> None:
        self.written_bytes = 0
        self.remarks: list[FileProblem] = []

    def write(self, data: memoryview) -> None:
        self.written_bytes += len(data)

    def expect(self, size_bytes: int) -> None:
        """There is always room."""

    def finish(self) -> None:
        """There is nothing to lose."""


def verify_patch(
    basis: Source,
    delta: Source,
    options: PatchOptions = PatchOptions(),  # noqa: B008  # frozen
    *,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> PatchSummary:
    """Do all that apply_patch does, but keep nothing of it.

    In the summary, `checked_blake3` tells whether the result could be compared with a seal.

    Raises: as apply_patch, less what concerns its output.
    """
    started = time.monotonic()

    def work(run: Run) -> PatchSummary:
        with (
            open_input(basis) as given_basis,
            open_input(delta) as given_delta,
            prepare(
                given_basis, given_delta, STANDARD_OUTPUT, options, resources, run
            ) as application,
        ):
            return application.run(_Nowhere(), run, started)

    return run_operation(work, on_progress, cancel)


# No change that people make gives a file sixteen times as big as all it was made from.
_PROPORTION = 16


@record(frozen=True)
class Application:
    """One delta, a file of `delta_bytes`, for one basis; `target` names the result in errors."""

    old: Input
    delta: Unwrapped
    delta_bytes: int
    target: Path
    options: PatchOptions
    resources: Resources

    def run(self, output: Output, run: Run, started: float) -> PatchSummary:
        """Check, apply into `output`, check again; publishing is the caller's.

        Raises: NotADelta, DeltaTruncated, DeltaDamaged, DeltaTrailing, DeltaExpands,
        ContentDamaged, SealDamaged, WrongBasis, BasisTooShort, ResultWrong, DiskFull,
        SourceUnreadable, SourceChanged, OutputUnwritable, ResultIncomplete, Cancelled.
        """
        totals = self.check(output, run)
        run.stage = Stage.PATCHING
        if run.total_bytes is None:
            run.total_bytes = totals.result_bytes
        hasher = Hasher(self.resources.threads) if self.expects_result else None
        assemble(
            self.old, self.delta.content, output, totals.result_bytes, run, self.resources, hasher
        )
        checked_blake3 = self.check_result(
            totals, output.written_bytes, hasher.hexdigest() if hasher else None, run
        )
        return PatchSummary(
            basis_bytes=self.old.size_bytes or 0,
            delta_bytes=self.delta_bytes,
            result_bytes=output.written_bytes,
            literal_bytes=totals.literal_bytes,
            literal_count=totals.literal_count,
            copied_bytes=totals.copied_bytes,
            copy_count=totals.copy_count,
            checked_blake3=checked_blake3,
            backup=None,
            remarks=output.remarks,
            seconds=time.monotonic() - started,
        )

    @property
    def expects_result(self) -> bool:
        """Whether the seal says what the result must be."""
        return self.delta.seal is not None and self.delta.seal.result is not None

    def check(self, output: Output, run: Run) -> CommandTotals:
        """All that can be known before the first byte is written.

        Raises: as `run`, but for ResultIncomplete, ResultWrong and SourceChanged.
        """
        seal = self.delta.seal
        basis_bytes = self.old.size_bytes or 0
        run.stage = Stage.CHECKING
        if seal and seal.result:
            run.total_bytes = seal.body.size_bytes + seal.result.size_bytes
            if self._hashes_basis_first:
                run.total_bytes += basis_bytes
        totals = scan_delta(self.delta, run, allow_trailing=self.options.allow_trailing)
        self._check_basis_size(totals)
        self._check_proportion(totals)
        self._check_room(totals, output, run)
        self._check_basis(run)
        return totals

    def check_result(
        self, totals: CommandTotals, written_bytes: int, found_blake3: str | None, run: Run
    ) -> str | None:
        """All that can be known after the last; the hash, where the seal confirms it.

        A right result proves that the old file was right. Only for a wrong one, the old file is
        read once more, to tell which of the two is at fault.

        Raises: ResultIncomplete, ResultWrong, WrongBasis, SourceChanged, SourceUnreadable,
        Cancelled.
        """
        self.old.check_unchanged()
        self.delta.content.check_unchanged()
        if written_bytes != totals.result_bytes:
            raise ResultIncomplete(
                self.target, self.delta.content.path, totals.result_bytes, written_bytes
            )
        expected = self.delta.seal.result if self.delta.seal else None
        if expected and found_blake3 is not None and found_blake3 != expected.blake3:
            if not self._hashes_basis_first:
                if run.total_bytes is not None:
                    run.total_bytes += self.old.size_bytes or 0
                run.stage = Stage.CHECKING
                self._check_basis_hash(run)
            raise ResultWrong(self.target, self.delta.content.path, expected.blake3, found_blake3)
        return found_blake3

    def _check_basis_size(self, totals: CommandTotals) -> None:
        found_bytes = self.old.size_bytes or 0
        seal = self.delta.seal
        if seal and seal.basis and seal.basis.size_bytes != found_bytes:
            raise self._wrong_basis(seal, None)
        if totals.basis_bytes_needed > found_bytes:
            raise BasisTooShort(
                self.old.path, self.delta.content.path, totals.basis_bytes_needed, found_bytes
            )

    def _check_room(self, totals: CommandTotals, output: Output, run: Run) -> None:
        try:
            output.expect(totals.result_bytes)
        except DiskFull:
            # Less will do where the basis has holes.
            output.expect(count_data(self.old, self.delta.content, run))

    @property
    def _hashes_basis_first(self) -> bool:
        """Whether the whole old file is hashed before anything is written.

        That of a small one costs nothing, and without a hash of the result nothing else tells.
        """
        seal = self.delta.seal
        return bool(seal and seal.basis) and not (
            self.expects_result and sample_places(self.old.size_bytes or 0)
        )

    def _check_basis(self, run: Run) -> None:
        seal = self.delta.seal
        if seal and seal.basis and seal.basis.sample is not None:
            found_sample = hash_sample(self.old)
            if found_sample is not None and found_sample != seal.basis.sample:
                raise self._wrong_basis(seal, None)
        if self._hashes_basis_first:
            self._check_basis_hash(run)

    def _check_basis_hash(self, run: Run) -> None:
        seal = self.delta.seal
        if seal and seal.basis:
            found_blake3 = hash_source(self.old, run, self.resources.threads)
            if found_blake3 != seal.basis.blake3:
                raise self._wrong_basis(seal, found_blake3)

    def _wrong_basis(self, seal: Seal, found_blake3: str | None) -> WrongBasis:
        assert seal.basis
        return WrongBasis(
            self.old.path,
            self.delta.content.path,
            expected_name=seal.basis.name,
            expected_bytes=seal.basis.size_bytes,
            found_bytes=self.old.size_bytes or 0,
            expected_blake3=seal.basis.blake3,
            found_blake3=found_blake3,
        )

    def _check_proportion(self, totals: CommandTotals) -> None:
        delta, result_bytes = self.delta.content, totals.result_bytes
        limit_bytes = self.options.limit_bytes
        if limit_bytes is not None:
            if result_bytes > limit_bytes:
                raise DeltaExpands(delta.path, result_bytes, limit_bytes, limit_is_users=True)
        elif not self.options.allow_expansion:
            proportion = _PROPORTION * ((self.old.size_bytes or 0) + (delta.size_bytes or 0))
            if result_bytes > proportion:
                raise DeltaExpands(delta.path, result_bytes, proportion, limit_is_users=False)


@contextlib.contextmanager
def prepare(
    given_basis: Input,
    given_delta: Input,
    target: Path,
    options: PatchOptions,
    resources: Resources,
    run: Run,
) -> Iterator[Application]:
    """The application of one open delta to one open basis.

    Raises: SealTooNew, SealDamaged, CompressionDamaged, DeltaExpands, DiskFull, OutputUnwritable,
    SourceUnreadable, Cancelled.
    """
    with (
        given_delta.measured(run) as measured,
        given_basis.measured(run) as old,
    ):
        delta_bytes = measured.size_bytes or 0
        with unwrap(measured, run, options) as delta:
            given_delta.check_unchanged()
            yield Application(old, delta, delta_bytes, target, options, resources)
