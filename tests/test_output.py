"""The user's files are sacred: whole results or none, never over an input, no debris."""

from __future__ import annotations

import errno
import io
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from rdiff_gui.engine import (
    CancelToken,
    Progress,
    apply_patch,
    make_delta,
    make_signature,
)
from rdiff_gui.engine.input import descriptor_status
from rdiff_gui.errors import (
    Cancelled,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
    SourceUnreadable,
)

from .conftest import MakeFile, random_bytes, refused
from .platforms import not_on_windows, posix_only

Listing = Callable[[], set[str]]


def test_an_existing_output_stays_unless_told(make_file: MakeFile, listing: Listing) -> None:
    """Nothing is overwritten by mistake."""
    old, signature = make_file("old", 5000), make_file("old.sig", b"precious")
    with pytest.raises(OutputExists):
        make_signature(old, signature)
    assert signature.read_bytes() == b"precious"
    make_signature(old, signature, replace=True)
    assert signature.read_bytes() != b"precious"
    assert listing() == {"old", "old.sig"}


def _same_path(source: Path) -> Path:
    return source


def _dotted_path(source: Path) -> Path:
    return source.parent / "." / source.parent.name / ".." / source.name


def _symbolic_link(source: Path) -> Path:
    link = source.with_name("link")
    link.symlink_to(source.name)
    return link


def _hard_link(source: Path) -> Path:
    link = source.with_name("hard link")
    link.hardlink_to(source)
    return link


@pytest.mark.parametrize(
    "alias",
    [
        _same_path,
        pytest.param(_symbolic_link, marks=posix_only("Wine has no symbolic links")),
        _hard_link,
    ],
)
@pytest.mark.parametrize("victim", ["old", "delta"])
def test_an_input_is_never_the_output(
    alias: Callable[[Path], Path], victim: str, make_file: MakeFile, tmp_path: Path
) -> None:
    """Under whatever name, an input is refused as output, even when replacing is allowed."""
    old, new = make_file("old", 5000), make_file("new", 5000, 1)
    make_signature(old, tmp_path / "sig")
    make_delta(tmp_path / "sig", new, tmp_path / "delta")
    before = {path: path.read_bytes() for path in (old, tmp_path / "delta")}
    target = alias(tmp_path / victim)
    with pytest.raises(OutputIsInput):
        apply_patch(old, tmp_path / "delta", target, replace=True)
    assert {path: path.read_bytes() for path in before} == before


def test_a_case_insensitive_twin_is_an_input_too(
    make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where OLD and old are one file, as on Windows and macOS, OLD is refused.

    The disk's rule is played by answering for OLD with what the system says of old: the check
    goes by device and inode, never by spelling.
    """
    old = make_file("old", 5000)
    really_stat = Path.stat

    def stat_ignoring_case(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        return really_stat(path.with_name(path.name.lower()), follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", stat_ignoring_case)
    with pytest.raises(OutputIsInput):
        make_signature(old, old.with_name("OLD"), replace=True)


def test_a_redirected_stream_is_an_input_too(make_file: MakeFile) -> None:
    """`< old` and `> old` at once is noticed as well."""
    old = make_file("old", 5000)
    with old.open("rb") as source, old.open("r+b") as target, pytest.raises(OutputIsInput):
        make_signature(source, target)
    assert old.read_bytes() == random_bytes(5000)


@posix_only("disks are no files there")
def test_a_disk_is_not_written_while_it_is_read(
    make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is stored may not be both, whether a file or a whole disk; /dev/null may."""
    disk = make_file("disk", 5000)
    really_look = descriptor_status

    def look(stream: BinaryIO) -> os.stat_result | None:
        status = really_look(stream)
        assert status
        return os.stat_result((status.st_mode & 0o777 | stat.S_IFBLK, *status[1:]))

    monkeypatch.setattr("rdiff_gui.engine.input.descriptor_status", look)
    with disk.open("rb") as source, disk.open("r+b") as target, pytest.raises(OutputIsInput):
        make_signature(source, target)
    monkeypatch.undo()
    assert disk.read_bytes() == random_bytes(5000)
    make_signature(Path(os.devnull), Path(os.devnull))


@posix_only("it knows open files by /proc")
@pytest.mark.parametrize("stream", [False, True])
def test_without_a_status_nothing_is_written(
    stream: bool, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the output is an input must be known; one failure to tell stops the work."""
    old = make_file("old", 5000)
    really_stat, failures = os.fstat, [True]

    def fail_once(descriptor: int) -> os.stat_result:
        if failures and os.path.realpath(f"/proc/self/fd/{descriptor}") == str(old):
            failures.pop()
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return really_stat(descriptor)

    monkeypatch.setattr(os, "fstat", fail_once)
    with old.open("rb") as source, old.open("r+b") as target:
        failures[:] = [True]
        if stream:
            with refused(OutputUnwritable, code=errno.EIO):
                make_signature(io.BytesIO(b"x"), target)
        else:
            with refused(SourceUnreadable, code=errno.EIO):
                make_signature(source, target)
    assert not failures
    assert old.read_bytes() == random_bytes(5000)


@posix_only("Wine has no symbolic links")
def test_a_link_stays_a_link(make_file: MakeFile, tmp_path: Path) -> None:
    """Writing through a symbolic link replaces the file behind it, not the link."""
    old = make_file("old", 5000)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = tmp_path / "out.sig"
    link.symlink_to(folder / "real.sig")
    make_signature(old, link)
    assert link.is_symlink()
    assert (folder / "real.sig").is_file()


@posix_only("the folder's rights hold for what is in it")
def test_outputs_get_ordinary_permissions(make_file: MakeFile, tmp_path: Path) -> None:
    """The result is as readable as any new file, by the user's own umask."""
    previous = os.umask(0o027)
    try:
        make_signature(make_file("old", 5000), tmp_path / "sig")
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "sig").stat().st_mode) == 0o640


LONG = "n" * 251 + ".sig"


@pytest.mark.parametrize(
    "name",
    [
        b"with space.sig",
        pytest.param(b"new\nline.sig", marks=not_on_windows),
        b"-leading dash",
        pytest.param(b"\xff\xfe not utf-8", marks=not_on_windows),
        "你好 😀.sig".encode(),
        LONG.encode(),
        ("é" * 127).encode(),
    ],
)
def test_any_name_that_the_disk_takes_works(
    name: bytes, make_file: MakeFile, tmp_path: Path
) -> None:
    """Strange and very long names are written like plain ones."""
    target = tmp_path / os.fsdecode(name)
    make_signature(make_file("old", 5000), target)
    assert target.is_file()
    assert len(os.listdir(tmp_path)) == 2  # noqa: PTH208  # counting is all


@pytest.mark.parametrize(
    ("target", "code"),
    [("missing/out", errno.ENOENT), ("old/out", errno.ENOTDIR), ("folder", errno.EISDIR)],
)
def test_impossible_targets_get_a_sentence(
    target: str, code: int, make_file: MakeFile, tmp_path: Path
) -> None:
    """A folder that is not there, or a folder as output, is explained."""
    old = make_file("old", 5000)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputUnwritable) as caught:
        make_signature(old, tmp_path / target)
    assert caught.value.code == code
    assert "old" in str(caught.value) or "out" in str(caught.value) or "folder" in str(caught.value)


def test_cancel_half_way_leaves_the_old_state(
    make_dotted: MakeFile, make_file: MakeFile, tmp_path: Path, listing: Listing
) -> None:
    """Cancelled at 50 %, the old output is there, untouched, and nothing beside it."""
    old = make_dotted("old", 2**30)
    make_file("old.sig", b"precious")
    token = CancelToken()

    def stop_half_way(progress: Progress) -> None:
        if (progress.fraction or 0) > 0.5:
            token.cancel()

    with pytest.raises(Cancelled):
        make_signature(
            old, tmp_path / "old.sig", replace=True, on_progress=stop_half_way, cancel=token
        )
    assert (tmp_path / "old.sig").read_bytes() == b"precious"
    assert listing() == {"old", "old.sig"}


def test_a_name_taken_meanwhile_is_respected(
    make_dotted: MakeFile, tmp_path: Path, listing: Listing
) -> None:
    """A file that appears under the output's name during the work is not overwritten."""
    old = make_dotted("old", 2**28)

    def take(_progress: Progress) -> None:
        (tmp_path / "sig").write_bytes(b"somebody's")

    with pytest.raises(OutputExists):
        make_signature(old, tmp_path / "sig", on_progress=take)
    assert (tmp_path / "sig").read_bytes() == b"somebody's"
    assert listing() == {"old", "sig"}


# From there on, nothing gets any memory, as where all that a process may have is taken.
_WITHOUT_MEMORY = """
import signal, sys
from pathlib import Path
from _testcapi import remove_mem_hooks, set_nomemory
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.output import open_output

signal.alarm(30)
try:
    with open_output(Path(sys.argv[1]), [], replace=False, run=Run()):
        set_nomemory(0, 0)
        raise KeyError
except MemoryError:
    remove_mem_hooks()
    print("over")
"""


@posix_only("signal.alarm")
def test_an_output_ends_without_any_memory(tmp_path: Path, listing: Listing) -> None:
    """CPython cleans up for ever there, if that is far into a function."""
    pytest.importorskip("_testcapi")
    command = [sys.executable, "-c", _WITHOUT_MEMORY, str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "over\n"), done
    assert listing() == set()
