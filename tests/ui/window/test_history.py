"""The page of the history, and what the start page shows of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.engine import make_signature
from rdiff_gui.records import replace
from rdiff_gui.ui import Page
from tests.conftest import MakeFile
from tests.platforms import posix_only
from tests.ui.window.conftest import User


def test_history_lists_what_was_made(veteran: User, tmp_path: Path) -> None:
    """Newest first; the chosen row's folder opens, its path is copied, and all can be cleared."""
    veteran.go(Page.HISTORY)
    table = veteran.history.table
    rows = [table.item(row, "values") for row in table.get_children()]
    assert [row[2] for row in rows] == [f"file {number}.rsig" for number in (3, 2, 1, 0)]
    assert rows[0][1] == "Signature"
    table.selection_set(table.get_children()[1])
    veteran.settle()
    veteran.press("Show in folder")
    veteran.press("Copy path")
    chosen = tmp_path / "file 2.rsig"
    assert veteran.shown_in_folder == [chosen]
    assert veteran.root.clipboard_get() == str(chosen)
    chosen.unlink()
    veteran.press("Show in folder")
    assert "is not there any more" in veteran.banner.sentence
    table.selection_set(table.get_children()[0])
    veteran.settle()
    assert veteran.banner.sentence == ""


def test_a_result_where_nobody_may_look_is_listed_as_gone(veteran: User, tmp_path: Path) -> None:
    """As in a folder that was closed since, or on a disk that fails: the others stay listed."""
    history = veteran.app.history
    # The system refuses to look there, to root as well.
    history.add(replace(history.entries()[0], output=tmp_path / ("n" * 300)))
    veteran.go(Page.HISTORY)
    table = veteran.history.table
    first, *others = table.get_children()
    assert len(others) == 4
    assert table.set(first, "3") == "gone"
    table.selection_set(first)
    veteran.settle()
    veteran.press("Show in folder")
    assert "is not there any more" in veteran.banner.sentence
    assert veteran.shown_in_folder == []


def test_a_row_of_the_history_leads_back_to_its_step(
    user: User, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    """With the files in their places; one that has gone is named, and so is a result in its row."""
    make_signature(pair[0], tmp_path / "sig")
    user.drop(tmp_path / "sig", pair[1])
    user.run()
    user.drop(pair[0], tmp_path / "new.rdelta")
    user.run()
    user.go(Page.HISTORY)
    assert re.search("Saved in all: 29. kB, by 1 delta", user.words(user.history))
    table = user.history.table
    patched, made = table.get_children()
    table.selection_set(made)
    table.focus_force()
    user.key("<Return>")
    assert user.delta.model.inputs == (tmp_path / "sig", pair[1])
    user.go(Page.HISTORY)
    user.press("Do it again")
    assert user.patch.model.inputs == (pair[0], tmp_path / "new.rdelta")
    (tmp_path / "new.rdelta").unlink()
    user.go(Page.HISTORY)
    patched, made = table.get_children()
    assert table.set(made, "3") == "gone"
    table.selection_set(patched)
    user.settle()
    user.press("Do it again")
    assert "new.rdelta” was not found" in user.banner.sentence


def test_the_history_is_searched(veteran: User) -> None:
    """By what is in the names of results and inputs; with nothing sought, all is there."""
    veteran.go(Page.HISTORY)
    table = veteran.history.table
    for sought, count in (("FILE 2", 1), ("file", 4), ("nothing", 0), ("", 4)):
        veteran.history.search.delete(0, "end")
        veteran.history.search.insert(0, sought)
        veteran.settle()
        assert len(table.get_children()) == count
    assert "Nothing yet" not in veteran.words(veteran.history)


@posix_only("Windows' own menu waits for an answer")
@pytest.mark.parametrize("how", ["<Shift-F10>", "<Key-Menu>", "<Button-3>"])
def test_a_row_has_a_menu(how: str, veteran: User, tmp_path: Path) -> None:
    """With the mouse where it points to, with the keyboard at the chosen row."""
    veteran.go(Page.HISTORY)
    page = veteran.history
    table, menu = page.table, page.menu
    item = table.get_children()[1]
    if how == "<Button-3>":
        x, y, _width, height = map(int, table.bbox(item))
        table.event_generate(how, x=x + 5, y=y + height // 2)
    else:
        table.focus_force()
        veteran.key("<Down>")
        veteran.key(how)
    veteran.root.update()
    assert menu.winfo_viewable()
    assert table.selection() == (item,)
    labels = [str(menu.entrycget(place, "label")) for place in range(5)]
    assert labels == [
        "Do it again", "Show in folder", "Copy file", "Copy path", "Remove from history",
    ]  # fmt: skip
    veteran.key("<Escape>")
    menu.invoke(2)
    veteran.settle()
    uri = (tmp_path / "file 2.rsig").as_uri()
    assert veteran.root.clipboard_get(type="text/uri-list").strip() == uri
    menu.invoke(4)
    veteran.settle()
    assert [table.set(row, "2") for row in table.get_children()] == [
        f"file {number}.rsig" for number in (3, 1, 0)
    ]
    assert table.set(table.selection()[0], "2") == "file 1.rsig"
    (tmp_path / "file 1.rsig").unlink()
    veteran.go(Page.HISTORY)
    table.selection_set(table.get_children()[1])
    table.focus_force()
    veteran.key(how if how != "<Button-3>" else "<Shift-F10>")
    assert menu.index("end") == 3
    veteran.key("<Escape>")
    veteran.key("<Delete>")
    assert (tmp_path / "file 0.rsig").exists()
    assert len(table.get_children()) == 2


def test_a_result_that_took_a_place_is_known_there(ready: User, delta: Path) -> None:
    """The history does not call it gone, and leads back with the old file's backup."""
    ready.run()
    ready.press("Put it in the old file's place")
    ready.go(Page.HISTORY)
    table = ready.history.table
    (row,) = table.get_children()
    assert table.item(row, "values")[2:4] == ("photos-1.db", "60.0 kB")
    ready.press("Do it again")
    assert ready.patch.model.inputs == (delta.with_name("photos-1.db.old"), delta)


def test_the_history_is_not_cleared_by_a_slip(veteran: User) -> None:
    """One press asks, and the answer that changes nothing has the focus."""
    veteran.go(Page.HISTORY)
    for leave in ("<Return>", "<Escape>"):
        veteran.press("Clear…")
        assert "Forget all that is listed here?" in veteran.banner.sentence
        veteran.key(leave)
        assert veteran.banner.sentence == ""
        assert len(veteran.history.table.get_children()) == 4
    veteran.press("Clear…")
    veteran.press("Clear history")
    assert "Nothing yet." in veteran.words(veteran.history)
    assert veteran.app.history.entries() == ()


def test_history_outlives_the_window(open_window: Callable[..., User], make_file: MakeFile) -> None:
    """After a restart the start page shows the latest work."""
    first = open_window()
    first.go(Page.SIGNATURE)
    first.drop(make_file("old", b"o" * 5000))
    first.run()
    first.app.closing.close()
    second = open_window()
    words = second.words(second.start)
    assert "Recent work" in words
    assert "old.rsig" in words


def test_the_start_page_shows_the_three_latest(veteran: User) -> None:
    """Recent work is a short list, each with its folder one click away."""
    veteran.go(Page.START)
    words = veteran.words(veteran.start)
    assert "file 3.rsig" in words
    assert "file 0.rsig" not in words
