"""What the signature page says."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.engine.options import Sealing
from rdiff_gui.formats.signature_header import RollingSum, StrongHash
from rdiff_gui.wording import name_of, show_size, translate

TITLE = translate("Make a signature")
SUBTITLE = translate(
    "A small fingerprint of the old file, for whoever has the new one. It holds no content."
)
MAKE_SIGNATURE = translate("Make signature")

BLOCK_SIZE = translate("Block size")
AUTOMATIC = translate("Automatic")
BLOCK_SIZE_IN_A_SENTENCE = translate("The block size")
BLOCK_SIZE_ALLOWED = translate("“Automatic”, or a whole number of bytes from 1 to {most}")
HASH = translate("Hash")
HASHES = {
    StrongHash.BLAKE2: translate("BLAKE2 (recommended)"),
    StrongHash.MD4: translate("MD4 (for rdiff before 1.0)"),
}
ROLLING_SUM = translate("Rolling sum")
ROLLING_SUMS = {
    RollingSum.RABINKARP: translate("RabinKarp (recommended)"),
    RollingSum.ROLLSUM: translate("Rollsum (for rdiff before 2.2)"),
}
SUM_LENGTH = translate("Sum length")
SUM_LENGTHS = {0: translate("Full (recommended)"), -1: translate("Shortest that is safe")}
SEALINGS = {
    Sealing.FULL: translate("Names, sizes and checksums (recommended)"),
    Sealing.NAMELESS: translate("Sizes and checksums, no names"),
    Sealing.NONE: translate("None, as rdiff writes it"),
}
SEALING_HINT = translate(
    "With a seal, patching refuses a wrong or damaged file and proves that the result is right. "
    "rdiff reads sealed files too."
)

SIGNATURE_MADE = translate("Signature made")
GO_TO_PATCH = translate("Go to patch")
SEND_IT = translate(
    "Send “{name}” to whoever has the new file. When the delta comes back, drop it here."
)


def sizes(basis: Path, basis_bytes: int, signature_bytes: int) -> str:
    """How small the signature is beside its file."""
    return translate("{signature} for “{name}”, {size}").format(
        signature=show_size(signature_bytes), name=name_of(basis), size=show_size(basis_bytes)
    )
