"""The seal: what librsync's files do not say of themselves, in a record that rdiff ignores.

    librsync file | payload: one JSON object | footer, 20 bytes

On a signature the payload ends in spaces, so that payload and footer fill whole records; on a
compressed delta both lie in a zstd skippable frame. What is left of a seal that was cut is known by
how its payload begins. The exact bytes: `docs/format.md`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from rdiff_gui.errors import SealDamaged, SealTooNew
from rdiff_gui.formats.magic import SKIPPABLE_HEADER, Kind, skippable_bytes
from rdiff_gui.formats.signature_header import STRONG_BYTES_OFFSET, WEAK_BYTES
from rdiff_gui.records import TYPE_CHECKING, record
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from typing import Any

FOOTER = struct.Struct(">IIHH8s")
# As PNG's: a byte that is no text and a line end, so that a transfer as text destroys it.
FOOTER_MAGIC = b"\x89RDSEAL\n"
VERSION = 1
PAYLOAD_BYTES_MAX = 64 * 1024
NAME_CHARACTERS_MAX = 1024

SKIPPABLE_MAGIC = 0x184D2A5D

# What a sample of a file is made of; smaller files have none, for they are hashed as soon.
SAMPLE_PIECES = 64
SAMPLE_PIECE_BYTES = 4096

_HASH_DIGITS = 64
_HEX = frozenset("0123456789abcdef")

ReadAt = Callable[[int, int], bytes]


@record(frozen=True)
class Identity:
    """One file as the seal knows it: size in bytes, BLAKE3 in hex, base name where it was kept.

    `sample` is the BLAKE3 of the pieces at `sample_places`, by which another file of that size is
    known at once; None where nobody took it.
    """

    size_bytes: int
    blake3: str
    name: str | None = None
    sample: str | None = None

    def nameless(self) -> Identity:
        """The same file without its name."""
        return Identity(self.size_bytes, self.blake3, sample=self.sample)


def sample_places(size_bytes: int) -> list[int]:
    """Where the pieces of a file's sample begin; none in a file that is no larger than all pieces.

    The first is at the file's beginning, the last at its end, the others evenly between them.
    """
    if size_bytes <= SAMPLE_PIECES * SAMPLE_PIECE_BYTES:
        return []
    last = size_bytes - SAMPLE_PIECE_BYTES
    return [number * last // (SAMPLE_PIECES - 1) for number in range(SAMPLE_PIECES)]


@record(frozen=True)
class Seal:
    """What a seal holds.

    `body` is the librsync file itself, uncompressed and without the seal; it never has a name.
    `basis` is the old file, `result` the new one; `signature_blake3` is the body hash of the
    signature that a delta was made from. Each is None where it was not known.
    """

    kind: Kind
    body: Identity
    program: str
    created: str
    basis: Identity | None = None
    signature_blake3: str | None = None
    result: Identity | None = None


@record(frozen=True)
class SealPlace:
    """Where the seal's payload lies in its file, and where the librsync file before it ends."""

    payload_start: int
    payload_bytes: int
    body_end: int


def pack(seal: Seal, *, record_bytes: int = 1) -> bytes:
    """Payload and footer, padded to a whole number of `record_bytes`."""
    import json  # what has no seal should not wait for it

    record: dict[str, Any] = {
        "kind": str(seal.kind),
        "body": _pack_identity(seal.body),
        "program": seal.program,
        "created": seal.created,
    }
    if seal.basis:
        record["basis"] = _pack_identity(seal.basis)
    if seal.signature_blake3:
        record["signature"] = {"blake3": seal.signature_blake3}
    if seal.result:
        record["result"] = _pack_identity(seal.result)
    # ASCII alone: a name that is no UTF-8 stands as escaped lone surrogates.
    payload = json.dumps(record, separators=(",", ":")).encode("ascii")
    payload += b" " * (-(len(payload) + FOOTER.size) % record_bytes)
    return payload + pack_footer(payload)


def pack_footer(payload: bytes, version: int = VERSION) -> bytes:
    """The footer of a payload; its CRC-32 is that of both, with zeros in its own place."""
    crc = zlib.crc32(payload + FOOTER.pack(len(payload), 0, version, 0, FOOTER_MAGIC))
    return FOOTER.pack(len(payload), crc, version, 0, FOOTER_MAGIC)


def pack_skippable(seal: Seal) -> bytes:
    """The seal in a zstd skippable frame."""
    content = pack(seal)
    return SKIPPABLE_HEADER.pack(SKIPPABLE_MAGIC, len(content)) + content


def find_seal(
    path: Path, read_at: ReadAt, size_bytes: int, *, compressed: bool
) -> SealPlace | None:
    """Where the seal of a file of that size lies; None where there is none.

    `read_at(offset, length)` gives the file's bytes.

    Raises: SealDamaged.
    """
    if size_bytes < FOOTER.size:
        return None
    footer = read_at(size_bytes - FOOTER.size, FOOTER.size)
    if len(footer) < FOOTER.size or not footer.endswith(FOOTER_MAGIC):
        return None
    payload_bytes, *_ = FOOTER.unpack(footer)
    start = size_bytes - FOOTER.size - payload_bytes
    body_end = start
    if compressed:
        body_end -= SKIPPABLE_HEADER.size
    if payload_bytes > PAYLOAD_BYTES_MAX or body_end < 0:
        raise SealDamaged(path, translate("its length is impossible"))
    if compressed:
        head = read_at(body_end, SKIPPABLE_HEADER.size)
        if skippable_bytes(head) != size_bytes - body_end:
            raise SealDamaged(path, translate("its frame does not fit"))
    return SealPlace(start, payload_bytes, body_end)


def begins_like_payload(kind: Kind, data: bytes) -> bool:
    """Whether `data`, as far as it goes, is how the seal of such a file begins."""
    beginning = _beginning(kind)
    return bool(data) and data[: len(beginning)] == beginning[: len(data)]


def refuse_remains(path: Path, read_at: ReadAt, size_bytes: int) -> None:
    """Make sure that a signature without a seal does not end in what is left of one.

    To librsync these bytes are blocks, and the body is not checked. Remains shorter than a record
    leave a signature that ends within one. Real sums look like them with a chance of 2^-39 at most
    where strong sums have one byte, and of 2^-63 where they have four.

    Raises: SealDamaged.
    """
    start = max(0, size_bytes - PAYLOAD_BYTES_MAX - FOOTER.size)
    tail = read_at(start, size_bytes - start)
    beginning = _beginning(Kind.SIGNATURE)
    record_bytes = WEAK_BYTES + int.from_bytes(read_at(STRONG_BYTES_OFFSET, 4), "big")
    cut_within = any(
        tail.endswith(beginning[:length]) for length in range(record_bytes, len(beginning))
    )
    if cut_within or beginning in tail:
        raise SealDamaged(path, translate("its end is missing or damaged"))


def _beginning(kind: Kind) -> bytes:
    return b'{"kind":"%s"' % kind.encode("ascii")


def read_seal(path: Path, read_at: ReadAt, place: SealPlace, kind: Kind) -> Seal:
    """Read the seal that `find_seal` found on a file of that kind.

    Raises: SealTooNew, SealDamaged.
    """
    raw = read_at(place.payload_start, place.payload_bytes + FOOTER.size)
    payload = raw[: place.payload_bytes]
    if len(raw) != place.payload_bytes + FOOTER.size:
        raise SealDamaged(path, translate("its length is impossible"))
    length, crc, version, reserved, magic = FOOTER.unpack(raw[place.payload_bytes :])
    if zlib.crc32(payload + FOOTER.pack(length, 0, version, reserved, magic)) != crc:
        raise SealDamaged(path, translate("its checksum does not match"))
    if version > VERSION:
        raise SealTooNew(path, version, VERSION)
    if version < 1:
        raise SealDamaged(path, translate("its version is impossible"))
    import json

    try:
        record = json.loads(payload.decode("ascii"))
    except (ValueError, RecursionError) as problem:
        raise SealDamaged(path, translate("it cannot be read")) from problem
    try:
        seal = _unpack(record)
    except (KeyError, TypeError, ValueError) as problem:
        raise SealDamaged(path, translate("something is missing in it")) from problem
    if seal.kind is not kind:
        raise SealDamaged(path, translate("it belongs to another kind of file"))
    return seal


def _unpack(record: Any) -> Seal:
    """Raises: KeyError, TypeError, ValueError."""
    signature = record.get("signature") if isinstance(record, dict) else None
    return Seal(
        kind=Kind(record["kind"]),
        body=_unpack_identity(record["body"]).nameless(),
        program=_text(record["program"]),
        created=_text(record["created"]),
        basis=_unpack_identity(record["basis"]) if "basis" in record else None,
        signature_blake3=_hash(signature["blake3"]) if signature is not None else None,
        result=_unpack_identity(record["result"]) if "result" in record else None,
    )


def _pack_identity(identity: Identity) -> dict[str, object]:
    record: dict[str, object] = {"size": identity.size_bytes, "blake3": identity.blake3}
    if identity.name is not None:
        record["name"] = identity.name
    if identity.sample is not None:
        record["sample"] = identity.sample
    return record


def _unpack_identity(record: Mapping[str, Any]) -> Identity:
    size_bytes = record["size"]
    if type(size_bytes) is not int or not 0 <= size_bytes < 2**63:
        raise ValueError("size")
    sample = record.get("sample")
    return Identity(
        size_bytes,
        _hash(record["blake3"]),
        _base_name(record.get("name")),
        None if sample is None else _hash(sample),
    )


def _hash(value: object) -> str:
    if not isinstance(value, str) or len(value) != _HASH_DIGITS or not _HEX.issuperset(value):
        raise ValueError("blake3")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value[:NAME_CHARACTERS_MAX]


def _base_name(value: object) -> str | None:
    """A name that names a file in whatever folder, or none: a seal must not lead elsewhere."""
    if not isinstance(value, str) or not value or len(value) > NAME_CHARACTERS_MAX:
        return None
    if value in (".", "..") or any(character in value for character in "/\\\0"):
        return None
    return value
