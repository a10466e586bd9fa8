"""Which kind of file the first four bytes announce."""

from __future__ import annotations

import enum

MAGIC_BYTES = 4

DELTA_MAGIC = 0x72730236
SIGNATURE_MAGICS = frozenset((0x72730136, 0x72730137, 0x72730146, 0x72730147))


class Kind(enum.StrEnum):
    """What a file is, by content alone."""

    EMPTY = "empty"
    ORDINARY = "ordinary"
    SIGNATURE = "signature"
    DELTA = "delta"


def recognize(head: bytes) -> Kind:
    """The kind of a file that begins with `head` (its first four bytes, or all it has).

    Source: librsync.h, enum rs_magic_number.
    """
    if not head:
        return Kind.EMPTY
    magic = int.from_bytes(head[:MAGIC_BYTES], "big") if len(head) >= MAGIC_BYTES else None
    if magic == DELTA_MAGIC:
        return Kind.DELTA
    return Kind.SIGNATURE if magic in SIGNATURE_MAGICS else Kind.ORDINARY
