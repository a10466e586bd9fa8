"""The offer to add the program to the desktop, and its place in the settings."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from Xlib import X, display, error

from rdiff_gui.desktop import integration
from rdiff_gui.desktop.own_files import ENTRY, receipt_file
from rdiff_gui.ui import Page
from tests.conftest import MakeFile, Rdiff
from tests.ui.window.conftest import User

ROOT = Path(__file__).parents[3]

OpenWindow = Callable[..., User]
OFFER = "Open signatures and deltas with a double-click, and have the program in the menu?"
ADD = "Add to this desktop"
REMOVE = "Remove from this desktop"


def data_home() -> Path:
    """Where the test's desktop keeps what users add."""
    return Path(os.environ["XDG_DATA_HOME"])


def test_it_is_offered_once_and_added(open_window: OpenWindow) -> None:
    """One press, and files open with a double-click; the next window says nothing of it."""
    user = open_window(offer=True)
    assert user.start.offer.sentence == OFFER
    user.press(ADD)
    assert user.start.offer.sentence.startswith("Done: signatures and deltas open")
    assert (data_home() / ENTRY).is_file()
    user.press("Dismiss")
    assert user.start.offer.sentence == ""
    user.app.closing.close()
    assert open_window(offer=True).start.offer.sentence == ""


@pytest.mark.parametrize("answer", ["No thanks", None])
def test_a_no_is_remembered(answer: str | None, open_window: OpenWindow) -> None:
    """And so is no answer at all: nobody is asked at every start."""
    user = open_window(offer=True)
    if answer:
        user.press(answer)
        assert user.start.offer.sentence == ""
    user.app.closing.close()
    assert not data_home().exists()
    assert open_window(offer=True).start.offer.sentence == ""


def test_it_stays_until_it_is_answered(user: User, open_window: OpenWindow) -> None:
    """Whoever looks at another page first finds it again in the same window."""
    user.app.closing.close()
    user.app._settings_file.path.unlink()
    again = open_window(offer=True)
    again.go(Page.HISTORY)
    again.go(Page.START)
    assert again.start.offer.sentence == OFFER


def test_who_is_elsewhere_already_is_not_asked(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a double-click on a file: the offer waits until the start page is in front."""
    really, left = integration.look, threading.Event()

    def look_slowly() -> integration.Standing:
        assert left.wait(20)
        return really()

    with monkeypatch.context() as patch:
        patch.setattr(integration, "look", look_slowly)
        patch.setattr(User, "settle", lambda user: user.root.update())
        user = open_window(offer=True)
        user.app.show(Page.SIGNATURE)
        left.set()
    user.settle()
    assert not user.app.settings.desktop_offered
    user.go(Page.START)
    assert user.start.offer.sentence == OFFER


def test_what_is_there_is_not_offered(open_window: OpenWindow) -> None:
    """Neither what the user added, nor what a package brought."""
    integration.install()
    user = open_window(offer=True)
    assert user.start.offer.sentence == ""
    user.app.closing.close()
    integration.uninstall()
    entry = Path(os.environ["XDG_DATA_DIRS"]) / ENTRY
    entry.parent.mkdir(parents=True)
    entry.touch()
    user = open_window(offer=True)
    assert user.start.offer.sentence == ""
    user.go(Page.SETTINGS)
    assert "A package of this system has it so for everybody" in user.words(user.settings)
    assert str(entry) in user.words(user.settings)


def test_what_cannot_be_written_is_told(open_window: OpenWindow) -> None:
    """The sentence names the folder, in the place of the offer."""
    user = open_window(offer=True)
    data_home().touch()
    user.press(ADD)
    assert "cannot be written" in user.start.offer.sentence
    assert str(data_home()) in user.start.offer.sentence
    user.press("Dismiss")
    assert user.start.offer.sentence == ""


def test_the_settings_add_and_remove(user: User) -> None:
    """At any time, without a trace."""
    user.go(Page.SETTINGS)
    assert "do not open with a double-click yet" in user.words(user.settings)
    user.press(ADD)
    assert "Signatures and deltas open with a double-click, and" in user.words(user.settings)
    assert (data_home() / ENTRY).is_file()
    user.press(REMOVE)
    assert "do not open with a double-click yet" in user.words(user.settings)
    assert not data_home().exists()
    assert user.banner.sentence == ""


def test_the_settings_make_an_old_one_new(user: User) -> None:
    """After an update or a move of the program, and after somebody tidied up."""
    integration.install()
    receipt = receipt_file()
    receipt.write_text(receipt.read_text().replace('"version": "', '"version": "0.'))
    user.go(Page.SETTINGS)
    assert "open with another version of the program" in user.words(user.settings)
    user.press("Make it this one")
    (data_home() / ENTRY).unlink()
    user.go(Page.SETTINGS)
    assert "a part of that has gone" in user.words(user.settings)
    user.press("Put them back")
    assert (data_home() / ENTRY).is_file()
    assert user.button(REMOVE)


def test_the_settings_tell_of_trouble(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is the user's and stays, and tools that are missing."""
    (data_home() / ENTRY).parent.mkdir(parents=True)
    (data_home() / ENTRY).write_text("mine")
    monkeypatch.setattr("rdiff_gui.desktop.freedesktop.shutil.which", lambda _tool: None)
    user.go(Page.SETTINGS)
    user.press(ADD)
    assert f"“{data_home() / ENTRY}” is not as this program put it there" in user.banner.sentence
    tools = "update-desktop-database, update-mime-database"
    assert f"Without {tools} the desktop may not notice" in user.banner.sentence


def test_elsewhere_there_is_nothing_of_it(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows and macOS installers do it: no offer, no card."""
    monkeypatch.setattr(integration, "is_possible", lambda: False)
    monkeypatch.setattr("rdiff_gui.ui.settings.is_possible", lambda: False)
    user = open_window(offer=True)
    assert user.start.offer.sentence == ""
    user.go(Page.SETTINGS)
    assert "Double-click" not in user.words(user.settings)


# --- the desktop's own double-click --------------------------------------------------------------


def window_is_there(class_name: str, screen: Any) -> bool:
    """Whether a window of this class can be seen."""
    for window in screen.screen().root.query_tree().children:
        # Another window may close meanwhile.
        with contextlib.suppress(error.BadWindow):
            names = window.get_wm_class()
            shown = window.get_attributes().map_state == X.IsViewable
            if shown and names and names[1] == class_name:
                return True
    return False


def programs_with(file: Path) -> list[psutil.Process]:
    """The running programs that were given this file."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(file) in (process.info["cmdline"] or ())
    ]


def test_a_double_click_opens_the_window(
    tmp_path: Path, make_file: MakeFile, rdiff: Rdiff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What rdiff made, without any extension, opened by the desktop with this very program."""
    # Else ./run would set itself up anew, and take away the packages that tests are running with.
    set_up = (Path(sys.prefix) / "ready-to-run").read_text()
    assert set_up == f"{ROOT}\n{(ROOT / 'pyproject.toml').read_text()}", "./test sets up first"
    names = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
    for name in names:
        monkeypatch.setenv(name, str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    integration.install()
    signature = tmp_path / "two words 日本語"
    rdiff("signature", make_file("old", 3000), signature)
    screen = display.Display()
    assert not window_is_there("Rdiff-gui", screen)
    subprocess.run(["gio", "open", signature], check=True)
    try:
        end = time.monotonic() + 60
        while not window_is_there("Rdiff-gui", screen):
            assert time.monotonic() < end, "no window came"
            time.sleep(0.02)
        (program,) = programs_with(signature)
        assert program.cmdline()[-3:] == ["rdiff_gui", "--", str(signature)]
    finally:
        screen.close()
        for program in programs_with(signature):
            program.terminate()
            program.wait(30)
