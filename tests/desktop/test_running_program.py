"""A later start and the program with the window: what passes between them, and what must not."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from rdiff_gui.desktop import running_program
from rdiff_gui.desktop.running_program import Delivery, FirstProgram, meet
from tests.platforms import posix_only

Met = tuple[bool, FirstProgram | None]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session of the test's own."""
    for name in ("XDG_RUNTIME_DIR", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":77")
    return tmp_path


@pytest.fixture
def first(place: Path) -> Iterator[FirstProgram]:
    """A program with a window."""
    assert place
    handed_over, program = meet([])
    assert program
    assert not handed_over
    yield program
    program.close()


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    """Where later starts happen."""
    with ThreadPoolExecutor() as pool:
        yield pool


def take(first: FirstProgram, until: Future[Met]) -> list[Delivery]:
    """Let the first program work as its window does, until the later start has ended."""
    deliveries = []
    while not until.done():
        deliveries += first.take()
        time.sleep(0.005)
    return deliveries + first.take()


@posix_only("names there are text")
def test_files_are_handed_over_whatever_they_are_called(
    first: FirstProgram,
    beside: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Names that are no text or have line breaks, relative ones, and ten thousand."""
    monkeypatch.chdir(tmp_path)
    names = [Path(os.fsdecode(b"caf\xe9\n\xff")), Path("/else where/日本語"), Path("../up")]
    monkeypatch.setenv("DESKTOP_STARTUP_ID", "files_TIME77")
    later = beside.submit(meet, names)
    (delivery,) = take(first, later)
    assert later.result() == (True, None)
    assert delivery.paths == tuple(tmp_path / name for name in names)
    assert delivery.start == "files_TIME77"
    # A program that we start is not the one that the desktop waits for.
    assert "DESKTOP_STARTUP_ID" not in os.environ
    many = [Path(f"/some folder/{number:0200}") for number in range(10_000)]
    later = beside.submit(meet, many)
    assert take(first, later) == [Delivery(tuple(many), "")]


def test_a_program_that_hangs_is_left_alone(first: FirstProgram) -> None:
    """The later start opens a window of its own, and its files are not shown twice."""
    begun = time.monotonic()
    assert meet([Path("/file").absolute()]) == (False, None)
    assert time.monotonic() - begun < 10
    assert first.take() == []


def test_a_program_that_was_killed_is_replaced(place: Path, beside: ThreadPoolExecutor) -> None:
    """What it leaves behind does not stop the next one; nor is it asked."""
    script = (
        "import os\n"
        "from rdiff_gui.desktop.running_program import meet\n"
        "met = meet([])\n"
        "print(met[1] is not None, flush=True)\n"
        "input()\n"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    with killed:
        assert killed.stdout
        assert killed.stdout.readline().strip() == b"True"
        killed.kill()
    left = {path.name for path in place.rglob("*")}
    assert left
    handed_over, next_one = meet([])
    assert next_one
    assert not handed_over
    later = beside.submit(meet, [place])
    assert take(next_one, later) == [Delivery((place,), "")]
    next_one.close()
    # And one that closed itself is no longer there either.
    _, another = meet([])
    assert another
    another.close()


@posix_only("one session is one screen")
def test_each_screen_has_its_own_program(
    first: FirstProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So have two sessions; but not two parts of one screen. Without a screen nobody is asked."""
    monkeypatch.setenv("DISPLAY", "localhost:77")
    handed_over, other = meet([])
    assert other
    assert not handed_over
    other.close()
    monkeypatch.setenv("DISPLAY", ":77.1")
    channel = running_program.Channel()  # type: ignore[attr-defined]  # either system's
    assert channel.listener is None
    channel.close()
    monkeypatch.delenv("DISPLAY")
    assert meet([]) == (False, None)
    assert first.take() == []


@posix_only("the profile keeps others away there")
def test_a_folder_that_others_can_enter_is_not_trusted(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next place is tried, and where there is none, the window opens without company."""
    _, program = meet([])
    assert program
    (folder,) = place.iterdir()
    program.close()
    assert not list(place.iterdir())
    folder.mkdir()
    folder.chmod(0o750)
    monkeypatch.setenv("TMPDIR", str(place / "temporary"))
    assert meet([]) == (False, None)
    (place / "temporary").mkdir()
    (place / "temporary" / folder.name).symlink_to(place)
    assert meet([]) == (False, None)
    (place / "temporary" / folder.name).unlink()
    _, program = meet([])
    assert program
    assert (place / "temporary" / folder.name).stat().st_mode & 0o777 == 0o700
    program.close()


def message(*words: bytes, length: int | None = None) -> bytes:
    """Words as a later start says them."""
    body = b"".join(word + b"\0" for word in words)
    return struct.pack(">I", len(body) if length is None else length) + body


@contextmanager
def stranger() -> Iterator[socket.socket]:
    """Somebody who has found the way to the first program."""
    channel = running_program.Channel()  # type: ignore[attr-defined]  # either system's
    try:
        with channel.connect(time.monotonic() + 5) as connection:
            yield connection
    finally:
        channel.close()


PATH = os.fsencode(Path("/file").absolute())


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(range(256)) * 50,
        struct.pack(">I", 2**32 - 1) + b"x" * 1000,
        message(),
        message(b"rdiff-gui 1", b""),
        message(b"rdiff-gui 2", b"", b"", PATH),
        message(b"rdiff-gui 1", b"", b"", b"relative"),
        message(b"rdiff-gui 1", b"", b"", b""),
        message(b"rdiff-gui 1", b"", b"\xff", PATH),
        message(b"rdiff-gui 1", b"", b"long" * 1000, PATH),
        message(b"rdiff-gui 1", b"wrong", b"", PATH),
        message(b"rdiff-gui 1", b"", b"", PATH) + b"more",
        message(b"rdiff-gui 1", b"", b"", PATH)[:-1] + b"x",
        message(b"rdiff-gui 1", b"", b"", PATH, length=3),
    ],
)
def test_what_is_no_later_start_does_no_harm(
    said: bytes, first: FirstProgram, beside: ThreadPoolExecutor
) -> None:
    """Whatever is said, nothing is taken but absolute paths, and the next start is heard."""
    with stranger() as connection:
        connection.sendall(said)
        ended = beside.submit(connection.recv, 1)
        taken = []
        while not ended.done():
            taken += first.take()
            time.sleep(0.005)
    assert taken == []
    later = beside.submit(meet, [Path(os.fsdecode(PATH))])
    assert len(take(first, later)) == 1


def test_who_says_nothing_is_not_waited_for(
    first: FirstProgram, beside: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silent ones, and those that come and go, take no place of others, and no time."""
    monkeypatch.setattr(running_program, "_LISTEN_SECONDS", 0.1)
    with ExitStack() as strangers:
        for _ in range(6):
            strangers.enter_context(stranger())
        later = beside.submit(meet, [Path(os.fsdecode(PATH))])
        assert len(take(first, later)) == 1
        assert first.listening
        time.sleep(0.15)
        assert first.take() == []
        assert not first.listening
