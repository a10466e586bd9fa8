"""Work on threads, and its news on Tk's own."""

from __future__ import annotations

import _thread
import gc
import os
import threading
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rdiff_gui.engine.progress import CancelToken, Progress, ProgressCallback, Stage
from rdiff_gui.errors import SourceMissing, SystemRefused
from rdiff_gui.ui.worker import Ending, Failed, Finished, Post, Stopped, Worker, WorkerState
from tests.platforms import posix_only


@pytest.fixture
def bare_root() -> Iterator[tk.Tk]:
    """A plain window; whatever a Tk callback raises, the test raises at its end."""
    root = tk.Tk()
    raised: list[BaseException] = []
    root.report_callback_exception = lambda _kind, error, _traceback: raised.append(error)
    root.raised = raised  # type: ignore[attr-defined]  # for the one test that provokes it
    yield root
    root.destroy()
    del root
    gc.collect()
    if raised:
        raise raised[0]


class RustPanic(BaseException):
    """As the panic of a library in Rust, which is no Exception either."""


@pytest.fixture
def post(bare_root: tk.Tk) -> Post:
    """The way back to the window."""
    return Post(bare_root)


def wait_until(root: tk.Tk, happened: Callable[[], object]) -> None:
    """Let the window live until it happened."""
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end, "it never happened"
        root.update()
        time.sleep(0.002)


def test_results_arrive_on_tks_own_thread(bare_root: tk.Tk, post: Post) -> None:
    """Work runs beside the window; its result is handled where widgets may be touched."""
    threads: list[threading.Thread] = []
    endings: list[Ending[str]] = []

    def work(_on_progress: ProgressCallback) -> str:
        threads.append(threading.current_thread())
        return "done"

    def on_end(ending: Ending[str]) -> None:
        threads.append(threading.current_thread())
        endings.append(ending)

    post.run(work, on_end)
    wait_until(bare_root, lambda: endings)
    assert endings == [Finished("done")]
    assert threads[0] is not threads[1]
    assert threads[1] is threading.main_thread()


def test_work_that_gets_no_thread_has_failed(
    bare_root: tk.Tk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window says so, and neither hangs nor forgets that it was asked."""

    def refuse(*_arguments: object) -> int:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_thread, "start_new_thread", refuse)
    endings: list[Ending[None]] = []
    post.run(lambda _on_progress: None, endings.append)
    wait_until(bare_root, lambda: endings)
    (ending,) = endings
    assert isinstance(ending, Failed)
    assert isinstance(ending.error, SystemRefused)
    assert not post.expecting


def test_only_the_latest_progress_is_shown(bare_root: tk.Tk, post: Post) -> None:
    """A window that was busy catches up in one step, and the end comes after it."""
    seen: list[str] = []
    gate = threading.Event()

    def work(on_progress: ProgressCallback) -> None:
        for done in range(1000):
            on_progress(Progress(Stage.SIGNING, done, 1000))
        gate.set()

    post.run(
        work,
        lambda _ending: seen.append("end"),
        lambda progress: seen.append(str(progress.done_bytes)),
    )
    assert gate.wait(10)
    wait_until(bare_root, lambda: "end" in seen)
    assert seen == ["999", "end"]


def test_a_failure_is_brought_back_as_it_was(bare_root: tk.Tk, post: Post) -> None:
    """Errors that were foreseen and those that were not both reach the page."""
    endings: list[Ending[None]] = []
    missing = SourceMissing(Path("x"))

    def fail(error: BaseException) -> Callable[[ProgressCallback], None]:
        def work(_on_progress: ProgressCallback) -> None:
            raise error

        return work

    post.run(fail(missing), endings.append)
    wait_until(bare_root, lambda: len(endings) == 1)
    post.run(fail(ZeroDivisionError("oops")), endings.append)
    wait_until(bare_root, lambda: len(endings) == 2)
    assert endings[0] == Failed(missing)
    assert isinstance(endings[1], Failed)
    assert isinstance(endings[1].error, ZeroDivisionError)
    post.run(fail(RustPanic("deep inside")), endings.append)
    wait_until(bare_root, lambda: len(endings) == 3)
    assert isinstance(endings[2], Failed)
    assert isinstance(endings[2].error, RustPanic)


@posix_only("no stack is too large there")
def test_a_system_without_threads_is_told(bare_root: tk.Tk, post: Post) -> None:
    """Where no thread can be started the work has failed; the page does not wait for ever."""
    worker = Worker(post)
    endings: list[Ending[None]] = []
    before = threading.stack_size(2**46)
    try:
        worker.start(lambda **_more: None, endings.append, lambda _progress: None)
    finally:
        threading.stack_size(before)
    wait_until(bare_root, lambda: endings)
    assert isinstance(endings[0], Failed)
    assert isinstance(endings[0].error, SystemRefused)
    assert not worker.busy
    assert not post.expecting
    worker.start(lambda **_more: None, endings.append, lambda _progress: None)
    wait_until(bare_root, lambda: len(endings) == 2)
    assert endings[1] == Finished(None)


def test_threads_can_be_waited_for_without_tk(bare_root: tk.Tk, post: Post) -> None:
    """When the screen is gone, what runs is given its time to clean up, and not more."""
    gate = threading.Event()
    cleaned: list[bool] = []

    def work(_on_progress: ProgressCallback) -> None:
        gate.wait(10)
        cleaned.append(True)

    post.run(work, lambda _ending: None)
    post.wait_for_threads(0.05)
    assert cleaned == []
    gate.set()
    post.wait_for_threads(10)
    assert cleaned == [True]
    wait_until(bare_root, lambda: not post.expecting)


def test_questions_are_answered_or_told_off(bare_root: tk.Tk, post: Post) -> None:
    """A short question has an answer handler, and one for trouble."""
    heard: list[object] = []

    def trouble() -> int:
        raise OSError("gone")

    post.ask(lambda: 6 * 7, heard.append)
    wait_until(bare_root, lambda: heard)
    post.ask(trouble, heard.append, lambda error: heard.append(str(error)))
    wait_until(bare_root, lambda: len(heard) == 2)
    assert heard == [42, "gone"]


def test_one_faulty_handler_does_not_hold_up_the_others(bare_root: tk.Tk, post: Post) -> None:
    """What a handler raises is reported as any Tk callback's, and the rest is delivered."""
    raised: list[BaseException] = bare_root.raised  # type: ignore[attr-defined]  # set by the fixture
    heard: list[int] = []

    def faulty(_answer: int) -> None:
        raise ValueError("in a handler")

    post.ask(lambda: 1, faulty)
    post.ask(lambda: 2, heard.append)
    wait_until(bare_root, lambda: heard and raised)
    assert heard == [2]
    assert [str(error) for error in raised] == ["in a handler"]
    raised.clear()


def test_an_idle_window_is_left_in_peace(bare_root: tk.Tk, post: Post) -> None:
    """No timer ticks while nothing is expected, so a laptop can sleep."""
    heard: list[int] = []
    assert not bare_root.tk.call("after", "info")
    post.ask(lambda: 1, heard.append)
    assert bare_root.tk.call("after", "info")
    wait_until(bare_root, lambda: heard)
    assert not bare_root.tk.call("after", "info")


@posix_only("nice is POSIX's")
def test_the_window_goes_before_its_work(bare_root: tk.Tk, post: Post) -> None:
    """On a busy computer the window answers first; the work's own threads are as modest."""
    heard: list[list[int]] = []

    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def work() -> list[int]:
        found = [niceness()]
        inner = threading.Thread(target=lambda: found.append(niceness()))
        inner.start()
        inner.join()
        return found

    post.ask(work, heard.append, lowered=True)
    wait_until(bare_root, lambda: heard)
    assert min(heard[0]) > niceness()
    # What holds the interpreter's lock all the time would hold up the window from there.
    post.ask(work, heard.append, in_python=True, lowered=True)
    wait_until(bare_root, lambda: len(heard) == 2)
    assert set(heard[1]) == {niceness()}


def test_python_waits_until_the_page_is_laid_out(bare_root: tk.Tk, post: Post) -> None:
    """Beside it, each of the many calls of Tk would wait for the interpreter's lock."""
    done: list[str] = []
    post.ask(lambda: done.append("work"), lambda _nothing: None, in_python=True)

    def lay_out() -> None:
        time.sleep(0.1)
        done.append("layout")

    bare_root.after_idle(lay_out)
    wait_until(bare_root, lambda: not post.expecting)
    assert done == ["layout", "work"]
    post.ask(lambda: done.append("late"), lambda _nothing: None, in_python=True)
    post.close()
    end = time.monotonic() + 0.2
    wait_until(bare_root, lambda: time.monotonic() > end)
    assert "late" not in done


def test_nothing_is_delivered_after_closing(bare_root: tk.Tk, post: Post) -> None:
    """News for a window that is gone is dropped."""
    gate = threading.Event()
    heard: list[object] = []
    post.ask(gate.wait, heard.append)
    post.close()
    gate.set()
    post.ask(lambda: 1, heard.append)
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        bare_root.update()
    assert heard == []


def until_cancelled(*, cancel: CancelToken, **_more: object) -> str:
    """Work that ends only by cancelling."""
    while True:
        cancel.check()
        time.sleep(0.005)


def test_a_worker_goes_through_its_states(bare_root: tk.Tk, post: Post) -> None:
    """Idle, working, cancelling, done, and again; a closed one starts nothing."""
    worker = Worker(post)
    endings: list[Ending[str]] = []
    states = [worker.state]
    worker.start(until_cancelled, endings.append, lambda _progress: None)
    states.append(worker.state)
    with pytest.raises(RuntimeError):
        worker.start(until_cancelled, endings.append, lambda _progress: None)
    worker.cancel()
    worker.cancel()
    states.append(worker.state)
    assert worker.busy
    worker.close()
    states.append(worker.state)
    wait_until(bare_root, lambda: endings)
    assert endings == [Stopped()]
    states.append(worker.state)
    worker.start(lambda **_more: "yes", endings.append, lambda _progress: None)
    wait_until(bare_root, lambda: len(endings) == 2)
    assert endings[1] == Finished("yes")
    worker.close()
    states.append(worker.state)
    assert states == [
        WorkerState.IDLE,
        WorkerState.WORKING,
        WorkerState.CANCELLING,
        WorkerState.CANCELLING,
        WorkerState.DONE,
        WorkerState.CLOSED,
    ]
    with pytest.raises(RuntimeError):
        worker.start(until_cancelled, endings.append, lambda _progress: None)


def test_threads_hold_nothing_of_tk(bare_root: tk.Tk, post: Post) -> None:
    """A widget that a handler belongs to is never freed on a worker's thread."""
    freed_on: list[threading.Thread] = []

    class Page:
        def on_end(self, _ending: object) -> None:
            pass

        def __del__(self) -> None:
            freed_on.append(threading.current_thread())

    page = Page()
    gate = threading.Event()
    left = threading.Event()

    def work(_on_progress: ProgressCallback) -> None:
        gate.wait(10)
        left.set()

    post.run(work, page.on_end)
    del page
    post.close()
    assert freed_on == [threading.main_thread()]
    gate.set()
    assert left.wait(10)
    bare_root.update()
