"""Files that are packed: some are unpacked here, all others are called by their names."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    Kind,
    OrdinaryFacts,
    SignatureOptions,
    apply_patch,
    find_basis,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
    recognize_file,
    verify_patch,
)
from rdiff_gui.errors import CompressionForeign, NotADelta, NotASignature
from rdiff_gui.formats.magic import HEAD_BYTES_MOST, Packing, find_obstacle
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.routing import Refusal, Scene, decide, look_at

from .cli_process import one_line, run_cli
from .conftest import MakeFile
from .fuzzing.targets import compressed, framed

Pack = Callable[[Path, Path], None]

# A window of 2 GiB, and the largest one that zstd allows without being asked.
HUGE_WINDOW = bytes.fromhex("28b52ffd00a8")
LARGEST_WINDOW = bytes.fromhex("28b52ffd0088")


def pipe(*command: str) -> Pack:
    """Pack through a program; through a pipe, so that zstd does not shrink its window."""

    def pack(source: Path, target: Path) -> None:
        with target.open("wb") as taken:
            subprocess.run(command, input=source.read_bytes(), stdout=taken, check=True)

    return pack


def with_dictionary(source: Path, target: Path) -> None:
    """Pack with a dictionary that has a number."""
    dictionary = target.with_name("dictionary")
    samples = target.with_name("samples")
    samples.mkdir()
    for number in range(300):
        (samples / str(number)).write_bytes(b"{'name': 'value %d', 'kind': 'sample'}" % number * 3)
    subprocess.run(
        ["zstd", "-q", "--train", "-r", samples, "-o", dictionary, "--maxdict=2000"],
        check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(["zstd", "-q", "-D", dictionary, source, "-o", target], check=True)


def photos_alone(_source: Path, target: Path) -> None:
    """Pack something else altogether."""
    target.write_bytes(compressed(b"photos"))


PACKS: dict[str, tuple[Pack, str, str]] = {
    "gzip": (pipe("gzip"), "packed with gzip", "“gunzip”"),
    "xz": (pipe("xz"), "packed with xz", "“unxz”"),
    "bzip2": (pipe("bzip2"), "packed with bzip2", "“bunzip2”"),
    "zstd window": (pipe("zstd", "--ultra", "--long=31"), "much memory", "“zstd -d --long=31”"),
    "zstd dictionary": (with_dictionary, "a dictionary", "“zstd -d -D DICTIONARY”"),
    "zstd": (
        photos_alone,
        "packed with zstd",
        "“zstd -d”",
    ),
}


@pytest.fixture
def files(pair: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """A signature and a delta of the pair."""
    signature, delta = tmp_path / "sums", tmp_path / "changes"
    make_signature(pair[0], signature)
    make_delta(signature, pair[1], delta)
    return signature, delta


@pytest.mark.parametrize("found", PACKS)
def test_what_is_not_unpacked_here_is_named_with_what_to_do(
    found: str, pair: tuple[Path, Path], files: tuple[Path, Path], tmp_path: Path
) -> None:
    """It is not called an ordinary file that a delta should be made from."""
    old, new = pair
    pack, words, command = PACKS[found]
    sums, changes = tmp_path / "packed sums", tmp_path / "packed changes"
    pack(files[0], sums)
    if found != "zstd dictionary":
        pack(files[1], changes)
    else:
        changes = sums
    with pytest.raises(NotASignature, match=words) as unsigned:
        make_delta(sums, new, tmp_path / "delta")
    takers: tuple[Callable[[], object], ...] = (
        lambda: verify_patch(old, changes),
        lambda: apply_patch(old, changes, tmp_path / "result"),
    )
    for take in takers:
        with pytest.raises(NotADelta, match=words) as refused:
            take()
        assert refused.value.found == unsigned.value.found == found
        assert (refused.value.exit_code, unsigned.value.exit_code) == (104, 106)
        assert command in str(refused.value)
        assert command in str(unsigned.value)
    assert recognize_file(changes) is Kind.ORDINARY
    assert isinstance(inspect(changes), OrdinaryFacts)
    assert find_basis(changes) is None
    assert one_line(run_cli("verify", "old", changes.name, folder=tmp_path)).count(words) == 1


@pytest.mark.parametrize("found", PACKS)
def test_the_window_says_so_too(found: str, files: tuple[Path, Path], tmp_path: Path) -> None:
    """A packed signature on the zone for signatures, a packed delta beside an old file."""
    pack, words, command = PACKS[found]
    pack(files[1], tmp_path / "packed")
    arrival, old = look_at(tmp_path / "packed"), look_at(tmp_path / "old")
    for scene in (
        Scene(Page.DELTA, Slot.SIGNATURE),
        Scene(Page.PATCH, Slot.DELTA, {Slot.OLD_TO_PATCH: old}),
    ):
        decision = decide([arrival], scene)
        assert isinstance(decision, Refusal)
        assert words in decision.sentence
        assert command in decision.sentence
        assert decision.remedies
    assert arrival.is_ordinary


@pytest.mark.parametrize(
    "before",
    [
        framed(b"an index"),
        compressed(b""),
        framed(b"") * 15 + compressed(b"") * 15,
        compressed(b"") + framed(bytes(2**18)),
    ],
)
@pytest.mark.parametrize("cut_at", [0, 1, 3, 4, 300])
def test_frames_without_content_are_passed_over(
    cut_at: int,
    before: bytes,
    pair: tuple[Path, Path],
    files: tuple[Path, Path],
    make_file: MakeFile,
    tmp_path: Path,
) -> None:
    """As zstd -d does, which parallel packers rely on; the first bytes may lie in two frames."""
    old, new = pair

    def packed(name: str, source: Path) -> Path:
        content = source.read_bytes()
        frames = before + compressed(content[:cut_at]) + before + compressed(content[cut_at:])
        target = make_file(name, frames)
        unpacked = subprocess.run(["zstd", "-dc", target], capture_output=True, check=True).stdout
        assert unpacked == content
        return target

    sums, changes = packed("packed sums", files[0]), packed("packed changes", files[1])
    assert (recognize_file(sums), recognize_file(changes)) == (Kind.SIGNATURE, Kind.DELTA)
    assert apply_patch(old, changes, tmp_path / "result").checked_blake3
    make_delta(sums, new, tmp_path / "again")
    assert apply_patch(old, tmp_path / "again", tmp_path / "twice").checked_blake3


def test_frames_without_end_are_given_up(make_file: MakeFile) -> None:
    """A file of nothing but frames to skip costs some reads, not one a frame."""
    many = make_file("many", framed(b"") * 100_000 + compressed(bytes.fromhex("7273023600")))
    assert recognize_file(many) is Kind.ORDINARY


def test_a_sealed_delta_behind_a_frame_to_skip_keeps_its_seal(
    pair: tuple[Path, Path], make_file: MakeFile, tmp_path: Path
) -> None:
    """Whatever stands first, the seal at the end counts."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta", SignatureOptions(), compress=True)
    behind = make_file("behind", framed(b"index") + (tmp_path / "delta").read_bytes())
    assert verify_patch(old, behind).checked_blake3


def test_a_later_frame_that_is_not_unpacked_here_says_so(
    pair: tuple[Path, Path], files: tuple[Path, Path], make_file: MakeFile
) -> None:
    """It is not called damaged, since having it sent again would not help."""
    content = compressed(files[1].read_bytes()[:100]) + HUGE_WINDOW + bytes(20)
    with pytest.raises(CompressionForeign, match="--long=31"):
        verify_patch(pair[0], make_file("packed", content))


@pytest.mark.parametrize(
    ("head", "obstacle"),
    [
        (HUGE_WINDOW.hex(), Packing.ZSTD_WINDOW),
        (LARGEST_WINDOW.hex(), None),
        ("28b52ffd0089", Packing.ZSTD_WINDOW),
        ("28b52ffd0158" + "07", Packing.ZSTD_DICTIONARY),
        ("28b52ffd0358" + "00000000", None),
        ("28b52ffd2100" + "05", None),
        ("28b52ffd2107" + "05", Packing.ZSTD_DICTIONARY),
        ("28b52ffda0" + "00000008", None),
        ("28b52ffda0" + "02000008", Packing.ZSTD_WINDOW),
        ("28b52ffde0" + "0000000001000000", Packing.ZSTD_WINDOW),
        ("28b52ffd", None),
        ("", None),
        ("504b0304", None),
    ],
)
def test_heads_tell_what_a_frame_asks_for(head: str, obstacle: Packing | None) -> None:
    """Window and dictionary as RFC 8878 places them, each field left out where it may be."""
    content = bytes.fromhex(head)
    assert len(content) <= HEAD_BYTES_MOST
    assert find_obstacle(content) is obstacle
