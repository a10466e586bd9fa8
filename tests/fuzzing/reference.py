"""The formats a second time, as plainly as can be, to hold the engine against.

Nothing of the program's own code is used here: a mistake would have to be made twice.
Source: librsync doc/formats.md and src/prototab.c; docs/format.md; RFC 8878.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from blake3 import blake3

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZSTD_MAGIC = bytes.fromhex("28b52ffd")
DELTA_MAGIC = bytes.fromhex("72730236")
SEAL_MAGIC = bytes.fromhex("895244534541 4c0a")
BEGINNINGS = (b'{"kind":"signature"', b'{"kind":"delta"')
LARGEST = 2**63 - 1

# Command bytes 69 to 84: the widths of offset and length, in the table's order.
COPY_WIDTHS = [(offset, length) for offset in (1, 2, 4, 8) for length in (1, 2, 4, 8)]
LITERAL_WIDTHS = [1, 2, 4, 8]

Literal = bytes
Copy = tuple[int, int]


class Unreadable(Exception):
    """The bytes break the format."""


def commands_of(delta: bytes, *, trailing: bool = False) -> Iterator[Literal | Copy]:
    """The commands of a whole delta, and with `trailing`, of a longer one. Raises: Unreadable."""
    if delta[:4] != DELTA_MAGIC:
        raise Unreadable("magic")
    position = 4

    def take(size: int) -> bytes:
        nonlocal position
        taken = delta[position : position + size]
        position += size
        if len(taken) != size:
            raise Unreadable("cut")
        return taken

    while command := take(1)[0]:
        if command <= 64:
            yield take(command)
        elif command <= 68:
            yield take(number(take(LITERAL_WIDTHS[command - 65])))
        elif command <= 84:
            offset_width, length_width = COPY_WIDTHS[command - 69]
            start = int.from_bytes(take(offset_width), "big")
            length = number(take(length_width))
            if start + length > LARGEST:
                raise Unreadable("number")
            yield start, length
        else:
            raise Unreadable("command")
    if position < len(delta) and not trailing:
        raise Unreadable("behind the end")


def sample_of(content: bytes) -> str | None:
    """The sample of a file; None for one that has none."""
    if len(content) <= 64 * 4096:
        return None
    starts = [piece * (len(content) - 4096) // 63 for piece in range(64)]
    return blake3(b"".join(content[start : start + 4096] for start in starts)).hexdigest()


def number(raw: bytes) -> int:
    """A length: from one up to what a signed 64-bit number holds. Raises: Unreadable."""
    value = int.from_bytes(raw, "big")
    if not 0 < value <= LARGEST:
        raise Unreadable("number")
    return value


def patched(basis: bytes, delta: bytes, most_bytes: int, *, trailing: bool = False) -> bytes:
    """What a delta makes of a basis. Raises: Unreadable, also for more than `most_bytes`."""
    result = bytearray()
    for command in commands_of(delta, trailing=trailing):
        if isinstance(command, bytes):
            result += command
        else:
            start, length = command
            if start + length > len(basis):
                raise Unreadable("basis")
            result += basis[start : start + length]
        if len(result) > most_bytes:
            raise Unreadable("result")
    return bytes(result)


def is_packed(content: bytes) -> bool:
    """Whether a zstd frame stands at the beginning, be it one to skip."""
    return content[:4] == ZSTD_MAGIC or (
        content[1:4] == b"\x2a\x4d\x18" and 0x50 <= content[0] <= 0x5F
    )


def unpacked(frames: bytes, most_bytes: int) -> bytes:
    """What `zstd -d` gives. Raises: Unreadable, also for more than `most_bytes`."""
    content = bytearray()
    while frames:
        magic = int.from_bytes(frames[:4], "little")
        if 0x184D2A50 <= magic <= 0x184D2A5F:
            size = 8 + int.from_bytes(frames[4:8], "little")
            if len(frames) < size:
                raise Unreadable("cut")
            if size >= 72 and frames[8:].startswith(BEGINNINGS):
                raise Unreadable("remains")
            frames = frames[size:]
            continue
        decompressor = zstd.ZstdDecompressor()
        try:
            while not decompressor.eof:
                content += decompressor.decompress(frames, 2**16)
                frames = b""
                if decompressor.needs_input:
                    raise Unreadable("cut")
                if len(content) > most_bytes:
                    raise Unreadable("content")
        except zstd.ZstdError as problem:
            raise Unreadable("frame") from problem
        frames = decompressor.unused_data
    return bytes(content)


@dataclass
class SealedFile:
    """A file whose seal is right: the librsync file in it, and what the seal says."""

    body: bytes
    record: dict[str, Any]


def open_sealed(content: bytes, most_bytes: int) -> SealedFile | None:
    """A sealed file, compressed or not, by docs/format.md alone; None for one without a seal.

    Raises: Unreadable.
    """
    if len(content) < 20 or content[-8:] != SEAL_MAGIC:
        return None
    payload_bytes = int.from_bytes(content[-20:-16], "big")
    crc = int.from_bytes(content[-16:-12], "big")
    version = int.from_bytes(content[-12:-10], "big")
    start = len(content) - 20 - payload_bytes
    if version != 1 or payload_bytes > 65536 or start < 0:
        raise Unreadable("footer")
    payload = content[start:-20]
    if zlib.crc32(content[start:-16] + bytes(4) + content[-12:]) != crc:
        raise Unreadable("crc")
    try:
        record = json.loads(payload.decode("ascii"))
        body = content[:start]
        if is_packed(content):
            magic, size = body[-8:-4], body[-4:]
            if int.from_bytes(size, "little") != payload_bytes + 20 or magic[1:] != b"\x2a\x4d\x18":
                raise Unreadable("frame")
            body = unpacked(body[:-8], most_bytes)
        said = record["body"]["size"], record["body"]["blake3"]
        right = said == (len(body), blake3(body).hexdigest())
    except (ValueError, RecursionError, KeyError, TypeError) as problem:
        raise Unreadable("payload") from problem
    if not right:
        raise Unreadable("body")
    if record["kind"] == "signature" and "basis" in record:
        check_basis_size(body, record["basis"]["size"])
    return SealedFile(body, record)


def check_basis_size(signature: bytes, basis_bytes: int) -> None:
    """Whether a basis of that size has that many blocks. Raises: Unreadable."""
    block, strong = (int.from_bytes(signature[at : at + 4], "big") for at in (4, 8))
    blocks = (len(signature) - 12) // (4 + strong)
    if not block or -(-basis_bytes // block) != blocks:
        raise Unreadable("basis size")


def check_no_remains(signature: bytes) -> None:
    """Whether a signature without a seal ends in what is left of one. Raises: Unreadable."""
    beginning = BEGINNINGS[0]
    if beginning in signature[-65556:]:
        raise Unreadable("remains")
    if any(signature.endswith(beginning[:length]) for length in range(8, 19)):
        raise Unreadable("remains")


def follows(delta: bytes, new: bytes, signature: bytes) -> bool:
    """Whether a plain delta may be made of that signature and that new file.

    Every literal must be the new file's bytes at its place, and every block that is copied must
    have the strong sum that the signature says. MD4 is taken on trust.
    """
    magic, block, strong = (int.from_bytes(signature[at : at + 4], "big") for at in (0, 4, 8))
    place = 0
    for command in commands_of(delta):
        if isinstance(command, bytes):
            if new[place : place + len(command)] != command:
                return False
            place += len(command)
            continue
        start, length = command
        end = min(place + length, len(new))
        if start % block or end != place + length:
            return False
        for at in range(place, end, block):
            index = (start + at - place) // block
            record = signature[12 + index * (4 + strong) : 12 + (index + 1) * (4 + strong)]
            digest = hashlib.blake2b(new[at : min(at + block, end)], digest_size=32).digest()
            if len(record) != 4 + strong or (magic & 1 and record[4:] != digest[:strong]):
                return False
        place = end
    return place == len(new)
