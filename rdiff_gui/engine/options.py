"""What a caller may choose, checked once, where it is made."""

from __future__ import annotations

import enum
from pathlib import Path

from rdiff_gui.errors import OptionOutOfRange, SumsTooShort
from rdiff_gui.formats.signature_header import (
    BLOCK_BYTES_MAX,
    STRONG_BYTES_MIN,
    RollingSum,
    SignatureHeader,
    StrongHash,
)
from rdiff_gui.records import record

__all__ = ["PatchOptions", "Resources", "RollingSum", "Sealing", "SignatureOptions", "StrongHash"]

WINDOW_BYTES_MIN = 512
WINDOW_BYTES_MAX = 64 * 2**20
THREADS_MAX = 256


class Sealing(enum.Enum):
    """What our files say of themselves beyond librsync's format; for each file that is written.

    FULL: sizes, hashes and base names. NAMELESS: the same without names. NONE: nothing, byte for
    byte what rdiff writes.
    """

    FULL = "full"
    NAMELESS = "nameless"
    NONE = "none"


class Effort(enum.Enum):
    """How well a delta is packed: quickly, as it comes, or well, where it is short.

    Those of trees, which are longer, are packed by all threads.
    """

    QUICK = 1
    DENSE = 2
    DENSEST = 3
    TREE = 4
    TREE_DENSEST = 5


@record(frozen=True)
class SignatureOptions:
    """How a signature is made.

    `block_bytes`: 1 to 64 MiB, or 0 for the length that suits the basis's size.
    `strong_bytes`: 1 to 32 (BLAKE2) or 16 (MD4), 0 for the most, −1 for the least that is safe
    for the basis's size.

    Raises: OptionOutOfRange.
    """

    block_bytes: int = 0
    strong_bytes: int = 0
    strong_hash: StrongHash = StrongHash.BLAKE2
    rolling_sum: RollingSum = RollingSum.RABINKARP

    def __post_init__(self) -> None:
        if not 0 <= self.block_bytes <= BLOCK_BYTES_MAX:
            raise OptionOutOfRange(
                "the block length", self.block_bytes, f"1 to {BLOCK_BYTES_MAX}, or 0 for automatic"
            )
        most = self.strong_hash.max_bytes
        if self.strong_bytes not in (-1, 0) and not STRONG_BYTES_MIN <= self.strong_bytes <= most:
            raise OptionOutOfRange(
                "the strong sum's length",
                self.strong_bytes,
                f"{STRONG_BYTES_MIN} to {most}, 0 for the most, -1 for the least",
            )

    def header(self, basis_bytes: int | None) -> SignatureHeader:
        """The header of the signature of a basis of that size (None: not known).

        Source: librsync src/sumset.c, rs_sig_args; whose result this equals.
        """
        block_bytes = self.block_bytes or recommend_block_bytes(basis_bytes)
        strong_bytes = self.strong_bytes or self.strong_hash.max_bytes
        if strong_bytes == -1:
            strong_bytes = least_strong_bytes(basis_bytes, block_bytes)
        return SignatureHeader(self.strong_hash, self.rolling_sum, block_bytes, strong_bytes)


def recommend_block_bytes(basis_bytes: int | None) -> int:
    """About the square root of the size, whole 128s, at least 256; 2048 for a size not known."""
    if basis_bytes is None:
        return 2048
    if basis_bytes <= 256 * 256:
        return 256
    from math import isqrt  # a library that small files do not wait for

    return isqrt(basis_bytes) & ~127


def least_strong_bytes(basis_bytes: int | None, block_bytes: int) -> int:
    """The shortest strong sum that leaves a collision unlikely; 12 for a size not known."""
    if basis_bytes is None:
        return 12
    size_bits = (basis_bytes + 2**24).bit_length() - 1
    blocks_bits = (basis_bytes // block_bytes + 1).bit_length() - 1
    return 2 + (size_bits + blocks_bits + 7) // 8


def judge_strong_sums(
    path: Path, header: SignatureHeader, basis_bytes: int
) -> tuple[SumsTooShort, ...]:
    """A remark on the sums of `path`, where they are shorter than is safe for a basis of that size.

    Source: librsync src/sumset.c, rs_sig_args, which warns of the same.
    """
    least_bytes = least_strong_bytes(basis_bytes, header.block_bytes)
    if header.strong_bytes >= min(least_bytes, header.strong_hash.max_bytes):
        return ()
    return (SumsTooShort(path, header.strong_bytes, least_bytes),)


@record(frozen=True)
class Resources:
    """What an operation may take of the machine; nothing of it changes the result.

    `threads`: how many to work with, 0 for one a core. `input_bytes` and `output_bytes`: upper
    bounds of the windows that are handed to librsync, 0 for automatic.

    Raises: OptionOutOfRange.
    """

    threads: int = 0
    input_bytes: int = 0
    output_bytes: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.threads <= THREADS_MAX:
            raise OptionOutOfRange(
                "the number of threads", self.threads, f"1 to {THREADS_MAX}, or 0 for automatic"
            )
        for option, value in (
            ("the input buffer", self.input_bytes),
            ("the output buffer", self.output_bytes),
        ):
            if value and not WINDOW_BYTES_MIN <= value <= WINDOW_BYTES_MAX:
                raise OptionOutOfRange(
                    option, value, f"{WINDOW_BYTES_MIN} to {WINDOW_BYTES_MAX}, or 0 for automatic"
                )


@record(frozen=True)
class PatchOptions:
    """How far a delta is trusted.

    `limit_bytes`: the largest result that is wanted; None for the rule of proportion (a result
    of more than sixteen times basis and delta together is refused).
    `allow_expansion`: skip that rule.
    `allow_trailing`: take a delta with bytes behind its END that are no valid seal.

    Raises: OptionOutOfRange.
    """

    limit_bytes: int | None = None
    allow_expansion: bool = False
    allow_trailing: bool = False

    def __post_init__(self) -> None:
        if self.limit_bytes is not None and self.limit_bytes < 0:
            raise OptionOutOfRange("the limit", self.limit_bytes, "0 or more bytes")
