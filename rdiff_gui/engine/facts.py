"""What a file turned out to be when it was looked at."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.engine.summaries import Region
from rdiff_gui.formats.seal import Seal
from rdiff_gui.formats.signature_header import SignatureHeader
from rdiff_gui.records import record


@record(frozen=True)
class OrdinaryFacts:
    """Neither signature nor delta. `modified` is seconds since 1970."""

    path: Path
    size_bytes: int
    modified: float


@record(frozen=True)
class SignatureFacts:
    """A signature: `blocks` records of a basis between the two sizes, in bytes.

    `size_bytes` is the whole file, seal and compression included.
    """

    path: Path
    size_bytes: int
    header: SignatureHeader
    blocks: int
    basis_bytes_min: int
    basis_bytes_max: int
    seal: Seal | None
    compressed: bool


@record(frozen=True)
class DeltaFacts:
    """A delta whose commands are all valid, and whose checksum is its seal's. Sizes in bytes.

    `size_bytes` is the whole file, seal and compression included.
    `basis_bytes_needed` is the end of the highest copy: a basis shorter than that cannot fit.
    `regions` tile the result in order, the smallest merged.
    """

    path: Path
    size_bytes: int
    result_bytes: int
    literal_bytes: int
    literal_count: int
    copied_bytes: int
    copy_count: int
    basis_bytes_needed: int
    regions: tuple[Region, ...]
    seal: Seal | None
    compressed: bool


Facts = OrdinaryFacts | SignatureFacts | DeltaFacts
