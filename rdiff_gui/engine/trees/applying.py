"""A tree's delta applied: where the tree stands, or beside it; or only tried."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.engine.input import FilePath, Source
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.system import Tree, true_folder
from rdiff_gui.engine.temporary_file import undo_names
from rdiff_gui.engine.trees.options import TreePatchOptions
from rdiff_gui.engine.trees.patching import open_patching, refuse_existing
from rdiff_gui.engine.trees.scan import folder_path
from rdiff_gui.engine.trees.stage import status_at
from rdiff_gui.engine.trees.summaries import TreePatchSummary
from rdiff_gui.engine.trees.tree_delta import refuse_within
from rdiff_gui.engine.trees.undo import open_undo
from rdiff_gui.errors.files import Writing
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["apply_tree_patch", "verify_tree_patch"]


def apply_tree_patch(
    old: FilePath,
    delta: Source,
    new: FilePath | None,
    options: TreePatchOptions = TreePatchOptions(),  # noqa: B008  # frozen
    *,
    keep_backup: bool = True,
    undo: FilePath | None = None,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    executor: Executor | None = None,
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> TreePatchSummary:
    """Make the tree `new` of the tree `old`; where `new` is None, of `old` itself.

    All of it happens or nothing: what is new is made beside, checked and on the disk, before
    anything of the tree is moved, and what is moved is put back on any failure. A crash leaves a
    journal, by which the next run, or `recover_tree`, puts all back, or ends what had been done.
    What does not change is not touched. The delta that leads back is written to `undo` before the
    new tree is final, with `replace` over a file that has that name; in place and with
    `keep_backup`, beside the tree where none is named, if the delta has a manifest. The `executor`
    reads old files and makes new ones of them, if there is one: other processes, or computers that
    have both folders, and what is beside them, under the same paths. What a worker loses is given
    away once more; the executor stays the caller's. `on_progress` gets bytes done of what is
    read or made, at most 20 times a second, on the calling thread.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, SourceBusy, NotATree, TreeDamaged,
    TreeUnsafe, TreeTooNew, TreeDiffers, LinkLeadsOut, NamesCollide, NameImpossible,
    PartOnOtherDisk, UndoImpossible, OutputIsInput, OutputExists, OutputUnwritable, DiskFull,
    StageForeign, FolderNotShared, HelperLost, Cancelled, what apply_patch raises for a damaged
    delta; on each, all is as it was before. TreeUnfinished, where a failing disk allows that no
    more; it says where the rest is.
    """

    def work(run: Run) -> TreePatchSummary:
        beside = None if new is None else folder_path(new)
        if beside:
            refuse_existing(beside)
            refuse_within(beside, [folder_path(old)])
        with open_patching(
            old, delta, options, run, settled=beside is None, executor=executor
        ) as patching:
            tree = patching.tree
            wanted = None if undo is None else Path(undo)
            keeps = wanted is None and beside is None and keep_backup
            patching.check(whole=beside is not None, undo=keeps or wanted is not None)
            if keeps and patching.leads_back:
                wanted = _free_undo(tree)
            folders = [tree.path, beside] if beside else [tree.path]
            given, sides = patching.given_delta, patching.sides
            with open_undo(wanted, folders, given, sides, replace=replace, run=run) as undone:
                if beside:
                    patching.patch_beside(beside, undone)
                else:
                    patching.patch_in_place(undone)
            return patching.summarize(wanted)

    return run_operation(work, on_progress, cancel, resources)


def verify_tree_patch(
    old: FilePath,
    delta: Source,
    options: TreePatchOptions = TreePatchOptions(),  # noqa: B008  # frozen
    *,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    executor: Executor | None = None,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> TreePatchSummary:
    """Do all that apply_tree_patch does, but keep nothing of it; and read all of the old tree.

    The `executor` does its part as with apply_tree_patch.

    Raises: as apply_tree_patch, less what concerns writing.
    """

    def work(run: Run) -> TreePatchSummary:
        with open_patching(old, delta, options, run, settled=False, executor=executor) as patching:
            patching.check(whole=False, rest=True)
            patching.check_rest()
            patching.try_out()
            return patching.summarize()

    return run_operation(work, on_progress, cancel, resources)


def _free_undo(tree: Tree) -> Path:
    """Where an undo delta goes that nobody has named."""
    with Writing(tree.path):
        beside = true_folder(tree.path)
        names = (beside.with_name(name) for name in undo_names(beside.name))
        return next(path for path in names if status_at(path) is None)
