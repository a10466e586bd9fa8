"""What the patch page says: whether a result is right, and the way back to the old file."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.wording import name_of, show_exact_size, show_size, translate

TITLE = translate("Patch")
SUBTITLE = translate("Make the new file from the old one and a delta.")
PATCH = translate("Patch")
CHECK = translate("Check")

BASIS_FOUND = translate(
    "“{name}” lies beside the delta and its size fits, so it was taken as the old file."
)
BASIS_PROVEN = translate(
    "“{name}” beside the delta is the old file that it was made for: its checksum fits."
)

IN_PLACE = translate("Put the result in the old file's place")
KEEP_BACKUP = translate("Keep the old file as a backup")
WITH_UNDO = translate("Also make an undo delta, which leads back to the old file")
SAVE_UNDO_AS = translate("Undo delta")
UNDO_TAKES_RESULTS_PLACE = translate(
    "That is the name of the new file. Choose another one for the undo delta."
)
# An undo delta never pushes out another file.
UNDO_EXISTS = translate("“{name}” exists already. Choose another name.")

PATCHED = translate("New file made")
KEEP_THE_OLD_FILE = translate("Keep the old file until you have looked at the new one.")
TOOK_ITS_PLACE = translate("It has taken the old file's place, and no backup was kept.")
UNDO_MADE = translate(
    "“{name}” leads back: drop it here together with the new file, and the old one comes out."
)


def searching(fraction: float | None) -> str:
    """The old file is looked for beside its delta."""
    if fraction is None:
        return translate("Looking for it beside the delta…")
    return translate("Looking for it beside the delta… {percent} %").format(
        percent=int(fraction * 100)
    )


def verified(new_file: Path, blake3: str) -> str:
    """The result's hash is the one that the delta's seal names."""
    return translate(
        "“{name}” is the new version, checked to the last byte (BLAKE3 {start}…)."
    ).format(name=name_of(new_file), start=blake3[:8])


def not_verified(size_bytes: int) -> str:
    """A delta of rdiff's format says nothing of the whole file."""
    return translate(
        "This delta carries no checksum, so the result could not be checked. It has {size}; "
        "whoever made the delta can tell you whether that agrees."
    ).format(size=show_exact_size(size_bytes))


def backup_kept(new_file: Path, backup: Path) -> str:
    """The old file was moved aside."""
    return translate(
        "It has taken the old file's place. The old file is kept beside it as “{backup}”; to go "
        "back, give that its old name, “{name}”, again."
    ).format(backup=name_of(backup), name=name_of(new_file))


def patched_size(new_file: Path, size_bytes: int) -> str:
    """The new file's name and size."""
    return translate("“{name}”, {size}").format(name=name_of(new_file), size=show_size(size_bytes))
