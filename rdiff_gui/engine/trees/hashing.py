"""The hashes of all files of a tree: small ones in batches on all cores, large ones in slices."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rdiff_gui.engine.blake3_hash import hash_source
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.parallel import run_slices
from rdiff_gui.engine.system import Tree, read_at
from rdiff_gui.engine.trees.jobs import JOB_BYTES, do_jobs, full_path
from rdiff_gui.engine.trees.scan import Scan, open_again, open_file, open_tree, version_of
from rdiff_gui.errors import SourceChanged, SourceMissing
from rdiff_gui.errors.files import Reading
from rdiff_gui.formats.tree_manifest import Entry, EntryType
from rdiff_gui.records import TYPE_CHECKING, record, replace

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from typing import TypeVar

    T = TypeVar("T")

# One that is as long has all cores for itself.
LARGE_BYTES = 2**25
# A batch is so much, or so many: a thread has something to do, and the others do not wait for it.
BATCH_BYTES = 2**22
BATCH_FILES = 64


def hash_scan(scan: Scan, run: Run, executor: Executor | None = None) -> dict[str, Entry]:
    """The entries of a scan, its files with their hashes; the `executor` may read them.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, FolderMoved,
    FolderNotShared, HelperLost, Cancelled.
    """
    files = [path for path, entry in scan.entries.items() if entry.type is EntryType.FILE]
    # Of several names of a file, the first has been read.
    own = [path for path in files if scan.entries[path].hardlink is None]
    if executor is None:
        hashes = _hash_here(scan, own, run)
    else:
        versions = {path: scan.versions[path] for path in own}
        hashes = hash_elsewhere(scan.tree, versions, run, executor)
    return {
        path: replace(entry, blake3=hashes[entry.hardlink or path])
        if entry.type is EntryType.FILE
        else entry
        for path, entry in scan.entries.items()
    }


def _hash_here(scan: Scan, own: Sequence[str], run: Run) -> dict[str, str]:
    small = [path for path in own if scan.entries[path].size_bytes < LARGE_BYTES]
    small_bytes = sum(scan.entries[path].size_bytes for path in small)
    hashing = _Hashing(scan, small, run)
    batches = -(-len(small) // BATCH_FILES) * BATCH_BYTES
    run_slices(hashing, BATCH_BYTES, max(small_bytes, batches), run)
    hashes = hashing.hashes
    for path in own:
        if path not in hashes:
            hashes[path] = hash_file(scan.tree, path, run, scan.versions[path])
    return hashes


def hash_elsewhere(
    tree: Tree, versions: Mapping[str, tuple[int, int]], run: Run, executor: Executor
) -> dict[str, str]:
    """The hashes of files of a tree that are still of those versions, as others read them.

    Raises: as hash_scan.
    """
    root = full_path(tree)
    batches = batches_of(versions, lambda path: versions[path][0], JOB_BYTES)
    jobs = (
        HashJob(
            root,
            tuple((path, versions[path]) for path in batch),
            sum(versions[path][0] for path in batch),
        )
        for batch in batches
    )
    hashes: dict[str, str] = {}
    for found in do_jobs(executor, jobs, run):
        hashes |= found
    return hashes


@record(frozen=True)
class HashJob:
    """Files of a folder, each with its version, which must be the one that is read."""

    root: str
    files: tuple[tuple[str, tuple[int, int]], ...]
    step_bytes: int

    def do(self) -> dict[str, str]:
        """The hashes of all of them. Raises: as hash_scan."""
        run = Run(Resources(threads=1))
        with open_tree(Path(self.root)) as tree:
            return {path: hash_file(tree, path, run, version) for path, version in self.files}


def hash_file(tree: Tree, path: str, run: Run, version: tuple[int, int] | None = None) -> str:
    """The BLAKE3 of one file of a tree, which is still of that version.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, Cancelled.
    """
    with open_file(tree, path, version) as opened:
        found = hash_source(opened, run)
        opened.check_unchanged()
        return found


def batches_of(
    items: Iterable[T], size_of: Callable[[T], int], most_bytes: int = BATCH_BYTES
) -> Iterator[list[T]]:
    """The items in order, in batches of some MiB or some dozens."""
    batch: list[T] = []
    batch_bytes = 0
    for item in items:
        size_bytes = size_of(item)
        if batch and (len(batch) >= BATCH_FILES or batch_bytes + size_bytes > most_bytes):
            yield batch
            batch, batch_bytes = [], 0
        batch.append(item)
        batch_bytes += size_bytes
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
        self._batches = batches_of(paths, lambda path: scan.entries[path].size_bytes)
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
