"""What an operation did: the facts that a report is written from.

`remarks` are troubles that made nothing wrong, each a sentence as `str()`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rdiff_gui.errors import FileProblem
from rdiff_gui.formats.delta_commands import CommandTotals
from rdiff_gui.formats.seal import Identity
from rdiff_gui.formats.signature_header import SignatureHeader
from rdiff_gui.records import record


@record(frozen=True)
class SignatureSummary:
    """A signature was written. Sizes in bytes, the seal included; `blocks` counts its records.

    `basis` is what the seal says of the basis; None without a seal.
    """

    basis_bytes: int
    signature_bytes: int
    header: SignatureHeader
    blocks: int
    basis: Identity | None
    remarks: Sequence[FileProblem]
    seconds: float


@record(frozen=True)
class Region:
    """A stretch `[start, end)` of the new file, in bytes; `new` when its data is in the delta."""

    start: int
    end: int
    new: bool


def tile_regions(totals: CommandTotals) -> tuple[Region, ...]:
    """The whole result as stretches that are new or reused, in order and without gaps."""
    regions: list[Region] = []
    position = 0
    stretches = totals.new_stretches
    for start, end in zip(stretches.starts, stretches.ends, strict=True):
        if start > position:
            regions.append(Region(position, start, new=False))
        regions.append(Region(start, end, new=True))
        position = end
    if position < totals.result_bytes:
        regions.append(Region(position, totals.result_bytes, new=False))
    return tuple(regions)


@record(frozen=True)
class DeltaSummary:
    """A delta was written. Sizes in bytes.

    `delta_bytes` is the file, `plain_bytes` librsync's part of it before compression.
    `signature_bytes` is what the signature would cost to send, also where none was kept.
    `regions` tile the new file in order; stretches too small to see are merged (see
    formats.delta_commands), so their sums may differ from the exact counts beside them.
    """

    new_bytes: int
    delta_bytes: int
    plain_bytes: int
    signature_bytes: int
    literal_bytes: int
    literal_count: int
    copied_bytes: int
    copy_count: int
    regions: tuple[Region, ...]
    identical: bool
    remarks: Sequence[FileProblem]
    seconds: float


@record(frozen=True)
class PatchSummary:
    """A new file was made from basis and delta. Sizes in bytes.

    `checked_blake3` is the result's hash where it was compared with the seal's, and None where
    the delta has no seal. `backup` is where the old file went, if the result took its place.
    """

    basis_bytes: int
    delta_bytes: int
    result_bytes: int
    literal_bytes: int
    literal_count: int
    copied_bytes: int
    copy_count: int
    checked_blake3: str | None
    backup: Path | None
    remarks: Sequence[FileProblem]
    seconds: float
