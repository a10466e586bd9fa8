"""What a tar holds of many files, made by an executor: small ones in batches, large ones alone."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from itertools import compress
from pathlib import Path

from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.trees.batches import Content, Recipe, Work
from rdiff_gui.engine.trees.hashing import LARGE_BYTES, batches_of
from rdiff_gui.engine.trees.jobs import JOB_BYTES, Bodies, do_jobs, keep_bodies, open_spool
from rdiff_gui.engine.trees.pairing import Pairing
from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.formats.tree_tar import MemberKind
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from concurrent.futures import Executor


def make_contents_elsewhere(
    work: Work, pairings: Sequence[Pairing], run: Run, executor: Executor
) -> Generator[tuple[Pairing, Content | None], None, None]:
    """As batches.make_contents. What needs no more than reading is done here.

    Raises: the same, FolderNotShared, HelperLost.
    """
    with contextlib.ExitStack() as opened:
        spool = opened.enter_context(open_spool(run))
        # What is made of a large one comes by way of a file, or not at all.
        far = [
            work.is_far(each) and (spool is not None or work.count_steps(each) < LARGE_BYTES)
            for each in pairings
        ]
        going = list(compress(pairings, far))
        made = opened.enter_context(
            contextlib.closing(_make_far(work, going, spool, run, executor))
        )
        for pairing, is_far in zip(pairings, far, strict=True):
            if is_far:
                yield pairing, next(made)
            elif work.count_steps(pairing) >= LARGE_BYTES:
                with work.make_alone(pairing, run) as content:
                    yield pairing, content
            else:
                yield pairing, work.make_short(pairing, run)


def _make_far(
    work: Work,
    pairings: Sequence[Pairing],
    spool: Path | None,
    run: Run,
    executor: Executor,
) -> Generator[Content | None, None, None]:
    batches = batches_of(pairings, work.count_steps, JOB_BYTES)
    jobs = (
        _Making(
            work.recipe(batch),
            tuple(batch),
            sum(map(work.count_steps, batch)),
            str(spool / str(number)) if spool else None,
        )
        for number, batch in enumerate(batches)
    )
    left = iter(pairings)
    with contextlib.closing(do_jobs(executor, jobs, run)) as all_made:
        for made in all_made:
            with made.bodies.take() as sources:
                bodies = iter(sources)
                for kind in made.kinds:
                    pairing = next(left)
                    if kind is None:
                        yield None
                    elif kind is MemberKind.SNAPSHOT:
                        with work.make_alone(Pairing(pairing.path, Fate.NEW), run) as content:
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
        """Raises: as batches.make_contents, FolderNotShared."""
        run = Run(Resources(threads=1))
        if self.bodies_path is not None:
            run.temporary_folder = Path(self.bodies_path).parent
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
            kinds = tuple(content and content.kind for content in contents)
            return _Made(kinds, keep_bodies(sources, self.bodies_path))
