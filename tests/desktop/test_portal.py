"""The desktop's file chooser, asked for over a real bus."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rdiff_gui.desktop import portal_chooser
from rdiff_gui.desktop.portal_chooser import PortalChooser
from rdiff_gui.desktop.programs import Answer, ChooserRequest
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


def answer_of(chooser: PortalChooser) -> Answer:
    """Wait for it."""
    end = time.monotonic() + 20
    while (answer := chooser.poll()) is None:
        assert time.monotonic() < end
        time.sleep(0.01)
    return answer


def test_files_are_chosen_with_every_byte_of_their_names(serve: Serve) -> None:
    """Several at once, from the folder used last; one on a server is none of ours."""
    portal = serve(0, "file:///a%20b", "file:///c%0A%FF", "smb://server/share/x")
    chooser = PortalChooser(ChooserRequest("Choose", Path("/at/\udcff"), several=True), 0xABC)
    assert answer_of(chooser) == Answer((Path("/a b"), Path("/c\n\udcff")))
    window, title, options = portal.wait_for("OpenFile")
    assert (window, title) == ("x11:abc", "Choose")
    assert options["current_folder"] == ("ay", b"/at/\xff\0")
    assert (options["multiple"], options["directory"]) == (("b", True), ("b", False))


def test_a_name_is_proposed_to_save_as(serve: Serve) -> None:
    """In the folder where the result would go."""
    portal = serve(0, "file:///at/other")
    request = ChooserRequest("Save as", Path("/at/x.rsig"), save=True)
    assert answer_of(PortalChooser(request, 1)) == Answer((Path("/at/other"),))
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
    assert answer_of(PortalChooser(request, 1)) == Answer(usable=usable)


@pytest.mark.parametrize("there", ["nothing", "something that hangs", "no bus"])
def test_without_a_portal_another_chooser_is_asked(
    there: str, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Soon, whatever is wrong with it."""
    monkeypatch.setattr(portal_chooser, "_REPLY_SECONDS", 0.2)
    if there == "something that hangs":
        serve(0, hangs=True)
    elif there == "no bus":
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/none")
    request = ChooserRequest("Choose", Path("/"))
    assert answer_of(PortalChooser(request, 1)) == Answer(usable=False)


def test_an_open_chooser_is_closed_with_the_window(serve: Serve) -> None:
    """It does not stay on the screen."""
    portal = serve(None)
    chooser = PortalChooser(ChooserRequest("Choose", Path("/")), 1)
    portal.wait_for("OpenFile")
    assert chooser.poll() is None
    chooser.close()
    portal.wait_for("Close")
    assert answer_of(chooser) == Answer()
