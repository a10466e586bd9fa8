"""The old file that lies beside its delta: found by what it holds, or by its name."""

from __future__ import annotations

from dataclasses import dataclass

from rdiff_gui.engine import find_basis
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.summaries import DeltaFacts
from rdiff_gui.ui.dropped_files import Arrival, look_at
from rdiff_gui.ui.step.output_names import DELTA_SUFFIX

# The window's own, and rdiff's custom.
_DELTA_SUFFIXES = (DELTA_SUFFIX, ".delta")


@dataclass(frozen=True, slots=True)
class FoundBasis:
    """An old file; `proven` where its checksum is the one that the delta's seal names."""

    arrival: Arrival
    proven: bool


def look_beside(
    delta: DeltaFacts, on_progress: ProgressCallback, cancel: CancelToken
) -> FoundBasis | None:
    """The old file that this delta is for, in the delta's folder; reads whole files.

    A sealed delta's is known by size and checksum, under whatever name. For another delta,
    `photos.db` beside `photos.db.rdelta` is taken when it is long enough.

    Raises: SourceMissing, SourceUnreadable, SealDamaged, SealTooNew, CompressionDamaged, Cancelled.
    """
    if delta.seal and delta.seal.basis:
        found = find_basis(delta.path, on_progress=on_progress, cancel=cancel)
        return FoundBasis(look_at(found), proven=True) if found else None
    # A name that is nothing but such an ending has no suffix, and one dot is no name.
    if delta.path.suffix.lower() not in _DELTA_SUFFIXES or delta.path.stem == ".":
        return None
    beside = look_at(delta.path.with_suffix(""))
    fits = beside.is_ordinary and beside.size_bytes >= delta.basis_bytes_needed
    return FoundBasis(beside, proven=False) if fits else None
