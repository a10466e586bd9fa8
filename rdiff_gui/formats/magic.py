"""Which kind of file the first bytes announce."""

from __future__ import annotations

import enum

MAGIC_BYTES = 4

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
SKIPPABLE_MAGICS = range(0x184D2A50, 0x184D2A60)
DELTA_MAGIC = 0x72730236
SIGNATURE_MAGICS = frozenset((0x72730136, 0x72730137, 0x72730146, 0x72730147))


class Kind(enum.StrEnum):
    """What a file is, by content alone."""

    EMPTY = "empty"
    ORDINARY = "ordinary"
    SIGNATURE = "signature"
    DELTA = "delta"
    COMPRESSED = "compressed"


class Packing(enum.StrEnum):
    """In what an ordinary file is packed, so that what is in it cannot be seen here.

    ZSTD holds neither signature nor delta, or is damaged; the other two of its kind need what this
    program does not give.
    """

    GZIP = "gzip"
    XZ = "xz"
    BZIP2 = "bzip2"
    ZSTD = "zstd"
    ZSTD_WINDOW = "zstd window"
    ZSTD_DICTIONARY = "zstd dictionary"


# Source: RFC 1952, 2.3.1; the .xz file format, 2.1.1.1; bzip2's decompress.c.
_PACKINGS = {b"\x1f\x8b": Packing.GZIP, b"\xfd7zX": Packing.XZ, b"BZh": Packing.BZIP2}


def recognize_packing(head: bytes) -> Packing | None:
    """How a file that begins with `head` is packed, as far as that alone tells."""
    return next((found for magic, found in _PACKINGS.items() if head.startswith(magic)), None)


def recognize(head: bytes) -> Kind:
    """The kind of a file that begins with `head` (its first four bytes, or all it has).

    A compressed file may hold any of the others; only unpacking tells.
    Source: librsync.h, enum rs_magic_number; RFC 8878, 3.1.1 and 3.1.2.
    """
    if not head:
        return Kind.EMPTY
    if head.startswith(ZSTD_MAGIC) or is_skippable(head):
        return Kind.COMPRESSED
    magic = int.from_bytes(head[:MAGIC_BYTES], "big") if len(head) >= MAGIC_BYTES else None
    if magic == DELTA_MAGIC:
        return Kind.DELTA
    return Kind.SIGNATURE if magic in SIGNATURE_MAGICS else Kind.ORDINARY


def is_skippable(head: bytes) -> bool:
    """Whether a zstd frame that unpacks to nothing begins with `head`."""
    return len(head) >= MAGIC_BYTES and (
        int.from_bytes(head[:MAGIC_BYTES], "little") in SKIPPABLE_MAGICS
    )
