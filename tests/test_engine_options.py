"""Options are judged once, where they are made."""

from __future__ import annotations

import pytest

from rdiff_gui.engine import PatchOptions, Resources, SignatureOptions, StrongHash
from rdiff_gui.errors import OptionOutOfRange


@pytest.mark.parametrize("block_bytes", [-1, 64 * 2**20 + 1, 2**29])
def test_block_lengths_out_of_range_are_refused(block_bytes: int) -> None:
    """What would make librsync abort or hang is told with what is allowed."""
    with pytest.raises(OptionOutOfRange, match="allowed: 1 to 67108864, or 0"):
        SignatureOptions(block_bytes=block_bytes)


@pytest.mark.parametrize(
    ("strong_hash", "strong_bytes"),
    [
        (StrongHash.BLAKE2, -2),
        (StrongHash.BLAKE2, 33),
        (StrongHash.MD4, 17),
    ],
)
def test_strong_lengths_out_of_range_are_refused(
    strong_hash: StrongHash, strong_bytes: int
) -> None:
    """Strong sums that are longer than the hash, or of no length at all, are not made."""
    with pytest.raises(OptionOutOfRange, match="allowed: 1 to"):
        SignatureOptions(strong_hash=strong_hash, strong_bytes=strong_bytes)


@pytest.mark.parametrize("size", [-1, 1, 511, 64 * 2**20 + 1])
def test_buffers_out_of_range_are_refused(size: int) -> None:
    """Windows too small to move on or too large for the memory bound are refused."""
    with pytest.raises(OptionOutOfRange):
        Resources(input_bytes=size)
    with pytest.raises(OptionOutOfRange):
        Resources(output_bytes=size)


@pytest.mark.parametrize("threads", [-1, 257])
def test_impossible_numbers_of_threads_are_refused(threads: int) -> None:
    """A slip of the finger does not start thousands of threads."""
    with pytest.raises(OptionOutOfRange, match="allowed: 1 to 256, or 0"):
        Resources(threads=threads)


def test_a_negative_limit_is_refused() -> None:
    """A limit below nothing is a mistake, and said to be one."""
    with pytest.raises(OptionOutOfRange):
        PatchOptions(limit_bytes=-1)
