"""Verify: would a delta apply to this basis, and be right? Nothing is written."""

from __future__ import annotations

import time

from rdiff_gui.engine.application import prepare
from rdiff_gui.engine.inputs import Source, open_input
from rdiff_gui.engine.options import PatchOptions, Resources
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.summaries import PatchSummary
from rdiff_gui.errors import FileProblem
from rdiff_gui.wording import STANDARD_OUTPUT


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
