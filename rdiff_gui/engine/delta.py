"""Delta: what changed, found by comparing the new file with the old file's signature."""

from __future__ import annotations

import time

from rdiff_gui import records
from rdiff_gui.engine.comparing import compare
from rdiff_gui.engine.delta_output import DeltaOutput
from rdiff_gui.engine.hashing import Hasher
from rdiff_gui.engine.inputs import Input, Source, open_input
from rdiff_gui.engine.loading import LoadedSums, load_signature
from rdiff_gui.engine.options import DeltaOptions, Resources, Sealing, judge_strong_sums
from rdiff_gui.engine.outputs import Output, Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.sealing import identify, unwrap
from rdiff_gui.engine.summaries import DeltaSummary, tile_regions
from rdiff_gui.errors import SumsTooShort
from rdiff_gui.formats.seal import Identity
from rdiff_gui.records import record


def make_delta(
    signature: Source,
    new_file: Source,
    delta: Target,
    options: DeltaOptions = DeltaOptions(),  # noqa: B008  # frozen
    *,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> DeltaSummary:
    """Write the delta that turns the file `signature` was made of into `new_file`.

    What the signature's seal says of the old file goes into the delta's. `on_progress` gets
    bytes read of both, at most 20 times a second, on the calling thread.

    Raises: NotASignature, SignatureTruncated, SignatureDamaged, SignatureHostile, ContentDamaged,
    SealDamaged, SealTooNew, CompressionDamaged, CompressionForeign, SourceMissing,
    SourceUnreadable, SourceChanged, OutputIsInput, OutputExists (unless `replace`),
    OutputUnwritable, FolderMoved, DiskFull, LibraryProblem, PartUnloadable, SystemRefused,
    Cancelled; on each, `delta` is as it was before the call.
    Source: librsync doc/formats.md, "Deltas"; rs_delta_begin.
    """
    started = time.monotonic()

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
            loaded = load_signature(sums, run)
            given.check_unchanged()
            basis = sums.seal.basis if sums.seal else None
            comparison = Comparison(loaded, basis, options, resources)
            summary = comparison.write_delta(new, output, run, started)
            publish(run, [output])
            return records.replace(summary, seconds=time.monotonic() - started)

    return run_operation(work, on_progress, cancel)


@record(frozen=True)
class Comparison:
    """All that a new file is compared with, and how its delta is written."""

    loaded: LoadedSums
    basis: Identity | None
    options: DeltaOptions
    resources: Resources

    def write_delta(self, new: Input, output: Output, run: Run, started: float) -> DeltaSummary:
        """Write the delta of `new`; publishing it is the caller's.

        Raises: SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, LibrsyncFailed,
        Cancelled.
        """
        run.stage = Stage.COMPARING
        before_bytes = run.done_bytes
        loaded, sealed = self.loaded, self.options.sealing is not Sealing.NONE
        delta = DeltaOutput(output, self.options, new.size_bytes)
        hasher = Hasher(self.resources.threads) if sealed else None
        totals = compare(new, loaded, delta.write, run, self.resources, hasher)
        new.check_unchanged()
        delta.finish()
        new_bytes = run.done_bytes - before_bytes
        if hasher:
            result = identify(new, new_bytes, hasher.hexdigest(), self.options.sealing)
            delta.seal(basis=self.basis, signature_blake3=loaded.blake3, result=result)
        return DeltaSummary(
            new_bytes=new_bytes,
            delta_bytes=output.written_bytes,
            plain_bytes=delta.plain_bytes,
            signature_bytes=loaded.signature_bytes,
            literal_bytes=totals.literal_bytes,
            literal_count=totals.literal_count,
            copied_bytes=totals.copied_bytes,
            copy_count=totals.copy_count,
            regions=tile_regions(totals),
            identical=self._is_identical(totals.in_order_bytes, new_bytes),
            remarks=(*self._judge_sums(), *output.remarks),
            seconds=time.monotonic() - started,
        )

    def _judge_sums(self) -> tuple[SumsTooShort, ...]:
        loaded = self.loaded
        _, most_bytes = loaded.header.basis_range(loaded.blocks)
        return judge_strong_sums(loaded.content.path, loaded.header, most_bytes)

    def _is_identical(self, in_order_bytes: int, new_bytes: int) -> bool:
        """Whether the delta copies the whole old file and nothing else.

        A last block that is shorter can only have matched at its true length, so the number of
        blocks settles the old file's size.
        """
        blocks = -(-new_bytes // self.loaded.header.block_bytes)
        return in_order_bytes == new_bytes and blocks == self.loaded.blocks
