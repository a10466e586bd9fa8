"""Runs one operation so that its caller stays in charge.

The work is done on a thread of its own. The caller's thread waits, tells the progress, and obeys
the cancel token at once, even while the work stands in a call that nobody can interrupt: a read
from a dying disk, or librsync chewing on a signature made to be slow. Then the caller leaves,
after the outputs have been put back, and the thread finds itself abandoned when its call returns.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from rdiff_gui.engine.progress import CancelToken, Progress, ProgressCallback, Stage
from rdiff_gui.errors import Cancelled

T = TypeVar("T")

_POLL_SECONDS = 0.02
_TELL_SECONDS = 0.05
_GRACE_SECONDS = 0.04


class Run:
    """The one running operation, as seen by its work.

    `done_bytes` only ever grows. `scratch_folder` is where large temporary data may lie, once an
    output is open. What must be put back when the work is abandoned is told with
    `on_abandon`; what must not happen any more then is done inside `commit`.
    """

    def __init__(self) -> None:
        self.stage = Stage.SIGNING
        self.done_bytes = 0
        self.total_bytes: int | None = None
        self.committed = False
        self.scratch_folder: Path | None = None
        self._stopped = False
        self._halted = False
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._undo: list[Callable[[], None]] = []

    def advance(self, step_bytes: int) -> None:
        """Note bytes done; any thread of the work may. Raises: Cancelled."""
        with self._counting:
            self.done_bytes += step_bytes
        self.check()

    def check(self) -> None:
        """Raises: Cancelled, when the work should end."""
        if self._stopped or self._halted:
            raise Cancelled

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
        """Do the step that makes the result visible, unless the work was stopped before it.

        Raises: Cancelled, what `publish` raises.
        """
        with self._lock:
            if self._stopped:
                raise Cancelled
            publish()
            self.committed = True

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

    def snapshot(self) -> Progress:
        """The progress at this moment."""
        return Progress(self.stage, self.done_bytes, self.total_bytes)


class _Worker:
    """A thread that does one operation after another, until this object is gone.

    A new thread takes longer than a small file. Each caller has its own, which takes after it (on
    Linux, a thread that goes behind others makes threads that do so too) and ends with it.
    """

    def __init__(self) -> None:
        self._bodies: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        threading.Thread(
            target=_serve, args=(self._bodies,), name="rdiff-operation", daemon=True
        ).start()

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


class _Outcome:
    """What the thread left behind."""

    def __init__(self) -> None:
        self.finished = threading.Event()
        self.result: object = None
        self.failure: BaseException | None = None


def run_operation(
    work: Callable[[Run], T],
    on_progress: ProgressCallback | None,
    cancel: CancelToken | None,
) -> T:
    """Do `work` and give its result; tell progress on this thread, at most 20 times a second.

    Raises: Cancelled, within 100 ms of the token; what `work` raises; what `on_progress` raises,
    after stopping the work.
    """
    token = cancel or CancelToken()
    token.check()
    run = Run()
    outcome = _Outcome()

    def body() -> None:
        try:
            outcome.result = work(run)
        except BaseException as problem:  # noqa: BLE001  # handed over to the caller's thread
            outcome.failure = problem
        finally:
            outcome.finished.set()

    worker, _callers.idle = _callers.idle or _Worker(), None
    worker.begin(body)
    try:
        _wait(run, outcome, on_progress, token)
    except BaseException:
        run.stop()
        # What is visible cannot be taken back: the work is let finish, and counts as done.
        outcome.finished.wait(None if run.committed else _GRACE_SECONDS)
        run.abandon()
        if not run.committed:
            raise
    _callers.idle = worker
    if outcome.failure is not None:
        try:
            raise outcome.failure
        finally:
            outcome.failure = None  # breaks the cycle of exception, traceback and this frame
    if on_progress:
        total_bytes = run.done_bytes if run.total_bytes is None else run.total_bytes
        on_progress(Progress(run.stage, total_bytes, total_bytes))
    return outcome.result  # type: ignore[return-value]  # work's own result, typed T


def _wait(
    run: Run, outcome: _Outcome, on_progress: ProgressCallback | None, token: CancelToken
) -> None:
    """Wait for the end of the work. Raises: Cancelled, what `on_progress` raises."""
    told: Progress | None = None
    told_at = 0.0
    while not outcome.finished.wait(_POLL_SECONDS):
        token.check()
        now = time.monotonic()
        if on_progress and now - told_at >= _TELL_SECONDS:
            progress = run.snapshot()
            if progress != told:
                on_progress(progress)
                told, told_at = progress, now
