"""Patch: the new file, from the old one and a delta, right or not at all.

Everything is checked that can be: before, meanwhile and after. Verify does the same and writes
nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.blake3_hash import Hasher, hash_sample, hash_source
from rdiff_gui.engine.delta_reader import Commands, scan_delta
from rdiff_gui.engine.input import FilePath, Holes, Input, Source, has_journal, open_input
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import PatchOptions, Resources, Sealing
from rdiff_gui.engine.output import Nowhere, Output, Target, open_output, open_undo_output
from rdiff_gui.engine.patch_writer import HOLE_BYTES_LEAST, assemble, count_data
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.seal_io import Unwrapped, unwrap
from rdiff_gui.engine.summaries import ChangePlan, PatchSummary, PlanCallback, Way
from rdiff_gui.errors import (
    BasisTooShort,
    DeltaExpands,
    DiskFull,
    FileProblem,
    ResultIncomplete,
    ResultWrong,
    WrongBasis,
)
from rdiff_gui.formats.delta_commands import CommandTotals
from rdiff_gui.formats.seal import Identity, Seal, sample_places

__all__ = ["apply_patch", "verify_patch"]


def apply_patch(
    basis: Source,
    delta: Source,
    new_file: Target,
    options: PatchOptions = PatchOptions(),  # noqa: B008  # frozen
    *,
    in_place: bool = False,
    keep_backup: bool = True,
    changes_only: bool = False,
    allow_shared: bool = False,
    undo: FilePath | None = None,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    replace: bool = False,
    on_plan: PlanCallback | None = None,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> PatchSummary:
    """Write the file that `delta` makes of `basis`.

    Before the first byte is written, the delta's own checksum, all its commands, the basis and
    the free space are checked; after the last, the result's checksum. `in_place` lets the result
    take the place of the basis, where `new_file` is it; `keep_backup` then keeps the old file
    beside it, under a name that the summary tells. With `undo`, the delta that leads back is
    written there, before the result is made visible. With `changes_only`, the file is changed
    itself where that is less to write, and what is kept of the old one is a delta that leads back;
    `allow_shared` does so too where the file has several names, or others have it open to write;
    `on_plan` is told first what will be written, on a thread of the work, which waits for it.
    A change of the basis that was interrupted earlier is put back first. `on_progress` gets bytes
    done of the result, at most 20 times a second, on the calling thread.

    Raises: NotADelta, DeltaTruncated, DeltaDamaged, DeltaTrailing, DeltaExpands, ContentDamaged,
    SealDamaged, SealTooNew, CompressionDamaged, CompressionForeign, WrongBasis, BasisTooShort,
    ResultWrong, ResultIncomplete, SourceMissing, SourceUnreadable, SourceChanged, SourceBusy,
    SourceInUse, JournalUnusable, UndoImpossible, OutputIsInput, OutputNamedTwice, OutputExists
    (unless `replace`), OutputUnwritable, FolderMoved, DiskFull, LibraryProblem, PartUnloadable,
    SystemRefused, Cancelled; on each, `new_file` and `undo` are as they were before the call.
    NotPutBack and ChangeUnfinished, where a failing disk allows that no more; they say where the
    version before is.
    Source: librsync doc/formats.md, "Deltas"; rs_patch_begin.
    """

    def work(run: Run) -> PatchSummary:
        settled: list[FileProblem] = []
        if has_journal(basis):
            from rdiff_gui.engine.recovery import settle_interrupted

            settled = settle_interrupted(basis, run, always=in_place)
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
            open_patch(
                given_basis, given_delta, output, options, run, whole=not changes_only
            ) as patch,
        ):
            patch.check(old_reads=2 if undo else int(changes_only))
            plan = None
            if changes_only:
                from rdiff_gui.engine.change import change_in_place

                plan = change_in_place(
                    patch, output, undo_output, run, allow_shared=allow_shared, tell=on_plan
                )
                if plan.way is Way.JOURNAL:
                    return patch.summarize([output], settled, plan)
            patch.carry_out(undo_output, by_commands=plan is not None and plan.pays)
            # Without the way back, there is no way there either.
            outputs = [undo_output, output] if undo_output else [output]
            publish(run, outputs)
            return patch.summarize(outputs, settled, plan)

    return run_operation(work, on_progress, cancel, resources)


@contextlib.contextmanager
def _open_undo(
    undo: FilePath | None, inputs: list[Input], output: Output, replace: bool, run: Run
) -> Iterator[Output | None]:
    """Raises: as open_undo_output."""
    if undo is None:
        yield None
        return
    with open_undo_output(undo, inputs, replace=replace, run=run, beside=output) as undo_output:
        yield undo_output


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

    def work(run: Run) -> PatchSummary:
        with (
            open_input(basis) as given_basis,
            open_input(delta) as given_delta,
            open_patch(given_basis, given_delta, Nowhere(), options, run) as patch,
        ):
            patch.check()
            patch.carry_out()
            return patch.summarize([])

    return run_operation(work, on_progress, cancel, resources)


# No change that people make gives a file sixteen times as big as all it was made from.
_PROPORTION = 16


class Patch:
    """One delta, a file of `delta_bytes`, for one basis."""

    def __init__(
        self,
        old: Input,
        delta: Unwrapped,
        delta_bytes: int,
        output: Output,
        options: PatchOptions,
        run: Run,
    ) -> None:
        self.old = old
        self.delta = delta
        self.totals = CommandTotals()
        self.commands = Commands(delta.content)
        self._seal = delta.seal
        self._old_bytes = old.size_bytes or 0
        self._delta_bytes = delta_bytes
        self._output = output
        self._options = options
        self._run = run
        self._checked_blake3: str | None = None

    def carry_out(self, undo: Output | None = None, *, by_commands: bool = False) -> None:
        """Write the result after `check`, and check it again; publishing it is the caller's.

        Into `undo` goes the delta that leads back: short, from a comparison of both files, or
        quickly, `by_commands`, with what lies in another place now as new data.

        Raises: ResultWrong, ResultIncomplete, WrongBasis, DiskFull, SourceUnreadable,
        SourceChanged, OutputUnwritable, Cancelled.
        """
        self._check_room()
        run, output, result_bytes = self._run, self._output, self.totals.result_bytes
        run.stage = Stage.PATCHING
        run.total_bytes = run.done_bytes + result_bytes
        if undo and by_commands:
            from rdiff_gui.engine.change_survey import Survey
            from rdiff_gui.engine.journal import write_journal

            # What is cut off is read as well.
            run.total_bytes += max(0, self._old_bytes - result_bytes)
            survey = Survey(self.old, self.commands, result_bytes, run, output)
            survey.carry_out()
            found_blake3 = survey.new_blake3 if self.expects_result else None
            self.check_result(output.written_bytes, found_blake3)
            write_journal(undo, self.old, survey, run)
            return
        if undo:
            # A patch rarely needs all that makes a delta.
            from rdiff_gui.engine.two_files import count_steps

            run.total_bytes += count_steps(result_bytes, self._old_bytes, Sealing.FULL)
        hasher = Hasher(run.resources.threads) if self.expects_result else None
        assemble(self.old, self.commands, output, result_bytes, run, hasher)
        self.check_result(output.written_bytes, hasher.hexdigest() if hasher else None)
        if undo and isinstance(output, AtomicFile):
            from rdiff_gui.engine.two_files import write_undo

            write_undo(undo, self.old, output, run)

    def summarize(
        self,
        outputs: Sequence[Output],
        remarks: Sequence[FileProblem] = (),
        plan: ChangePlan | None = None,
    ) -> PatchSummary:
        """What was done, and where the results are."""
        totals, output = self.totals, self._output
        return PatchSummary(
            basis_bytes=self._old_bytes,
            delta_bytes=self._delta_bytes,
            result_bytes=totals.result_bytes,
            literal_bytes=totals.literal_bytes,
            literal_count=totals.literal_count,
            copied_bytes=totals.copied_bytes,
            copy_count=totals.copy_count,
            checked_blake3=self._checked_blake3,
            backup=output.backup if isinstance(output, AtomicFile) else None,
            remarks=[*remarks, *(remark for each in outputs for remark in each.remarks)],
            seconds=self._run.seconds,
            plan=plan,
        )

    @property
    def expects_result(self) -> bool:
        """Whether the seal says what the result must be."""
        return self._seal is not None and self._seal.result is not None

    def check(self, *, old_reads: int = 0) -> None:
        """All that can be known of delta and basis before the first byte is written.

        `old_reads`: how often all of the old file will be read, and then the result once more.

        Raises: NotADelta, DeltaTruncated, DeltaDamaged, DeltaTrailing, DeltaExpands,
        ContentDamaged, SealDamaged, WrongBasis, BasisTooShort, SourceUnreadable, Cancelled.
        """
        seal, run = self._seal, self._run
        read_bytes = self._old_bytes if old_reads or self._hashes_basis_first else 0
        if seal and seal.result:
            result_bytes = seal.result.size_bytes
            run.total_bytes = seal.body.size_bytes + (2 if old_reads else 1) * result_bytes
            run.total_bytes += (old_reads + self._hashes_basis_first) * self._old_bytes
            run.whole_bytes = max(result_bytes, read_bytes)
        allow_trailing = self._options.allow_trailing
        self.totals = scan_delta(
            self.delta, run, allow_trailing=allow_trailing, noted=self.commands
        )
        run.whole_bytes = max(self.totals.result_bytes, read_bytes)
        self._check_basis_size()
        self._check_proportion()
        self._check_basis()

    def check_result(self, written_bytes: int, found_blake3: str | None) -> None:
        """All that can be known after the last.

        A right result proves that the old file was right. Only for a wrong one, the old file is
        read once more, to tell which of the two is at fault.

        Raises: ResultIncomplete, ResultWrong, WrongBasis, SourceChanged, SourceUnreadable,
        Cancelled.
        """
        self.old.check_unchanged()
        self.delta.content.check_unchanged()
        path, delta_path = self._output.path, self.delta.content.path
        if written_bytes != self.totals.result_bytes:
            raise ResultIncomplete(path, delta_path, self.totals.result_bytes, written_bytes)
        expected = self._seal.result if self._seal else None
        if expected and found_blake3 is not None and found_blake3 != expected.blake3:
            if not self._hashes_basis_first:
                self._run.expect_more(self._old_bytes)
                self._run.stage = Stage.CHECKING
                self._check_basis_hash()
            raise ResultWrong(path, delta_path, expected.blake3, found_blake3)
        self._checked_blake3 = found_blake3

    def _check_basis_size(self) -> None:
        seal, needed_bytes = self._seal, self.totals.basis_bytes_needed
        if seal and seal.basis and seal.basis.size_bytes != self._old_bytes:
            raise self._wrong_basis(seal.basis, None)
        if needed_bytes > self._old_bytes:
            raise BasisTooShort(
                self.old.path, self.delta.content.path, needed_bytes, self._old_bytes
            )

    def _check_proportion(self) -> None:
        delta, result_bytes = self.delta.content, self.totals.result_bytes
        limit_bytes = self._options.limit_bytes
        if limit_bytes is not None:
            if result_bytes > limit_bytes:
                raise DeltaExpands(delta.path, result_bytes, limit_bytes, limit_is_users=True)
        elif not self._options.allow_expansion:
            proportion = _PROPORTION * (self._old_bytes + (delta.size_bytes or 0))
            if result_bytes > proportion:
                raise DeltaExpands(delta.path, result_bytes, proportion, limit_is_users=False)

    def _check_room(self) -> None:
        try:
            self._output.expect(self.totals.result_bytes)
        except DiskFull:
            # Less will do where the basis has holes.
            self._output.expect(count_data(self.old, self.commands, self._run))

    @property
    def _hashes_basis_first(self) -> bool:
        """Whether the whole old file is hashed before anything is written.

        That of a small one costs nothing, and without a hash of the result nothing else tells.
        """
        named = self._seal.basis if self._seal else None
        return named is not None and not (self.expects_result and sample_places(self._old_bytes))

    def _check_basis(self) -> None:
        named = self._seal.basis if self._seal else None
        if named and named.sample is not None:
            found_sample = hash_sample(self.old)
            if found_sample is not None and found_sample != named.sample:
                raise self._wrong_basis(named, None)
        if self._hashes_basis_first:
            self._check_basis_hash()

    def _check_basis_hash(self) -> None:
        named = self._seal.basis if self._seal else None
        if named and (found_blake3 := hash_source(self.old, self._run)) != named.blake3:
            raise self._wrong_basis(named, found_blake3)

    def _wrong_basis(self, named: Identity, found_blake3: str | None) -> WrongBasis:
        return WrongBasis(
            self.old.path,
            self.delta.content.path,
            expected_name=named.name,
            expected_bytes=named.size_bytes,
            found_bytes=self._old_bytes,
            expected_blake3=named.blake3,
            found_blake3=found_blake3,
        )


@contextlib.contextmanager
def open_patch(
    given_basis: Input,
    given_delta: Input,
    output: Output,
    options: PatchOptions,
    run: Run,
    *,
    whole: bool = True,
) -> Iterator[Patch]:
    """One open delta, to be applied to one open basis; a `whole` result needs its room.

    Raises: SealTooNew, SealDamaged, CompressionDamaged, DeltaExpands, DiskFull, OutputUnwritable,
    SourceUnreadable, Cancelled.
    """
    run.stage = Stage.CHECKING
    with (
        given_delta.measured(run) as measured,
        given_basis.measured(run) as old,
    ):
        delta_bytes = measured.size_bytes or 0
        measured.hold()

        def announce(seal: Seal) -> None:
            # With holes in the basis less may do, which only the commands tell.
            if whole and seal.result and not Holes(old, HOLE_BYTES_LEAST).after(0):
                output.expect(seal.result.size_bytes, temporary_bytes=seal.body.size_bytes)

        with unwrap(measured, run, options, announce=announce) as delta:
            given_delta.check_unchanged()
            yield Patch(old, delta, delta_bytes, output, options, run)
