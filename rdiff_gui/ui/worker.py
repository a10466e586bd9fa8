"""Work on background threads, and the way its news gets back to Tk.

Threads never touch Tk, nor hold anything that does: they know an outbox and a ticket number.
The window empties the outbox on its own thread, where the handlers of the tickets are kept.
"""

from __future__ import annotations

import enum
import errno
import functools
import gc
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from rdiff_gui.engine.parallel import RunningThread, start_thread
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.records import record

if TYPE_CHECKING:
    import tkinter as tk

    from rdiff_gui.engine.progress import Progress, ProgressCallback

T = TypeVar("T")
News = TypeVar("News")
Made = TypeVar("Made", covariant=True)

# Often enough that a cancel or a result is felt at once, seldom enough to cost nothing.
DRAIN_MS = 30
_NICENESS = 5
# Each call of Tk gives the interpreter's lock away, and may wait so long to have it back from a
# thread that is at work in Python; a page makes some hundred calls at once.
_TURN_SECONDS = 0.0001
# A page asks for its layout by then, and is faster without Python at work beside it.
_LAYOUT_MS = 20
_COLLECTION_MS = 1000


class Work(Protocol[Made]):
    """An operation of the engine with its files and options; it holds nothing of Tk."""

    def __call__(self, *, on_progress: ProgressCallback, cancel: CancelToken) -> Made:
        """Do it."""


@record(frozen=True)
class Finished(Generic[T]):
    """The work came to its end with a result."""

    result: T


@record(frozen=True)
class Failed:
    """The work ended with an error: one of ours, or one that nobody foresaw."""

    error: BaseException


@record(frozen=True)
class Stopped:
    """The user cancelled; nothing was changed."""


Ending = Finished[T] | Failed | Stopped


class Outbox:
    """What threads send. May be used from any thread; knows nothing of Tk."""

    def __init__(self) -> None:
        self.endings: queue.SimpleQueue[tuple[int, Ending[object]]] = queue.SimpleQueue()
        # Only the latest progress counts, so it is overwritten and never piles up.
        self.progress: dict[int, object] = {}


@record
class _Handlers:
    on_progress: Callable[[Any], None] | None
    on_end: Callable[[Ending[Any]], None]
    lasting: bool
    thread: RunningThread | None = None


class Post:
    """Brings what threads send to handlers on Tk's thread; idle while nothing is expected."""

    def __init__(self, root: tk.Tk) -> None:
        sys.setswitchinterval(_TURN_SECONDS)
        self._root = root
        self._outbox = Outbox()
        self._handlers: dict[int, _Handlers] = {}
        self._last_ticket = 0
        self._timer: str | None = None
        self._closed = False

    def run(
        self,
        work: Callable[[Callable[[News], None]], T],
        on_end: Callable[[Ending[T]], None],
        on_progress: Callable[[News], None] | None = None,
        *,
        in_python: bool = False,
        lowered: bool = True,
        lasting: bool = False,
    ) -> None:
        """Run `work` on a thread of its own; its news arrives on Tk's thread.

        Of what it tells on the way, only the latest does. `work` must hold no widget, image or
        variable: the thread may outlive them. Its priority is `lowered`, unless nearly all of it is
        Python, as `in_python` says: behind other programs, that would hold the interpreter's lock
        while it waits for a core, and the window with it. It begins when what is shown is laid out.
        What is `lasting` is to be done before the process ends: see `wait_for_threads`.
        """
        self._last_ticket += 1
        ticket = self._last_ticket
        handlers = self._handlers[ticket] = _Handlers(on_progress, on_end, lasting)

        def start() -> None:
            if self._closed:
                return
            run = functools.partial(_run, work, ticket, self._outbox, lowered and not in_python)
            handlers.thread = start_thread(run)
            if handlers.thread is None:
                from rdiff_gui.errors import SystemRefused

                # That is how the work ended, and told as any end.
                refused = SystemRefused(errno.EAGAIN, os.strerror(errno.EAGAIN))
                self._outbox.endings.put((ticket, Failed(refused)))

        if in_python:
            self._root.after(_LAYOUT_MS, lambda: self._root.after_idle(start))
        else:
            start()
        self._schedule()

    def ask(
        self,
        question: Callable[[], T],
        on_answer: Callable[[T], None],
        on_failed: Callable[[BaseException], None] | None = None,
        *,
        in_python: bool = False,
        lowered: bool = False,
        lasting: bool = False,
    ) -> None:
        """Run a short question on a thread, for whatever may wait for a disk or a program.

        A program that it starts would keep a lowered priority for good.
        """

        def on_end(ending: Ending[T]) -> None:
            if isinstance(ending, Finished):
                on_answer(ending.result)
            elif isinstance(ending, Failed):
                if on_failed is None:
                    raise ending.error
                on_failed(ending.error)

        self.run(
            lambda _on_progress: question(),
            on_end,
            in_python=in_python,
            lowered=lowered,
            lasting=lasting,
        )

    @property
    def expecting(self) -> bool:
        """Whether any thread still has news to send."""
        return bool(self._handlers)

    def wait_for_threads(self, seconds: float, *, all_of_them: bool = True) -> None:
        """Wait until threads, or the lasting ones, have done what they had to; calls no Tk."""
        end = time.monotonic() + seconds
        for handlers in self._handlers.values():
            if handlers.thread and (all_of_them or handlers.lasting):
                handlers.thread.join(max(0.0, end - time.monotonic()))

    def close(self) -> None:
        """Deliver nothing any more."""
        self._closed = True
        self._handlers.clear()
        if self._timer is not None:
            self._root.after_cancel(self._timer)
            self._timer = None

    def _schedule(self) -> None:
        if self._timer is None and self._handlers and not self._closed:
            self._timer = self._root.after(DRAIN_MS, self._drain)

    def _drain(self) -> None:
        self._timer = None
        for ticket in list(self._outbox.progress):
            progress = self._outbox.progress.pop(ticket)
            handlers = self._handlers.get(ticket)
            if handlers is not None and handlers.on_progress is not None:
                self._deliver(handlers.on_progress, progress)
        while not self._closed:
            try:
                ticket, ending = self._outbox.endings.get_nowait()
            except queue.Empty:
                break
            self._deliver(self._handlers.pop(ticket).on_end, ending)
        self._schedule()

    def _deliver(self, handler: Callable[[T], None], news: T) -> None:
        try:
            handler(news)
        except Exception:  # noqa: BLE001  # one handler's fault must not hold up the others' news
            self._root.report_callback_exception(*sys.exc_info())


def _run(
    work: Callable[[Callable[[News], None]], T], ticket: int, outbox: Outbox, lowered: bool
) -> None:
    """The thread."""
    from rdiff_gui.errors import Cancelled

    def on_progress(progress: News) -> None:
        outbox.progress[ticket] = progress

    ending: Ending[object]
    try:
        if lowered:
            _let_the_window_go_first()
        ending = Finished(work(on_progress))
    except Cancelled:
        ending = Stopped()
    # Whatever it is, the window must hear of it; a panic of a library in Rust is no Exception.
    except BaseException as error:  # noqa: BLE001
        ending = Failed(error)
    outbox.endings.put((ticket, ending))


def _let_the_window_go_first() -> None:
    """On a busy computer, Tk's thread answers before this one and those that it starts go on."""
    if sys.platform == "linux":
        # Only Linux gives each thread a priority of its own; only root may raise it.
        thread = threading.get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread) + _NICENESS
        os.setpriority(os.PRIO_PROCESS, thread, niceness)


class WorkerState(enum.Enum):
    """Where a worker stands."""

    IDLE = "idle"
    WORKING = "working"
    CANCELLING = "cancelling"
    DONE = "done"
    CLOSED = "closed"


class Worker:
    """One operation after another, one at a time, each on a thread of its own."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._cancel = CancelToken()
        self.state = WorkerState.IDLE

    @property
    def busy(self) -> bool:
        """Whether a thread is at work."""
        return self.state in (WorkerState.WORKING, WorkerState.CANCELLING)

    def start(
        self,
        work: Work[T],
        on_end: Callable[[Ending[T]], None],
        on_progress: Callable[[Progress], None],
    ) -> None:
        """Begin; one of `Finished`, `Failed` and `Stopped` follows, on Tk's thread."""
        if self.busy or self.state is WorkerState.CLOSED:
            raise RuntimeError(self.state)
        self.state = WorkerState.WORKING
        token = self._cancel = CancelToken()

        def ended(ending: Ending[T]) -> None:
            self.state = WorkerState.DONE
            on_end(ending)

        self._post.run(lambda report: work(on_progress=report, cancel=token), ended, on_progress)

    def cancel(self) -> None:
        """Ask the operation to end. May be called at any time, more than once."""
        if self.state is WorkerState.WORKING:
            self.state = WorkerState.CANCELLING
        self._cancel.cancel()

    def close(self) -> None:
        """Start nothing any more.

        Call it when the operation has ended: its thread still cleans up until then.
        """
        self._cancel.cancel()
        if not self.busy:
            self.state = WorkerState.CLOSED


class TkGarbageCollection:
    """Takes the place of Python's own collection while the window lives.

    Widgets and pictures lie in reference cycles. Were the collector to run on a worker's thread and
    free one there, it would call Tk from a thread that must not, and could stop the process.
    """

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        gc.disable()
        self._timer = root.after(_COLLECTION_MS, self._collect)

    def close(self) -> None:
        """Give the collection back to Python."""
        self._root.after_cancel(self._timer)
        gc.enable()

    def _collect(self) -> None:
        self._timer = self._root.after(_COLLECTION_MS, self._collect)
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return
