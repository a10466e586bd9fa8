"""No wrong file, ever: sealed and compressed files, wrong basis, damage, undo, in place."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from blake3 import blake3

from rdiff_gui.engine import (
    DeltaFacts,
    Progress,
    RollingSum,
    Sealing,
    SignatureFacts,
    SignatureOptions,
    StrongHash,
    apply_patch,
    find_basis,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
    verify_patch,
)
from rdiff_gui.engine.input import Input
from rdiff_gui.errors import (
    FormatProblem,
    RdiffError,
    ResultWrong,
    SourceChanged,
    WrongBasis,
)
from rdiff_gui.formats.seal import SAMPLE_PIECE_BYTES, SAMPLE_PIECES, sample_places

from .conftest import MakeFile, Rdiff, random_bytes, run_zstd
from .fuzzing.targets import compressed
from .platforms import posix_only

Listing = Callable[[], set[str]]
# Of all bits that could turn; each is turned in the campaign of faults (docs/reliability.md).
EVERY_SEVENTH = 7
KINDS = [(strong, rolling) for strong in StrongHash for rolling in RollingSum]


@pytest.mark.parametrize("strong_bytes", [4, 8, 16, 32])
@pytest.mark.parametrize(("strong", "rolling"), KINDS)
def test_rdiff_reads_every_sealed_file(
    strong: StrongHash,
    rolling: RollingSum,
    strong_bytes: int,
    pair: tuple[Path, Path],
    rdiff: Rdiff,
    tmp_path: Path,
) -> None:
    """To rdiff, a seal is not there: the same delta, the same result."""
    if strong_bytes > strong.max_bytes:
        return
    old, new = pair
    options = SignatureOptions(0, strong_bytes, strong, rolling)
    make_signature(old, tmp_path / "sealed.sig", options)
    rdiff(
        "-S", str(strong_bytes), "-H", strong, "-R", rolling,
        "signature", old, tmp_path / "plain.sig",
    )  # fmt: skip
    sealed, plain = ((tmp_path / name).read_bytes() for name in ("sealed.sig", "plain.sig"))
    assert sealed.startswith(plain)
    assert len(sealed) > len(plain)
    rdiff("delta", tmp_path / "sealed.sig", new, tmp_path / "of sealed")
    rdiff("delta", tmp_path / "plain.sig", new, tmp_path / "of plain")
    assert (tmp_path / "of sealed").read_bytes() == (tmp_path / "of plain").read_bytes()
    make_delta(tmp_path / "sealed.sig", new, tmp_path / "sealed.delta")
    rdiff("patch", old, tmp_path / "sealed.delta", tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()
    make_delta(tmp_path / "sealed.sig", new, tmp_path / "packed.delta", compress=True)
    run_zstd("-d", tmp_path / "packed.delta", "-o", tmp_path / "unpacked")
    assert (tmp_path / "sealed.delta").read_bytes().startswith((tmp_path / "unpacked").read_bytes())
    rdiff("-f", "patch", old, tmp_path / "unpacked", tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()


@pytest.mark.parametrize("size", [0, 1, 2047, 2048, 2049])
@pytest.mark.parametrize("compress", [False, True])
def test_small_files_are_sealed_too(
    size: int, compress: bool, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Empty files and files of one block go round with their seals, and through rdiff."""
    old, new = make_file("old", size), make_file("new", 5000, 1)
    make_signature(old, tmp_path / "sig")
    rdiff("delta", tmp_path / "sig", new, tmp_path / "theirs")
    make_delta(tmp_path / "sig", new, tmp_path / "delta", compress=compress)
    assert apply_patch(old, tmp_path / "delta", tmp_path / "1").checked_blake3
    assert not apply_patch(old, tmp_path / "theirs", tmp_path / "2").checked_blake3
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes() == new.read_bytes()


def test_the_seal_says_what_was_known(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """From the signature to the delta, name, size and hash of the old file are handed on."""
    old, new = pair
    make_signature(old, tmp_path / "sig")
    make_delta(tmp_path / "sig", new, tmp_path / "delta")
    of_signature, of_delta = inspect(tmp_path / "sig"), inspect(tmp_path / "delta")
    assert isinstance(of_signature, SignatureFacts)
    assert isinstance(of_delta, DeltaFacts)
    assert of_signature.seal is not None
    assert of_delta.seal is not None
    assert of_delta.seal.basis == of_signature.seal.basis
    assert of_delta.seal.basis is not None
    assert (of_delta.seal.basis.name, of_delta.seal.basis.size_bytes) == ("old", 300_000)
    assert of_delta.seal.result is not None
    assert of_delta.seal.result.size_bytes == new.stat().st_size
    assert of_delta.seal.signature_blake3 == of_signature.seal.body.blake3
    assert of_delta.seal.program.startswith("rdiff-gui ")


def test_names_can_be_left_out(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """Whoever does not want to tell names still gets the checks."""
    old, new = pair
    make_signature(old, tmp_path / "sig", sealing=Sealing.NAMELESS)
    make_delta(tmp_path / "sig", new, tmp_path / "1", sealing=Sealing.NAMELESS)
    make_signature(old, tmp_path / "named")
    make_delta(tmp_path / "named", new, tmp_path / "2", sealing=Sealing.NAMELESS)
    for delta in ("1", "2"):
        content = (tmp_path / delta).read_bytes()
        assert b'"name"' not in content
        assert apply_patch(old, tmp_path / delta, tmp_path / "result", replace=True).checked_blake3


@posix_only("an open pipe has no path there")
@pytest.mark.parametrize("way", ["pipe", "descriptor", "stream", "file", "link"])
def test_a_way_to_a_file_is_no_name(way: str, pair: tuple[Path, Path], tmp_path: Path) -> None:
    """`diff <(cat a) <(cat b)` tells nobody that the files were called 63 and 62."""
    old, new = pair
    (tmp_path / "link").symlink_to(old)
    with old.open("rb") as stream:
        ways: dict[str, Path | BinaryIO] = {
            "pipe": tmp_path / "pipe",
            "descriptor": Path(f"/dev/fd/{stream.fileno()}"),
            "stream": cast("BinaryIO", io.BytesIO(old.read_bytes())),
            "file": stream,
            "link": tmp_path / "link",
        }
        if way == "pipe":
            os.mkfifo(tmp_path / "pipe")
            writer = threading.Thread(
                target=(tmp_path / "pipe").write_bytes, args=(old.read_bytes(),)
            )
            writer.start()
        make_delta_from_files(ways[way], new, tmp_path / "changes")
        if way == "pipe":
            writer.join()
    facts = inspect(tmp_path / "changes")
    assert isinstance(facts, DeltaFacts)
    assert facts.seal
    assert facts.seal.basis
    assert facts.seal.result
    expected = {"file": "old", "link": "link"}.get(way)
    assert (facts.seal.basis.name, facts.seal.result.name) == (expected, "new")


def test_plain_files_carry_nothing(pair: tuple[Path, Path], rdiff: Rdiff, tmp_path: Path) -> None:
    """--plain is rdiff's own file, byte for byte."""
    old, new = pair
    make_signature(old, tmp_path / "ours.sig", sealing=Sealing.NONE)
    rdiff("signature", old, tmp_path / "theirs.sig")
    assert (tmp_path / "ours.sig").read_bytes() == (tmp_path / "theirs.sig").read_bytes()
    make_delta(tmp_path / "ours.sig", new, tmp_path / "ours", sealing=Sealing.NONE)
    rdiff("delta", tmp_path / "theirs.sig", new, tmp_path / "theirs")
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


def test_the_wrong_basis_is_refused_before_a_byte_is_written(
    pair: tuple[Path, Path],
    make_file: MakeFile,
    listing: Listing,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Librsync's open wound: a file of the same size would have given garbage and exit code 0."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    twin = bytearray(old.read_bytes())
    twin[1000] ^= 1
    make_file("twin", bytes(twin))
    monkeypatch.setattr("rdiff_gui.engine.patch.assemble", None)
    before = listing()
    with pytest.raises(WrongBasis) as caught:
        apply_patch(tmp_path / "twin", tmp_path / "delta", tmp_path / "result")
    assert caught.value.expected_name == "old"
    assert caught.value.expected_bytes == caught.value.found_bytes
    assert caught.value.found_blake3 is None
    with pytest.raises(WrongBasis) as caught:
        apply_patch(new, tmp_path / "delta", tmp_path / "result")
    assert caught.value.expected_bytes != caught.value.found_bytes
    assert listing() == before


def test_a_basis_that_differs_beside_the_sample_is_refused_before_the_result_is_seen(
    pair: tuple[Path, Path], make_file: MakeFile, listing: Listing, tmp_path: Path
) -> None:
    """The result's hash tells, and the old file's own hash then tells which is at fault."""
    old, _ = pair
    make_delta_from_files(old, pair[1], tmp_path / "delta")
    twin = bytearray(old.read_bytes())
    first, second = sample_places(len(twin))[:2]
    unsampled = first + SAMPLE_PIECE_BYTES
    assert unsampled < second
    twin[unsampled] ^= 1
    make_file("twin", bytes(twin))
    before = listing()
    with pytest.raises(WrongBasis) as caught:
        apply_patch(tmp_path / "twin", tmp_path / "delta", tmp_path / "result")
    assert caught.value.found_blake3 == blake3(bytes(twin)).hexdigest()
    assert listing() == before


@pytest.mark.parametrize("in_place", [False, True])
def test_the_old_file_is_read_once(
    in_place: bool, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """But for the sample: a right result proves that the old file was right."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    read_bytes, read_at = 0, Input.read_at

    def count(self: Input, buffer: memoryview, offset: int) -> int:
        nonlocal read_bytes
        got = read_at(self, buffer, offset)
        read_bytes += got if self.path == old else 0
        return got

    monkeypatch.setattr(Input, "read_at", count)
    target = old if in_place else tmp_path / "result"
    size_bytes = old.stat().st_size
    apply_patch(old, tmp_path / "delta", target, in_place=in_place)
    assert target.read_bytes() == new.read_bytes()
    assert read_bytes <= size_bytes + SAMPLE_PIECES * SAMPLE_PIECE_BYTES


@pytest.mark.parametrize(
    ("compress", "sealing"),
    [(False, Sealing.FULL), (True, Sealing.FULL), (True, Sealing.NONE)],
)
def test_a_flipped_bit_is_refused_or_harmless(
    compress: bool, sealing: Sealing, make_file: MakeFile, tmp_path: Path
) -> None:
    """Damage gives a sentence or, in a number that frames do not need, the right file.

    It never gives a wrong file, nor one that was not checked. Only a delta with neither seal nor
    frame has nothing that would tell.
    """
    data = random_bytes(600)
    old, new = make_file("old", data), make_file("new", data[:300] + b"new" + data[300:])
    options = SignatureOptions(block_bytes=100)
    make_delta_from_files(old, new, tmp_path / "delta", options, sealing=sealing, compress=compress)
    whole = (tmp_path / "delta").read_bytes()
    refused = 0
    bits = range(0, len(whole) * 8, EVERY_SEVENTH)
    for bit in bits:
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            summary = apply_patch(old, make_file("flipped", bytes(flipped)), tmp_path / "result")
        except RdiffError:
            refused += 1
            assert not (tmp_path / "result").exists()
        else:
            assert bool(summary.checked_blake3) == (sealing is Sealing.FULL)
            assert (tmp_path / "result").read_bytes() == new.read_bytes()
            (tmp_path / "result").unlink()
    assert refused > len(bits) * 7 / 8
    assert compress or refused == len(bits)


@pytest.mark.parametrize("packed", [False, True])
def test_a_flipped_bit_of_a_signature_is_refused_or_harmless(
    packed: bool, make_file: MakeFile, tmp_path: Path
) -> None:
    """A damaged signature is refused; a frame's numbers that mean nothing do not matter."""
    data = random_bytes(600)
    old, new = make_file("old", data), make_file("new", data[:300] + b"new" + data[300:])
    make_signature(old, tmp_path / "sig", SignatureOptions(block_bytes=100, strong_bytes=8))
    whole = (tmp_path / "sig").read_bytes()
    if packed:
        whole = compressed(whole)
    for bit in range(0, len(whole) * 8, EVERY_SEVENTH):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            make_delta(make_file("flipped", bytes(flipped)), new, tmp_path / "delta", replace=True)
        except RdiffError:
            continue
        assert packed
        assert find_basis(tmp_path / "delta") == old
        apply_patch(old, tmp_path / "delta", tmp_path / "result", replace=True)
        assert (tmp_path / "result").read_bytes() == new.read_bytes()


def test_a_damaged_delta_says_so(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """A flip in the literal data, which librsync cannot notice, is named as damage in transit."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    content = bytearray((tmp_path / "delta").read_bytes())
    content[6] ^= 0x10
    (tmp_path / "delta").write_bytes(content)
    with pytest.raises(FormatProblem):
        apply_patch(old, tmp_path / "delta", tmp_path / "result")
    with pytest.raises(FormatProblem):
        inspect(tmp_path / "delta")


def test_a_result_that_comes_out_wrong_is_not_kept(
    pair: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    listing: Listing,
    tmp_path: Path,
) -> None:
    """Bad memory or a bad disk: the last check is the result itself."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    before = listing()

    def read_wrongly(self: Input, buffer: memoryview, offset: int) -> int:
        got = read_at(self, buffer, offset)
        # The first read is the sample's, the last one tells whether the old file is at fault.
        if self.path == old and got and offset == 0:
            reads.append(got)
            buffer[0] ^= len(reads) == 2
        return got

    reads: list[int] = []
    read_at = Input.read_at
    monkeypatch.setattr(Input, "read_at", read_wrongly)
    with pytest.raises(ResultWrong):
        apply_patch(old, tmp_path / "delta", tmp_path / "result")
    assert listing() == before


def test_a_basis_that_changes_meanwhile_is_refused(
    make_dotted: MakeFile, listing: Listing, tmp_path: Path
) -> None:
    """The old file is written to while it is patched: nothing is kept."""
    old = make_dotted("old", 2**28)
    new = make_dotted("new", 2**28, seed=1)
    make_delta_from_files(old, new, tmp_path / "delta")
    before = listing()

    def touch(_progress: Progress) -> None:
        os.utime(old, (1, 1))

    with pytest.raises(SourceChanged):
        apply_patch(old, tmp_path / "delta", tmp_path / "result", on_progress=touch)
    assert listing() == before


def test_verify_writes_nothing(
    pair: tuple[Path, Path], rdiff: Rdiff, listing: Listing, tmp_path: Path
) -> None:
    """It says whether a delta would apply and be right, and leaves the folder alone."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    rdiff("signature", old, tmp_path / "sig")
    rdiff("delta", tmp_path / "sig", new, tmp_path / "theirs")
    before = listing()
    assert verify_patch(old, tmp_path / "delta").checked_blake3
    unsealed = verify_patch(old, tmp_path / "theirs")
    assert unsealed.checked_blake3 is None
    assert unsealed.result_bytes == new.stat().st_size
    with pytest.raises(WrongBasis):
        verify_patch(new, tmp_path / "delta")
    assert listing() == before
