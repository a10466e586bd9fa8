"""Checking, patching, and the ways back: in the window."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.desktop.programs import open_file
from rdiff_gui.engine import (
    DeltaFacts,
    apply_patch,
    atomic_file,
    inspect,
    make_delta_from_files,
)
from rdiff_gui.engine.system import Folder
from rdiff_gui.errors import DiskFull
from rdiff_gui.formats import piece_map
from rdiff_gui.ui import Page, Slot, app
from tests.conftest import MakeFile, Rdiff, random_bytes
from tests.platforms import open_beside, posix_only
from tests.ui.window.conftest import NEW, OLD, User, facts_on, type_into


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


def test_the_result_is_opened_and_takes_the_old_files_place_afterwards(
    ready: User, delta: Path
) -> None:
    """One button each; the old file is kept, with its attributes on the new one."""
    old, new = delta.with_name("photos-1.db"), delta.with_name("photos-2.db")
    old.chmod(0o640)
    mode = old.stat().st_mode
    ready.run()
    ready.press("Open")
    assert ready.opened == [new]
    ready.press("Put it in the old file's place")
    assert old.read_bytes() == NEW
    assert old.stat().st_mode == mode
    assert delta.with_name("photos-1.db.old").read_bytes() == OLD
    assert not new.exists()
    assert "kept beside it as “photos-1.db.old”" in ready.words(ready.patch.result)
    ready.press("Show in folder")
    assert ready.shown_in_folder == [old]
    assert "Put it in the old file's place" not in ready.words(ready.patch.foot)


@posix_only("its desktop opens files itself")
def test_the_program_that_opens_the_result_is_no_slower_for_it(
    ready: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs at the priority of the window, not at the lowered one of the window's own work."""
    told = tmp_path / "told"
    opener = tmp_path / "bin" / ("open" if sys.platform == "darwin" else "xdg-open")
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nnice > "{told}"\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{opener.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(app, "open_file", open_file)
    ready.run()
    ready.press("Open")
    assert int(told.read_text()) == os.nice(0)


def test_a_new_file_that_cannot_take_the_old_ones_place_leaves_it(
    ready: User, delta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the disk knows no second names, and the rename fails when one is away already."""
    old, new = delta.with_name("photos-1.db"), delta.with_name("photos-2.db")
    ready.run()

    def refuse(*_names: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Folder, "rename", refuse)
    for names in ("links", "none"):
        if names == "none":
            monkeypatch.setattr(Folder, "link", refuse)
        ready.press("Put it in the old file's place")
        assert f"No permission to write “{old}”" in ready.banner.sentence
        assert {file.name for file in delta.parent.iterdir()} == {old.name, new.name, delta.name}
        assert (old.read_bytes(), new.read_bytes()) == (OLD, NEW)


def test_a_report_tells_the_result_to_others(ready: User, delta: Path) -> None:
    """One file, under a free name; nothing in it says where the files lie."""
    there = delta.with_name("photos-2.db.html")
    there.write_text("mine")
    ready.run()
    ready.press("Save report")
    report = delta.with_name("photos-2.db (2).html")
    told = report.read_text("utf-8")
    assert "<h1>New file made</h1>" in told
    for name in ("photos-1.db", "sent.rdelta", "photos-2.db", "BLAKE3"):
        assert f"<th>{name}</th>" in told or f"<td>{name}</td>" in told
    assert str(delta.parent) not in told
    assert "http" not in told
    assert there.read_text() == "mine"
    ready.press("Show in folder", ready.banner)
    assert ready.shown_in_folder == [report]


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
    assert not user.button("Choose another folder").instate(["disabled"])
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
        ("photos-2.db", "That is the name of the result."),
        ("there", "“there” exists already. Choose another name."),
        ("no such/x", "does not exist. Choose another folder."),
        ("photos-1.db", "exists already"),
    ):
        type_into(ready, field.entry, str(delta.parent / name))
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
        assert ready.app.history.entries()[0].inputs == (kept, delta)
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
    with open_beside(image):
        user.run()
        assert "seems to be open in another program" in user.banner.sentence
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


def test_the_map_is_there_before_the_work_and_after(ready: User, delta: Path) -> None:
    """As soon as a delta is chosen: both files to scale, and each piece by key or pointer."""
    page = ready.patch
    assert page.map.winfo_viewable()
    assert "Old file, 60.0 kB\nNew file, 60.0 kB" in ready.words(page.map)
    page.map.picture.canvas.focus_force()
    ready.key("<Home>")
    told = [page.map.picture.told]
    while len(told) < 3 or told[-1] != told[-2]:
        ready.key("<Right>")
        told.append(page.map.picture.told)
    assert told[0].startswith("Bytes 0 to ")
    assert f" to {len(NEW) - 1:,} of the new file".replace(",", " ") in told[-1]
    facts = inspect(delta)
    assert isinstance(facts, DeltaFacts)
    assert len(told) - 1 == facts.copy_count + facts.literal_count
    assert sum("new data, from the delta" in line for line in told[:-1]) == facts.literal_count
    ready.run()
    assert page.map.winfo_viewable()
    page.clear(Slot.DELTA)
    ready.settle()
    assert not page.map.winfo_viewable()


def test_a_delta_that_is_taken_out_takes_its_room_along(user: User, delta: Path) -> None:
    """What is below the map moves up again, and no empty sheet is scrolled through."""
    user.go(Page.PATCH)
    page = user.patch
    before = page.output.winfo_y()
    user.drop(delta)
    assert page.output.winfo_y() > before + page.map.winfo_height()
    for slot in (Slot.OLD_TO_PATCH, Slot.DELTA):
        page.clear(slot)
    user.settle()
    assert page.output.winfo_y() == before


def test_a_delta_that_is_gone_leaves_the_map_and_says_so(
    user: User, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a delta too long to be held, the pieces are read when they are asked for."""
    monkeypatch.setattr(piece_map, "_KEPT_MOST", 2)
    new = make_file("new.db", NEW)
    sent = new.with_name("sent.rdelta")
    make_delta_from_files(make_file("old.db", OLD), new, sent)
    user.drop(sent)
    picture = user.patch.map.picture
    picture.canvas.focus_force()
    user.key("<End>")
    assert f" to {len(NEW) - 1:,} of the new file".replace(",", " ") in picture.told
    user.drop(sent)
    sent.unlink()
    user.patch.map.picture.canvas.focus_force()
    user.key("<Home>")
    assert "sent.rdelta” was not found" in picture.told
