"""What goes wrong is said in a sentence that helps, and nothing is left half done."""

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

from rdiff_gui.engine import make_delta_from_files
from rdiff_gui.errors import LibraryNotFound
from rdiff_gui.librsync import loader
from rdiff_gui.ui import Page, Slot, drag_and_drop, error_report
from rdiff_gui.ui import settings as settings_module
from rdiff_gui.ui.signature.model import SignatureModel
from tests.conftest import MakeFile, Rdiff, edited, random_bytes
from tests.platforms import posix_only
from tests.ui.window.conftest import User

OLD = random_bytes(50_000)


@pytest.fixture
def ready(user: User, make_file: MakeFile) -> User:
    """The old file is in place on the signature page."""
    user.go(Page.SIGNATURE)
    user.drop(make_file("old", OLD))
    return user


def save_as(user: User, output: str) -> None:
    """Type where the signature goes."""
    entry = user.signature.output.entry
    entry.delete(0, "end")
    entry.insert(0, output)
    user.settle()


def test_an_output_that_exists_is_asked_about(ready: User, make_file: MakeFile) -> None:
    """Nothing is replaced before the user says so; the harmless answer has the focus."""
    there = make_file("old.rsig", b"precious")
    ready.run()
    assert ready.banner.sentence == "“old.rsig” exists already. Replace it?"
    assert there.read_bytes() == b"precious"
    focused = ready.root.nametowidget(str(ready.root.tk.call("focus")))
    assert focused.cget("text") == "Choose another name"
    ready.press("Replace")
    assert ready.signature.finished
    assert there.read_bytes() != b"precious"


def test_escape_puts_the_question_away(ready: User, make_file: MakeFile) -> None:
    """Not answering is an answer: all stays as it was."""
    there = make_file("old.rsig", b"precious")
    ready.run()
    ready.key("<Escape>")
    assert ready.banner.sentence == ""
    assert there.read_bytes() == b"precious"


@pytest.mark.parametrize(
    "link",
    [
        None,
        Path.hardlink_to,
        pytest.param(Path.symlink_to, marks=posix_only("Wine has no symbolic links")),
    ],
)
def test_an_input_is_never_the_output(
    link: Callable[[Path, Path], None] | None, ready: User, tmp_path: Path
) -> None:
    """The old file's own name, or a link to it, is refused at the field."""
    old = output = tmp_path / "old"
    if link:
        output = tmp_path / "link"
        link(output, old)
    entry = ready.signature.output.entry
    save_as(ready, output.name)
    ready.signature.primary.focus_force()
    ready.run()
    assert "would be destroyed" in ready.words(ready.signature.output)
    assert ready.root.focus_get() == entry
    assert old.read_bytes() == OLD


def test_a_folder_that_is_not_there_is_named(ready: User, tmp_path: Path) -> None:
    """A typing mistake in the folder is said at the field, and can be corrected there."""
    entry = ready.signature.output.entry
    save_as(ready, str(tmp_path / "no such" / "x.rsig"))
    ready.run()
    assert "does not exist. Choose another folder." in ready.words(ready.signature.output)
    assert entry.instate(["invalid"])
    assert ready.root.focus_get() == entry
    save_as(ready, str(tmp_path / "x.rsig"))
    assert "does not exist" not in ready.words(ready.signature.output)
    ready.run()
    assert ready.signature.finished


@pytest.fixture
def delta(make_file: MakeFile, rdiff: Rdiff, tmp_path: Path) -> Path:
    """A delta for OLD, made by rdiff."""
    rdiff("signature", make_file("basis", OLD), tmp_path / "s")
    rdiff("delta", tmp_path / "s", make_file("new", edited(OLD)), tmp_path / "d")
    return tmp_path / "d"


def test_a_basis_that_is_too_short_is_told_before_anything_starts(
    user: User, delta: Path, make_file: MakeFile
) -> None:
    """The wrong old file is named with what the delta needs; the right one heals it."""
    user.drop(delta, make_file("wrong", OLD[:1000]))
    assert "is not the old file that the delta" in user.banner.sentence
    assert user.zone(Slot.OLD_TO_PATCH).instate(["invalid"])
    assert user.patch.primary.instate(["disabled"])
    user.drop_on(Slot.OLD_TO_PATCH, delta.with_name("basis"))
    assert user.banner.sentence == ""
    user.run()
    assert user.patch.finished


@pytest.fixture
def sealed(make_file: MakeFile, tmp_path: Path) -> Path:
    """A delta of ours, which names the old file that it is for."""
    delta = tmp_path / "new.rdelta"
    make_delta_from_files(make_file("photos.db", OLD), make_file("new", edited(OLD)), delta)
    return delta


def test_another_old_file_is_refused_before_a_byte_is_written(
    user: User, sealed: Path, make_file: MakeFile
) -> None:
    """A file of another size is told at once, one of other content when it is compared."""
    user.drop(sealed, make_file("longer", OLD + b"1"))
    assert "is not the file that the delta" in user.banner.sentence
    assert "“photos.db”" in user.banner.sentence
    assert user.patch.primary.instate(["disabled"])
    user.drop_on(Slot.OLD_TO_PATCH, make_file("other", b"x" + OLD[1:]))
    assert user.banner.sentence == ""
    user.run()
    assert "is not the file that the delta" in user.banner.sentence
    assert not sealed.with_name("other (new)").exists()


def test_the_old_file_is_found_by_its_content(user: User, sealed: Path) -> None:
    """Renamed, it is still the file that the delta names, and is taken."""
    old = sealed.with_name("photos.db").rename(sealed.with_name("renamed"))
    user.drop(sealed)
    assert user.patch.model.inputs == (old, sealed)
    assert "its checksum fits" in user.banner.sentence
    user.run()
    assert "checked to the last byte" in user.words(user.patch.result)


def test_a_delta_damaged_in_transit_is_told(user: User, delta: Path) -> None:
    """A cut-off delta is recognized when it arrives."""
    delta.write_bytes(delta.read_bytes()[:-20])
    user.drop(delta)
    assert "is cut off" in user.banner.sentence
    assert user.zone(Slot.DELTA).instate(["invalid"])
    user.drop_on(Slot.OLD_TO_PATCH, delta.with_name("basis"))
    assert user.patch.primary.instate(["disabled"])


def test_a_damaged_signature_is_told(user: User, delta: Path) -> None:
    """So is a cut-off signature."""
    signature = delta.with_name("s")
    signature.write_bytes(signature.read_bytes()[:-5])
    user.drop(signature)
    assert "is cut off" in user.banner.sentence


@posix_only("a tilde is a letter there")
def test_a_tilde_that_leads_nowhere_is_part_of_a_name(ready: User, tmp_path: Path) -> None:
    """`~somebody` is their home where there is such a user, and a name like others where not."""
    save_as(ready, "~no such user")
    ready.run()
    assert (tmp_path / "~no such user").is_file()


def test_a_file_that_vanished_is_told(ready: User, tmp_path: Path) -> None:
    """Deleted between choosing and pressing the button."""
    (tmp_path / "old").unlink()
    ready.run()
    assert "was not found" in ready.banner.sentence
    assert not (tmp_path / "old.rsig").exists()
    (tmp_path / "old").write_bytes(OLD)
    ready.press("Try again")
    assert ready.signature.finished


def test_a_delta_that_explodes_is_asked_about(
    user: User, make_file: MakeFile, tmp_path: Path
) -> None:
    """A tiny delta that makes a giant file may be meant so: the user says."""
    basis = make_file("basis", OLD)
    bomb = make_file("bomb", bytes.fromhex("72730236") + bytes.fromhex("4600c350") * 200 + b"\0")
    user.drop(bomb, basis)
    user.run()
    assert "far more than the old file and the delta together" in user.banner.sentence
    user.press("Make it all the same")
    assert user.patch.finished
    assert (tmp_path / "basis (new)").stat().st_size == 200 * 50_000


def test_an_unforeseen_error_is_reported_in_the_window(
    ready: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours shows a sentence and details to copy, and the window lives on."""

    def fail(_attempt: object) -> Callable[..., object]:
        def work(**_more: object) -> object:
            raise ZeroDivisionError("deep inside")

        return work

    monkeypatch.setattr(ready.signature.model, "snapshot", lambda: ready.signature.model)
    monkeypatch.setattr(ready.signature.model, "work", fail)
    ready.run()
    assert "did not foresee" in ready.banner.sentence
    ready.press("Details")
    details = "".join(text.get("1.0", "end") for text in ready.all_of(tk.Text, ready.banner))
    assert "ZeroDivisionError: deep inside" in details
    assert "librsync 2." in details
    ready.press("Copy details")
    assert "ZeroDivisionError: deep inside" in ready.root.clipboard_get()
    copied = ready.root.clipboard_get()
    assert re.search('File "…/[a-z_]+.py", line', copied)
    assert not re.search(r"[\w.-]+[/\\][\w.-]+[/\\]", copied)
    (with_folders,) = ready.all_of(ttk.Checkbutton, ready.banner)
    with_folders.invoke()
    ready.press("Copy details")
    assert str(Path(__file__).parent) in ready.root.clipboard_get()
    monkeypatch.undo()
    ready.run()
    assert ready.signature.finished


def test_a_result_that_cannot_be_shown_is_reported(
    ready: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file is there and is listed; the page goes on as after any other failure."""

    def fail(_model: object, _summary: object) -> object:
        raise ZeroDivisionError("while telling")

    monkeypatch.setattr(SignatureModel, "outcome", fail)
    ready.signature.primary.invoke()
    ready.root.update()
    while not ready.errors:
        ready.root.update()
    assert "while telling" in ready.errors.pop()
    ready.settle()
    assert "did not foresee" in ready.app.notice.sentence
    page = ready.signature
    assert page.primary.winfo_viewable()
    assert not page.primary.instate(["disabled"])
    assert not page.progress.winfo_viewable()
    assert not ready.app.closing.busy
    assert ready.app.history.entries()[0].output == tmp_path / "old.rsig"
    monkeypatch.undo()
    ready.run()
    ready.press("Replace")
    assert page.finished


def test_what_is_said_ends_with_its_cause(user: User, make_file: MakeFile, tmp_path: Path) -> None:
    """A refusal, or a file that has gone, is not told any more on other pages nor later."""
    user.drop(tmp_path)
    assert "is a folder" in user.banner.sentence
    user.go(Page.SIGNATURE)
    assert user.banner.sentence == ""
    user.drop(make_file("old", OLD))
    user.run()
    (tmp_path / "old.rsig").unlink()
    user.app.show_in_folder(tmp_path / "old.rsig")
    user.settle()
    assert "is not there any more" in user.words(user.root)
    user.go(Page.START)
    assert "is not there any more" not in user.words(user.root)
    assert user.banner.sentence == ""
    user.drop(tmp_path)
    user.drop(tmp_path / "old")
    assert "is a folder" not in user.banner.sentence
    user.go(Page.PATCH)
    user.drop(tmp_path)
    user.drop(tmp_path / "old")
    assert user.banner.sentence == ""


def test_a_folder_that_was_made_meanwhile_is_no_problem_any_more(
    ready: User, tmp_path: Path
) -> None:
    """Trying again is enough; the field does not go on complaining."""
    entry = ready.signature.output.entry
    save_as(ready, str(tmp_path / "sums" / "x.rsig"))
    ready.run()
    assert "does not exist" in ready.words(ready.signature.output)
    (tmp_path / "sums").mkdir()
    ready.run()
    assert ready.signature.finished
    assert "does not exist" not in ready.words(ready.signature.output)
    assert not entry.instate(["invalid"])


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

    monkeypatch.setattr(error_report, "load_library", missing)
    monkeypatch.setattr(settings_module, "load_library", missing)
    user = open_window()
    assert "Install it with:  sudo apt install librsync2" in user.app.notice.sentence
    user.press("Copy command")
    assert user.root.clipboard_get() == "sudo apt install librsync2"
    user.press("Details")
    user.go(Page.SETTINGS)
    user.press("Try again")
    assert user.app.notice.sentence
    monkeypatch.setattr(error_report, "load_library", found)
    user.press("Try again")
    assert user.app.notice.sentence == ""
