"""The window with the keyboard alone."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import filedialog, ttk

import pytest

from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.widgets import DropZone
from tests.conftest import MakeFile
from tests.ui.window.conftest import Choosers, User, alt_letters


def test_alt_letters_are_unique_on_each_page(veteran: User) -> None:
    """No two things that can be seen answer to one letter."""
    for page in Page:
        veteran.go(page)
        view = veteran.app.page
        if isinstance(view, StepPage):
            view.progress.grid()
            veteran.root.update()
        letters = alt_letters(veteran.app)
        assert len(letters) >= 6
        assert letters.most_common(1)[0][1] == 1, (page, letters)


USED = (ttk.Button, ttk.Checkbutton, ttk.Radiobutton, ttk.Entry, ttk.Treeview, tk.Text, DropZone)


def test_everything_can_be_reached_with_tab(veteran: User, make_file: MakeFile) -> None:
    """Tab goes through every control that can be used, and comes round again."""
    for page in Page:
        veteran.go(page)
        if page is Page.DELTA:
            veteran.drop(make_file("a", b"1"), make_file("b", b"2"))
            veteran.delta.options.set_open(True)
            veteran.run()
        veteran.root.update()
        seen = reached_with_tab(veteran.root)
        for kind in USED:
            for control in veteran.all_of(kind, veteran.root):
                disabled = isinstance(control, ttk.Widget) and control.instate(["disabled"])
                if control.winfo_viewable() and not disabled:
                    assert str(control) in seen, (page, control)
        # The rail's, and at least where a file is chosen or a row.
        assert len(seen) > len(Page), page


def reached_with_tab(root: tk.Tk) -> list[str]:
    """The controls from the first one on, until one comes again."""
    seen: list[str] = []
    widget: tk.Misc = root
    for _ in range(200):
        following = widget.tk_focusNext()
        assert following is not None
        widget = following
        if str(widget) in seen:
            break
        seen.append(str(widget))
    return seen


@pytest.mark.parametrize("page", list(Page))
def test_the_windows_keys_work_on_every_page(
    page: Page, user: User, choosers: Choosers, make_file: MakeFile
) -> None:
    """Help, paste, choose and put away, wherever one is, from the rail's own button too."""
    user.go(page)
    user.app.frame.rail.buttons[page].focus_force()
    user.key("<F1>")
    assert "Control-O chooses a file" in user.app.notice.sentence
    user.key("<Escape>")
    assert user.app.notice.sentence == ""
    user.app.clipboard.copy_text("")
    user.key("<Control-v>")
    assert "There is no file to paste" in user.words(user.app.page)
    user.key("<Escape>")
    assert "There is no file to paste" not in user.words(user.app.page)
    user.key("<Control-o>")
    assert len(choosers.asked) == 1
    choosers.answer = str(make_file("old", b"o" * 1000))
    user.key("<Control-o>")
    assert "old" in user.words(user.app.page)


def test_a_delta_is_made_and_found_again_with_the_keyboard_alone(
    user: User, pair: tuple[Path, Path], choosers: Choosers
) -> None:
    """Choose both files, make it, show it; find it in the history, and do it again."""
    choosers.answer = "\n".join(map(str, pair))
    user.key("<Control-o>")
    user.key("<Return>")
    assert user.delta.finished
    while user.root.focus_get() is not user.button("Show in folder"):
        user.key("<Tab>")
    user.key("<Return>")
    made = user.delta.model.result_path
    assert user.shown_in_folder == [made]
    user.key("<Alt-h>")
    while user.root.focus_get() is not user.history.search:
        user.key("<Tab>")
    user.key("<x>")
    assert user.history.table.get_children() == ()
    user.key("<Escape>")
    assert len(user.history.table.get_children()) == 1
    user.key("<Tab>")
    assert user.root.focus_get() is user.history.table
    user.key("<Return>")
    assert user.delta.model.inputs == pair


def test_enter_presses_what_has_the_focus(user: User, make_file: MakeFile) -> None:
    """On a button it presses that, in a field the primary button."""
    user.app.frame.rail.buttons[Page.SIGNATURE].focus_force()
    user.key("<Return>")
    assert user.app.page.page is Page.SIGNATURE
    user.drop(make_file("old", b"o"))
    user.signature.output.entry.focus_force()
    user.key("<Return>")
    user.wait(lambda: user.signature.finished)


def test_a_letter_of_the_rail_leads_into_the_page(user: User, pair: tuple[Path, Path]) -> None:
    """To the zone that waits, the primary button, or what can be done with the result."""
    user.key("<Alt-Key-2>")
    assert user.root.focus_get() is user.delta.zone_row.zones[Slot.SIGNATURE]
    user.drop(*pair)
    user.key("<Alt-Key-1>")
    user.key("<Alt-Key-2>")
    assert user.root.focus_get() is user.delta.primary
    user.run()
    user.key("<Alt-h>")
    assert user.root.focus_get() is user.history.table
    user.key("<Alt-Key-2>")
    assert user.root.focus_get() is user.delta.actions.buttons[0]


def test_alt_chooses_the_folder_for_the_result(
    user: User, make_file: MakeFile, choosers: Choosers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a letter that its tooltip tells; the folder's name may not have it."""
    user.go(Page.SIGNATURE)
    old = make_file("old", b"o" * 1000)
    user.drop_on(Slot.OLD_TO_SIGN, old)
    folder, keys = user.signature.output.place_told.splitlines()
    assert folder == str(old.parent)
    elsewhere = str(old.parent.parent)
    monkeypatch.setattr(filedialog, "askdirectory", lambda **_options: elsewhere)
    user.key(f"<Alt-Key-{keys.removeprefix('Alt+').lower()}>")
    assert user.signature.output.path == str(old.parent.parent / "old.rsig")
    assert not choosers.asked
