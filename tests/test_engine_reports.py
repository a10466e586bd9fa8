"""What files and deltas are said to be: inspection, limits, savings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    DeltaFacts,
    Kind,
    OrdinaryFacts,
    PatchOptions,
    Savings,
    Sealing,
    SignatureFacts,
    SignatureOptions,
    Verdict,
    apply_patch,
    inspect,
    make_delta_from_files,
    make_signature,
    recognize_file,
)
from rdiff_gui.errors import DeltaExpands, DeltaTruncated, SourceMissing, SourceUnreadable

from .conftest import MakeFile, random_bytes, refused
from .platforms import posix_only


def test_files_are_known_by_content(make_file: MakeFile, tmp_path: Path) -> None:
    """A renamed signature is still a signature, and a text called .delta is not a delta."""
    old = make_file("old.delta", 100_000)
    make_signature(old, tmp_path / "holiday.jpg", SignatureOptions(block_bytes=1000))
    make_delta_from_files(old, make_file("new", 100), tmp_path / "delta.txt")
    assert recognize_file(old) is Kind.ORDINARY
    assert recognize_file(tmp_path / "holiday.jpg") is Kind.SIGNATURE
    assert recognize_file(tmp_path / "delta.txt") is Kind.DELTA
    assert recognize_file(make_file("empty")) is Kind.EMPTY
    facts = inspect(tmp_path / "holiday.jpg")
    assert isinstance(facts, SignatureFacts)
    assert (facts.blocks, facts.basis_bytes_min, facts.basis_bytes_max) == (100, 99_001, 100_000)
    assert isinstance(inspect(old), OrdinaryFacts)


def test_a_deltas_facts_are_its_commands(make_file: MakeFile, tmp_path: Path) -> None:
    """Result size, and how much basis it needs, are known before anything is written."""
    data = random_bytes(100_000)
    old = make_file("old", data)
    new = make_file("new", data[:50_000] + b"!" * 100 + data[50_000:])
    make_delta_from_files(old, new, tmp_path / "delta", SignatureOptions(block_bytes=1000))
    facts = inspect(tmp_path / "delta")
    assert isinstance(facts, DeltaFacts)
    assert facts.result_bytes == 100_100
    assert facts.basis_bytes_needed == 100_000
    assert (facts.literal_bytes, facts.copied_bytes) == (100, 100_000)
    assert facts.size_bytes == (tmp_path / "delta").stat().st_size


def test_looking_finds_damage(make_file: MakeFile, tmp_path: Path) -> None:
    """A cut delta is told as such when it is looked at, not only when it is used."""
    plain = Sealing.NONE
    old, new = make_file("old", 100), make_file("new", 500, 1)
    make_delta_from_files(old, new, tmp_path / "delta", sealing=plain)
    cut = make_file("cut", (tmp_path / "delta").read_bytes()[:-1])
    with pytest.raises(DeltaTruncated):
        inspect(cut)


@posix_only("named pipes are POSIX's")
def test_looking_at_a_pipe_takes_nothing_from_it(tmp_path: Path) -> None:
    """A pipe is not read to find out what it is, and a folder is refused."""
    os.mkfifo(tmp_path / "pipe")
    writer = os.open(tmp_path / "pipe", os.O_RDWR)
    os.write(writer, b"rs\x026")
    try:
        assert recognize_file(tmp_path / "pipe") is Kind.ORDINARY
        assert os.read(writer, 4) == b"rs\x026"
    finally:
        os.close(writer)
    with pytest.raises(SourceUnreadable):
        recognize_file(tmp_path)
    with pytest.raises(SourceMissing):
        recognize_file(tmp_path / "missing")


def repeating_delta(times: int) -> bytes:
    """A delta that copies the first 1000 bytes that often."""
    return bytes.fromhex("72730236" + "460003e8" * times + "00")


def test_a_result_out_of_proportion_is_refused_unless_allowed(
    make_file: MakeFile, tmp_path: Path
) -> None:
    """Sixteen times basis and delta together is the rule; --limit and --force overrule it."""
    old = make_file("old", 1000)
    delta = make_file("delta", repeating_delta(100))
    with pytest.raises(DeltaExpands) as caught:
        apply_patch(old, delta, tmp_path / "new")
    assert (caught.value.result_bytes, caught.value.limit_bytes) == (100_000, 16 * 1405)
    with refused(DeltaExpands, limit_bytes=99_999, limit_is_users=True):
        apply_patch(old, delta, tmp_path / "new", PatchOptions(limit_bytes=99_999))
    assert not (tmp_path / "new").exists()
    apply_patch(old, delta, tmp_path / "new", PatchOptions(limit_bytes=100_000))
    apply_patch(old, delta, tmp_path / "too", PatchOptions(allow_expansion=True))
    assert (tmp_path / "new").read_bytes() == old.read_bytes() * 100
    assert (tmp_path / "too").read_bytes() == old.read_bytes() * 100


def test_savings_are_counted_honestly(make_file: MakeFile, tmp_path: Path) -> None:
    """Smaller, identical and hopeless each get their verdict, with the times to go with it."""
    data = random_bytes(1_000_000)
    old = make_file("old", data)
    changed = make_file("changed", data[:-1000] + random_bytes(1000, 1))
    unrelated = make_file("unrelated", 1_000_000, 2)
    smaller = Savings.of(make_delta_from_files(old, changed, tmp_path / "1"))
    assert smaller.verdict is Verdict.SMALLER
    assert 0.99 < smaller.fraction_saved < 1
    assert smaller.round_trip_fraction_saved < smaller.fraction_saved
    slowest = smaller.link_times()[0]
    assert slowest.mbit_s == 10
    assert slowest.whole_seconds == pytest.approx(0.8)
    assert slowest.saved_seconds == pytest.approx(0.8 - smaller.delta_bytes * 8 / 1e7)
    hopeless = Savings.of(make_delta_from_files(old, unrelated, tmp_path / "2"))
    assert hopeless.verdict is Verdict.NOT_WORTH_IT
    assert hopeless.fraction_saved == 0
    same = Savings.of(make_delta_from_files(old, old, tmp_path / "3"))
    assert same.verdict is Verdict.IDENTICAL
    nothing = Savings.of(make_delta_from_files(old, make_file("empty"), tmp_path / "4"))
    assert nothing.fraction_saved == 0
