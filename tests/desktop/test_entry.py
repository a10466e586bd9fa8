"""The desktop entry of this very program, started by the desktop's own launcher."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.desktop import own_program
from rdiff_gui.desktop.own_files import ENTRY
from rdiff_gui.desktop.own_program import own_command, write_entry
from rdiff_gui.errors import ProgramUnnameable

ROOT = Path(__file__).parents[2]
STAND_IN = """#!/bin/sh
printf '%s\\0' "$0" "$@" >"$STAND_IN_HEARD.new"
mv "$STAND_IN_HEARD.new" "$STAND_IN_HEARD"
"""
HARD_NAMES = [
    b"two words",
    "日本語 🎉".encode(),
    b'it\'s "quoted" `so` $HOME',
    b"100% %f %% %U",
    b"line\nbreak\ttab",
    b"-rf",
    b"a;b&c|d>e<f*g?h#i(j)k~l\\m",
    b"\xff\xfe not UTF-8",
    b"signature",
    b"x=y",
]

Launch = Callable[..., list[bytes]]


@pytest.fixture
def launch(tmp_path: Path) -> Launch:
    """Have gio launch a program with files, and tell the words that it got."""
    heard = tmp_path / "heard"

    def start(program: Path, *files: bytes, words: tuple[str, ...] = ()) -> list[bytes]:
        heard.unlink(missing_ok=True)
        program.write_text(STAND_IN)
        program.chmod(0o755)
        entry = tmp_path / ENTRY.name
        entry.write_bytes(write_entry((str(program), *words)))
        check = subprocess.run(["desktop-file-validate", entry], capture_output=True, check=False)
        assert (check.returncode, check.stdout) == (0, b"")
        subprocess.run(
            ["gio", "launch", entry, *files], check=True, cwd=tmp_path,
            env={**os.environ, "STAND_IN_HEARD": str(heard)},
        )  # fmt: skip
        end = time.monotonic() + 20
        while not heard.exists():
            assert time.monotonic() < end, "it was not started"
            time.sleep(0.005)
        return heard.read_bytes().split(b"\0")[:-1]

    return start


def test_hard_names_are_handed_over_as_they_are(launch: Launch, tmp_path: Path) -> None:
    """All files that were marked, in one go, each byte of their names intact."""
    for name in HARD_NAMES:
        (tmp_path / os.fsdecode(name)).touch()
    program = tmp_path / "program"
    words = launch(program, *HARD_NAMES[:5], b"./-rf", *HARD_NAMES[6:])
    folder = os.fsencode(tmp_path)
    assert words == [os.fsencode(program), b"--", *(folder + b"/" + name for name in HARD_NAMES)]


def test_without_files_the_window_opens_empty(launch: Launch, tmp_path: Path) -> None:
    """As from the menu."""
    program = tmp_path / "program"
    assert launch(program) == [os.fsencode(program), b"--"]


@pytest.mark.parametrize("name", [name for name in HARD_NAMES if b"\xff" not in name])
def test_the_program_may_lie_anywhere(name: bytes, launch: Launch, tmp_path: Path) -> None:
    """Its own path is quoted as the specification wants it, whatever is in it."""
    folder = tmp_path / os.fsdecode(name)
    folder.mkdir()
    file = tmp_path / "a file"
    file.touch()
    program = folder / "rdiff-gui"
    words = launch(program, os.fsencode(file), words=("-m", 'a "b" %c'))
    told = [os.fsencode(word) for word in (program, "-m", 'a "b" %c', "--", file)]
    assert words == told


def test_a_folder_that_no_entry_can_name_is_told() -> None:
    """Entries are UTF-8; a path that is not cannot be written down."""
    with pytest.raises(ProgramUnnameable, match=r"“/\\xff/run”. Move it"):
        write_entry(["/\udcff/run"])


def test_the_tree_is_started_by_its_own_script() -> None:
    """`./run` sets up what an update of the tree needs; the command in .venv would not."""
    assert own_command() == (str(ROOT / "run"),)


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A frozen program, as PyInstaller makes it."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for name in ("STATICX_BUNDLE_DIR", "STATICX_PROG_PATH"):
        monkeypatch.delenv(name, raising=False)
    program = tmp_path / "rdiff-gui-bin"
    monkeypatch.setattr(sys, "executable", str(program))
    return program


def test_the_frozen_program_is_started_by_its_launcher(frozen: Path) -> None:
    """The program itself would be started on the system's C library."""
    assert own_command() == (str(frozen),)
    launcher = frozen.with_name("rdiff-gui")
    launcher.touch()
    assert own_command() == (str(launcher),)


def test_the_single_file_is_started_as_a_whole(
    frozen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not from the folder that it unpacks itself into, which is gone afterwards."""
    monkeypatch.setenv("STATICX_BUNDLE_DIR", str(frozen.parent))
    monkeypatch.setenv("STATICX_PROG_PATH", "/home/somebody/rdiff-gui-0.1.0-linux-x86_64")
    assert own_command() == ("/home/somebody/rdiff-gui-0.1.0-linux-x86_64",)
    # Another program of that kind, which started this one, left its traces in the environment.
    monkeypatch.setenv("STATICX_BUNDLE_DIR", str(tmp_path / "another"))
    assert own_command() == (str(frozen),)


def test_a_copy_without_a_command_is_started_by_its_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where somebody put the package on the path by hand."""
    monkeypatch.setattr(own_program, "__file__", str(tmp_path / "rdiff_gui/desktop/here.py"))
    assert own_command() == (sys.executable, "-P", "-m", "rdiff_gui")
