"""Frames of zstd: what their heads ask for, one that tells the content's size, frames to skip.

zstd writes the head first, when the size of a stream is not known yet, and leaves the size out.
The blocks behind the head do not depend on it, so a head with room for the size can stand in its
place and be filled in at the end. Source: RFC 8878, 3.1.1.1 and 3.1.2.
"""

from __future__ import annotations

import struct

from rdiff_gui.formats.magic import ZSTD_MAGIC, Packing, is_skippable

_SIZE_IN_EIGHT_BYTES = 0b11 << 6
_SINGLE_SEGMENT = 1 << 5
_HAS_DICTIONARY = 0b11

# Magic, descriptor, window.
SHORT_HEAD_BYTES = 6

SKIPPABLE_HEADER = struct.Struct("<II")

# Magic, descriptor, window, dictionary and the content's size, none of them left out.
HEAD_BYTES_MOST = 4 + 1 + 1 + 4 + 8

# What zstd unpacks without being asked for more: 2^27, and one. Source: zstd.h,
# ZSTD_WINDOWLOG_LIMIT_DEFAULT; zstd_decompress.c, ZSTD_MAXWINDOWSIZE_DEFAULT.
_WINDOW_BYTES_MOST = 2**27 + 1


def skippable_bytes(head: bytes) -> int | None:
    """The length of the skippable frame that begins with `head`; None for any other beginning."""
    if len(head) < SKIPPABLE_HEADER.size:
        return None
    _magic, content_bytes = SKIPPABLE_HEADER.unpack_from(head)
    return SKIPPABLE_HEADER.size + content_bytes if is_skippable(head) else None


def find_obstacle(head: bytes) -> Packing | None:
    """What keeps the frame that begins with `head` from being unpacked here; None for nothing.

    Source: RFC 8878, 3.1.1.1.
    """
    if len(head) <= SHORT_HEAD_BYTES - 1 or not head.startswith(ZSTD_MAGIC):
        return None
    descriptor = head[4]
    dictionary_bytes = (0, 1, 2, 4)[descriptor & _HAS_DICTIONARY]
    position = SHORT_HEAD_BYTES - bool(descriptor & _SINGLE_SEGMENT)
    if any(head[position : position + dictionary_bytes]):
        return Packing.ZSTD_DICTIONARY
    if descriptor & _SINGLE_SEGMENT:
        # The window is the whole content, whose size stands here.
        size_bytes = 1 << (descriptor >> 6)
        position += dictionary_bytes
        window_bytes = int.from_bytes(head[position : position + size_bytes], "little")
    else:
        exponent, mantissa = divmod(head[5], 8)
        window_bytes = (8 + mantissa) << (exponent + 7)
    return Packing.ZSTD_WINDOW if window_bytes > _WINDOW_BYTES_MOST else None


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
