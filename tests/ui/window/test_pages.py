"""The rest of the window: settings, keyboard, choosers, size."""

from __future__ import annotations

import json
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

import pytest

from rdiff_gui import __version__
from rdiff_gui.desktop.settings import ThemeChoice
from rdiff_gui.engine import make_signature
from rdiff_gui.ui import Page, Slot, frame
from rdiff_gui.ui.several.page import SeveralPage
from rdiff_gui.ui.widgets import DropZone
from tests.conftest import MakeFile
from tests.ui.window.conftest import User


def test_colours_are_chosen_and_remembered(
    open_window: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Light, dark or as the system: at once, on every page, and at the next start."""
    # Where it took long to open, the window asks once more.
    monkeypatch.setattr(frame, "system_is_dark", lambda: True)
    user = open_window(dark_system=True)
    modes: list[str] = [user.app.theme.mode]
    user.go(Page.SETTINGS)
    for choice in (ThemeChoice.LIGHT, ThemeChoice.SYSTEM, ThemeChoice.LIGHT):
        user.settings.choices[choice].invoke()
        modes.append(user.app.theme.mode)
    assert modes == ["dark", "light", "dark", "light"]
    user.app.closing.close()
    assert open_window(dark_system=True).app.theme.mode == "light"


def test_a_system_that_turns_dark_is_followed(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Coming back to the window is enough, where the user left it to the system."""
    monkeypatch.setattr(frame, "system_is_dark", lambda: True)
    monkeypatch.setattr(frame, "_LEAST_SECONDS_BETWEEN", 0.0)
    user.root.event_generate("<FocusIn>")
    user.settle()
    assert user.app.theme.mode == "dark"


def test_about_names_the_versions(user: User) -> None:
    """Program, librsync with its file, and licence can be read and copied."""
    user.go(Page.SETTINGS)
    values = [entry.get() for entry in user.all_of(ttk.Entry, user.settings.about)]
    assert values[0] == __version__
    assert values[1].startswith("2.")
    assert "rsync" in values[2]
    assert "MIT" in values[3]


def test_the_licences_can_be_read_with_the_keyboard_alone(user: User) -> None:
    """The LGPL's librsync can be replaced, and the page says how; each part's text is at hand."""
    user.go(Page.SETTINGS)
    assert "RDIFF_GUI_LIBRSYNC" in user.words(user.settings)
    view = user.settings.licence_view
    assert not view.winfo_viewable()
    button = user.settings.licences.button
    user.key(f"<Alt-Key-{button.cget('text')[int(button.cget('underline'))].lower()}>")
    assert user.root.focus_get() == button
    assert "MIT License" in view.text.get("1.0", "end")
    for expected in (view.box, view.text):
        user.key("<Tab>")
        assert user.root.focus_get() == expected
    for key in ("<Shift-Tab>", "<Down>", "<Down>", "<Return>"):
        # The list that drops down has no Python widget.
        user.root.tk.call("event", "generate", user.root.tk.call("focus"), key)
        user.settle()
    assert "librsync" in view.box.get()
    assert "GNU" in view.text.get("1.0", "end")
    parts = [str(part) for part in view.box.cget("values")]
    assert {"Python", "blake3", "tkinterdnd2"} <= set(parts)


def test_the_window_remembers_its_size(open_window: Callable[..., User]) -> None:
    """It opens as large as it was left, but never larger than the screen."""
    first = open_window()
    first.root.geometry("901x703")
    first.settle()
    first.app.closing.close()
    second = open_window()
    assert (second.root.winfo_width(), second.root.winfo_height()) == (901, 703)
    second.app.closing.close()
    file = second.app._settings_file.path  # where this test's settings lie
    file.write_text(json.dumps({"window_size": [9000, 9000]}))
    third = open_window()
    assert third.root.winfo_width() < third.root.winfo_screenwidth()
    assert third.root.winfo_height() < third.root.winfo_screenheight()


def test_broken_settings_are_told(open_window: Callable[..., User]) -> None:
    """Never changed behind one's back: what could not be understood is kept under another name."""
    first = open_window()
    file = first.app._settings_file.path  # where this test's settings lie
    first.app.closing.close()
    file.write_text('{"theme": "purple", "desktop_offered": true}')
    second = open_window()
    kept = file.with_name("settings.json.broken")
    assert f"The file is kept as “{kept}”." in second.app.notice.sentence
    assert "purple" in kept.read_text()
    second.press("Dismiss")
    second.app.closing.close()
    assert open_window().app.notice.sentence == ""


def test_small_and_fine_screens_show_every_page(open_window: Callable[..., User]) -> None:
    """At twice the scaling in a small window nothing is lost: pages scroll, zones stack."""
    user = open_window(scaling=2.0)
    user.root.minsize(1, 1)
    user.root.geometry("900x500")
    for page in Page:
        user.go(page)
        view = user.app.page
        assert view.body.winfo_width() <= view.canvas.winfo_width()
    user.go(Page.DELTA)
    upper, lower = user.zone(Slot.SIGNATURE), user.zone(Slot.NEW_FILE)
    assert lower.winfo_rooty() > upper.winfo_rooty()
    user.delta.primary.focus_force()
    user.settle()
    bottom = user.delta.primary.winfo_rooty() + user.delta.primary.winfo_height()
    assert bottom <= user.root.winfo_rooty() + user.root.winfo_height()


def test_a_page_that_fits_has_the_same_margin_on_both_sides(user: User) -> None:
    """No room is lost to a scroll bar that is not needed."""
    for page in set(Page) - {Page.SETTINGS}:
        user.go(page)
        view = user.app.page
        assert not view.bar.winfo_ismapped()
        subtitle = view.body.winfo_children()[1]
        left = subtitle.winfo_rootx() - view.winfo_rootx()
        assert left == user.app.theme.px(32) + user.app.theme.inset
        assert view.winfo_width() - left - subtitle.winfo_width() == left


@pytest.mark.parametrize(("scaling", "size"), [(1.0, "1024x640"), (2.0, "1280x800")])
def test_the_action_is_always_in_sight(
    scaling: float, size: str, open_window: Callable[..., User], make_file: MakeFile, tmp_path: Path
) -> None:
    """The facts are folded, and button, progress and question stand at the foot of the page."""
    user = open_window(scaling=scaling)
    user.root.geometry(size)

    def in_sight(widget: tk.Misc) -> bool:
        user.root.update()
        bottom = widget.winfo_rooty() + widget.winfo_height()
        top_of_root = user.root.winfo_rooty()
        return (
            widget.winfo_viewable()
            and top_of_root <= widget.winfo_rooty()
            and (bottom <= top_of_root + user.root.winfo_height())
        )

    old, new = make_file("old", 50_000), make_file("new", 50_001)
    make_signature(old, tmp_path / "sig")
    user.drop(tmp_path / "sig", new)
    assert in_sight(user.delta.primary)
    user.press("Signature of “old”; its checksum is right")
    user.delta.options.set_open(True)
    user.delta.canvas.yview_moveto(0)
    assert in_sight(user.delta.primary)
    user.run()
    assert all(in_sight(button) for button in user.delta.actions.buttons)
    user.delta.options.set_open(True)
    user.delta.compress.invoke()
    user.settle()
    user.run()
    assert in_sight(user.delta.banner)
    assert in_sight(user.button("Replace"))


def test_edges_meet(user: User, make_file: MakeFile) -> None:
    """Title, zones, captions and buttons of a page begin at one place."""

    def left_of(widget: tk.Misc) -> int:
        # What can have the focus has room for its ring around what is seen of it.
        padded = isinstance(widget, (ttk.Button, DropZone))
        return widget.winfo_rootx() + user.app.theme.inset * padded

    user.go(Page.PATCH)
    user.drop(make_file("old", b"o"))
    page = user.patch
    title, subtitle = page.body.winfo_children()[:2]
    caption = page.output.winfo_children()[0]
    parts = (title, subtitle, user.zone(Slot.OLD_TO_PATCH), caption, page.primary)
    assert len({left_of(part) for part in parts}) == 1
    user.root.geometry("1279x700")
    user.settle()
    assert len({left_of(part) for part in parts}) == 1
    assert page.zone_row.winfo_width() <= 900


def test_edges_meet_beside_the_zones_too(user: User, make_file: MakeFile, tmp_path: Path) -> None:
    """In a banner, in the history, with two folders and in the licences."""
    inset = user.app.theme.inset

    def right_of(widget: tk.Misc) -> int:
        return widget.winfo_rootx() + widget.winfo_width()

    user.app.notice.show("info", "Word", [("Press", lambda: None)], "more")
    user.press("Details")
    word = next(c for c in user.all_of(ttk.Label, user.app.notice) if c.cget("text") == "Word")
    button, *_others = user.app.notice.buttons
    assert word.winfo_rootx() == button.winfo_rootx() + inset
    user.go(Page.SIGNATURE)
    user.drop(make_file("old", b"o"))
    user.run()
    user.go(Page.HISTORY)
    assert right_of(user.history.search) == right_of(user.history.table.master)
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same").write_bytes(b"s")
    user.go(Page.SEVERAL)
    user.drop(tmp_path / "before", tmp_path / "after")
    several = user.page(SeveralPage)
    assert right_of(several.swap_folders) == right_of(several.list)
    user.go(Page.SETTINGS)
    user.settings.licences.set_open(True)
    user.settle()
    view = user.settings.licence_view
    assert view.winfo_children()[0].winfo_rootx() == view.winfo_rootx() + inset


def test_the_zones_stay_where_they_are_when_the_way_is_changed(user: User) -> None:
    """The button to swap comes and goes beside the choice."""
    user.go(Page.DELTA)
    tops = set()
    for way in user.delta.ways:
        way.invoke()
        user.settle()
        tops.add(user.zone(Slot.NEW_FILE).winfo_rooty())
    assert len(tops) == 1


def test_the_window_is_known_to_the_desktop(user: User) -> None:
    """Title and class are what the desktop file names."""
    assert user.root.title() == "rdiff-gui"
    assert user.root.winfo_class().lower() == "rdiff-gui"


def test_a_language_is_chosen_by_its_own_name(open_window: Callable[..., User]) -> None:
    """Remembered at once, spoken from the next start on; what X11 cannot draw is not offered."""
    user = open_window()
    user.go(Page.SETTINGS)
    box = user.settings.language.box
    offered = list(box.cget("values"))
    assert offered[:3] == ["As the system", "English", "Deutsch"]
    assert "Русский" in offered
    assert "हिन्दी" not in offered
    assert "Start again" not in user.words(user.settings)
    box.current(offered.index("Deutsch"))
    box.event_generate("<<ComboboxSelected>>")
    user.settle()
    user.button("Start again").invoke()
    assert user.app.closing.again
    assert open_window().app.settings.language == "de"
