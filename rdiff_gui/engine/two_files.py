"""Both files at hand: signature and delta in one step, with no signature file to look after."""

from __future__ import annotations

import contextlib
import time

from rdiff_gui import records
from rdiff_gui.engine.delta import Comparison
from rdiff_gui.engine.hashing import Hasher
from rdiff_gui.engine.inputs import Input, Source, open_input
from rdiff_gui.engine.loading import load_signature
from rdiff_gui.engine.options import DeltaOptions, Resources, Sealing, SignatureOptions
from rdiff_gui.engine.outputs import Output, Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.scratch import Scratch
from rdiff_gui.engine.sealing import Unwrapped, identify
from rdiff_gui.engine.signature import choose_header
from rdiff_gui.engine.signing import sign
from rdiff_gui.engine.summaries import DeltaSummary
from rdiff_gui.formats.magic import Kind


def make_delta_from_files(
    old_file: Source,
    new_file: Source,
    delta: Target,
    options: SignatureOptions = SignatureOptions(),  # noqa: B008  # frozen
    delta_options: DeltaOptions = DeltaOptions(),  # noqa: B008  # frozen
    *,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> DeltaSummary:
    """Write the delta that turns `old_file` into `new_file`.

    The signature between the two lies in a nameless temporary file, and is never sealed.
    `on_progress` gets bytes read of both files, at most 20 times a second, on the calling thread.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, OutputIsInput, OutputExists (unless
    `replace`), OutputUnwritable, FolderMoved, DiskFull, LibraryProblem, PartUnloadable,
    SystemRefused, Cancelled; on each, `delta` is as it was before the call.
    """
    started = time.monotonic()

    def work(run: Run) -> DeltaSummary:
        with (
            open_input(old_file) as old,
            open_input(new_file) as new,
            open_output(delta, [old, new], replace=replace, run=run) as output,
        ):
            if old.size_bytes is not None and new.size_bytes is not None:
                run.total_bytes = both_ways_bytes(old.size_bytes, new.size_bytes, options)
            summary = compare_files(
                old, new, output, run, options, delta_options, resources, started=started
            )
            publish(run, [output])
            return records.replace(summary, seconds=time.monotonic() - started)

    return run_operation(work, on_progress, cancel)


def both_ways_bytes(old_bytes: int, new_bytes: int, options: SignatureOptions) -> int:
    """What `compare_files` reads: the old file, its signature, the new file."""
    return old_bytes + choose_header(options, old_bytes).signature_bytes(old_bytes) + new_bytes


def compare_files(
    old: Input,
    new: Input,
    output: Output,
    run: Run,
    options: SignatureOptions,
    delta_options: DeltaOptions,
    resources: Resources,
    *,
    started: float,
) -> DeltaSummary:
    """Write the delta between two open files. Raises: as make_delta_from_files."""
    run.stage = Stage.SIGNING
    header = choose_header(options, old.size_bytes)
    sealing = delta_options.sealing
    with contextlib.closing(Scratch(run.scratch_folder)) as sums:
        hasher = None if sealing is Sealing.NONE else Hasher(resources.threads)
        sign(old, sums.write, header, run, resources, hasher)
        old.check_unchanged()
        basis = identify(old, hasher.size_bytes, hasher.hexdigest(), sealing) if hasher else None
        run.stage = Stage.LOADING
        content = Input(sums.rewound(), old.path, owned=False)
        loaded = load_signature(Unwrapped(content, Kind.SIGNATURE, None, compressed=False), run)
        return Comparison(loaded, basis, delta_options, resources).write_delta(
            new, output, run, started
        )
