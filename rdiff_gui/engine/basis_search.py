"""Looks beside a sealed delta for the old file that it is for."""

from __future__ import annotations

import os
from pathlib import Path

from rdiff_gui.engine.hashing import hash_source
from rdiff_gui.engine.inputs import FilePath, open_input, path_or_stream
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.scanning import scan_delta
from rdiff_gui.engine.sealing import unwrap
from rdiff_gui.errors import FileProblem
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity

_ENTRIES_MOST = 10_000
_CANDIDATES_MOST = 16


def find_basis(
    given: FilePath,
    *,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> Path | None:
    """The file in the folder of a delta whose size and hash are those that its seal names.

    The seal's own name for it is tried first. None where the delta has no seal, or no file fits.

    Raises: SourceMissing, SourceUnreadable, SealDamaged, SealTooNew, CompressionDamaged; without
    a seal, DeltaTruncated, DeltaDamaged, DeltaTrailing; Cancelled; TypeError, where it is no path.
    """
    delta = path_or_stream(given)
    if not isinstance(delta, Path):
        raise TypeError("the delta is given as str or os.PathLike: an open file has no folder")

    def work(run: Run) -> Path | None:
        run.stage = Stage.CHECKING
        with (
            open_input(delta) as opened,
            opened.measured(run) as measured,
            unwrap(measured, run) as unwrapped,
        ):
            if unwrapped.kind is Kind.DELTA and not unwrapped.seal:
                # Only its END tells whether a seal was cut off there.
                scan_delta(unwrapped, run)
            basis = unwrapped.seal.basis if unwrapped.seal else None
        if basis is None:
            return None
        candidates = _candidates(delta, basis, run)
        run.total_bytes = len(candidates) * basis.size_bytes
        return next((path for path in candidates if _fits(path, basis, run)), None)

    return run_operation(work, on_progress, cancel)


def _candidates(delta: Path, basis: Identity, run: Run) -> list[Path]:
    """Files of the right size, the one of the right name first."""
    found: list[Path] = []
    try:
        with os.scandir(delta.parent) as entries:
            for number, entry in enumerate(entries):
                run.check()
                if number >= _ENTRIES_MOST:
                    break
                try:
                    fits = entry.is_file() and entry.stat().st_size == basis.size_bytes
                except OSError:
                    continue
                if fits and entry.name != delta.name:
                    found.append(delta.with_name(entry.name))
    except OSError:
        return []
    if basis.name and (named := delta.with_name(basis.name)) not in found and named.is_file():
        # A crowded folder may have more entries than were looked at. What is no regular file is
        # not opened: a pipe would keep us waiting.
        found.append(named)
    found.sort(key=lambda path: (path.name != basis.name, path.name))
    return found[:_CANDIDATES_MOST]


def _fits(path: Path, basis: Identity, run: Run) -> bool:
    try:
        with open_input(path) as source:
            return source.size_bytes == basis.size_bytes and (
                hash_source(source, run) == basis.blake3
            )
    except FileProblem:
        return False
