"""The end of a tree's patch that was interrupted: back before its mark, forward behind it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from rdiff_gui.engine.input import FilePath
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.summaries import Recovery, RecoverySummary
from rdiff_gui.engine.system import Tree, true_folder
from rdiff_gui.engine.temporary_file import follow_links
from rdiff_gui.engine.trees.moves import Moves, finish, put_back
from rdiff_gui.engine.trees.scan import folder_path
from rdiff_gui.engine.trees.stage import Phase, StageFolder, StagePlace, open_stage, tree_of_stage
from rdiff_gui.errors import FileProblem, SourceMissing, TreeUnfinished
from rdiff_gui.errors.files import Reading, Writing
from rdiff_gui.errors.program import reason_of

__all__ = ["recover_tree"]


def recover_tree(
    folder: FilePath,
    *,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> RecoverySummary:
    """Settle what an interrupted patch has left of a tree, or of one that was to be made.

    It is given by its own path, or by that of its stage. Before the mark all is put back where it
    was, behind it what was left to do is done. Nothing is done to a tree that was not being
    patched.

    Raises: SourceMissing, SourceBusy, StageForeign, SourceUnreadable, OutputUnwritable,
    TreeUnfinished, Cancelled; on each, it can be called again.
    """
    path = folder_path(folder)

    def work(run: Run) -> RecoverySummary:
        run.stage = Stage.CHECKING
        run.put_back_alone()
        with Reading(path):
            true_path = tree_of_stage(Path(*follow_links(path.absolute())))
            place = StagePlace.beside(true_path)
        outcome = _recover(place, true_path, path)
        return RecoverySummary(path, outcome, None, run.seconds)

    return run_operation(work, on_progress, cancel)


def _recover(place: StagePlace, true_path: Path, shown: Path) -> Recovery:
    with open_stage(place, shown, make=False) as stage:
        if stage is None:
            with Reading(shown):
                if not true_path.exists():
                    raise SourceMissing(shown)
            return Recovery.NOTHING
        outcome = Recovery.NOT_BEGUN
        if stage.phase is not None:
            with Reading(shown):
                tree = Tree(true_path)
            with contextlib.closing(tree):
                complete = settle_stage(tree, stage)
            outcome = Recovery.COMPLETE if complete else Recovery.PUT_BACK
        with Writing(place.path):
            stage.remove()
    return outcome


def refuse_unfinished(tree: Tree) -> None:
    """Raises: TreeUnfinished, for a tree whose patch is at work or was interrupted."""
    with Reading(tree.path):
        place = StagePlace.beside(true_folder(tree.path))
        unfinished = any((place.path / phase).is_file() for phase in Phase)
    if unfinished:
        raise TreeUnfinished(tree.path, place.path)


def settle_stage(tree: Tree, stage: StageFolder) -> bool:
    """Go back from where the journal of a stage says, or on; whether the tree is new.

    What was made stays in the stage, for a run that makes it again.

    Raises: TreeUnfinished.
    """
    is_done = stage.phase is Phase.DONE
    try:
        moves = Moves.unpack(stage.read_journal())
        if is_done:
            finish(tree, stage, moves)
            return True
    except (FileProblem, OSError, ValueError, KeyError, TypeError) as problem:
        raise TreeUnfinished(tree.path, stage.place.path, reason_of(problem)) from problem
    put_back(tree, stage, moves)
    return False
