"""What files say of themselves, checks, and ways back: in the window, against the real rdiff."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    DeltaFacts,
    Sealing,
    SignatureFacts,
    inspect,
    inspection,
    make_delta_from_files,
    make_signature,
)
from rdiff_gui.engine.blake3_hash import hash_source
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.formats.seal import FOOTER, pack_footer
from rdiff_gui.ui import Page, Slot
from tests.conftest import MakeFile, Rdiff
from tests.ui.window.conftest import NEW, OLD, User, facts_on, type_into, unpack

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


def test_a_signatures_new_file_is_found_by_its_name(
    user: User, make_file: MakeFile, tmp_path: Path
) -> None:
    """A later version beside the signature is taken, the signed file itself is not."""
    make_signature(make_file("photos.db", OLD), tmp_path / "s")
    user.drop(tmp_path / "s")
    assert user.delta.model.missing == (Slot.NEW_FILE,)
    user.delta.clear(Slot.SIGNATURE)
    make_file("photos.db", OLD + b"more")
    user.drop(tmp_path / "s")
    assert user.delta.model.inputs == (tmp_path / "s", tmp_path / "photos.db")
    assert user.banner.sentence.startswith(f"Found “photos.db” in “{tmp_path}”.")
    user.press("Not this one")
    assert user.delta.model.missing == (Slot.NEW_FILE,)


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

    def is_told() -> bool:
        words = user.words(user.zone(Slot.OLD_TO_PATCH))
        return "“photos-1.db” has the right size. Reading its checksum…" in words and " %" in words

    user.wait(is_told, seconds=20)
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
    assert "Reading its checksum" not in user.words(page)
    assert [path.name for path in page.model.inputs] == (
        ["mine", "sent.rdelta"] if leave == "file" else ["sent.rdelta"]
    )
