"""A tree that is neither old nor new, made the new one as far as anything of it is left."""

from __future__ import annotations

import shutil

import pytest

from rdiff_gui.engine import TreePatchOptions, TreeRepairSummary, repair_tree
from rdiff_gui.errors import TreeDamaged, TreeUnrepaired
from tests.cli_process import one_line, run_cli

from .conftest import MakeTrees, Trees
from .writer import file, link, look, members, plant, whole, write_tar


def _repair(trees: Trees, *, keep_local: bool = False) -> TreeRepairSummary:
    return repair_tree(trees.root, trees.delta, TreePatchOptions(keep_local=keep_local))


def test_a_whole_tree_is_left_alone(trees: Trees) -> None:
    """The old one is told to be that; the new one has nothing wrong."""
    summary = _repair(trees)
    assert summary.is_old
    assert trees.is_old()
    trees.patch()
    summary = _repair(trees)
    assert (summary.is_old, summary.restored, summary.removed) == (False, (), 0)
    assert trees.is_new()


def test_what_another_program_left_half_done(trees: Trees) -> None:
    """Some of it old, some new, as a kill of others leaves a tree."""
    shutil.rmtree(trees.root)
    is_done = ("edited", "link", "mode", "swap two", "now here")
    done = {path: node for path, node in trees.new.items() if path.startswith(is_done)}
    plant(trees.root, {**trees.old, **done})
    summary = _repair(trees)
    assert not summary.is_old
    assert summary.removed == 3
    assert trees.is_new()


def test_damaged_and_missing_files_are_restored(trees: Trees) -> None:
    """From the delta, and from files of the same content; what stood there is kept beside."""
    trees.patch()
    (trees.root / "links" / "3rd").unlink()
    (trees.root / "now here" / "empty").rmdir()
    (trees.root / "new link").unlink()
    (trees.root / "folder to file").write_bytes(b"damaged")
    (trees.root / "caf\udce9\n").unlink()
    (trees.root / "swap one").write_bytes(b"damaged, too")
    (trees.root / "swap two").unlink()
    with pytest.raises(TreeUnrepaired) as caught:
        _repair(trees)
    assert {each.path for each in caught.value.differences} == {"swap one", "swap two"}
    found = look(trees.root)
    assert found.pop("swap one").content == b"damaged, too"
    right = dict(trees.new)
    del right["swap one"], right["swap two"]
    for side in (found, right):
        # The folders' times are those of the repair; their content is right.
        for path in ("", "links", "now here"):
            side.pop(path)
    assert found == right
    (kept,) = (entry for entry in trees.home.iterdir() if "damaged" in entry.name)
    assert {path: node.content for path, node in look(kept).items() if node.content} == {
        "folder to file": b"damaged"
    }


def test_old_files_that_are_whole_bring_the_new_ones(trees: Trees) -> None:
    """A delta needs no more of the old tree than the file that it is for."""
    for path in ("file to folder", "link", "swap one", "swap two"):
        (trees.root / path).unlink()
    with pytest.raises(TreeUnrepaired) as caught:
        _repair(trees)
    assert {each.path for each in caught.value.differences} == {"swap one", "swap two"}
    assert (trees.root / "edited").read_bytes() == trees.new["edited"].content
    assert not (trees.root / "was here").exists()


def test_what_is_ones_own_can_be_left(trees: Trees) -> None:
    """With keep_local, only what is missing comes back."""
    trees.patch()
    (trees.root / "folder to file").write_bytes(b"mine")
    (trees.root / "links" / "3rd").unlink()
    summary = _repair(trees, keep_local=True)
    assert [each.path for each in summary.restored] == ["links/3rd"]
    assert (trees.root / "folder to file").read_bytes() == b"mine"


def test_without_a_manifest_nothing_tells(trees: Trees) -> None:
    """A tar of rdiffdir has no hashes."""
    trees.delta.write_bytes(write_tar(members(trees.old, whole({"a": file(b"a")}))))
    with pytest.raises(TreeDamaged):
        _repair(trees)


def test_on_the_command_line(make_trees: MakeTrees) -> None:
    """Told file by file; the exit code tells whether all is right."""
    old = {"a": file(b"a" * 100), "b": file(b"b" * 100)}
    trees = make_trees(old, {"a": file(b"a" * 100), "c": file(b"c" * 100), "l": link("c")})
    words = ("verify", "--repair", "tree", "delta")
    (trees.root / "b").write_bytes(b"damaged")
    done = run_cli(*words, folder=trees.home)
    assert done.returncode == 0, done.stderr
    assert b"restored: c" in done.stdout
    (trees.root / "c").write_bytes(b"damaged")
    done = run_cli(*words, folder=trees.home)
    assert done.returncode == 0
    assert b"tree.damaged" in done.stderr
    (trees.root / "a").unlink()
    done = run_cli(*words, folder=trees.home)
    assert done.returncode == 106
    assert "could not be repaired" in one_line(done)
    assert "a” is missing" in done.stdout.decode()
