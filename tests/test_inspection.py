"""What a file says of itself, also where it was made to be too much to look at."""

from __future__ import annotations

import json
import struct
import time
from pathlib import Path

import pytest

from rdiff_gui.cli.reports import write_json, write_words
from rdiff_gui.engine import (
    Cancelled,
    CancelToken,
    DeltaExpands,
    DeltaFacts,
    Identity,
    Kind,
    PatchOptions,
    Seal,
    Sealing,
    UnreadFacts,
    find_basis,
    inspect,
    make_delta_from_files,
    verify_patch,
)
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.inspection import look_at_sample, look_at_seal, may_be
from rdiff_gui.engine.temporary_file import TemporaryFile
from rdiff_gui.errors import SealDamaged, SourceUnreadable
from rdiff_gui.formats.delta_commands import pack_end, pack_literal_head, pack_magic
from rdiff_gui.formats.magic import ZSTD_MAGIC
from rdiff_gui.formats.seal import pack_skippable
from tests.conftest import MakeFile

_BLOCK_BYTES = 2**17
_BOMB_BYTES = 8 * 2**30


def _block(kind: int, length: int, data: bytes, *, last: bool = False) -> bytes:
    """A zstd block: raw (0) or one byte again and again (1). Source: RFC 8878, 3.1.1.2."""
    return (int(last) | kind << 1 | length << 3).to_bytes(3, "little") + data


def _bomb(beginning: bytes, size_bytes: int = _BOMB_BYTES) -> bytes:
    """A frame that unpacks to a beginning, and to zeros for the rest of so many bytes."""
    zeros, rest = divmod(size_bytes - len(beginning), _BLOCK_BYTES)
    # A descriptor that says nothing, and a window of 8 MiB.
    return b"".join(
        (
            ZSTD_MAGIC + b"\x00\x68",
            _block(0, len(beginning), beginning),
            _block(1, _BLOCK_BYTES, b"\0") * zeros,
            _block(1, rest, b"\0", last=True),
        )
    )


def _delta_bomb() -> bytes:
    """A delta whose one literal is all zeros; its END is one of them."""
    literal_bytes = _BOMB_BYTES - len(pack_magic() + pack_literal_head(_BOMB_BYTES) + pack_end())
    return _bomb(pack_magic() + pack_literal_head(literal_bytes))


def _signature_bomb() -> bytes:
    """A signature of equal records, of blocks of 2048 bytes."""
    return _bomb(struct.pack(">III", 0x72730147, 2048, 32))


def _seal(kind: Kind, basis: Identity, size_bytes: int) -> bytes:
    body, result = Identity(size_bytes, "0" * 64), Identity(_BOMB_BYTES, "1" * 64, "new")
    delta = {"signature_blake3": "2" * 64, "result": result} if kind is Kind.DELTA else {}
    made = Seal(kind, body, "a test", "2026-01-01T00:00:00+00:00", basis, **delta)  # type: ignore[arg-type]  # of two types
    return pack_skippable(made)


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of what is written while a frame is unpacked."""
    written: list[int] = []
    really_write = TemporaryFile.write

    def write(kept: TemporaryFile, data: memoryview) -> None:
        written.append(len(data))
        really_write(kept, data)

    monkeypatch.setattr(TemporaryFile, "write", write)
    return written


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("kind", [Kind.SIGNATURE, Kind.DELTA])
def test_looking_at_a_bomb_is_soon_over(
    kind: Kind, sealed: bool, make_file: MakeFile, unpacked: list[int]
) -> None:
    """Some hundred KB that unpack to 8 GiB: 64 MiB are read, or none where a seal tells."""
    frame = _delta_bomb() if kind is Kind.DELTA else _signature_bomb()
    old = make_file("old", 10_000)
    named = Identity(10_000, "3" * 64, "old")
    bomb = old.with_name("bomb")
    bomb.write_bytes(frame + (_seal(kind, named, _BOMB_BYTES) if sealed else b""))
    facts = inspect(bomb)
    assert isinstance(facts, UnreadFacts)
    assert (facts.kind, facts.size_bytes) == (kind, bomb.stat().st_size)
    assert facts.size_bytes < 500_000
    assert sum(unpacked) <= (0 if sealed else 2**26)
    assert (facts.seal.basis if facts.seal else None) == (named if sealed else None)
    words, record = write_words(facts), json.loads(write_json(facts))
    assert "not read whole" in words
    assert "checksum is right" not in words
    assert record["unread"] is True
    assert (record["kind"], record["seal"] is not None) == (str(kind), sealed)
    assert find_basis(bomb) is None
    assert sum(unpacked) <= (0 if sealed else 2**27)


def test_a_seal_that_says_too_little_is_found_out(make_file: MakeFile) -> None:
    """A frame is not unpacked beyond what its seal says, and no option allows it."""
    basis = Identity(10_000, "3" * 64)
    bomb = make_file("bomb", _delta_bomb() + _seal(Kind.DELTA, basis, 1000))
    with pytest.raises(SealDamaged):
        inspect(bomb)
    with pytest.raises(SealDamaged):
        verify_patch(make_file("old", 1000), bomb, PatchOptions(limit_bytes=2**30))


def test_whoever_applies_a_bomb_is_still_warned(make_file: MakeFile, tmp_path: Path) -> None:
    """What was not looked at is checked all the same before it is used."""
    make_file("bomb", _delta_bomb())
    with pytest.raises(DeltaExpands):
        verify_patch(make_file("old", 1000), tmp_path / "bomb")


def test_looking_can_be_cancelled(
    make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes a file away again need not wait until it was unpacked."""
    make_file("bomb", _delta_bomb())
    token = CancelToken()
    written: list[int] = []

    def write(_scratch: TemporaryFile, data: memoryview) -> None:
        written.append(len(data))
        token.cancel()
        time.sleep(0.1)

    monkeypatch.setattr(TemporaryFile, "write", write)
    with pytest.raises(Cancelled):
        inspect(tmp_path / "bomb", cancel=token)
    time.sleep(0.3)
    assert len(written) <= 3


@pytest.mark.parametrize("new_bytes", [0, 60 * 2**20])
def test_what_people_make_is_read_whole(
    new_bytes: int, make_file: MakeFile, tmp_path: Path
) -> None:
    """Also of a delta that shrinks ten-thousandfold, as zeros do, all is told."""
    old = make_file("old", 10_000)
    (tmp_path / "new").write_bytes(bytes(new_bytes))
    make_delta_from_files(old, tmp_path / "new", tmp_path / "delta", compress=True)
    facts = inspect(tmp_path / "delta")
    assert isinstance(facts, DeltaFacts)
    assert facts.result_bytes == facts.literal_bytes == new_bytes
    assert facts.seal is not None


def test_the_basis_is_found_beside_the_delta(
    pair: tuple[Path, Path], make_file: MakeFile, tmp_path: Path
) -> None:
    """By name first, then by size; and only a file whose hash fits is proposed."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    assert find_basis(tmp_path / "delta") == old
    renamed = old.rename(tmp_path / "another name")
    twin = bytearray(renamed.read_bytes())
    twin[7] ^= 1
    make_file("old", bytes(twin))
    assert find_basis(tmp_path / "delta") == renamed
    renamed.unlink()
    assert find_basis(tmp_path / "delta") is None
    make_delta_from_files(new, twin_path := tmp_path / "old", tmp_path / "plain",
                          sealing=Sealing.NONE)  # fmt: skip
    assert find_basis(tmp_path / "plain") is None
    assert twin_path.exists()


def test_the_basis_is_found_elsewhere(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """Among given files and in given folders, and nowhere else."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    folder = tmp_path / "folder"
    folder.mkdir()
    moved = old.rename(folder / "another name")
    assert find_basis(tmp_path / "delta") is None
    assert find_basis(tmp_path / "delta", elsewhere=[new, tmp_path / "gone"]) is None
    assert find_basis(tmp_path / "delta", elsewhere=[new, moved]) == moved
    assert find_basis(tmp_path / "delta", elsewhere=[str(folder)]) == moved


def test_a_neighbour_that_cannot_be_read_is_passed_over(
    pair: tuple[Path, Path], make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bad file beside the delta does not keep the right one from being found."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    renamed = old.rename(tmp_path / "zzz")
    bad = make_file("aaa", bytes(renamed.stat().st_size))
    read_at = Input.read_at

    def fail(self: Input, buffer: memoryview, offset: int) -> int:
        if self.path == bad:
            raise SourceUnreadable(bad, 5, "Input/output error")
        return read_at(self, buffer, offset)

    monkeypatch.setattr(Input, "read_at", fail)
    assert find_basis(tmp_path / "delta") == renamed


@pytest.mark.parametrize("size_bytes", [9_000, 900_000])
def test_a_seal_alone_tells_which_file_it_may_mean(
    make_file: MakeFile, tmp_path: Path, size_bytes: int
) -> None:
    """A compressed delta is not unpacked for that, and of a large file only a sample is read."""
    old, delta = make_file("old", size_bytes), tmp_path / "delta"
    make_delta_from_files(old, make_file("new", size_bytes, 1), delta, compress=True)
    seal = look_at_seal(delta)
    assert seal
    assert seal.basis
    assert seal.basis.name == "old"
    assert may_be(seal.basis, size_bytes, look_at_sample(old))
    assert not may_be(seal.basis, size_bytes + 1, look_at_sample(old))
    assert not may_be(seal.basis, size_bytes, look_at_sample(make_file("other", size_bytes, 2)))
    assert look_at_seal(old) is None
