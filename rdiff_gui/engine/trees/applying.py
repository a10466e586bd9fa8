"""A tree's delta applied: where the tree stands, or beside it; or only tried."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.engine.input import FilePath, Source, open_input, path_or_stream
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.output import Nowhere
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.progress import Stage as Doing
from rdiff_gui.engine.seal_io import unwrap
from rdiff_gui.engine.system import Tree, true_folder
from rdiff_gui.engine.temporary_file import follow_links, undo_names
from rdiff_gui.engine.trees.building import Building
from rdiff_gui.engine.trees.contents import make_content
from rdiff_gui.engine.trees.execution import Execution, sources_of
from rdiff_gui.engine.trees.looking import Looker
from rdiff_gui.engine.trees.names import (
    refuse_collisions,
    refuse_impossible_names,
    refuse_outside_links,
)
from rdiff_gui.engine.trees.options import TreePatchOptions
from rdiff_gui.engine.trees.plan import Plan, Planner, Way
from rdiff_gui.engine.trees.recovery import settle_stage
from rdiff_gui.engine.trees.sides import read_sides
from rdiff_gui.engine.trees.stage import OUT, WHOLE, Stage, StagePlace, open_stage, status_at
from rdiff_gui.engine.trees.summaries import TreePatchSummary
from rdiff_gui.engine.trees.tree_file import TreeFile, open_tree_file
from rdiff_gui.engine.trees.undo import UndoDelta, manifest_back, open_undo
from rdiff_gui.errors import (
    DeltaExpands,
    FileProblem,
    LocalFilesKept,
    OutputExists,
    SourceMissing,
    TreeDiffers,
    TreePutBack,
)
from rdiff_gui.errors.files import Reading, Writing
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.tree_tar import MemberKind

__all__ = ["apply_tree_patch", "verify_tree_patch"]

# No change that people make gives files sixteen times as big as all they were made from.
_PROPORTION = 16


class _Patching:
    """One delta for one tree."""

    def __init__(
        self, tree: Tree, found: TreeFile, delta_bytes: int, options: TreePatchOptions, run: Run
    ) -> None:
        self._tree = tree
        self._found = found
        self._delta_bytes = delta_bytes
        self._options = options
        self._run = run
        self._delta = found.content.path
        self.sides = read_sides(found, tree)
        self.looker = Looker(tree, run)
        self.plan = Plan()
        self.remarks: list[FileProblem] = []

    def check(self, *, whole: bool) -> None:
        """All that can be known before the first write.

        Raises: TreeDiffers, TreeDamaged, LinkLeadsOut, NameImpossible, PartOnOtherDisk,
        DeltaExpands, SourceUnreadable, Cancelled.
        """
        run, sides, options = self._run, self.sides, self._options
        run.stage = Doing.CHECKING
        refuse_impossible_names(self._delta, sides.new)
        if not options.outside_links:
            refuse_outside_links(self._delta, sides.old, sides.new)
        keep_local = options.keep_local and not whole
        planner = Planner(self.looker, sides, self._delta, keep_local=keep_local)
        self.plan = planner.plan_whole() if whole else planner.plan()
        self._check_proportion()
        run.total_bytes = run.done_bytes + self.made_bytes

    @property
    def made_bytes(self) -> int:
        """What will be written, as far as the manifest tells."""
        return sum(each.entry.size_bytes for each in self.plan.targets if each.way is Way.MAKE)

    def _check_proportion(self) -> None:
        trust, made_bytes = self._options.trust, self.made_bytes
        if trust.limit_bytes is not None:
            if made_bytes > trust.limit_bytes:
                raise DeltaExpands(self._delta, made_bytes, trust.limit_bytes, limit_is_users=True)
        elif not trust.allow_expansion:
            old_bytes = sum(entry.size_bytes for entry in self.sides.old.values())
            most = _PROPORTION * (old_bytes + self._delta_bytes)
            if made_bytes > most:
                raise DeltaExpands(self._delta, made_bytes, most, limit_is_users=False)

    def _carry_out(self, stage: Stage, kind: type[Execution]) -> Execution:
        """An execution in the open stage, whose disk is looked at first.

        Raises: NamesCollide, DiskFull, OutputUnwritable.
        """
        with Writing(stage.place.path):
            refuse_collisions(self._delta, self.sides.new, stage.tree)
        stage.expect(self.made_bytes)
        return kind(
            self._tree, stage, self._found, self.sides, self.plan, self._options.keep, self._run
        )

    def try_out(self) -> None:
        """Make all files, and keep none. Raises: as make_content."""
        self._run.stage = Doing.PATCHING
        for target in self.plan.targets:
            self._run.check()
            if target.way is Way.MAKE:
                with sources_of(target, self._tree, self._found, self._run) as making:
                    make_content(making, Nowhere(), self._tree.path / target.path, self._run)

    def check_rest(self) -> None:
        """What the delta does not touch is as it should be, too. Raises: TreeDiffers."""
        wrong = [
            difference
            for path, entry in self.sides.old.items()
            if (difference := self.looker.differs(path, entry))
        ]
        if wrong:
            raise TreeDiffers(self._tree.path, self._delta, tuple(wrong))

    def patch_in_place(self, undone: UndoDelta | None) -> None:
        """Make the old tree the new one. Raises: as apply_tree_patch."""
        tree, kept = self._tree, self.plan.kept
        manifest = manifest_back(self.sides, kept) if undone else None
        if not self.plan.is_empty:
            with _working_stage(_stage_of(tree), tree.path, self._run) as stage:

                def write_undo() -> None:
                    if undone and manifest:
                        with Reading(stage.place.path):
                            before = Tree(stage.place.path / OUT)
                        with contextlib.closing(before):
                            undone.write(tree, before, manifest)

                execution = self._carry_out(stage, Execution)
                execution.stage_all()
                execution.move(write_undo)
                self.remarks += execution.remarks
        elif undone and manifest:
            undone.write(tree, tree, manifest)
        if kept:
            self.remarks.append(LocalFilesKept(tree.path, tuple(kept)))

    def patch_beside(self, new: Path, undone: UndoDelta | None) -> None:
        """Make the new tree at a path. Raises: as apply_tree_patch."""
        with Writing(new):
            folder, name = follow_links(new)
            true_path = folder / name
            if status_at(true_path) is not None:
                raise OutputExists(new)
            place = StagePlace.beside(true_path)
        with _working_stage(place, new, self._run) as stage:
            building = self._carry_out(stage, Building)
            assert isinstance(building, Building)
            building.build()
            if undone:
                with Reading(place.path):
                    whole = Tree(place.path / WHOLE)
                with contextlib.closing(whole):
                    undone.write(whole, self._tree, manifest_back(self.sides, []))
            building.name_it(true_path)
            self.remarks += building.remarks

    def summarize(self, undo: Path | None = None) -> TreePatchSummary:
        """What was done, or would be."""
        plan, sides = self.plan, self.sides
        moved = {
            each.path: each.source
            for each in plan.targets
            if each.way is Way.RENAME or (each.member and each.member.kind is MemberKind.MOVED)
        }
        others = {each.path for each in plan.targets} - {*moved}
        gone = {path for path in plan.outs if path not in sides.new} - {*moved.values()}
        return TreePatchSummary(
            self._delta_bytes,
            self.made_bytes,
            len(others & {*sides.old}),
            len(others - {*sides.old}),
            len(gone),
            len(moved),
            self._found.manifest is not None,
            tuple(plan.kept),
            undo,
            tuple(self.remarks),
            self._run.seconds,
        )


def apply_tree_patch(
    old: FilePath,
    delta: Source,
    new: FilePath | None,
    options: TreePatchOptions = TreePatchOptions(),  # noqa: B008  # frozen
    *,
    keep_backup: bool = True,
    undo: FilePath | None = None,
    resources: Resources = Resources(),  # noqa: B008  # frozen
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
    `keep_backup`, beside the tree where none is named, if the delta has a manifest. `on_progress`
    gets bytes read and written, at most 20 times a second, on the calling thread.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, SourceBusy, NotATree, TreeDamaged,
    TreeUnsafe, TreeTooNew, TreeDiffers, LinkLeadsOut, NamesCollide, NameImpossible,
    PartOnOtherDisk, OptionOutOfRange, OutputIsInput, OutputExists, OutputUnwritable, DiskFull,
    StageForeign, Cancelled, what apply_patch raises for a damaged delta; on each, all is as it was
    before. TreeUnfinished, where a failing disk allows that no more; it says where the rest is.
    """

    def work(run: Run) -> TreePatchSummary:
        remarks: list[FileProblem] = []
        with _opened(old, delta, options, run) as (tree, found, delta_bytes):
            if new is None:
                _settle(tree, remarks)
            elif status_at(_path_of(new)) is not None:
                raise OutputExists(_path_of(new))
            patching = _Patching(tree, found, delta_bytes, options, run)
            patching.remarks += remarks
            folders = [tree.path] if new is None else [tree.path, _path_of(new)]
            patching.check(whole=new is not None)
            wanted = undo
            if undo is None and new is None and keep_backup and found.manifest:
                wanted = _free_undo(tree) if not patching.plan.is_empty else None
            with open_undo(wanted, folders, patching.sides, replace=replace, run=run) as undone:
                if new is None:
                    patching.patch_in_place(undone)
                else:
                    patching.patch_beside(_path_of(new), undone)
            return patching.summarize(None if wanted is None else _path_of(wanted))

    return run_operation(work, on_progress, cancel, resources)


def verify_tree_patch(
    old: FilePath,
    delta: Source,
    options: TreePatchOptions = TreePatchOptions(),  # noqa: B008  # frozen
    *,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> TreePatchSummary:
    """Do all that apply_tree_patch does, but keep nothing of it; and read all of the old tree.

    Raises: as apply_tree_patch, less what concerns writing.
    """

    def work(run: Run) -> TreePatchSummary:
        with _opened(old, delta, options, run) as (tree, found, delta_bytes):
            patching = _Patching(tree, found, delta_bytes, options, run)
            patching.check(whole=False)
            patching.check_rest()
            patching.try_out()
            return patching.summarize()

    return run_operation(work, on_progress, cancel, resources)


def _path_of(given: FilePath) -> Path:
    path = path_or_stream(given)
    if not isinstance(path, Path):
        raise TypeError("a folder is given as str or os.PathLike")
    return path


@contextlib.contextmanager
def _opened(
    old: FilePath, delta: Source, options: TreePatchOptions, run: Run
) -> Iterator[tuple[Tree, TreeFile, int]]:
    """Raises: SourceMissing, SourceUnreadable; as open_tree_file."""
    path = _path_of(old)
    with contextlib.ExitStack() as opened:
        with Reading(path):
            try:
                tree = Tree(path)
            except FileNotFoundError as problem:
                raise SourceMissing(path) from problem
        opened.callback(tree.close)
        given = opened.enter_context(open_input(delta))
        measured = opened.enter_context(given.measured(run))
        delta_bytes = measured.size_bytes or 0
        unwrapped = opened.enter_context(unwrap(measured, run, options.trust))
        found = open_tree_file(unwrapped, run, Kind.TREE_DELTA)
        yield tree, found, delta_bytes


def _settle(tree: Tree, remarks: list[FileProblem]) -> None:
    """Put back, or end, what an earlier run has left, and remark it. Raises: as recover_tree."""
    with open_stage(_stage_of(tree), tree.path, make=False) as stage:
        if stage and stage.phase:
            remarks.append(TreePutBack(tree.path, settle_stage(tree, stage)))


def _free_undo(tree: Tree) -> Path:
    """Where an undo delta goes that nobody has named."""
    with Writing(tree.path):
        beside = true_folder(tree.path)
        names = (beside.with_name(name) for name in undo_names(beside.name))
        return next(path for path in names if status_at(path) is None)


def _stage_of(tree: Tree) -> StagePlace:
    with Reading(tree.path):
        return StagePlace.beside(true_folder(tree.path))


@contextlib.contextmanager
def _working_stage(place: StagePlace, shown: Path, run: Run) -> Iterator[Stage]:
    """A stage that is gone afterwards, but where a journal in it still leads back.

    Raises: SourceBusy, StageForeign, OutputUnwritable, DiskFull.
    """
    # What is in it must go before the caller does.
    run.put_back_alone()
    with open_stage(place, shown, make=True) as stage:
        assert stage
        try:
            yield stage
        finally:
            if stage.phase is None:
                # What cannot be removed now goes with the next run.
                with contextlib.suppress(OSError):
                    stage.remove()
