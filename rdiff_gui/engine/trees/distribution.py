"""What a tar holds of many files, made by an executor: small ones in batches, large ones alone."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterator, Sequence
from itertools import compress
from pathlib import Path

from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.trees.batches import Content, Recipe, Work
from rdiff_gui.engine.trees.hashing import LARGE_BYTES, batches_of
from rdiff_gui.engine.trees.jobs import INLINE_BYTES, JOB_BYTES, do_jobs, open_spool
from rdiff_gui.engine.trees.pairing import Pairing
from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.errors.files import Reading, Writing
from rdiff_gui.formats.tree_tar import MemberKind
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from concurrent.futures import Executor

_COPIED_BYTES = 2**20


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
            with made.open() as bodies:
                start = 0
                for member in made.members:
                    pairing = next(left)
                    if member is None:
                        yield None
                    elif member.kind is MemberKind.SNAPSHOT:
                        with work.make_alone(Pairing(pairing.path, Fate.NEW), run) as content:
                            yield content
                    else:
                        yield Content(member.kind, bodies.part(start, member.size_bytes))
                        start += member.size_bytes


@record(frozen=True)
class _MadeMember:
    """A member and how long its body is. A SNAPSHOT's is the file, to be read where it is."""

    kind: MemberKind
    size_bytes: int


@record(frozen=True)
class _Made:
    """The members of a job, None where none is needed, with their bodies one after another.

    These are in the file at `bodies_path` where they are not here.
    """

    members: tuple[_MadeMember | None, ...]
    bodies: bytes | None
    bodies_path: str | None

    @contextlib.contextmanager
    def open(self) -> Iterator[Input]:
        """The bodies; their file is removed after. Raises: SourceUnreadable."""
        path = Path(self.bodies_path or "")
        if self.bodies is not None:
            yield Input.holding(self.bodies, path)
            return
        with Reading(path):
            file = path.open("rb", buffering=0)
        with Input(file, path, owned=True) as bodies:
            yield bodies
        path.unlink()


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
            members = tuple(
                _MadeMember(content.kind, _length(content.source)) if content else None
                for content in contents
            )
            sources = [
                content.source
                for content in contents
                if content and content.kind is not MemberKind.SNAPSHOT
            ]
            if self.bodies_path is None or sum(map(_length, sources)) <= INLINE_BYTES:
                bodies = b"".join(source.bytes_at(0, _length(source)) for source in sources)
                return _Made(members, bodies, None)
            _write(sources, Path(self.bodies_path))
            return _Made(members, None, self.bodies_path)


def _length(source: Input) -> int:
    return source.size_bytes or 0


def _write(sources: Sequence[Input], path: Path) -> None:
    """Write them one after another, under a name that no other try has, and rename that.

    Raises: OutputUnwritable, DiskFull, SourceUnreadable.
    """
    own = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
    with Writing(path), own.open("xb", buffering=0) as file:
        for source in sources:
            for start in range(0, _length(source), _COPIED_BYTES):
                left = memoryview(source.bytes_at(start, _COPIED_BYTES))
                while left:
                    left = left[file.write(left) :]
    with Writing(path):
        own.replace(path)
