"""What stands in a tree, against what a manifest says."""

from __future__ import annotations

import stat

from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.contents import hash_file
from rdiff_gui.engine.trees.sides import type_of
from rdiff_gui.errors import Difference, DifferenceKind, SourceMissing
from rdiff_gui.errors.files import Reading
from rdiff_gui.formats.tree_manifest import Entry, EntryType
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    import os


class Looker:
    """What stands in a tree, each file read once; `seen` is what the system said of it before."""

    def __init__(self, tree: Tree, run: Run) -> None:
        self.tree = tree
        self._run = run
        self._hashes: dict[str, str | None] = {}
        self.seen: dict[str, os.stat_result] = {}

    def status(self, path: str) -> os.stat_result | None:
        """Raises: SourceUnreadable."""
        with Reading(self.tree.path / path):
            return self.tree.status(path)

    def is_folder(self, path: str) -> bool:
        """Raises: SourceUnreadable."""
        status = self.status(path)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def has(self, path: str, entry: Entry) -> bool:
        """Whether just that stands there, by content. Raises: SourceUnreadable, Cancelled."""
        status = self.status(path)
        if status is None or type_of(status) is not entry.type:
            return False
        self.seen.setdefault(path, status)
        if entry.type is EntryType.LINK:
            with Reading(self.tree.path / path):
                return self.tree.read_link(path) == entry.target
        if entry.type is EntryType.FOLDER or not entry.blake3:
            return True
        if status.st_size != entry.size_bytes:
            return False
        found = self._hash(path)
        return found is not None and entry.has_hash(found)

    def _hash(self, path: str) -> str | None:
        if path not in self._hashes:
            try:
                self._hashes[path] = hash_file(self.tree, path, self._run)
            except SourceMissing:
                self._hashes[path] = None
        return self._hashes[path]

    def differs(self, path: str, entry: Entry) -> Difference | None:
        """How what stands there is not that. Raises: SourceUnreadable, Cancelled."""
        if self.has(path, entry):
            return None
        missing = self.status(path) is None
        return Difference(path, DifferenceKind.MISSING if missing else DifferenceKind.EDITED)
