"""What the first bytes of a file announce: its kind, and what a frame of zstd asks for.

zstd writes a frame's head first, when the size of a stream is not known yet, and leaves the size
out. The blocks behind the head do not depend on it, so a head with room for the size can stand in
its place and be filled in at the end. Source: RFC 8878, 3.1.1.1 and 3.1.2.
"""

from __future__ import annotations

import enum
import struct

MAGIC_BYTES = 4
# As many as tell a tar.
TAR_HEADER_BYTES = 512

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
SKIPPABLE_MAGICS = range(0x184D2A50, 0x184D2A60)
DELTA_MAGIC = 0x72730236
SIGNATURE_MAGICS = frozenset((0x72730136, 0x72730137, 0x72730146, 0x72730147))


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


class Kind(enum.StrEnum):
    """What a file is, by content alone."""

    EMPTY = "empty"
    ORDINARY = "ordinary"
    SIGNATURE = "signature"
    DELTA = "delta"
    TREE_SIGNATURE = "tree-signature"
    TREE_DELTA = "tree-delta"
    COMPRESSED = "compressed"


# What a seal can be put on.
SEALED_KINDS = (Kind.SIGNATURE, Kind.DELTA, Kind.TREE_SIGNATURE, Kind.TREE_DELTA)

# The name in a tar's first header: ours; and what rdiffdir's begin with, of which its signatures
# have the folder itself without the dot. Source: POSIX pax, "ustar"; duplicity's diffdir.py.
TREE_NAMES = {
    Kind.TREE_SIGNATURE: b"rdiff-gui/tree-signature",
    Kind.TREE_DELTA: b"rdiff-gui/tree-delta",
}
_TAR_NAME_BYTES = 100
_TAR_MAGIC, _TAR_MAGIC_OFFSET = b"ustar", 257
_FOREIGN_SIGNATURES = (b"snapshot/\0", b"signature/")
_FOREIGN_DELTAS = (b"snapshot/", b"diff/", b"deleted/", b"multivol_diff/", b"multivol_snapshot/")


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
    """The kind of a file that begins with `head` (its first 512 bytes, or all it has).

    Of four bytes alone, a tree's is ordinary. A compressed file may hold any of the others; only
    unpacking tells.
    Source: librsync.h, enum rs_magic_number; RFC 8878, 3.1.1 and 3.1.2.
    """
    if not head:
        return Kind.EMPTY
    if head.startswith(ZSTD_MAGIC) or is_skippable(head):
        return Kind.COMPRESSED
    magic = int.from_bytes(head[:MAGIC_BYTES], "big") if len(head) >= MAGIC_BYTES else None
    if magic == DELTA_MAGIC:
        return Kind.DELTA
    if magic in SIGNATURE_MAGICS:
        return Kind.SIGNATURE
    return _recognize_tar(head)


def is_tar(head: bytes) -> bool:
    """Whether a tar begins so, by its first 512 bytes."""
    return head.startswith(_TAR_MAGIC, _TAR_MAGIC_OFFSET)


def _recognize_tar(head: bytes) -> Kind:
    if not is_tar(head):
        return Kind.ORDINARY
    name = head[:_TAR_NAME_BYTES].rstrip(b"\0")
    for kind, own_name in TREE_NAMES.items():
        if name == own_name:
            return kind
    if head.startswith(_FOREIGN_SIGNATURES):
        return Kind.TREE_SIGNATURE
    return Kind.TREE_DELTA if head.startswith(_FOREIGN_DELTAS) else Kind.ORDINARY


def is_skippable(head: bytes) -> bool:
    """Whether a zstd frame that unpacks to nothing begins with `head`."""
    return len(head) >= MAGIC_BYTES and (
        int.from_bytes(head[:MAGIC_BYTES], "little") in SKIPPABLE_MAGICS
    )


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
