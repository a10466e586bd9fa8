"""Where the system gives no threads: the work is done all the same, and nobody waits in vain."""

from __future__ import annotations

import _thread
import itertools
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import blake3
import pytest

from rdiff_gui.engine import (
    CancelToken,
    Progress,
    Resources,
    apply_patch,
    make_delta,
    make_signature,
)
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.parallel import RunningThread, can_start, run_slices, start_thread
from rdiff_gui.engine.signature_table import Tables
from rdiff_gui.errors import Cancelled, SystemRefused

from .cli_process import plain_environment, unpublished_bytes
from .conftest import MakeFile
from .platforms import posix_only

Start = Callable[..., int]
really_start = _thread.start_new_thread


def refuse(_function: Callable[..., object], _arguments: tuple[Any, ...]) -> int:
    """As under a limit of processes, or without address space for a stack."""
    raise RuntimeError("can't start new thread")


def run_out(_function: Callable[..., object], _arguments: tuple[Any, ...]) -> int:
    """As where there is no memory for what a thread is given."""
    raise MemoryError


def die(function: Callable[..., object], _arguments: tuple[Any, ...]) -> int:
    """As where there is no memory for the new thread's first frame."""
    return really_start(lambda _life: None, (function,))


ENDINGS = pytest.mark.parametrize("start", [refuse, run_out, die])


def from_the(count: int, start: Start) -> Start:
    """Threads as usual, but from that one on."""
    numbers = itertools.count(1)

    def choose(function: Callable[..., object], arguments: tuple[Any, ...]) -> int:
        return (really_start if next(numbers) < count else start)(function, arguments)

    return choose


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Callable[[Start], None]:
    """Start threads another way from now on; none is left from before."""
    monkeypatch.setattr("rdiff_gui.engine.operation._callers.idle", None)
    return lambda start: monkeypatch.setattr(_thread, "start_new_thread", start)


@ENDINGS
def test_a_thread_that_does_not_come_is_no_thread(
    start: Start, fresh: Callable[[Start], None]
) -> None:
    """Whoever starts one hears at once whether it is there."""
    fresh(start)
    assert start_thread(lambda: None) is None


def test_a_thread_that_comes_late_and_ends_at_once_was_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a busy computer, no work that was done is told as work that found no thread."""
    waiting: list[Callable[[], None]] = []
    done: list[str] = []
    alive: property = vars(RunningThread)["alive"]

    def start_later(function: Callable[[], None], _arguments: tuple[Any, ...]) -> int:
        waiting.append(function)
        return 1

    def look(thread: RunningThread) -> bool:
        if waiting:
            waiting.pop()()
        return bool(alive.__get__(thread))

    monkeypatch.setattr(_thread, "start_new_thread", start_later)
    monkeypatch.setattr(RunningThread, "alive", property(look))
    thread = start_thread(lambda: done.append("once"))
    assert done == ["once"]
    assert thread
    assert not thread.died


def test_a_thread_is_seen_to_end_and_to_die(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a thread does not live to say is known all the same."""

    def fail() -> None:
        raise MemoryError

    monkeypatch.setattr(sys, "unraisablehook", lambda _news: None)
    for body, died in ((lambda: None, False), (fail, True)):
        thread = start_thread(body)
        assert thread
        thread.join()
        deadline = time.monotonic() + 20
        while thread.alive:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        assert thread.died is died


@ENDINGS
def test_threads_of_a_library_are_tried_first(
    start: Start, fresh: Callable[[Start], None], tmp_path: Path, make_file: MakeFile
) -> None:
    """BLAKE3's own threads would panic where there are none; so it is given one core then."""
    assert can_start(3)
    assert not can_start(1)
    seen: list[int] = []
    really = blake3.blake3
    fresh(from_the(3, start))
    assert not can_start(3)

    def hash_alone(*_arguments: object, max_threads: int) -> object:
        seen.append(max_threads)
        return really()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blake3, "blake3", hash_alone)
        make_signature(make_file("old", 1000), tmp_path / "sums", resources=Resources(64))
    assert set(seen) == {1}


@ENDINGS
@pytest.mark.parametrize("count", [1, 2, 3])
def test_results_are_right_with_the_threads_there_are(
    start: Start, count: int, fresh: Callable[[Start], None], make_file: MakeFile, tmp_path: Path
) -> None:
    """No thread at all, one, or two of the four that were wanted."""
    fresh(from_the(count, start))
    old = make_file("old", 8_000_000)
    new = make_file("new", b"new" + old.read_bytes())
    told: list[Progress] = []
    four = Resources(4)
    make_signature(old, tmp_path / "sums", resources=four, on_progress=told.append)
    make_delta(tmp_path / "sums", new, tmp_path / "changes", resources=four)
    apply_patch(old, tmp_path / "changes", tmp_path / "again", resources=four)
    assert (tmp_path / "again").read_bytes() == new.read_bytes()
    assert told[-1].fraction == 1.0


def test_progress_and_cancel_work_without_a_thread(fresh: Callable[[Start], None]) -> None:
    """The caller does the work itself, and is still told and heard."""
    fresh(refuse)
    token, told = CancelToken(), list[int]()

    def work(run: Run) -> None:
        assert threading.get_ident() == caller
        while True:
            run.advance(1)

    def stop(progress: Progress) -> None:
        told.append(progress.done_bytes)
        if len(told) == 3:
            token.cancel()

    caller = threading.get_ident()
    with pytest.raises(Cancelled):
        run_operation(work, stop, token)
    assert told == sorted(told)
    assert len(told) == 3


def test_what_was_published_without_a_thread_stands(fresh: Callable[[Start], None]) -> None:
    """A cancel that comes after the rename is too late here as well."""
    fresh(refuse)
    token = CancelToken()

    def work(run: Run) -> str:
        run.commit(token.cancel)
        run.check()
        return "published"

    assert run_operation(work, None, token) == "published"


def test_a_worker_that_dies_of_its_work_is_no_riddle(
    monkeypatch: pytest.MonkeyPatch, fresh: Callable[[Start], None]
) -> None:
    """Where even the failure cannot be told for lack of memory, the caller is not kept waiting."""
    monkeypatch.setattr(sys, "unraisablehook", lambda _news: None)
    token = CancelToken()

    class Speechless(threading.Event):
        def set(self) -> None:
            raise MemoryError

    fresh(really_start)
    with monkeypatch.context() as patch:
        patch.setattr(threading, "Event", Speechless)
        assert run_operation(lambda _run: "done", None, token) == "done"
    assert run_operation(lambda _run: "the next", None, None) == "the next"


def test_a_slice_lost_with_its_thread_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that takes a slice with it when it dies leaves nobody waiting for that."""
    monkeypatch.setattr(sys, "unraisablehook", lambda _news: None)
    main = threading.get_ident()
    lost = threading.Event()

    def fail_unsaid(_pool: object, _problem: BaseException) -> None:
        lost.set()
        raise MemoryError

    class Endless:
        def make(self) -> list[int]:
            return []

        def take(self, _slice: list[int]) -> bool:
            return True

        def work(self, _slice: list[int]) -> None:
            if threading.get_ident() != main:
                raise MemoryError
            assert lost.wait(20)

        def finish(self, _slice: list[int]) -> None:
            pass

    monkeypatch.setattr("rdiff_gui.engine.parallel._Pool._fail", fail_unsaid)
    with pytest.raises(MemoryError):
        run_slices(Endless(), 1, None, Run(Resources(threads=2)))


WITHOUT_THREADS = """
import _thread, sys
def refuse(*_):
    raise RuntimeError("can't start new thread")
_thread.start_new_thread = refuse
from rdiff_gui.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def start_without_threads(*words: str, folder: Path) -> subprocess.Popen[bytes]:
    """The command line in a process that gets no thread."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", WITHOUT_THREADS, *words],
        cwd=folder,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_the_command_line_needs_no_thread(make_file: MakeFile, tmp_path: Path) -> None:
    """Under a limit of processes, every verb does its work."""
    old = make_file("old", 3_000_000)
    make_file("new", b"new" + old.read_bytes())
    for words in (
        "signature old sums",
        "delta sums new changes",
        "diff --compress old new packed",
        "verify old packed",
        "patch old packed again",
        "info changes",
    ):
        program = start_without_threads(*words.split(), folder=tmp_path)
        _, told = program.communicate(timeout=60)
        assert (program.returncode, told) == (0, b""), words
    assert (tmp_path / "again").read_bytes() == (tmp_path / "new").read_bytes()


@posix_only("a process is told to end by its console alone")
def test_sigterm_is_heard_without_a_thread(make_dotted: MakeFile, tmp_path: Path) -> None:
    """The work ends between two slices, and puts everything back."""
    make_dotted("old", 4 * 2**30)
    program = start_without_threads("signature", "--threads", "1", "old", "sums", folder=tmp_path)
    deadline = time.monotonic() + 20
    while not unpublished_bytes(program.pid, tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    program.send_signal(signal.SIGTERM)
    _, told = program.communicate(timeout=20)
    assert program.returncode == 128 + signal.SIGTERM
    assert told == b"rdiff-gui: Cancelled. Nothing was changed.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_panic_is_an_error_like_others() -> None:
    """What a library in Rust throws passes every handler of errors; its caller gets an error."""

    class Panic(BaseException):
        pass

    def work(_run: Run) -> None:
        raise Panic("no threads")

    with pytest.raises(RuntimeError, match="no threads"):
        run_operation(work, None, None)


def test_a_bare_refusal_of_the_system_is_a_sentence() -> None:
    """Whatever the system refuses deep within the work, its words come out, and no other fault."""

    def work(_run: Run) -> None:
        raise OSError(24, "Too many open files")

    with pytest.raises(SystemRefused, match="Too many files are open") as caught:
        run_operation(work, None, None)
    assert caught.value.exit_code == 100


def test_a_table_for_which_there_is_no_memory_is_shared(
    pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads that cannot load the signature each for themselves compare with one table."""
    old, new = (path.with_name(f"large {path.name}") for path in pair)
    for path, part in zip((old, new), pair, strict=True):
        path.write_bytes(part.read_bytes() * 10)
    make_signature(old, tmp_path / "sums")

    def starve(*_arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Tables, "_load_again", starve)
    make_delta(tmp_path / "sums", new, tmp_path / "delta", resources=Resources(threads=3))
    apply_patch(old, tmp_path / "delta", tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()


def test_a_thread_that_dies_at_its_start_says_nothing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine goes on without it; whatever else goes wrong unseen is said as ever."""
    hook = sys.unraisablehook

    def die(_life: object) -> None:
        raise MemoryError

    monkeypatch.setattr("rdiff_gui.engine.parallel._Life.__call__", die)
    assert start_thread(lambda: None) is None
    assert capfd.readouterr().err == ""
    assert sys.unraisablehook is hook
