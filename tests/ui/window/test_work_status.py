"""Work that takes long, as it is seen outside of its page: title, rail, and the desktop."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from Xlib import X, display

from rdiff_gui.engine.progress import CancelToken, Progress, ProgressCallback, Stage
from rdiff_gui.errors import Cancelled
from rdiff_gui.ui import Page, work_status
from rdiff_gui.ui.signature.model import SignatureModel
from tests.conftest import MakeFile
from tests.session_bus import Services, own_bus
from tests.ui.window.conftest import User


def work_slowly(*, on_progress: ProgressCallback, cancel: CancelToken) -> NoReturn:
    """Come to 40 % bit by bit, and no further until it is cancelled."""
    for done in itertools.count():
        on_progress(Progress(Stage.SIGNING, min(done, 40), 100))
        if cancel.cancelled:
            raise Cancelled
        time.sleep(0.01)
    raise AssertionError


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A desktop with all services, whose user has little patience."""
    monkeypatch.setattr(work_status, "_LONG_MS", 50)
    monkeypatch.setattr(work_status, "_NEWS_SECONDS", 0.0)
    with own_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        names = ("org.freedesktop.Notifications", "org.gnome.SessionManager")
        services = Services(address, *names)
        yield services
        services.close()


def begin(user: User, path: Path) -> None:
    """Begin the signature of a file."""
    user.go(Page.SIGNATURE)
    user.drop(path)
    user.signature.primary.invoke()


def test_title_rail_and_desktop_say_how_far_the_work_is(
    user: User, desktop: Services, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every page, until it ends; the computer stays awake that long. Then all is as before."""
    rail = user.app.frame.rail
    before = str(rail.buttons[Page.SIGNATURE].cget("text"))
    width = rail.winfo_width()
    monkeypatch.setattr(SignatureModel, "work", lambda _model, _attempt: work_slowly)
    begin(user, make_file("giant.img", b"x"))
    for page in (Page.SIGNATURE, Page.HISTORY):
        rail.buttons[page].invoke()
        user.wait(lambda: user.root.title() == "40 % · giant.img.rsig — rdiff-gui")
        assert str(rail.buttons[Page.SIGNATURE].cget("text")) == f"{before} · 40 %"
    shown = {"progress": ("d", 0.4), "progress-visible": ("b", True)}
    user.wait(lambda: desktop.calls and desktop.calls[-1][1][1:] == (shown,))
    assert desktop.wait_for("Inhibit")[2] == "At work: giant.img.rsig"
    assert rail.winfo_width() == width
    rail.buttons[Page.SIGNATURE].invoke()
    user.signature.cancel()
    user.settle()
    assert user.root.title() == "rdiff-gui"
    assert str(rail.buttons[Page.SIGNATURE].cget("text")) == before
    desktop.wait_for("Uninhibit")
    user.wait(lambda: not desktop.wait_for("Update")[1]["progress-visible"][1])
    # The user was there and saw it.
    assert "Notify" not in {name for name, _words in desktop.calls}


def test_a_user_who_looks_elsewhere_is_told(
    user: User, desktop: Services, make_file: MakeFile
) -> None:
    """And a click on that leads back; whoever comes back without one is told no longer."""
    screen: Any = display.Display()

    def look_elsewhere() -> None:
        screen.set_input_focus(X.NONE, X.RevertToNone, X.CurrentTime)
        screen.sync()
        user.wait(lambda: not user.root.tk.call("focus"))

    def taken_away() -> int:
        return [name for name, _words in desktop.calls].count("CloseNotification")

    for number, path in enumerate((make_file("one", b"1"), make_file("two", b"2")), start=1):
        begin(user, path)
        look_elsewhere()
        user.settle()
        words = desktop.wait_for("Notify", number)
        assert (words[3], words[5][1]) == (f"Done: {path.name}.rsig", "Show the window")
        if number == 1:
            desktop.signal("ActionInvoked", "us", 5, "default")
        else:
            user.root.focus_force()
        user.wait(lambda: user.root.tk.call("focus"))
        user.wait(taken_away if number == 1 else lambda: taken_away() == 2)
    screen.close()
