"""What users download works where there is nothing else. `tools/package` comes first."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from Xlib import X  # type: ignore[import-untyped]  # ships no types
from Xlib.display import Display  # type: ignore[import-untyped]  # ships no types

from rdiff_gui import __version__
from rdiff_gui.librsync.loader import load_library
from tests.frozen.empty_root import run_in_empty_root, start_in_empty_root

pytestmark = pytest.mark.frozen

DIST = Path(__file__).parent.parent.parent / "dist"
NAME = f"rdiff-gui-{__version__}-linux-x86_64"
DEBIAN = DIST / f"rdiff-gui_{__version__}_amd64.deb"
WINDOW_SECONDS = 15
SIZE_MB_MOST = 20


@pytest.fixture(scope="module", params=["folder", "deb", "single file"])
def program_folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder in which one of the downloads was unpacked, so that `rdiff-gui` starts it."""
    folder = tmp_path_factory.mktemp("download")
    if request.param == "folder":
        with tarfile.open(DIST / f"{NAME}.tar.xz") as packed:
            packed.extractall(folder, filter="tar")
        return folder / NAME
    if request.param == "deb":
        subprocess.run(["dpkg-deb", "-x", DEBIAN, folder], check=True)
        return folder / "opt/rdiff-gui"
    shutil.copy(DIST / NAME, folder / "rdiff-gui")
    return folder


@pytest.fixture
def display() -> Iterator[Display]:
    """The screen of this test run."""
    opened = Display()
    with contextlib.closing(opened):
        yield opened


def wait_for_window(display: Display, process: subprocess.Popen[bytes]) -> None:
    """Return when a window of the process can be seen; fails with what it said otherwise."""
    until = time.monotonic() + WINDOW_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()
        for window in display.screen().root.query_tree().children:
            with contextlib.suppress(Exception):
                seen = window.get_attributes().map_state == X.IsViewable
                # Tk's window lies in a wrapper, which has the name of the class.
                if seen and "rdiff-gui" in str(window.get_wm_class()).lower():
                    return
        time.sleep(0.02)
    raise AssertionError("no window came")


def test_the_self_test_passes_without_a_display(program_folder: Path, tmp_path: Path) -> None:
    """In a root with no C library, every library in use comes from the download."""
    done = run_in_empty_root(tmp_path, program_folder, "/app/rdiff-gui", "--selftest")
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert b"all from the bundle" in done.stdout
    assert done.stderr == b""


def test_the_self_test_passes_on_a_screen(program_folder: Path, tmp_path: Path) -> None:
    """With Tk, tkdnd and all the libraries of X11 loaded too, and no font on the system."""
    done = run_in_empty_root(
        tmp_path, program_folder, "/app/rdiff-gui", "--selftest", DISPLAY=os.environ["DISPLAY"]
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    for word in (b"tkdnd 2.", b"libxcb.so.1", b"librsync.so.2", b"all from the bundle"):
        assert word in done.stdout


@pytest.mark.parametrize("language", ["C", "C.UTF-8"])
def test_a_window_comes(
    program_folder: Path, tmp_path: Path, display: Display, language: str
) -> None:
    """A double-click is enough, whatever the language, with a name that is hard to read."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/新 file.bin").write_bytes(b"old" * 1000)
    process = start_in_empty_root(
        tmp_path,
        program_folder,
        "/app/rdiff-gui",
        "/data/新 file.bin",
        DISPLAY=os.environ["DISPLAY"],
        LANG=language,
    )
    try:
        wait_for_window(display, process)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_the_users_own_librsync_is_taken(program_folder: Path, tmp_path: Path) -> None:
    """The LGPL of librsync is kept: whoever has another build of it can use that one."""
    root = tmp_path / "root"
    (root / "data").mkdir(parents=True)
    shutil.copy(load_library().path, root / "data/librsync.so.2")
    done = run_in_empty_root(
        root,
        program_folder,
        "/app/rdiff-gui",
        "--selftest",
        RDIFF_GUI_LIBRSYNC="/data/librsync.so.2",
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert b"(/data/librsync.so.2)" in done.stdout


def test_licences_come_along() -> None:
    """Whoever gets the libraries gets the terms they are given under."""
    with tarfile.open(DIST / f"{NAME}.tar.xz") as packed:
        names = {name.partition("/LICENSES/")[2] for name in packed.getnames()}
    assert {"librsync2.txt", "libc6.txt", "libtk8.6.txt", "python.txt", "libxcb1.txt"} <= names
    assert any(name.startswith("tkinterdnd2") for name in names)


def test_downloads_are_small_and_their_checksums_right() -> None:
    """20 MB at most, and `sha256sum -c` agrees."""
    lines = (DIST / "SHA256SUMS").read_text().splitlines()
    assert len(lines) == 3
    for line in lines:
        digest, name = line.split("  ")
        data = (DIST / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        assert len(data) <= SIZE_MB_MOST * 10**6
