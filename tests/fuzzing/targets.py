"""What a campaign tries: each target turns a fuzzer's bytes into a hostile file, and judges it.

The first byte chooses how the rest is wrapped. Checksums are put right on the way, since no
fuzzer guesses a CRC-32 or a BLAKE3, and what lies behind them would never be reached.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from blake3 import blake3

from rdiff_gui.formats.magic import SKIPPABLE_HEADER, Kind
from rdiff_gui.formats.seal import FOOTER, FOOTER_MAGIC, Identity, Seal, pack

from .judging import MOST_BYTES, Workshop, judge_seal
from .reference import DELTA_MAGIC, ZSTD_MAGIC, Unreadable, patched

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SIGNATURE_MAGICS = (0x72730136, 0x72730137, 0x72730146, 0x72730147)
BLOCK_LENGTHS = (1, 2, 100, 128, 256, 2048, 2**26, 2**26 + 1)
STRONG_LENGTHS = (1, 3, 4, 8, 16, 17, 32, 33)

# What seals are made of, for a fuzzer to put in.
DICTIONARY = (
    *(b'"kind"', b'"delta"', b'"signature"', b'"body"', b'"program"', b'"created"', b'"basis"'),
    *(b'"result"', b'"size"', b'"blake3"', b'"name"', b'"\\ud800"', b'"\\udcff"', b'"../x"'),
    *(b'"%s"' % (b"ab" * 32), b"9223372036854775807", b"9223372036854775808", b"-1", b"1e999"),
    *(b"NaN", b"null", b"true", b"{", b"}", b"[", b"]", b":", b",", b'"\\u0000"', FOOTER_MAGIC),
    *(DELTA_MAGIC, ZSTD_MAGIC, b"\x5d\x2a\x4d\x18", b"\x72\x73\x01\x47", b"\x72\x73\x01\x36"),
)  # fmt: skip


def footed(payload: bytes, version: int = 1, length: int | None = None) -> bytes:
    """Any payload with a footer whose checksum fits."""
    length = len(payload) if length is None else length
    covered = payload[len(payload) - length :] if length <= len(payload) else payload
    crc = zlib.crc32(covered + FOOTER.pack(length, 0, version, 0, FOOTER_MAGIC))
    return payload + FOOTER.pack(length, crc, version, 0, FOOTER_MAGIC)


def framed(content: bytes, number: int = 13) -> bytes:
    """A zstd skippable frame."""
    return SKIPPABLE_HEADER.pack(0x184D2A50 + number % 16, len(content)) + content


def compressed(content: bytes) -> bytes:
    """One zstd frame with a checksum."""
    return zstd.compress(content, options={zstd.CompressionParameter.checksum_flag: 1})


def with_edits(content: bytes, edits: bytes) -> bytes:
    """`content` with bytes changed: each three bytes of `edits` are a place and what is flipped."""
    edited = bytearray(content)
    for place, flips in struct.iter_unpack(">HB", edits[: len(edits) // 3 * 3]):
        edited[place % len(edited)] ^= flips
    return bytes(edited)


def identity_of(content: bytes, name: str | None = None) -> Identity:
    """What a seal says of a file."""
    return Identity(len(content), blake3(content).hexdigest(), name)


def sealed_delta(workshop: Workshop, delta: bytes, *, basis: bool, lie: bool) -> Seal:
    """A seal that fits any delta; what it promises of the result is true, or a `lie`."""
    try:
        result = identity_of(patched(workshop.basis, delta, MOST_BYTES), "new")
    except Unreadable:
        result = identity_of(workshop.result)
    if lie:
        result = Identity(result.size_bytes, blake3(b"lie").hexdigest())
    old = identity_of(workshop.basis, "old") if basis else None
    return Seal(Kind.DELTA, identity_of(delta), "fuzz", "now", old, None, result)


def try_seal(_workshop: Workshop, mode: int, data: bytes) -> None:
    """The seal's reader: payloads of any kind behind a footer that fits, and any bytes."""
    in_frame = bool(mode & 1)
    content = footed(data, version=mode >> 6, length=None if mode & 16 else len(data) // 2)
    if mode & 2:
        content = data
    elif in_frame and mode & 4:
        content = framed(content, mode >> 4)
    judge_seal(content, Kind.SIGNATURE if mode & 8 else Kind.DELTA, compressed=in_frame)


def try_delta(workshop: Workshop, mode: int, data: bytes) -> None:
    """The scanner and the patch, end to end."""
    delta = DELTA_MAGIC + data if mode & 1 else data
    if mode & 2:
        delta += b"\0"
    content = delta
    if mode & 4:
        seal = pack(sealed_delta(workshop, delta, basis=bool(mode & 8), lie=mode & 48 == 48))
        content = compressed(delta) + framed(seal) if mode & 64 else delta + seal
    elif mode & 64:
        content = compressed(delta)
    workshop.judge_delta(content)


def try_signature(workshop: Workshop, mode: int, data: bytes) -> None:
    """The signature's reader, and the comparison with what it read."""
    body = data
    if mode & 3 == 1:
        choices = (data + bytes(3))[:3]
        header = struct.pack(
            ">III",
            SIGNATURE_MAGICS[choices[0] % 4],
            BLOCK_LENGTHS[choices[1] % 8],
            STRONG_LENGTHS[choices[2] % 8],
        )
        body = header + data[3:]
    elif mode & 3 == 2:
        body = with_edits(workshop.seeds["signature none"], data)
    elif mode & 3 == 3:
        body = workshop.seeds["signature none"] + data
    content = body
    if mode & 4:
        seal = Seal(Kind.SIGNATURE, identity_of(body), "fuzz", "now", identity_of(workshop.basis))
        record_bytes = 4 + body[11] if len(body) > 11 else 1
        packed = pack(seal, record_bytes=1 if mode & 8 else record_bytes)
        content = compressed(body) + framed(packed) if mode & 16 else body + packed
    elif mode & 16:
        content = compressed(body)
    workshop.judge_signature(content)


def try_zstd(workshop: Workshop, mode: int, data: bytes) -> None:
    """Unpacking, and finding the seal behind what was unpacked."""
    real = workshop.seeds["delta full compressed"]
    plain = workshop.seeds["delta none compressed"]
    match mode % 8:
        case 0:
            content = ZSTD_MAGIC + data
        case 1:
            content = with_edits(real, data)
        case 2:
            content = with_edits(plain, data)
        case 3:
            content = plain + data
        case 4:
            seal = sealed_delta(workshop, data, basis=True, lie=False)
            content = compressed(data[: mode // 7]) + compressed(data[mode // 7 :])
            content += framed(pack(seal))
        case 5:
            content = compressed(data) + framed(data[: mode // 7], mode)
        case 6:
            content = framed(data[: mode // 7], mode) + plain
        case _:
            content = compressed(with_edits(workshop.seeds["delta full uncompressed"], data))
    workshop.judge_delta(content)


@dataclass(frozen=True)
class Target:
    """One way in: what is tried, and which kinds of real file a campaign starts from."""

    attempt: Callable[[Workshop, int, bytes], None]
    modes: tuple[int, ...]
    parts: tuple[str, ...]


TARGETS = {
    "seal": Target(try_seal, (0x50, 0x55, 0x58, 0x02, 0x0A), ("payload", "full")),
    "delta": Target(try_delta, (0x00, 0x04, 0x0C, 0x34, 0x40, 0x44), ("delta",)),
    "signature": Target(try_signature, (0x00, 0x04, 0x10, 0x14, 0x02, 0x06), ("signature",)),
    "zstd": Target(try_zstd, tuple(range(16)), ("delta",)),
}


# A hundred copies of the whole basis: a result out of all proportion.
BOMB = DELTA_MAGIC + bytes.fromhex("4a00000400") * 100 + b"\0"


def attempt(name: str, workshop: Workshop, data: bytes) -> None:
    """Try one input of the fuzzer's. Raises: judging.Wrong."""
    if data:
        TARGETS[name].attempt(workshop, data[0], data[1:])


def seeds_of(name: str, workshop: Workshop) -> Iterator[bytes]:
    """The inputs that a campaign starts from: real files, wrapped in all ways."""
    files = workshop.seeds | {"a delta that expands": BOMB}
    for file in ("signature full", "delta full uncompressed"):
        whole = files[file]
        payload_bytes = int.from_bytes(whole[-20:-16], "big")
        files[f"payload of {file}"] = whole[-20 - payload_bytes : -20].rstrip()
    target = TARGETS[name]
    for mode in target.modes:
        for file, content in files.items():
            if any(part in file for part in target.parts):
                yield bytes((mode,)) + content
        yield bytes((mode,)) + bytes.fromhex("000103")
