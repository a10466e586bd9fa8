"""Many files and whole folders at once, from the drop to the last row."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

import pytest

from rdiff_gui.desktop.history import Operation
from rdiff_gui.engine import apply_patch, make_delta_from_files, make_signature
from rdiff_gui.ui import Page
from rdiff_gui.ui.several.model import Row, RowState
from rdiff_gui.ui.several.page import SeveralPage
from tests.conftest import MakeFile, edited
from tests.ui.window.conftest import NEW, OLD, User


@pytest.fixture
def several(user: User) -> SeveralPage:
    """Their page, which is not in front yet."""
    page = user.app.page_of(Page.SEVERAL)
    assert isinstance(page, SeveralPage)
    return page


def row_of(page: SeveralPage, name: str) -> Row:
    """The row that is called after this file."""
    (row,) = [row for row in page.model.rows if row.last.path.name == name]
    return row


def states(page: SeveralPage) -> dict[str, RowState]:
    """Where each row stands."""
    return {row.last.path.name: row.state for row in page.model.rows}


def test_what_belongs_together_is_found_and_made(
    user: User, several: SeveralPage, make_file: MakeFile, tmp_path: Path
) -> None:
    """Versions of a file, a delta with its old file, a signature with its new one: one Start."""
    old, new = make_file("photos-old.db", OLD), make_file("photos.db", NEW)
    os.utime(new, (1000, 1000))
    base, update = make_file("base.img", OLD[:-7]), tmp_path / "sent.rdelta"
    make_delta_from_files(base, make_file("gone", NEW), update)
    (tmp_path / "gone").unlink()
    signed, signature = make_file("notes.txt", OLD[1:]), tmp_path / "theirs"
    make_signature(signed, signature)
    signed.write_bytes(edited(OLD[1:]))
    user.drop(new, update, signature, make_file("more", b"m"), base, signed, old)
    assert user.app.page is several
    assert states(several) == {
        "photos.db": RowState.WAITING,
        "base.img": RowState.WAITING,
        "notes.txt": RowState.WAITING,
        "more": RowState.NOTHING,
    }
    several.primary.invoke()
    user.settle()
    assert states(several) == {
        "photos.db": RowState.DONE,
        "base.img": RowState.DONE,
        "notes.txt": RowState.DONE,
        "more": RowState.NOTHING,
    }
    apply_patch(old, tmp_path / "photos.db.rdelta", tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == NEW
    made = row_of(several, "base.img").made
    assert made
    assert made.output.read_bytes() == NEW
    assert made.output.name == "gone"
    entries = user.app.history.entries()
    assert sorted(entry.operation for entry in entries) == [
        Operation.DELTA, Operation.DELTA, Operation.PATCH,
    ]  # fmt: skip
    assert user.app.history.signatures.latest(signed) is None
    os.utime(signed, (time.time() + 60,) * 2)
    assert user.app.history.signatures.latest(signed)


def test_each_file_is_signed_where_none_belongs_to_another(
    user: User, several: SeveralPage, make_file: MakeFile, tmp_path: Path
) -> None:
    """A signature that is there already is not replaced."""
    files = [make_file(f"photo {number}.jpg", 3000, number) for number in range(3)]
    make_file("photo 1.jpg.rsig", b"mine")
    user.drop(*files)
    assert user.button("Start all", several).instate(["!disabled"])
    user.press("Start all", several)
    assert set(states(several).values()) == {RowState.DONE}
    assert (tmp_path / "photo 1.jpg.rsig").read_bytes() == b"mine"
    made = {path.name for path in tmp_path.iterdir()} - {file.name for file in files}
    assert made == {
        "photo 0.jpg.rsig", "photo 1.jpg.rsig", "photo 1.jpg (2).rsig", "photo 2.jpg.rsig",
    }  # fmt: skip


def test_two_folders_are_compared_file_by_file(
    user: User, several: SeveralPage, tmp_path: Path
) -> None:
    """The older folder is the old one, or the other one after a swap; what is the same is left."""
    old, new = tmp_path / "before", tmp_path / "after"
    for folder, data, when in ((new, NEW, 2000), (old, OLD, 1000)):
        (folder / "deep").mkdir(parents=True)
        for name in ("changed", "deep/changed"):
            (folder / name).write_bytes(data)
            os.utime(folder / name, (when, when))
        (folder / "same").write_bytes(OLD)
    (old / "removed").write_bytes(b"r")
    (new / "added").write_bytes(b"a")
    user.go(Page.SEVERAL)
    user.drop(new, old)
    assert several.model.folders == (old, new)
    user.press("Swap folders", several)
    assert several.model.folders == (new, old)
    user.press("Swap folders", several)
    user.press("Start all", several)
    assert states(several) == {
        "changed": RowState.DONE,
        "same": RowState.NOTHING,
        "removed": RowState.NOTHING,
        "added": RowState.NOTHING,
    }
    assert "2 done" in user.words(several)
    for name in ("changed", "deep/changed"):
        apply_patch(old / name, new / f"{name}.rdelta", tmp_path / "again", replace=True)
        assert (tmp_path / "again").read_bytes() == NEW
    assert not list(old.rglob("*.rdelta"))
    assert not (new / "same.rdelta").exists()


def test_a_row_that_failed_is_tried_again(
    user: User, several: SeveralPage, make_file: MakeFile, tmp_path: Path
) -> None:
    """Its sentence and its button stay with it; the others are not held up."""
    files = [make_file(f"file {number}", 3000, number) for number in range(3)]
    user.drop(*files)
    hidden = files[1].rename(tmp_path / "elsewhere")
    user.press("Start all", several)
    assert states(several)["file 1"] is RowState.FAILED
    assert states(several)["file 2"] is RowState.DONE
    several.list.focus_set()
    user.key("<Home>")
    user.key("<Down>")
    assert "“file 1”" in user.banner.sentence or "file 1" in user.banner.sentence
    hidden.rename(files[1])
    user.key("<Return>")
    assert set(states(several).values()) == {RowState.DONE}


def test_cancel_ends_what_is_at_work_and_the_rest(
    user: User, several: SeveralPage, make_file: MakeFile, make_dotted: MakeFile, tmp_path: Path
) -> None:
    """What was done stays, what came meanwhile is in the list, what is removed takes no memory."""
    files = [
        make_file("first", 3000), make_dotted("giant", 4 * 2**30), make_file("third", 3000, 3),
    ]  # fmt: skip
    user.drop(*files)
    several.primary.invoke()
    user.wait(lambda: row_of(several, "giant").fraction > 0)
    assert " left" in user.words(several.progress) or several.progress.cancel.winfo_viewable()
    user.app.arrive([make_file("fourth", 3000, 4)])
    user.wait(lambda: len(several.model.rows) == 4)
    user.key("<Escape>")
    assert states(several) == {
        "first": RowState.DONE,
        "giant": RowState.CANCELLED,
        "third": RowState.CANCELLED,
        "fourth": RowState.CANCELLED,
    }
    assert {path.name for path in tmp_path.iterdir()} == {
        "first", "giant", "third", "fourth", "first.rsig",
    }  # fmt: skip
    several.list.go_to(1)
    user.press("Remove", several)
    gc.collect()
    held = [row.last.path for row in gc.get_objects() if isinstance(row, Row)]
    assert files[1] not in held
    user.press("Start all", several)
    assert set(states(several).values()) == {RowState.DONE}


def test_ten_thousand_rows_are_no_more_to_draw_than_ten(
    user: User, several: SeveralPage, tmp_path: Path
) -> None:
    """They are found off Tk's thread, and those in sight alone are drawn."""
    folder = tmp_path / "crowd"
    folder.mkdir()
    for number in range(10_000):
        (folder / f"{number:04}x").touch()
    user.go(Page.SEVERAL)
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        user.root.after(10, tick)

    tick()
    user.drop(folder)
    assert ticks > 20
    assert len(several.model.rows) == 10_000
    for key, current in (("<End>", 9_999), ("<Prior>", 9_980), ("<Home>", 0), ("<Next>", 0)):
        several.list.focus_set()
        user.key(key)
        assert abs(several.list.current - current) < 20
        assert len(several.list.canvas.find_all()) < 200
    assert several.list.canvas.find_all()


def test_a_window_that_closes_counts_no_more(
    user: User, several: SeveralPage, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Tk has nothing left to call of a page that was still looking at files."""
    for number in range(5_000):
        (tmp_path / str(number)).touch()
    user.go(Page.SEVERAL)
    user.app.arrive([tmp_path])
    while not several.progress.winfo_viewable():
        user.root.update()
    user.app.closing.close()
    several.tk.eval("after 400 {set over yes}; vwait over")
    assert capfd.readouterr().err == ""


def test_a_pair_is_taken_apart_swapped_and_opened_as_its_step(
    user: User, several: SeveralPage, make_file: MakeFile
) -> None:
    """Whoever knows better says so, with the keyboard or the buttons below the list."""
    old, new = make_file("plan-1.svg", OLD), make_file("plan-2.svg", NEW)
    os.utime(old, (1000, 1000))
    user.drop(old, new, make_file("alone", b"1"))
    several.list.go_to(0)
    user.press("Swap old and new", several)
    assert row_of(several, "plan-1.svg").is_pair
    user.press("Open as a single step", several)
    assert user.delta.model.inputs == (new, old)
    user.go(Page.SEVERAL)
    user.press("Sign each by itself", several)
    assert [row.last.path for row in several.model.rows] == [
        new,
        old,
        several.model.rows[2].last.path,
    ]
    several.list.go_to(2)
    several.list.focus_set()
    user.key("<Return>")
    assert row_of(several, "alone").state is RowState.WAITING
    user.key("<Delete>")
    assert len(several.model.rows) == 2
    user.press("Clear the list", several)
    assert several.zone.winfo_viewable()
