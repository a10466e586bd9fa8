"""Frames of zstd: the head rewritten so that it tells the content's size, and frames to skip.

zstd writes the head first, when the size of a stream is not known yet, and leaves the size out.
The blocks behind the head do not depend on it, so a head with room for the size can stand in its
place and be filled in at the end. Source: RFC 8878, 3.1.1.1 and 3.1.2.
"""

from __future__ import annotations

import struct

from rdiff_gui.formats.magic import ZSTD_MAGIC

_SIZE_IN_EIGHT_BYTES = 0b11 << 6
_SINGLE_SEGMENT = 1 << 5
_HAS_DICTIONARY = 0b11

# Magic, descriptor, window.
SHORT_HEAD_BYTES = 6

SKIPPABLE_HEADER = struct.Struct("<II")
SKIPPABLE_MAGICS = range(0x184D2A50, 0x184D2A60)


def skippable_bytes(head: bytes) -> int | None:
    """The length of the skippable frame that begins with `head`; None for any other beginning."""
    if len(head) < SKIPPABLE_HEADER.size:
        return None
    magic, content_bytes = SKIPPABLE_HEADER.unpack_from(head)
    return SKIPPABLE_HEADER.size + content_bytes if magic in SKIPPABLE_MAGICS else None


def sized_head(short_head: bytes, content_bytes: int) -> bytes:
    """The head of a streamed frame (magic, descriptor, window) with the content's size in it.

    Raises: ValueError, for a head of another shape.
    """
    magic, descriptor, window = short_head[:4], short_head[4], short_head[5]
    if magic != ZSTD_MAGIC or descriptor & (
        _SIZE_IN_EIGHT_BYTES | _SINGLE_SEGMENT | _HAS_DICTIONARY
    ):
        raise ValueError("not the head of a streamed zstd frame")
    return (
        magic
        + bytes((descriptor | _SIZE_IN_EIGHT_BYTES, window))
        + struct.pack("<Q", content_bytes)
    )
