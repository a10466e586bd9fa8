"""What files say of themselves, whether a result is right, and the way back to the old file."""

from __future__ import annotations

import datetime
from pathlib import Path

from rdiff_gui.engine.options import Sealing
from rdiff_gui.formats.seal import Identity, Seal
from rdiff_gui.ui.sentences.placing import name_of
from rdiff_gui.wording import show_exact_size, show_name, translate

SEALING = translate("Seal")
SEALINGS = {
    Sealing.FULL: translate("Names, sizes and checksums (recommended)"),
    Sealing.NAMELESS: translate("Sizes and checksums, no names"),
    Sealing.NONE: translate("None, as rdiff writes it"),
}
SEALING_HINT = translate(
    "With a seal, patching refuses a wrong or damaged file and proves that the result is right. "
    "rdiff reads sealed files too."
)
COMPRESS = translate("Compress the delta")
COMPRESS_HINT = translate("For rdiff, unpack it first:  zstd -d")

CHECK = translate("Check")
IN_PLACE = translate("Put the result in the old file's place")
KEEP_BACKUP = translate("Keep the old file as a backup")
WITH_UNDO = translate("Also make an undo delta, which leads back to the old file")
SAVE_UNDO_AS = translate("Undo delta")
UNDO_TAKES_RESULTS_PLACE = translate(
    "That is the name of the new file. Choose another one for the undo delta."
)
FULL_CHECKSUM = translate("BLAKE3")

TOOK_ITS_PLACE = translate("It has taken the old file's place, and no backup was kept.")


def searching(fraction: float | None) -> str:
    """The old file is looked for beside its delta."""
    if fraction is None:
        return translate("Looking for it beside the delta…")
    return translate("Looking for it beside the delta… {percent} %").format(
        percent=int(fraction * 100)
    )


def undo_exists(undo: Path) -> str:
    """An undo delta never pushes out another file."""
    return translate("“{name}” exists already. Choose another name.").format(name=name_of(undo))


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


def fits(basis: Path, result_bytes: int, blake3: str) -> str:
    """Old file and delta were tried, and the result is the one that the seal names."""
    return translate(
        "Everything is right: from “{name}” this delta makes the new file of {size}, checked to "
        "the last byte (BLAKE3 {start}…). Nothing was written."
    ).format(name=name_of(basis), size=show_exact_size(result_bytes), start=blake3[:8])


def fits_unsealed(basis: Path, result_bytes: int) -> str:
    """They were tried, but nothing says whether the result is right."""
    return translate(
        "The delta can be applied to “{name}” and makes a file of {size}. Whether that is the "
        "right one cannot be checked: this delta carries no checksum. Nothing was written."
    ).format(name=name_of(basis), size=show_exact_size(result_bytes))


def backup_kept(new_file: Path, backup: Path) -> str:
    """The old file was moved aside."""
    return translate(
        "It has taken the old file's place. The old file is kept beside it as “{backup}”; to go "
        "back, give that its old name, “{name}”, again."
    ).format(backup=name_of(backup), name=name_of(new_file))


def undo_made(undo: Path) -> str:
    """The way back."""
    return translate(
        "“{name}” leads back: drop it here together with the new file, and the old one comes out."
    ).format(name=name_of(undo))


def seal_rows(seal: Seal | None, *, compressed: bool) -> list[tuple[str, str]]:
    """Compression, and what the seal adds: which files are meant, and who made it when."""
    packed = translate("with zstd") if compressed else translate("no")
    rows = [(translate("Compressed"), packed)]
    if seal is None:
        return [*rows, (SEALING, translate("none: a wrong file would not be noticed"))]
    if seal.basis is not None:
        rows.append((translate("Old file"), _show_identity(seal.basis)))
        rows.append((translate("Its BLAKE3"), seal.basis.blake3))
    if seal.result is not None:
        rows.append((translate("New file"), _show_identity(seal.result)))
        rows.append((translate("Its BLAKE3"), seal.result.blake3))
    made = translate("made {when} by {program}; its checksum is right").format(
        when=_show_moment(seal.created), program=show_name(seal.program)
    )
    return [*rows, (SEALING, made)]


def _show_identity(identity: Identity) -> str:
    size = show_exact_size(identity.size_bytes)
    if identity.name is None:
        return size
    return translate("{name} · {size}").format(name=show_name(identity.name), size=size)


def _show_moment(created: str) -> str:
    """The seal's time on this computer's clock; as it stands where it is no time."""
    try:
        moment = datetime.datetime.fromisoformat(created).astimezone()
    except (ValueError, OverflowError, OSError):
        return show_name(created)
    return moment.strftime("%Y-%m-%d %H:%M")
