"""The self-test: what it finds, and that it finds what is wrong."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from rdiff_gui.librsync.loader import load_library
from rdiff_gui.ui import selftest
from tests.cli_process import PROGRAM, run_cli

MAPS = """\
7f0000000000-7f0000001000 r--p 00000000 08:01 12  /app/_internal/libc.so.6
7f0000001000-7f0000002000 r-xp 00001000 08:01 12  /app/_internal/libc.so.6
7f0000003000-7f0000004000 r-xp 00000000 08:01 13  /app/a folder/_x.cpython-311.so
7f0000005000-7f0000006000 r-xp 00000000 08:01 14  /usr/lib/libfreetype.so.6.18
7f0000007000-7f0000008000 rw-p 00000000 00:00 0
7f0000008000-7f0000009000 rw-p 00000000 00:00 0   [heap]
7f0000009000-7f000000a000 r--p 00000000 08:01 15  /usr/share/fonts/DejaVuSans.ttf
"""


def test_a_sound_installation_passes() -> None:
    """On a screen, every part is tried: Tk and tkdnd too, and librsync's file is named."""
    done = subprocess.run(
        [*PROGRAM, "--selftest"], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("all is well\n")
    for word in ("signature, delta, verify and patch: right", "Tk 8.", "tkdnd 2."):
        assert word in done.stdout
    assert f"  {load_library().path.resolve()}\n" in done.stdout
    assert done.stderr == ""


def test_without_a_display_it_says_what_was_not_tried() -> None:
    """A server is no failure, but nobody should believe that a window opened."""
    done = run_cli("--selftest")
    assert done.returncode == 0
    assert b"no display, so Tk was not tried" in done.stdout


def test_a_display_that_is_gone_is_a_failure() -> None:
    """Where there should be a screen, Tk must reach it; the other parts are still tried."""
    done = run_cli("--selftest", DISPLAY=":31999")
    assert done.returncode == 1
    assert b"FAILED: TclError" in done.stdout
    assert b"patch: right" in done.stdout
    assert done.stdout.endswith(b"\nfailed\n")


def test_a_missing_librsync_is_a_failure(tmp_path: Path) -> None:
    """The part that cannot do without it says so, in the words users know."""
    done = run_cli("--selftest", RDIFF_GUI_LIBRSYNC=str(tmp_path / "librsync.so.2"))
    assert done.returncode == 1
    assert b"FAILED: LibraryUnusable" in done.stdout


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """The small files it works on are gone afterwards."""
    assert run_cli("--selftest", TMPDIR=str(tmp_path)).returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_mapped_libraries_are_told_from_other_files() -> None:
    """Each library once, names with spaces whole; fonts and memory are none."""
    assert selftest.mapped_libraries(MAPS) == [
        Path("/app/_internal/libc.so.6"),
        Path("/app/a folder/_x.cpython-311.so"),
        Path("/usr/lib/libfreetype.so.6.18"),
    ]


def test_a_library_of_the_system_is_a_stranger(tmp_path: Path) -> None:
    """Only what lies in the bundle, or is the librsync the user chose, belongs to it."""
    inside, outside = tmp_path / "app/libc.so.6", tmp_path / "application/libc.so.6"
    own = tmp_path / "librsync.so.2"
    mapped = [inside, outside, own]
    assert selftest.libraries_outside(mapped, [tmp_path / "app"], own) == [outside]
    assert selftest.libraries_outside(mapped, [tmp_path / "app"]) == [outside, own]


def test_a_frozen_program_with_the_systems_libraries_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that only says it is frozen maps libraries from everywhere but its bundle."""
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    lines: list[str] = []
    assert selftest.run_selftest(lines.append) == 1
    (failure,) = (line for line in lines if line.startswith("FAILED"))
    assert failure.startswith("FAILED: SelfTestFailed: Not from the bundle: /")
    assert "libc.so.6" in failure
