"""The signature's header: what librsync would take and must not get."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdiff_gui.errors import FormatProblem, NotASignature, SignatureDamaged, SignatureTruncated
from rdiff_gui.formats.signature_header import (
    BLOCK_BYTES_MAX,
    RollingSum,
    SignatureHeader,
    StrongHash,
)

PATH = Path("photos.sig")


@given(
    st.sampled_from(StrongHash),
    st.sampled_from(RollingSum),
    st.integers(1, BLOCK_BYTES_MAX),
    st.integers(1, 16),
)
def test_headers_survive_the_round_trip(
    strong_hash: StrongHash, rolling_sum: RollingSum, block_bytes: int, strong_bytes: int
) -> None:
    """Every header that we can write, we read as the same."""
    header = SignatureHeader(strong_hash, rolling_sum, block_bytes, strong_bytes)
    assert SignatureHeader.read(PATH, header.pack()) == header


@given(st.binary(max_size=40))
def test_any_bytes_give_a_header_or_a_sentence(head: bytes) -> None:
    """Nothing that a file may begin with escapes as another exception."""
    try:
        header = SignatureHeader.read(PATH, head)
    except FormatProblem as problem:
        assert "photos.sig" in str(problem)
    else:
        assert header.pack() == head[:12]


@pytest.mark.parametrize(
    ("head", "error"),
    [
        ("", NotASignature),
        ("727302", NotASignature),
        ("000000000000080000000020", NotASignature),
        ("727302360000080000000020", NotASignature),
        ("7273014700000800000000", SignatureTruncated),
        ("727301470000000000000020", SignatureDamaged),
        ("727301470400000100000020", SignatureDamaged),
        ("727301472000000000000020", SignatureDamaged),
        ("727301477fffffff00000020", SignatureDamaged),
        ("727301470000080000000000", SignatureDamaged),
        ("727301470000080000000021", SignatureDamaged),
        ("727301460000080000000011", SignatureDamaged),
        ("727301360000080000000020", SignatureDamaged),
    ],
)
def test_impossible_headers_are_refused(head: str, error: type[FormatProblem]) -> None:
    """What makes librsync abort, hang or give a wrong delta never reaches it."""
    with pytest.raises(error):
        SignatureHeader.read(PATH, bytes.fromhex(head))


def test_a_cut_record_is_noticed() -> None:
    """A download that stopped in the middle of an entry is told from a whole one."""
    header = SignatureHeader(StrongHash.BLAKE2, RollingSum.RABINKARP, 2048, 32)
    assert header.count_blocks(PATH, 12 + 3 * 36) == 3
    with pytest.raises(SignatureTruncated):
        header.count_blocks(PATH, 12 + 3 * 36 + 2)


def test_the_basis_size_is_known_to_a_block() -> None:
    """From the number of entries one knows how big the old file was, within one block."""
    header = SignatureHeader(StrongHash.BLAKE2, RollingSum.RABINKARP, 1000, 32)
    assert header.basis_range(0) == (0, 0)
    assert header.basis_range(3) == (2001, 3000)
    assert header.signature_bytes(2001) == 12 + 3 * 36
