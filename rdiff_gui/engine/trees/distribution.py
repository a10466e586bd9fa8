"""What a tar holds of many files, made by an executor.

Small files are made in batches, large ones alone, and very large ones in slices where that is
possible.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.trees.batches import BatchWork, Content, Cut, Recipe
from rdiff_gui.engine.trees.hashing import LARGE_BYTES, batches_of
from rdiff_gui.engine.trees.jobs import (
    JOB_BYTES,
    Bodies,
    do_jobs,
    keep_bodies,
    open_spool,
    spool_of,
)
from rdiff_gui.engine.trees.pairing import Pairing
from rdiff_gui.engine.trees.slices import SLICE_BYTES
from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.formats.tree_tar import MemberKind
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from typing import Any

    from rdiff_gui.engine.trees.jobs import RemoteJob

# A file that is as long is cut, where it can be.
CUT_BYTES = 2 * SLICE_BYTES


def make_contents_elsewhere(
    work: BatchWork, pairings: Sequence[Pairing], run: Run, executor: Executor
) -> Generator[tuple[Pairing, Content | None], None, None]:
    """As batches.make_contents. What needs no more than reading is done here.

    Raises: the same, FolderNotShared, HelperLost.
    """
    with contextlib.ExitStack() as opened:
        spool = opened.enter_context(open_spool(run))
        portions = [_portion_of(work, pairing, spool) for pairing in pairings]
        made = opened.enter_context(
            contextlib.closing(_Elsewhere(work, spool, run, executor).make(portions))
        )
        for pairing, portion in zip(pairings, portions, strict=True):
            if portion is not None:
                yield pairing, next(made)
            elif work.count_steps(pairing) >= LARGE_BYTES:
                with work.make_alone(pairing, run) as content:
                    yield pairing, content
            else:
                yield pairing, work.make_short(pairing, run)


def _portion_of(work: BatchWork, pairing: Pairing, spool: Path | None) -> Pairing | Cut | None:
    """A file as a whole or in slices, if it is made elsewhere."""
    step_bytes = work.count_steps(pairing)
    if spool and step_bytes >= CUT_BYTES and (cut := work.cut(pairing)):
        return cut
    # What is made of a large one comes by way of a file, or not at all.
    if work.is_far(pairing) and (spool or step_bytes < LARGE_BYTES):
        return pairing
    return None


class _Elsewhere:
    """Work that an executor does, with what is long in files in the `spool`."""

    def __init__(self, work: BatchWork, spool: Path | None, run: Run, executor: Executor) -> None:
        self._work = work
        self._spool = spool
        self._run = run
        self._executor = executor
        self._numbers = itertools.count()

    def make(
        self, portions: Sequence[Pairing | Cut | None]
    ) -> Generator[Content | None, None, None]:
        """What becomes of each file, in order. Raises: as make_contents_elsewhere."""
        orders = list(self._order(portions))
        jobs = itertools.chain.from_iterable(map(self._jobs_of, orders))
        with contextlib.closing(do_jobs(self._executor, jobs, self._run)) as made:
            for order in orders:
                if isinstance(order, list):
                    yield from self._unpack(order, next(made))
                else:
                    with order.join(made, self._run) as content:
                        yield content

    def _order(self, portions: Sequence[Pairing | Cut | None]) -> Iterator[list[Pairing] | Cut]:
        """Those that are cut one by one, all others in batches."""
        uncut: list[Pairing] = []
        for portion in portions:
            if portion is None or isinstance(portion, Pairing):
                uncut += [portion] if portion else []
                continue
            yield from batches_of(uncut, self._work.count_steps, JOB_BYTES)
            uncut = []
            yield portion
        yield from batches_of(uncut, self._work.count_steps, JOB_BYTES)

    def _jobs_of(self, order: list[Pairing] | Cut) -> Iterator[RemoteJob[Any]]:
        if not isinstance(order, list):
            assert self._spool
            yield from order.jobs(self._name_place, self._run)
            return
        steps = sum(map(self._work.count_steps, order))
        place = self._name_place() if self._spool else None
        yield _Making(self._work.recipe(order), tuple(order), steps, place)

    def _name_place(self) -> str:
        return f"{self._spool}/{next(self._numbers)}"

    def _unpack(
        self, batch: Sequence[Pairing], made: _Made
    ) -> Generator[Content | None, None, None]:
        with made.bodies.take() as sources:
            bodies = iter(sources)
            for pairing, kind in zip(batch, made.kinds, strict=True):
                if kind is None:
                    yield None
                elif kind is MemberKind.SNAPSHOT:
                    new = Pairing(pairing.path, Fate.NEW)
                    with self._work.make_alone(new, self._run) as content:
                        yield content
                else:
                    yield Content(kind, next(bodies))


@record(frozen=True)
class _Made:
    """The kinds of a job's members, None where none is needed, and what these hold.

    A SNAPSHOT is the file, to be read where it is.
    """

    kinds: tuple[MemberKind | None, ...]
    bodies: Bodies


@record(frozen=True)
class _Making:
    """The job that makes some members, and puts bodies that are long into a file."""

    recipe: Recipe
    pairings: tuple[Pairing, ...]
    step_bytes: int
    bodies_path: str | None

    def do(self) -> _Made:
        """Raises: as batches.make_contents."""
        run = Run(Resources(threads=1))
        run.temporary_folder = spool_of(self.bodies_path)
        with contextlib.ExitStack() as opened:
            work = opened.enter_context(self.recipe.open())
            contents = [
                opened.enter_context(work.make_alone(pairing, run))
                if work.count_steps(pairing) >= LARGE_BYTES
                else work.make_short(pairing, run)
                for pairing in self.pairings
            ]
            sources = [
                content.source
                for content in contents
                if content and content.kind is not MemberKind.SNAPSHOT
            ]
            kinds = tuple(content.kind if content else None for content in contents)
            return _Made(kinds, keep_bodies(sources, self.bodies_path))
