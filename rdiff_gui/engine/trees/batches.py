"""Many files on their way to what a tar holds of them: small ones in batches, large ones alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Sequence

from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.output import Nowhere
from rdiff_gui.engine.parallel import run_slices
from rdiff_gui.engine.temporary_file import TemporaryFile
from rdiff_gui.engine.trees.hashing import BATCH_BYTES, LARGE_BYTES, batches_of
from rdiff_gui.engine.trees.pairing import Pairing
from rdiff_gui.formats.tree_tar import MemberKind
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from typing import Protocol, Self

    from rdiff_gui.engine.trees.jobs import Bodies, RemoteJob
else:
    Protocol = object

# What comes out of so much is held in memory at once.
_ROUND_BYTES = 2**26


@record(frozen=True)
class Content:
    """What a member holds: in memory, or a source to be read from its beginning."""

    kind: MemberKind
    source: Input


class Recipe(Protocol):
    """A part of some work, as frozen records, strings and numbers."""

    def open(self) -> contextlib.AbstractContextManager[BatchWork]:
        """The work, for whichever process does it."""


class BatchWork(Protocol):
    """What is done with each of some files; each method raises what the engine does."""

    def count_steps(self, pairing: Pairing) -> int:
        """How much is to be done for one, in bytes."""

    def again(self) -> contextlib.AbstractContextManager[Self]:
        """The same for another thread."""

    def make_short(self, pairing: Pairing, run: Run) -> Content | None:
        """What becomes of one, in memory; None where nothing has to."""

    def recipe(self, pairings: Sequence[Pairing]) -> Recipe:
        """What another process needs for some of them."""

    def is_far(self, pairing: Pairing) -> bool:
        """Whether another process may make one; it never brings a snapshot."""

    def cut(self, pairing: Pairing) -> Cut | None:
        """A large one that other processes make in slices; None where they cannot."""

    def make_alone(
        self, pairing: Pairing, run: Run
    ) -> contextlib.AbstractContextManager[Content | None]:
        """The same of a large one, with all cores."""


class Cut(Protocol):
    """One file in slices; each method raises what the engine does."""

    def jobs(self, name_place: Callable[[], str], run: Run) -> Iterator[RemoteJob[Bodies]]:
        """What makes the slices; what is long goes to the places that `name_place` names."""

    def join(
        self, made: Iterator[Bodies], run: Run
    ) -> contextlib.AbstractContextManager[Content | None]:
        """What becomes of the file; takes just what its jobs have made."""


def make_contents(
    work: BatchWork, pairings: Sequence[Pairing], run: Run, executor: Executor | None = None
) -> Generator[tuple[Pairing, Content | None], None, None]:
    """What becomes a member for each of these, in order; what is given is good until the next.

    The `executor` makes what may be made elsewhere.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, FolderMoved, DiskFull, OutputUnwritable,
    FolderNotShared, HelperLost, Cancelled, what the work raises.
    """
    if executor is not None:
        from rdiff_gui.engine.trees.distribution import make_contents_elsewhere

        yield from make_contents_elsewhere(work, pairings, run, executor)
        return
    for group in _groups(work, pairings):
        if work.count_steps(group[0]) >= LARGE_BYTES:
            with work.make_alone(group[0], run) as content:
                yield group[0], content
            continue
        batches = _Batches(work, group, run)
        while batches.left_files:
            run_slices(batches, BATCH_BYTES, batches.left_bytes, run)
            yield from batches.hand_out()


def _groups(work: BatchWork, pairings: Sequence[Pairing]) -> Iterator[list[Pairing]]:
    """Large ones alone, others with their neighbours."""
    group: list[Pairing] = []
    for pairing in pairings:
        if work.count_steps(pairing) >= LARGE_BYTES:
            if group:
                yield group
            yield [pairing]
            group = []
        else:
            group.append(pairing)
    if group:
        yield group


class _Share(Run):
    """A part of a run for one thread: what it does counts for the whole."""

    def __init__(self, whole: Run) -> None:
        super().__init__(Resources(threads=1))
        self.temporary_folder = whole.temporary_folder
        self._whole = whole

    def advance(self, step_bytes: int) -> None:
        self._whole.advance(step_bytes)

    def check(self) -> None:
        self._whole.check()


@record(eq=False)
class _Batch:
    """Some paths on their way."""

    pairings: Sequence[Pairing]
    contents: list[Content | None]


class _Batches:
    """Files that all cores work on, a round of batches at a time."""

    def __init__(self, work: BatchWork, pairings: Sequence[Pairing], run: Run) -> None:
        self._work = work
        self._ahead = batches_of(pairings, work.count_steps)
        self.left_files = len(pairings)
        self.left_bytes = sum(map(work.count_steps, pairings))
        self._run = run
        self._round_bytes = 0
        self._done: list[tuple[Pairing, Content | None]] = []

    def hand_out(self) -> Iterator[tuple[Pairing, Content | None]]:
        """What a round has brought."""
        done, self._done, self._round_bytes = self._done, [], 0
        return iter(done)

    def make(self) -> _Batch:
        return _Batch((), [])

    def take(self, batch: _Batch) -> bool:
        if self._round_bytes >= _ROUND_BYTES:
            return False
        batch.pairings = next(self._ahead, ())
        batch_bytes = sum(map(self._work.count_steps, batch.pairings))
        self.left_files -= len(batch.pairings)
        self.left_bytes -= batch_bytes
        self._round_bytes += batch_bytes
        return bool(batch.pairings)

    def work(self, batch: _Batch) -> None:
        """Raises: as make_contents."""
        share = _Share(self._run)
        with self._work.again() as own:
            batch.contents = [own.make_short(pairing, share) for pairing in batch.pairings]

    def finish(self, batch: _Batch) -> None:
        self._done += zip(batch.pairings, batch.contents, strict=True)
        batch.pairings, batch.contents = (), []


class Held(Nowhere):
    """An output in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.data = bytearray()

    def write(self, data: memoryview) -> None:
        self.data += data
        super().write(data)


class Kept(Nowhere):
    """An output in a nameless file."""

    def __init__(self, file: TemporaryFile) -> None:
        super().__init__()
        self._file = file

    def write(self, data: memoryview) -> None:
        """Raises: DiskFull, OutputUnwritable."""
        self._file.write(data)
        super().write(data)
