"""A plan carried out: all that is new made in the stage, checked and synced, and then the moves."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Callable, Generator, Iterator, Sequence

from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.output import Nowhere
from rdiff_gui.engine.progress import Stage
from rdiff_gui.engine.system import Folder, Tree
from rdiff_gui.engine.trees.attributes import attributes_of
from rdiff_gui.engine.trees.contents import (
    Making,
    Staged,
    find_staged,
    make_content,
    make_file,
    mode_of,
    open_place,
)
from rdiff_gui.engine.trees.jobs import open_spool
from rdiff_gui.engine.trees.moves import (
    Attributes,
    Found,
    In,
    Moves,
    Out,
    carry_out,
    finish,
)
from rdiff_gui.engine.trees.options import KeepOptions
from rdiff_gui.engine.trees.plan import Means, NewItem, Plan
from rdiff_gui.engine.trees.scan import open_file, open_tree, version_of
from rdiff_gui.engine.trees.sides import Sides
from rdiff_gui.engine.trees.stage import EMPTY, IN, OUT, StageFolder, empty_folder
from rdiff_gui.engine.trees.tree_file import TreeFile
from rdiff_gui.errors import DamagedFilesKept, FileProblem, TreeAttributesNotKept
from rdiff_gui.errors.files import Writing
from rdiff_gui.formats.tree_manifest import EntryType, sort_key
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from concurrent.futures import Executor


@contextlib.contextmanager
def sources_of(target: NewItem, tree: Tree, found: TreeFile, run: Run) -> Iterator[Making]:
    """What a file is made from, open. Raises: SourceMissing, SourceUnreadable, SourceChanged."""
    with contextlib.ExitStack() as opened:
        body: Input | None = None
        if target.member and target.has_body:
            body = opened.enter_context(found.open_body(target.member, run))
        basis = None
        if target.source:
            basis = opened.enter_context(open_file(tree, target.source))
        yield Making(target.path, target.entry, body, basis)


def try_files(
    tree: Tree, found: TreeFile, targets: Sequence[NewItem], run: Run, executor: Executor | None
) -> Generator[str, None, None]:
    """The hash of each file that is made, which is not kept; the `executor` makes what it can.

    Raises: as make_content, FolderNotShared, HelperLost.
    """
    making = [each for each in enumerate(targets) if each[1].way is Means.MAKE]
    with contextlib.ExitStack() as opened:
        staging = None
        if executor is not None:
            from rdiff_gui.engine.trees.staging import Staging

            staging = Staging(tree, found, run, None, None)
            made = opened.enter_context(contextlib.closing(staging.make(making, executor)))
        for _, target in making:
            if staging and staging.is_far(target):
                yield next(made).staged.blake3
            else:
                with sources_of(target, tree, found, run) as sources:
                    yield make_content(sources, Nowhere(), tree.path / target.path, run)


class Execution:
    """One plan on its way, for a tree and its open stage."""

    def __init__(
        self,
        tree: Tree,
        stage: StageFolder,
        found: TreeFile,
        sides: Sides,
        plan: Plan,
        keep: KeepOptions,
        run: Run,
        executor: Executor | None,
    ) -> None:
        self._tree = tree
        self._stage = stage
        self._found = found
        self._sides = sides
        self._plan = plan
        self._keep = keep
        self._run = run
        self._executor = executor
        self._places: dict[str, str] = {}
        self._lost: dict[str, set[str]] = {}
        self.hashes: dict[str, str] = {}
        self.remarks: list[FileProblem] = []

    def stage_all(self) -> None:
        """Make all that comes in. Raises: as make_content; OutputUnwritable, DiskFull."""
        self._run.stage = Stage.PATCHING
        with Writing(self._stage.place.path):
            self._forget_earlier()
        renamed = {
            each.path: each.source for each in self._plan.targets if each.way is Means.RENAME
        }
        numbered = [*enumerate(self._plan.targets)]
        with self.making(numbered) as made:
            for number, target in numbered:
                self._run.check()
                if target.way is Means.RENAME:
                    continue
                place = f"{IN}/{number}"
                if target.way is Means.MAKE:
                    self.furnish(target, place, next(made))
                else:
                    with Writing(self._tree.path / target.path):
                        self._make_name(target, place, renamed)
                self._places[target.path] = place

    def _forget_earlier(self) -> None:
        """Of what an earlier run made, no more than what this one would make may stay.

        Nothing is left of what it took out but folders, which would be in the way.
        """
        for folder in (OUT, EMPTY):
            empty_folder(self._stage.tree, folder)
        numbers = (
            number for number, each in enumerate(self._plan.targets) if each.way is Means.MAKE
        )
        wanted = {str(number) for number in numbers}
        for name in self._stage.tree.names(IN):
            if name not in wanted:
                self._stage.tree.remove(f"{IN}/{name}")

    @contextlib.contextmanager
    def making(self, numbered: Sequence[tuple[int, NewItem]]) -> Iterator[Iterator[Staged]]:
        """Have files made as NUMBERs in the stage, in order, when they are asked for.

        Raises: as make_content.
        """
        making = [each for each in numbered if each[1].way is Means.MAKE]
        with open_place(self._stage) as folder:
            self._run.temporary_folder = self._stage.place.path
            if self._executor is None:
                yield (self._make_file(number, target, folder) for number, target in making)
                return
            with contextlib.closing(self._make_files(making, folder, self._executor)) as made:
                yield made

    def _make_files(
        self, making: Sequence[tuple[int, NewItem]], folder: Folder, executor: Executor
    ) -> Generator[Staged, None, None]:
        """Have the `executor` make what it can."""
        from rdiff_gui.engine.trees.staging import Staging

        stage = self._stage.tree
        with contextlib.ExitStack() as opened:
            spool = opened.enter_context(open_spool(self._run))
            assert spool
            spool_tree = opened.enter_context(open_tree(spool))
            staging = Staging(self._tree, self._found, self._run, self._stage.place.path, spool)
            with contextlib.closing(staging.make(making, executor)) as all_made:
                for number, target in making:
                    if not staging.is_far(target):
                        yield self._make_file(number, target, folder)
                        continue
                    made = next(all_made)
                    if made.place is not None:
                        with Writing(self._tree.path / target.path):
                            with contextlib.suppress(FileNotFoundError):
                                stage.remove(f"{IN}/{number}")
                            spool_tree.move(made.place, stage, f"{IN}/{number}")
                    yield made.staged

    def _make_file(self, number: int, target: NewItem, folder: Folder) -> Staged:
        run, stage = self._run, self._stage.tree
        shown = self._tree.path / target.path
        with contextlib.ExitStack() as opened:
            making = opened.enter_context(sources_of(target, self._tree, self._found, run))
            like = making.basis if target.like == target.source else None
            if target.like and not like:
                like = opened.enter_context(open_file(self._tree, target.like))
            found = find_staged(stage, number, target.entry, run)
            if found is not None:
                return Staged(found, mode_of(like))
            with Writing(shown), contextlib.suppress(FileNotFoundError):
                stage.remove(f"{IN}/{number}")
            return make_file(making, like, folder, str(number), shown, run)

    def furnish(self, target: NewItem, place: str, staged: Staged) -> None:
        """Give a file in the stage all that it will have, and note what is known of it."""
        self.hashes[target.path] = staged.blake3
        if staged.lost:
            self._note_lost(target.path, staged.lost)
        old = self._sides.old.get(target.path) or self._sides.old.get(target.source)
        wanted = attributes_of(place, old, target.entry, self._keep, staged.like_mode)
        self.give(wanted, self._stage.tree, target.path)

    def give(self, wanted: Attributes, tree: Tree, path: str) -> None:
        """Give something all its attributes; what the system refuses is remarked."""
        try:
            wanted.give(tree)
        except OSError:
            self._note_refused(path)

    def _note_refused(self, path: str) -> None:
        self._note_lost(path, (translate("the owner, permissions, lists or time of the delta"),))

    def _note_lost(self, path: str, lost: tuple[str, ...]) -> None:
        self._lost.setdefault(path, set()).update(lost)

    def remark_lost(self) -> None:
        """One remark for all that could not be kept or given."""
        if self._lost:
            lost = sorted(set().union(*self._lost.values()))
            first = min(self._lost, key=sort_key)
            self.remarks.append(
                TreeAttributesNotKept(self._tree.path, first, len(self._lost), tuple(lost))
            )

    def _make_name(self, target: NewItem, place: str, renamed: dict[str, str]) -> None:
        """Raises: OSError."""
        stage = self._stage.tree
        if target.way is Means.LINK:
            stage.make_link(place, target.entry.target)
            wanted = attributes_of(
                place, self._sides.old.get(target.path), target.entry, self._keep
            )
            self.give(wanted, stage, target.path)
        elif target.source in self._places:
            stage.name_too(self._places[target.source], stage, place)
        else:
            self._tree.name_too(renamed.get(target.source, target.source), stage, place)

    # --- the moves -------------------------------------------------------------------------------

    def move(self, before_end: Callable[[], None]) -> None:
        """Make the moves; on any failure all is where it was.

        Raises: as moves.carry_out.
        """
        run = self._run
        with Writing(self._tree.path):
            moves = self._plan_moves()
        carry_out(
            self._tree,
            self._stage,
            moves,
            check=run.check,
            before_end=before_end,
            commit=run.commit,
        )
        try:
            finished = finish(self._tree, self._stage, moves)
        except FileProblem as problem:
            # The tree is new, and the next run tidies up.
            self.remarks.append(problem)
            return
        for path in finished.refused:
            self._note_refused(path)
        if finished.kept:
            self.remarks.append(DamagedFilesKept(self._tree.path, finished.kept))

    def _plan_moves(self) -> Moves:
        """Raises: OSError."""
        plan = self._plan
        outs = [
            Out(path, f"{OUT}/{path}", is_kept=path in plan.damaged, seen=plan.seen[path])
            for path in plan.outs
        ]
        outs += (
            Out(path, f"{EMPTY}/{number}", is_folder=True, seen=plan.seen[path])
            for number, path in enumerate(reversed(plan.out_folders))
        )
        self._make_places(plan.outs)
        taken_to = {out.path: out.place for out in outs}
        ins = []
        # Links come last, when nothing is written any more.
        for target in sorted(plan.targets, key=lambda each: each.way is Means.LINK):
            if target.way is Means.RENAME:
                place, status = taken_to[target.source], plan.seen[target.source]
            else:
                place = self._places[target.path]
                standing = self._stage.tree.status(place)
                assert standing
                status = standing
            ins.append(In(place, target.path, version_of(status)))
        found = self._find_folders()
        attributes = tuple(self._plan_attributes(found))
        return Moves(
            tuple(outs), tuple(plan.folders), tuple(ins), tuple(found.values()), attributes
        )

    def _make_places(self, outs: Sequence[str]) -> None:
        """Folders in the stage for what goes out, so that it is the old tree as far as it goes.

        Raises: OSError.
        """
        above = {path[:end] for path in outs for end, each in enumerate(path) if each == "/"}
        for folder in sorted(above, key=sort_key):
            with contextlib.suppress(FileExistsError):
                self._stage.tree.make_folder(f"{OUT}/{folder}")

    def _find_folders(self) -> dict[str, Found]:
        """The folders that something moves in, as they are. Raises: OSError."""
        plan = self._plan
        moving = (*plan.outs, *plan.out_folders, *plan.folders, *(t.path for t in plan.targets))
        paths = {path.rpartition("/")[0] for path in moving} | {*plan.out_folders}
        found = {}
        for path in sorted(paths, key=sort_key):
            status = self._tree.status(path)
            if status and stat.S_ISDIR(status.st_mode):
                found[path] = Found(path, stat.S_IMODE(status.st_mode), status.st_mtime_ns)
        return found

    def _plan_attributes(self, found: dict[str, Found]) -> Iterator[Attributes]:
        """What all that is not made in the stage gets. Raises: OSError."""
        plan, sides = self._plan, self._sides
        renamed = {each.path: each.source for each in plan.targets if each.way is Means.RENAME}
        paths = {*plan.changed, *plan.folders, *found, *renamed}
        for path in sorted(paths, key=sort_key):
            new = sides.new.get(path)
            if path in found and new is None:
                # Where somebody's own files keep it, it is as it was.
                yield Attributes(path, found[path].mode)
            elif new and (path in renamed or path not in found or new.type is EntryType.FOLDER):
                was = renamed.get(path, path)
                status = None if path in plan.folders else self._tree.status(was)
                mode = status.st_mode if status else None
                yield attributes_of(path, sides.old.get(was), new, self._keep, mode)
