"""Files of the new tree made by an executor from old ones, for the stage or only to be tried.

A worker makes files in a folder of its own within the stage. Who leads the run gives them their
places there, and knows alone of the journal and the tree.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.output import Nowhere
from rdiff_gui.engine.system import Folder, Tree
from rdiff_gui.engine.trees.contents import (
    Making,
    Staged,
    find_staged,
    make_content,
    make_file,
    mode_of,
)
from rdiff_gui.engine.trees.hashing import batches_of
from rdiff_gui.engine.trees.jobs import (
    INLINE_BYTES,
    JOB_BYTES,
    SENT_BYTES_MOST,
    Bodies,
    check_seen,
    do_jobs,
    full_path,
    keep_bodies,
)
from rdiff_gui.engine.trees.plan import Means, NewItem
from rdiff_gui.engine.trees.scan import open_file, open_tree
from rdiff_gui.engine.trees.tree_file import TreeFile
from rdiff_gui.errors.files import Writing
from rdiff_gui.formats.tree_manifest import Entry
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from concurrent.futures import Executor

Numbered = tuple[int, NewItem]


@record(frozen=True)
class MadeFile:
    """A file that a worker has made, and where in the spool; None, where it was there before."""

    staged: Staged
    place: str | None


class Staging:
    """What makes files of one `tree` by its delta, in the open `stage` with a `spool` in it."""

    def __init__(
        self, tree: Tree, found: TreeFile, run: Run, stage: Path | None, spool: Path | None
    ) -> None:
        """Without a stage, files are tried and not kept."""
        self._tree = tree
        self._found = found
        self._run = run
        self._stage = stage
        self._spool = spool
        self._numbers = itertools.count()

    def is_far(self, target: NewItem) -> bool:
        """Whether it is made by others: from an old file, that is, by a delta that gets there."""
        if target.way is not Means.MAKE or not target.source:
            return False
        return self._spool is not None or target.body_bytes <= SENT_BYTES_MOST

    def make(
        self, targets: Iterable[Numbered], executor: Executor
    ) -> Generator[MadeFile, None, None]:
        """Have those made that are far, in order.

        Raises: as make_content, FolderNotShared, HelperLost.
        """
        given: deque[Bodies] = deque()
        batches = batches_of(filter(self._is_far, targets), _weigh, JOB_BYTES)
        jobs = (self._job_of(batch, given) for batch in batches)
        with contextlib.closing(do_jobs(executor, jobs, self._run)) as all_made:
            for made in all_made:
                given.popleft().remove()
                yield from made

    def _is_far(self, numbered: Numbered) -> bool:
        return self.is_far(numbered[1])

    def _job_of(self, batch: Sequence[Numbered], given: deque[Bodies]) -> _MakingFiles:
        place = f"{self._spool}/{next(self._numbers)}" if self._spool else None
        with contextlib.ExitStack() as opened:
            sources = [
                opened.enter_context(self._found.open_body(target.member, self._run))
                if target.member and target.has_body
                else Input.holding(b"", self._found.path)
                for _, target in batch
            ]
            bodies = keep_bodies(sources, place)
        given.append(bodies)
        return _MakingFiles(
            full_path(self._tree),
            str(self._stage) if self._stage else None,
            str(self._spool) if self._spool else None,
            str(self._found.path),
            tuple(
                _File(number, each.path, each.entry, each.source, each.like, each.has_body)
                for number, each in batch
            ),
            bodies,
            sum(target.entry.size_bytes for _, target in batch),
        )


def _weigh(numbered: Numbered) -> int:
    """How much of a batch a file is, so that what is sent with the batch is short as well."""
    _, target = numbered
    return max(target.entry.size_bytes, target.body_bytes * (JOB_BYTES // INLINE_BYTES))


@record(frozen=True)
class _File:
    """A file that is made from an old one, as it is or by a delta; see plan.NewItem."""

    number: int
    path: str
    expected: Entry
    source: str
    like: str
    has_body: bool


@record(frozen=True)
class _MakingFiles:
    """The job that makes some files, with a body for each."""

    root: str
    stage: str | None
    spool: str | None
    delta: str
    files: tuple[_File, ...]
    bodies: Bodies
    step_bytes: int

    def do(self) -> tuple[MadeFile, ...]:
        """Raises: SourceMissing; as make_content."""
        run = Run(Resources(threads=1))
        with contextlib.ExitStack() as opened:
            tree = opened.enter_context(open_tree(Path(self.root)))
            bodies = opened.enter_context(self.bodies.open(Path(self.delta)))
            pairs = list(zip(self.files, bodies, strict=True))
            if self.stage is None or self.spool is None:
                return tuple(self._try_out(file, body, tree, run) for file, body in pairs)
            stage = opened.enter_context(open_tree(Path(self.stage)))
            # No other worker tidies up here.
            own = check_seen(Path(self.spool)) / os.urandom(8).hex()
            with Writing(own):
                own.mkdir(mode=0o700)
                folder = opened.enter_context(contextlib.closing(Folder(own)))
            made = tuple(self._make(file, body, tree, stage, folder, run) for file, body in pairs)
            with Writing(own):
                # What this computer still holds back, no other one can have on the disk.
                opened.enter_context(open_tree(own)).sync_disk()
            return made

    def _try_out(self, file: _File, body: Input, tree: Tree, run: Run) -> MadeFile:
        with open_file(tree, file.source) as basis:
            making = Making(file.path, file.expected, body if file.has_body else None, basis)
            found = make_content(making, Nowhere(), tree.path / file.path, run)
            return MadeFile(Staged(found), None)

    def _make(
        self, file: _File, body: Input, tree: Tree, stage: Tree, folder: Folder, run: Run
    ) -> MadeFile:
        with contextlib.ExitStack() as opened:
            basis = opened.enter_context(open_file(tree, file.source))
            making = Making(file.path, file.expected, body if file.has_body else None, basis)
            like = basis if file.like == file.source else None
            if file.like and not like:
                like = opened.enter_context(open_file(tree, file.like))
            found = find_staged(stage, file.number, file.expected, run)
            if found is not None:
                return MadeFile(Staged(found, mode_of(like)), None)
            name = str(file.number)
            staged = make_file(making, like, folder, name, tree.path / file.path, run)
            return MadeFile(staged, f"{folder.path.name}/{name}")
