"""What the delta page says."""

from __future__ import annotations

from rdiff_gui.wording import show_percent, show_size, translate

TITLE = translate("Make a delta")
SUBTITLE = translate(
    "Compare the new file with the old one. Only what changed goes into the delta."
)
MAKE_DELTA = translate("Make delta")
COMPARE_WITH_SIGNATURE = translate("I have a signature of the old file")
COMPARE_WITH_FILE = translate("I have the old file itself")
SWAP = translate("Swap old and new")
COMPRESS = translate("Compress the delta")
COMPRESS_HINT = translate("For rdiff, unpack it first:  zstd -d")
SMALLEST = translate("Smallest delta")
SMALLEST_HINT = translate("Takes twice as long")

NOTHING_SAVED = translate("Nothing saved")
IDENTICAL = translate("Already the same")
IDENTICAL_REMARK = translate(
    "The old and the new file are identical: there is nothing to send. "
    "The delta was written all the same, and changes nothing."
)
SMALLER = translate("{percent} smaller")
SEND_IT = translate("Send “{name}” to whoever has the old file; patching makes the new one.")


def sizes(new_bytes: int, delta_bytes: int) -> str:
    """From what to what."""
    return translate("{new} new file → {delta} delta").format(
        new=show_size(new_bytes), delta=show_size(delta_bytes)
    )


def round_trip(signature_bytes: int, fraction_saved: float) -> str:
    """What remains saved when the signature's way is counted in."""
    if fraction_saved > 0:
        text = translate(
            "With the signature's {size} counted in, both ways together are {percent} smaller."
        )
    else:
        text = translate(
            "With the signature's {size} counted in, sending both ways takes as much as sending "
            "the file."
        )
    return text.format(size=show_size(signature_bytes), percent=show_percent(fraction_saved))


def not_worth_it(new_bytes: int, delta_bytes: int) -> str:
    """Honest words for a delta that is as big as the file."""
    if not new_bytes:
        return translate("The new file is empty; nothing needs to be sent.")
    if delta_bytes < new_bytes:
        return translate(
            "This delta is almost as big as the file. Compressed or encrypted files rarely have "
            "parts in common; send the file itself."
        )
    return translate(
        "This delta is as big as the file. Compressed or encrypted files rarely have parts in "
        "common; send the file itself."
    )
