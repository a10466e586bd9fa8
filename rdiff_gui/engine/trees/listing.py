"""All the paths of a folder's delta, for those who want to see them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from rdiff_gui.engine.input import Source, open_input
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.engine.seal_io import unwrap
from rdiff_gui.engine.trees.summaries import Change, Fate
from rdiff_gui.engine.trees.tree_file import open_tree_file
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.tree_manifest import EntryType, sort_key
from rdiff_gui.records import record

__all__ = ["ListedPath", "list_paths", "without_implied"]


@record(frozen=True)
class ListedPath:
    """What becomes of one path; `source` as of a Change, `size_bytes` in the new tree.

    Of what is deleted, the size in the old tree, as far as that is known.
    """

    path: str
    fate: Fate
    source: str | None
    size_bytes: int


def list_paths(delta: Source, *, cancel: CancelToken | None = None) -> tuple[ListedPath, ...]:
    """What a folder's delta does to each path, in order; also the files and links that stay.

    Without a manifest, these are not known.

    Raises: SourceMissing, SourceUnreadable, NotATree, TreeDamaged, TreeUnsafe, TreeTooNew,
    ContentDamaged, SealDamaged, SealTooNew, CompressionDamaged, Cancelled.
    """

    def work(run: Run) -> tuple[ListedPath, ...]:
        with (
            open_input(delta) as given,
            given.measured(run) as source,
            unwrap(source, run) as unwrapped,
        ):
            found = open_tree_file(unwrapped, run, Kind.TREE_DELTA)
            changes, manifest = found.list_changes(), found.manifest
        listed = [
            ListedPath(each.path, each.fate, each.source, each.new_bytes)
            for each in without_implied(changes)
        ]
        if manifest is None:
            return tuple(listed)
        changed = {change.path for change in changes}
        listed = [
            ListedPath(each.path, each.fate, None, manifest.old[each.path].size_bytes)
            if each.fate is Fate.DELETED
            else each
            for each in listed
        ]
        listed += [
            ListedPath(path, Fate.KEPT, None, entry.size_bytes)
            for path, entry in manifest.new.items()
            if path not in changed and entry.type is not EntryType.FOLDER
        ]
        return tuple(sorted(listed, key=lambda each: sort_key(each.path)))

    return run_operation(work, None, cancel)


def without_implied(changes: Sequence[Change]) -> list[Change]:
    """Those that people would count; they come in the order of their paths.

    Where a file was moved, its old path is not gone besides; and a folder comes or goes with what
    is in it.
    """
    moved = {change.source for change in changes if change.fate is Fate.MOVED}
    told = []
    for change, after in itertools.zip_longest(changes, changes[1:]):
        is_folder = after is not None and after.path.startswith(f"{change.path}/")
        comes_or_goes = change.fate in (Fate.NEW, Fate.DELETED) and is_folder
        if not comes_or_goes and not (change.fate is Fate.DELETED and change.path in moved):
            told.append(change)
    return told
