"""The hashes of all files of a tree: small ones in batches on all cores, large ones in slices."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from rdiff_gui.engine.blake3_hash import hash_source
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.parallel import run_slices
from rdiff_gui.engine.system import Tree, read_at
from rdiff_gui.engine.trees.scan import Scan, open_again, open_file, version_of
from rdiff_gui.errors import SourceChanged, SourceMissing
from rdiff_gui.errors.files import Reading
from rdiff_gui.formats.tree_manifest import Entry, EntryType
from rdiff_gui.records import record, replace

# One that is as long has all cores for itself.
LARGE_BYTES = 2**25
# A batch is so much, or so many: a thread has something to do, and the others do not wait for it.
BATCH_BYTES = 2**22
BATCH_FILES = 64


def hash_scan(scan: Scan, run: Run) -> dict[str, Entry]:
    """The entries of a scan, its files with their hashes.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, FolderMoved, Cancelled.
    """
    files = [path for path, entry in scan.entries.items() if entry.type is EntryType.FILE]
    # Of several names of a file, the first has been read.
    own = [path for path in files if scan.entries[path].hardlink is None]
    small = [path for path in own if scan.entries[path].size_bytes < LARGE_BYTES]
    small_bytes = sum(scan.entries[path].size_bytes for path in small)
    hashing = _Hashing(scan, small, run)
    batches = -(-len(small) // BATCH_FILES) * BATCH_BYTES
    run_slices(hashing, BATCH_BYTES, max(small_bytes, batches), run)
    hashes = hashing.hashes
    for path in own:
        if path not in hashes:
            hashes[path] = _hash_large(scan, path, run)
    return {
        path: replace(entry, blake3=hashes[entry.hardlink or path])
        if entry.type is EntryType.FILE
        else entry
        for path, entry in scan.entries.items()
    }


def _hash_large(scan: Scan, path: str, run: Run) -> str:
    with open_file(scan.tree, path) as opened:
        if opened.status and version_of(opened.status) != scan.versions[path]:
            raise SourceChanged(opened.path)
        found = hash_source(opened, run)
        opened.check_unchanged()
        return found


def batches_of(paths: Sequence[str], size_of: dict[str, int]) -> Iterator[list[str]]:
    """The paths in order, in batches of some MiB or some files."""
    batch: list[str] = []
    batch_bytes = 0
    for path in paths:
        if batch and (len(batch) >= BATCH_FILES or batch_bytes + size_of[path] > BATCH_BYTES):
            yield batch
            batch, batch_bytes = [], 0
        batch.append(path)
        batch_bytes += size_of[path]
    if batch:
        yield batch


@record(eq=False)
class _Batch:
    """Some files of the tree, and a buffer for one after another."""

    paths: list[str]
    buffer: bytearray


class _Hashing:
    """The small files of a scan on their way."""

    def __init__(self, scan: Scan, paths: Sequence[str], run: Run) -> None:
        self._scan = scan
        self._run = run
        sizes = {path: scan.entries[path].size_bytes for path in paths}
        self._batches = batches_of(paths, sizes)
        self.hashes: dict[str, str] = {}

    def make(self) -> _Batch:
        return _Batch([], bytearray())

    def take(self, batch: _Batch) -> bool:
        batch.paths = next(self._batches, [])
        return bool(batch.paths)

    def work(self, batch: _Batch) -> None:
        """Raises: SourceMissing, SourceUnreadable, SourceChanged, FolderMoved, Cancelled."""
        from blake3 import blake3

        longest = max(self._scan.entries[path].size_bytes for path in batch.paths)
        if len(batch.buffer) < longest:
            batch.buffer = bytearray(longest)
        view = memoryview(batch.buffer)
        with open_again(self._scan.tree) as tree:
            for path in batch.paths:
                data = self._read(tree, path, view)
                self.hashes[path] = blake3(data).hexdigest()
                self._run.advance(len(data))

    def finish(self, batch: _Batch) -> None:
        """All is noted."""

    def _read(self, tree: Tree, path: str, buffer: memoryview) -> memoryview:
        """All of a file. One call after another: most files are small, and there may be many."""
        shown = tree.path / path
        version = self._scan.versions[path]
        data = buffer[: version[0]]
        with Reading(shown):
            try:
                descriptor = tree.open(path)
            except FileNotFoundError as problem:
                raise SourceMissing(shown) from problem
            try:
                filled = 0
                while filled < len(data) and (got := read_at(descriptor, data[filled:], filled)):
                    filled += got
                status = os.fstat(descriptor)
            finally:
                os.close(descriptor)
        if filled < len(data) or not stat.S_ISREG(status.st_mode) or version_of(status) != version:
            raise SourceChanged(shown)
        return data
