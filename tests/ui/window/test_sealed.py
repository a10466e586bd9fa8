"""What files say of themselves, checks, and ways back: in the window, against the real rdiff."""

from __future__ import annotations

import re
import time
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

import pytest

from rdiff_gui.engine import (
    DeltaFacts,
    Sealing,
    SignatureFacts,
    apply_patch,
    atomic_file,
    inspect,
    inspection,
    make_delta_from_files,
    make_signature,
)
from rdiff_gui.engine.blake3_hash import hash_source
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.errors import DiskFull
from rdiff_gui.formats.seal import FOOTER, pack_footer
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.widgets import ValueField
from tests.conftest import MakeFile, Rdiff, edited, random_bytes
from tests.ui.window.conftest import User, unpack

OLD = random_bytes(60_000)
NEW = edited(OLD)


@pytest.fixture
def delta(make_file: MakeFile, tmp_path: Path) -> Path:
    """`sent.delta` from `photos-1.db` to `photos-2.db`, sealed; the new file is not here."""
    new = make_file("photos-2.db", NEW)
    make_delta_from_files(make_file("photos-1.db", OLD), new, tmp_path / "sent.rdelta")
    new.unlink()
    return tmp_path / "sent.rdelta"


@pytest.fixture
def ready(user: User, delta: Path) -> User:
    """Old file and delta are in place."""
    user.drop(delta)
    assert [path.name for path in user.patch.model.inputs] == ["photos-1.db", "sent.rdelta"]
    return user


def facts_on(user: User, within: tk.Misc) -> dict[str, str]:
    """The facts that can be seen: labels and what stands beside them."""
    user.root.update()
    found = {}
    for field in user.all_of(ValueField, within):
        if field.winfo_viewable():
            (label,) = field.master.grid_slaves(row=field.grid_info()["row"], column=0)
            found[str(label.cget("text"))] = field.value
    return found


def type_into(user: User, entry: ttk.Entry, text: str) -> None:
    """Replace what a field holds."""
    entry.delete(0, "end")
    entry.insert(0, text)
    user.settle()


# --- making --------------------------------------------------------------------------------------


def test_deltas_are_compressed_and_sealed_unless_told_otherwise(
    user: User, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """The first delta is for zstd and carries all; the second is what rdiff would write."""
    old, new = make_file("old", OLD), make_file("new", NEW)
    make_signature(old, tmp_path / "s")
    user.drop(tmp_path / "s", new)
    user.run()
    facts = inspect(tmp_path / "new.rdelta")
    assert isinstance(facts, DeltaFacts)
    assert facts.compressed
    assert facts.seal is not None
    assert facts.seal.basis is not None
    assert facts.seal.result is not None
    assert (facts.seal.basis.name, facts.seal.result.name) == ("old", "new")
    rdiff("patch", old, unpack(tmp_path / "new.rdelta"), tmp_path / "theirs")
    assert (tmp_path / "theirs").read_bytes() == NEW

    page = user.delta
    page.options.set_open(True)
    page.compress.invoke()
    page.sealing.box.current(2)
    page.sealing.box.event_generate("<<ComboboxSelected>>")
    user.settle()
    type_into(user, page.output.entry, "plain")
    user.run()
    rdiff("delta", tmp_path / "s", new, tmp_path / "theirs.rdelta")
    assert (tmp_path / "plain").read_bytes() == (tmp_path / "theirs.rdelta").read_bytes()


@pytest.mark.parametrize(
    ("choice", "name"), [(Sealing.FULL, "old"), (Sealing.NAMELESS, None), (Sealing.NONE, None)]
)
def test_signatures_say_as_much_as_was_chosen(
    choice: Sealing, name: str | None, user: User, make_file: MakeFile, rdiff: Rdiff
) -> None:
    """With names, without, or nothing at all: then it is rdiff's to the byte."""
    old = make_file("old", OLD)
    user.go(Page.SIGNATURE)
    user.drop(old)
    user.signature.options.set_open(True)
    user.signature.sealing.box.current(list(Sealing).index(choice))
    user.run()
    facts = inspect(Path(f"{old}.rsig"))
    assert isinstance(facts, SignatureFacts)
    if choice is Sealing.NONE:
        rdiff("signature", old, old.with_name("theirs"))
        assert Path(f"{old}.rsig").read_bytes() == old.with_name("theirs").read_bytes()
    else:
        assert facts.seal is not None
        assert facts.seal.basis is not None
        assert (facts.seal.basis.name, facts.seal.basis.size_bytes) == (name, len(OLD))


# --- looking -------------------------------------------------------------------------------------


def test_a_sealed_delta_tells_all_before_any_button_is_pressed(ready: User) -> None:
    """Kind, sizes, both files by name and checksum, who made it when, compressed or not."""
    line = "Makes “photos-2.db” from “photos-1.db”; its checksum is right"
    assert not facts_on(ready, ready.patch.zone_row)
    ready.press(line)
    told = facts_on(ready, ready.patch.zone_row)
    assert told["Makes a file of"].startswith("60.")
    assert told["Needs an old file of at least"].startswith("60.0 kB")
    assert told["Old file"] == "photos-1.db · 60.0 kB (60 000 bytes)"
    assert len(told["Its BLAKE3"]) == 64
    assert told["New file"].startswith("photos-2.db · ")
    assert told["Compressed"] == "no"
    assert "by rdiff-gui" in told["Seal"]
    assert {"Taken from the old file", "New data"} <= set(told)
    ready.press(line)
    assert not facts_on(ready, ready.patch.zone_row)


def test_rdiffs_files_tell_what_they_can(
    user: User, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Hash, rolling sum, blocks and the range of sizes; and that nobody would notice a mistake."""
    rdiff("signature", make_file("old", OLD), tmp_path / "s")
    user.drop(tmp_path / "s")
    user.press("This signature has no seal: a wrong file would not be noticed")
    told = facts_on(user, user.delta.zone_row)
    assert told["Sums"] == "BLAKE2, 32 bytes, with RabinKarp"
    assert " to " in told["Made of a file of"]
    assert "of 256 B" in told["Blocks"]
    assert told["Seal"] == "none: a wrong file would not be noticed"
    make_signature(tmp_path / "old", tmp_path / "ours")
    user.drop(tmp_path / "ours")
    assert facts_on(user, user.delta.zone_row)["Made of a file of"] == "60.0 kB (60 000 bytes)"


def test_one_changed_bit_is_told_on_arrival(user: User, delta: Path) -> None:
    """In the delta or in its seal: a sentence at once, and no button to press."""
    whole = delta.read_bytes()
    for place in (-len(whole) // 2, -40):
        damaged = bytearray(whole)
        damaged[place] ^= 4
        delta.write_bytes(damaged)
        user.drop(delta)
        assert "damaged" in user.banner.sentence
        assert "Have it sent again." in user.banner.sentence
        assert user.patch.primary.instate(["disabled"])
        assert user.patch.check.instate(["disabled"])


def test_a_seal_of_the_future_asks_for_an_update(user: User, delta: Path) -> None:
    """Not a damage, and said so."""
    whole = delta.read_bytes()
    payload = whole[whole.index(b'{"kind"') : -FOOTER.size]
    delta.write_bytes(whole[: -FOOTER.size] + pack_footer(payload, version=9))
    user.drop(delta)
    assert "made by a newer version of this program" in user.banner.sentence


# --- the old file is looked for ------------------------------------------------------------------


def test_the_old_file_is_taken_only_when_its_checksum_fits(user: User, delta: Path) -> None:
    """Another file of the right name and size is not proposed; the right one is, renamed."""
    old = delta.with_name("photos-1.db")
    right = old.rename(delta.with_name("renamed.db"))
    old.write_bytes(b"x" + OLD[1:])
    user.drop(delta)
    assert user.patch.model.inputs == (right, delta)
    assert "its checksum fits" in user.banner.sentence
    right.unlink()
    user.patch.clear(Slot.OLD_TO_PATCH)
    user.drop(delta)
    assert user.patch.model.missing == (Slot.OLD_TO_PATCH,)
    assert "The old file is still missing." in user.words(user.patch)


@pytest.fixture
def from_elsewhere(make_file: MakeFile, tmp_path: Path) -> Path:
    """A delta for `photos-1.db` that arrives in another folder."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    new = folder / "photos-2.db"
    new.write_bytes(NEW)
    make_delta_from_files(make_file("photos-1.db", OLD), new, folder / "photos-2.db.rdelta")
    new.unlink()
    return folder / "photos-2.db.rdelta"


@pytest.mark.parametrize("restarted", [False, True])
def test_when_the_delta_comes_back_it_is_dropped_here(
    restarted: bool, open_window: Callable[..., User], from_elsewhere: Path, tmp_path: Path
) -> None:
    """The file that was signed is remembered, wherever the delta arrives, and after a restart."""
    user = open_window()
    user.go(Page.SIGNATURE)
    user.drop(tmp_path / "photos-1.db")
    user.run()
    assert "When the delta comes back, drop it here." in user.words(user.signature.result)
    if restarted:
        user.app.closing.close()
        user = open_window()
    user.drop(from_elsewhere)
    assert user.patch.model.inputs == (tmp_path / "photos-1.db", from_elsewhere)
    assert user.banner.sentence.startswith("Found “photos-1.db”, which you signed today ")
    user.press("Not this one")
    assert user.patch.model.missing == (Slot.OLD_TO_PATCH,)
    assert user.banner.sentence == ""


def test_a_file_of_the_folders_used_last_is_found(
    user: User, from_elsewhere: Path, make_file: MakeFile, tmp_path: Path
) -> None:
    """It may have been renamed meanwhile; the sentence says where it lies."""
    user.go(Page.SIGNATURE)
    user.drop(make_file("something else", OLD[:5000]))
    user.run()
    (tmp_path / "photos-1.db").rename(tmp_path / "renamed.db")
    user.drop(from_elsewhere)
    assert user.patch.model.inputs == (tmp_path / "renamed.db", from_elsewhere)
    assert f"Found “renamed.db” in “{tmp_path}”." in user.banner.sentence


@pytest.mark.parametrize("found_out", ["at once", "while patching"])
def test_for_a_wrong_old_file_the_right_one_is_offered(
    found_out: str, user: User, delta: Path, make_file: MakeFile
) -> None:
    """Its size tells at once, or its content when it is compared; either way one click helps."""
    wrong = make_file("wrong", OLD[:-1] if found_out == "at once" else OLD[:-1] + b"x")
    user.drop(delta, wrong)
    if found_out == "while patching":
        user.run()
    assert "is not the file that the delta" in user.banner.sentence
    assert user.zone(Slot.OLD_TO_PATCH).instate(["invalid"])
    assert user.patch.primary.instate(["disabled"]) is (found_out == "at once")
    if found_out == "while patching":
        assert user.root.focus_get() == user.zone(Slot.OLD_TO_PATCH)
    user.press("Use “photos-1.db”")
    assert user.banner.sentence == ""
    user.key("<Return>")
    user.wait(lambda: user.patch.finished)
    assert delta.with_name("photos-2.db").read_bytes() == NEW


@pytest.mark.parametrize("leave", ["page", "escape", "file"])
def test_a_long_search_is_shown_and_ends_when_nobody_waits(
    leave: str, user: User, delta: Path, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Percent in the old file's zone; going away, Escape or a file of one's own end it."""
    stopped = []

    def crawl(source: Input, run: Run) -> str:
        try:
            while True:
                run.advance(1)
                time.sleep(0.001)  # the window has its turns, as while a file is read
        finally:
            stopped.append(source.path.name)

    monkeypatch.setattr(inspection, "hash_source", crawl)
    user.app.arrive([delta])
    user.wait(lambda: " %" in user.words(user.app.page), seconds=10)
    assert "Looking for it…" in user.words(user.zone(Slot.OLD_TO_PATCH))
    monkeypatch.setattr(inspection, "hash_source", hash_source)
    page = user.patch
    if leave == "page":
        user.go(Page.START)
        user.go(Page.PATCH)
    elif leave == "escape":
        user.key("<Escape>")
    else:
        user.drop_on(Slot.OLD_TO_PATCH, make_file("mine", OLD))
    user.wait(lambda: stopped)
    assert "Looking for it" not in user.words(page)
    assert [path.name for path in page.model.inputs] == (
        ["mine", "sent.rdelta"] if leave == "file" else ["sent.rdelta"]
    )


# --- checking and patching -----------------------------------------------------------------------


def test_check_tries_without_writing(ready: User, delta: Path, make_file: MakeFile) -> None:
    """Right: said with the checksum, and the button is still there. Wrong: said why."""
    before = set(delta.parent.iterdir())
    ready.press("Check")
    assert "Everything is right" in ready.banner.sentence
    assert "Nothing was written." in ready.banner.sentence
    assert not ready.patch.primary.instate(["disabled"])
    ready.go(Page.HISTORY)
    assert not ready.history.table.get_children()
    ready.go(Page.PATCH)
    ready.drop_on(Slot.OLD_TO_PATCH, make_file("other", b"x" + OLD[1:]))
    ready.press("Check")
    assert "is not the file that the delta" in ready.banner.sentence
    assert set(delta.parent.iterdir()) - before == {delta.with_name("other")}


def test_check_is_honest_about_deltas_without_a_seal(
    user: User, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """It can say that the delta applies, not that the result is right."""
    old = make_file("old", OLD)
    rdiff("signature", old, tmp_path / "s")
    rdiff("delta", tmp_path / "s", make_file("new", NEW), tmp_path / "d")
    user.drop(old, tmp_path / "d")
    user.press("Check")
    assert "cannot be checked: this delta carries no checksum" in user.banner.sentence


def test_the_result_has_its_own_name_and_its_checksum(ready: User, delta: Path) -> None:
    """Proposed as the seal says; the whole hash can be copied from the card."""
    new = delta.with_name("photos-2.db")
    assert ready.patch.output.path == str(new)
    ready.run()
    assert new.read_bytes() == NEW
    facts = inspect(delta)
    assert isinstance(facts, DeltaFacts)
    assert facts.seal is not None
    assert facts.seal.result is not None
    assert facts_on(ready, ready.patch.result) == {"BLAKE3": facts.seal.result.blake3}
    assert "“photos-2.db” is the new version, checked" in ready.words(ready.patch.result)
    ready.drop(delta, delta.with_name("photos-1.db"))
    assert ready.patch.output.path == str(delta.with_name("photos-2 (new).db"))


def test_missing_room_is_told_once_and_whole(
    user: User, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One total for the result and what is needed meanwhile, and the disk by its place."""
    delta = pair[0].with_name("d")
    make_delta_from_files(*pair, delta, compress=True)
    monkeypatch.setattr(atomic_file, "free_bytes", lambda *_file: 250_000)
    user.drop(delta, pair[0])
    user.run()
    sentence = user.banner.sentence
    assert re.search("it needs 30. kB, [0-9.]+ k?B of that only meanwhile; 250 kB are", sentence)
    assert f"on the disk “{DiskFull(delta).disk}”" in sentence
    monkeypatch.undo()
    user.run()
    assert user.patch.finished


def test_an_undo_delta_leads_back(ready: User, delta: Path) -> None:
    """Made on request, named after the result, and patched back in the same window."""
    old, new = delta.with_name("photos-1.db"), delta.with_name("photos-2.db")
    ready.patch.options.set_open(True)
    ready.patch.form.with_undo.invoke()
    ready.settle()
    undo = delta.with_name("photos-2.db.undo.rdelta")
    assert ready.patch.form.undo.path == str(undo)
    ready.run()
    assert "“photos-2.db.undo.rdelta” leads back" in ready.words(ready.patch.result)
    old.unlink()
    ready.drop(undo)
    assert ready.patch.model.inputs == (new, undo)
    assert ready.patch.output.path == str(old)
    ready.patch.form.with_undo.invoke()
    ready.settle()
    ready.run()
    assert old.read_bytes() == OLD


def test_an_undo_delta_never_pushes_anything_out(ready: User, delta: Path) -> None:
    """Not the result, not a file that is there, nor one in a folder that is not."""
    ready.patch.options.set_open(True)
    ready.patch.form.with_undo.invoke()
    ready.settle()
    field = ready.patch.form.undo
    there = delta.with_name("there")
    there.write_bytes(b"precious")
    for name, words in (
        ("photos-2.db", "That is the name of the new file."),
        ("there", "“there” exists already. Choose another name."),
        ("no such/x", "does not exist. Choose another folder."),
        ("photos-1.db", "exists already"),
    ):
        type_into(ready, field.entry, name)
        ready.patch.options.set_open(False)
        ready.patch.primary.focus_force()
        ready.run()
        assert words in ready.words(field)
        assert ready.root.focus_get() == field.entry
        assert not delta.with_name("photos-2.db").exists()
    assert there.read_bytes() == b"precious"
    type_into(ready, field.entry, "back")
    ready.run()
    assert delta.with_name("back").is_file()


@pytest.mark.parametrize("backup", [True, False])
def test_the_result_can_take_the_old_files_place(backup: bool, ready: User, delta: Path) -> None:
    """The old file is kept beside it unless told otherwise, and the card says how to go back."""
    old = delta.with_name("photos-1.db")
    page = ready.patch
    page.options.set_open(True)
    page.form.in_place.invoke()
    ready.settle()
    assert page.output.path == str(old)
    assert page.output.entry.instate(["disabled"])
    if not backup:
        page.form.keep_backup.invoke()
    ready.run()
    assert old.read_bytes() == NEW
    kept = delta.with_name("photos-1.db.old")
    assert kept.exists() is backup
    words = ready.words(page.result)
    if backup:
        assert kept.read_bytes() == OLD
        assert "“photos-1.db.old”; to go back" in words
    else:
        assert "no backup was kept" in words
    page.form.in_place.invoke()
    ready.settle()
    assert page.output.path == str(delta.with_name("photos-2.db"))
    assert not page.output.entry.instate(["disabled"])


def test_replacing_in_place_checks_first(
    ready: User, make_file: MakeFile, listing: Callable[[], set[str]]
) -> None:
    """A wrong old file stays what it is: nothing was written, and the sentence says why."""
    other = make_file("other", b"x" + OLD[1:])
    ready.drop_on(Slot.OLD_TO_PATCH, other)
    ready.patch.form.in_place.invoke()
    ready.settle()
    before = listing()
    ready.run()
    assert "is not the file that the delta" in ready.banner.sentence
    assert other.read_bytes() == b"x" + OLD[1:]
    assert listing() == before


IMAGE = random_bytes(2**20, 3)


@pytest.fixture
def image(make_file: MakeFile) -> Path:
    """A disk image and a delta that changes a little of it; the image."""
    old = make_file("disk.img", IMAGE)
    new = make_file("new.img", IMAGE[:5000] + b"changed" + IMAGE[5007:])
    make_delta_from_files(old, new, old.with_name("disk.rdelta"))
    return old


def test_a_file_can_be_changed_itself(user: User, image: Path) -> None:
    """What that writes is told before, and after; who has it open is asked about first."""
    user.drop(image, image.with_name("disk.rdelta"))
    page = user.patch
    page.options.set_open(True)
    page.form.in_place.invoke()
    page.form.changes_only.invoke()
    user.settle()
    assert "7 B in 1 piece of the file change; the rest is not written." in user.words(page.form)
    inode = image.stat().st_ino
    with image.open("r+b"):
        user.run()
        assert "is open in another program" in user.banner.sentence
        assert image.read_bytes() == IMAGE
        user.press("Change it all the same")
    assert image.read_bytes()[5000:5007] == b"changed"
    assert image.stat().st_ino == inode
    words = user.words(page.result)
    assert "The file itself was changed: 8.19 kB written instead of 1.05 MB" in words
    assert "“disk.img.undo.rdelta” leads back" in words


def test_an_interrupted_change_is_put_back(user: User, image: Path) -> None:
    """Whatever of it is dropped on the window, it offers the old file."""
    apply_patch(image, image.with_name("disk.rdelta"), image, in_place=True, changes_only=True)
    changing = image.rename(image.with_name("disk.img.rdiff-changing"))
    image.with_name("disk.img.undo.rdelta").rename(image.with_name("disk.img.rdiff-journal"))
    user.drop(changing)
    assert "A change of “disk.img” was interrupted." in user.banner.sentence
    user.press("Put the old file back")
    assert user.banner.sentence == "“disk.img” is as it was before the change was interrupted."
    assert image.read_bytes() == IMAGE
    assert user.patch.model.inputs == (image,)
