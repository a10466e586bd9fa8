"""One operation and its caller: progress, cancelling, leaving, and the next one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    CancelToken,
    Progress,
    Sealing,
    make_signature,
)
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.errors import (
    Cancelled,
)

from .conftest import MakeFile
from .platforms import posix_only

Listing = Callable[[], set[str]]


def test_the_caller_leaves_stuck_work_at_once(tmp_path: Path) -> None:
    """A read that never returns does not hold the user; what it had begun is put back."""
    stuck, let_go, undone, ended = (threading.Event() for _ in range(4))
    token = CancelToken()

    def work(run: Run) -> None:
        run.on_abandon(undone.set)
        stuck.set()
        let_go.wait(20)
        try:
            run.commit((tmp_path / "published").touch)
        finally:
            ended.set()

    def cancel_when_stuck() -> None:
        stuck.wait()
        token.cancel()

    threading.Thread(target=cancel_when_stuck).start()
    with pytest.raises(Cancelled):
        run_operation(work, None, token)
    assert undone.is_set()
    assert run_operation(lambda _run: "the next", None, None) == "the next"
    let_go.set()
    assert ended.wait(20)
    assert not (tmp_path / "published").exists()


@posix_only("named pipes are POSIX's")
def test_a_cancel_before_a_pipe_is_read_leaves_nothing_behind(
    make_file: MakeFile, tmp_path: Path
) -> None:
    """No thread stays in wait for a reader, with the input open; one that comes gets all of it."""
    old, pipe, signature = make_file("old", 10_000), tmp_path / "pipe", tmp_path / "signature"
    os.mkfifo(pipe)
    plain = Sealing.NONE
    make_signature(old, signature, sealing=plain)

    def held(what: str) -> int:
        return len(list(Path("/proc/self", what).iterdir()))

    threads, descriptors = held("task"), held("fd")
    for _ in range(3):
        token = CancelToken()
        threading.Timer(0.1, token.cancel).start()
        with pytest.raises(Cancelled):
            make_signature(old, pipe, cancel=token)
    end = time.monotonic() + 20
    # The thread that waits for the next operation has ended with the first of these.
    while held("task") >= threads or held("fd") > descriptors:
        assert time.monotonic() < end
        time.sleep(0.01)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE)
    make_signature(old, pipe, sealing=plain)
    assert reader.communicate()[0] == signature.read_bytes()


def is_there(thread: int) -> bool:
    """Whether this process has a thread of that native number."""
    return Path(f"/proc/self/task/{thread}").exists()


def test_one_thread_serves_one_operation_after_another() -> None:
    """Ten thousand small files make no ten thousand threads."""
    found: list[int] = []

    def work_often() -> None:
        found.extend(run_operation(lambda _: threading.get_native_id(), None, None) for _ in "abc")

    callers = [threading.Thread(target=work_often) for _ in range(2)]
    for caller in callers:
        caller.start()
        caller.join()
    assert len(found) == 6
    assert len(set(found)) == 2
    deadline = time.monotonic() + 20
    # They end with whom they worked for.
    while any(is_there(thread) for thread in found):
        assert time.monotonic() < deadline
        time.sleep(0.005)


@posix_only("nice is POSIX's")
def test_an_operation_is_as_modest_as_its_caller() -> None:
    """A caller that lets others go first is not served by somebody else's thread."""

    def niceness(_run: Run) -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    found = [run_operation(niceness, None, None)]

    def work_modestly() -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        found.append(run_operation(niceness, None, None))

    caller = threading.Thread(target=work_modestly)
    caller.start()
    caller.join()
    assert found[1] == 19


AFTER_A_FORK = """
import os, sys
from rdiff_gui.engine.operation import run_operation
run_operation(lambda run: None, None, None)
child = os.fork()
answer = run_operation(lambda run: 7, None, None)
if child == 0:
    os._exit(answer)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@posix_only("processes do not fork there")
def test_a_forked_process_can_work_too() -> None:
    """The threads of its parent are not there, and it does not wait for them."""
    command = [sys.executable, "-W", "ignore", "-c", AFTER_A_FORK]
    ended = subprocess.run(command, timeout=20, check=False)
    assert ended.returncode == 7


def test_a_published_result_is_not_called_cancelled() -> None:
    """Cancel that comes after the rename is too late, and says so by succeeding."""
    token = CancelToken()

    def work(run: Run) -> str:
        run.commit(token.cancel)
        threading.Event().wait(0.3)
        return "published"

    assert run_operation(work, None, token) == "published"


def test_a_cancel_right_before_publication_is_in_time() -> None:
    """However fast the work is, and though its caller has not looked at the token since."""
    token, published = CancelToken(), []

    def work(run: Run) -> None:
        token.cancel()
        run.commit(lambda: published.append(1))

    with pytest.raises(Cancelled):
        run_operation(work, None, token)
    assert not published


def test_progress_rises_and_ends_at_all_of_it(make_dotted: MakeFile, tmp_path: Path) -> None:
    """The bar never goes back, is not told too often, and ends full."""
    old = make_dotted("old", 2**29)
    told: list[Progress] = []
    summary = make_signature(old, tmp_path / "sig", on_progress=told.append)
    done = [progress.done_bytes for progress in told]
    assert done == sorted(done)
    assert told[-1].fraction == 1.0
    assert len(told) <= summary.seconds * 20 + 2


def test_a_callback_that_fails_stops_the_work(make_dotted: MakeFile, listing: Listing) -> None:
    """A mistake in the caller's own code ends the operation cleanly and is seen by the caller."""
    old = make_dotted("old", 2**29)

    def fail(_progress: Progress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_signature(old, old.with_name("sig"), on_progress=fail)
    assert listing() == {"old"}


def test_a_token_used_up_starts_nothing(make_file: MakeFile, listing: Listing) -> None:
    """An operation cancelled before it began does not begin."""
    token = CancelToken()
    token.cancel()
    old = make_file("old", 100)
    with pytest.raises(Cancelled):
        make_signature(old, old.with_name("sig"), cancel=token)
    assert listing() == {"old"}
