"""Both files at hand: signature and delta in one step, with no signature file to look after."""

from __future__ import annotations

import time

from rdiff_gui.engine.delta import compare
from rdiff_gui.engine.inputs import Input, Source, open_input, open_nameless_file, write_all
from rdiff_gui.engine.loading import load_signature
from rdiff_gui.engine.options import Buffers, SignatureOptions
from rdiff_gui.engine.outputs import Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.signature import choose_header, sign
from rdiff_gui.engine.summaries import DeltaSummary


def make_delta_from_files(
    old_file: Source,
    new_file: Source,
    delta: Target,
    options: SignatureOptions = SignatureOptions(),  # noqa: B008  # frozen
    *,
    buffers: Buffers = Buffers(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> DeltaSummary:
    """Write the delta that turns `old_file` into `new_file`.

    The signature between the two lies in a nameless temporary file. `on_progress` gets bytes
    read of both files, at most 20 times a second, on the calling thread.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, OutputIsInput, OutputExists (unless
    `replace`), OutputUnwritable, DiskFull, LibraryProblem, Cancelled; on each, `delta` is as it
    was before the call.
    """
    started = time.monotonic()

    def work(run: Run) -> DeltaSummary:
        run.stage = Stage.SIGNING
        with (
            open_input(old_file) as old,
            open_input(new_file) as new,
            open_output(delta, [old, new], replace=replace, run=run) as output,
            open_nameless_file() as sums,
        ):
            header = choose_header(options, old.size_bytes)
            if old.size_bytes is not None and new.size_bytes is not None:
                signature_bytes = header.signature_bytes(old.size_bytes)
                run.total_bytes = old.size_bytes + signature_bytes + new.size_bytes
            sign(old, lambda data: write_all(sums, data), header, run, buffers)
            old.check_unchanged()
            sums.seek(0)
            run.stage = Stage.LOADING
            table, header, blocks = load_signature(Input(sums, old.path, owned=False), run)
            return compare(
                new, table, header, blocks, output, run, buffers=buffers, started=started
            )

    return run_operation(work, on_progress, cancel)
