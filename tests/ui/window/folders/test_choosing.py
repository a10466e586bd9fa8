"""Folders beside files: what goes with what, what is asked for, and what a page calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rdiff_gui.engine import (
    make_delta_from_files,
    make_delta_from_trees,
    make_signature,
    make_tree_signature,
)
from rdiff_gui.engine.options import Sealing
from rdiff_gui.ui import Page, Slot, text
from rdiff_gui.ui.several.model import Lack
from rdiff_gui.ui.several.page import SeveralPage
from tests.ui.window.conftest import Choosers, User
from tests.ui.window.folders.conftest import OLD


def test_a_delta_for_each_file_is_one_press_away(user: User, old: Path, new: Path) -> None:
    """The page of several files takes the two folders."""
    user.drop(old, new)
    user.press("A delta for each file instead")
    page = user.page(SeveralPage)
    assert page.model.folders == (old, new)


def test_a_list_takes_folders_with_the_keyboard(
    user: User, old: Path, delta: Path, choosers: Choosers
) -> None:
    """Their files get rows; what is of a whole folder says so, and opens as a step of its own."""
    user.go(Page.SEVERAL)
    user.drop(delta)
    page = user.page(SeveralPage)
    assert [row.lack for row in page.model.rows] == [Lack.FOLDER]
    choosers.answer = str(old)
    page.add.focus_set()
    user.key("<Tab>")
    assert user.root.focus_get() is page.add_folder
    user.key("<space>")
    assert "mustexist" in choosers.asked[-1]
    assert len(page.model.rows) == 1 + len(OLD)
    page.list.go_to(0)
    page.open.invoke()
    user.settle()
    assert user.patch.model.inputs == (old, delta)


def test_a_folder_alone_waits_for_the_other(
    user: User, old: Path, new: Path, choosers: Choosers
) -> None:
    """It can be gone through as well; the other one is chosen with the desktop's chooser."""
    user.drop(old)
    assert "game-1.2" in user.start.banner.sentence
    assert user.button("Take each file in it")
    choosers.answer = str(new)
    user.start.zone.folder_button.invoke()
    user.settle()
    assert user.delta.model.inputs == (old, new)
    user.go(Page.START)
    user.drop(old)
    user.press("Apply a delta")
    assert user.patch.model.inputs == (old,)


def test_a_file_does_not_go_with_a_folder(user: User, old: Path, tmp_path: Path) -> None:
    """Neither as its other version nor as what its delta is for."""
    (tmp_path / "file").write_bytes(b"file")
    user.drop(old, tmp_path / "file")
    assert "Give two folders, or two files" in user.start.banner.sentence
    user.go(Page.DELTA)
    user.delta.ways[1].invoke()
    user.drop_on(Slot.NEW_FILE, old)
    user.drop_on(Slot.OLD_TO_COMPARE, tmp_path / "file")
    assert "“game-1.2” is a folder" in user.banner.sentence
    make_signature(tmp_path / "file", tmp_path / "file.rsig")
    user.drop_on(Slot.OLD_TO_COMPARE, old)
    user.drop(tmp_path / "file.rsig")
    assert "the signature of a file, not of a folder" in user.banner.sentence
    make_tree_signature(old, tmp_path / "old.rsig")
    user.drop(tmp_path / "old.rsig", tmp_path / "file")
    assert "of a whole folder, and “file” is a file" in user.banner.sentence


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_page_speaks_of_what_it_is_about(
    user: User, old: Path, new: Path, tmp_path: Path, is_folder: bool
) -> None:
    """Of a version while nothing tells, then of a folder or of a file, before that is there."""
    signature, delta = tmp_path / "far" / "x.rsig", tmp_path / "far" / "x.rdelta"
    signature.parent.mkdir()
    if is_folder:
        make_tree_signature(old, signature)
        make_delta_from_trees(old, new, delta)
    else:
        make_signature(old / "data/big", signature)
        make_delta_from_files(old / "data/big", new / "data/big", delta)
    old.rename(tmp_path / "away")
    for page, told, slot in (
        (Page.DELTA, signature, Slot.NEW_FILE),
        (Page.PATCH, delta, Slot.OLD_TO_PATCH),
    ):
        user.go(page)
        assert text.zone_title(slot, is_folder=None) in user.words(user.app.page)
        user.drop(told)
        assert text.zone_title(slot, is_folder=is_folder) in user.words(user.app.page)
        assert text.still_missing(slot, is_folder=is_folder) in user.words(user.app.page)


def test_a_folder_that_is_due_is_asked_for(
    user: User, old: Path, new: Path, tmp_path: Path, choosers: Choosers
) -> None:
    """By Enter, Control-O and the buttons, on every page; a file could not be used."""
    make_tree_signature(old, tmp_path / "x.rsig")
    user.drop(tmp_path / "x.rsig")
    assert user.root.focus_get() is user.zone(Slot.NEW_FILE)
    for key in ("<Return>", "<Control-o>"):
        user.key(key)
        assert "mustexist" in choosers.asked[-1]
    choosers.answer = str(new / "same")
    user.drop_on(Slot.NEW_FILE, new / "same")
    assert user.delta.problem.sentence
    choosers.answer = str(new)
    user.press("Choose a folder")
    assert "mustexist" in choosers.asked[-1]
    assert user.delta.model.inputs == (tmp_path / "x.rsig", new)
    user.key("<Return>")
    assert user.delta.finished
    # What is there already says it as well, on the step's page and on the first.
    user.go(Page.SIGNATURE)
    user.drop(old)
    user.zone(Slot.OLD_TO_SIGN).focus_set()
    user.key("<Return>")
    assert "mustexist" in choosers.asked[-1]
    user.go(Page.START)
    user.drop(old)
    user.key("<Control-o>")
    assert "mustexist" in choosers.asked[-1]
    assert user.delta.model.inputs == (old, new)


def test_a_file_that_is_due_is_asked_for(
    user: User, old: Path, tmp_path: Path, choosers: Choosers
) -> None:
    """Where a folder stands in its place."""
    make_signature(old / "same", tmp_path / "x.rsig")
    user.drop(tmp_path / "x.rsig")
    user.drop_on(Slot.NEW_FILE, old)
    choosers.answer = str(old / "gone")
    user.press("Choose a file")
    assert "mustexist" not in choosers.asked[-1]
    assert user.delta.model.inputs == (tmp_path / "x.rsig", old / "gone")


def test_what_is_told_of_a_folder_is_not_told_of_a_file(
    user: User, old: Path, new: Path, tmp_path: Path
) -> None:
    """In the table of times, the report, the button that copies, and the history's menu."""
    user.drop(old, new)
    user.run()
    user.press("On other links")
    assert "Whole folder" in user.words(user.delta.result)
    user.press("Save report")
    assert "Whole folder" in (tmp_path / "game-1.3.rdelta.html").read_text(encoding="utf-8")
    new.rename(tmp_path / "elsewhere")
    user.drop(old, tmp_path / "game-1.3.rdelta")
    user.run()
    user.press("Copy folder")
    assert user.button("Copied")
    assert user.app.clipboard.lines() == [(tmp_path / "game-1.3").as_uri()]
    user.go(Page.HISTORY)
    user.history.table.focus_set()
    user.key("<Shift-F10>")
    labels = [user.history.menu.entrycget(place, "label") for place in range(5)]
    assert "Copy folder" in labels
    user.history.menu.unpost()


def test_what_has_no_seal_is_as_rdiffdir_writes_it(user: User, old: Path) -> None:
    """That of a file is as rdiff does; what was chosen stays chosen."""
    user.go(Page.SIGNATURE)
    box = user.signature.sealing.box
    box.choose(Sealing.NONE)
    for chosen, program in ((old, "rdiffdir"), (old / "same", "rdiff"), (old, "rdiffdir")):
        user.drop_on(Slot.OLD_TO_SIGN, chosen)
        assert program in box.get().split()
        assert box.choice is Sealing.NONE
