"""What stands in a tree, against what a manifest says."""

from __future__ import annotations

import stat

from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.hashing import hash_elsewhere, hash_file
from rdiff_gui.engine.trees.scan import version_of
from rdiff_gui.engine.trees.sides import type_of
from rdiff_gui.errors import Difference, DifferenceKind, SourceMissing
from rdiff_gui.errors.files import Reading
from rdiff_gui.formats.tree_manifest import Entry, EntryType
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from concurrent.futures import Executor


class Looker:
    """What stands in a tree, each file read once.

    `hashes` are those of the files that were read, `seen` is what the system said of each before.
    """

    def __init__(self, tree: Tree, run: Run) -> None:
        self.tree = tree
        self._run = run
        self.hashes: dict[str, str] = {}
        self.seen: dict[str, os.stat_result] = {}

    def status(self, path: str) -> os.stat_result | None:
        """Raises: SourceUnreadable."""
        # All of a tree is looked at, and a path takes longer to be made than to be looked at.
        try:
            return self.tree.status(path)
        except (OSError, ValueError) as problem:
            raise Reading(self.tree.path / path).explain(problem) from problem

    def is_folder(self, path: str) -> bool:
        """Raises: SourceUnreadable."""
        status = self.status(path)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def resembles(self, path: str, entry: Entry) -> bool:
        """Whether it may stand there, as far as that is known without reading a file.

        Raises: SourceUnreadable.
        """
        status = self.status(path)
        if status is None or type_of(status) is not entry.type:
            return False
        if entry.type is EntryType.LINK:
            with Reading(self.tree.path / path):
                return self.tree.read_link(path) == entry.target
        return entry.type is EntryType.FOLDER or status.st_size == entry.size_bytes

    def has(self, path: str, entry: Entry) -> bool:
        """Whether just that stands there, by content. Raises: SourceUnreadable, Cancelled."""
        status = self.status(path)
        if status is None or type_of(status) is not entry.type:
            return False
        self.seen.setdefault(path, status)
        if entry.type is EntryType.FILE and not entry.blake3:
            return True
        if not self.resembles(path, entry):
            return False
        if entry.type is not EntryType.FILE:
            return True
        found = self._hash(path)
        return found is not None and entry.has_hash(found)

    def look_ahead(self, entries: Mapping[str, Entry], executor: Executor) -> None:
        """Have those files read by others that may be what is expected.

        Raises: SourceUnreadable, SourceChanged, FolderNotShared, HelperLost, Cancelled.
        """
        versions = {}
        for path, entry in entries.items():
            if entry.type is not EntryType.FILE or not entry.blake3 or path in self.hashes:
                continue
            status = self.status(path)
            if status and type_of(status) is entry.type and status.st_size == entry.size_bytes:
                self.seen.setdefault(path, status)
                versions[path] = version_of(status)
        self.hashes |= hash_elsewhere(self.tree, versions, self._run, executor)

    def _hash(self, path: str) -> str | None:
        if path not in self.hashes:
            try:
                self.hashes[path] = hash_file(self.tree, path, self._run)
            except SourceMissing:
                return None
        return self.hashes[path]

    def differs(self, path: str, entry: Entry) -> Difference | None:
        """How what stands there is not that. Raises: SourceUnreadable, Cancelled."""
        return None if self.has(path, entry) else self.describe(path)

    def describe(self, path: str) -> Difference:
        """How something else stands there. Raises: SourceUnreadable."""
        missing = self.status(path) is None
        return Difference(path, DifferenceKind.MISSING if missing else DifferenceKind.EDITED)
