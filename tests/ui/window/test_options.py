"""How a step is done, and where its result goes, as the user says on its page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rdiff_gui.formats.signature_header import RollingSum, StrongHash
from rdiff_gui.ui import Page, Slot
from tests.conftest import MakeFile, Rdiff, edited, random_bytes
from tests.ui.window.conftest import User

OLD = random_bytes(300_000)

NEW = edited(OLD)


def test_options_reach_the_signature(user: User, make_file: MakeFile, rdiff: Rdiff) -> None:
    """Block size and sums are as chosen, with all of rdiff's bytes."""
    old = make_file("old", OLD)
    user.go(Page.SIGNATURE)
    user.drop(old)
    page = user.signature
    page.options.set_open(True)
    page.form.block.set("4096")
    page.form.strong_hash.current(1)
    page.form.rolling.current(1)
    user.run()
    theirs = old.with_name("theirs")
    rdiff("--block-size=4096", "--hash=md4", "--rollsum=rollsum", "signature", old, theirs)
    assert Path(f"{old}.rsig").read_bytes().startswith(theirs.read_bytes())
    user.drop(Path(f"{old}.rsig"))
    user.delta.zone_row.show(user.delta.model)
    facts = user.delta.model.files[Slot.SIGNATURE].facts
    header = getattr(facts, "header", None)
    assert header is not None
    assert (header.strong_hash, header.rolling_sum) == (StrongHash.MD4, RollingSum.ROLLSUM)


def test_an_impossible_option_is_said_at_its_field(user: User, make_file: MakeFile) -> None:
    """A block size that is none does not start anything, and is named."""
    old = make_file("old", OLD)
    user.go(Page.SIGNATURE)
    user.drop(old)
    user.signature.form.block.set("many")
    user.signature.primary.invoke()
    user.settle()
    assert "The block size cannot be “many”" in user.words(user.signature.options)
    assert not Path(f"{old}.rsig").exists()
    user.signature.form.block.set("Automatic")
    user.run()
    assert Path(f"{old}.rsig").exists()


def test_the_output_name_can_be_changed(user: User, make_file: MakeFile, tmp_path: Path) -> None:
    """A bare name means beside the input; an emptied field waits for a name."""
    old = make_file("old", OLD)
    user.go(Page.SIGNATURE)
    user.drop(old)
    entry = user.signature.output.entry
    entry.delete(0, "end")
    user.settle()
    assert user.signature.primary.instate(["disabled"])
    entry.insert(0, "my name.rsig")
    user.settle()
    user.run()
    assert (tmp_path / "my name.rsig").is_file()
    user.drop(make_file("other", NEW))
    assert user.signature.output.path == str(tmp_path / "other.rsig")


def test_a_chosen_name_is_for_the_files_that_were_there(
    user: User, make_file: MakeFile, tmp_path: Path
) -> None:
    """It stays while one of two is exchanged, and goes when both are others."""
    old, new = make_file("old", OLD), make_file("new", NEW)
    os.utime(old, (1000, 1000))
    user.go(Page.SIGNATURE)
    user.drop(old)
    user.signature.output.entry.insert("end", "2")
    user.settle()
    user.drop(new)
    assert user.signature.output.path == f"{new}.rsig"
    user.go(Page.DELTA)
    user.drop(old, new)
    entry = user.delta.output.entry
    entry.delete(0, "end")
    entry.insert(0, "changes")
    user.settle()
    user.drop_on(Slot.NEW_FILE, make_file("newer", NEW))
    assert user.delta.output.path == str(tmp_path / "changes")
    user.drop(make_file("a", OLD), make_file("b", NEW))
    assert user.delta.output.path == str(tmp_path / "b.rdelta")


def test_a_folder_that_takes_no_result_is_told(
    user: User, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A result that will not lie beside its file, as from a CD, says where it goes and why."""
    (tmp_path / "cd").mkdir()
    old = make_file("cd/old", OLD)
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != old.parent and allowed(path, mode))
    user.go(Page.SIGNATURE)
    user.drop(old)
    folder = Path(user.signature.output.path).parent
    assert folder != old.parent
    told = f"Nothing can be written to “{old.parent}”, so the result will go to “{folder}”."
    assert told in user.words(user.signature.output)
    monkeypatch.undo()
    user.drop(make_file("other", OLD))
    assert "Nothing can be" not in user.words(user.signature.output)


def test_a_bare_name_is_beside_the_file_that_comes(
    user: User, make_file: MakeFile, tmp_path: Path
) -> None:
    """Also where the name was typed first."""
    user.go(Page.SIGNATURE)
    user.signature.output.entry.insert(0, "mine")
    user.settle()
    user.drop(make_file("old", OLD))
    user.run()
    assert (tmp_path / "mine").is_file()
