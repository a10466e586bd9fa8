"""What the program on Windows writes, the real rdiff here reads; and the reverse."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import MakeFile, Rdiff, edited

pytestmark = pytest.mark.windows

ROOT = Path(__file__).parent.parent


def run_windows(*words: str, folder: Path) -> None:
    """Run the command line of Windows in `folder`, which must succeed."""
    command: list[str | Path] = [
        sys.executable,
        ROOT / "tools" / "windows",
        "-m",
        "rdiff_gui",
        *words,
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def folder(make_file: MakeFile, tmp_path: Path) -> Path:
    """Two versions of a file, under names that are not ASCII."""
    old = make_file("alt ü.bin", 300_000)
    make_file("neu 日本.bin", edited(old.read_bytes(), 12))
    return tmp_path


@pytest.mark.parametrize("choices", [[], ["-H", "md4", "-b", "512", "-S", "8"], ["-R", "rollsum"]])
def test_rdiff_takes_what_windows_wrote(choices: list[str], folder: Path, rdiff: Rdiff) -> None:
    """A signature from Windows makes rdiff's delta, and rdiff applies a delta from Windows."""
    old, new = folder / "alt ü.bin", folder / "neu 日本.bin"
    run_windows("signature", "--plain", *choices, old.name, "sums", folder=folder)
    rdiff("delta", folder / "sums", new, folder / "theirs")
    run_windows("delta", "--plain", "sums", new.name, "ours", folder=folder)
    for delta in ("theirs", "ours"):
        rdiff("patch", old, folder / delta, folder / f"{delta}.new")
        assert (folder / f"{delta}.new").read_bytes() == new.read_bytes()
    rdiff("-f", "signature", *choices, old, folder / "their sums")
    assert (folder / "their sums").read_bytes() == (folder / "sums").read_bytes()


def test_windows_takes_what_rdiff_wrote(folder: Path, rdiff: Rdiff) -> None:
    """In place too, with the old file kept beside the new one."""
    old, new = folder / "alt ü.bin", folder / "neu 日本.bin"
    before = old.read_bytes()
    rdiff("signature", old, folder / "sums")
    run_windows("delta", "sums", new.name, "ours", folder=folder)
    rdiff("delta", folder / "sums", new, folder / "theirs")
    for delta in ("ours", "theirs"):
        run_windows("patch", old.name, delta, f"{delta}.new", folder=folder)
        assert (folder / f"{delta}.new").read_bytes() == new.read_bytes()
    run_windows("patch", "--in-place", old.name, "ours", folder=folder)
    assert old.read_bytes() == new.read_bytes()
    assert old.with_name("alt ü.bin.old").read_bytes() == before


def test_sealed_and_compressed_files_cross(folder: Path) -> None:
    """What one system made and sealed, the other takes and checks, names included."""
    old, new = folder / "alt ü.bin", folder / "neu 日本.bin"
    here: list[str | Path] = [sys.executable, "-P", "-m", "rdiff_gui"]
    run_windows("diff", "--compress", old.name, new.name, "from windows", folder=folder)
    subprocess.run([*here, "patch", old, "from windows", "result"], cwd=folder, check=True)
    assert (folder / "result").read_bytes() == new.read_bytes()
    words = [*here, "info", "from windows"]
    told = subprocess.run(words, cwd=folder, capture_output=True, check=True).stdout.decode()
    assert old.name in told
    assert new.name in told
    subprocess.run([*here, "diff", "--compress", old, new, "from here"], cwd=folder, check=True)
    run_windows("patch", old.name, "from here", "result on windows", folder=folder)
    assert (folder / "result on windows").read_bytes() == new.read_bytes()
