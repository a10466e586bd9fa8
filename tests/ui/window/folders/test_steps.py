"""Whole folders in the window: signed, compared, patched, checked, listed, from drop to end."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.desktop.history import Operation
from rdiff_gui.engine.inspection import look_at_seal
from rdiff_gui.engine.trees.stage import stage_name
from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.ui import Page
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.trees.listing import Order
from rdiff_gui.ui.trees.view import TreeView
from tests.conftest import random_bytes
from tests.trees.writer import file, write_delta
from tests.ui.window.conftest import Choosers, User, type_into
from tests.ui.window.folders.conftest import NEW, OLD, read


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


def test_a_folder_that_was_patched_in_place_is_known_there(
    user: User, old: Path, delta: Path
) -> None:
    """The history does not call it gone; done again, it is new already, and stays so."""
    user.drop(old, delta)
    user.patch.form.in_place.invoke()
    user.run()
    user.go(Page.HISTORY)
    table = user.history.table
    (row,) = table.get_children()
    assert table.item(row, "values")[2] == old.name
    assert "gone" not in table.item(row, "values")
    user.press("Do it again")
    assert user.patch.model.inputs == (old, delta)
    for is_in_place in (True, False):
        assert user.patch.form.in_place.on is is_in_place
        user.run()
        assert not user.patch.finished
        assert "already what the delta" in user.words(user.patch)
        assert read(old) == NEW
        user.patch.form.in_place.invoke()
        user.settle()


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
