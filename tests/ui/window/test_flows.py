"""Whole ways through the window, with real files, held against the real rdiff."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rdiff_gui.desktop.settings import load_settings
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.step.result_view import TimeSaved
from tests.conftest import MakeFile, Rdiff, edited, random_bytes
from tests.platforms import not_on_windows, posix_only
from tests.ui.window.conftest import User, unpack

OLD = random_bytes(300_000)
NEW = edited(OLD)


def test_signature_delta_and_patch_lead_to_the_new_file(
    user: User, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """The main job: sign here, compare there, patch here; and rdiff agrees at each step."""
    old = make_file("photos.db", OLD)
    new = make_file("new photos.db", NEW)
    user.go(Page.SIGNATURE)
    user.drop_on(Slot.OLD_TO_SIGN, old)
    assert user.signature.output.path == f"{old}.rsig"
    user.run()
    assert "Signature made" in user.words(user.signature.result)
    assert "Send “photos.db.rsig” to whoever has the new file" in user.words(user.signature.result)
    rdiff("signature", old, tmp_path / "theirs.rsig")
    signature = tmp_path / "photos.db.rsig"
    # Ours is theirs with a seal behind it.
    assert signature.read_bytes().startswith((tmp_path / "theirs.rsig").read_bytes())

    user.drop(signature)
    user.drop(new)
    assert user.delta.output.path == f"{new}.rdelta"
    user.run()
    words = user.words(user.delta.result)
    assert "% smaller" in words
    assert "With the signature's" in words
    assert "On your link, signature and delta together take < 0.1 s; the file takes" in words
    assert "10 Mbit/s" not in words
    user.press("On other links", user.delta.result)
    assert "10 Mbit/s" in user.words(user.delta.result)
    user.press("Save report")
    report = (tmp_path / "new photos.db.rdelta.html").read_text("utf-8")
    assert "signature and delta together take &lt; 0.1 s" in report
    assert report.count("<rect") >= 1
    assert "Send “new photos.db.rdelta” to whoever has the old file" in words
    delta = tmp_path / "new photos.db.rdelta"
    rdiff("patch", old, unpack(delta), tmp_path / "theirs")
    assert (tmp_path / "theirs").read_bytes() == NEW

    user.drop(delta, old)
    assert user.patch.output.path == str(tmp_path / "new photos (new).db")
    user.run()
    assert "is the new version, checked to the last byte" in user.words(user.patch.result)
    assert (tmp_path / "new photos (new).db").read_bytes() == NEW
    assert old.read_bytes() == OLD


def send_update(user: User, old: Path, new: Path) -> None:
    """Make the delta to `new` for somebody who signed `old`."""
    user.go(Page.SIGNATURE)
    user.drop(old)
    user.run()
    user.drop(Path(f"{old}.rsig"), new)
    user.run()


def test_the_next_update_takes_one_transfer(
    user: User, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """What was sent once is known: its next version needs no signature from the others."""
    old, new = make_file("old", OLD), make_file("photos.db", NEW)
    send_update(user, old, new)
    user.drop(new)
    assert Slot.SIGNATURE in user.delta.model.missing
    latest = edited(NEW)
    make_file("photos.db", latest)
    user.drop(new)
    assert "Found a signature of “photos.db” as you sent it today" in user.banner.sentence
    user.run()
    user.press("Replace")
    words = user.words(user.delta.result)
    assert "With the signature's" not in words
    assert "the delta takes" in words
    (tmp_path / "theirs").write_bytes(NEW)
    rdiff("patch", tmp_path / "theirs", unpack(tmp_path / "photos.db.rdelta"), tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == latest
    user.go(Page.HISTORY)
    user.press("Clear…")
    user.press("Clear history")
    make_file("photos.db", OLD)
    user.go(Page.DELTA)
    user.drop(new)
    assert Slot.SIGNATURE in user.delta.model.missing


def test_nothing_is_remembered_where_that_is_not_wished(user: User, make_file: MakeFile) -> None:
    """Neither in the history nor a signature; the choice stays."""
    user.go(Page.SETTINGS)
    user.settings.keep_history.invoke()
    old, new = make_file("old", OLD), make_file("photos.db", NEW)
    send_update(user, old, new)
    assert not user.app.history.entries()
    assert not list(user.app.history.path.parent.glob("*/*.rsig"))


def test_two_files_make_a_delta_in_one_go(
    user: User, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Both files at hand: the older is the old one, and one click swaps them."""
    new, old = make_file("b", NEW), make_file("a", OLD)
    os.utime(old, (1000, 1000))
    user.drop(new, old)
    page = user.delta
    assert (user.zone(Slot.OLD_TO_COMPARE).name, user.zone(Slot.NEW_FILE).name) == ("a", "b")
    page.swap.invoke()
    user.settle()
    assert (user.zone(Slot.OLD_TO_COMPARE).name, user.zone(Slot.NEW_FILE).name) == ("b", "a")
    assert page.output.path == f"{old}.rdelta"
    page.swap.invoke()
    user.settle()
    user.run()
    assert "smaller" in user.words(page.result)
    assert "With the signature's" not in user.words(page.result)
    rdiff("patch", old, unpack(tmp_path / "b.rdelta"), tmp_path / "rebuilt")
    assert (tmp_path / "rebuilt").read_bytes() == NEW


def test_the_smallest_delta_is_a_choice_where_both_files_are_here(
    user: User, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """By way of a signature there is none, and the choice is not shown."""
    user.go(Page.DELTA)
    page = user.delta
    page.options.set_open(True)
    user.settle()
    assert not page.smallest.winfo_viewable()
    old, new = make_file("a", OLD), make_file("b", NEW)
    os.utime(old, (1000, 1000))
    user.drop(new, old)
    assert page.smallest.winfo_viewable()
    page.smallest.invoke()
    user.settle()
    user.run()
    assert page.model.smallest
    rdiff("patch", old, unpack(tmp_path / "b.rdelta"), tmp_path / "rebuilt")
    assert (tmp_path / "rebuilt").read_bytes() == NEW


def test_a_recipient_drops_the_delta_and_patches(
    user: User, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """A delta from rdiff, beside the old file of that name: Enter is all that is left to do."""
    old, new = make_file("disk.img", OLD), make_file("elsewhere", NEW)
    rdiff("signature", old, tmp_path / "s")
    rdiff("delta", tmp_path / "s", new, tmp_path / "disk.img.rdelta")
    user.drop(tmp_path / "disk.img.rdelta")
    assert user.zone(Slot.OLD_TO_PATCH).name == "disk.img"
    assert "lies beside the delta" in user.words(user.patch.banner)
    user.key("<Return>")
    user.wait(lambda: user.patch.finished)
    assert (tmp_path / "disk (new).img").read_bytes() == NEW
    assert "could not be checked" in user.words(user.patch.result)


@pytest.mark.parametrize(
    "name",
    [
        b"two words & more",
        "日本語 🎉".encode(),
        pytest.param(b"line\nbreak.db", marks=not_on_windows),
        b"-rf",
        pytest.param(b"\xff\xfe.bin", marks=not_on_windows),
    ],
)
def test_hard_names_go_through_the_window(
    name: bytes, user: User, make_file: MakeFile, tmp_path: Path
) -> None:
    """Any name a disk can hold is dropped, proposed, written and shown."""
    old = make_file(name, OLD)
    user.go(Page.SIGNATURE)
    user.drop(old)
    user.run()
    signature = tmp_path / os.fsdecode(name + b".rsig")
    assert signature.is_file()
    user.press("Show in folder", user.signature.foot)
    assert user.shown_in_folder == [signature]
    user.press("Copy path", user.signature.foot)
    assert user.root.clipboard_get()
    user.go(Page.HISTORY)
    assert len(user.history.table.get_children()) == 1


@posix_only("files are copied on X11 alone")
def test_a_result_is_copied_as_a_file(user: User, make_file: MakeFile, tmp_path: Path) -> None:
    """To be pasted wherever files are."""
    user.go(Page.SIGNATURE)
    user.drop(make_file("photos.db", OLD))
    user.run()
    user.press("Copy file", user.signature.foot)
    uri = user.root.clipboard_get(type="text/uri-list")
    assert uri == f"{(tmp_path / 'photos.db.rsig').as_uri()}\r\n"


def test_the_time_is_that_of_the_users_own_link(user: User, make_file: MakeFile) -> None:
    """Chosen or typed, it counts at once and is remembered; nonsense leaves it as it was."""
    old, new = make_file("old", OLD * 50), make_file("new", NEW * 50)
    os.utime(old, (1000, 1000))
    user.drop(old, new)
    user.run()
    (times,) = user.all_of(TimeSaved, user.delta.result)
    assert times.speed.get() == "50"
    assert "the file takes 2.4 s" in user.words(times)
    for typed in ("8", "fast", "0"):
        times.speed.focus_force()
        user.root.update()
        times.speed.set(typed)
        times.speed.event_generate("<KeyRelease-8>")
        user.delta.actions.buttons[0].focus_force()
        user.settle()
        assert "the file takes 15 s" in user.words(times)
        assert times.speed.get() == "8"
    assert load_settings(user.app._settings_file.path).link_mbit_s == 8


def test_identical_files_say_so(user: User, make_file: MakeFile) -> None:
    """Nothing changed: there is nothing to send, and no table of times."""
    user.drop(make_file("one", OLD), make_file("two", OLD))
    user.run()
    words = user.words(user.delta.result)
    assert "Already the same" in words
    assert "nothing to send" in words
    assert "No new data" in words
    assert "Mbit/s" not in words


def test_nothing_saved_is_said_honestly(user: User, make_file: MakeFile) -> None:
    """A delta as big as the file is called that, with the reason."""
    user.drop(make_file("one", 50_000, 1), make_file("two", 50_000, 2))
    user.run()
    words = user.words(user.delta.result)
    assert "Nothing saved" in words
    assert "as big as the file" in words
    assert "Compressed or encrypted files" in words


@pytest.mark.parametrize(("old", "new"), [(b"", b"new"), (b"old", b""), (b"", b"")])
def test_empty_files_are_files_too(
    old: bytes, new: bytes, user: User, make_file: MakeFile, tmp_path: Path
) -> None:
    """An empty old or new file makes a delta that patches right."""
    first, second = make_file("first", old), make_file("second", new)
    os.utime(first, (1000, 1000))
    user.drop(first, second)
    user.run()
    user.drop(first, tmp_path / "second.rdelta")
    user.run()
    assert (tmp_path / "second (new)").read_bytes() == new


def test_facts_are_shown_before_anything_starts(user: User, make_file: MakeFile) -> None:
    """What a signature or a delta says of itself stands in its zone and below it."""
    old, new = make_file("old", OLD), make_file("new", NEW)
    user.go(Page.SIGNATURE)
    user.drop(old)
    user.run()
    user.drop(Path(f"{old}.rsig"))
    assert "signs 300 kB" in user.words(user.zone(Slot.SIGNATURE))
    assert "Made of a file of" not in user.words(user.delta.zone_row)
    user.press("Signature of “old”; its checksum is right")
    assert "Made of a file of" in user.words(user.delta.zone_row)
    user.drop(new)
    user.run()
    user.drop(Path(f"{new}.rdelta"))
    assert "makes 300 kB" in user.words(user.zone(Slot.DELTA))


def test_the_next_step_takes_the_file_along(user: User, make_file: MakeFile) -> None:
    """From a finished signature to waiting for its delta, with the old file in place."""
    user.go(Page.SIGNATURE)
    user.drop(make_file("old", OLD))
    user.run()
    user.press("Go to patch")
    assert user.zone(Slot.OLD_TO_PATCH).name == "old"
    assert "The delta is still missing." in user.words(user.patch)
