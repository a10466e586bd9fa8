"""Which of many files belong together, without a window."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from rdiff_gui.desktop.history import History
from rdiff_gui.engine import (
    CancelToken,
    make_delta_from_files,
    make_signature,
    make_tree_signature,
)
from rdiff_gui.engine.options import Sealing
from rdiff_gui.ui import Slot
from rdiff_gui.ui.routing import look_at_all
from rdiff_gui.ui.several.collection import Collection, collect
from rdiff_gui.ui.several.model import Item, Lack, Row, SeveralModel
from rdiff_gui.ui.several.pairing import stem_of
from tests.conftest import MakeFile, edited, random_bytes
from tests.platforms import posix_only

OLD = random_bytes(9_000)
NEW = edited(OLD)

Collect = Callable[..., Collection]


@pytest.fixture
def gather(tmp_path: Path) -> Collect:
    """Look at paths, as the page has it done."""

    def run(*paths: Path, loose: Iterable[Row] = ()) -> Collection:
        items: list[Item] = [item for row in loose for item in row.items.values()]
        history = History(tmp_path / "no history")
        return collect(look_at_all(paths), items, (), history, lambda _count: None, CancelToken())

    return run


def told(found: Collection) -> list[tuple[str, ...]]:
    """Each row: the names of its files in their slots, and what it lacks."""
    return [
        (*(item.path.name for item in row.items.values()), *([row.lack.name] if row.lack else []))
        for row in found.rows
    ]


@pytest.mark.parametrize(
    ("name", "stem", "rank"),
    [
        ("photos.db", "photos.db", 0),
        ("Photos-OLD.db", "photos.db", -1),
        ("photos (new 2).db", "photos.db", 1),
        ("photos_v1.2.tar.gz", "photos.tar.gz", 0),
        ("photos-2024-05-01.db", "photos.db", 0),
        ("photos.db.old", "photos.db", -1),
        ("photos.db.bak", "photos.db", -1),
        ("golden.db", "golden.db", 0),
        ("2024.db", "2024.db", 0),
        ("new.db", "new.db", 0),
        ("-old", "-old", 0),
    ],
)
def test_versions_have_one_stem(name: str, stem: str, rank: int) -> None:
    """Words and numbers that only tell versions apart are left out, and old is told from new."""
    assert stem_of(name) == (stem, rank)


@pytest.mark.parametrize("ending", [".rdelta", ".delta", ".rsig"])
def test_a_name_that_is_an_ending_alone_names_no_file(
    ending: str, make_file: MakeFile, tmp_path: Path, gather: Collect
) -> None:
    """Nor does one with a dot before it; the others are looked at all the same."""
    old, new = make_file("old", OLD), make_file("new", NEW)
    for name in (ending, f".{ending}", f"..{ending}"):
        if ending == ".rsig":
            make_signature(old, tmp_path / name, sealing=Sealing.NONE)
        else:
            make_delta_from_files(old, new, tmp_path / name, sealing=Sealing.NONE)
    old.unlink()
    rows = told(gather(*sorted(tmp_path.iterdir())))
    lack = "NEW_FILE" if ending == ".rsig" else "OLD_FILE"
    lone = [(name, lack) for name in sorted((ending, f".{ending}", f"..{ending}"))]
    assert rows == [*lone, ("new", "PARTNER")]


def test_a_seal_says_more_than_a_name(make_file: MakeFile, tmp_path: Path, gather: Collect) -> None:
    """Among files of one size, the old file of a delta is known by its bytes, whatever its name."""
    old = make_file("basis", OLD)
    make_delta_from_files(old, make_file("result", NEW), tmp_path / "photos.db.rdelta")
    renamed = old.rename(tmp_path / "zebra")
    others = [make_file(name, 9_000, seed) for seed, name in enumerate(("photos.db", "b"), 5)]
    (tmp_path / "result").unlink()
    found = gather(*others, tmp_path / "photos.db.rdelta", renamed)
    assert told(found) == [
        ("photos.db", "PARTNER"), ("b", "PARTNER"), ("zebra", "photos.db.rdelta"),
    ]  # fmt: skip


def test_without_a_seal_names_say_it(make_file: MakeFile, tmp_path: Path, gather: Collect) -> None:
    """A delta is called after its file, a signature too, and a version of that will do."""
    old, new = make_file("photos-1.db", OLD), make_file("letter (new).odt", NEW)
    make_delta_from_files(old, new, tmp_path / "photos-1.db.delta", sealing=Sealing.NONE)
    make_signature(make_file("letter.odt", OLD), tmp_path / "letter.odt.sig", sealing=Sealing.NONE)
    (tmp_path / "letter.odt").unlink()
    found = gather(new, old, tmp_path / "photos-1.db.delta", tmp_path / "letter.odt.sig")
    assert told(found) == [
        ("letter.odt.sig", "letter (new).odt"), ("photos-1.db", "photos-1.db.delta"),
    ]  # fmt: skip


def test_of_three_versions_nobody_knows_which_two(make_file: MakeFile, gather: Collect) -> None:
    """Each is signed then, as the photos of a camera are."""
    found = gather(*(make_file(f"IMG_{number}.jpg", 500, number) for number in range(3)))
    assert [tuple(row.items) for row in found.rows] == [(Slot.OLD_TO_SIGN,)] * 3


def test_what_a_folder_has_is_not_signed(
    make_file: MakeFile, tmp_path: Path, gather: Collect
) -> None:
    """Its signature is none of a file's, nor an old file."""
    (tmp_path / "folder").mkdir()
    make_tree_signature(tmp_path / "folder", tmp_path / "folder.rsig")
    found = gather(tmp_path / "folder.rsig", make_file("a", 500), make_file("b", 700))
    assert told(found) == [("folder.rsig", "FOLDER"), ("a",), ("b",)]


def test_what_came_before_goes_with_what_comes(
    make_file: MakeFile, tmp_path: Path, gather: Collect
) -> None:
    """A delta waits in the list for its old file; the file that is there already is not doubled."""
    old, delta = make_file("old", OLD), tmp_path / "x.rdelta"
    make_delta_from_files(old, make_file("new", NEW), delta)
    hidden = old.rename(tmp_path / "elsewhere")
    (tmp_path / "far").mkdir()
    first = gather(delta.rename(tmp_path / "far" / delta.name))
    assert told(first) == [("x.rdelta", "OLD_FILE")]
    again = gather(hidden, hidden, tmp_path / "far" / delta.name, loose=first.rows)
    assert told(again) == [("elsewhere", "x.rdelta")]


def test_what_lies_beside_is_found(make_file: MakeFile, tmp_path: Path, gather: Collect) -> None:
    """The old file of a delta, and a later version of a file that was signed; not the very file."""
    old, delta = make_file("old", OLD), tmp_path / "x.rdelta"
    make_delta_from_files(old, make_file("new", NEW), delta)
    signed, signature = make_file("notes", OLD[1:]), tmp_path / "notes.rsig"
    make_signature(signed, signature)
    assert told(gather(delta, signature)) == [("old", "x.rdelta"), ("notes.rsig", "NEW_FILE")]
    signed.write_bytes(NEW)
    assert told(gather(delta, signature))[1] == ("notes.rsig", "notes")


@posix_only("root reads all, others do not")
def test_the_older_folder_is_the_old_one(tmp_path: Path, gather: Collect) -> None:
    """By most of its files, and links lead out of none; the other way round after a swap."""
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, when in ((one, 2000), (other, 1000)):
        (folder / "deep").mkdir(parents=True)
        for name in ("a", "b", "deep/c"):
            (folder / name).write_bytes(b"x")
            os.utime(folder / name, (when, when))
    os.utime(one / "a", (1, 1))
    (one / "loop").symlink_to(tmp_path)
    (other / "gone").touch()
    found = gather(one, other)
    assert found.folders == (other, one)
    assert told(found) == [("a", "a"), ("b", "b"), ("c", "c"), ("gone", "ONLY_OLD")]
    assert [row.last.path.parent for row in found.rows[:2]] == [one, one]
    model = SeveralModel()
    model.rows, model.folders = list(found.rows), found.folders
    model.swap_folders()
    assert model.folders == (one, other)
    assert [row.last.path.parent for row in model.rows[:2]] == [other, other]
    assert model.rows[3].lack is Lack.ONLY_NEW
