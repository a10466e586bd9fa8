"""What nobody foresaw, and what this system lacks, is told; the window goes on."""

from __future__ import annotations

import logging
import platform
import re
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

import pytest
from tkinterdnd2 import TkinterDnD  # type: ignore[import-untyped]  # ships no types

from rdiff_gui.errors import LibraryNotFound
from rdiff_gui.librsync import loader
from rdiff_gui.ui import Page, drag_and_drop, error_report
from rdiff_gui.ui import settings as settings_module
from rdiff_gui.ui.signature.model import SignatureModel
from tests.platforms import posix_only
from tests.ui.window.conftest import User


def test_an_unforeseen_error_is_reported_in_the_window(
    signer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours shows a sentence and details to copy, and the window lives on."""

    def fail(_attempt: object) -> Callable[..., object]:
        def work(**_more: object) -> object:
            raise ZeroDivisionError("deep inside")

        return work

    monkeypatch.setattr(signer.signature.model, "snapshot", lambda: signer.signature.model)
    monkeypatch.setattr(signer.signature.model, "work", fail)
    signer.run()
    assert "did not foresee" in signer.banner.sentence
    signer.press("Details")
    details = "".join(text.get("1.0", "end") for text in signer.all_of(tk.Text, signer.banner))
    assert "ZeroDivisionError: deep inside" in details
    assert "librsync 2." in details
    signer.press("Copy details")
    assert "ZeroDivisionError: deep inside" in signer.root.clipboard_get()
    copied = signer.root.clipboard_get()
    assert re.search('File "…/[a-z_]+.py", line', copied)
    assert not re.search(r"[\w.-]+[/\\][\w.-]+[/\\]", copied)
    (with_folders,) = signer.all_of(ttk.Checkbutton, signer.banner)
    with_folders.invoke()
    signer.press("Copy details")
    assert str(Path(__file__).parent) in signer.root.clipboard_get()
    monkeypatch.undo()
    signer.run()
    assert signer.signature.finished


def test_a_result_that_cannot_be_shown_is_reported(
    signer: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file is there and is listed; the page goes on as after any other failure."""

    def fail(_model: object, _summary: object) -> object:
        raise ZeroDivisionError("while telling")

    monkeypatch.setattr(SignatureModel, "outcome", fail)
    signer.signature.primary.invoke()
    signer.root.update()
    while not signer.errors:
        signer.root.update()
    assert "while telling" in signer.errors.pop()
    signer.settle()
    assert "did not foresee" in signer.app.notice.sentence
    page = signer.signature
    assert page.primary.winfo_viewable()
    assert not page.primary.instate(["disabled"])
    assert not page.progress.winfo_viewable()
    assert not signer.app.closing.busy
    assert signer.app.history.entries()[0].output == tmp_path / "old.rsig"
    monkeypatch.undo()
    signer.run()
    signer.press("Replace")
    assert page.finished


def test_what_nobody_foresaw_is_logged(tmp_path: Path) -> None:
    """In a file beside the history, that is made when there is something to say."""
    file = tmp_path / "state" / "log.txt"
    before = logging.getLogger("rdiff_gui").handlers[:]
    error_report.keep_log(file)
    assert not file.exists()
    try:
        error_report.report(ZeroDivisionError("deep inside"))
        assert "ZeroDivisionError: deep inside" in file.read_text()
    finally:
        for handler in set(logging.getLogger("rdiff_gui").handlers) - set(before):
            logging.getLogger("rdiff_gui").removeHandler(handler)
            if handler is not logging.lastResort:
                handler.close()


def test_a_callback_that_fails_is_reported_in_the_window(user: User) -> None:
    """Even a fault in the window's own code is shown, not swallowed."""

    def fail() -> None:
        raise ZeroDivisionError("in a callback")

    user.root.after(1, fail)
    while not user.errors:
        user.root.update()
    assert "in a callback" in user.errors.pop()
    assert "did not foresee" in user.app.notice.sentence
    user.press("Dismiss")
    assert user.app.notice.sentence == ""


@posix_only("its library is Linux's")
@pytest.mark.parametrize(
    ("library", "sentence"),
    [
        (
            "libXcursor.so.404",
            "Files cannot be dropped on this window (the Browse buttons do the same), since a "
            "library is missing on this computer. "
            "Install it with:  sudo apt-get install libxcursor1",
        ),
        (
            "libX11.so.6",
            "Files cannot be dropped on this window, since Tk's extension for that does not load "
            "here. The Browse buttons do the same.",
        ),
    ],
)
def test_missing_drag_and_drop_is_told_once(
    library: str, sentence: str, open_window: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not work, what does, and the command to copy; the next start is quiet."""

    def fail(_root: object) -> None:
        raise RuntimeError("Unable to load tkdnd library.")

    monkeypatch.setattr(TkinterDnD, "_require", fail)
    monkeypatch.setattr(drag_and_drop, "_LIBRARY", library)
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": "debian"})
    user = open_window()
    assert user.app.notice.sentence == sentence
    if "Install" in sentence:
        user.press("Copy command")
        assert user.root.clipboard_get() == "sudo apt-get install libxcursor1"
    user.press("Dismiss")
    assert user.app.notice.sentence == ""
    assert open_window().app.notice.sentence == ""


def test_a_missing_librsync_is_told_at_the_start(
    open_window: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one command that installs it, to copy, with all that was tried; and another try."""
    found = loader.load_library

    def missing() -> object:
        raise LibraryNotFound(("librsync.so.2: no such file",), "sudo apt install librsync2")

    monkeypatch.setattr(loader, "load_library", missing)
    monkeypatch.setattr(settings_module, "load_library", missing)
    user = open_window()
    assert "Install it with:  sudo apt install librsync2" in user.app.notice.sentence
    user.press("Copy command")
    assert user.root.clipboard_get() == "sudo apt install librsync2"
    user.press("Details")
    user.go(Page.SETTINGS)
    user.press("Try again")
    assert user.app.notice.sentence
    monkeypatch.setattr(loader, "load_library", found)
    user.press("Try again")
    assert user.app.notice.sentence == ""
