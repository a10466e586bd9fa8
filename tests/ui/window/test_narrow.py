"""Small windows and long names: nothing is cut off without a sign of it."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

import pytest

from rdiff_gui.engine import make_delta_from_files
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.widgets import ElidedLabel, Sentence, ValueField, WrappedLabel
from tests.conftest import MakeFile, edited
from tests.ui.conftest import update_fully
from tests.ui.window.conftest import User

LONG = "a name of two hundred characters " * 6


@pytest.fixture(params=[(1.0, "752x560"), (2.0, "1280x800")], ids=["800x600", "twice"])
def narrow(request: pytest.FixtureRequest, open_window: Callable[..., User]) -> User:
    """Somebody with a small screen, or with a fine one of which the window has half."""
    scaling, size = request.param
    user = open_window(scaling=scaling)
    user.root.geometry(size)
    user.settle()
    return user


def cut_off(user: User) -> list[str]:
    """What can be seen of the window but not wholly, and does not say so."""
    update_fully(user.root)
    window_right = user.root.winfo_rootx() + user.root.winfo_width()
    found = []
    for part in user.all_of(tk.Misc, user.root):
        if not part.winfo_viewable() or not isinstance(
            part, (ttk.Label, ttk.Button, ttk.Checkbutton, ttk.Radiobutton, ttk.Combobox)
        ):
            continue
        right = part.winfo_rootx() + part.winfo_width()
        wraps = isinstance(part, (WrappedLabel, ElidedLabel))
        if isinstance(part, ttk.Combobox):
            theme = user.app.theme
            room = part.winfo_width() - theme.px(40)
            wraps = theme.font("AppBody").measure(part.get()) <= room
        if right > window_right or (not wraps and part.winfo_width() < part.winfo_reqwidth()):
            found.append(
                str(part.cget("text")) if not isinstance(part, ttk.Combobox) else part.get()
            )
    return found


def test_nothing_is_cut_off(narrow: User, make_file: MakeFile, tmp_path: Path) -> None:
    """On no page, in no state: what has no room stands below, and pages scroll."""
    old = make_file("photos.db", 4_000_000)
    new = make_file(f"{LONG}.db", edited(old.read_bytes(), 15))
    os.utime(old, (1000, 1000))
    for page in Page:
        narrow.go(page)
        assert cut_off(narrow) == [], page
    narrow.drop(old, new)
    narrow.delta.options.set_open(True)
    assert cut_off(narrow) == []
    narrow.run()
    assert cut_off(narrow) == []
    narrow.drop(tmp_path / f"{LONG}.db.rdelta", new)
    assert narrow.patch.problem.sentence
    assert cut_off(narrow) == []
    narrow.patch.clear(Slot.OLD_TO_PATCH)
    narrow.drop(old)
    narrow.patch.options.set_open(True)
    narrow.patch.form.with_undo.invoke()
    narrow.patch.form.in_place.invoke()
    narrow.settle()
    assert cut_off(narrow) == []
    for page in (Page.HISTORY, Page.START):
        narrow.go(page)
        assert cut_off(narrow) == [], page


def test_the_history_keeps_all_its_columns(narrow: User, make_file: MakeFile) -> None:
    """A long name gives way, shows its start and end, and is in the tooltip."""
    narrow.go(Page.SIGNATURE)
    narrow.drop(make_file(f"{LONG}.db", b"x" * 3000))
    narrow.run()
    narrow.go(Page.HISTORY)
    table = narrow.history.table
    (row,) = table.get_children()
    for column in table.cget("columns"):
        cell = table.bbox(row, column)
        assert cell
        assert int(cell[0]) + int(cell[2]) <= table.winfo_width()
    name = table.set(row, "2")
    assert name.startswith("a name")
    assert name.endswith(".rsig")
    assert "…" in name
    table.event_generate("<Motion>", x=200, y=table.winfo_height() * 2 // 3, warp=True)
    narrow.root.update()
    narrow.history.tip.show()
    assert narrow.history.tip.shown == f"{LONG}.db.rsig"


def test_long_names_leave_room_for_the_sentence(user: User, make_file: MakeFile) -> None:
    """In the banner, the facts' line and recent work; the whole is in the tooltip or the field."""
    old, new = make_file(f"{LONG}.old", 3000), make_file(f"{LONG}.new", 3000, 1)
    delta = old.with_name("d")
    make_delta_from_files(old, new, delta)
    user.drop(delta, make_file(f"{LONG}.wrong", 10))
    line = user.app.theme.font("AppBody").metrics("linespace")
    (sentence,) = [s for s in user.all_of(Sentence, user.patch.problem) if s.winfo_viewable()]
    assert sentence.winfo_height() <= 4 * line
    assert f"{LONG}.wrong" in sentence.whole
    assert all(f.winfo_height() < 2 * line for f in user.all_of(ValueField, user.patch.zone_row))
    user.go(Page.SIGNATURE)
    user.drop(old)
    user.run()
    user.go(Page.START)
    (recent,) = [e for e in user.all_of(ElidedLabel, user.start) if e.whole.endswith(".old.rsig")]
    assert recent.winfo_height() < 2 * line
