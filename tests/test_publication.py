"""All results of one run appear together, or nothing has happened: every step, every disk."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    DeltaSummary,
    PatchSummary,
    SignatureSummary,
    apply_patch,
    make_delta_from_files,
    make_signature,
    output,
)
from rdiff_gui.engine.publication import take_place
from rdiff_gui.engine.system import Folder, lock
from rdiff_gui.errors import (
    FolderMoved,
    FolderNotSynced,
    OutputNamedTwice,
    SourceBusy,
    SourceChanged,
)

from .conftest import MakeFile
from .disks import contents, patch_in_place, refuse, without_parts
from .platforms import posix_only

Listing = Callable[[], set[str]]
Disk = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("replace", [False, True])
def test_every_disk_takes_a_result(
    replace: bool, make_file: MakeFile, tmp_path: Path, listing: Listing
) -> None:
    """Whatever the disk knows of links and names, the result gets there, and nothing else."""
    old = make_file("old", 5000)
    if replace:
        make_file("sig", b"earlier")
    make_signature(old, tmp_path / "sig", replace=replace)
    assert (tmp_path / "sig").read_bytes().startswith(b"rs\x01G")
    assert listing() == {"old", "sig"}


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("left", [False, True], ids=["at first", "after a kill"])
def test_every_disk_lets_a_finished_file_take_the_old_ones_place(
    left: bool, make_file: MakeFile, listing: Listing
) -> None:
    """The old file is kept once, also where a run before was killed when it had been."""
    old, new = make_file("old", b"old"), make_file("new", b"new")
    if left:
        os.link(old, old.with_name("old.old"))
    backup, remarks = take_place(new, old)
    assert (old.read_bytes(), backup.read_bytes(), remarks) == (b"new", b"old", [])
    assert listing() == {"old", "old.old", backup.name}
    assert backup.name == "old.old" or Folder.link is refuse


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("keep_backup", [True, False])
@pytest.mark.parametrize("earlier_undo", [True, False])
def test_every_disk_takes_results_in_place(
    keep_backup: bool, earlier_undo: bool, pair: tuple[Path, Path], delta: Path, listing: Listing
) -> None:
    """The new version in the old one's place, its backup, and an undo that replaces another."""
    old, new = pair
    before, after, undo = old.read_bytes(), new.read_bytes(), old.with_name("undo")
    if earlier_undo:
        undo.write_bytes(b"an earlier undo")
    summary = patch_in_place(old, delta, keep_backup=keep_backup, undo=undo, replace=earlier_undo)
    assert old.read_bytes() == after
    assert listing() == {"old", "new", "delta", "undo"} | ({"old.old"} if keep_backup else set())
    assert summary.backup == (old.with_name("old.old") if keep_backup else None)
    if summary.backup:
        assert summary.backup.read_bytes() == before
    patch_in_place(old, undo, keep_backup=False)
    assert old.read_bytes() == before
    assert not summary.remarks


@posix_only("Wine has no symbolic links")
def test_an_undo_that_takes_the_results_name_is_refused(
    pair: tuple[Path, Path], delta: Path, tmp_path: Path, listing: Listing
) -> None:
    """By whatever path: the result must not push the way back out."""
    old, _ = pair
    (tmp_path / "result").write_bytes(b"earlier")
    (tmp_path / "link").symlink_to(tmp_path)
    before = listing()
    for undo in (tmp_path / "result", tmp_path / "link" / "result"):
        with pytest.raises(OutputNamedTwice):
            apply_patch(old, delta, tmp_path / "result", undo=undo, replace=True)
    assert (tmp_path / "result").read_bytes() == b"earlier"
    with pytest.raises(OutputNamedTwice):
        apply_patch(old, delta, tmp_path / "fresh", undo=tmp_path / "fresh")
    assert listing() == before


def test_names_that_only_the_disk_takes_for_one_are_found_out(
    pair: tuple[Path, Path], delta: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """RESULT and result on a disk without case: the undo goes again, the result does not come."""
    old, _ = pair
    really_look = Folder.status
    monkeypatch.setattr(Folder, "status", lambda folder, name: really_look(folder, name.lower()))
    with pytest.raises(OutputNamedTwice):
        apply_patch(old, delta, tmp_path / "RESULT", undo=tmp_path / "result", replace=True)
    assert not (tmp_path / "result").exists()


def change_before_publication(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]
) -> None:
    """Have somebody do something after the last check and before the first name is given."""
    really_look = Folder.is_at_its_path

    def look(folder: Folder) -> bool:
        change()
        return really_look(folder)

    monkeypatch.setattr(Folder, "is_at_its_path", look)


def _save_by_rename(old: Path) -> None:
    old.with_name("saved").write_bytes(b"somebody's newer version")
    old.with_name("saved").replace(old)


def _save_in_place(old: Path) -> None:
    with old.open("r+b") as file:
        file.write(b"newer")


def _save_with_its_time_put_back(old: Path) -> None:
    before = old.stat()
    _save_in_place(old)
    os.utime(old, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("keep_backup", [True, False])
@pytest.mark.parametrize(
    "save",
    [
        pytest.param(_save_by_rename, marks=posix_only("what is open keeps its name")),
        _save_in_place,
        _save_with_its_time_put_back,
        pytest.param(Path.unlink, marks=posix_only("what is open keeps its name")),
    ],
)
def test_a_version_saved_meanwhile_is_not_pushed_out(
    save: Callable[[Path], None],
    keep_backup: bool,
    pair: tuple[Path, Path],
    delta: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """What stands at the place must still be what was read."""
    old, _ = pair
    found: list[dict[str, bytes]] = []

    def change() -> None:
        save(old)
        found.append(contents(tmp_path))

    change_before_publication(monkeypatch, change)
    with pytest.raises(SourceChanged):
        patch_in_place(old, delta, keep_backup=keep_backup)
    assert without_parts(found[0]) == contents(tmp_path)


@posix_only("there is no swap to look behind")
@pytest.mark.parametrize("keep_backup", [True, False])
def test_a_version_saved_in_the_last_moment_comes_back(
    keep_backup: bool,
    pair: tuple[Path, Path],
    delta: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Even between the look and the swap: the swap is looked at, and swapped back."""
    old, _ = pair
    really_swap = Folder.exchange
    swaps: list[str] = []

    def swap(folder: Folder, name: str, other: str) -> bool:
        if not swaps:
            _save_by_rename(old)
        swaps.append(name)
        return really_swap(folder, name, other)

    monkeypatch.setattr(Folder, "exchange", swap)
    before = contents(tmp_path)
    with pytest.raises(SourceChanged):
        patch_in_place(old, delta, keep_backup=keep_backup)
    assert len(swaps) == 2
    assert contents(tmp_path) == before | {"old": b"somebody's newer version"}


def test_a_folder_swapped_before_the_start_is_noticed(
    pair: tuple[Path, Path], delta: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place means the file that was opened, not what its path leads to by now."""
    old, _ = pair
    really_look = output._status_at

    def look(target: Path) -> os.stat_result | None:
        old.rename(tmp_path / "moved")
        return really_look(target)

    monkeypatch.setattr(output, "_status_at", look)
    with pytest.raises(SourceChanged):
        patch_in_place(old, delta)
    assert not old.exists()


def test_two_runs_in_one_place_do_not_both_win(
    pair: tuple[Path, Path], delta: Path, tmp_path: Path
) -> None:
    """While one run is at it, another is told so before it begins."""
    old, _ = pair
    with old.open("rb") as first:
        assert lock(first.fileno())
        with pytest.raises(SourceBusy):
            patch_in_place(old, delta)
        # Whoever only reads it is not in the way.
        apply_patch(old, delta, tmp_path / "result")
    patch_in_place(old, delta)


def test_a_backup_that_a_killed_run_made_is_used_again(
    pair: tuple[Path, Path], delta: Path, listing: Listing
) -> None:
    """A second name of the same file is a backup of it already."""
    old, new = pair
    before, after = old.read_bytes(), new.read_bytes()
    old.with_name("old.old").hardlink_to(old)
    summary = patch_in_place(old, delta)
    assert summary.backup == old.with_name("old.old")
    assert (old.read_bytes(), summary.backup.read_bytes()) == (after, before)
    assert listing() == {"old", "new", "delta", "old.old"}


def _move(folder: Path) -> None:
    folder.rename(folder.with_name("moved"))


def _swap_for_a_link(folder: Path) -> None:
    _move(folder)
    (folder.with_name("other")).mkdir()
    folder.symlink_to("other")


@posix_only("a folder stays while a file in it is open")
@pytest.mark.parametrize("change", [_move, _swap_for_a_link, Path.rmdir])
def test_a_folder_that_went_elsewhere_gets_nothing(
    change: Callable[[Path], None],
    make_file: MakeFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A result is never put where nobody looks for it, nor is anything left there."""
    old, folder = make_file("old", 5000), tmp_path / "out"
    folder.mkdir()
    change_before_publication(monkeypatch, lambda: change(folder))
    with pytest.raises(FolderMoved):
        make_signature(old, folder / "sig")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [old]


@posix_only("names are synced with their file")
@pytest.mark.parametrize("kind", ["signature", "delta", "patch"])
def test_a_folder_that_cannot_be_synced_is_told(
    kind: str,
    pair: tuple[Path, Path],
    delta: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The result is there and right, and the user knows that a power cut might take its name."""
    really_sync = os.fsync

    def sync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        really_sync(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    old, new = pair
    made = tmp_path / "made"
    operations: dict[str, Callable[[], SignatureSummary | DeltaSummary | PatchSummary]] = {
        "signature": lambda: make_signature(old, made),
        "delta": lambda: make_delta_from_files(old, new, made),
        "patch": lambda: apply_patch(old, delta, made),
    }
    (remark,) = operations[kind]().remarks
    assert isinstance(remark, FolderNotSynced)
    assert remark.path == made
    assert made.is_file()


@posix_only("names are synced with their file")
@pytest.mark.parametrize("name", ["old", "link"])
def test_the_result_is_synced_before_it_is_seen(
    name: str, pair: tuple[Path, Path], delta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut cannot leave an empty file under a name: sync, name, sync the folder."""
    old, _ = pair
    steps: list[str] = []
    really_sync, really_swap = os.fsync, Folder.exchange
    old.with_name("link").symlink_to("old")

    def sync(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        steps.append(f"sync {kind}")
        really_sync(descriptor)

    def swap(folder: Folder, name: str, other: str) -> bool:
        steps.append("swap")
        return really_swap(folder, name, other)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Folder, "exchange", swap)
    patch_in_place(old.with_name(name), delta)
    assert steps == ["sync file", "swap", "sync folder"]
    assert old.with_name("link").is_symlink()
