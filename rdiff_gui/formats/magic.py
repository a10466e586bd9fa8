"""Which kind of file the first four bytes announce."""

from __future__ import annotations

import enum

MAGIC_BYTES = 4

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
DELTA_MAGIC = 0x72730236
SIGNATURE_MAGICS = frozenset((0x72730136, 0x72730137, 0x72730146, 0x72730147))


class Kind(enum.StrEnum):
    """What a file is, by content alone."""

    EMPTY = "empty"
    ORDINARY = "ordinary"
    SIGNATURE = "signature"
    DELTA = "delta"
    COMPRESSED = "compressed"


def recognize(head: bytes) -> Kind:
    """The kind of a file that begins with `head` (its first four bytes, or all it has).

    A compressed file may hold any of the others; only unpacking tells.
    Source: librsync.h, enum rs_magic_number; RFC 8878, 3.1.1.
    """
    if not head:
        return Kind.EMPTY
    if head.startswith(ZSTD_MAGIC):
        return Kind.COMPRESSED
    magic = int.from_bytes(head[:MAGIC_BYTES], "big") if len(head) >= MAGIC_BYTES else None
    if magic == DELTA_MAGIC:
        return Kind.DELTA
    return Kind.SIGNATURE if magic in SIGNATURE_MAGICS else Kind.ORDINARY
