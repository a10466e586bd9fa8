"""The seal: any facts go round, and no bytes break the reader."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdiff_gui.errors import FormatProblem, SealDamaged, SealTooNew
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import (
    FOOTER,
    FOOTER_MAGIC,
    PAYLOAD_BYTES_MAX,
    Identity,
    Seal,
    begins_like_payload,
    find_seal,
    pack,
    pack_skippable,
    read_seal,
)

from .conftest import refused
from .fuzzing.targets import footed
from .strategies import json_values, seals

PATH = Path("photos.delta")


def reader(content: bytes) -> Callable[[int, int], bytes]:
    """Read from bytes as from a file."""
    return lambda offset, length: content[offset : offset + length]


def read(content: bytes, kind: Kind, *, compressed: bool = False) -> Seal | None:
    """Find and read the seal of a whole file."""
    place = find_seal(PATH, reader(content), len(content), compressed=compressed)
    return read_seal(PATH, reader(content), place, kind) if place else None


@given(seals, st.binary(max_size=100), st.integers(1, 40))
def test_seals_go_round(seal: Seal, body: bytes, record_bytes: int) -> None:
    """What was said is what is read, behind any body and with any padding."""
    packed = pack(seal, record_bytes=record_bytes)
    assert len(packed) % record_bytes == 0
    assert read(body + packed, seal.kind) == seal
    place = find_seal(PATH, reader(body + packed), len(body + packed), compressed=False)
    assert place is not None
    assert place.body_end == len(body)


@given(seals, st.binary(max_size=100))
def test_seals_in_frames_go_round(seal: Seal, body: bytes) -> None:
    """The same within a zstd skippable frame."""
    content = body + pack_skippable(seal)
    assert read(content, seal.kind, compressed=True) == seal


@given(st.binary(max_size=300))
def test_bytes_without_a_footer_have_no_seal(content: bytes) -> None:
    """A file of rdiff's is simply one without a seal."""
    if not content.endswith(FOOTER_MAGIC):
        assert read(content, Kind.DELTA) is None


@given(st.binary(max_size=200), st.binary(min_size=12, max_size=12), st.booleans())
def test_any_bytes_before_a_footer_give_a_sentence(
    content: bytes, numbers: bytes, compressed: bool
) -> None:
    """Noise that ends like a seal never escapes as another exception."""
    with pytest.raises(FormatProblem, match=r"photos\.delta"):
        assert read(content + numbers + FOOTER_MAGIC, Kind.DELTA, compressed=compressed) is None


@given(json_values)
def test_any_json_gives_a_sentence(record: object) -> None:
    """A payload of another shape is refused as damaged."""
    payload = json.dumps(record).encode("ascii")
    with pytest.raises(SealDamaged):
        read(footed(payload), Kind.DELTA)


@pytest.mark.parametrize(
    "payload",
    [b"", b"[" * 60_000, b"1" * 60_000, b'{"kind":"delta"', b"\xff\xfe", b"null", b"NaN"],
)
def test_hostile_payloads_are_refused(payload: bytes) -> None:
    """Neither deep nesting nor giant numbers nor no text at all get through."""
    with pytest.raises(SealDamaged):
        read(footed(payload), Kind.DELTA)


def test_a_newer_seal_asks_for_an_update() -> None:
    """A file of a later version says so instead of guessing."""
    with refused(SealTooNew, version=2, known=1):
        read(footed(b"whatever", version=2), Kind.DELTA)


def test_an_oversized_payload_is_refused() -> None:
    """Nobody makes us read megabytes as a seal."""
    with pytest.raises(SealDamaged):
        read(footed(b" " * (PAYLOAD_BYTES_MAX + 1)), Kind.DELTA)


EXAMPLE = Seal(
    Kind.DELTA,
    Identity(5, "ab" * 32),
    "rdiff-gui 0.1.0",
    "2026-11-22T20:00:00+00:00",
    basis=Identity(7, "cd" * 32, "photos.db", "01" * 32),
    result=Identity(9, "ef" * 32, "photos.db"),
)


def test_a_seal_of_another_kind_is_refused() -> None:
    """A signature's seal behind a delta is a mix-up, and said to be one."""
    with pytest.raises(SealDamaged, match="another kind"):
        read(pack(EXAMPLE), Kind.SIGNATURE)


@pytest.mark.parametrize("sample", ["no", 7, "AB" * 32])
def test_a_sample_that_is_none_is_damage(sample: object) -> None:
    """As every value that has not its type."""
    record = json.loads(pack(EXAMPLE)[: -FOOTER.size])
    record["basis"]["sample"] = sample
    with pytest.raises(SealDamaged):
        read(footed(json.dumps(record).encode("ascii")), Kind.DELTA)


def test_unknown_keys_are_ignored() -> None:
    """Later versions may say more without a new format."""
    record = json.loads(pack(EXAMPLE)[: -FOOTER.size])
    record["mood"] = record["basis"]["mood"] = "good"
    assert read(footed(json.dumps(record).encode("ascii")), Kind.DELTA) == EXAMPLE


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..", ".", "", "a\\b", "a\0b", 7]
)
def test_names_never_lead_elsewhere(name: object) -> None:
    """A name that would leave the folder counts as no name."""
    record = json.loads(pack(EXAMPLE)[: -FOOTER.size])
    record["basis"]["name"] = name
    seal = read(footed(json.dumps(record).encode("ascii")), Kind.DELTA)
    assert seal is not None
    assert seal.basis == Identity(7, "cd" * 32, sample="01" * 32)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", -1),
        ("size", 2**63),
        ("size", 1.5),
        ("size", True),
        ("blake3", "AB" * 32),
        ("blake3", 1),
    ],
)
def test_impossible_values_are_refused(field: str, value: object) -> None:
    """Sizes and hashes are what they must be, or the seal is damaged."""
    record = json.loads(pack(EXAMPLE)[: -FOOTER.size])
    record["basis"][field] = value
    with pytest.raises(SealDamaged):
        read(footed(json.dumps(record).encode("ascii")), Kind.DELTA)


def test_every_flipped_bit_is_noticed() -> None:
    """A flip anywhere in payload and footer, the reserved bytes too, is a refusal.

    In the last eight bytes, it leaves the remains of a seal.
    """
    content = b"body" + pack(EXAMPLE)
    for bit in range(4 * 8, len(content) * 8):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        if bit >= (len(content) - len(FOOTER_MAGIC)) * 8:
            assert read(bytes(flipped), Kind.DELTA) is None
            assert begins_like_payload(Kind.DELTA, bytes(flipped[4:]))
            continue
        with pytest.raises(SealDamaged):
            read(bytes(flipped), Kind.DELTA)


def test_a_version_that_no_program_wrote_is_damage() -> None:
    """Only a checksum that fits makes a number of the version worth believing."""
    with pytest.raises(SealDamaged):
        read(footed(b"whatever", version=0), Kind.DELTA)
    newer = bytearray(pack(EXAMPLE))
    newer[-12] ^= 0x40
    with pytest.raises(SealDamaged):
        read(bytes(newer), Kind.DELTA)


@given(st.binary(max_size=60), seals)
def test_payloads_begin_as_the_page_says(noise: bytes, seal: Seal) -> None:
    """By that, what is left of a seal is known; other bytes are not taken for it."""
    assert all(
        begins_like_payload(seal.kind, pack(seal)[:size]) for size in range(1, len(pack(seal)))
    )
    assert begins_like_payload(Kind.DELTA, noise) == (
        bool(noise) and (b'{"kind":"delta"' + noise[15:]).startswith(noise)
    )


def test_the_footer_is_as_documented() -> None:
    """Another program can be written from docs/format.md: twenty bytes, in this order."""
    footer = pack(EXAMPLE)[-20:]
    length, crc, version, reserved = struct.unpack(">IIHH", footer[:12])
    assert footer[12:] == b"\x89RDSEAL\n"
    assert (version, reserved) == (1, 0)
    whole = pack(EXAMPLE)[-20 - length :]
    assert crc == zlib.crc32(whole[:-16] + bytes(4) + whole[-12:])
