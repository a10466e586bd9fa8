"""What goes wrong is said in a sentence that helps, and nothing is left half done."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.engine import make_delta_from_files
from rdiff_gui.ui import Page, Slot
from tests.conftest import MakeFile, Rdiff, edited
from tests.platforms import posix_only
from tests.ui.window.conftest import OLD, User


def save_as(user: User, output: str) -> None:
    """Type where the signature goes."""
    entry = user.signature.output.entry
    entry.delete(0, "end")
    entry.insert(0, output)
    user.settle()


def test_an_output_that_exists_is_asked_about(signer: User, make_file: MakeFile) -> None:
    """Nothing is replaced before the user says so; the harmless answer has the focus."""
    there = make_file("old.rsig", b"precious")
    signer.run()
    assert signer.banner.sentence == "“old.rsig” exists already. Replace it?"
    assert there.read_bytes() == b"precious"
    focused = signer.root.nametowidget(str(signer.root.tk.call("focus")))
    assert focused.cget("text") == "Choose another name"
    signer.press("Replace")
    assert signer.signature.finished
    assert there.read_bytes() != b"precious"


def test_escape_puts_the_question_away(signer: User, make_file: MakeFile) -> None:
    """Not answering is an answer: all stays as it was."""
    there = make_file("old.rsig", b"precious")
    signer.run()
    signer.key("<Escape>")
    assert signer.banner.sentence == ""
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
    link: Callable[[Path, Path], None] | None, signer: User, tmp_path: Path
) -> None:
    """The old file's own name, or a link to it, is refused at the field."""
    old = output = tmp_path / "old"
    if link:
        output = tmp_path / "link"
        link(output, old)
    entry = signer.signature.output.entry
    save_as(signer, output.name)
    signer.signature.primary.focus_force()
    signer.run()
    assert "would be destroyed" in signer.words(signer.signature.output)
    assert signer.root.focus_get() == entry
    assert old.read_bytes() == OLD


def test_a_folder_that_is_not_there_is_named(signer: User, tmp_path: Path) -> None:
    """A typing mistake in the folder is said at the field, and can be corrected there."""
    entry = signer.signature.output.entry
    save_as(signer, str(tmp_path / "no such" / "x.rsig"))
    signer.run()
    assert "does not exist. Choose another folder." in signer.words(signer.signature.output)
    assert entry.instate(["invalid"])
    assert signer.root.focus_get() == entry
    save_as(signer, str(tmp_path / "x.rsig"))
    assert "does not exist" not in signer.words(signer.signature.output)
    signer.run()
    assert signer.signature.finished


def test_another_folder_is_a_button_away(
    signer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the folder that will not do; the name stays, and the work goes on there."""
    asked: list[Path] = []

    def choose(_title: str, start: Path, on_chosen: Callable[[Path], None]) -> None:
        asked.append(start)
        on_chosen(tmp_path / "good")

    (tmp_path / "good").mkdir()
    monkeypatch.setattr(signer.app, "browse_folder", choose)
    save_as(signer, str(tmp_path / "no such" / "x.rsig"))
    signer.run()
    signer.press("Choose another folder")
    assert asked == [tmp_path / "no such"]
    assert signer.signature.output.entry.get() == "x.rsig"
    assert signer.button("good", signer.signature.output)
    assert "does not exist" not in signer.words(signer.signature.output)
    signer.run()
    assert (tmp_path / "good" / "x.rsig").is_file()


def test_a_whole_path_is_a_name_and_a_folder(
    signer: User, tmp_path: Path, make_file: MakeFile
) -> None:
    """Pasted, or typed and left; its folder is kept for the next name, and for the next file."""
    (tmp_path / "sub").mkdir()
    output = signer.signature.output
    output.entry.focus_force()
    output.entry.delete(0, "end")
    signer.root.clipboard_clear()
    signer.root.clipboard_append(str(tmp_path / "sub" / "mine.rsig"))
    signer.key("<<Paste>>")
    assert output.entry.get() == "mine.rsig"
    assert signer.button("sub", output)
    save_as(signer, "other.rsig")
    assert output.path == str(tmp_path / "sub" / "other.rsig")
    signer.run()
    assert (tmp_path / "sub" / "other.rsig").is_file()
    signer.drop(make_file("next", OLD))
    assert output.path == str(tmp_path / "next.rsig")


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
    assert buttons(user)[-1] == "Choose another file"
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


def buttons(user: User) -> list[str]:
    """What the banner offers."""
    return [str(button.cget("text")) for button in user.banner.buttons]


def copied_details(user: User) -> str:
    """What somebody gets who is asked for the details."""
    user.press("Details", user.banner)
    user.press("Copy details", user.banner)
    return user.root.clipboard_get()


def test_a_delta_damaged_in_transit_is_told(user: User, delta: Path) -> None:
    """A cut-off delta is recognized when it arrives; another can be chosen."""
    delta.write_bytes(delta.read_bytes()[:-20])
    user.drop(delta)
    assert "is cut off" in user.banner.sentence
    assert buttons(user) == ["Choose another file"]
    details = copied_details(user)
    assert re.search(r"^librsync 2\..*DeltaTruncated: The delta “…/d” is", details, re.M | re.S)
    assert str(delta.parent) not in details
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
def test_a_tilde_that_leads_nowhere_is_part_of_a_name(signer: User, tmp_path: Path) -> None:
    """`~somebody` is their home where there is such a user, and a name like others where not."""
    save_as(signer, "~no such user")
    signer.run()
    assert (tmp_path / "~no such user").is_file()


def test_a_file_that_vanished_is_told(signer: User, tmp_path: Path) -> None:
    """Deleted between choosing and pressing the button; both ways on are offered."""
    (tmp_path / "old").unlink()
    signer.run()
    assert "was not found" in signer.banner.sentence
    assert buttons(signer) == ["Try again", "Choose another file"]
    assert "SourceMissing" in copied_details(signer)
    assert not (tmp_path / "old.rsig").exists()
    (tmp_path / "old").write_bytes(OLD)
    signer.press("Try again")
    assert signer.signature.finished


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


def test_what_is_said_ends_with_its_cause(user: User, make_file: MakeFile, tmp_path: Path) -> None:
    """A refusal, or a file that has gone, is not told any more on other pages nor later."""
    user.drop(tmp_path / "nowhere")
    assert "was not found" in user.banner.sentence
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
    user.drop(tmp_path / "nowhere")
    user.drop(tmp_path / "old")
    assert "was not found" not in user.banner.sentence
    user.go(Page.PATCH)
    user.drop(tmp_path / "nowhere")
    user.drop(tmp_path / "old")
    assert user.banner.sentence == ""


def test_a_folder_that_was_made_meanwhile_is_no_problem_any_more(
    signer: User, tmp_path: Path
) -> None:
    """Trying again is enough; the field does not go on complaining."""
    entry = signer.signature.output.entry
    save_as(signer, str(tmp_path / "sums" / "x.rsig"))
    signer.run()
    assert "does not exist" in signer.words(signer.signature.output)
    (tmp_path / "sums").mkdir()
    signer.run()
    assert signer.signature.finished
    assert "does not exist" not in signer.words(signer.signature.output)
    assert not entry.instate(["invalid"])
