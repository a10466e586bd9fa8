"""The delta that leads back from a new tree to the old one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.input import FilePath, Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Effort, Sealing
from rdiff_gui.engine.output import open_undo_output
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.sides import Sides
from rdiff_gui.engine.trees.tree_delta import open_tree_output, refuse_within, write_between
from rdiff_gui.errors import Difference, UndoImpossible
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Seal
from rdiff_gui.formats.tree_manifest import Entry, EntryType, Manifest
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor


class UndoDelta:
    """One undo delta on its way; its file is taken back by `discard`."""

    def __init__(self, output: AtomicFile, run: Run) -> None:
        self.output = output
        self._run = run
        self._is_there = False

    def write(
        self,
        here: Tree,
        before: Tree,
        manifest: Manifest,
        seal: Seal | None,
        executor: Executor | None,
    ) -> None:
        """Write and publish what leads from the tree that stands `here` to what is in `before`.

        `seal` is that of the delta that led there; without, nothing tells the hash of all files.

        Raises: SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, OutputExists,
        Cancelled.
        """
        run, output = self._run, self.output
        written = open_tree_output(
            output, Kind.TREE_DELTA, Sealing.NAMELESS, Effort.TREE, run, compress=True
        )
        ends = (seal.result, seal.basis) if seal else (None, None)
        basis, result = (end and end.nameless() for end in ends)
        ends = (basis, result)
        write_between(here, before, manifest, written, run, ends=ends, executor=executor)
        publish(run, [output])
        self._is_there = True

    def discard(self) -> None:
        """The tree is as it was, so nothing leads back."""
        if self._is_there:
            with contextlib.suppress(OSError):
                self.output.folder.unlink(self.output.name)


@contextlib.contextmanager
def open_undo(
    undo: FilePath | None,
    folders: list[Path],
    delta: Input,
    sides: Sides,
    *,
    replace: bool,
    run: Run,
) -> Iterator[UndoDelta | None]:
    """Have the file of an undo delta, where one is wanted.

    Raises: UndoImpossible, where the delta tells no hashes; OutputIsInput, where it would stand in
    one of the folders or take the place of the `delta`; as open_undo_output.
    """
    if undo is None:
        yield None
        return
    if any(each.type is EntryType.FILE and not each.blake3 for each in sides.old.values()):
        raise UndoImpossible(Path(undo), delta.path)
    refuse_within(undo, folders)
    with open_undo_output(undo, [delta], replace=replace, run=run) as output:
        undone = UndoDelta(output, run)
        try:
            yield undone
        except BaseException:
            undone.discard()
            raise


def manifest_back(sides: Sides, kept: Sequence[Difference]) -> Manifest:
    """What an undo delta leads from and to; somebody's own files are left out on both sides."""
    own = {each.path for each in kept}

    def is_own(path: str, entry: Entry) -> bool:
        above = [path[:end] for end, character in enumerate(path) if character == "/"]
        return not own.isdisjoint((path, *above)) or entry.hardlink in own

    old, new = (
        {path: entry for path, entry in side.items() if not is_own(path, entry)}
        for side in (sides.new, sides.old)
    )
    return Manifest(old, new)
