"""What stands in a folder: every path of it, without following a link, and its files to be read."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.engine.input import FilePath, Input, path_or_stream
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.system import Tree, extended_attributes, group_name, user_name, walk
from rdiff_gui.engine.trees.options import KeepOptions
from rdiff_gui.errors import EntryRefused, FolderMoved, SourceChanged, SourceMissing
from rdiff_gui.errors.files import Reading
from rdiff_gui.formats.tree_manifest import (
    DEPTH_MOST,
    MTIME_MOST,
    ROOT,
    Entry,
    EntryType,
    Owner,
    sort_key,
)
from rdiff_gui.records import record, replace

# Files with less are not worth a hole; disks count what a file takes in units of so much.
_SPARSE_BYTES_LEAST = 2**16
_STATUS_BLOCK_BYTES = 512

_MTIME_NS_MOST = MTIME_MOST * 10**9


@record(frozen=True)
class Scan:
    """A folder as it was found. The files among its `entries` have no hash yet.

    `versions` tells a file that was written to meanwhile.
    """

    tree: Tree
    entries: dict[str, Entry]
    versions: dict[str, tuple[int, int]]


def folder_path(given: FilePath) -> Path:
    """What a caller gave as a folder. Raises: TypeError."""
    path = path_or_stream(given)
    if not isinstance(path, Path):
        raise TypeError("a folder is given as str or os.PathLike")
    return path


@contextlib.contextmanager
def open_tree(path: Path) -> Iterator[Tree]:
    """Open a folder. Raises: SourceMissing, SourceUnreadable."""
    with Reading(path):
        try:
            tree = Tree(path)
        except FileNotFoundError as problem:
            raise SourceMissing(path) from problem
    with contextlib.closing(tree):
        yield tree


@contextlib.contextmanager
def open_again(tree: Tree) -> Iterator[Tree]:
    """The same folder for another thread. Raises: SourceMissing, SourceUnreadable, FolderMoved."""
    with open_tree(tree.path) as again:
        with Reading(tree.path):
            same = again.identity == tree.identity
        if not same:
            raise FolderMoved(tree.path)
        yield again


def open_file(tree: Tree, path: str, version: tuple[int, int] | None = None) -> Input:
    """Open a regular file of a tree, which is of that version still.

    Raises: SourceMissing, SourceUnreadable, SourceChanged.
    """
    shown = tree.path / path
    with Reading(shown):
        try:
            descriptor = tree.open(path)
        except FileNotFoundError as problem:
            raise SourceMissing(shown) from problem
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or (version and version_of(status) != version):
            os.close(descriptor)
            raise SourceChanged(shown)
        stream = os.fdopen(descriptor, "rb", buffering=0)
    try:
        return Input(stream, shown, owned=True)
    except BaseException:
        stream.close()
        raise


def scan_tree(tree: Tree, keep: KeepOptions, run: Run) -> Scan:
    """Look at all that stands in a tree, in the order of `sort_key`.

    Raises: EntryRefused, SourceMissing, SourceUnreadable, SourceChanged, Cancelled.
    """
    return _Scanner(tree, keep, run).scan()


class _Scanner:
    """One tree, looked at once."""

    def __init__(self, tree: Tree, keep: KeepOptions, run: Run) -> None:
        self._tree = tree
        self._keep = keep
        self._run = run
        # Of files with several names, the first.
        self._first_names: dict[tuple[int, int], str] = {}
        self._users: dict[int, str] = {}
        self._groups: dict[int, str] = {}
        self._found: dict[str, tuple[Entry, os.stat_result]] = {}

    def scan(self) -> Scan:
        with Reading(self._tree.path):
            root = self._tree.status(ROOT)
            if root is None:
                raise SourceMissing(self._tree.path)
            self._take(ROOT, root)
            for path, status in walk(self._tree):
                self._run.check()
                if path.count("/") >= DEPTH_MOST:
                    # Nobody would read a manifest with it.
                    raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
                self._take(path, status)
        paths = sorted(self._found, key=sort_key)
        entries = {path: self._linked(path) for path in paths}
        versions = {path: version_of(self._found[path][1]) for path in paths}
        return Scan(self._tree, entries, versions)

    def _take(self, path: str, status: os.stat_result) -> None:
        shown = self._tree.path / path
        mode, target, size_bytes, sparse = status.st_mode & self._keep.mode_mask, "", 0, False
        if stat.S_ISREG(status.st_mode):
            kind, size_bytes = EntryType.FILE, status.st_size
            taken_bytes = getattr(status, "st_blocks", size_bytes) * _STATUS_BLOCK_BYTES
            sparse = size_bytes >= _SPARSE_BYTES_LEAST and taken_bytes < size_bytes
        elif stat.S_ISDIR(status.st_mode):
            kind = EntryType.FOLDER
        elif stat.S_ISLNK(status.st_mode):
            kind, mode = EntryType.LINK, 0
            with Reading(shown):
                target = self._tree.read_link(path)
        else:
            raise EntryRefused(shown)
        entry = Entry(
            kind,
            mode,
            _time_of(status),
            size_bytes,
            target=target,
            sparse=sparse,
            owner=self._owner_of(status) if self._keep.owners else None,
            attributes=self._attributes_of(path, kind),
        )
        self._found[path] = entry, status

    def _linked(self, path: str) -> Entry:
        """The entry, which knows the first name of its file."""
        entry, status = self._found[path]
        if entry.type is not EntryType.FILE or status.st_nlink < 2:
            return entry
        first = self._first_names.setdefault((status.st_dev, status.st_ino), path)
        if first == path:
            return entry
        return replace(entry, hardlink=first)

    def _owner_of(self, status: os.stat_result) -> Owner:
        uid, gid = status.st_uid, status.st_gid
        # Asked once for each, since a network may have to answer.
        if uid not in self._users:
            self._users[uid] = user_name(uid)
        if gid not in self._groups:
            self._groups[gid] = group_name(gid)
        return Owner(uid, gid, self._users[uid], self._groups[gid])

    def _attributes_of(self, path: str, kind: EntryType) -> dict[str, bytes]:
        keep = self._keep
        if kind is EntryType.LINK or not (keep.acls or keep.xattrs):
            return {}
        with Reading(self._tree.path / path):
            descriptor = self._tree.open(path)
            try:
                found = extended_attributes(descriptor)
            finally:
                os.close(descriptor)
        return {name: value for name, value in found.items() if keep.keeps_attribute(name)}


def version_of(status: os.stat_result) -> tuple[int, int]:
    """What tells one version of a file from another."""
    return status.st_size, _time_of(status)


def _time_of(status: os.stat_result) -> int:
    """When a file was written, as far as a manifest can tell: disks know years beyond 2262."""
    return max(-_MTIME_NS_MOST, min(status.st_mtime_ns, _MTIME_NS_MOST))
