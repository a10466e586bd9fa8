"""Work that other processes do, or other computers that have the same folders under the same paths.

A job is a function of a module with frozen records of strings and numbers; what comes of it is a
value, and so is a failure. It writes nothing, so it may be done twice.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from rdiff_gui import errors
from rdiff_gui.engine.operation import Run
from rdiff_gui.errors import HelperLost, RdiffError
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from typing import TypeVar

    Argument = TypeVar("Argument")
    Result = TypeVar("Result")

# So many wait for somebody who is free, or for those before them.
_IN_FLIGHT_MOST = 64
# Between two looks at whether the user wants to stop.
_LOOK_SECONDS = 0.05

# A job is so much, or so many files: it takes long beside the way there and back.
JOB_BYTES = 2**25
JOB_FILES = 64


@record(frozen=True)
class Failure:
    """An error that comes from elsewhere: its class and its facts."""

    kind: str
    facts: dict[str, object]

    @classmethod
    def of(cls, problem: RdiffError) -> Failure:
        """What is known of it."""
        return cls(type(problem).__name__, dict(vars(problem)))

    def rebuild(self) -> RdiffError:
        """The error, to be raised here."""
        problem: RdiffError = getattr(errors, self.kind)(**self.facts)
        return problem


def do_jobs(
    executor: Executor,
    function: Callable[[Argument], Result | Failure],
    arguments: Iterable[Argument],
    run: Run,
) -> Iterator[Result]:
    """What comes of each, in order; those that have not begun are dropped when nobody wants more.

    Raises: HelperLost, what the jobs failed with, Cancelled.
    """
    ahead = iter(arguments)
    waiting: deque[Future[Result | Failure]] = deque()
    try:
        while True:
            for argument in islice(ahead, _IN_FLIGHT_MOST - len(waiting)):
                with _losses_told():
                    waiting.append(executor.submit(function, argument))
            if not waiting:
                return
            result = _wait_for(waiting.popleft(), run)
            if isinstance(result, Failure):
                raise result.rebuild()
            yield result
    finally:
        for future in waiting:
            future.cancel()


def _wait_for(future: Future[Result], run: Run) -> Result:
    """Raises: HelperLost, Cancelled."""
    while True:
        run.check()
        with _losses_told():
            try:
                return future.result(_LOOK_SECONDS)
            except TimeoutError:
                if future.done():
                    # It is the job's own.
                    raise


@contextlib.contextmanager
def _losses_told() -> Iterator[None]:
    """Raises: HelperLost, for the errors of all kinds of executors."""
    try:
        yield
    except Exception as problem:
        raise HelperLost(str(problem) or type(problem).__name__) from problem


@contextlib.contextmanager
def as_values(failures: list[Failure]) -> Iterator[None]:
    """Within a job: have an error become a value."""
    try:
        yield
    except RdiffError as problem:
        failures.append(Failure.of(problem))
