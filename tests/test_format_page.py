"""docs/format.md: what it shows is what the program writes and reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    OrdinaryFacts,
    apply_patch,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
)
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, Seal, pack, pack_skippable

from .conftest import MakeFile, Rdiff, random_bytes
from .fuzzing.judging import judge_seal
from .fuzzing.reference import open_sealed, sample_of
from .fuzzing.targets import compressed, identity_of

PAGE = (Path(__file__).parent.parent / "docs" / "format.md").read_text()
SIGNATURE, SIGNATURE_SEAL, DELTA, DELTA_SEAL = (
    bytes.fromhex(example) for example in re.findall(r"```hex\n([0-9a-f\n]+)```", PAGE)
)
OLD, NEW = b"the quick brown fox\n", b"the quick red fox\n"
NAME = "fox \udce9.txt"


def identity(content: bytes) -> Identity:
    """A file of the example's name."""
    return identity_of(content, NAME)


WRITTEN = "rdiff-gui 0.1.0", "2026-11-22T20:00:00+00:00"
SEAL_OF_SIGNATURE = Seal(Kind.SIGNATURE, identity_of(SIGNATURE), *WRITTEN, basis=identity(OLD))
SEAL_OF_DELTA = Seal(
    Kind.DELTA,
    identity_of(DELTA),
    *WRITTEN,
    basis=identity(OLD),
    signature_blake3=identity_of(SIGNATURE).blake3,
    result=identity(NEW),
)


def test_the_example_is_what_the_program_writes() -> None:
    """Byte for byte, padding and the name that is no UTF-8 included."""
    assert pack(SEAL_OF_SIGNATURE, record_bytes=12) == SIGNATURE_SEAL
    assert pack(SEAL_OF_DELTA) == DELTA_SEAL
    assert pack_skippable(SEAL_OF_DELTA) == bytes.fromhex("5d2a4d1810020000") + DELTA_SEAL


def test_the_example_is_what_the_program_reads() -> None:
    """All of it comes back."""
    assert judge_seal(SIGNATURE + SIGNATURE_SEAL, Kind.SIGNATURE, compressed=False) == (
        SEAL_OF_SIGNATURE
    )
    assert judge_seal(DELTA + DELTA_SEAL, Kind.DELTA, compressed=False) == SEAL_OF_DELTA


@pytest.mark.parametrize("body", [SIGNATURE, DELTA])
def test_a_reader_made_from_the_page_alone_reads_it(body: bytes) -> None:
    """The second reader, which shares no code with the program, finds body and seal."""
    seal = SIGNATURE_SEAL if body is SIGNATURE else DELTA_SEAL
    frames = compressed(body) + bytes.fromhex("5d2a4d18") + len(seal).to_bytes(4, "little")
    for content in (body + seal, frames + seal):
        sealed = open_sealed(content, 1000)
        assert sealed is not None
        assert sealed.body == body
        assert sealed.record["basis"]["name"] == NAME


def test_the_example_works(make_file: MakeFile, rdiff: Rdiff, tmp_path: Path) -> None:
    """From the page's bytes come the delta and the new file, here and with rdiff."""
    old, new = make_file("old", OLD), make_file("new", NEW)
    signature = make_file("signature", SIGNATURE + SIGNATURE_SEAL)
    delta = make_file("delta", DELTA + DELTA_SEAL)
    make_delta(signature, new, tmp_path / "made")
    assert (tmp_path / "made").read_bytes().startswith(DELTA)
    rdiff("delta", signature, new, tmp_path / "theirs")
    assert (tmp_path / "theirs").read_bytes() == DELTA
    assert apply_patch(old, delta, tmp_path / "result").checked_blake3 == identity(NEW).blake3
    rdiff("patch", old, delta, tmp_path / "their result")
    assert (tmp_path / "result").read_bytes() == (tmp_path / "their result").read_bytes() == NEW


def test_the_page_names_every_byte_of_the_footer() -> None:
    """The numbers in the text are those of the example."""
    assert SIGNATURE_SEAL[-20:].hex() == "00000130" + "b432ac04" + "0001" + "0000" + (
        "895244534541" + "4c0a"
    )
    assert len(SIGNATURE_SEAL) == 324 == 27 * 12
    assert len(DELTA_SEAL) == 528


@pytest.mark.parametrize("size_bytes", [0, 262_144, 262_145, 300_000, 5_000_000])
def test_samples_are_those_of_the_page(
    size_bytes: int, make_file: MakeFile, tmp_path: Path
) -> None:
    """In a signature, in a delta from it, and in one from both files."""
    content = random_bytes(size_bytes)
    old, new = make_file("old", content), make_file("new", b"new" + content)
    make_signature(old, tmp_path / "sums")
    make_delta(tmp_path / "sums", new, tmp_path / "by way of sums")
    make_delta_from_files(old, new, tmp_path / "straight")
    for name in ("sums", "by way of sums", "straight"):
        facts = inspect(tmp_path / name)
        assert not isinstance(facts, OrdinaryFacts)
        assert facts.seal
        assert facts.seal.basis
        assert facts.seal.basis.sample == sample_of(content)
