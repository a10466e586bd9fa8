"""Parts of the work on folders, done by an executor: by other processes, or other machines.

A job is a record of strings and options, and what comes of it a value, a failure among them. It
depends on nothing but files that all can read, and writes none but under a name of its own; so a
job that was lost with its worker may be done again.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import socket
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path

from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.system import Tree
from rdiff_gui.errors import (
    FolderNotShared,
    HelperLost,
    PartUnloadable,
    RdiffError,
    SourceMissing,
    SystemRefused,
)
from rdiff_gui.errors.files import Reading, Writing
from rdiff_gui.records import TYPE_CHECKING, record
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from typing import Any, Protocol, TypeVar

    T = TypeVar("T")
    T_co = TypeVar("T_co", covariant=True)

    class RemoteJob(Protocol[T_co]):
        """A part of the work, which can be pickled."""

        @property
        def step_bytes(self) -> int:
            """How much of the work it is."""

        def do(self) -> T_co:
            """Do it, on whichever machine. Raises: what the engine raises."""


# A job takes some milliseconds to be given away: the work in it should take many.
JOB_BYTES = 2**25
# What comes back in memory; a longer result goes through a file.
INLINE_BYTES = 2**20
# Of a single file, what is sent in memory where there is no place for files.
SENT_BYTES_MOST = 2**23
# So many are given away at once; what comes back early waits for those before it.
_UNDER_WAY_MOST = 64

_LOOK_SECONDS = 0.05
_COPIED_BYTES = 2**20
# A worker that was told too late may write one more file into what is being removed.
_REMOVALS_MOST = 5


@record(frozen=True)
class Failure:
    """What came of a job that failed, on the computer `host`."""

    problem: RdiffError
    host: str

    def tell(self) -> RdiffError:
        """What is to be said of it here."""
        problem = self.problem
        if isinstance(problem, SourceMissing) and os.path.lexists(problem.path):
            return FolderNotShared(problem.path, self.host)
        return problem


def do_job(job: RemoteJob[T]) -> T | Failure:
    """On a worker: what comes of a job."""
    try:
        return job.do()
    except RdiffError as problem:
        return Failure(problem, socket.gethostname())
    except OSError as problem:
        return Failure(SystemRefused.of(problem), socket.gethostname())
    except ImportError as problem:
        return Failure(PartUnloadable(str(problem)), socket.gethostname())


class _Given:
    """A job that was given away."""

    def __init__(self, job: RemoteJob[Any], executor: Executor) -> None:
        """Raises: HelperLost."""
        self._job = job
        self._executor = executor
        self._is_second_try = False
        self.has_ended = False
        self.result: Any = None
        self.future = self._submit()

    def _submit(self) -> Future[Any]:
        try:
            return self._executor.submit(do_job, self._job)
        except RuntimeError as problem:
            # It is broken, or was shut down.
            raise HelperLost(_reason(problem)) from problem

    def take(self, run: Run) -> None:
        """Take what came of it, or give it away once more.

        Raises: what the job raised, HelperLost, Cancelled.
        """
        try:
            outcome = self.future.result()
        except Exception as problem:  # whatever an executor calls a lost worker
            if self._is_second_try:
                raise HelperLost(_reason(problem)) from problem
            self._is_second_try = True
            self.future = self._submit()
            return
        if isinstance(outcome, Failure):
            raise outcome.tell()
        self.result = outcome
        self.has_ended = True
        run.advance(self._job.step_bytes)


def _reason(problem: Exception) -> str:
    from concurrent.futures import CancelledError

    if isinstance(problem, CancelledError):
        return translate("nobody knows of it any more")
    return str(problem) or type(problem).__name__


def do_jobs(executor: Executor, jobs: Iterable[RemoteJob[T]], run: Run) -> Generator[T, None, None]:
    """What comes of each job, in order.

    Raises: what the jobs raise, HelperLost, Cancelled; those under way are called off then.
    """
    ahead = iter(jobs)
    given: deque[_Given] = deque()
    try:
        while True:
            while len(given) < _UNDER_WAY_MOST and (job := next(ahead, None)) is not None:
                given.append(_Given(job, executor))
            if not given:
                return
            while not given[0].has_ended:
                _look(given, run)
            yield given.popleft().result
    finally:
        for each in given:
            each.future.cancel()


def _look(given: Iterable[_Given], run: Run) -> None:
    """Take what has come back, and wait a moment where nothing has."""
    from concurrent.futures import FIRST_COMPLETED, wait

    missing = [each for each in given if not each.has_ended]
    wait([each.future for each in missing], _LOOK_SECONDS, FIRST_COMPLETED)
    run.check()
    for each in missing:
        if each.future.done():
            each.take(run)


def full_path(tree: Tree) -> str:
    """What a folder is called on all machines."""
    return str(tree.path.absolute())


@record(frozen=True)
class Bodies:
    """Bytes of several things, one after another: `data`, or where that is None, a file's."""

    sizes: tuple[int, ...]
    data: bytes | None
    path: str

    @contextlib.contextmanager
    def take(self) -> Iterator[Sequence[Input]]:
        """Each of them; a file of them is removed after. Raises: SourceUnreadable."""
        try:
            with self.open() as parts:
                yield parts
        finally:
            self.remove()

    def remove(self) -> None:
        """Nobody needs them any more."""
        if self.data is None:
            with contextlib.suppress(OSError):
                # It goes with the folder that it is in.
                Path(self.path).unlink()

    @contextlib.contextmanager
    def open(self, shown: Path | None = None) -> Iterator[Sequence[Input]]:
        """Each of them; `shown` names where they came from. Raises: SourceUnreadable."""
        path = Path(self.path)
        if self.data is not None:
            whole = Input.holding(self.data, shown or path)
        else:
            with Reading(path):
                whole = Input(path.open("rb", buffering=0), shown or path, owned=True)
        with whole:
            starts = itertools.accumulate(self.sizes, initial=0)
            # One more start than there are sizes.
            yield [whole.part(start, size) for start, size in zip(starts, self.sizes)]  # noqa: B905


def spool_of(bodies_path: str | None) -> Path | None:
    """On a worker: where long bodies go. Raises: SourceMissing."""
    if bodies_path is None:
        return None
    return check_seen(Path(bodies_path).parent)


def check_seen(folder: Path) -> Path:
    """On a worker: the same folder, if it is to be seen. Raises: SourceMissing."""
    if not folder.is_dir():
        raise SourceMissing(folder)
    return folder


def keep_bodies(sources: Sequence[Input], path: str | None) -> Bodies:
    """Bytes of several measured sources, where they are long in the file that `path` becomes.

    Raises: OutputUnwritable, DiskFull, SourceUnreadable.
    """
    sizes = tuple(source.size_bytes or 0 for source in sources)
    if path is None or sum(sizes) <= INLINE_BYTES:
        pairs = zip(sources, sizes, strict=True)
        return Bodies(sizes, b"".join(source.bytes_at(0, size) for source, size in pairs), "")
    # Under a name that no other try has.
    own = Path(f"{path}.{os.urandom(8).hex()}")
    with Writing(own), own.open("xb", buffering=0) as file:
        for source, size in zip(sources, sizes, strict=True):
            for start in range(0, size, _COPIED_BYTES):
                left = memoryview(source.bytes_at(start, _COPIED_BYTES))
                while left:
                    left = left[file.write(left) :]
    with Writing(own):
        own.replace(path)
    return Bodies(sizes, None, path)


@contextlib.contextmanager
def open_spool(run: Run) -> Iterator[Path | None]:
    """A folder beside the output for what is too long for memory; None beside a stream.

    Raises: OutputUnwritable, DiskFull, Cancelled.
    """
    if run.temporary_folder is None:
        yield None
        return
    folder = run.temporary_folder.absolute() / f".rdiff-{os.urandom(8).hex()}.spool"
    with Writing(folder):
        folder.mkdir(mode=0o700)

    def remove() -> None:
        for _ in range(_REMOVALS_MOST):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                return

    try:
        run.on_abandon(remove)
        yield folder
    finally:
        remove()
