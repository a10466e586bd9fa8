"""The twelve bytes a signature begins with."""

from __future__ import annotations

import enum
import struct
from pathlib import Path

from rdiff_gui.errors import NotASignature, SignatureDamaged, SignatureTruncated
from rdiff_gui.formats.magic import Kind, recognize
from rdiff_gui.records import TYPE_CHECKING, record
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from typing import ClassVar

BLOCK_BYTES_MAX = 64 * 2**20
STRONG_BYTES_MIN = 1
# Where the strong sums' length stands in the header.
STRONG_BYTES_OFFSET = 8
WEAK_BYTES = 4


class StrongHash(enum.StrEnum):
    """The strong sum of a block."""

    BLAKE2 = "blake2"
    MD4 = "md4"

    @property
    def max_bytes(self) -> int:
        """The whole hash, in bytes."""
        return 32 if self is StrongHash.BLAKE2 else 16


class RollingSum(enum.StrEnum):
    """The weak sum that slides over the new file."""

    RABINKARP = "rabinkarp"
    ROLLSUM = "rollsum"


_MAGICS = {
    (StrongHash.MD4, RollingSum.ROLLSUM): 0x72730136,
    (StrongHash.BLAKE2, RollingSum.ROLLSUM): 0x72730137,
    (StrongHash.MD4, RollingSum.RABINKARP): 0x72730146,
    (StrongHash.BLAKE2, RollingSum.RABINKARP): 0x72730147,
}
_KINDS = {magic: kind for kind, magic in _MAGICS.items()}


@record(frozen=True)
class SignatureHeader:
    """Magic, block length and strong length: three big-endian 32-bit numbers.

    After it come ceil(basis size / block_bytes) records of 4 + strong_bytes bytes.
    Source: librsync doc/formats.md, "Signatures"; src/mksum.c.
    """

    strong_hash: StrongHash
    rolling_sum: RollingSum
    block_bytes: int
    strong_bytes: int

    SIZE_BYTES: ClassVar[int] = 12

    @property
    def magic(self) -> int:
        """The first number, which names both sums."""
        return _MAGICS[self.strong_hash, self.rolling_sum]

    @property
    def record_bytes(self) -> int:
        """The length of one block's record."""
        return WEAK_BYTES + self.strong_bytes

    def signature_bytes(self, basis_bytes: int) -> int:
        """The size of the signature of a basis of that size."""
        return self.SIZE_BYTES + -(-basis_bytes // self.block_bytes) * self.record_bytes

    def basis_range(self, blocks: int) -> tuple[int, int]:
        """The smallest and the largest basis that `blocks` records can describe, in bytes."""
        return max(0, (blocks - 1) * self.block_bytes + 1) if blocks else 0, (
            blocks * self.block_bytes
        )

    def pack(self) -> bytes:
        """The twelve bytes."""
        return struct.pack(">III", self.magic, self.block_bytes, self.strong_bytes)

    @classmethod
    def read(cls, path: Path, head: bytes) -> SignatureHeader:
        """Read and judge the first twelve bytes of the signature at `path`.

        librsync takes values here on which it later aborts the process or makes a wrong delta.

        Raises: NotASignature, SignatureTruncated, SignatureDamaged.
        """
        kind = recognize(head)
        if kind is not Kind.SIGNATURE:
            raise NotASignature(path, kind)
        if len(head) < cls.SIZE_BYTES:
            raise SignatureTruncated(path, len(head))
        magic, block_bytes, strong_bytes = struct.unpack_from(">III", head)
        strong_hash, rolling_sum = _KINDS[magic]
        if not 1 <= block_bytes <= BLOCK_BYTES_MAX:
            raise SignatureDamaged(
                path, translate("block length"), block_bytes, f"1 – {BLOCK_BYTES_MAX}"
            )
        if not STRONG_BYTES_MIN <= strong_bytes <= strong_hash.max_bytes:
            raise SignatureDamaged(
                path,
                translate("checksum length"),
                strong_bytes,
                f"{STRONG_BYTES_MIN} – {strong_hash.max_bytes}",
            )
        return cls(strong_hash, rolling_sum, block_bytes, strong_bytes)

    def count_blocks(self, path: Path, size_bytes: int) -> int:
        """How many records a signature of that size holds.

        Raises: SignatureTruncated, where the last one is not whole.
        """
        blocks, rest_bytes = divmod(size_bytes - self.SIZE_BYTES, self.record_bytes)
        if rest_bytes:
            raise SignatureTruncated(path, size_bytes)
        return blocks
