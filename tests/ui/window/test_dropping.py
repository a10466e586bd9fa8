"""Files dropped on the window and its zones, by the real protocol."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from subprocess import PIPE

import pytest

from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.start import SITUATIONS
from tests.conftest import MakeFile, Rdiff
from tests.platforms import WINDOWS, posix_only
from tests.ui.test_drag_and_drop import HARD_NAMES
from tests.ui.window.conftest import OLD, User
from tests.ui.xdnd import Drag, DropTarget, beside_tk, drop_uris, uri_of

# In names that Windows has not.
NOT_THERE = re.compile(rb'["*?\\\x00-\x1f\xff]| $')


@pytest.fixture
def signature(make_file: MakeFile, rdiff: Rdiff, tmp_path: Path) -> Path:
    """A signature made by rdiff, with a name that says nothing."""
    rdiff("signature", make_file("basis", 20_000), tmp_path / "something")
    return tmp_path / "something"


@pytest.fixture
def delta(signature: Path, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path) -> Path:
    """A delta made by rdiff, with a name that says nothing."""
    rdiff("delta", signature, make_file("newer", 20_000), tmp_path / "another")
    return tmp_path / "another"


def test_hard_names_arrive_in_zones_and_window(user: User, make_file: MakeFile) -> None:
    """What was dropped is what is worked on, whatever it is called."""
    for name in HARD_NAMES:
        if WINDOWS and NOT_THERE.search(name):
            continue
        path = make_file(name, b"content")
        user.go(Page.START)
        user.drop(path)
        user.start.situations[Slot.OLD_TO_SIGN].invoke()
        user.settle()
        assert user.signature.model.inputs == (path,)
        user.go(Page.PATCH)
        user.drop_on(Slot.OLD_TO_PATCH, path)
        assert user.patch.model.inputs == (path,)


def test_one_ordinary_file_is_asked_about(user: User, make_file: MakeFile) -> None:
    """The start page holds the file and asks; each answer leads to its step with the file."""
    path = make_file("photos.db", b"x" * 1200)
    answers = {
        Slot.OLD_TO_SIGN: Page.SIGNATURE,
        Slot.NEW_FILE: Page.DELTA,
        Slot.OLD_TO_COMPARE: Page.DELTA,
        Slot.OLD_TO_PATCH: Page.PATCH,
    }
    for slot, page in answers.items():
        user.go(Page.START)
        user.drop_on(Slot.UNDECIDED, path)
        assert "“photos.db”, 1.20 kB, is an ordinary file. Which of these is it for?" in user.words(
            user.banner
        )
        user.start.situations[slot].invoke()
        user.settle()
        assert user.app.page.page is page
        assert user.zone(slot).name == "photos.db"
    user.go(Page.START)
    assert user.start.zone.name == ""
    assert user.banner.sentence == ""


def test_a_second_drop_on_the_start_page_makes_a_pair(
    user: User, signature: Path, delta: Path, make_file: MakeFile, tmp_path: Path
) -> None:
    """One by one is as good as both at once, by whatever is dropped first."""
    old, new = make_file("older", b"o" * 30_000), make_file("new one", b"n")
    os.utime(old, (1000, 1000))
    user.drop(new)
    user.drop(tmp_path)
    assert "is a folder" in user.banner.sentence
    user.drop(new)
    assert user.start.zone.name == "new one"
    user.drop_on(Slot.UNDECIDED, old)
    assert user.delta.model.inputs == (old, new)
    user.go(Page.START)
    assert user.start.zone.name == ""
    assert user.banner.sentence == ""
    user.drop(new)
    user.drop(signature)
    assert user.delta.model.inputs == (signature, new)
    user.go(Page.START)
    user.drop(old)
    user.drop(delta)
    assert user.patch.model.inputs == (old, delta)


@posix_only("the mouse is X11's")
def test_all_of_a_card_is_its_button(user: User) -> None:
    """A click beside the button leads to the step as well; letting go elsewhere does not."""
    heading = user.start.situations[Slot.OLD_TO_SIGN].master.winfo_children()[0]
    heading.event_generate("<ButtonPress-1>", x=5, y=5)
    heading.event_generate("<ButtonRelease-1>", x=5, y=500)
    assert user.start.winfo_viewable()
    heading.event_generate("<Enter>")
    assert "hover" in user.root.nametowidget(heading.winfo_parent()).state()
    heading.event_generate("<ButtonRelease-1>", x=5, y=5)
    user.settle()
    assert user.signature.winfo_viewable()


@posix_only("files are copied on X11 alone")
def test_copied_files_are_pasted(user: User, make_file: MakeFile) -> None:
    """From a file manager, or as text; two make a pair; a field takes its own text."""
    old, new = make_file("old one", b"o"), make_file("new", b"n")
    os.utime(old, (1000, 1000))
    user.app.clipboard.copy_text("")
    user.key("<<Paste>>")
    assert "There is no file to paste." in user.banner.sentence
    user.app.clipboard.copy_file(new)
    user.key("<Control-v>")
    assert user.start.zone.name == "new"
    user.app.clipboard.copy_text(f"{old}\n")
    user.key("<Control-v>")
    assert user.delta.model.inputs == (old, new)
    user.delta.output.entry.focus_force()
    user.app.clipboard.copy_text(str(new))
    user.key("<Control-v>")
    assert user.delta.model.inputs == (old, new)
    user.go(Page.SIGNATURE)
    user.app.clipboard.copy_text(f"{old.as_uri()}\n")
    user.app.frame.rail.buttons[Page.SIGNATURE].focus_force()
    user.key("<Control-v>")
    assert user.signature.model.inputs == (old,)


def test_f1_tells_the_keys(user: User) -> None:
    """Until it is put away."""
    user.key("<F1>")
    assert "Control-V pastes files" in user.app.notice.sentence
    user.key("<Escape>")
    assert user.app.notice.sentence == ""


def test_choices_without_a_file_lead_to_empty_steps(user: User) -> None:
    """The three situations and the recipient's, in plain words, with nothing at hand yet."""
    for slot, (title, _text, label) in SITUATIONS.items():
        user.go(Page.START)
        assert title in user.words(user.start)
        user.press(label)
        assert user.zone(slot).winfo_viewable()
    user.go(Page.START)
    user.press("Make a delta")
    assert user.zone(Slot.SIGNATURE).winfo_viewable()


def test_content_decides_never_the_extension(
    user: User, signature: Path, delta: Path, make_file: MakeFile
) -> None:
    """A text called .sig is ordinary, and a signature called anything is a signature."""
    user.drop(make_file("text.sig", b"only text"))
    assert "ordinary file" in user.banner.sentence
    user.drop(signature)
    assert user.zone(Slot.SIGNATURE).name == "something"
    user.drop(delta)
    assert user.zone(Slot.DELTA).name == "another"


def test_files_that_belong_together_are_ready(
    user: User, signature: Path, delta: Path, make_file: MakeFile, tmp_path: Path
) -> None:
    """Signature and file, delta and file: only the button remains to be pressed."""
    new = make_file("new", b"n")
    user.drop(new, signature)
    assert (user.zone(Slot.SIGNATURE).name, user.zone(Slot.NEW_FILE).name) == ("something", "new")
    assert not user.delta.primary.instate(["disabled"])
    user.drop(delta, tmp_path / "basis")
    assert (user.zone(Slot.OLD_TO_PATCH).name, user.zone(Slot.DELTA).name) == ("basis", "another")
    assert not user.patch.primary.instate(["disabled"])


def test_an_ordinary_file_as_signature_gets_a_button_that_makes_one(
    user: User, make_file: MakeFile
) -> None:
    """The most common slip ends one click further, not in an error code."""
    path = make_file("photos.db", b"ordinary")
    user.go(Page.DELTA)
    user.drop_on(Slot.SIGNATURE, path)
    assert "is an ordinary file, not a signature" in user.banner.sentence
    assert user.zone(Slot.SIGNATURE).name == ""
    user.press("Make its signature")
    assert user.signature.model.inputs == (path,)
    user.go(Page.DELTA)
    user.drop_on(Slot.SIGNATURE, path)
    user.press("Use it as the old file")
    assert user.zone(Slot.OLD_TO_COMPARE).name == "photos.db"
    assert user.zone(Slot.OLD_TO_COMPARE).winfo_viewable()


def test_a_file_on_the_wrong_zone_goes_to_the_right_one(
    user: User, signature: Path, delta: Path, make_file: MakeFile
) -> None:
    """On the same page the content finds its zone; another page is offered, not jumped to."""
    user.go(Page.DELTA)
    user.drop_on(Slot.NEW_FILE, signature)
    assert user.zone(Slot.SIGNATURE).name == "something"
    user.go(Page.PATCH)
    user.drop_on(Slot.OLD_TO_PATCH, delta)
    assert user.zone(Slot.DELTA).name == "another"
    user.drop_on(Slot.DELTA, make_file("old", b"o" * 30_000))
    assert user.zone(Slot.OLD_TO_PATCH).name == "old"
    user.drop_on(Slot.DELTA, make_file("more", b"m"))
    assert "not a delta" in user.banner.sentence
    user.drop_on(Slot.DELTA, signature)
    user.press("Make a delta with it")
    assert user.zone(Slot.SIGNATURE).name == "something"


def test_what_cannot_go_together_is_said_and_changes_nothing(
    user: User, signature: Path, delta: Path, make_file: MakeFile, tmp_path: Path
) -> None:
    """Dead links, pipes and mismatched pairs have their sentences."""
    user.go(Page.SIGNATURE)
    (tmp_path / "dead").symlink_to("nowhere")
    os.mkfifo(tmp_path / "fifo")
    file, twin = make_file("file", b"1"), make_file("twin", delta.read_bytes())
    for paths, words in (
        ((tmp_path / "dead",), "is a link to a file that is not there"),
        ((tmp_path / "fifo",), "is a pipe or a device"),
        ((tmp_path / "gone",), "was not found"),
        ((file, file), "Both are the same file"),
        ((delta, twin), "two deltas"),
    ):
        user.drop(*paths)
        assert words in user.signature.problem.sentence
        assert user.signature.model.inputs == ()
    user.key("<Escape>")
    assert not user.signature.problem.sentence
    user.drop(signature, twin)
    assert "do not go together" in user.signature.problem.sentence
    below = user.signature.problem.winfo_rooty()
    assert user.zone(Slot.OLD_TO_SIGN).winfo_rooty() < below < user.signature.output.winfo_rooty()
    user.press("Patch with it")
    assert user.zone(Slot.DELTA).name == "twin"


def test_a_chosen_old_file_is_kept_when_its_delta_comes(
    user: User, delta: Path, make_file: MakeFile
) -> None:
    """What was chosen on the patch page stays, also when the delta arrives on another page."""
    beside = make_file("photos.db", b"p" * 30_000)
    chosen = make_file("chosen", b"c" * 30_000)
    named = delta.rename(beside.with_name("photos.db.delta"))
    user.go(Page.PATCH)
    user.drop(chosen)
    user.go(Page.START)
    user.drop(named)
    assert user.patch.model.inputs == (chosen, named)


@posix_only("files on servers have paths there")
def test_a_file_on_a_server_is_told_apart(user: User) -> None:
    """An address that is no local file is answered with what to do."""
    drop_uris(user.root, user.start.zone, ["smb://server/my%20share/ph%C3%B6tos.db"])
    user.settle()
    assert "“smb://server/my share/phötos.db”" in user.banner.sentence
    assert "is not on this computer. Copy the file here first." in user.banner.sentence


@posix_only("it drags over X11")
def test_zones_light_up_under_a_drag(user: User) -> None:
    """Dragging over the window shows where files may go, and leaving takes it back."""
    user.go(Page.DELTA)
    zone = user.zone(Slot.NEW_FILE)
    over_zone = zone.winfo_rootx() + 20, zone.winfo_rooty() + 20
    drag = Drag(user.root.title(), ["file:///x"])
    drag.enter()
    for x, y in ((20, 20), over_zone):
        beside_tk(user.root, partial(drag.move, x, y))
        assert zone.instate(["active"])
    drag.leave()
    drag.close()
    user.wait(lambda: not zone.instate(["active"]))


def test_emptying_a_zone_takes_the_proposal_along(user: User, make_file: MakeFile) -> None:
    """The cross in a zone takes the file out; the button waits again."""
    user.go(Page.SIGNATURE)
    user.drop(make_file("old", b"o"))
    zone = user.zone(Slot.OLD_TO_SIGN)
    zone.focus_force()
    user.key("<Delete>")
    assert zone.name == ""
    assert user.signature.output.path == ""
    assert user.signature.primary.instate(["disabled"])
    assert "The old version is still missing." in user.words(user.signature)


def test_the_ways_of_comparing_keep_what_is_there(
    user: User, signature: Path, make_file: MakeFile
) -> None:
    """Changing between signature and old file loses neither."""
    user.go(Page.DELTA)
    user.drop(signature)
    user.delta.ways[1].invoke()
    user.settle()
    user.drop_on(Slot.OLD_TO_COMPARE, make_file("old", b"o"))
    user.delta.ways[0].invoke()
    user.settle()
    assert user.zone(Slot.SIGNATURE).name == "something"
    user.delta.ways[1].invoke()
    user.settle()
    assert user.zone(Slot.OLD_TO_COMPARE).name == "old"


@posix_only("it drags over X11")
def test_a_result_is_dragged_into_another_program(make_file: MakeFile) -> None:
    """By its chip, with a real pointer: the other program gets its address, to copy it."""
    old = make_file("été 100%.db", OLD)
    command = [sys.executable, "-m", "tests.ui.window.dragging", str(old)]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as window:
        assert window.stdin is not None
        assert window.stdout is not None
        x, y = map(int, window.stdout.readline().split())
        letter = DropTarget(1000, 500)
        letter.take_from(x + 8, y + 8)
        window.stdin.close()
        assert window.wait(30) == 0
    address = uri_of(old.with_name(f"{old.name}.rsig"))
    assert (letter.type, letter.data.decode()) == ("text/uri-list", f"{address}\r\n")
