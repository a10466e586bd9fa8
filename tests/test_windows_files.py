"""Windows: names that mean something else there, long paths, files that are open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rdiff_gui.engine import apply_patch, make_signature
from rdiff_gui.errors import OutputUnwritable, SourceUnreadable

from .cli_process import one_line, run_cli
from .conftest import MakeFile
from .disks import patch_in_place
from .platforms import windows_only

pytestmark = windows_only

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


def test_paths_longer_than_260_work(pair: tuple[Path, Path], delta: Path, tmp_path: Path) -> None:
    """A file deep down is read, written, patched in place and kept like any other."""
    old, new = pair
    folder = Path(f"\\\\?\\{tmp_path}") / ("d" * 100) / ("e" * 100) / ("f" * 100)
    folder.mkdir(parents=True)
    plain = Path(str(folder).removeprefix("\\\\?\\"))
    make_signature(old, plain / "sums")
    apply_patch(old, delta, plain / "result")
    assert (folder / "result").read_bytes() == new.read_bytes()
    (folder / "old").write_bytes(old.read_bytes())
    summary = patch_in_place(plain / "old", delta)
    assert (folder / "old").read_bytes() == new.read_bytes()
    assert summary.backup == plain / "old.old"
    assert {entry.name for entry in folder.iterdir()} == {"sums", "result", "old", "old.old"}


def test_what_another_program_holds_open_is_told(make_file: MakeFile, tmp_path: Path) -> None:
    """A result that cannot take its place leaves the old one, and nothing else."""
    old = make_file("old", 5000)
    target = make_file("sums", b"precious")
    with target.open("rb"), pytest.raises(OutputUnwritable):
        make_signature(old, target, replace=True)
    assert target.read_bytes() == b"precious"
    assert {entry.name for entry in tmp_path.iterdir()} == {"old", "sums"}


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
