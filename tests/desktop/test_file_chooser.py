"""The desktop's file chooser: over a real bus, and by a program."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from rdiff_gui.desktop import file_chooser
from rdiff_gui.desktop.file_chooser import (
    Answer,
    Chooser,
    ChooserRequest,
    chooser_commands,
    read_answer,
)
from tests.desktop.conftest import FakePrograms
from tests.session_bus import Portal, own_bus

Serve = Callable[..., Portal]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Be the portal, and answer so."""
    running: list[Portal] = []
    with own_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

        def begin(response: int | None, *uris: str, hangs: bool = False) -> Portal:
            running.append(Portal(address, response, uris, hangs=hangs))
            return running[-1]

        yield begin
        for portal in running:
            portal.close()


def test_files_are_chosen_with_every_byte_of_their_names(serve: Serve) -> None:
    """Several at once, from the folder used last; one on a server is none of ours."""
    portal = serve(0, "file:///a%20b", "file:///c%0A%FF", "smb://server/share/x")
    chooser = Chooser(ChooserRequest("Choose", Path("/at/\udcff"), several=True), 0xABC)
    assert chooser.ask_portal() == Answer((Path("/a b"), Path("/c\n\udcff")))
    window, title, options = portal.wait_for("OpenFile")
    assert (window, title) == ("x11:abc", "Choose")
    assert options["current_folder"] == ("ay", b"/at/\xff\0")
    assert (options["multiple"], options["directory"]) == (("b", True), ("b", False))


def test_a_name_is_proposed_to_save_as(serve: Serve) -> None:
    """In the folder where the result would go."""
    portal = serve(0, "file:///at/other")
    request = ChooserRequest("Save as", Path("/at/x.rsig"), save=True)
    assert Chooser(request, 1).ask_portal() == Answer((Path("/at/other"),))
    *_, options = portal.wait_for("SaveFile")
    assert options["current_name"] == ("s", "x.rsig")
    assert options["current_folder"] == ("ay", b"/at\0")


@pytest.mark.parametrize(("response", "usable"), [(1, True), (2, False)])
def test_a_chooser_that_was_cancelled_is_no_trouble(
    response: int, usable: bool, serve: Serve
) -> None:
    """But one that ended in another way is, and the next one is asked."""
    serve(response)
    request = ChooserRequest("Choose", Path("/"), folder=True)
    assert Chooser(request, 1).ask_portal() == Answer(usable=usable)


@pytest.mark.parametrize("there", ["nothing", "something that hangs", "no bus"])
def test_without_a_portal_another_chooser_is_asked(
    there: str, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Soon, whatever is wrong with it."""
    monkeypatch.setattr(file_chooser, "_REPLY_SECONDS", 0.2)
    if there == "something that hangs":
        serve(0, hangs=True)
    elif there == "no bus":
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/none")
    request = ChooserRequest("Choose", Path("/"))
    assert Chooser(request, 1).ask_portal() == Answer(usable=False)


def answer_later(ask: Callable[[], Answer]) -> Future[Answer]:
    """Ask on a thread, as the window does."""
    answer: Future[Answer] = Future()
    threading.Thread(target=lambda: answer.set_result(ask())).start()
    return answer


def test_an_open_chooser_is_closed_with_the_window(serve: Serve) -> None:
    """It does not stay on the screen."""
    portal = serve(None)
    chooser = Chooser(ChooserRequest("Choose", Path("/")), 1)
    answer = answer_later(chooser.ask_portal)
    portal.wait_for("OpenFile")
    assert not answer.done()
    chooser.close()
    portal.wait_for("Close")
    assert answer.result(20) == Answer()


def test_choosers_are_asked_in_the_desktops_order() -> None:
    """GNOME gets zenity, KDE gets kdialog, and each falls back to the other."""

    def both(name: str) -> str:
        return f"/usr/bin/{name}"

    request = ChooserRequest("Old file", Path("/home/me"))
    gnome = chooser_commands(request, 77, {}, which=both)
    assert [command[0] for command in gnome] == ["zenity", "kdialog"]
    assert "--filename=/home/me/" in gnome[0]
    assert "--attach=77" in gnome[0]
    kde = chooser_commands(request, 77, {"XDG_CURRENT_DESKTOP": "KDE"}, which=both)
    assert [command[0] for command in kde] == ["kdialog", "zenity"]
    assert chooser_commands(request, 77, {}, which=lambda _name: None) == ()


def test_a_name_to_save_as_is_proposed() -> None:
    """The chooser for an output opens in its folder with its name filled in."""
    request = ChooserRequest("Save as", Path("/home/me/-a b.sig"), save=True)
    zenity, kdialog = chooser_commands(request, 1, {}, which=lambda name: name)
    assert "--filename=/home/me/-a b.sig" in zenity
    assert "--save" in zenity
    assert kdialog[-2:] == ("--getsavefilename", "/home/me/-a b.sig")


def test_a_folder_is_asked_for() -> None:
    """The chooser opens in the one that counts now."""
    request = ChooserRequest("Choose", Path("/home/me"), folder=True)
    zenity, kdialog = chooser_commands(request, 1, {}, which=lambda name: name)
    assert {"--filename=/home/me/", "--directory"} <= set(zenity)
    assert kdialog[-2:] == ("--getexistingdirectory", "/home/me/")


def test_answers_of_choosers_are_understood() -> None:
    """A chosen name keeps every byte but the chooser's own line end; exit 1 is “Cancel”."""
    assert read_answer(0, b"/a/line\n\n") == Answer((Path("/a/line\n"),))
    assert read_answer(0, b"/a/\xff\n") == Answer((Path(os.fsdecode(b"/a/\xff")),))
    assert read_answer(1, b"") == Answer()
    assert read_answer(0, b"") == Answer(usable=False)
    assert read_answer(255, b"") == Answer(usable=False)
    assert read_answer(-11, b"") == Answer(usable=False)


def test_several_files_are_chosen_at_once() -> None:
    """Zenity gives them with a mark between that is in no path, kdialog a line for each."""
    request = ChooserRequest("Files", Path("/home/me"), several=True)
    zenity, kdialog = chooser_commands(request, 1, {}, which=lambda name: name)
    assert {"--multiple", "--separator=//"} <= set(zenity)
    assert {"--multiple", "--separate-output"} <= set(kdialog)
    both = Answer((Path("/a/one|two"), Path("/b/three")))
    assert read_answer(0, b"/a/one|two///b/three\n", several=True) == both
    assert read_answer(0, b"/a/one|two\n/b/three\n", several=True) == both
    assert read_answer(0, b"/a/one\n", several=True) == Answer((Path("/a/one"),))


def test_a_chooser_that_cannot_start_hands_over_to_the_next(programs: FakePrograms) -> None:
    """A broken zenity is not the end: kdialog is tried, then the caller's own chooser."""
    request = ChooserRequest("Old file", Path("/"))
    assert Chooser(request, 1).ask_programs() == Answer(usable=False)
    programs.add("zenity", "exit 255")
    assert Chooser(request, 1).ask_programs() == Answer(usable=False)
    programs.add("kdialog", "echo /a/photos.db")
    assert Chooser(request, 1).ask_programs() == Answer((Path("/a/photos.db"),))


def test_a_choosers_own_children_keep_nobody_waiting(programs: FakePrograms) -> None:
    """KDE's starts programs that live on, and hold what it says it with."""
    programs.add("kdialog", "sleep 60 &\nsleep 0.2\necho /a/photos.db")
    began = time.monotonic()
    chooser = Chooser(ChooserRequest("Old file", Path("/")), 1)
    assert chooser.ask_programs() == Answer((Path("/a/photos.db"),))
    assert time.monotonic() - began < 30


def test_an_open_program_is_closed_with_the_window(programs: FakePrograms, tmp_path: Path) -> None:
    """It does not stay on the screen, and the window does not wait for it."""
    programs.add("zenity", f'echo > "{tmp_path}/open"\nexec sleep 60')
    chooser = Chooser(ChooserRequest("Old file", Path("/")), 1)
    answer = answer_later(chooser.ask_programs)
    end = time.monotonic() + 20
    while not (tmp_path / "open").exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    assert not answer.done()
    chooser.close()
    assert answer.result(20) == Answer()
    late = Chooser(ChooserRequest("Old file", Path("/")), 1)
    late.close()
    assert late.ask_programs() == Answer()
