"""A tree's delta applied: all of it, or nothing."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from rdiff_gui.engine import make_delta_from_trees
from rdiff_gui.engine.trees.applying import (
    apply_tree_patch,
    verify_tree_patch,
)
from rdiff_gui.engine.trees.execution import Execution
from rdiff_gui.engine.trees.options import KeepOptions, TreePatchOptions
from rdiff_gui.engine.trees.recovery import recover_tree
from rdiff_gui.engine.trees.stage import Phase, StageFolder
from rdiff_gui.errors import (
    LocalFilesKept,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
    SourceBusy,
    SourceChanged,
    TreeAttributesNotKept,
    TreeDiffers,
)

from .conftest import BIG, MakeTrees, Trees
from .writer import file, folder, look, plant, whole

_FOLDER = {"f": folder()}


def test_a_tree_becomes_the_new_one(trees: Trees) -> None:
    """Contents, links, names of one file, permissions and times."""
    verify_tree_patch(trees.root, trees.delta)
    assert trees.is_old()
    same = (trees.root / "same").stat()
    moved = (trees.root / "was here" / "moved").stat()
    summary = trees.patch()
    assert look(trees.root) == trees.new
    assert trees.is_new()
    # What stays is not touched, and what moves is not written again.
    assert (trees.root / "same").stat() == same
    assert (trees.root / "now here" / "moved").stat().st_ino == moved.st_ino
    assert (summary.changed, summary.moved) == (6, 1)


def test_a_new_tree_is_made_beside(trees: Trees) -> None:
    """The old one stays what it is."""
    new = trees.home / "new tree"
    apply_tree_patch(trees.root, trees.delta, new)
    assert look(new) == trees.new
    assert trees.is_old()


# --- back again ----------------------------------------------------------------------------------


def test_an_undo_delta_leads_back(trees: Trees) -> None:
    """In place and beside; and what leads back from that leads to the new tree again."""
    undo, redo = trees.home / "undo", trees.home / "redo"
    apply_tree_patch(trees.root, trees.delta, trees.home / "beside", undo=undo)
    apply_tree_patch(trees.home / "beside", undo, None, keep_backup=False)
    assert look(trees.home / "beside") == trees.old
    trees.patch(undo=undo, replace=True)
    assert look(trees.root) == trees.new
    apply_tree_patch(trees.root, undo, None, undo=redo)
    assert look(trees.root) == trees.old
    apply_tree_patch(trees.root, redo, None, keep_backup=False)
    assert look(trees.root) == trees.new
    assert {entry.name for entry in trees.home.iterdir()} == {
        *("tree", "delta", "beside", "undo", "redo")
    }


def test_deltas_of_our_own_there_and_back(trees: Trees) -> None:
    """As diff makes them: one hash in the seal tells whether all that came out is right."""
    new, delta, undo = trees.home / "new", trees.home / "ours", trees.home / "undo"
    apply_tree_patch(trees.root, trees.delta, new)
    make_delta_from_trees(trees.root, new, delta)
    verify_tree_patch(trees.root, delta)
    apply_tree_patch(trees.root, delta, trees.home / "beside", undo=undo)
    assert look(trees.home / "beside") == trees.new
    verify_tree_patch(new, undo)
    apply_tree_patch(new, undo, trees.home / "back")
    assert look(trees.home / "back") == trees.old
    apply_tree_patch(trees.root, delta, None, undo=undo, replace=True)
    assert look(trees.root) == trees.new
    verify_tree_patch(trees.root, undo)
    apply_tree_patch(trees.root, undo, None, keep_backup=False)
    assert look(trees.root) == trees.old


def test_an_undo_delta_made_of_files_that_stay(make_trees: MakeTrees) -> None:
    """Of a file that both trees have, a manifest tells the beginning of its hash alone."""
    alike = BIG[:200_000]
    old = {"a/data": file(BIG), "b/data": file(alike + b"gone")}
    trees = make_trees(old, {"a/data": file(BIG)})
    make_delta_from_trees(trees.root, plant(trees.home / "new", trees.new), trees.home / "ours")
    summary = apply_tree_patch(trees.root, trees.home / "ours", None)
    assert summary.undo
    assert summary.undo.stat().st_size < 10_000
    apply_tree_patch(trees.root, summary.undo, None, keep_backup=False)
    assert look(trees.root) == trees.old


def test_a_patch_that_fails_leaves_no_undo_delta(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does one that cannot be written leave a new tree."""
    enter = StageFolder.enter

    def refuse(stage: StageFolder, phase: Phase) -> None:
        if phase is Phase.DONE:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        enter(stage, phase)

    with monkeypatch.context() as patch:
        patch.setattr(StageFolder, "enter", refuse)
        with pytest.raises(OutputUnwritable):
            trees.patch(undo=trees.home / "undo")
    assert trees.is_old()
    for undo, error in (
        (trees.root / "undo", OutputIsInput),
        (trees.delta, OutputIsInput),
        (trees.home / "nowhere" / "undo", OutputUnwritable),
    ):
        with pytest.raises(error):
            trees.patch(undo=undo, replace=True)
        assert trees.is_old()
    with pytest.raises(OutputIsInput):
        apply_tree_patch(trees.root, trees.delta, trees.root / "new")
    assert trees.is_old()


def test_an_undo_delta_leaves_ones_own_files(trees: Trees) -> None:
    """What was kept when the tree became new is kept when it becomes old again."""
    (trees.root / "edited").write_bytes(b"mine")
    (trees.root / "new link").write_bytes(b"in the way")
    undo = trees.home / "undo"
    trees.patch(options=TreePatchOptions(keep_local=True), undo=undo)
    apply_tree_patch(trees.root, undo, None, keep_backup=False)
    found = look(trees.root)
    assert found.pop("new link").content == b"in the way"
    assert found.pop("edited").content == b"mine"
    assert found == {path: node for path, node in trees.old.items() if path != "edited"}


# --- files of one's own --------------------------------------------------------------------------


def _edit(trees: Trees) -> dict[str, str]:
    (trees.root / "edited").write_bytes(b"mine")
    (trees.root / "swap one").unlink()
    (trees.root / "new link").write_bytes(b"in the way")
    (trees.root / "gone" / "deep" / "mine").write_bytes(b"beside")
    return {"edited": "edited", "swap one": "missing", "new link": "taken"}


def test_what_was_edited_here_is_told_and_refused(trees: Trees) -> None:
    """Each file by its name; nothing is changed."""
    edits = _edit(trees)
    before = look(trees.root)
    with pytest.raises(TreeDiffers) as caught:
        trees.patch()
    assert {each.path: str(each.kind) for each in caught.value.differences} == edits
    assert look(trees.root) == before
    assert trees.is_tidy()


def test_what_was_edited_here_is_kept_on_request(trees: Trees) -> None:
    """All else becomes new; a folder with somebody's own file in it stays."""
    (trees.root / "edited").write_bytes(b"mine")
    (trees.root / "new link").write_bytes(b"in the way")
    (trees.root / "gone" / "deep" / "mine").write_bytes(b"beside")
    summary = trees.patch(options=TreePatchOptions(keep_local=True))
    assert {each.path for each in summary.kept} == {"edited", "new link"}
    assert [type(remark) for remark in summary.remarks] == [LocalFilesKept]
    found = look(trees.root)
    assert found.pop("gone/deep/mine").content == b"beside"
    assert found.pop("gone/deep").mode == found.pop("gone").mode == 0o755
    assert (found["edited"].content, found["new link"].content) == (b"mine", b"in the way")
    changed = {"edited", "new link"}
    assert {path: node for path, node in found.items() if path not in changed} == {
        path: node for path, node in trees.new.items() if path not in changed
    }
    assert trees.is_tidy()


def test_files_that_stay_are_looked_at(trees: Trees) -> None:
    """One that is missing, or has another size, makes it another tree; a folder, too."""
    (trees.root / "same").write_bytes(b"longer than it was")
    (trees.root / "links" / "one").unlink()
    with pytest.raises(TreeDiffers) as caught:
        trees.patch()
    assert {"same", "links/one"} <= {each.path for each in caught.value.differences}
    assert trees.is_tidy()


def test_a_wrong_old_file_is_told_where_only_the_result_shows_it(trees: Trees) -> None:
    """Beside the old tree, its files are read once: by what comes out they are judged."""
    data = bytearray((trees.root / "edited").read_bytes())
    data[100] ^= 1
    (trees.root / "edited").write_bytes(data)
    with pytest.raises(TreeDiffers) as caught:
        apply_tree_patch(trees.root, trees.delta, trees.home / "new tree")
    assert [each.path for each in caught.value.differences] == ["edited"]
    assert trees.is_tidy()


def test_an_old_file_that_others_are_made_of_must_be_right(trees: Trees) -> None:
    """Keeping it does not help: what comes from it would be wrong."""
    (trees.root / "was here" / "moved").write_bytes(b"mine")
    with pytest.raises(TreeDiffers):
        trees.patch(options=TreePatchOptions(keep_local=True))
    with pytest.raises(TreeDiffers):
        apply_tree_patch(trees.root, trees.delta, trees.home / "new tree")
    assert trees.is_tidy()


def test_a_tree_that_is_new_already_is_told_so(trees: Trees) -> None:
    """Twice is once."""
    trees.patch()
    with pytest.raises(TreeDiffers) as caught:
        trees.patch()
    assert caught.value.is_new
    assert trees.is_new()


def test_a_new_tree_takes_nobodys_place(trees: Trees) -> None:
    """Whatever has the name keeps it."""
    (trees.home / "new tree").mkdir()
    with pytest.raises(OutputExists):
        apply_tree_patch(trees.root, trees.delta, trees.home / "new tree")
    assert trees.is_old()


def test_a_file_that_is_saved_meanwhile_is_not_lost(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at a file and its move somebody may write to it."""
    stage_all = Execution.stage_all

    def meddle(execution: Execution) -> None:
        stage_all(execution)
        (trees.root / "edited").write_bytes(b"saved meanwhile")

    monkeypatch.setattr(Execution, "stage_all", meddle)
    with pytest.raises(SourceChanged):
        trees.patch()
    found = look(trees.root)
    assert found["edited"].content == b"saved meanwhile"
    assert {*found} == {*trees.old}
    assert trees.is_tidy()


def test_one_run_at_a_time(trees: Trees, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree that is being patched is not for another run, nor for a recovery."""
    stage_all = Execution.stage_all
    tried = []

    def meddle(execution: Execution) -> None:
        for meddles in (trees.patch, lambda: recover_tree(trees.root)):
            with pytest.raises(SourceBusy):
                meddles()
            tried.append(meddles)
        stage_all(execution)

    monkeypatch.setattr(Execution, "stage_all", meddle)
    trees.patch()
    assert len(tried) == 2
    assert trees.is_new()


# --- what is kept --------------------------------------------------------------------------------


def test_rights_of_programs_are_given_on_request_only(make_trees: MakeTrees) -> None:
    """A delta from anybody must not make a program that runs as its owner."""
    new = {"program": file(b"run", mode=0o6755), "folder": folder(mode=0o1777)}
    trees = make_trees({}, new)
    trees.patch()
    assert (trees.root / "program").stat().st_mode & 0o7777 == 0o755
    assert (trees.root / "folder").stat().st_mode & 0o7777 == 0o777
    trees = make_trees({}, new)
    trees.patch(options=TreePatchOptions(keep=KeepOptions(special_modes=True)))
    assert look(trees.root) == trees.new


def test_a_folder_that_may_not_be_written_stays_so(make_trees: MakeTrees) -> None:
    """Its owner lets himself in, and closes it again; whoever is not root needs that."""
    old = {"closed": folder(mode=0o500), "closed/file": file(b"old")}
    new = {"closed": folder(mode=0o500), "closed/file": file(b"new"), "closed/more": file(b"")}
    trees = make_trees(old, new)
    trees.patch()
    assert trees.is_new()
    apply_tree_patch(plant(trees.home / "again", whole(old)), trees.delta, trees.home / "new tree")
    assert look(trees.home / "new tree") == trees.new


def test_what_a_file_has_here_it_keeps(trees: Trees) -> None:
    """Permissions that the delta does not change are those of whoever has the tree."""
    (trees.root / "edited").chmod(0o600)
    trees.patch()
    assert (trees.root / "edited").stat().st_mode & 0o777 == 0o600
    assert (trees.root / "mode").stat().st_mode & 0o777 == 0o755


def test_a_folder_in_one_that_is_somebody_elses(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can stand beside it, its new files wait in it, and leave no trace."""
    monkeypatch.setattr(os, "access", lambda *_arguments: False)
    undo = trees.home / "new tree"
    trees.patch(undo=undo)
    assert trees.is_new()
    enter, phases = StageFolder.enter, []

    def refuse(stage: StageFolder, phase: Phase) -> None:
        phases.append(stage.place.folder)
        if phase is Phase.DONE:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        enter(stage, phase)

    monkeypatch.setattr(StageFolder, "enter", refuse)
    with pytest.raises(OutputUnwritable):
        apply_tree_patch(trees.root, undo, None, keep_backup=False)
    assert trees.is_new()
    assert set(phases) == {trees.root}


def test_what_could_not_be_kept_is_told_once(trees: Trees, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not file by file: whoever patches somebody else's folder has thousands of them."""
    monkeypatch.setattr(
        "rdiff_gui.engine.trees.contents.keep_attributes", lambda _old, _new: ("the group",)
    )
    (remark,) = trees.patch().remarks
    assert isinstance(remark, TreeAttributesNotKept)
    assert remark.count > 3
    assert "the group" in str(remark)


@pytest.mark.parametrize("keep", [KeepOptions(), KeepOptions(owners=True, xattrs=True, acls=True)])
def test_owners_lists_and_attributes_on_request(keep: KeepOptions, tmp_path: Path) -> None:
    """Of files and folders, new and old; a delta's maker says what is in it, a taker what of it."""
    old, new = plant(tmp_path / "old", {}), plant(tmp_path / "new", {"f/a": file(b"a")} | _FOLDER)
    for path in (new / "f", new / "f" / "a"):
        os.chown(path, 1234, 2345)
        os.setxattr(path, "user.note", b"kept")
        subprocess.run(["setfacl", "-m", "u:1234:r", path], check=True)
    make_delta_from_trees(old, new, tmp_path / "delta", keep=KeepOptions(False, True, True, True))
    options = TreePatchOptions(keep=keep)
    apply_tree_patch(old, tmp_path / "delta", tmp_path / "beside", options)
    apply_tree_patch(old, tmp_path / "delta", None, options, keep_backup=False)
    for root in (old, tmp_path / "beside"):
        for path in (root / "f", root / "f" / "a"):
            status = path.stat()
            assert ((status.st_uid, status.st_gid) == (1234, 2345)) is keep.owners
            names = {"user.note", "system.posix_acl_access"}
            assert set(os.listxattr(path)) == (names if keep.xattrs else set())


def test_holes_stay_holes(make_trees: MakeTrees) -> None:
    """A file of zeros takes no room."""
    size = 2**22
    trees = make_trees({"a": file(bytes(size))}, {"b": file(bytes(size)), "c": file(bytes(size))})
    trees.patch()
    assert (trees.root / "c").stat().st_blocks * 512 < 2**17
    assert trees.is_new()
