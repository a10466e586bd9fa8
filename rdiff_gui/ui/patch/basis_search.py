"""The old file that a delta is for, wherever it may be, and what is told of the search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rdiff_gui.desktop.history import History, Operation
from rdiff_gui.desktop.settings import own_name
from rdiff_gui.engine import find_basis
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.summaries import DeltaFacts, UnreadFacts
from rdiff_gui.engine.trees.summaries import TreeFacts
from rdiff_gui.records import record
from rdiff_gui.ui.routing import DroppedFile, look_at
from rdiff_gui.wording import name_of, show_name, translate

_FOLDERS_MOST = 8


@record(frozen=True)
class FoundBasis:
    """An old file; `proven` where its checksum is the one that the delta's seal names.

    `signed` is when a signature of it was made here, in seconds since 1970, if ever.
    """

    file: DroppedFile
    proven: bool
    signed: float | None = None


def look_for_basis(
    delta: DeltaFacts | UnreadFacts | TreeFacts,
    held: Sequence[Path],
    history: History,
    on_progress: ProgressCallback,
    cancel: CancelToken,
    on_candidate: Callable[[Path], None] | None = None,
) -> FoundBasis | None:
    """The old file that this delta is for; reads whole files.

    A sealed delta's is known by size and checksum, under whatever name: among the files that the
    window holds, those of the history, beside the delta, and in the folders used last. For another
    delta, `photos.db` for `photos.db.rdelta` is taken, held or beside it, when it is long enough.
    A folder is taken by its name, from beside the delta or from the history.

    Raises: SourceMissing, SourceUnreadable, SealDamaged, SealTooNew, CompressionDamaged, Cancelled.
    """
    entries = history.entries()
    if isinstance(delta, TreeFacts):
        return _look_for_folder(delta, [path for each in entries for path in each.inputs])
    found: Path | None
    if delta.seal and delta.seal.basis:
        used = [path for entry in entries for path in entry.paths]
        folders = list(dict.fromkeys(path.parent for path in (*held, *used)))[:_FOLDERS_MOST]
        found = find_basis(
            delta.path,
            elsewhere=[*held, *dict.fromkeys(used), *folders],
            on_candidate=on_candidate,
            on_progress=on_progress,
            cancel=cancel,
        )
        if found is None:
            return None
        signed = (
            entry.finished
            for entry in entries
            if entry.operation is Operation.SIGNATURE and entry.inputs == (found,)
        )
        return FoundBasis(look_at(found), proven=True, signed=next(signed, None))
    name = own_name(delta.path)
    if not name:
        return None
    beside = delta.path.with_name(name)
    for path in (*(path for path in held if path.name == beside.name), beside):
        file = look_at(path)
        if file.is_ordinary and file.size_bytes >= delta.basis_bytes_needed:
            return FoundBasis(file, proven=False)
    return None


def _look_for_folder(delta: TreeFacts, used: Sequence[Path]) -> FoundBasis | None:
    """A folder of the name that the delta knows, or that it is called after."""
    basis = delta.seal.basis if delta.seal else None
    # One dot is no name.
    name = (basis.name if basis else None) or Path(delta.path.stem).name
    if not name:
        return None
    beside = delta.path.with_name(name)
    for path in dict.fromkeys((beside, *(path for path in used if path.name == name))):
        folder = look_at(path)
        if folder.is_folder:
            return FoundBasis(folder, proven=False)
    return None


def comparing_checksum(delta: DeltaFacts | UnreadFacts | TreeFacts | None) -> str:
    """What is known of a file that is read whole now, to know all."""
    seal = delta.seal if delta else None
    if seal and seal.basis and seal.basis.sample is not None:
        return translate(
            "“{name}” has the right size and sample. Reading its checksum… {percent} %"
        )
    return translate("“{name}” has the right size. Reading its checksum… {percent} %")


def found_folder(old: Path, delta: Path) -> str:
    """A folder was found by its name, and taken."""
    if old.parent == delta.parent:
        text = translate(
            "The folder “{name}” lies beside the delta, which is made for one of that name, so it "
            "was taken. Its files are compared before anything is written."
        )
    else:
        text = translate(
            "The folder “{name}” in “{folder}” is called as the one that the delta was made for, "
            "so it was taken. Its files are compared before anything is written."
        )
    return text.format(name=name_of(old), folder=show_name(old.parent))


def found_basis(old: Path, delta: Path, *, proven: bool, signed: str | None) -> str:
    """An old file was found, and taken; `signed` is when, in words, a signature of it was made."""
    if signed is not None:
        text = translate(
            "Found “{name}”, which you signed {signed}. It is the old file that the delta was made "
            "for: its checksum fits."
        )
    elif proven and old.parent == delta.parent:
        text = translate(
            "“{name}” beside the delta is the old file that it was made for: its checksum fits."
        )
    elif proven:
        text = translate(
            "Found “{name}” in “{folder}”. It is the old file that the delta was made for: its "
            "checksum fits."
        )
    elif old.parent == delta.parent:
        text = translate(
            "“{name}” lies beside the delta and its size fits, so it was taken as the old file."
        )
    else:
        text = translate(
            "“{name}” in “{folder}” is called as the delta says and its size fits, so it was taken "
            "as the old file."
        )
    return text.format(name=name_of(old), folder=show_name(old.parent), signed=signed)
