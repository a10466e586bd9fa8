"""Where the system gives little, every verb does its work or says in one line what is missing."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from .cli_process import PROGRAM, one_line, plain_environment, run_cli
from .conftest import MakeFile

VERBS = (
    "signature old out",
    "signature --plain old out",
    "delta sums new out",
    "delta --compress sums new out",
    "diff --compress old new out",
    "patch old packed out",
    "patch --undo back old packed out",
    "verify old packed",
    "info packed",
    "info sums",
)


@pytest.fixture
def folder(make_file: MakeFile, tmp_path: Path) -> Path:
    """Two versions of a file, a signature and a compressed delta."""
    old = make_file("old", 100_000)
    make_file("new", b"new" + old.read_bytes())
    for words in ("signature old sums", "delta --compress sums new packed"):
        assert run_cli(*words.split(), folder=tmp_path).returncode == 0
    return tmp_path


def run_limited(
    words: str, folder: Path, limit: int, most: int
) -> subprocess.CompletedProcess[bytes]:
    """Run a verb under a limit of its process."""
    return subprocess.run(
        [*PROGRAM, *words.split()],
        cwd=folder,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(limit, (most, most)),
    )


def judge(words: str, folder: Path, result: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether it went well; it must be right, or have said one thing and left nothing."""
    if result.returncode:
        assert result.returncode == 100
        assert "Too many" in one_line(result)
        assert {path.name for path in folder.iterdir()} == {"old", "new", "sums", "packed"}
        return False
    assert result.stderr == b""
    if words.startswith("patch"):
        assert (folder / "out").read_bytes() == (folder / "new").read_bytes()
    return True


@pytest.fixture(scope="module")
def held() -> int:
    """How many descriptors ctypes keeps: on some systems one for libffi's own file."""
    script = "import ctypes, os; print(len(os.listdir('/proc/self/fd')) - 4)"
    return int(
        subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    )


@pytest.mark.parametrize("words", VERBS)
def test_few_descriptors_are_enough_or_named(words: str, held: int, folder: Path) -> None:
    """What is loaded late finds a descriptor to be read with; what is too little is said."""
    # From what the interpreter itself needs to what an undo delta needs, which needs most.
    went_well = []
    for most in (5, 6, 7, 9, 12):
        result = run_limited(words, folder, resource.RLIMIT_NOFILE, most + held)
        went_well.append(judge(words, folder, result))
        for name in ("out", "back"):
            (folder / name).unlink(missing_ok=True)
    assert went_well == sorted(went_well)
    assert went_well[-1]
    # Standard streams, two inputs, an output, and one more for what it is made of.
    assert went_well[2] or "--undo" in words


ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"

WITHOUT_A_PART = """
import sys
sys.modules[sys.argv[1]] = None
from rdiff_gui.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("blake3", "signature old out"),
        (ZSTD, "diff --compress old new out"),
        ("ctypes", "signature old out"),
        ("tqdm", "signature old out"),
    ],
)
def test_a_part_that_cannot_be_loaded_is_named(part: str, words: str, folder: Path) -> None:
    """An installation that is not whole, or memory that is too little for a library, is told."""
    result = subprocess.run(
        [sys.executable, "-P", "-c", WITHOUT_A_PART, part, *words.split()],
        cwd=folder,
        env=plain_environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    if part == "tqdm":
        # Nobody looks at a bar here, so it is not missed.
        assert result.returncode == 0
        return
    assert result.returncode == 100
    assert "A part of the program cannot be loaded: " in one_line(result)
    assert not (folder / "out").exists()
