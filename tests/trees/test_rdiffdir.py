"""What Debian's rdiffdir writes, applied here."""

from __future__ import annotations

import gzip
import random
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from rdiff_gui.engine.trees.applying import apply_tree_patch, verify_tree_patch
from rdiff_gui.errors import NotATree, TreeDiffers, UndoImpossible
from tests.platforms import WINDOWS

from .conftest import NEW, OLD
from .writer import Spec, file, folder, link, look, plant, whole

pytestmark = pytest.mark.skipif(WINDOWS, reason="Debian's program")

_DICE = random.Random(5)  # noqa: S311  # test data, not secrets
# Longer than a piece of a file in several.
LONG = _DICE.randbytes(300_000)


def rdiffdir(*words: str | Path) -> None:
    """Run it. It has no word for a failure but an exit code."""
    subprocess.run(["rdiffdir", *map(str, words)], check=True, capture_output=True)


def _delta(home: Path, old: Spec, new: Spec) -> Path:
    plant(home / "old", whole(old))
    # It takes a file of the same second for the same.
    later = {path: replace(node, ns=node.ns + 10**10) for path, node in whole(new).items()}
    plant(home / "new", later)
    rdiffdir("signature", home / "old", home / "signature")
    rdiffdir("delta", home / "signature", home / "new", home / "delta")
    return home / "delta"


def _whole_seconds(spec: Spec) -> dict[str, object]:
    """As far as a tar of rdiffdir tells: no names of one file, and seconds."""
    return {
        path: (node.content, node.target, node.mode if node.type != "link" else 0)
        for path, node in spec.items()
    }


def test_its_delta_makes_what_it_makes(tmp_path: Path) -> None:
    """In place, and beside; with files in several pieces, and names that are no text."""
    old = whole({**OLD, "long": file(LONG), "long edited": file(LONG)})
    new = whole({**NEW, "long edited": file(LONG[:100_000] + b"edit" + LONG[150_000:])})
    new |= {"long new": file(LONG[::-1])}
    # rdiffdir knows no hard links.
    old, new = ({p: n for p, n in side.items() if n.hard is None} for side in (old, new))
    delta = _delta(tmp_path, old, new)
    with tarfile.open(delta) as tar:
        assert any(name.startswith("multivol_") for name in tar.getnames())
    verify_tree_patch(tmp_path / "old", delta)
    with pytest.raises(UndoImpossible):
        apply_tree_patch(tmp_path / "old", delta, None, undo=tmp_path / "undo")
    apply_tree_patch(tmp_path / "old", delta, tmp_path / "beside")
    assert look(tmp_path / "old") == old
    apply_tree_patch(tmp_path / "old", delta, None, keep_backup=False)
    theirs = plant(tmp_path / "theirs", old)
    rdiffdir("patch", theirs, delta)
    assert _whole_seconds(look(tmp_path / "old")) == _whole_seconds(look(theirs))
    assert _whole_seconds(look(tmp_path / "old")) == _whole_seconds(new)
    assert _whole_seconds(look(tmp_path / "beside")) == _whole_seconds(new)
    assert {entry.name for entry in tmp_path.iterdir()} == {
        *("old", "new", "theirs", "beside", "signature", "delta")
    }


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """Rdiffdir writes the delta itself where the old file is missing."""
    delta = _delta(tmp_path, {"a": file(b"old" * 1000)}, {"a": file(b"old" * 999)})
    (tmp_path / "old" / "a").unlink()
    for new in (None, tmp_path / "beside"):
        with pytest.raises(TreeDiffers):
            apply_tree_patch(tmp_path / "old", delta, new)
    assert not (tmp_path / "old" / "a").exists()


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    """Rdiffdir goes through it, and out of the tree; here its folder takes its place."""
    (tmp_path / "outside").mkdir()
    new = {"folder/a": file(b"a"), "folder/b": file(b"b")}
    delta = _delta(tmp_path, {"folder": folder()}, new)
    (tmp_path / "old" / "folder").rmdir()
    (tmp_path / "old" / "folder").symlink_to(tmp_path / "outside")
    apply_tree_patch(tmp_path / "old", delta, None, keep_backup=False)
    assert not list((tmp_path / "outside").iterdir())
    assert not (tmp_path / "old" / "folder").is_symlink()
    assert (tmp_path / "old" / "folder" / "a").read_bytes() == b"a"


def test_files_of_ones_own_stay(tmp_path: Path) -> None:
    """A folder that is gone in the new tree keeps what the delta does not name."""
    delta = _delta(tmp_path, {"gone/a": file(b"a"), "gone/in/b": file(b"b")}, {"x": link("gone")})
    (tmp_path / "old" / "gone" / "in" / "mine").write_bytes(b"mine")
    apply_tree_patch(tmp_path / "old", delta, None, keep_backup=False)
    found = _whole_seconds(look(tmp_path / "old"))
    assert set(found) == {"", "gone", "gone/in", "gone/in/mine", "x"}


def test_one_that_is_packed_is_told_of(tmp_path: Path) -> None:
    """Rdiffdir -z packs with gzip, which zcat unpacks."""
    delta = _delta(tmp_path, {"a": file(b"a")}, {"a": file(b"b")})
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(delta.read_bytes()))
    with pytest.raises(NotATree):
        apply_tree_patch(tmp_path / "old", packed, None, keep_backup=False)
