"""One file of the new tree made in the stage: from a member of the delta, an old file, or both."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.blake3_hash import Hasher
from rdiff_gui.engine.delta_reader import Commands, scan_delta
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.output import Nowhere, Output
from rdiff_gui.engine.patch_writer import assemble
from rdiff_gui.engine.seal_io import Unwrapped
from rdiff_gui.engine.system import Folder, Tree, keep_attributes
from rdiff_gui.engine.trees.hashing import hash_file
from rdiff_gui.engine.trees.stage import IN, StageFolder
from rdiff_gui.errors import (
    BasisTooShort,
    FolderMoved,
    ResultIncomplete,
    ResultWrong,
)
from rdiff_gui.errors.files import Reading, Writing
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.tree_manifest import Entry
from rdiff_gui.records import record


@record(frozen=True)
class Making:
    """Where a new file's content comes from.

    `body` alone is the content itself, `basis` alone an old file that is taken as it is; with both,
    the body is a delta for the basis. `expected` is what must come out, as far as that is known.
    """

    path: str
    expected: Entry
    body: Input | None
    basis: Input | None


def make_content(making: Making, output: Output, shown: Path, run: Run) -> str:
    """Write a file's content, check it, and say its BLAKE3; `shown` names it in errors.

    Raises: NotADelta, DeltaTruncated, DeltaDamaged, DeltaTrailing, BasisTooShort, ResultWrong,
    ResultIncomplete, SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, Cancelled.
    """
    basis, commands, result_bytes = _read_commands(making, shown, run)
    expected = making.expected
    if expected.blake3 and result_bytes != expected.size_bytes:
        raise ResultIncomplete(shown, commands.delta.path, expected.size_bytes, result_bytes)
    hasher = Hasher(run.resources.threads)
    if basis is None:
        assert isinstance(output, AtomicFile | Nowhere)
        # Nothing is read from it; but its holes are asked for.
        basis = output.reading() if isinstance(output, AtomicFile) else commands.delta
    assemble(basis, commands, output, result_bytes, run, hasher)
    found = hasher.hexdigest()
    if making.basis:
        making.basis.check_unchanged()
    if not expected.has_hash(found):
        raise ResultWrong(shown, commands.delta.path, expected.blake3, found)
    return found


def _read_commands(making: Making, shown: Path, run: Run) -> tuple[Input | None, Commands, int]:
    """The basis, the commands, and how long a file they make."""
    body, basis = making.body, making.basis
    if body is None or basis is None:
        whole = body or basis
        assert whole
        size_bytes = whole.size_bytes or 0
        commands = Commands(whole)
        if size_bytes:
            commands.note([(body is not None, 0, size_bytes)])
        return basis, commands, size_bytes
    commands = Commands(body)
    unwrapped = Unwrapped(body, Kind.DELTA, None, compressed=False)
    totals = scan_delta(unwrapped, run, noted=commands)
    basis_bytes = basis.size_bytes or 0
    if totals.basis_bytes_needed > basis_bytes:
        raise BasisTooShort(shown, body.path, totals.basis_bytes_needed, basis_bytes)
    return basis, commands, totals.result_bytes


@record(frozen=True)
class Staged:
    """A file in the stage, or on its way there.

    Its BLAKE3, the mode of the old file that it was to be `like`, and what of that it has `lost`.
    """

    blake3: str
    like_mode: int | None = None
    lost: tuple[str, ...] = ()


@contextlib.contextmanager
def open_place(stage: StageFolder) -> Iterator[Folder]:
    """The stage's folder for what was made. Raises: OutputUnwritable, FolderMoved."""
    path = stage.place.path / IN
    with Writing(path):
        folder = Folder(path)
    with contextlib.closing(folder):
        status = stage.tree.status(IN)
        if status is None or (status.st_dev, status.st_ino) != folder.identity:
            raise FolderMoved(path)
        yield folder


def find_staged(stage: Tree, number: int, expected: Entry, run: Run) -> str | None:
    """The BLAKE3 of what an earlier run has made as NUMBER, if that is what is expected.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, Cancelled.
    """
    path = f"{IN}/{number}"
    with Reading(stage.path):
        standing = stage.status(path)
    if standing and (
        expected.blake3
        and stat.S_ISREG(standing.st_mode)
        and standing.st_nlink == 1
        and standing.st_size == expected.size_bytes
        and expected.has_hash(found := hash_file(stage, path, run))
    ):
        return found
    return None


def make_file(
    making: Making, like: Input | None, folder: Folder, name: str, shown: Path, run: Run
) -> Staged:
    """Make a file under a free name, with what the old file `like` has.

    That is owner, permissions, lists and attributes.

    Raises: as make_content.
    """
    output = AtomicFile(shown, folder, name, [], replace=False)
    lost: tuple[str, ...] = ()
    try:
        output.create()
        found = make_content(making, output, shown, run)
        with Writing(shown):
            if like:
                lost = keep_attributes(like.descriptor, output.descriptor)
            output.name_ahead(name)
        # It has its name to stay.
        output.part = None
    finally:
        output.discard()
        output.close()
    return Staged(found, mode_of(like), lost)


def mode_of(like: Input | None) -> int | None:
    """The mode of an old file."""
    return like.status.st_mode if like and like.status else None
