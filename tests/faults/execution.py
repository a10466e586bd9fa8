"""Runs the program once, disturbed: a fork that has all imported, or a process of its own.

The campaign's workers have one thread, so they may fork. What a run says goes into pipes that are
large enough for all of it, so nobody has to read while it runs.
"""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from rdiff_gui.__main__ import run as be_program

from .injection import PAGE_VARIABLE, Fault, Page
from .pipe_partners import Partner, Partners

# A run takes some hundredths of a second; on a very busy machine a hundred times as much.
PATIENCE_SECONDS = 20.0
# For faulthandler, to write down where all threads stand.
DUMP_SECONDS = 2.0
STREAM_BYTES = 2**20

# Descriptors of a worker are below; the last of them tells that a run begins.
_FILES_MOST = 256
_READY = _FILES_MOST - 1

PROGRAM = (sys.executable, "-X", "dev", "-W", "error", "-P", "-m", "rdiff_gui")


@dataclass(frozen=True)
class Disturbance:
    """What one run meets. Limits are (RLIMIT_…, value); the kill is (signal, seconds).

    `feeder` and `taker` are at the other ends of its pipes; without them, pipes hold everything.

    A `real` run is a process of its own, under `wrapper` where there is one, which knows nothing of
    the shim. With `poor`, the disk has no links, no nameless files and no attributes.
    """

    fault: Fault | None = None
    limits: tuple[tuple[int, int], ...] = ()
    memory_bytes: int | None = None
    user: int | None = None
    kill: tuple[int, float] | None = None
    on_stop: Callable[[], None] | None = None
    poor: bool = False
    real: bool = False
    wrapper: tuple[str | Path, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    patience_seconds: float = PATIENCE_SECONDS
    feeder: Partner | None = None
    taker: Partner | None = None


CALM = Disturbance()


@dataclass
class Outcome:
    """What a run left: its exit code, or minus the signal that ended it, and its words."""

    code: int
    output: bytes
    words: str
    hung: bool
    struck: int
    what: str
    counts: dict[str, int] = field(default_factory=dict)


class Run:
    """One run, begun; `wait` gives its outcome."""

    def __init__(
        self, words: Sequence[str], folder: Path, given: bytes | None, page: Page, how: Disturbance
    ) -> None:
        """Begin it in `folder`, with `given` on standard input."""
        self._page, self._how = page, how
        self._hung = False
        page.prepare(folder, how.fault, streams=True, poor=how.poor)
        is_ready, ready = os.pipe()
        self._partners = Partners()
        self._output, output = _roomy_pipe()
        stdin = self._open_input(given)
        if how.taker:
            sink, output = output, self._partners.take(how.taker, output)
            os.close(sink)
        self._words, says = _roomy_pipe()
        self.process = os.fork()
        if not self.process:
            _become_program(words, folder, (stdin, output, says, ready), page, how)
        for descriptor in (stdin, output, says, ready):
            os.close(descriptor)
        # Moments count from when the program itself begins. A process of its own never says so.
        os.read(is_ready, 1)
        os.close(is_ready)

    def _open_input(self, given: bytes | None) -> int:
        if given is None:
            return os.open(os.devnull, os.O_RDONLY)
        if self._how.feeder:
            return self._partners.feed(self._how.feeder, given)
        reader, writer = _roomy_pipe()
        assert len(given) <= STREAM_BYTES
        os.write(writer, given)
        os.close(writer)
        return reader

    def wait(self) -> Outcome:
        """Wait for its end, kill it at its moment or when it hangs, change things when it stops."""
        kill = self._how.kill
        patience = self._how.patience_seconds
        deadline = time.monotonic() + patience
        before = signal.signal(signal.SIGALRM, self._on_alarm(deadline))
        signal.setitimer(signal.ITIMER_REAL, max(kill[1], 1e-6) if kill else patience)
        try:
            while True:
                seen = os.waitid(os.P_PID, self.process, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
                assert seen is not None
                if seen.si_code != os.CLD_STOPPED:
                    break
                os.waitid(os.P_PID, self.process, os.WSTOPPED)
                if self._how.on_stop:
                    self._how.on_stop()
                os.kill(self.process, signal.SIGCONT)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        _, status = os.waitpid(self.process, 0)
        self._partners.wait()
        return Outcome(
            os.waitstatus_to_exitcode(status),
            _drain(self._output),
            _drain(self._words).decode("utf-8", "backslashreplace"),
            self._hung,
            self._page.struck,
            self._page.what,
            self._page.counts,
        )

    def _on_alarm(self, deadline: float) -> Callable[[int, FrameType | None], None]:
        kill = self._how.kill

        def strike(_number: int, _frame: FrameType | None) -> None:
            nonlocal kill
            if kill:
                os.kill(self.process, kill[0])
                kill = None
                signal.setitimer(signal.ITIMER_REAL, max(deadline - time.monotonic(), 1.0))
            elif not self._hung:
                self._hung = True
                # faulthandler tells where, as it does for every abort.
                os.kill(self.process, signal.SIGABRT)
                signal.setitimer(signal.ITIMER_REAL, DUMP_SECONDS)
            else:
                os.kill(self.process, signal.SIGKILL)

        return strike


def run(
    words: Sequence[str], folder: Path, given: bytes | None, page: Page, how: Disturbance = CALM
) -> Outcome:
    """One run from its beginning to its end."""
    return Run(words, folder, given, page, how).wait()


def _become_program(
    words: Sequence[str],
    folder: Path,
    streams: tuple[int, int, int, int],
    page: Page,
    how: Disturbance,
) -> None:
    """Never returns."""
    # Whatever goes wrong here is the campaign's own mistake, and looks like one.
    try:
        # Limits on the number of files count from the lowest.
        ready = _READY
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, ready if number == 3 else number, inheritable=number < 3)
        os.closerange(3, ready)
        os.closerange(ready + 1, _FILES_MOST)
        os.chdir(folder)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        # What __main__ does first; until then, Ctrl-C would be the campaign's affair.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for limit, value in how.limits:
            resource.setrlimit(limit, (value, resource.getrlimit(limit)[1]))
        if how.memory_bytes is not None:
            now_bytes = _address_space_bytes()
            resource.setrlimit(resource.RLIMIT_AS, (now_bytes + how.memory_bytes,) * 2)
        if how.user is not None:
            os.setgroups([])
            os.setresgid(how.user, how.user, how.user)
            os.setresuid(how.user, how.user, how.user)
        if how.real:
            os.environ.update(how.environment)
            if how.wrapper:
                del os.environ["LD_PRELOAD"]
            else:
                os.environ[PAGE_VARIABLE] = str(page.file)
            command = [*map(str, how.wrapper), *PROGRAM, *words]
            os.execvp(command[0], command)  # noqa: S606  # this process becomes it
        sys.argv = ["rdiff-gui", *words]
        page.arm()
        os.write(ready, b"!")
        os.close(ready)
    except BaseException as problem:  # noqa: BLE001  # nothing may come back from here
        os.write(2, f"campaign: {problem!r}\n".encode())
        os._exit(99)
    try:
        be_program()
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    except BaseException:  # noqa: BLE001  # as the interpreter would do
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def _address_space_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _roomy_pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, STREAM_BYTES)
    return reader, writer


def _drain(reader: int) -> bytes:
    """All that was written; descendants that still hold the other end do not hold us."""
    os.set_blocking(reader, False)
    pieces: list[bytes] = []
    try:
        while piece := os.read(reader, STREAM_BYTES):
            pieces.append(piece)
    except BlockingIOError:
        pass
    finally:
        os.close(reader)
    return b"".join(pieces)
