"""Applying a delta: everything is checked that can be, before, meanwhile and after."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.engine.assembling import assemble, count_data
from rdiff_gui.engine.hashing import Hasher, hash_source
from rdiff_gui.engine.inputs import Input
from rdiff_gui.engine.options import PatchOptions, Resources
from rdiff_gui.engine.outputs import Output
from rdiff_gui.engine.progress import Stage
from rdiff_gui.engine.running import Run
from rdiff_gui.engine.scanning import scan_delta
from rdiff_gui.engine.sealing import Unwrapped, unwrap
from rdiff_gui.engine.summaries import PatchSummary
from rdiff_gui.errors import (
    BasisTooShort,
    DeltaExpands,
    DiskFull,
    ResultIncomplete,
    ResultWrong,
    WrongBasis,
)
from rdiff_gui.formats.delta_commands import CommandTotals
from rdiff_gui.formats.seal import Seal
from rdiff_gui.records import record

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
            totals, output.written_bytes, hasher.hexdigest() if hasher else None
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
            if seal.basis:
                run.total_bytes += basis_bytes
        totals = scan_delta(self.delta, run, allow_trailing=self.options.allow_trailing)
        self._check_basis_size(totals)
        self._check_proportion(totals)
        self._check_room(totals, output, run)
        self._check_basis_hash(run)
        return totals

    def check_result(
        self, totals: CommandTotals, written_bytes: int, found_blake3: str | None
    ) -> str | None:
        """All that can be known after the last; the hash, where the seal confirms it.

        Raises: ResultIncomplete, ResultWrong, SourceChanged.
        """
        self.old.check_unchanged()
        self.delta.content.check_unchanged()
        if written_bytes != totals.result_bytes:
            raise ResultIncomplete(
                self.target, self.delta.content.path, totals.result_bytes, written_bytes
            )
        expected = self.delta.seal.result if self.delta.seal else None
        if expected and found_blake3 is not None and found_blake3 != expected.blake3:
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
        with unwrap(
            measured,
            run,
            limit_bytes=options.limit_bytes,
            allow_expansion=options.allow_expansion,
            allow_trailing=options.allow_trailing,
        ) as delta:
            given_delta.check_unchanged()
            yield Application(old, delta, delta_bytes, target, options, resources)
