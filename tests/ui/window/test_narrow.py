"""Small windows and long names: nothing is cut off without a sign of it."""

from __future__ import annotations

import os
import runpy
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

import pytest

from rdiff_gui.engine import make_delta_from_files
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.app import App
from rdiff_gui.ui.widgets import (
    Disclosure,
    ElidedLabel,
    Sentence,
    ValueField,
    WrappedLabel,
    shorten_names,
)
from rdiff_gui.ui.widgets.row_list import RowList
from tests.conftest import MakeFile, edited
from tests.ui.conftest import update_fully
from tests.ui.window.conftest import User, alt_letters

_SCREENSHOTS = Path(__file__).parents[3] / "tools" / "screenshots"
# What Tk counts an inch as 96 times of, and the window's size in pixels.
_SMALL = {"800x600": (1, "752x560"), "twice": (2, "1280x800")}
LONG = "a name of two hundred characters " * 6


@pytest.fixture(params=list(_SMALL.values()), ids=list(_SMALL))
def narrow(request: pytest.FixtureRequest, open_window: Callable[..., User]) -> User:
    """Somebody with a small screen, or with a fine one of which the window has half."""
    scaling, size = request.param
    user = open_window(scaling=scaling)
    user.root.geometry(size)
    user.settle()
    return user


_TEXTS = (ttk.Label, ttk.Button, ttk.Checkbutton, ttk.Radiobutton, ttk.Combobox)


def cut_off(app: App) -> list[str]:
    """What can be seen of the window but not wholly, and does not say so."""
    update_fully(app.root)
    found: list[str] = []
    waiting: list[tk.Misc] = [app.root]
    while waiting:
        part = waiting.pop()
        waiting.extend(part.winfo_children())
        if not part.winfo_viewable():
            continue
        if isinstance(part, ttk.Treeview):
            found += _cut_off_cells(app, part)
        elif isinstance(part, RowList):
            found += _cut_off_states(part)
        elif isinstance(part, Disclosure) and shorten_names(part.heading, 1) == part.heading:
            # One without names of files shall need no ellipsis.
            found += [part.heading] if part.button.cget("text") != part.heading else []
        elif isinstance(part, _TEXTS) and (_is_too_small(app, part) or _is_outside(part)):
            found.append(part.get() if isinstance(part, ttk.Combobox) else str(part.cget("text")))
    return found


def _is_too_small(app: App, part: ttk.Widget) -> bool:
    """Whether a text has less room than it takes."""
    if isinstance(part, ttk.Combobox):
        measure, room = app.theme.font("AppBody").measure, part.winfo_width() - app.theme.px(40)
        return any(measure(label) > room for label in (part.get(), *part.cget("values")))
    wraps = isinstance(part, (WrappedLabel, ElidedLabel))
    across = not wraps and part.winfo_width() < part.winfo_reqwidth()
    return across or part.winfo_height() < part.winfo_reqheight()


def _is_outside(part: tk.Misc) -> bool:
    """Whether it goes beyond what it stands in; beyond a page's foot, one can scroll."""
    left, right = part.winfo_rootx(), part.winfo_rootx() + part.winfo_width()
    top, bottom = part.winfo_rooty(), part.winfo_rooty() + part.winfo_height()
    scrolls = False
    around = part.master
    while around is not None:
        scrolls = scrolls or isinstance(around, tk.Canvas)
        first, last = around.winfo_rootx(), around.winfo_rootx() + around.winfo_width()
        highest, lowest = around.winfo_rooty(), around.winfo_rooty() + around.winfo_height()
        if left < first or right > last:
            return True
        if not scrolls and (top < highest or bottom > lowest):
            return True
        around = None if isinstance(around, (tk.Tk, tk.Toplevel)) else around.master
    return False


def _cut_off_cells(app: App, table: ttk.Treeview) -> list[str]:
    columns = table.cget("columns")
    wide = sum(int(table.column(column, "width")) for column in columns)
    found = [f"columns: {wide} px"] if wide > table.winfo_width() else []
    for column in columns:
        room = int(table.column(column, "width")) - app.theme.px(10)
        title = str(table.heading(column, "text"))
        cells = [table.set(row, column) for row in table.get_children()]
        for text, font in ((title, "AppSmall"), *((cell, "AppBody") for cell in cells)):
            if app.theme.font(font).measure(text) > room:
                found.append(f"{text}: {room} px")
    return found


def _cut_off_states(rows: RowList) -> list[str]:
    """Names and sentences have an ellipsis and a tooltip; what became of a row shall need none."""
    view, clipped = vars(rows)["_view"], vars(rows)["_clipped"]
    return [
        text for row, texts in clipped.items() for text in texts
        if text in (view(row).state, view(row).note)
    ]  # fmt: skip


def test_nothing_is_cut_off(narrow: User, make_file: MakeFile, tmp_path: Path) -> None:
    """On no page, in no state: what has no room stands below, and pages scroll."""
    old = make_file("photos.db", 4_000_000)
    new = make_file(f"{LONG}.db", edited(old.read_bytes(), 15))
    os.utime(old, (1000, 1000))
    for page in Page:
        narrow.go(page)
        assert cut_off(narrow.app) == [], page
    narrow.drop(old, new)
    narrow.delta.options.set_open(True)
    assert cut_off(narrow.app) == []
    narrow.run()
    assert cut_off(narrow.app) == []
    narrow.drop(tmp_path / f"{LONG}.db.rdelta", new)
    assert narrow.patch.problem.sentence
    assert cut_off(narrow.app) == []
    narrow.patch.clear(Slot.OLD_TO_PATCH)
    narrow.drop(old)
    narrow.patch.options.set_open(True)
    narrow.patch.form.with_undo.invoke()
    narrow.patch.form.in_place.invoke()
    narrow.settle()
    assert cut_off(narrow.app) == []
    for page in (Page.HISTORY, Page.START):
        narrow.go(page)
        assert cut_off(narrow.app) == [], page


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


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("scale", "size"), list(_SMALL.values()), ids=list(_SMALL))
def test_nothing_is_cut_off_in_any_picture(
    scale: int, size: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In all states that pictures are taken of; and each letter presses one button there."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tk.Misc, "update", update_fully)
    tool = runpy.run_path(str(_SCREENSHOTS), run_name="screenshots")
    files = tool["Files"].make(tmp_path, 12_000_000, 2**30)
    camera = tool["Photographer"](tmp_path, "light", scale)
    camera.root.geometry(size)
    found = {}

    def inspect(picture: str) -> None:
        letters = [letter for letter, count in alt_letters(camera.app).items() if count > 1]
        found[picture] = cut_off(camera.app) + letters

    monkeypatch.setattr(camera, "save", inspect)
    tool["show_all"](camera, files)
    assert len(found) > 40
    told = [f"{picture}: {texts}" for picture, texts in found.items() if texts]
    assert not told, "\n".join(told)
