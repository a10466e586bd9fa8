"""Frames of zstd, whoever made them and however many there are, and what unpacking may cost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from rdiff_gui.engine import (
    DeltaFacts,
    PatchOptions,
    Sealing,
    SignatureOptions,
    apply_patch,
    compression,
    find_basis,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
    recognize_file,
    temporary_file,
    verify_patch,
)
from rdiff_gui.errors import (
    CompressionDamaged,
    ContentDamaged,
    DeltaDamaged,
    DeltaExpands,
    DiskFull,
    WrongBasis,
)
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, Seal, pack

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from .conftest import MakeFile, edited, refused, run_zstd
from .fuzzing.targets import compressed, framed
from .platforms import posix_only

Listing = Callable[[], set[str]]
PLAIN = Sealing.NONE
LITERAL_OF_FOUR_GIGABYTES = bytes.fromhex("7273023643ffffffff")


@pytest.fixture
def pair(make_file: MakeFile) -> tuple[Path, Path]:
    """An old file and a new one that is much like it."""
    old = make_file("old", 30_000)
    return old, make_file("new", edited(old.read_bytes(), 12))


@posix_only("zstd is here for Linux alone")
def test_several_frames_are_one_file(
    pair: tuple[Path, Path], make_file: MakeFile, tmp_path: Path
) -> None:
    """As zstd -d takes them: what parallel packers write is whole, and no more than the first."""
    old, new = pair
    make_signature(old, tmp_path / "sig")
    make_delta(tmp_path / "sig", new, tmp_path / "delta", sealing=PLAIN)
    for name in ("sig", "delta"):
        content = (tmp_path / name).read_bytes()
        packed = compressed(content[:300]) + framed(b"an index") + compressed(content[300:])
        make_file(f"packed {name}", packed)
        unpacked = subprocess.run(
            ["zstd", "-dc", tmp_path / f"packed {name}"], capture_output=True, check=True
        ).stdout
        assert unpacked == content
    make_delta(tmp_path / "packed sig", new, tmp_path / "again", sealing=PLAIN)
    assert (tmp_path / "again").read_bytes() == (tmp_path / "delta").read_bytes()
    apply_patch(old, tmp_path / "packed delta", tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()


@posix_only("zstd is here for Linux alone")
@pytest.mark.parametrize(
    "behind", [b"\0", b"\0\1\3", b"noise", b"\x28\xb5\x2f", framed(b"a seal")[:-1]]
)
def test_what_zstd_refuses_is_refused(
    behind: bytes, pair: tuple[Path, Path], make_file: MakeFile, tmp_path: Path
) -> None:
    """Anything behind a frame that is no frame means damage, also a seal that was cut."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta", sealing=PLAIN)
    packed = make_file("packed", compressed((tmp_path / "delta").read_bytes()) + behind)
    assert subprocess.run(["zstd", "-dcq", packed], capture_output=True, check=False).returncode
    with pytest.raises(CompressionDamaged, match="packed"):
        apply_patch(old, packed, tmp_path / "result")


def test_a_seal_inside_the_frame_counts(
    pair: tuple[Path, Path], make_file: MakeFile, tmp_path: Path
) -> None:
    """A sealed file that somebody packed with zstd is checked like any sealed one."""
    old, new = pair
    make_signature(old, tmp_path / "sig")
    sums = make_file("packed sig", compressed((tmp_path / "sig").read_bytes()))
    make_delta(sums, new, tmp_path / "delta")
    content = (tmp_path / "delta").read_bytes()
    packed = make_file("packed", compressed(content))
    assert apply_patch(old, packed, tmp_path / "result").checked_blake3
    with pytest.raises(WrongBasis):
        apply_patch(new, packed, tmp_path / "another")
    damaged = make_file("damaged", compressed(content[:30] + b"x" + content[31:]))
    with pytest.raises((ContentDamaged, DeltaDamaged)):
        apply_patch(old, damaged, tmp_path / "another")


def test_a_limit_that_fits_the_result_lets_it_through(make_file: MakeFile, tmp_path: Path) -> None:
    """The limit is for the new file; that its delta is a few bytes longer does not matter."""
    old, new = make_file("old", 10), make_file("new", 5000, 1)
    for sealing in Sealing:
        make_delta_from_files(old, new, tmp_path / "delta", sealing=sealing, replace=True)
        packed = tmp_path / "delta"
        if sealing is PLAIN:
            packed = make_file("packed", compressed((tmp_path / "delta").read_bytes()))
        assert verify_patch(old, packed, PatchOptions(limit_bytes=5000)).result_bytes == 5000
        with refused(DeltaExpands, limit_bytes=4999, limit_is_users=True):
            verify_patch(old, packed, PatchOptions(limit_bytes=4999))


def test_what_unpacks_far_can_be_allowed(make_file: MakeFile) -> None:
    """A new disk image full of zeros is taken when its user says so, as the refusal promises."""
    old = make_file("old", 10)
    literal = bytes.fromhex("7273023643") + (80 * 2**20).to_bytes(4, "big") + bytes(80 * 2**20)
    packed = make_file("packed", compressed(literal + b"\0"))
    with refused(DeltaExpands, limit_is_users=False):
        verify_patch(old, packed)
    allowed = verify_patch(old, packed, PatchOptions(allow_expansion=True))
    assert allowed.result_bytes == 80 * 2**20


def seal_of(size_bytes: int) -> bytes:
    """A seal that promises a delta of that size."""
    return pack(Seal(Kind.DELTA, Identity(size_bytes, "ab" * 32), "someone", "now"))


def test_a_seal_that_promises_more_than_the_disk_has_is_refused(make_file: MakeFile) -> None:
    """A few bytes that say they are an exabyte are not unpacked until the disk is full."""
    packed = make_file("bomb", compressed(LITERAL_OF_FOUR_GIGABYTES) + framed(seal_of(10**18)))
    with refused(DiskFull, needed_bytes=10**18):
        verify_patch(make_file("old", 10), packed)


def test_a_seal_does_not_lift_the_users_limit(make_file: MakeFile) -> None:
    """Who says how much is wanted gets no more, whatever the seal promises."""
    packed = make_file("bomb", compressed(LITERAL_OF_FOUR_GIGABYTES) + framed(seal_of(2**32)))
    with refused(DeltaExpands, limit_bytes=1000, limit_is_users=True):
        verify_patch(make_file("old", 10), packed, PatchOptions(limit_bytes=1000))


def test_no_room_for_what_is_unpacked_is_a_sentence(
    pair: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    listing: Listing,
    make_file: MakeFile,
    tmp_path: Path,
) -> None:
    """A full folder for temporary files is said to be full, and nothing is left behind."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta", sealing=PLAIN)
    packed = make_file("packed", compressed((tmp_path / "delta").read_bytes()))
    before = listing()

    def full(_folder: Path) -> BinaryIO:
        return Path("/dev/full").open("r+b", buffering=0)

    monkeypatch.setattr(temporary_file, "_open_nameless", full)
    monkeypatch.setattr(compression, "HELD_BYTES_MOST", 10)
    with refused(DiskFull, needed_bytes=None):
        apply_patch(old, packed, tmp_path / "result")
    with refused(DiskFull, needed_bytes=None):
        make_delta_from_files(old, new, tmp_path / "another", SignatureOptions(1000))
    assert listing() == before


@posix_only("named pipes are POSIX's")
def test_a_pipe_of_the_right_name_is_not_waited_for(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    """Looking for the old file never hangs on something that only looks like it."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    old.unlink()
    os.mkfifo(old)
    assert find_basis(tmp_path / "delta") is None


def test_zstd_without_memory_is_no_damage(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Zstd speaks of its memory as of wrong data; nobody needs to send the file again for it."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta", compress=True)
    refusal = zstd.ZstdError("Unable to compress: Allocation error : not enough memory")

    class Starved:
        FLUSH_FRAME = 0
        eof, needs_input = False, True

        def __init__(self, **_options: object) -> None:
            """There is none yet when it begins to work."""

        def use(self, *_arguments: object, **_named: object) -> bytes:
            raise refusal

        compress = decompress = flush = use

    monkeypatch.setattr(zstd, "ZstdDecompressor", Starved)
    with pytest.raises(MemoryError):
        apply_patch(old, tmp_path / "delta", tmp_path / "result")
    monkeypatch.setattr(zstd, "ZstdCompressor", Starved)
    with pytest.raises(MemoryError):
        make_delta_from_files(old, new, tmp_path / "another", compress=True)


@posix_only("zstd is here for Linux alone")
def test_compressed_files_are_known_by_content(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """A delta or signature packed by us or by zstd itself is taken under any name."""
    old, new = pair
    make_signature(old, tmp_path / "sig")
    run_zstd(tmp_path / "sig", "-o", tmp_path / "packed.txt")
    make_delta(tmp_path / "packed.txt", new, tmp_path / "delta")
    run_zstd(tmp_path / "delta", "-o", tmp_path / "packed too.txt")
    assert recognize_file(tmp_path / "packed.txt") is Kind.SIGNATURE
    assert recognize_file(tmp_path / "packed too.txt") is Kind.DELTA
    facts = inspect(tmp_path / "packed too.txt")
    assert isinstance(facts, DeltaFacts)
    assert facts.compressed
    apply_patch(old, tmp_path / "packed too.txt", tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()
    run_zstd(new, "-o", tmp_path / "only packed")
    assert recognize_file(tmp_path / "only packed") is Kind.ORDINARY


@posix_only("zstd is here for Linux alone")
def test_compression_stores_the_size_and_pays(make_file: MakeFile, tmp_path: Path) -> None:
    """Text shrinks; the frame tells its content's size, also when it was streamed."""
    old, new = make_file("old", 1000), make_file("new", b"the same line again\n" * 50_000)
    plain = make_delta_from_files(old, new, tmp_path / "plain")
    packed = make_delta_from_files(old, new, tmp_path / "packed", compress=True)
    assert packed.delta_bytes < plain.delta_bytes / 100
    assert packed.plain_bytes == plain.plain_bytes
    listing = subprocess.run(
        ["zstd", "-lv", tmp_path / "packed"], capture_output=True, text=True, check=True
    ).stdout
    assert f"({packed.plain_bytes} B)" in listing
    assert "Check: XXH64" in listing


@posix_only("zstd is here for Linux alone")
def test_what_unpacks_without_end_is_refused(
    make_file: MakeFile, listing: Listing, tmp_path: Path
) -> None:
    """A small frame that holds a giant delta is stopped, whether or not it has a seal."""
    old = make_file("old", 1000)
    with (tmp_path / "giant").open("wb") as giant:
        giant.write(bytes.fromhex("72730236") + b"\x43" + (2**28).to_bytes(4, "big"))
        giant.truncate(2**28)
    run_zstd(tmp_path / "giant", "-o", tmp_path / "bomb")
    before = listing()
    with pytest.raises(DeltaExpands):
        apply_patch(old, tmp_path / "bomb", tmp_path / "result")
    with refused(DeltaExpands, limit_bytes=10**6, limit_is_users=True):
        apply_patch(old, tmp_path / "bomb", tmp_path / "result", PatchOptions(limit_bytes=10**6))
    assert listing() == before


def test_a_cut_frame_is_refused(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """A compressed delta that ends early says that its end is missing."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta", compress=True)
    content = (tmp_path / "delta").read_bytes()
    (tmp_path / "delta").write_bytes(content[: len(content) // 2])
    with pytest.raises(CompressionDamaged, match="sent again"):
        apply_patch(old, tmp_path / "delta", tmp_path / "result")


@pytest.mark.parametrize("place", [20, 60, -8])
def test_a_damaged_frame_is_told_in_our_own_words(
    place: int, pair: tuple[Path, Path], make_file: MakeFile, tmp_path: Path
) -> None:
    """Whatever zstd calls it, the user reads what happened and what to do."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta", sealing=PLAIN)
    content = bytearray(compressed((tmp_path / "delta").read_bytes()))
    content[place] ^= 0x55
    packed = make_file("packed", bytes(content))
    with pytest.raises(CompressionDamaged) as caught:
        apply_patch(old, packed, tmp_path / "result")
    assert "zstd" not in str(caught.value).lower().replace(str(packed).lower(), "")
    assert "sent again" in str(caught.value)
