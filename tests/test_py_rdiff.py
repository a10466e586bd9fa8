"""py_rdiff 0.1's contract: the README's session, and failures that only print."""

from __future__ import annotations

import ctypes
import doctest
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import py_rdiff
import pytest

from .conftest import MakeFile, Rdiff, edited
from .platforms import posix_only

Listing = Callable[[], set[str]]


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_readme_session_works_word_for_word() -> None:
    """Whoever types the ancestor's example gets the ancestor's answers."""
    results = doctest.testmod(py_rdiff)
    assert results.attempted >= 9
    assert results.failed == 0


def test_real_files_go_round_and_cross_with_rdiff(
    make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Its signatures and deltas are rdiff's, with blocks of 2048 and strong sums of 8 bytes."""
    old = make_file("old.bin", 1_000_000)
    new = make_file("new.bin", edited(old.read_bytes(), 8))
    completed, signature = py_rdiff.rsync_sig("old.bin")
    assert completed is True
    assert signature == hashlib.md5(b"old.bin").hexdigest() + ".sig"  # noqa: S324  # the contract
    rdiff("-b", "2048", "-S", "8", "signature", old, tmp_path / "theirs")
    assert (tmp_path / str(signature)).read_bytes() == (tmp_path / "theirs").read_bytes()
    completed, delta = py_rdiff.rsync_delta(str(signature), "new.bin")
    assert (completed, delta) == (True, str(signature).replace(".sig", ".delta"))
    assert py_rdiff.rsync_patch(str(delta), "old.bin", "patched.bin") == (True, None)
    assert Path("patched.bin").read_bytes() == new.read_bytes()
    rdiff("patch", old, tmp_path / str(delta), tmp_path / "theirs too")
    assert Path("theirs too").read_bytes() == new.read_bytes()


def test_names_in_other_folders_give_files_here(make_file: MakeFile, tmp_path: Path) -> None:
    """The signature lands in the working folder; its delta is named up to the first dot."""
    (tmp_path / "sub").mkdir()
    make_file("sub/old", 5000)
    make_file("new", 5000, 1)
    _, signature = py_rdiff.rsync_sig("sub/old")
    assert Path(str(signature)).is_file()
    Path(str(signature)).rename("sub/my.first.sig")
    assert py_rdiff.rsync_delta("sub/my.first.sig", "new") == (True, "my.delta")


@posix_only("names are UTF-16 there")
def test_names_of_bytes_and_paths_work(make_file: MakeFile) -> None:
    """The name may be whatever open() takes, also when it is no UTF-8."""
    old = make_file(b"\xff odd", 5000)
    for name in (b"\xff odd", os.fsdecode(b"\xff odd"), Path(os.fsdecode(b"\xff odd"))):
        completed, signature = py_rdiff.rsync_sig(name)
        assert (completed, signature) == (True, hashlib.md5(b"\xff odd").hexdigest() + ".sig")  # noqa: S324  # the contract
    assert old.stat().st_size == 5000


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: py_rdiff.rsync_sig("missing"), "was not found"),
        (lambda: py_rdiff.rsync_sig("."), "is a folder"),
        (lambda: py_rdiff.rsync_delta("plain", "plain"), "not a signature"),
        (lambda: py_rdiff.rsync_delta("empty", "plain"), "is empty"),
        (lambda: py_rdiff.rsync_delta("cut.sig", "plain"), "cut off"),
        (lambda: py_rdiff.rsync_patch("plain", "plain", "out"), "not a delta"),
        (lambda: py_rdiff.rsync_patch("delta", "empty", "out"), "not the old file"),
        (lambda: py_rdiff.rsync_patch("delta", "plain", "plain"), "destroyed"),
        (lambda: py_rdiff.rsync_patch("delta", "plain", "nowhere/out"), "does not exist"),
        pytest.param(
            lambda: py_rdiff.rsync_patch("delta", "plain", "/dev/full"),
            "cannot be written",
            marks=posix_only("devices are no files there"),
        ),
    ],
)
def test_failures_print_a_line_and_leave_nothing(
    call: Callable[[], tuple[bool, None]],
    words: str,
    make_file: MakeFile,
    listing: Listing,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """No exception, no crash, no half-made file: `(False, None)` and a readable line."""
    make_file("plain", b"x" * 5000)
    make_file("empty")
    make_file("cut.sig", bytes.fromhex("727301470000080000000020") + b"cut")
    make_file("delta", bytes.fromhex("72730236" + "46000010" + "00"))
    before = listing()
    assert call() == (False, None)
    printed = capfd.readouterr()
    assert words in printed.out
    assert len(printed.out.splitlines()) == 1
    assert printed.err == ""
    assert listing() == before
    assert Path("plain").read_bytes() == b"x" * 5000


class Odd:
    """A path whose own method fails."""

    def __fspath__(self) -> str:
        raise RuntimeError("odd")


NO_NAMES = [None, 3, 1.5, True, [], object(), bytearray(b"plain"), "a\0b", b"a\0b", "\ud800", Odd()]


@pytest.mark.parametrize("no_name", NO_NAMES, ids=lambda no_name: type(no_name).__name__)
def test_what_is_no_name_is_told_like_any_failure(
    no_name: object, make_file: MakeFile, listing: Listing, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever calls looks at the pair, as 0.1 taught, and meets no exception in any place."""
    make_file("plain", b"x" * 5000)
    make_file("delta", bytes.fromhex("72730236" + "46000010" + "00"))
    _, signature = py_rdiff.rsync_sig("plain")
    before = listing()
    calls: list[Callable[[Any], object]] = [
        py_rdiff.rsync_sig,
        lambda name: py_rdiff.rsync_delta(name, "plain"),
        lambda name: py_rdiff.rsync_delta(str(signature), name),
        lambda name: py_rdiff.rsync_patch(name, "plain", "out"),
        lambda name: py_rdiff.rsync_patch("delta", name, "out"),
        lambda name: py_rdiff.rsync_patch("delta", "plain", name),
    ]
    for call in calls:
        assert call(no_name) == (False, None)
        assert len(capsys.readouterr().out.splitlines()) == 1
    assert listing() == before


@pytest.mark.parametrize("problem", [OSError(5, "odd"), MemoryError(), ctypes.ArgumentError("odd")])
def test_no_failure_of_a_call_into_c_escapes(
    problem: Exception,
    make_file: MakeFile,
    listing: Listing,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A disk error, too little memory, a value that ctypes refuses: a line and the pair."""

    def fail(*_values: object) -> None:
        raise problem

    make_file("plain", b"x" * 5000)
    make_file("delta", bytes.fromhex("72730236" + "46000010" + "00"))
    _, signature = py_rdiff.rsync_sig("plain")
    before = listing()
    for name in ("sign_whole_file", "compare_whole_file", "patch_whole_file"):
        monkeypatch.setattr(f"rdiff_gui.librsync.whole_files.{name}", fail)
    assert py_rdiff.rsync_sig("delta") == (False, None)
    assert py_rdiff.rsync_delta(str(signature), "plain") == (False, None)
    assert py_rdiff.rsync_patch("delta", "plain", "out") == (False, None)
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert listing() == before


def test_a_standard_output_that_takes_nothing_is_no_failure_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The line may be lost, as under pythonw or in a closed pipe; the pair is not."""
    closed = (tmp_path / "told").open("w", encoding="ascii")
    monkeypatch.setattr("sys.stdout", closed)
    assert py_rdiff.rsync_sig("missing") == (False, None)
    closed.close()
    assert "was not found" in (tmp_path / "told").read_text()
    for stream in (closed, None):
        monkeypatch.setattr("sys.stdout", stream)
        assert py_rdiff.rsync_sig("missing") == (False, None)


def test_a_delta_never_replaces_the_signature_it_came_from(
    make_file: MakeFile, capsys: pytest.CaptureFixture[str]
) -> None:
    """A signature that is itself named x.delta is not written over by its delta."""
    make_file("new", 5000)
    _, signature = py_rdiff.rsync_sig("new")
    Path(str(signature)).rename("x.delta")
    before = Path("x.delta").read_bytes()
    assert py_rdiff.rsync_delta("x.delta", "new") == (False, None)
    assert Path("x.delta").read_bytes() == before
    assert "destroyed" in capsys.readouterr().out
