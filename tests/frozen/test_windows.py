"""The download for Windows, under Wine: made by `tools/package --windows`, in the home it made."""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import io
import os
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from rdiff_gui import __version__
from rdiff_gui.engine import apply_patch, inspect, make_signature
from rdiff_gui.engine.summaries import SignatureFacts
from tests.conftest import edited, random_bytes
from tests.frozen.conftest import DIST
from tests.frozen.screen import Screen
from tests.ui.xdnd import uri_of

ROOT = Path(__file__).parent.parent.parent
NAME = f"rdiff-gui-{__version__}-windows-x86_64"
ARCHIVE = DIST / f"{NAME}.zip"
SIZE_MB_MOST = 20
CONSOLE, WINDOW = 3, 2
MERGED = (".rsig", "RdiffGui.Signature.1")

pytestmark = [pytest.mark.windows, pytest.mark.timeout(300)]


def tool() -> ModuleType:
    """tools/windows."""
    loader = importlib.machinery.SourceFileLoader("windows", str(ROOT / "tools/windows"))
    spec = importlib.util.spec_from_loader("windows", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where somebody unpacked it: blanks and Chinese letters in its name."""
    place = tmp_path_factory.mktemp("windows") / "我的 programs"
    with zipfile.ZipFile(ARCHIVE) as packed:
        packed.extractall(place)
    return place / NAME


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A folder with an old and a new file, which is also where the program is started."""
    old = random_bytes(300_000)
    (tmp_path / "旧 old.bin").write_bytes(old)
    (tmp_path / "新 new.bin").write_bytes(edited(old))
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def run(*words: str | Path) -> str:
    """What a program of Windows says, which must succeed."""
    said = io.BytesIO()
    exit_code = tool().run(*words, output=said)
    assert exit_code == 0, said.getvalue()
    return said.getvalue().decode()


def start(*words: str | Path) -> subprocess.Popen[bytes]:
    """Start a program of Windows that opens a window."""
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(
        ["wine", *words], stdin=nowhere, stdout=nowhere, stderr=nowhere, env=tool().environment()
    )


@pytest.mark.parametrize("program", ["rdiff-gui", "rdiff-gui-window"])
def test_the_self_test_passes(folder: Path, program: str) -> None:
    """With Tk, tkdnd and the librsync of the download."""
    told = run(folder / f"{program}.exe", "--selftest")
    for word in (
        "patch: right",
        "Tk 8.6",
        "tkdnd 2.",
        rf"我的 programs\{NAME}\_internal\rsync.dll",
    ):
        assert word in told
    assert told.endswith("\nall is well\n")


def test_the_users_own_librsync_is_taken(
    folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The LGPL of librsync is kept: whoever has another build of it can use that one."""
    shutil.copy(folder / "_internal/rsync.dll", data / "own.dll")
    own = f"Z:{data / 'own.dll'}".replace("/", "\\")
    monkeypatch.setenv("RDIFF_GUI_LIBRSYNC", own)
    assert f"({own})" in run(folder / "rdiff-gui.exe", "--selftest")


def test_the_command_line_works(folder: Path, data: Path) -> None:
    """Its delta patches here, and a signature that was made here is good there."""
    make_signature(data / "旧 old.bin", data / "s")
    run(folder / "rdiff-gui.exe", "delta", "s", "新 new.bin", "差 delta")
    apply_patch(data / "旧 old.bin", data / "差 delta", data / "result")
    assert (data / "result").read_bytes() == (data / "新 new.bin").read_bytes()
    run(folder / "rdiff-gui.exe", "patch", "旧 old.bin", "差 delta", "結果")
    assert (data / "結果").read_bytes() == (data / "新 new.bin").read_bytes()


def test_a_user_makes_a_delta(folder: Path, data: Path) -> None:
    """A file as argument, as from a double-click, keys and a drop, until the window is closed."""
    process = start(folder / "rdiff-gui-window.exe", "旧 old.bin")
    try:
        with contextlib.closing(Screen(process)) as screen:
            signature = data / "旧 old.bin.rsig"
            screen.press_until(signature.exists, "no key made it", "Alt_L", "m")
            assert isinstance(inspect(signature), SignatureFacts)
            screen.settle()
            uris = [uri_of(data / name) for name in (signature.name, "新 new.bin")]
            assert screen.drop(*uris) == "XdndActionCopy"
            delta = data / "新 new.bin.rdelta"
            screen.press_until(delta.exists, "no key made it", "Alt_L", "m")
            apply_patch(data / "旧 old.bin", delta, data / "result")
            assert (data / "result").read_bytes() == (data / "新 new.bin").read_bytes()
            screen.press("Control_L", "q")
            assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()


def test_a_signature_opens_with_a_double_click(folder: Path, data: Path) -> None:
    """Once the program was added to the desktop, in the way that Explorer opens files."""
    program = folder / "rdiff-gui.exe"
    make_signature(data / "旧 old.bin", data / "旧 old.bin.rsig")
    run(program, "desktop", "install")
    for key in MERGED:
        # Wine 8 keeps apart what Windows shows as one.
        run("reg", "copy", rf"HKCU\Software\Classes\{key}", rf"HKCR\{key}", "/s", "/f")
    process = start("start", "/wait", "旧 old.bin.rsig")
    try:
        assert r"\我的 programs" in run(program, "desktop", "status")
        with contextlib.closing(Screen(process)) as screen:
            screen.press("Control_L", "q")
            assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()
        for key in MERGED:
            run("reg", "delete", rf"HKCR\{key}", "/f")
        run(program, "desktop", "uninstall")
    assert run(program, "desktop", "status") == "Not added to your desktop.\n"


def test_it_holds_what_it_should(folder: Path) -> None:
    """Small, with all licences, and nothing of Wine's or of who made it."""
    assert ARCHIVE.stat().st_size <= SIZE_MB_MOST * 10**6
    licences = {path.stem for path in (folder / "_internal/LICENSES").iterdir()}
    assert {"rdiff-gui", "Python", "LGPL-2.1 (whole text)", "tkinterdnd2", "blake3"} <= licences
    assert any(name.startswith("librsync") for name in licences)
    names = {path.name.lower() for path in folder.rglob("*")}
    assert not names & {"bcryptprimitives.dll", "kernel32.dll", "direct_url.json", "demos"}
    assert str(ROOT).encode() not in b"".join(
        path.read_bytes() for path in folder.rglob("*") if path.suffix in (".exe", ".zip", ".txt")
    )


@pytest.mark.parametrize(
    ("program", "subsystem"), [("rdiff-gui", CONSOLE), ("rdiff-gui-window", WINDOW)]
)
def test_the_programs_say_what_they_are(folder: Path, program: str, subsystem: int) -> None:
    """One has a console and the other opens none; both have our icon and version."""
    content = (folder / f"{program}.exe").read_bytes()
    # Source: learn.microsoft.com, PE Format, "Optional Header Windows-Specific Fields".
    (header,) = struct.unpack_from("<I", content, 0x3C)
    assert struct.unpack_from("<H", content, header + 24 + 68) == (subsystem,)
    for word in (f"{program}.exe", f"FileVersion\0\0{__version__}", "Binary patches with librsync"):
        assert word.encode("utf-16-le") in content
    icon = (ROOT / "assets/icons/rdiff-gui.ico").read_bytes()
    assert icon[icon.index(b"\x89PNG") :] in content
