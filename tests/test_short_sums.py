"""Strong sums that are too short to be trusted: taken as rdiff takes them, with a warning."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path

import pytest

from rdiff_gui.descriptions import describe
from rdiff_gui.engine import (
    SignatureFacts,
    SignatureOptions,
    StrongHash,
    inspect,
    make_delta_from_files,
    make_signature,
)
from rdiff_gui.ui.delta.model import delta_outcome

from .cli_process import one_line, run_cli
from .conftest import MakeFile, Rdiff, edited, random_bytes

WARNING = "too short to be trusted"


def look_alikes() -> tuple[bytes, bytes]:
    """Two blocks of eight bytes with the same rollsum, whose BLAKE2 begins with the same byte."""
    for seed in itertools.count():
        block = bytearray(byte % 200 + 10 for byte in random_bytes(8, seed))
        other = bytearray(block)
        # Neither the sum of the bytes nor that of their places changes.
        other[0], other[1], other[2] = block[0] + 1, block[1] - 2, block[2] + 1
        first, second = (hashlib.blake2b(each, digest_size=32).digest() for each in (block, other))
        if first[0] == second[0]:
            return bytes(block), bytes(other)
    raise AssertionError


@pytest.mark.parametrize(
    ("strong_bytes", "strong_hash"), [(1, "blake2"), (2, "md4"), (3, "blake2"), (4, "md4")]
)
def test_short_sums_cross_with_rdiff(
    strong_hash: str, strong_bytes: int, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """The same signature as rdiff's, and deltas of either program that either one applies."""
    old = make_file("old", 20_000)
    new = make_file("new", edited(old.read_bytes()))
    options = ("-b", "512", "-S", str(strong_bytes), "-H", strong_hash)
    rdiff(*options, "signature", old, tmp_path / "theirs.sig")
    made = run_cli("signature", "--plain", *options, "old", "plain.sig", folder=tmp_path)
    assert made.returncode == 0
    assert WARNING in one_line(made)
    assert (tmp_path / "plain.sig").read_bytes() == (tmp_path / "theirs.sig").read_bytes()
    run_cli("signature", *options, "old", "sealed.sig", folder=tmp_path)
    for signature in ("theirs.sig", "sealed.sig"):
        told = run_cli("delta", "-f", signature, "new", "ours.delta", folder=tmp_path)
        assert told.returncode == 0
        assert f"“{signature}” are {WARNING}: {strong_bytes} B each" in one_line(told)
        rdiff("-f", "delta", tmp_path / signature, new, tmp_path / "theirs.delta")
        for delta in ("ours.delta", "theirs.delta"):
            assert run_cli("patch", "-f", "old", delta, "ours", folder=tmp_path).returncode == 0
            rdiff("-f", "patch", old, tmp_path / delta, tmp_path / "theirs")
            assert (tmp_path / "ours").read_bytes() == new.read_bytes()
            assert (tmp_path / "theirs").read_bytes() == new.read_bytes()


def test_the_seal_finds_the_wrong_block(make_file: MakeFile, rdiff: Rdiff, tmp_path: Path) -> None:
    """Where a block is taken for another, patch refuses the result; without a seal, nobody can."""
    ours, theirs = look_alikes()
    old, new = make_file("old", ours), make_file("new", theirs)
    options = ("-b8", "-S1", "-R", "rollsum")
    run_cli("signature", *options, "old", "sums", folder=tmp_path)
    assert WARNING in one_line(run_cli("delta", "sums", "new", "sealed", folder=tmp_path))
    refused = run_cli("patch", "old", "sealed", "result", folder=tmp_path)
    assert refused.returncode == 106
    assert "came out wrong" in one_line(refused)
    assert not (tmp_path / "result").exists()

    told = run_cli("diff", "--plain", *options, "old", "new", "plain", folder=tmp_path)
    assert f"“old” are {WARNING}" in one_line(told)
    unchecked = run_cli("patch", "old", "plain", "result", folder=tmp_path)
    assert unchecked.returncode == 0
    assert "could not be checked" in one_line(unchecked)
    rdiff("patch", old, tmp_path / "plain", tmp_path / "theirs")
    assert (tmp_path / "result").read_bytes() == (tmp_path / "theirs").read_bytes() == ours
    assert new.read_bytes() == theirs


@pytest.mark.parametrize(
    ("size_bytes", "options", "warned"),
    [
        (20_000, ("-S", "-1"), False),
        (20_000, ("-S", "5", "-b512"), True),
        (20_000, ("-S", "6", "-b512"), False),
        (3_000_000, ("-S", "6", "-b16"), True),
        (3_000_000, ("-S", "16", "-H", "md4"), False),
    ],
)
def test_it_warns_where_rdiff_does(
    size_bytes: int,
    options: tuple[str, ...],
    warned: bool,
    make_file: MakeFile,
    rdiff: Rdiff,
    tmp_path: Path,
) -> None:
    """How long the sums must be goes with the file's size and the length of its blocks."""
    old = make_file("old", size_bytes)
    theirs = rdiff(*options, "signature", old, tmp_path / "theirs").stderr
    assert (b"smaller than recommended" in theirs) is warned
    result = run_cli("signature", *options, "old", "ours", folder=tmp_path)
    assert (WARNING.encode() in result.stderr) is warned
    assert result.returncode == 0


def test_info_and_the_window_tell_it_too(make_file: MakeFile, tmp_path: Path) -> None:
    """One byte is called that, and the window's reports carry the warning."""
    old, new = make_file("old", 20_000), make_file("new", 20_000, 2)
    options = SignatureOptions(strong_bytes=1, strong_hash=StrongHash.MD4)
    make_signature(old, tmp_path / "sums", options)
    answer = run_cli("info", tmp_path / "sums").stdout.decode()
    assert f"MD4, 1 byte, with RabinKarp: {WARNING}" in answer
    facts = inspect(tmp_path / "sums")
    assert isinstance(facts, SignatureFacts)
    assert f"MD4, 1 byte, with RabinKarp: {WARNING}" in dict(describe(facts))["Sums"]
    compared = make_delta_from_files(old, new, tmp_path / "delta", options)
    told = delta_outcome(compared, tmp_path / "delta", signature_travels=False)
    assert WARNING in " ".join(told.cautions)
