"""Whole folders in the window: signed, compared, patched, checked, listed, from drop to end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rdiff_gui.desktop.history import Operation
from rdiff_gui.engine import (
    make_delta_from_files,
    make_delta_from_trees,
    make_signature,
    make_tree_signature,
)
from rdiff_gui.engine.inspection import look_at_seal
from rdiff_gui.engine.trees.stage import stage_name
from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.ui import Page, Slot, text
from rdiff_gui.ui.several.model import Lack
from rdiff_gui.ui.several.page import SeveralPage
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.trees.listing import Order
from rdiff_gui.ui.trees.view import TreeView
from tests.conftest import edited, random_bytes
from tests.trees.writer import file, write_delta
from tests.ui.window.conftest import Choosers, User, type_into

BIG = random_bytes(60_000)


def write(folder: Path, files: dict[str, bytes], modified: float) -> Path:
    """A folder with these files, all of them changed last at that time."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (modified, modified))
    return folder


def read(folder: Path) -> dict[str, bytes]:
    """What is in a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


OLD = {"same": b"same", "data/big": BIG, "gone": b"gone", "here/moved": BIG[:5000]}
NEW = {"same": b"same", "data/big": edited(BIG), "there/moved": BIG[:5000], "new": b"new"}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The older folder."""
    return write(tmp_path / "game-1.2", OLD, 1000)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """The newer folder."""
    return write(tmp_path / "game-1.3", NEW, 2000)


@pytest.fixture
def delta(old: Path, new: Path, tmp_path: Path) -> Path:
    """What leads from one to the other; the new one is not here."""
    make_delta_from_trees(old, new, tmp_path / "update.rdelta")
    new.rename(tmp_path / "elsewhere")
    return tmp_path / "update.rdelta"


def rows(view: TreeView) -> list[tuple[str, Fate]]:
    """What the list shows, in order."""
    paths, shown = vars(view)["_paths"], vars(view)["_shown"]
    return [(paths[place].path, paths[place].fate) for place in shown]


def test_two_folders_are_one_update(user: User, old: Path, new: Path, tmp_path: Path) -> None:
    """The older one is the old one; one delta is made, and every file is listed."""
    user.drop(new, old)
    page = user.delta
    assert page.model.inputs == (old, new)
    user.press("Swap old and new")
    assert page.model.inputs == (new, old)
    user.press("Swap old and new")
    user.run()
    assert "1 changed, 1 new, 1 moved, 1 removed" in user.words(page.result)
    assert page.result.files
    view = page.result.files
    assert rows(view) == [
        ("data/big", Fate.CHANGED),
        ("new", Fate.NEW),
        ("gone", Fate.DELETED),
        ("there/moved", Fate.MOVED),
        ("same", Fate.KEPT),
    ]
    (entry,) = user.app.history.entries()
    assert (entry.operation, entry.inputs) == (Operation.DELTA, (old, new))
    user.drop(tmp_path / "game-1.3.rdelta")
    assert user.patch.model.inputs == (old, tmp_path / "game-1.3.rdelta")
    user.go(Page.HISTORY)
    user.press("Do it again")
    assert user.delta.model.inputs == (old, new)


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


def test_a_folder_far_away_is_updated(user: User, old: Path, new: Path, tmp_path: Path) -> None:
    """Its signature, a delta made with that where the new one is, and the new one from both."""
    user.drop(old)
    user.press("Make a signature")
    page = user.signature
    assert "Old folder" in user.words(page.zone_row)
    user.run()
    signature = tmp_path / "game-1.2.rsig"
    assert "whoever has the new folder" in user.words(page.result)
    assert look_at_seal(signature)
    (entry,) = user.app.history.entries()
    assert (entry.operation, entry.inputs) == (Operation.SIGNATURE, (old,))
    away = old.rename(tmp_path / "away")
    user.drop(signature)
    assert "Signature of “game-1.2”" in user.words(user.delta.zone_row)
    user.drop(new)
    assert user.delta.model.inputs == (signature, new)
    assert "New folder" in user.words(user.delta.zone_row)
    user.run()
    assert "the folder takes" in user.words(user.delta.result)
    assert read(tmp_path / "game-1.3") == NEW
    delta = tmp_path / "game-1.3.rdelta"
    new.rename(tmp_path / "elsewhere")
    user.drop(away, delta)
    user.run()
    assert read(tmp_path / "game-1.3") == NEW
    assert read(away) == OLD


def test_a_new_folder_is_made_beside(user: User, old: Path, delta: Path, tmp_path: Path) -> None:
    """The old one is found by its name; what the delta does is listed before; Check writes none."""
    user.drop(delta)
    page = user.patch
    assert page.model.inputs == (old, delta)
    assert "lies beside the delta" in page.banner.sentence
    assert [fate for _path, fate in rows(page.files.view)][:3] == [
        Fate.CHANGED, Fate.NEW, Fate.DELETED,
    ]  # fmt: skip
    page.check.invoke()
    user.settle()
    assert "Everything is right" in page.banner.sentence
    user.run()
    assert read(tmp_path / "game-1.3") == NEW
    assert read(old) == OLD
    assert "New folder made" in user.words(page.result)
    user.press("Open")
    assert user.opened == [tmp_path / "game-1.3"]


def test_a_folder_is_patched_in_its_place(user: User, old: Path, delta: Path) -> None:
    """All of it or nothing, with a delta that leads back."""
    user.drop(old, delta)
    page = user.patch
    page.options.set_open(True)
    page.form.in_place.invoke()
    user.settle()
    assert not page.form.keep_backup.winfo_viewable()
    user.run()
    assert read(old) == NEW
    undo = old.with_name("game-1.2.undo.rdelta")
    assert undo.name in user.words(page.result)
    user.drop(old, undo)
    user.run()
    assert read(old) == OLD


def test_what_was_edited_here_is_told_and_kept(user: User, old: Path, delta: Path) -> None:
    """Nothing is changed before the user has said that theirs shall stay."""
    (old / "data/big").write_bytes(b"mine")
    user.drop(old, delta)
    page = user.patch
    user.run()
    assert "“data/big” is not the old file" in page.banner.sentence
    assert "in the old folder's place" in page.banner.sentence
    page.form.in_place.invoke()
    user.settle()
    user.run()
    assert read(old) == {**OLD, "data/big": b"mine"}
    user.press("Keep mine, and patch the others")
    assert read(old) == {**NEW, "data/big": b"mine"}
    assert "Left as it is" in user.words(page.result)


def test_an_interrupted_patch_is_settled(user: User, old: Path, delta: Path) -> None:
    """What a crash has left beside a folder is recognised, dropped or met."""
    stage = old.with_name(stage_name(old.name))
    for folder in ("in", "out", "empty"):
        (stage / folder).mkdir(parents=True)
    (stage / "lock").touch()
    user.drop(stage)
    assert "was interrupted" in user.patch.banner.sentence
    user.press("Settle it")
    assert "as it was" in user.patch.banner.sentence
    assert not stage.exists()
    assert user.patch.model.inputs[:1] == (old,)
    user.drop(delta)
    user.run()


def test_work_on_a_folder_can_be_cancelled(user: User, old: Path, new: Path) -> None:
    """Nothing is left of it."""
    with (old / "huge").open("wb") as huge:
        huge.truncate(8 * 2**30)
    user.drop(old, new)
    page = user.delta
    page.primary.invoke()
    user.wait(lambda: page.progress.bar["value"] > 0)
    user.key("<Escape>")
    assert not page.worker.busy
    assert not list(old.parent.glob("*.rdelta"))


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


def test_a_result_within_its_folder_goes_elsewhere(
    user: User, old: Path, tmp_path: Path, choosers: Choosers
) -> None:
    """It would be a file of what it is made of: told at its place, with another one to choose."""
    user.go(Page.SIGNATURE)
    user.drop(old)
    type_into(user, user.signature.output.entry, str(old / "data" / "sums"))
    user.run()
    assert read(old) == OLD
    assert "would lie in the folder" in user.words(user.signature.output)
    (tmp_path / "free").mkdir()
    choosers.answer = str(tmp_path / "free")
    user.press("Choose another folder")
    user.run()
    assert (tmp_path / "free" / "sums").exists()


def test_the_history_brings_a_folders_step_back(
    user: User, old: Path, new: Path, tmp_path: Path
) -> None:
    """Filled, after a double click: signature, both kinds of delta, and patch."""
    signature, delta = tmp_path / "game-1.2.rsig", tmp_path / "game-1.3.rdelta"
    user.go(Page.SIGNATURE)
    user.drop(old)
    user.run()
    user.drop(signature, new)
    user.run()
    delta.rename(tmp_path / "kept.rdelta")
    user.drop(old, new)
    user.run()
    new.rename(tmp_path / "elsewhere")
    user.drop(old, delta)
    user.run()
    for place, inputs in enumerate([(old, delta), (old, new), (signature, new), (old,)]):
        user.go(Page.HISTORY)
        table = user.history.table
        left, top, _width, height = map(int, table.bbox(table.get_children()[place]))
        for _click in range(2):
            table.event_generate("<Button-1>", x=left + 5, y=top + height // 2)
            table.event_generate("<ButtonRelease-1>", x=left + 5, y=top + height // 2)
        user.settle()
        page = user.app.page
        assert isinstance(page, StepPage)
        assert page.model.inputs == inputs
        assert not page.primary.instate(["disabled"])


def test_ten_thousand_files_are_sorted_and_searched(user: User, tmp_path: Path) -> None:
    """Only the rows in sight are drawn; the map and the list know of one another."""
    old = {f"{number // 100}/file {number}": file(b"%d" % number) for number in range(10_000)}
    new = {**old, "7/file 707": file(random_bytes(50_000))}
    (tmp_path / "many.rdelta").write_bytes(write_delta(old, new))
    user.drop(tmp_path / "many.rdelta")
    view = user.patch.files.view
    assert len(rows(view)) == 10_000
    assert rows(view)[0] == ("7/file 707", Fate.CHANGED)
    view.order.choose(Order.NAME)
    view.order.event_generate("<<ComboboxSelected>>")
    user.settle()
    assert rows(view)[0][0] == "0/file 0"
    view.list.focus_set()
    user.key("<End>")
    assert view.list.current == 9999
    assert len(view.list.canvas.find_all()) < 100
    assert "99/file 9999" in view.bar.told
    type_into(user, view.search, "FILE 707")
    assert {path for path, _fate in rows(view)} == {
        "7/file 707",
        *(f"70/file {n}" for n in range(7070, 7080)),
    }
    view.bar.canvas.event_generate("<Button-1>", x=view.bar.canvas.winfo_width() // 2, y=5)
    user.settle()
    assert rows(view)[view.list.current][0] == "7/file 707"
    # Of another delta, nothing of this one is told, while it is listed and after.
    (tmp_path / "one.rdelta").write_bytes(write_delta({}, {"alone": file(b"new")}))
    view.show(tmp_path / "one.rdelta")
    for told in ("Point at the map", "alone, 3 B: new"):
        view.bar.canvas.event_generate("<Motion>", x=view.bar.canvas.winfo_width() // 2, y=5)
        assert told in view.bar.told
        user.settle()
