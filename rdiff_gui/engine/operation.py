"""Runs one operation so that its caller stays in charge.

The work is done on a thread of its own. The caller's thread waits, tells the progress, and obeys
the cancel token at once, even while the work stands in a call that nobody can interrupt: a read
from a dying disk, or librsync chewing on a signature made to be slow. Then the caller leaves,
after the outputs have been put back, and the thread finds itself abandoned when its call returns.
Where the system has no thread to give, the caller does the work itself, and looks at the token
between two steps.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import threading
import time
from _queue import SimpleQueue  # without the other queues, which take heapq and more
from collections.abc import Callable
from pathlib import Path

from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.parallel import quota_cores, start_thread
from rdiff_gui.engine.progress import CancelToken, Progress, ProgressCallback, Stage
from rdiff_gui.engine.system import has_enough_descriptors
from rdiff_gui.errors import Cancelled, PartUnloadable, SystemRefused
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

_POLL_SECONDS = 0.02
_TELL_SECONDS = 0.05
_GRACE_SECONDS = 0.04


class Run:
    """The one running operation, as seen by its work.

    `resources` is what it may take. `done_bytes` only ever grows, up to `total_bytes`, and counts
    all that is read and written, which may be a file several times over; told is the same part of
    `whole_bytes`, the size of what the work is about. `temporary_folder` is where large temporary
    data may lie, once an output is open. What must be put back when the work is abandoned is told
    with `on_abandon`; what must not happen any more then is done inside `commit`.
    """

    def __init__(
        self,
        resources: Resources = Resources(),  # noqa: B008  # frozen
        on_progress: ProgressCallback | None = None,
        cancel: CancelToken | None = None,
    ) -> None:
        self.resources = resources
        self.stage = Stage.SIGNING
        self.done_bytes = 0
        self.total_bytes: int | None = None
        self.whole_bytes = 0
        self.committed = False
        self.temporary_folder: Path | None = None
        self._begun = time.monotonic()
        self._token = cancel or CancelToken()
        self._on_progress = on_progress
        self._told: Progress | None = None
        self._told_at = 0.0
        self._working_caller: int | None = None
        self._putting_back = False
        self._stopped = False
        self._halted = False
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._undo: list[Callable[[], None]] = []

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._begun

    def advance(self, step_bytes: int) -> None:
        """Note bytes done; any thread of the work may. Raises: Cancelled."""
        with self._counting:
            self.done_bytes += step_bytes
        self.check()

    def check(self) -> None:
        """Raises: Cancelled, when the work should end."""
        if self._stopped or self._halted:
            raise Cancelled
        # What is visible cannot be taken back.
        if self._working_caller is not None and not self.committed:
            self._token.check()
            # Other threads, if some can be had later, tell nothing.
            if threading.get_ident() == self._working_caller:
                self.tell()

    def expect_more(self, more_bytes: int) -> None:
        """More is to be done than it seemed."""
        if self.total_bytes is not None:
            self.total_bytes += more_bytes

    def halt(self) -> None:
        """Have all threads of the work end what they are doing, because one of them failed."""
        self._halted = True

    def go_on(self) -> None:
        """The threads have ended; the work may do something else."""
        self._halted = False

    def on_abandon(self, undo: Callable[[], None]) -> None:
        """Have `undo` called, on the caller's thread, if the caller leaves before the work."""
        with self._lock:
            if self._stopped:
                raise Cancelled
            self._undo.append(undo)

    def commit(self, publish: Callable[[], None]) -> None:
        """Do the step that makes the result visible, unless the work was cancelled before it.

        Raises: Cancelled, what `publish` raises.
        """
        with self._lock:
            self._refuse_when_told_to_end()
            publish()
            self.committed = True

    def put_back_alone(self) -> None:
        """From now on the work puts back by itself what it does; its caller waits for that.

        Raises: Cancelled, when the work should end.
        """
        with self._lock:
            self._refuse_when_told_to_end()
            self._putting_back = True

    def _refuse_when_told_to_end(self) -> None:
        """Raises: Cancelled, also where the caller has not looked at the token since."""
        if self._stopped:
            raise Cancelled
        self._token.check()

    @property
    def is_waited_for(self) -> bool:
        """Whether the caller must not leave before the work."""
        return self.committed or self._putting_back

    # --- the caller's side -----------------------------------------------------------------------

    def attend(self) -> None:
        """Obey the token, and tell how far the work is, not too often and if that is news.

        Raises: Cancelled, what the callback raises.
        """
        self._token.check()
        self.tell()

    def tell(self) -> None:
        """The telling alone."""
        now = time.monotonic()
        if self._on_progress and now - self._told_at >= _TELL_SECONDS:
            progress = self._tell_part(self.done_bytes)
            if progress != self._told:
                self._on_progress(progress)
                self._told, self._told_at = progress, now

    def tell_end(self) -> None:
        """Tell that all is done. Raises: what the callback raises."""
        if self._on_progress:
            if self.total_bytes is None:
                self.total_bytes = self.done_bytes
            self._on_progress(self._tell_part(self.total_bytes))

    def _tell_part(self, done_bytes: int) -> Progress:
        total_bytes = self.total_bytes
        if total_bytes is None:
            return Progress(self.stage, done_bytes, None)
        done_bytes = min(done_bytes, total_bytes)
        if not self.whole_bytes or not total_bytes:
            return Progress(self.stage, done_bytes, total_bytes)
        return Progress(self.stage, done_bytes * self.whole_bytes // total_bytes, self.whole_bytes)

    def be_worked_by_caller(self) -> None:
        """From now on, every check attends: this thread, the caller's, does the work itself."""
        self._working_caller = threading.get_ident()

    def stop(self) -> None:
        """Ask the work to end. A commit that has begun is waited for and stands."""
        with self._lock:
            self._stopped = True

    def abandon(self) -> None:
        """Put back what the work had begun."""
        with self._lock:
            undo, self._undo = self._undo, []
        for step in reversed(undo):
            step()


class _Worker:
    """A thread that does one operation after another, until this object is gone.

    A new thread takes longer than a small file. Each caller has its own, which takes after it (on
    Linux, a thread that goes behind others makes threads that do so too) and ends with it.
    """

    def __init__(self) -> None:
        """Start the thread, if the system gives one."""
        self._bodies: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = start_thread(functools.partial(_serve, self._bodies))

    @property
    def alive(self) -> bool:
        """Whether there is a thread."""
        return self._thread is not None and self._thread.alive

    def begin(self, body: Callable[[], None]) -> None:
        """Have `body` done, which never raises, when what was begun before has ended."""
        self._bodies.put(body)

    def __del__(self) -> None:
        self._bodies.put(None)


def _serve(bodies: SimpleQueue[Callable[[], None] | None]) -> None:
    while (body := bodies.get()) is not None:
        body()
        # What it holds must not wait for the next one.
        del body


class _Callers(threading.local):
    """Of each calling thread, the worker that waits for its next operation."""

    idle: _Worker | None = None


_callers = _Callers()


def _forget_parent() -> None:
    # Threads stay behind in it.
    _callers.idle = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_parent)


class _Task:
    """The work, for whichever thread does it, and what came of it."""

    def __init__(self, work: Callable[[Run], object], run: Run) -> None:
        self._work, self._run = work, run
        self.begun = self.ended = False
        self._told = threading.Event()
        self.result: object = None
        self.failure: BaseException | None = None

    def do(self) -> None:
        """Do it, and keep what comes of it."""
        self.begun = True
        try:
            self.result = self._work(self._run)
        except OSError as problem:
            # Whoever knew the file did not expect this of the system.
            self.failure = SystemRefused.of(problem)
        except ImportError as problem:
            self.failure = PartUnloadable(str(problem))
        except (Exception, KeyboardInterrupt, SystemExit) as problem:  # noqa: BLE001  # handed over
            self.failure = problem
        except BaseException as problem:  # noqa: BLE001  # handed over as well
            # A library in Rust panicked, which no caller is ready for.
            self.failure = RuntimeError(str(problem))
        finally:
            self.ended = True
            self._told.set()

    def has_ended(self, worker: _Worker, seconds: float = _POLL_SECONDS) -> bool:
        """Wait a moment for the end; whether it has come.

        Raises: MemoryError, where the worker died of the work.
        """
        if self._told.wait(seconds) or self.ended:
            return True
        if not worker.alive and self.begun and not self.ended:
            raise MemoryError
        return self.ended


def run_operation(
    work: Callable[[Run], T],
    on_progress: ProgressCallback | None,
    cancel: CancelToken | None,
    resources: Resources = Resources(),  # noqa: B008  # frozen
) -> T:
    """Do `work` and give its result; tell progress on this thread, at most 20 times a second.

    Where the system gives no thread, the work is done on this one, which then obeys the token
    between two steps only.

    Raises: Cancelled, within 100 ms of the token, or when the work has put back what only it can;
    what `work` raises, but SystemRefused for a bare OSError and PartUnloadable for an ImportError;
    what `on_progress` raises, after stopping the work.
    """
    cancel = cancel or CancelToken()
    cancel.check()
    load_ahead_if_few()
    run = Run(resources, on_progress, cancel)
    task = _Task(work, run)
    worker, _callers.idle = _callers.idle or _Worker(), None
    worker.begin(task.do)
    try:
        # Until the end, or until it is clear that no thread will begin it.
        while (worker.alive or task.begun) and not task.has_ended(worker):
            run.attend()
    except BaseException:
        run.stop()
        _let_end(run, task, worker)
        run.abandon()
        if not run.committed:
            raise
    if not task.begun:
        run.be_worked_by_caller()
        task.do()
    if worker.alive:
        _callers.idle = worker
    if task.failure is not None:
        try:
            raise task.failure
        finally:
            task.failure = None  # breaks the cycle of exception, traceback and this frame
    run.tell_end()
    return task.result  # type: ignore[return-value]  # work's own result, typed T


def _let_end(run: Run, task: _Task, worker: _Worker) -> None:
    """Give the stopped work a moment; what must not be left half done is let finish."""
    with contextlib.suppress(MemoryError):
        if not task.has_ended(worker, _GRACE_SECONDS):
            while run.is_waited_for and not task.has_ended(worker):
                pass


_LOADED_LATE = (
    "blake3",
    "json",
    "math",
    "select",
    "rdiff_gui.engine.compression",
    "rdiff_gui.engine.delta",
    "rdiff_gui.engine.two_files",
    "rdiff_gui.engine.trees.tree_delta",
)


def load_ahead_if_few() -> None:
    """Load all that an operation may load later, if the process is near its limit of open files.

    Usually modules and libraries wait until something needs them; by then its files may have taken
    the last descriptor, and no module could be read any more. What cannot be loaded is left to
    whoever needs it, and says so then.
    """
    if has_enough_descriptors():
        return
    for name in _LOADED_LATE:
        with contextlib.suppress(OSError, ImportError):
            importlib.import_module(name)
    from rdiff_gui.errors import LibraryProblem
    from rdiff_gui.librsync.loader import load_library

    quota_cores()
    with contextlib.suppress(OSError, ImportError, LibraryProblem):
        load_library()
