"""Options are judged once, where they are made."""

from __future__ import annotations

import pytest

from rdiff_gui.engine import (
    OrdinaryFacts,
    PatchOptions,
    Resources,
    Sealing,
    SignatureOptions,
    StrongHash,
    inspect,
    make_delta_from_files,
    make_signature,
)
from rdiff_gui.errors import OptionOutOfRange
from tests.conftest import MakeFile

from .conftest import refused


@pytest.mark.parametrize("block_bytes", [-1, 64 * 2**20 + 1, 2**29])
def test_block_lengths_out_of_range_are_refused(block_bytes: int) -> None:
    """What would make librsync abort or hang is told with what is allowed."""
    with refused(OptionOutOfRange, value=block_bytes):
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
    with refused(OptionOutOfRange, value=strong_bytes):
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
    with refused(OptionOutOfRange, value=threads):
        Resources(threads=threads)


def test_a_negative_limit_is_refused() -> None:
    """A limit below nothing is a mistake, and said to be one."""
    with pytest.raises(OptionOutOfRange):
        PatchOptions(limit_bytes=-1)


def test_a_seal_is_chosen_in_one_place(make_file: MakeFile) -> None:
    """What an operation would not heed cannot be given to it, and what can be given is heeded."""
    with pytest.raises(TypeError):
        SignatureOptions(sealing=Sealing.NONE)  # type: ignore[call-arg]  # that is the test
    with pytest.raises(TypeError):
        PatchOptions(in_place=True)  # type: ignore[call-arg]  # verifying would not heed it
    old, new = make_file("old", 10_000), make_file("new", 11_000, 1)
    made = old.with_name("made")
    for sealing in Sealing:
        make_signature(old, made, SignatureOptions(), sealing=sealing)
        sealed = [inspect(made)]
        make_delta_from_files(old, new, made, SignatureOptions(), sealing=sealing, replace=True)
        sealed.append(inspect(made))
        made.unlink()
        for facts in sealed:
            assert not isinstance(facts, OrdinaryFacts)
            assert (facts.seal is None) == (sealing is Sealing.NONE)
            if facts.seal and facts.seal.basis:
                assert (facts.seal.basis.name is None) == (sealing is Sealing.NAMELESS)
