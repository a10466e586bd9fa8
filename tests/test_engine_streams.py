"""Streams that are non-blocking: what is not there yet is waited for, and nothing is lost."""

from __future__ import annotations

import errno
import fcntl
import io
import os
import select
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

import pytest

from rdiff_gui.cli.terminal import ProgressBar
from rdiff_gui.engine import Progress, Stage, apply_patch, make_delta, make_signature
from rdiff_gui.engine.output import write_whole

from .cli_process import PROGRAM, plain_environment, run_cli
from .conftest import MakeFile, Rdiff, random_bytes

SECONDS_MOST = 30
PIPE_BYTES = 2**16


def wait_until(happened: Callable[[], bool]) -> None:
    """Look again and again, for as long as a slow computer may need."""
    deadline = time.monotonic() + SECONDS_MOST
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def waiting_bytes(pipe: int) -> int:
    """How much is in a pipe."""
    return int(struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0])


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe with both ends non-blocking, as whoever shares it may have left it."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError as problem:
            assert problem.errno == errno.EBADF  # the test closed it


def start(
    *words: str, folder: Path, stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL,
    stderr: int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:  # fmt: skip
    """The program with these descriptors as its own."""
    return subprocess.Popen(
        [*PROGRAM, *words],
        cwd=folder,
        env=plain_environment(),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    )


def drain(pipe: int, program: subprocess.Popen[bytes]) -> bytes:
    """All that comes out of a non-blocking pipe until the program has ended."""
    got = bytearray()
    ended = False
    while True:
        try:
            while piece := os.read(pipe, PIPE_BYTES):
                got += piece
        except BlockingIOError:
            if ended:
                return bytes(got)
        ended = program.poll() is not None
        time.sleep(0.001)


def fill(pipe: int) -> int:
    """Leave room for nothing; how many bytes that took."""
    filled = 0
    try:
        while True:
            filled += os.write(pipe, b"." * PIPE_BYTES)
    except BlockingIOError:
        return filled


def test_a_pause_in_standard_input_is_no_end(
    pipe: tuple[int, int], make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """What comes after a pause belongs to the new file too."""
    old = make_file("old", 50_000)
    rdiff("signature", old, tmp_path / "sums")
    new = random_bytes(30_000, 7) + old.read_bytes()
    program = start("delta", "sums", "-", "changes", folder=tmp_path, stdin=pipe[0])
    os.write(pipe[1], new[:1000])
    wait_until(lambda: not waiting_bytes(pipe[0]))
    # Enough for a reader that takes this for the end to be through.
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(0.5)
    os.set_blocking(pipe[1], True)
    os.write(pipe[1], new[1000:60_000])
    os.write(pipe[1], new[60_000:])
    os.close(pipe[1])
    _, told = program.communicate(timeout=SECONDS_MOST)
    assert (program.returncode, told) == (0, b"")
    apply_patch(old, tmp_path / "changes", tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == new


def test_a_full_standard_output_is_waited_for(
    pipe: tuple[int, int], make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """A reader that takes its time gets every byte, and costs no core meanwhile."""
    old = make_file("old", 2_000_000)
    program = start("signature", "--plain", "-b", "256", "old", folder=tmp_path, stdout=pipe[1])
    wait_until(lambda: not select.select([], [pipe[1]], [], 0)[1])
    got = drain(pipe[0], program)
    _, told = program.communicate(timeout=SECONDS_MOST)
    assert (program.returncode, told) == (0, b"")
    rdiff("-b", "256", "signature", old, tmp_path / "sums")
    assert got == (tmp_path / "sums").read_bytes()


@pytest.mark.parametrize(
    ("words", "channel"), [("--help", "stdout"), ("patch missing x y", "stderr")]
)
def test_words_wait_for_a_full_pipe_too(
    words: str, channel: str, pipe: tuple[int, int], tmp_path: Path
) -> None:
    """An answer and a complaint come out whole, however full the pipe was."""
    expected = run_cli(*words.split(), folder=tmp_path)
    filled = fill(pipe[1])
    os.read(pipe[0], 4096)
    # Room for the beginning of it, so that the rest must follow.
    os.write(pipe[1], b"." * 4090)
    program = start(
        *words.split(), folder=tmp_path, **{"stderr": subprocess.DEVNULL, channel: pipe[1]}
    )
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(0.5)
    got = drain(pipe[0], program)
    assert program.wait(SECONDS_MOST) == expected.returncode
    assert got[filled - 6 :] == getattr(expected, channel)


class _Sleepy(io.RawIOBase):
    """A stream without a descriptor that is not ready every other time."""

    def __init__(self, data: bytes = b"", *, raises: bool) -> None:
        self._left = io.BytesIO(data)
        self._raises = raises
        self._ready = False
        self.written = bytearray()

    def _doze(self) -> bool:
        self._ready = not self._ready
        if not self._ready and self._raises:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return not self._ready

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int | None:  # type: ignore[override]  # a buffer
        if self._doze():
            return None
        return self._left.readinto(memoryview(buffer)[:7000])

    def write(self, data: bytes) -> int | None:  # type: ignore[override]  # a buffer
        if self._doze():
            return None
        self.written += data[:7000]
        return min(len(data), 7000)


class _Plain:
    """No more than a `read`, which has nothing every other time."""

    def __init__(self, data: bytes) -> None:
        self._raw = _Sleepy(data, raises=False)

    def read(self, size_bytes: int) -> bytes | None:
        return self._raw.read(size_bytes)


@pytest.mark.parametrize(("raises", "buffered"), [(False, False), (True, False), (False, True)])
def test_streams_of_a_program_may_be_sleepy(
    raises: bool, buffered: bool, make_file: MakeFile, tmp_path: Path
) -> None:
    """A stream that says "nothing now", by None or by an error, is asked again."""
    old = make_file("old", 100_000)
    new = random_bytes(20_000, 5) + old.read_bytes()
    make_signature(old, tmp_path / "sums")
    raw = _Sleepy(new, raises=raises)
    source = cast("BinaryIO", io.BufferedReader(raw) if buffered else raw)
    sink = _Sleepy(raises=raises)
    target = cast("BinaryIO", io.BufferedWriter(sink, 1000) if buffered else sink)
    make_delta(tmp_path / "sums", source, target)
    (tmp_path / "changes").write_bytes(sink.written)
    apply_patch(old, tmp_path / "changes", tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == new


def test_a_mere_read_may_be_sleepy(make_file: MakeFile, tmp_path: Path) -> None:
    """The least that is a stream is waited for too."""
    old = make_file("old", 100_000)
    make_signature(old, tmp_path / "one")
    make_signature(cast("BinaryIO", _Plain(old.read_bytes())), tmp_path / "two")
    assert (tmp_path / "two").stat().st_size > 0
    make_delta(tmp_path / "two", old, tmp_path / "changes")
    apply_patch(old, tmp_path / "changes", tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == old.read_bytes()


def test_waiting_costs_no_core(pipe: tuple[int, int]) -> None:
    """A full pipe is asked a few times, not for ever and ever."""
    calls = 0

    class Counting(io.FileIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]  # a buffer
            nonlocal calls
            calls += 1
            return super().write(data)

    got = bytearray()

    def read_late() -> None:
        time.sleep(0.3)
        while len(got) < 3 * PIPE_BYTES:
            try:
                got.extend(os.read(pipe[0], 2**20))
            except BlockingIOError:
                time.sleep(0.001)

    reader = threading.Thread(target=read_late)
    reader.start()
    with Counting(pipe[1], "wb", closefd=False) as stream:
        write_whole(cast("BinaryIO", stream), memoryview(b"x" * 3 * PIPE_BYTES))
    reader.join(SECONDS_MOST)
    assert got == b"x" * 3 * PIPE_BYTES
    assert calls < 3 * PIPE_BYTES // 4096 * 2


@pytest.mark.parametrize("code", [errno.EAGAIN, errno.EIO])
def test_a_terminal_that_fails_ends_no_work(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar is a courtesy: the work goes on when the terminal is slow or gone."""

    class Gone(io.StringIO):
        attempts = 0

        def isatty(self) -> bool:
            return True

        def fileno(self) -> int:
            return 0

        def write(self, _text: str) -> int:
            self.attempts += 1
            raise OSError(code, os.strerror(code))

    gone = Gone()
    monkeypatch.setattr(sys, "stderr", cast("IO[str]", gone))
    monkeypatch.setattr(os, "get_terminal_size", lambda _fd: os.terminal_size((80, 25)))
    monkeypatch.setattr("rdiff_gui.cli.terminal._BAR_AFTER_SECONDS", 0)
    with ProgressBar(wanted=True) as bar:
        bar.show(Progress(Stage.SIGNING, 1, 10))
        bar.show(Progress(Stage.SIGNING, 2, 10))
    assert gone.attempts
