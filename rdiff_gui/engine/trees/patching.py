"""One delta for one tree: checked, and then made so, in its place or beside it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from rdiff_gui.engine.input import FilePath, Input, Source, open_input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.progress import Stage
from rdiff_gui.engine.seal_io import unwrap
from rdiff_gui.engine.system import Tree, true_folder
from rdiff_gui.engine.temporary_file import follow_links
from rdiff_gui.engine.trees.building import Building
from rdiff_gui.engine.trees.execution import Execution, try_files
from rdiff_gui.engine.trees.looking import Looker
from rdiff_gui.engine.trees.names import (
    refuse_collisions,
    refuse_impossible_names,
    refuse_outside_links,
)
from rdiff_gui.engine.trees.options import TreePatchOptions
from rdiff_gui.engine.trees.plan import Means, Plan, Planner
from rdiff_gui.engine.trees.recovery import refuse_unfinished, settle_stage
from rdiff_gui.engine.trees.scan import folder_path, open_tree
from rdiff_gui.engine.trees.sides import read_sides
from rdiff_gui.engine.trees.stage import OUT, WHOLE, StageFolder, StagePlace, open_stage, status_at
from rdiff_gui.engine.trees.summaries import TreePatchSummary
from rdiff_gui.engine.trees.tree_delta import count_comparing
from rdiff_gui.engine.trees.tree_file import TreeFile, open_tree_file
from rdiff_gui.engine.trees.undo import UndoDelta, manifest_back
from rdiff_gui.errors import (
    BasisTooShort,
    DeltaExpands,
    FileProblem,
    LocalFilesKept,
    OutputExists,
    ResultIncomplete,
    ResultWrong,
    TreeDiffers,
    TreePutBack,
    TreeUnfinished,
)
from rdiff_gui.errors.files import Reading, Writing
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.tree_manifest import ROOT, Entry, EntryType, Manifest, count_bytes, hash_side
from rdiff_gui.formats.tree_tar import MemberKind
from rdiff_gui.records import TYPE_CHECKING, replace

if TYPE_CHECKING:
    from concurrent.futures import Executor

# No change that people make gives files sixteen times as big as all they were made from.
_PROPORTION = 16
# So much fills no disk.
_HARMLESS_BYTES = 2**26


class Patching:
    """One delta for one tree."""

    def __init__(
        self,
        tree: Tree,
        found: TreeFile,
        given: Input,
        options: TreePatchOptions,
        run: Run,
        executor: Executor | None,
    ) -> None:
        self.tree = tree
        self.options = options
        self.given_delta = given
        self.delta = given.path
        self._found = found
        self._delta_bytes = given.size_bytes or 0
        self._run = run
        self._executor = executor
        self.sides = read_sides(found, tree)
        self.looker = Looker(tree, run)
        self.plan = Plan()
        self.remarks: list[FileProblem] = []
        self._rest: Mapping[str, Entry] = {}
        self._undo_bytes = 0

    def check(self, *, whole: bool, rest: bool = False, undo: bool = False) -> None:
        """All that can be known before the first write.

        What comes after it counts for how far the work is: the new tree made `whole`, `rest`, where
        `check_rest` follows, and `undo`, where the delta that leads back is made.

        Raises: TreeDiffers, TreeDamaged, LinkLeadsOut, NameImpossible, PartOnOtherDisk,
        DeltaExpands, SourceUnreadable, Cancelled.
        """
        sides = self.sides
        read = {} if whole else sides.find_read()
        self._rest = sides.old if rest else {}
        if undo and self.has_manifest:
            self._undo_bytes = count_comparing(sides.new, sides.old)
        self.expect(count_bytes(self._rest or read), sides.count_made(whole=whole))
        if read:
            self.look_ahead(read)
        keep_local = self.options.keep_local and not whole
        self._planner = Planner(self.looker, self.sides, self.delta, keep_local=keep_local)
        self.plan = self._planner.plan_whole() if whole else self._planner.plan()
        self.check_trust()

    def look_ahead(self, *sides: Mapping[str, Entry]) -> None:
        """Have the executor read files that will be looked at.

        Raises: SourceUnreadable, SourceChanged, FolderNotShared, HelperLost, Cancelled.
        """
        if self._executor is not None:
            for side in sides:
                self.looker.look_ahead(side, self._executor)

    def check_trust(self) -> None:
        """What the plan makes is nothing that a stranger's delta may not.

        Raises: LinkLeadsOut, NameImpossible, DeltaExpands.
        """
        sides = self.sides
        refuse_impossible_names(self.delta, sides.new)
        if not self.options.outside_links:
            refuse_outside_links(self.delta, sides.old, sides.new)
        self._check_proportion()
        left = (entry for path, entry in self._rest.items() if path not in self.looker.hashes)
        self._expect(sum(entry.size_bytes for entry in left), self.made_bytes)

    def expect(self, read_bytes: int, made_bytes: int) -> None:
        """So much of what stands there will be read at most, and so much made of the new tree."""
        self._run.whole_bytes = min(max(read_bytes, made_bytes), self.sides.larger_bytes)
        self._expect(read_bytes, made_bytes)

    def _expect(self, read_bytes: int, made_bytes: int) -> None:
        # Without a manifest, nobody knows how much it will be.
        if self.has_manifest:
            more_bytes = read_bytes + made_bytes + self._undo_bytes
            self._run.total_bytes = self._run.done_bytes + more_bytes

    @property
    def leads_back(self) -> bool:
        """Whether there is something to undo, and all is known that this needs."""
        return self.has_manifest and not self.plan.is_empty

    @property
    def has_manifest(self) -> bool:
        """Whether the delta tells all hashes."""
        return self._found.manifest is not None

    @property
    def made_bytes(self) -> int:
        """What will be written, as far as the manifest tells."""
        return sum(each.entry.size_bytes for each in self.plan.targets if each.way is Means.MAKE)

    def _check_proportion(self) -> None:
        trust, made_bytes = self.options.trust, self.made_bytes
        if trust.limit_bytes is not None:
            if made_bytes > trust.limit_bytes:
                raise DeltaExpands(self.delta, made_bytes, trust.limit_bytes, limit_is_users=True)
        elif not trust.allow_expansion:
            old_bytes = sum(entry.size_bytes for entry in self.sides.old.values())
            most = max(_HARMLESS_BYTES, _PROPORTION * (old_bytes + self._delta_bytes))
            if made_bytes > most:
                raise DeltaExpands(self.delta, made_bytes, most, limit_is_users=False)

    def _carry_out(self, stage: StageFolder, kind: type[Execution]) -> Execution:
        """An execution in the open stage, whose disk is looked at first.

        Raises: NamesCollide, DiskFull, OutputUnwritable.
        """
        with Writing(stage.place.path):
            refuse_collisions(self.delta, self.sides.new, stage.tree)
        stage.expect(self.made_bytes)
        return kind(
            self.tree,
            stage,
            self._found,
            self.sides,
            self.plan,
            self.options.keep,
            self._run,
            self._executor,
        )

    def try_out(self) -> None:
        """Make all files, and keep none. Raises: as make_content."""
        self._run.stage = Stage.PATCHING
        hashes = dict(self.looker.hashes)
        tried = try_files(self.tree, self._found, self.plan.targets, self._run, self._executor)
        with contextlib.closing(tried):
            for target in self.plan.targets:
                self._run.check()
                if target.way is Means.MAKE:
                    hashes[target.path] = next(tried)
                elif target.way is Means.RENAME:
                    hashes[target.path] = self.looker.hashes[target.source]
        self._check_all(self.tree.path, hashes)

    def _check_all(self, shown: Path, hashes: Mapping[str, str]) -> None:
        """Hold all that came out against the seal, which has one hash for all of it.

        Raises: ResultWrong.
        """
        expected = self._found.seal.result if self._found.seal else None
        if expected is None or not self.has_manifest:
            return
        found = hash_side(
            {
                path: replace(entry, blake3=hashes.get(entry.hardlink or path, ""))
                if entry.type is EntryType.FILE
                else entry
                for path, entry in self.sides.new.items()
            }
        )
        if found != expected.blake3:
            raise ResultWrong(shown, self.delta, expected.blake3, found)

    def check_rest(self) -> None:
        """What the delta does not touch is as it should be, too. Raises: TreeDiffers."""
        self.look_ahead(self.sides.old)
        wrong = [
            difference
            for path, entry in self.sides.old.items()
            if (difference := self.looker.differs(path, entry))
        ]
        if wrong:
            raise TreeDiffers(self.tree.path, self.delta, tuple(wrong))

    def patch_in_place(self, undone: UndoDelta | None) -> None:
        """Make the old tree the new one. Raises: as apply_tree_patch."""
        tree, kept, seal = self.tree, self.plan.kept, self._found.seal
        manifest = manifest_back(self.sides, kept) if undone else None
        if not self.plan.is_empty:
            place = _stage_of(tree)
            with Reading(tree.path):
                root = tree.status(ROOT)
            root_ns = root.st_mtime_ns if root else 0
            try:
                with _working_stage(place, tree.path, self._run) as stage:
                    self._execute(stage, undone, manifest)
                    root_ns = self.sides.new[ROOT].mtime_ns
            finally:
                if place.folder == true_folder(tree.path):
                    # The stage came and went in the tree itself.
                    with contextlib.suppress(OSError):
                        tree.set_time(ROOT, root_ns)
        elif undone and manifest:
            undone.write(tree, tree, manifest, None if kept else seal, self._executor)
        if kept:
            self.remarks.append(LocalFilesKept(tree.path, tuple(kept)))

    def _execute(
        self, stage: StageFolder, undone: UndoDelta | None, manifest: Manifest | None
    ) -> None:
        tree, seal = self.tree, None if self.plan.kept else self._found.seal

        def write_undo() -> None:
            if undone and manifest:
                with Reading(stage.place.path):
                    before = Tree(stage.place.path / OUT)
                with contextlib.closing(before):
                    undone.write(tree, before, manifest, seal, self._executor)

        execution = self._carry_out(stage, Execution)
        execution.stage_all()
        execution.move(write_undo)
        execution.remark_lost()
        self.remarks += execution.remarks

    def patch_beside(self, new: Path, undone: UndoDelta | None) -> None:
        """Make the new tree at a path. Raises: as apply_tree_patch."""
        true_path = refuse_existing(new)
        with Writing(new):
            place = StagePlace.beside(true_path)
        with _working_stage(place, new, self._run) as stage:
            building = self._carry_out(stage, Building)
            assert isinstance(building, Building)
            try:
                building.build()
                self._check_all(new, building.hashes)
            except (ResultWrong, ResultIncomplete, BasisTooShort) as problem:
                # Whatever else went wrong, a wrong old file is told first.
                raise self._planner.explain() or problem from problem
            if undone:
                with Reading(place.path):
                    whole = Tree(place.path / WHOLE)
                with contextlib.closing(whole):
                    manifest = manifest_back(self.sides, [])
                    undone.write(whole, self.tree, manifest, self._found.seal, self._executor)
            building.name_it(true_path)
            self.remarks += building.remarks

    def summarize(self, undo: Path | None = None) -> TreePatchSummary:
        """What was done, or would be."""
        plan, sides = self.plan, self.sides
        moved = {
            each.path: each.source
            for each in plan.targets
            if each.way is Means.RENAME or (each.member and each.member.kind is MemberKind.MOVED)
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


@contextlib.contextmanager
def open_patching(
    folder: FilePath,
    delta: Source,
    options: TreePatchOptions,
    run: Run,
    *,
    settled: bool,
    executor: Executor | None,
) -> Iterator[Patching]:
    """A delta and the tree that it is for; `settled`, when what an earlier run has left of it is.

    Raises: SourceMissing, SourceUnreadable, SourceBusy, StageForeign, TreeUnfinished, TreeDiffers;
    as open_tree_file.
    """
    run.stage = Stage.CHECKING
    path = folder_path(folder)
    with contextlib.ExitStack() as opened:
        tree = opened.enter_context(open_tree(path))
        given = opened.enter_context(open_input(delta))
        measured = opened.enter_context(given.measured(run))
        unwrapped = opened.enter_context(unwrap(measured, run, options.trust))
        found = open_tree_file(unwrapped, run, Kind.TREE_DELTA)
        remarks = _settle(tree, settled=settled)
        patching = Patching(tree, found, measured, options, run, executor)
        patching.remarks += remarks
        yield patching


def _settle(tree: Tree, *, settled: bool) -> list[FileProblem]:
    """Put back, or end, what an earlier run has left, and remark it; or refuse such a tree.

    Raises: TreeUnfinished; as recover_tree.
    """
    if not settled:
        refuse_unfinished(tree)
        return []
    with open_stage(_stage_of(tree), tree.path, make=False) as stage:
        if stage and stage.phase:
            return [TreePutBack(tree.path, settle_stage(tree, stage))]
    return []


def refuse_existing(new: Path) -> Path:
    """The true path where a new tree will stand. Raises: OutputExists, OutputUnwritable."""
    with Writing(new):
        folder, name = follow_links(new)
        if status_at(folder / name) is not None:
            raise OutputExists(new)
    return folder / name


def _stage_of(tree: Tree) -> StagePlace:
    with Reading(tree.path):
        return StagePlace.beside(true_folder(tree.path))


@contextlib.contextmanager
def _working_stage(place: StagePlace, shown: Path, run: Run) -> Iterator[StageFolder]:
    """A stage that is gone afterwards, but where a journal in it still leads back.

    Raises: SourceBusy, StageForeign, OutputUnwritable, DiskFull; TreeUnfinished, where another run
    was interrupted since this one looked.
    """
    # What is in it must go before the caller does.
    run.put_back_alone()
    with open_stage(place, shown, make=True) as stage:
        assert stage
        if stage.phase is not None:
            raise TreeUnfinished(shown, place.path)
        try:
            yield stage
        finally:
            if stage.phase is None:
                # What cannot be removed now goes with the next run.
                with contextlib.suppress(OSError):
                    stage.remove()
