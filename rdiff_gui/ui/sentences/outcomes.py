"""What is said of finished work."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.ui.sentences.placing import name_of
from rdiff_gui.wording import show_percent, show_size, translate

SIGNATURE_MADE = translate("Signature made")
NOTHING_SAVED = translate("Nothing saved")
IDENTICAL = translate("Already the same")
IDENTICAL_REMARK = translate(
    "The old and the new file are identical: there is nothing to send. "
    "The delta was written all the same, and changes nothing."
)
PATCHED = translate("New file made")
KEEP_THE_OLD_FILE = translate("Keep the old file until you have looked at the new one.")
SHOW_IN_FOLDER = translate("Show in folder")
COPY_PATH = translate("Copy path")
COPY_FILE = translate("Copy file")
GO_TO_PATCH = translate("Go to patch")


def signature_sizes(basis: Path, basis_bytes: int, signature_bytes: int) -> str:
    """How small the signature is beside its file."""
    return translate("{signature} for “{name}”, {size}").format(
        signature=show_size(signature_bytes), name=name_of(basis), size=show_size(basis_bytes)
    )


def send_signature(signature: Path) -> str:
    """What comes after the signature."""
    return translate(
        "Send “{name}” to whoever has the new file. When the delta comes back, drop it here."
    ).format(name=name_of(signature))


def smaller(fraction_saved: float) -> str:
    """The headline of a delta that saves something."""
    return translate("{percent} smaller").format(percent=show_percent(fraction_saved))


def delta_sizes(new_bytes: int, delta_bytes: int) -> str:
    """From what to what."""
    return translate("{new} new file → {delta} delta").format(
        new=show_size(new_bytes), delta=show_size(delta_bytes)
    )


def round_trip(signature_bytes: int, fraction_saved: float) -> str:
    """What remains saved when the signature's way is counted in."""
    if fraction_saved <= 0:
        return translate(
            "With the signature's {size} counted in, sending both ways takes as much as sending "
            "the file."
        ).format(size=show_size(signature_bytes))
    return translate(
        "With the signature's {size} counted in, both ways together are {percent} smaller."
    ).format(size=show_size(signature_bytes), percent=show_percent(fraction_saved))


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


def send_delta(delta: Path) -> str:
    """What comes after the delta."""
    return translate(
        "Send “{name}” to whoever has the old file; patching makes the new one."
    ).format(name=name_of(delta))


def patched_size(new_file: Path, size_bytes: int) -> str:
    """The new file's name and size."""
    return translate("“{name}”, {size}").format(name=name_of(new_file), size=show_size(size_bytes))
