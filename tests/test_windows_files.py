"""Windows: names that mean something else there, long paths, files that are open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    Recovery,
    apply_patch,
    make_delta_from_files,
    make_signature,
    recover,
)
from rdiff_gui.engine.publication import take_place
from rdiff_gui.errors import ChangeUnfinished, OutputUnwritable, SourceUnreadable

from .cli_process import one_line, run_cli
from .conftest import MakeFile, random_bytes
from .disks import patch_in_place
from .platforms import windows_only

pytestmark = windows_only

IMAGE = random_bytes(2**20, 3)
CHANGED_IMAGE = IMAGE[:5000] + b"changed" + IMAGE[5007:]

ODD_NAMES = [
    "nul",
    "CON.sig",
    "com1",
    "Lpt9.txt",
    "aux .sig",
    "sums:hidden",
    "sums.",
    "sums ",
    "z:sums",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_that_mean_something_else_are_refused(
    name: str, make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Devices, hidden streams of a file, names that lose their end, a drive's working folder."""
    monkeypatch.chdir(tmp_path)
    old = make_file("old", 5000)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OutputUnwritable, match=r"Windows|colon|drive"):
        make_signature(old, Path(name))
    with pytest.raises(SourceUnreadable, match=r"Windows|colon|drive"):
        make_signature(Path(name), tmp_path / "sig")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", ["console", "com", "nulls.bin", ".sums", "lpt", "a.nul", "..sums"])
def test_names_like_those_are_taken(name: str, make_file: MakeFile, tmp_path: Path) -> None:
    """What only looks like a device is a file."""
    make_signature(make_file("old", 5000), tmp_path / name)
    assert (tmp_path / name).is_file()


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """A folder whose path is too long for Windows' usual spelling, in the one that it takes."""
    folder = Path(f"\\\\?\\{tmp_path}") / ("d" * 100) / ("e" * 100) / ("f" * 100)
    folder.mkdir(parents=True)
    return folder


def test_paths_longer_than_260_work(pair: tuple[Path, Path], delta: Path, deep: Path) -> None:
    """A file deep down is read, written, patched in place and kept like any other."""
    old, new = pair
    folder, plain = deep, Path(str(deep).removeprefix("\\\\?\\"))
    make_signature(old, plain / "sums")
    apply_patch(old, delta, plain / "result")
    assert (folder / "result").read_bytes() == new.read_bytes()
    (folder / "old").write_bytes(old.read_bytes())
    summary = patch_in_place(plain / "old", delta)
    assert (folder / "old").read_bytes() == new.read_bytes()
    assert summary.backup == plain / "old.old"
    assert {entry.name for entry in folder.iterdir()} == {"sums", "result", "old", "old.old"}


def test_a_file_deep_down_is_changed_itself_and_put_back(deep: Path, make_file: MakeFile) -> None:
    """Its journal is found as well."""
    old, new = make_file("old", IMAGE), make_file("new", CHANGED_IMAGE)
    make_delta_from_files(old, new, deep / "delta")
    (deep / "old").write_bytes(IMAGE)
    plain = Path(str(deep / "old").removeprefix("\\\\?\\"))
    assert patch_in_place(plain, deep / "delta", changes_only=True).backup
    assert (deep / "old").read_bytes() == CHANGED_IMAGE
    (deep / "old").rename(deep / "old.rdiff-changing")
    (deep / "old.undo.rdelta").rename(deep / "old.rdiff-journal")
    with pytest.raises(ChangeUnfinished):
        make_signature(plain, deep / "sums")
    assert recover(plain).outcome is Recovery.PUT_BACK
    assert (deep / "old").read_bytes() == IMAGE


def test_a_file_that_may_not_be_renamed_is_not_changed_itself(
    make_file: MakeFile, tmp_path: Path
) -> None:
    """Most programs keep others from renaming what they have open: no insisting helps there."""
    old, new = make_file("old", IMAGE), make_file("new", CHANGED_IMAGE)
    make_delta_from_files(old, new, tmp_path / "delta")
    before = sorted(tmp_path.iterdir())
    with old.open("rb"), pytest.raises(OutputUnwritable, match="another program has it open"):
        patch_in_place(old, tmp_path / "delta", changes_only=True, allow_shared=True)
    assert old.read_bytes() == IMAGE
    assert sorted(tmp_path.iterdir()) == before


def test_what_another_program_holds_open_is_told(make_file: MakeFile, tmp_path: Path) -> None:
    """A result that cannot take its place leaves the old one, and nothing else."""
    old = make_file("old", 5000)
    target = make_file("sums", b"precious")
    with (
        target.open("rb"),
        pytest.raises(OutputUnwritable, match="another program has it open"),
    ):
        make_signature(old, target, replace=True)
    assert target.read_bytes() == b"precious"
    assert {entry.name for entry in tmp_path.iterdir()} == {"old", "sums"}


def test_a_finished_file_takes_a_place_with_its_attributes(pair: tuple[Path, Path]) -> None:
    """It is as read-only as the old one was, and nothing of that is lost."""
    old, new = pair
    wanted = new.read_bytes()
    old.chmod(0o444)
    assert take_place(new, old) == (old.with_name("old.old"), [])
    assert old.read_bytes() == wanted
    assert not os.access(old, os.W_OK)
    for path in (old, old.with_name("old.old")):
        path.chmod(0o666)


def test_a_read_only_file_stays_one(pair: tuple[Path, Path], delta: Path) -> None:
    """Patched in place, a file keeps its attributes; the old one is kept beside it."""
    old, new = pair
    old.chmod(0o444)
    patch_in_place(old, delta)
    assert old.read_bytes() == new.read_bytes()
    assert not os.access(old, os.W_OK)
    for path in (old, old.with_name("old.old")):
        path.chmod(0o666)


def test_sentences_are_utf8_in_pipes(tmp_path: Path) -> None:
    """Whatever code page the system has, who reads our words reads UTF-8."""
    result = run_cli("signature", "Grüße 你好", folder=tmp_path)
    assert result.returncode == 100
    assert "Grüße 你好" in one_line(result)
