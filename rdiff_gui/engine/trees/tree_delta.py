"""Delta of two folders that are both at hand."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from rdiff_gui.engine.delta_writer import DeltaOutput
from rdiff_gui.engine.input import FilePath
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import Effort, Resources, Sealing
from rdiff_gui.engine.output import Output, Target, open_output
from rdiff_gui.engine.parallel import available_cores
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.comparing import Comparison
from rdiff_gui.engine.trees.delta_writing import DeltaWriting, Ends
from rdiff_gui.engine.trees.hashing import hash_scan
from rdiff_gui.engine.trees.likeness import find_like
from rdiff_gui.engine.trees.options import KeepOptions
from rdiff_gui.engine.trees.recovery import refuse_unfinished
from rdiff_gui.engine.trees.scan import folder_path, open_tree, scan_tree
from rdiff_gui.engine.trees.summaries import TreeDeltaSummary
from rdiff_gui.errors import OutputIsInput
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.tree_manifest import (
    Manifest,
    Side,
    count_bytes,
)
from rdiff_gui.records import TYPE_CHECKING, replace

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["make_delta_from_trees"]


def make_delta_from_trees(
    old_folder: FilePath,
    new_folder: FilePath,
    delta: Target,
    *,
    keep: KeepOptions = KeepOptions(),  # noqa: B008  # frozen
    rdiffdir: bool = False,
    sealing: Sealing = Sealing.FULL,
    compress: bool = True,
    best: bool = False,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    executor: Executor | None = None,
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> TreeDeltaSummary:
    """Write the delta that turns all of `old_folder` into `new_folder`.

    What changed is told by content; a file that was moved takes no more than its name, and one that
    was moved and edited is compared with what it was. `keep` tells what else belongs to a file.
    With `rdiffdir`, nothing is written that rdiffdir does not know. The `executor` reads and
    compares files, if there is one: other processes, or computers that have both folders and
    `delta` under the same paths. What comes out is the same. What a worker loses is given away once
    more; the executor stays the caller's. `on_progress` gets bytes done of the larger folder, at
    most 20 times a second, on the calling thread.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, EntryRefused, FolderMoved,
    FolderNotShared, HelperLost, OutputIsInput, OutputExists (unless `replace`), OutputUnwritable,
    DiskFull, PartUnloadable, SystemRefused, Cancelled; on each, `delta` is as it was before the
    call.
    """
    folders = [folder_path(folder) for folder in (old_folder, new_folder)]

    def work(run: Run) -> TreeDeltaSummary:
        run.stage = Stage.LOADING_TREES
        with (
            open_tree(folders[0]) as old,
            open_tree(folders[1]) as new,
            open_output(delta, [], replace=replace, run=run) as output,
        ):
            refuse_within(delta, folders)
            trees = Trees(old, new, keep, run, executor)
            effort = Effort.TREE_DENSEST if best else Effort.TREE
            written = open_tree_output(output, Kind.TREE_DELTA, sealing, effort, run, compress)
            writing = write_between(
                old,
                new,
                trees.manifest,
                written,
                run,
                rdiffdir=rdiffdir,
                best=best,
                executor=executor,
            )
            publish(run, [output])
            return writing.summarize()

    return run_operation(work, on_progress, cancel, resources)


def count_comparing(before: Side, after: Side) -> int:
    """How much it takes at most to compare two sides, before it is known what was moved."""
    return sum(
        before.get(path, entry).size_bytes + 2 * entry.size_bytes
        for path, entry in after.items()
        if entry != before.get(path)
    )


def refuse_within(target: Target, folders: list[Path]) -> None:
    """Raises: OutputIsInput, where what is to be written is in one of the folders that are read."""
    if not isinstance(target, str | os.PathLike):
        return
    path = Path(os.path.realpath(os.fsdecode(target)))
    for folder in folders:
        if path.is_relative_to(os.path.realpath(folder)):
            raise OutputIsInput(Path(os.fsdecode(target)), folder, within=True)


def open_tree_output(
    output: Output, kind: Kind, sealing: Sealing, effort: Effort, run: Run, compress: bool
) -> DeltaOutput:
    """What a tar is written into."""
    threads = run.resources.threads or available_cores()
    return DeltaOutput(
        output, None, sealing, compress=compress, effort=effort, threads=threads, kind=kind
    )


class Trees:
    """Two folders, looked at and hashed."""

    def __init__(
        self, old: Tree, new: Tree, keep: KeepOptions, run: Run, executor: Executor | None
    ) -> None:
        """Raises: SourceMissing, SourceUnreadable, SourceChanged, EntryRefused, Cancelled."""
        for tree in (old, new):
            refuse_unfinished(tree)
        scans = [scan_tree(tree, keep, run) for tree in (old, new)]
        # All is hashed, and what looks changed is compared; what is, shows then.
        before, after = (scan.entries for scan in scans)
        sizes_bytes = count_bytes(before), count_bytes(after)
        run.whole_bytes = max(sizes_bytes)
        run.total_bytes = sum(sizes_bytes) + count_comparing(before, after)
        self.manifest = Manifest(*(hash_scan(scan, run, executor) for scan in scans))


def write_between(
    old: Tree,
    new: Tree,
    manifest: Manifest,
    output: DeltaOutput,
    run: Run,
    *,
    rdiffdir: bool = False,
    best: bool = False,
    ends: Ends | None = None,
    executor: Executor | None = None,
) -> DeltaWriting:
    """Write the tar between two trees at hand, of which all is in the `manifest`.

    `ends`: what the seal says of both, where the manifest does not have all hashes whole.

    Of the new one, those files are opened that the old one has not. Publishing it is the caller's,
    and then asking for the summary.

    Raises: as make_delta_from_trees.
    """
    if rdiffdir:
        manifest = without_hardlinks(manifest)

    def find_like_ones(gone: Sequence[str], wanting: Sequence[str]) -> Mapping[str, str]:
        return find_like(old, new, manifest, gone, wanting, run)

    comparison = Comparison(old, new, manifest, best)
    find = None if rdiffdir else find_like_ones
    writing = DeltaWriting(manifest, comparison, output, run, find)
    names = (name_of_tree(old), name_of_tree(new))
    writing.write(names, ends=ends, executor=executor)
    return writing


def name_of_tree(tree: Tree) -> str:
    """What a folder is called."""
    return tree.path.absolute().name


def without_hardlinks(manifest: Manifest) -> Manifest:
    """The names of one file as so many files."""
    new = {path: replace(entry, hardlink=None) for path, entry in manifest.new.items()}
    return Manifest(manifest.old, new)
