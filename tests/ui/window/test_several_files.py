"""Many files and whole folders at once, from the drop to the last row."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from rdiff_gui.desktop.history import Operation
from rdiff_gui.engine import apply_patch, make_delta_from_files, make_signature
from rdiff_gui.ui import Page
from rdiff_gui.ui.several.model import Row, State
from rdiff_gui.ui.several.page import SeveralPage
from tests.conftest import MakeFile, edited
from tests.ui.window.conftest import NEW, OLD, User


@pytest.fixture
def several(user: User) -> SeveralPage:
    """Their page, which is not in front yet."""
    page = user.app.page_of(Page.SEVERAL)
    assert isinstance(page, SeveralPage)
    return page


def row_of(page: SeveralPage, name: str) -> Row:
    """The row that is called after this file."""
    (row,) = [row for row in page.model.rows if row.last.path.name == name]
    return row


def states(page: SeveralPage) -> dict[str, State]:
    """Where each row stands."""
    return {row.last.path.name: row.state for row in page.model.rows}


def test_what_belongs_together_is_found_and_made(
    user: User, several: SeveralPage, make_file: MakeFile, tmp_path: Path
) -> None:
    """Versions of a file, a delta with its old file, a signature with its new one: one Start."""
    old, new = make_file("photos-old.db", OLD), make_file("photos.db", NEW)
    os.utime(new, (1000, 1000))
    base, update = make_file("base.img", OLD[:-7]), tmp_path / "sent.rdelta"
    make_delta_from_files(base, make_file("gone", NEW), update)
    (tmp_path / "gone").unlink()
    signed, signature = make_file("notes.txt", OLD[1:]), tmp_path / "theirs"
    make_signature(signed, signature)
    signed.write_bytes(edited(OLD[1:]))
    user.drop(new, update, signature, make_file("more", b"m"), base, signed, old)
    assert user.app.page is several
    assert states(several) == {
        "photos.db": State.WAITING,
        "base.img": State.WAITING,
        "notes.txt": State.WAITING,
        "more": State.NOTHING,
    }
    several.primary.invoke()
    user.settle()
    assert states(several) == {
        "photos.db": State.DONE,
        "base.img": State.DONE,
        "notes.txt": State.DONE,
        "more": State.NOTHING,
    }
    apply_patch(old, tmp_path / "photos.db.rdelta", tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == NEW
    made = row_of(several, "base.img").made
    assert made
    assert made.output.read_bytes() == NEW
    assert made.output.name == "gone"
    entries = user.app.history.entries()
    assert sorted(entry.operation for entry in entries) == [
        Operation.DELTA, Operation.DELTA, Operation.PATCH,
    ]  # fmt: skip
    assert user.app.history.signatures.latest(signed) is None
    os.utime(signed, (time.time() + 60,) * 2)
    assert user.app.history.signatures.latest(signed)
