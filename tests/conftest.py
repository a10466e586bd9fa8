"""What all tests share: files of known content, and the real rdiff."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rdiff_gui import wording
from rdiff_gui.engine import make_delta_from_files

from .disks import DISKS
from .platforms import NOT_ON_WINDOWS, WINDOWS
from .stand_in_system import System

collect_ignore = sorted(NOT_ON_WINDOWS) if WINDOWS else []

# A shell's background job ignores Ctrl-C, and so would every program that a test starts: a handler,
# even one that does nothing, is not inherited.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, lambda *_: None)

MakeFile = Callable[..., Path]
Rdiff = Callable[..., subprocess.CompletedProcess[bytes]]


def pytest_report_header() -> list[str]:
    """Say which modules this system has not, and why."""
    return [f"not here: {name}: {NOT_ON_WINDOWS[name]}" for name in collect_ignore]


def random_bytes(size_bytes: int, seed: int = 0) -> bytes:
    """The same bytes for the same seed, incompressible."""
    return random.Random(seed).randbytes(size_bytes)  # noqa: S311  # test data, not secrets


def edited(data: bytes, edits: int = 5, seed: int = 1) -> bytes:
    """`data` with some stretches replaced, some put in and some taken out."""
    dice = random.Random(seed)  # noqa: S311  # test data, not secrets
    result = bytearray(data)
    for _ in range(edits):
        position = dice.randrange(len(result) + 1)
        result[position : position + dice.randrange(50)] = dice.randbytes(dice.randrange(50))
    return bytes(result)


def write_folder(folder: Path, files: dict[str, bytes], modified: float) -> Path:
    """A folder with these files, all of them changed last at that time."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (modified, modified))
    return folder


def run_zstd(*arguments: str | Path) -> None:
    """Run the real zstd."""
    subprocess.run(["zstd", "-q", "-f", *arguments], check=True)


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Have sentences that are said from now on in another language."""

    def forget() -> None:
        for name in ("spoken_language", "_catalogue", "_formats", "_units", "_sources"):
            getattr(wording, name).cache_clear()

    def change(language: str) -> None:
        monkeypatch.setenv("LANGUAGE", language)
        forget()

    yield change
    monkeypatch.undo()
    forget()


@pytest.fixture
def system(tmp_path: Path) -> System:
    """A computer with all that ./run needs, on which the project was never started."""
    return System(tmp_path)


@contextmanager
def refused(kind: type[Exception], **facts: object) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """Whoever is within gets that error, with these facts; its words are its own affair."""
    with pytest.raises(kind) as caught:
        yield caught
    assert {name: getattr(caught.value, name) for name in facts} == facts


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Write a file of given content, or of that many random bytes, and give its path."""

    def make(name: str | bytes, content: bytes | int = b"", seed: int = 0) -> Path:
        path = tmp_path / os.fsdecode(name)
        path.write_bytes(random_bytes(content, seed) if isinstance(content, int) else content)
        return path

    return make


@pytest.fixture
def pair(make_file: MakeFile) -> tuple[Path, Path]:
    """An old file and a new one that is much like it."""
    old = make_file("old", 300_000)
    return old, make_file("new", edited(old.read_bytes(), 12))


@pytest.fixture
def make_sparse(tmp_path: Path) -> MakeFile:
    """Make a file of that size that takes no room, with a little data at given places."""

    def make(name: str, size_bytes: int, data: dict[int, bytes] | None = None) -> Path:
        path = tmp_path / name
        with path.open("wb") as file:
            file.truncate(size_bytes)
            for offset, piece in (data or {}).items():
                file.seek(offset)
                file.write(piece)
        return path

    return make


@pytest.fixture
def make_dotted(tmp_path: Path) -> MakeFile:
    """Make a large file that takes little room, and yet time: no hole is worth passing over."""

    def make(name: str, size_bytes: int, step_bytes: int = 2**19, seed: int = 0) -> Path:
        path = tmp_path / name
        dice = random.Random(seed)  # noqa: S311  # test data, not secrets
        with path.open("wb", buffering=0) as file:
            file.truncate(size_bytes)
            for offset in range(0, size_bytes - 16, step_bytes):
                file.seek(offset)
                file.write(dice.randbytes(16))
        return path

    return make


@pytest.fixture(scope="session")
def rdiff() -> Rdiff:
    """Run the real rdiff with these arguments; a missing one is a failure, not a skip."""
    if WINDOWS:
        pytest.skip(
            "rdiff is here for Linux alone; test_windows_and_rdiff.py gives it what Windows wrote"
        )
    program = shutil.which("rdiff")
    assert program, "rdiff is not installed; ./test installs it"

    def run(*arguments: str | Path | bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([program, *arguments], capture_output=True, check=True)

    return run


@pytest.fixture
def listing(tmp_path: Path) -> Callable[[], set[str]]:
    """The names in the test's folder, to see that nothing was left behind."""
    return lambda: set(os.listdir(tmp_path))  # noqa: PTH208  # names are what is compared


@pytest.fixture(params=DISKS, ids=lambda disk: disk.__name__.strip("_"))
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Disks that can do this and that."""
    request.param(monkeypatch)


@pytest.fixture
def delta(pair: tuple[Path, Path], tmp_path: Path) -> Path:
    """A delta from `old` to `new`; both are there."""
    make_delta_from_files(*pair, tmp_path / "delta")
    return tmp_path / "delta"
