"""What the desktop is told of long work, over a real bus."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rdiff_gui.desktop import freedesktop_session
from rdiff_gui.desktop.long_work import LongWork
from rdiff_gui.desktop.own_files import APP_ID
from tests.session_bus import Services, own_bus

GNOME = "org.gnome.SessionManager"
NEWS = "org.freedesktop.Notifications"
LOGIN = "org.freedesktop.login1"

Serve = Callable[..., Services]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Be services of the desktop, under these names."""
    running: list[Services] = []
    with own_bus(tmp_path) as address:
        for variable in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
            monkeypatch.setenv(variable, address)

        def begin(*names: str, hangs: bool = False) -> Services:
            running.append(Services(address, *names, hangs=hangs))
            return running[-1]

        yield begin
        for services in running:
            services.close()


@pytest.fixture
def work() -> Iterator[LongWork]:
    """Work of a window with the number 5."""
    work = LongWork(5)
    yield work
    work.close()


def test_the_session_is_kept_awake_and_let_go(serve: Serve, work: LongWork) -> None:
    """By the desktop's own service, against being suspended alone."""
    desktop = serve(GNOME, LOGIN)
    work.stay_awake("at work on “photos.db”")
    assert desktop.wait_for("Inhibit") == (APP_ID, 5, "at work on “photos.db”", 4)
    work.may_sleep()
    assert desktop.wait_for("Uninhibit") == (77,)
    assert desktop.locks == []


@pytest.mark.parametrize("end", ["may_sleep", "close"])
def test_without_such_a_service_the_system_is_asked(end: str, serve: Serve, work: LongWork) -> None:
    """Its lock is a descriptor, which is let go at the end, or with the program."""
    system = serve(LOGIN)
    work.stay_awake("at work")
    assert system.wait_for("Inhibit") == ("idle:sleep", "rdiff-gui", "at work", "block")
    (lock,) = system.locks
    assert not select.select([lock], [], [], 0.2)[0]
    getattr(work, end)()
    assert select.select([lock], [], [], 10)[0]
    assert os.read(lock, 1) == b""
    os.close(lock)


def test_progress_is_shown_beside_the_icon(serve: Serve, work: LongWork) -> None:
    """As long as there is some."""
    desktop = serve()
    work.show_progress(0.37)
    entry = f"application://{APP_ID}.desktop"
    shown = {"progress": ("d", 0.37), "progress-visible": ("b", True)}
    assert desktop.wait_for("Update") == (entry, shown)
    work.show_progress(None)
    assert not desktop.wait_for("Update", 2)[1]["progress-visible"][1]


def test_a_click_on_the_news_is_told(serve: Serve, work: LongWork) -> None:
    """With the token of the click; not those on what others show, nor on what was closed."""
    desktop = serve(NEWS)
    work.notify("“photos.db” is done.", "Show the window")
    name, replaced, icon, sentence, body, actions, hints, _ = desktop.wait_for("Notify")
    assert (name, replaced, icon, sentence, body) == (
        "rdiff-gui", 0, APP_ID, "“photos.db” is done.", "",
    )  # fmt: skip
    assert actions == ["default", "Show the window"]
    assert hints["desktop-entry"] == ("s", APP_ID)
    desktop.signal("ActionInvoked", "us", 4, "default")
    desktop.signal("ActivationToken", "us", 5, "click_TIME7")
    desktop.signal("ActionInvoked", "us", 5, "default")
    assert work.clicks.get(timeout=10) == "click_TIME7"
    assert desktop.wait_for("CloseNotification") == (5,)
    work.notify("again", "Show")
    # The first is no longer there, so none is replaced.
    assert desktop.wait_for("Notify", 2)[1] == 0
    desktop.signal("NotificationClosed", "uu", 5, 1)
    desktop.signal("ActionInvoked", "us", 5, "default")
    work.withdraw_news()
    assert work.clicks.empty()


def test_nobody_waits_for_a_desktop_that_hangs(
    serve: Serve, work: LongWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for in vain is given up, and the rest is done."""
    monkeypatch.setattr(freedesktop_session, "_REPLY_SECONDS", 0.3)
    desktop = serve(GNOME, NEWS, hangs=True)
    begun = time.monotonic()
    work.stay_awake("at work")
    work.notify("done", "Show")
    work.show_progress(0.5)
    work.may_sleep()
    assert time.monotonic() - begun < 0.5
    desktop.wait_for("Update")
    assert {"Inhibit", "Notify"} <= {name for name, _words in desktop.calls}


def test_without_a_bus_nothing_happens(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Neither where there is none, nor where nobody listens."""
    for address in ("", f"unix:path={tmp_path}/none", "tcp:host=localhost", "nonsense"):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        work = LongWork(5)
        work.stay_awake("at work")
        work.show_progress(0.5)
        work.notify("done", "Show")
        work.close()
        end = time.monotonic() + 10
        while work.thread and work.thread.alive:
            assert time.monotonic() < end
            time.sleep(0.01)
    assert caplog.records == []
