"""Names that are proposed for results: told from the input's, never an input's own.

`.rsig` and `.rdelta` open with a double-click; docs/desktop.md says why not rdiff's custom.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import platformdirs

from rdiff_gui.wording import translate

SIGNATURE_SUFFIX = ".rsig"
DELTA_SUFFIX = ".rdelta"


def propose_signature(basis: Path) -> Path:
    """`photos.db.rsig` beside `photos.db`."""
    return _beside(basis, f"{basis.name}{SIGNATURE_SUFFIX}", ())


def propose_delta(new_file: Path, inputs: Iterable[Path]) -> Path:
    """`photos.db.rdelta` beside the new `photos.db`."""
    return _beside(new_file, f"{new_file.name}{DELTA_SUFFIX}", inputs)


def propose_new_file(basis: Path, name: str | None = None) -> Path:
    """`name` beside the old `photos.db` where it is free and known, else `photos (new).db`.

    A name that is taken gets a number.
    """
    folder = writable_folder(basis.parent)
    if name is not None and not os.path.lexists(folder / name):
        return folder / name
    stem, suffix = _split(name or basis.name)
    number = 1
    while True:
        mark = translate("new") if number == 1 else f"{translate('new')} {number}"
        proposal = folder / f"{stem} ({mark}){suffix}"
        if not os.path.lexists(proposal):
            return proposal
        number += 1


def propose_undo(new_file: Path) -> Path:
    """`photos.db.undo.rdelta` beside the new `photos.db`; with a number where that is taken."""
    folder = writable_folder(new_file.parent)
    number = 1
    while True:
        mark = "undo" if number == 1 else f"undo-{number}"
        proposal = folder / f"{new_file.name}.{mark}{DELTA_SUFFIX}"
        if not os.path.lexists(proposal):
            return proposal
        number += 1


def writable_folder(folder: Path) -> Path:
    """`folder`, or where nothing can be written to it (a CD, a system folder), the user's own."""
    if os.access(folder, os.W_OK):
        return folder
    documents = platformdirs.user_documents_path()
    return documents if os.access(documents, os.W_OK) else Path.home()


def _beside(source: Path, name: str, inputs: Iterable[Path]) -> Path:
    folder = writable_folder(source.parent)
    taken = set(inputs)
    proposal = folder / name
    stem, suffix = proposal.stem, proposal.suffix
    number = 2
    while proposal in taken:
        proposal = folder / f"{stem} ({number}){suffix}"
        number += 1
    return proposal


def _split(name: str) -> tuple[str, str]:
    """Stem and extension; both parts of `.tar.gz` and the like are the extension."""
    path = Path(name)
    suffix = path.suffix
    before = Path(path.stem).suffix
    if before.lower() == ".tar":
        suffix = before + suffix
    return (name[: -len(suffix)], suffix) if suffix else (name, "")
