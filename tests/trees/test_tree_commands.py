"""Folders on the command line: patch, verify and recover."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rdiff_gui.engine import apply_tree_patch, make_delta_from_trees
from tests.cli_process import one_line, run_cli
from tests.platforms import posix_only

from .conftest import Trees
from .writer import look

_DIE_IN_THE_MIDDLE = """
import os
from rdiff_gui.engine import apply_tree_patch
from rdiff_gui.engine.trees.stage import StageFolder

true = StageFolder.enter
StageFolder.enter = lambda stage, phase: os._exit(9)
apply_tree_patch("tree", "delta", None)
"""


def _run(trees: Trees, *words: str, code: int = 0) -> str:
    done = run_cli(*words, folder=trees.home)
    assert done.returncode == code, done.stderr
    return (done.stdout + done.stderr).decode()


def test_a_folder_there_and_back(trees: Trees) -> None:
    """Checked, made beside, made in place; and the delta that leads back does."""
    assert "Changed: 6" in _run(trees, "verify", "tree", "delta")
    assert _run(trees, "patch", "tree", "delta", "new tree") == ""
    assert look(trees.home / "new tree") == trees.new
    told = _run(trees, "patch", "--in-place", "-s", "tree", "delta")
    assert "tree.undo.rdelta" in told
    assert "moved[1]" in told
    assert look(trees.root) == trees.new
    assert _run(trees, "patch", "--in-place", "--no-backup", "tree", "tree.undo.rdelta") == ""
    assert look(trees.root) == trees.old


def test_our_own_delta_is_applied(trees: Trees) -> None:
    """As diff writes it, packed and sealed, from standard input."""
    apply = ("patch", "tree", "delta", "new tree")
    _run(trees, *apply)
    summary = make_delta_from_trees(trees.root, trees.home / "new tree", trees.home / "ours")
    assert summary.changes
    (trees.home / "new tree").rename(trees.home / "true")
    given = (trees.home / "ours").read_bytes()
    done = run_cli("patch", "tree", "-", "new tree", folder=trees.home, given=given)
    assert (done.returncode, done.stderr) == (0, b"")
    assert look(trees.home / "new tree") == trees.new
    damaged = bytearray(given)
    damaged[len(given) // 2] ^= 1
    (trees.home / "ours").write_bytes(damaged)
    done = run_cli("patch", "--in-place", "tree", "ours", folder=trees.home)
    one_line(done)
    assert done.returncode in (104, 106)
    assert look(trees.root) == trees.old


def test_a_folder_called_like_standard_input_is_not_meant(trees: Trees) -> None:
    """“-” is the stream, whatever stands there."""
    trees.root.rename(trees.home / "-")
    for words in (
        ("signature", "-", "sums"),
        ("patch", "-", "delta", "new"),
        ("verify", "-", "delta"),
    ):
        given = run_cli(*words, folder=trees.home, given=b"no folder")
        assert given.returncode == (0 if words[0] == "signature" else 104)
    assert not (trees.home / "new").exists()
    assert "Changed: 6" in _run(trees, "verify", "./-", "delta")


@posix_only("names that are no files are POSIX's")
@pytest.mark.parametrize("place", ["--in-place", "new"])
def test_an_undo_delta_is_a_file_of_its_own(place: str, trees: Trees) -> None:
    """Anything else is refused at once, though all may be replaced; nothing is written."""
    apply_tree_patch(trees.root, trees.delta, trees.home / "true")
    make_delta_from_trees(trees.root, trees.home / "true", trees.home / "ours")
    os.mkfifo(trees.home / "pipe")
    before = sorted(trees.home.iterdir())
    for undo, code in (
        ("-", 101),
        ("pipe", 101),
        ("/dev/null", 101),
        ("", 100),
        ("back/", 100),
        ("ours", 100),
        ("tree/back", 100),
        ("new/back", 100),
        (".", 100),
    ):
        done = run_cli("patch", "--force", "tree", "ours", place, "--undo", undo, folder=trees.home)
        one_line(done)
        assert (done.returncode, undo) == (code, undo)
        assert sorted(trees.home.iterdir()) == before
        assert look(trees.root) == trees.old


def test_what_was_edited_is_told(trees: Trees) -> None:
    """In one line, and with -v each for itself; --keep-local leaves it."""
    for path in ("edited", "swap one", "swap two", "mode", "was here/moved", "link"):
        (trees.root / path).unlink()
    done = run_cli("patch", "--in-place", "tree", "delta", folder=trees.home)
    assert done.returncode == 106
    assert "--keep-local" in one_line(done)
    told = _run(trees, "patch", "-v", "--in-place", "tree", "delta", code=106)
    assert "“was here/moved” is missing" in told
    for words, code in (
        (("patch", "tree", "delta"), 101),
        (("patch", "--in-place", "--changes-only", "tree", "delta"), 101),
        (("patch", "tree", "delta", "tree"), 100),
        (("patch", "nowhere", "delta", "new"), 100),
        (("verify", "tree", "tree/same"), 104),
    ):
        done = run_cli(*words, folder=trees.home)
        one_line(done)
        assert done.returncode == code


def test_one_that_was_interrupted_is_recovered(trees: Trees) -> None:
    """By the folder's name, or by that of what waits beside it."""
    for name in ("tree", ".tree.rdiff-stage"):
        words = (sys.executable, "-P", "-c", _DIE_IN_THE_MIDDLE)
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        subprocess.run(words, cwd=trees.home, env=environment, check=False)
        assert look(trees.root) != trees.old
        assert "before the patch was interrupted" in _run(trees, "recover", name)
        assert trees.is_old()
    assert "nothing was done" in _run(trees, "recover", "tree")
