"""What a crash left behind goes; what is somebody's stays, whatever it is called."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.engine import make_delta_from_files, make_signature, temporary_file
from rdiff_gui.engine.system import Folder, lock
from rdiff_gui.engine.temporary_file import fitting_name, newborn_name, part_name

from .conftest import MakeFile
from .platforms import not_on_windows, posix_only

Listing = Callable[[], set[str]]

LINES = pytest.param("new\nline", marks=not_on_windows)


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look through each folder anew."""
    monkeypatch.setattr(temporary_file, "_SWEEP_AGAIN_SECONDS", 0)


def dead_part(folder: Path, name: str, content: bytes = b"left by a crash") -> Path:
    """A part as a killed run leaves it: with its own inode in its name."""
    part = folder / "part"
    part.write_bytes(content)
    return part.rename(folder / part_name(name, part.stat().st_ino))


@pytest.mark.parametrize("name", ["sig", "another", "n" * 300, "é" * 120, LINES, "a.7-8"])
def test_what_a_crash_left_is_swept(
    name: str, make_file: MakeFile, tmp_path: Path, listing: Listing
) -> None:
    """The next run in the same folder removes what a killed one could not, whatever it was for."""
    dead_part(tmp_path, name)
    make_signature(make_file("old", 5000), tmp_path / "sig")
    assert listing() == {"old", "sig"}


def test_an_old_version_that_was_swapped_out_is_swept(
    make_file: MakeFile, tmp_path: Path, listing: Listing
) -> None:
    """Killed between the swap and the end, a run without backup leaves the version it replaced."""
    part = tmp_path / "part"
    part.write_bytes(b"the version before")
    part.rename(tmp_path / part_name("new", 1, part.stat().st_ino))
    make_signature(make_file("old", 5000), tmp_path / "sig")
    assert listing() == {"old", "sig"}


def test_a_part_in_use_is_left_alone(make_file: MakeFile, tmp_path: Path, listing: Listing) -> None:
    """A run that is alive holds the lock of its part."""
    part = dead_part(tmp_path, "sig")
    with part.open("r+b") as file:
        assert lock(file.fileno())
        make_signature(make_file("old", 5000), tmp_path / "sig")
        assert listing() == {"old", "sig", part.name}


@pytest.mark.parametrize(
    "name", [".sig.rdiff-part", ".sig.1.rdiff-part", ".sig.new-1.rdiff-part", "sig.7.rdiff-part"]
)
def test_what_is_not_provably_ours_stays(
    name: str, make_file: MakeFile, tmp_path: Path, listing: Listing
) -> None:
    """A user's own file may be called anything."""
    make_file(name, b"precious")
    make_signature(make_file("old", 5000), tmp_path / "sig")
    assert (tmp_path / name).read_bytes() == b"precious"
    assert listing() == {"old", "sig", name}


def test_a_copy_stays(make_file: MakeFile, tmp_path: Path) -> None:
    """A part that was copied, or came back from a backup, is the copier's."""
    part = dead_part(tmp_path, "sig")
    kept = part.with_name("kept")
    kept.hardlink_to(part)
    part.unlink()
    part.write_bytes(kept.read_bytes())
    make_signature(make_file("old", 5000), tmp_path / "sig")
    assert part.exists()


@posix_only("owners are POSIX's")
def test_what_was_made_for_another_user_is_swept_too(
    make_file: MakeFile, tmp_path: Path, listing: Listing
) -> None:
    """In place, a part already has the owner and the permissions of the old file."""
    part = dead_part(tmp_path, "sig")
    os.chown(part, 12345, 12345)
    part.chmod(0o400)
    make_signature(make_file("old", 5000), tmp_path / "sig")
    assert listing() == {"old", "sig"}


@posix_only("named pipes are POSIX's")
def test_links_pipes_and_folders_of_that_name_stay(make_file: MakeFile, tmp_path: Path) -> None:
    """Nothing is followed, waited for, or removed that is no regular file."""
    for number, make in enumerate((os.mkfifo, os.mkdir)):
        make(tmp_path / "odd")
        odd = tmp_path / "odd"
        odd.rename(tmp_path / part_name(f"odd{number}", odd.stat().st_ino))
    link = tmp_path / "odd"
    link.symlink_to("old")
    link.rename(tmp_path / part_name("link", link.lstat().st_ino))
    make_signature(make_file("old", 5000), tmp_path / "sig")
    assert len(list(tmp_path.iterdir())) == 5


def test_newborn_parts_go_when_they_are_empty(make_file: MakeFile, tmp_path: Path) -> None:
    """A run that was killed before it knew its inode has written nothing that could be lost."""
    old = make_file("old", 5000)
    empty, full = (make_file(newborn_name("sig")) for _ in range(2))
    full.write_bytes(b"precious")
    make_signature(old, tmp_path / "sig")
    assert [part.exists() for part in (empty, full)] == [False, True]


def test_a_newborn_that_another_run_swept_is_born_again(
    make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listing: Listing
) -> None:
    """Between its first name and its lock, a part looks like a dead one."""
    monkeypatch.setattr(Folder, "open_nameless", lambda *_arguments: None)
    old = make_file("old", 5000)
    really_lock = lock
    seen: list[str] = []

    def lock_late(descriptor: int) -> bool | None:
        if not seen:
            seen.extend(path.name for path in tmp_path.glob(".sig.new-*"))
            temporary_file.sweep(Folder(tmp_path))
        return really_lock(descriptor)

    monkeypatch.setattr("rdiff_gui.engine.atomic_file.lock", lock_late)
    make_signature(old, tmp_path / "sig")
    assert len(seen) == 1
    assert listing() == {"old", "sig"}


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127, "\udcff" * 255])
def test_made_up_names_fit_on_the_disk(name: str, tmp_path: Path) -> None:
    """A name that is as long as can be still leaves room for an ending."""
    fitting = fitting_name(name, ".old-1000")
    assert len(os.fsencode(fitting)) <= 255
    (tmp_path / fitting).touch()


def test_temporary_data_leave_nothing_where_all_files_have_names(
    make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listing: Listing
) -> None:
    """What is read twice has a name for a moment only; killed in it, the next run removes it."""
    monkeypatch.setattr(Folder, "open_nameless", lambda *_arguments: None)
    old, new = make_file("old", 5000), make_file("new", 6000)
    make_file(newborn_name("scratch"))
    make_delta_from_files(old, new, tmp_path / "delta")
    assert listing() == {"old", "new", "delta"}
