"""Where files go, and why they cannot go together."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.wording import show_name, translate, translate_plural

MAKE_ITS_SIGNATURE = translate("Make its signature")
USE_AS_OLD_FILE = translate("Use it as the old file")
MAKE_A_DELTA_FROM_IT = translate("Make a delta from it")
MAKE_A_DELTA_WITH_IT = translate("Make a delta with it")
PATCH_WITH_IT = translate("Patch with it")


def name_of(path: Path) -> str:
    """The last part of a path, fit for one line of a sentence."""
    return show_name(path.name or path)


def is_a_folder(path: Path) -> str:
    """A folder was dropped."""
    return translate(
        "“{name}” is a folder. Signatures and deltas are made of single files; "
        "pack the folder into an archive first, for example with tar."
    ).format(name=name_of(path))


def link_to_nothing(path: Path) -> str:
    """A link whose target is gone was dropped."""
    return translate(
        "“{name}” is a link to a file that is not there. Find the file itself and use that."
    ).format(name=name_of(path))


def is_missing(path: Path) -> str:
    """The path leads nowhere."""
    return translate("“{name}” was not found. Perhaps it was moved, renamed or deleted.").format(
        name=show_name(path)
    )


def is_special(path: Path) -> str:
    """A pipe, a socket or a device was dropped."""
    return translate(
        "“{name}” is a pipe or a device, not a file. The window works with files; "
        "the command line (rdiff-gui --help) reads pipes and devices too."
    ).format(name=name_of(path))


def not_on_this_computer(address: str) -> str:
    """A file on a server was dropped."""
    return translate("“{address}” is not on this computer. Copy the file here first.").format(
        address=show_name(address)
    )


def too_many_files(count: int) -> str:
    """More than two files were dropped at once."""
    return translate_plural(
        "{count} file at once is too many. Drop one, or two that belong together: the old and "
        "the new file, a signature and the new file, or a delta and the old file.",
        "{count} files at once are too many. Drop one, or two that belong together: the old and "
        "the new file, a signature and the new file, or a delta and the old file.",
        count,
    ).format(count=count)


def same_file_twice(path: Path) -> str:
    """Old and new are one and the same file."""
    return translate(
        "Both are the same file, “{name}”. Choose the old version and the new one."
    ).format(name=name_of(path))


def two_signatures() -> str:
    """Two signatures were dropped."""
    return translate(
        "These are two signatures. A delta is made from one signature and the new file: "
        "drop those two."
    )


def two_deltas() -> str:
    """Two deltas were dropped."""
    return translate(
        "These are two deltas, which cannot be joined. Apply them one after the other: "
        "drop the first together with the old file."
    )


def signature_and_delta() -> str:
    """A signature and a delta were dropped."""
    return translate(
        "A signature and a delta do not go together. The signature is for making a delta from the "
        "new file; the delta is for patching the old file. Which one do you want to go on with?"
    )


def signature_for_old_file(path: Path) -> str:
    """A signature was put where the old file is due."""
    return translate(
        "“{name}” is a signature; here the old file itself is needed. With a signature and the "
        "new file you can make a delta."
    ).format(name=name_of(path))


def delta_for_file(path: Path) -> str:
    """A delta was put where the old or the new file is due."""
    return translate(
        "“{name}” is a delta; here the file itself is needed. A delta is applied to the old file "
        "in the patch step."
    ).format(name=name_of(path))


def basis_found(path: Path) -> str:
    """A file of the delta's name was found beside it."""
    return translate(
        "“{name}” lies beside the delta and its size fits, so it was taken as the old file."
    ).format(name=name_of(path))


def basis_proven(path: Path) -> str:
    """The old file was found beside the delta, under whatever name."""
    return translate(
        "“{name}” beside the delta is the old file that it was made for: its checksum fits."
    ).format(name=name_of(path))


def taken_as_old(path: Path) -> str:
    """An ordinary file was dropped on the delta's zone, and the old file was still missing."""
    return translate("“{name}” is an ordinary file, so it was taken as the old file.").format(
        name=name_of(path)
    )
