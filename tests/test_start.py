"""What a start loads: what it needs, and nothing that others need."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.platforms import WINDOWS

# What takes long to load, or belongs to something else that the program can do.
NEVER = {
    "argparse", "dataclasses", "datetime", "importlib.metadata", "inspect", "logging", "platform",
    "platformdirs", "queue", "signal", "subprocess", "tempfile", "textwrap", "tkinter", "tqdm",
    "traceback", "typing", "rdiff_gui.cli.reports", "rdiff_gui.descriptions", "rdiff_gui.desktop",
    "rdiff_gui.librsync.whole_files", "rdiff_gui.ui",
}  # fmt: skip
ZSTD = {"backports.zstd", "compression.zstd", "rdiff_gui.engine.compression"}
SEALS = {"blake3", "json"}
ENGINE = {"rdiff_gui.engine", "threading", "rdiff_gui.formats.seal"}
OPERATIONS = {"signature", "signature_table", "delta", "two_files", "patch", "inspection"}


def loaded_by(*words: str | Path, cwd: Path) -> set[str]:
    """Every module that the program with these words imports, less what ctypes does itself."""
    return _loaded("-m", "rdiff_gui", *words, cwd=cwd) - _loaded("-c", "import ctypes", cwd=cwd)


def _loaded(*words: str | Path, cwd: Path) -> set[str]:
    # The order of site's own imports depends on how the program was installed: they do not count.
    told = _run("-X", "importtime", *words, cwd=cwd).stderr
    names = [line.rpartition("|")[2] for line in told.splitlines() if "|" in line]
    start = next(place for place, name in enumerate(names) if name == " site")
    return {name.strip() for name in names[start + 1 :]}


def _run(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    environment |= dict.fromkeys(("HOME", "XDG_RUNTIME_DIR"), str(cwd))
    return subprocess.run(
        [sys.executable, "-P", *words],
        check=True,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        timeout=60,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two versions of a file, with plain and sealed signatures and deltas between them."""
    (tmp_path / "old").write_bytes(os.urandom(10_000))
    (tmp_path / "new").write_bytes(b"new" + (tmp_path / "old").read_bytes())
    for kind in ([], ["--plain"]):
        name = "plain" if kind else "sealed"
        for words in (
            ["signature", "old", f"{name}.sig"],
            ["delta", f"{name}.sig", "new", f"{name}.delta"],
        ):
            subprocess.run(
                [sys.executable, "-m", "rdiff_gui", *words, *kind], check=True, cwd=tmp_path
            )
    return tmp_path


def test_the_version_waits_for_no_operation(tmp_path: Path) -> None:
    """`--version` loads librsync, whose version it tells, and nothing of the engine."""
    loaded = loaded_by("--version", cwd=tmp_path)
    assert "rdiff_gui.librsync.loader" in loaded
    assert not loaded & (NEVER | ZSTD | SEALS | ENGINE)


@pytest.mark.parametrize(
    ("words", "left_out"),
    [
        ("signature old out", ZSTD),
        ("signature --plain -b 512 old out", ZSTD | SEALS),
        ("delta sealed.sig new out", ZSTD),
        ("delta --plain plain.sig new out", ZSTD | {"json"}),
        ("patch old sealed.delta out", ZSTD),
        ("patch -f old plain.delta out", ZSTD | {"json"}),
    ],
)
def test_a_verb_waits_for_no_other(words: str, left_out: set[str], folder: Path) -> None:
    """A verb loads its own operation, and of the libraries only those that it uses."""
    loaded = loaded_by(*words.split(), cwd=folder)
    verb = words.split()[0]
    own = {verb, "signature_table"} if verb == "delta" else {verb}
    assert {f"rdiff_gui.engine.{name}" for name in own} <= loaded
    others = {f"rdiff_gui.engine.{name}" for name in OPERATIONS - own}
    assert not loaded & (NEVER | others | left_out)
    assert (folder / "out").stat().st_size > 0


# What the window needs when something happens in it, and not to be seen.
NOT_YET_SEEN = {
    "configparser", "dataclasses", "datetime", "hashlib", "inspect", "jeepney", "logging",
    "platform", "platformdirs", "random", "shutil", "tempfile", "tkinter.filedialog",
    "tkinterdnd2", "traceback", "rdiff_gui.cli", "rdiff_gui.desktop.file_chooser",
    "rdiff_gui.desktop.integration", "rdiff_gui.engine.input", "rdiff_gui.engine.inspection",
    "rdiff_gui.engine.summaries", "rdiff_gui.librsync", "rdiff_gui.ui.file_dialog",
    "rdiff_gui.ui.history", "rdiff_gui.ui.routing", "rdiff_gui.ui.settings", "rdiff_gui.ui.step",
    "rdiff_gui.ui.widgets.delta_map",
}  # fmt: skip
SEE = """
import os, sys
from rdiff_gui.ui.opening import Opening
def seen(self):
    print(*sys.modules)
    sys.stdout.flush()
    os._exit(0)
Opening._let_draw = seen
from rdiff_gui.__main__ import main
main([])
"""


@pytest.mark.skipif(WINDOWS, reason="it opens its window on X11's screen")
def test_the_window_waits_for_little(tmp_path: Path) -> None:
    """The start page is drawn before anything is loaded that only other pages or files need."""
    alone = _run("-c", "import sys, tkinter; print(*sys.modules)", cwd=tmp_path).stdout.split()
    loaded = set(_run("-c", SEE, cwd=tmp_path).stdout.split()) - set(alone)
    assert "rdiff_gui.ui.start" in loaded
    assert loaded & NOT_YET_SEEN == set()


def test_compression_is_there_when_it_is_asked_for(folder: Path) -> None:
    """What is left out of other starts is loaded by the one that needs it."""
    assert loaded_by("delta", "--compress", "sealed.sig", "new", "out", cwd=folder) & ZSTD
    assert loaded_by("patch", "old", "out", "again", cwd=folder) & ZSTD
    assert (folder / "again").read_bytes() == (folder / "new").read_bytes()


def test_what_a_start_leaves_out_is_there() -> None:
    """A module that has got another name would be left out by every start."""
    operations = {f"rdiff_gui.engine.{name}" for name in OPERATIONS}
    for name in NEVER | NOT_YET_SEEN | ZSTD | SEALS | ENGINE | operations:
        assert not name.startswith("rdiff_gui.") or importlib.util.find_spec(name), name
