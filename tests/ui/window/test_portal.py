"""Files are chosen in the desktop's own chooser, over its portal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.desktop.file_chooser import portal_is_possible
from rdiff_gui.ui import Page, file_dialog
from tests.conftest import MakeFile
from tests.session_bus import Portal, own_bus
from tests.ui.window.conftest import Choosers, User


def test_the_portal_is_asked_first_and_not_again_where_it_fails(
    open_window: Callable[..., User],
    choosers: Choosers,
    make_file: MakeFile,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """What is chosen there arrives as if dropped; a portal that fails is not asked again."""
    old = make_file("old", b"o" * 1000)
    choosers.answer = str(make_file("other", b"o"))
    monkeypatch.setattr(file_dialog, "portal_is_possible", portal_is_possible)
    with own_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        user = open_window()
        user.go(Page.SIGNATURE)
        portal = Portal(address, 0, [old.as_uri()])
        user.key("<Control-o>")
        user.wait(lambda: user.signature.model.inputs == (old,))
        assert choosers.asked == []
        portal.close()
        user.key("<Control-o>")
        user.wait(lambda: choosers.asked)
        user.settle()
        assert user.signature.model.inputs == (old.with_name("other"),)
        user.key("<Control-o>")
        assert len(choosers.asked) == 2
