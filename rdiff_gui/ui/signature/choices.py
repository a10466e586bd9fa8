"""The signature options as the form offers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from rdiff_gui.engine.options import SignatureOptions
from rdiff_gui.errors import OptionOutOfRange
from rdiff_gui.formats.signature_header import BLOCK_BYTES_MAX
from rdiff_gui.ui.sentences import wizard

Choice = TypeVar("Choice")

BLOCK_CHOICES = (wizard.AUTOMATIC, "512", "1024", "2048", "4096", "8192", "16384", "65536")
HASH_CHOICES = tuple(wizard.HASHES.values())
ROLLING_CHOICES = tuple(wizard.ROLLING_SUMS.values())
LENGTH_CHOICES = tuple(wizard.SUM_LENGTHS.values())


def read_options(block: str, strong_hash: str, rolling: str, length: str) -> SignatureOptions:
    """The options that the form's texts stand for.

    Raises: OptionOutOfRange, for a block size that is none.
    """
    return SignatureOptions(
        block_bytes=_read_block_bytes(block),
        strong_bytes=_key(wizard.SUM_LENGTHS, length),
        strong_hash=_key(wizard.HASHES, strong_hash),
        rolling_sum=_key(wizard.ROLLING_SUMS, rolling),
    )


def _read_block_bytes(text: str) -> int:
    plain = "".join(text.split())
    if plain.casefold() in ("", "0", wizard.AUTOMATIC.casefold()):
        return 0
    # isdecimal alone takes other scripts' digits too, which int reads just as well.
    if not plain.isdecimal() or len(plain) > 9 or not 1 <= int(plain) <= BLOCK_BYTES_MAX:
        raise OptionOutOfRange(
            wizard.BLOCK_SIZE_IN_A_SENTENCE,
            f"“{text}”",
            wizard.BLOCK_SIZE_ALLOWED.format(most=BLOCK_BYTES_MAX),
        )
    return int(plain)


def _key(labels: Mapping[Choice, str], label: str) -> Choice:
    return next(key for key, text in labels.items() if text == label)
