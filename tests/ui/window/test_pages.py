"""The rest of the window: settings, keyboard, choosers, size."""

from __future__ import annotations

import json
import os
import time
import tkinter as tk
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog, ttk

import pytest

from rdiff_gui import __version__
from rdiff_gui.desktop.settings import ThemeChoice
from rdiff_gui.engine import make_signature
from rdiff_gui.ui import Page, Slot, file_dialog, frame
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.theme import Mode
from rdiff_gui.ui.widgets import DropZone
from tests.conftest import MakeFile
from tests.platforms import posix_only
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


@pytest.mark.parametrize("page", list(Page))
def test_alt_letters_are_unique_on_each_page(page: Page, veteran: User) -> None:
    """No two things that can be seen answer to one letter."""
    veteran.go(page)
    view = veteran.app.page
    if isinstance(view, StepPage):
        view.progress.grid()
        veteran.root.update()
    letters = Counter(
        str(button.cget("text"))[int(button.cget("underline"))].lower()
        for kind in (ttk.Button, ttk.Radiobutton)
        for button in veteran.all_of(kind, veteran.root)
        if button.winfo_viewable() and int(button.cget("underline")) >= 0
    )
    assert len(letters) >= 6
    assert letters.most_common(1)[0][1] == 1, letters


def test_everything_can_be_reached_with_tab(user: User, make_file: MakeFile) -> None:
    """Tab goes through every control of a step and comes round again."""
    user.go(Page.DELTA)
    user.drop(make_file("a", b"1"), make_file("b", b"2"))
    user.root.update()
    seen: list[str] = []
    widget: tk.Misc = user.root
    for _ in range(80):
        following = widget.tk_focusNext()
        assert following is not None
        widget = following
        if str(widget) in seen:
            break
        seen.append(str(widget))
    page = user.delta
    for control in (
        *page.ways, page.swap, page.primary, page.output.entry, page.options.button,
        user.zone(Slot.OLD_TO_COMPARE), user.zone(Slot.NEW_FILE),
        *user.app.frame.rail.buttons.values(),
    ):  # fmt: skip
        assert str(control) in seen, control


def test_enter_presses_what_has_the_focus(user: User, make_file: MakeFile) -> None:
    """On a button it presses that, in a field the primary button."""
    user.app.frame.rail.buttons[Page.SIGNATURE].focus_force()
    user.key("<Return>")
    assert user.app.page.page is Page.SIGNATURE
    user.drop(make_file("old", b"o"))
    user.signature.output.entry.focus_force()
    user.key("<Return>")
    user.wait(lambda: user.signature.finished)


class Choosers:
    """Tk's own chooser, answered by the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[dict[str, object]] = []
        self.answer = ""
        monkeypatch.setattr(file_dialog, "chooser_commands", lambda *_arguments: ())
        monkeypatch.setattr(filedialog, "askopenfilename", self._ask)
        monkeypatch.setattr(filedialog, "asksaveasfilename", self._ask)
        monkeypatch.setattr(
            filedialog, "askopenfilenames", lambda **options: [self._ask(**options)]
        )

    def _ask(self, **options: object) -> str:
        self.asked.append(options)
        return self.answer


@pytest.fixture
def choosers(monkeypatch: pytest.MonkeyPatch) -> Choosers:
    """File choosers that answer as the test says."""
    return Choosers(monkeypatch)


def test_files_are_chosen_with_browse(
    user: User, make_file: MakeFile, choosers: Choosers, tmp_path: Path
) -> None:
    """A chosen file arrives as if dropped on that zone; a cancelled choice changes nothing."""
    user.go(Page.SIGNATURE)
    user.key("<Control-o>")
    assert user.signature.model.inputs == ()
    choosers.answer = str(make_file("old", b"o"))
    user.key("<Control-o>")
    assert user.zone(Slot.OLD_TO_SIGN).name == "old"
    assert choosers.asked[0]["title"] == "Choose the old file"
    choosers.answer = str(tmp_path / "chosen.rsig")
    user.button("Browse…", user.signature.output).invoke()
    user.settle()
    assert choosers.asked[-1]["initialfile"] == "old.rsig"
    user.run()
    assert (tmp_path / "chosen.rsig").is_file()


@posix_only("Windows' own chooser is Tk's")
@pytest.mark.parametrize("mode", ["dark", "light"])
def test_tks_own_chooser_wears_the_theme_and_takes_two_files(
    mode: Mode, user: User, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the desktop has none: as dark as the window, with room, and two files make a pair."""
    monkeypatch.setattr(file_dialog, "chooser_commands", lambda *_arguments: ())
    for path, moment in zip(pair, (1000, 2000), strict=True):
        os.utime(path, (moment, moment))
    vars(user.app)["_folder"] = pair[0].parent
    icons = ".__tk_filedialog.contents.icons"
    seen: list[str] = []
    call = user.root.tk.call

    def choose() -> None:
        canvas = f"{icons}.cHull.canvas"
        if not call("winfo", "exists", canvas) or not call(icons, "index", "end"):
            user.root.after(20, choose)
            return
        for number in range(2):
            call(icons, "selection", "set", number)
        call("event", "generate", icons, "<<ListboxSelect>>")
        call("update")
        seen.append(str(call(canvas, "cget", "-background")))
        texts = call(canvas, "find", "withtag", "all")
        for item in user.root.tk.splitlist(texts):
            if str(call(canvas, "type", item)) == "text":
                seen.append(str(call(canvas, "itemcget", item, "-fill")))
        seen.append(str(call("winfo", "width", canvas)))
        call(".__tk_filedialog.contents.f2.ok", "invoke")

    for _ in range(2):
        seen.clear()
        user.app.theme.apply(mode)
        user.go(Page.START)
        user.root.after(20, choose)
        user.start.zone.browse_button.invoke()
        user.settle()
        assert user.delta.model.inputs == pair
        palette = user.app.theme.palette
        assert seen[0] == palette.field
        assert set(seen[1:-1]) <= {palette.text, palette.on_accent}
        assert int(seen[-1]) >= 600


@posix_only("Windows' own chooser is Tk's")
def test_the_desktops_chooser_runs_beside_the_window(
    user: User, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The window lives on while it is open; only one is open; closing the window closes it."""
    user.go(Page.SIGNATURE)
    path = make_file("old", b"o")
    program = tmp_path / "chooser"
    program.write_text(f'#!/bin/sh\nsleep 0.3\nprintf "%s\\n" "{path}"\n')
    program.chmod(0o755)
    monkeypatch.setattr(file_dialog, "chooser_commands", lambda *_arguments: ((str(program),),))
    user.app.page.browse()
    user.app.page.browse()
    ticks = 0
    end = time.monotonic() + 10
    while not user.signature.model.inputs and time.monotonic() < end:
        user.root.update()
        ticks += 1
    assert ticks > 20
    assert user.signature.model.inputs == (path,)
    user.settle()
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    user.app.page.browse()
    user.root.update()
    user.app.closing.close()


def test_the_window_remembers_its_size(open_window: Callable[..., User]) -> None:
    """It opens as large as it was left, but never larger than the screen."""
    first = open_window()
    first.root.geometry("901x703")
    first.settle()
    first.app.closing.close()
    second = open_window()
    assert (second.root.winfo_width(), second.root.winfo_height()) == (901, 703)
    second.app.closing.close()
    file = second.app._settings_file  # where this test's settings lie
    file.write_text(json.dumps({"window_size": [9000, 9000]}))
    third = open_window()
    assert third.root.winfo_width() < third.root.winfo_screenwidth()
    assert third.root.winfo_height() < third.root.winfo_screenheight()


def test_broken_settings_are_told(open_window: Callable[..., User]) -> None:
    """Never changed behind one's back: what could not be understood is kept under another name."""
    first = open_window()
    file = first.app._settings_file  # where this test's settings lie
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
