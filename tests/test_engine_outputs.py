"""The user's files are sacred: whole results or none, never over an input, no debris."""

from __future__ import annotations

import errno
import io
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from rdiff_gui.engine import (
    CancelToken,
    Progress,
    SignatureOptions,
    apply_patch,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
    signature_table,
)
from rdiff_gui.engine.input import descriptor_status
from rdiff_gui.engine.temporary_file import Scratch
from rdiff_gui.errors import (
    Cancelled,
    DiskFull,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
    SourceChanged,
    SourceMissing,
    SourceUnreadable,
)

from .conftest import MakeFile, random_bytes
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
            with pytest.raises(OutputUnwritable, match="disk reported an error"):
                make_signature(io.BytesIO(b"x"), target)
        else:
            with pytest.raises(SourceUnreadable, match="disk reported an error"):
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


@posix_only("Wine has no symbolic links")
def test_sources_that_cannot_be_read_get_a_sentence(tmp_path: Path, listing: Listing) -> None:
    """A missing file, a folder and a dangling link each say what they are."""
    with pytest.raises(SourceMissing, match="was not found"):
        make_signature(tmp_path / "missing", tmp_path / "sig")
    with pytest.raises(SourceUnreadable, match="is a folder"):
        make_signature(tmp_path, tmp_path / "sig")
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(SourceMissing):
        make_signature(tmp_path / "dangling", tmp_path / "sig")
    with pytest.raises(SourceUnreadable):
        make_signature(Path("nul\0byte"), tmp_path / "sig")
    assert listing() == {"dangling"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB; mounting needs root, which CI has."""
    folder = tmp_path / "small disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


@posix_only("small disks are mounted")
def test_a_full_disk_is_told_before_writing(make_file: MakeFile, small_disk: Path) -> None:
    """The sentence has both numbers, and nothing is left behind."""
    old = make_file("old", 2_000_000)
    make_signature(old, old.with_name("sig"))
    make_delta(old.with_name("sig"), old, old.with_name("delta"))
    with pytest.raises(DiskFull, match="missing") as caught:
        apply_patch(old, old.with_name("delta"), small_disk / "result")
    assert caught.value.needed_bytes == 2_000_000
    assert list(small_disk.iterdir()) == []


@posix_only("small disks are mounted")
def test_a_disk_that_fills_up_meanwhile_leaves_nothing(
    make_file: MakeFile, small_disk: Path
) -> None:
    """When the size could not be known, the disk's refusal is noticed at any byte."""
    old, new = make_file("old", 1000), make_file("new", 2_000_000, 1)
    make_signature(old, old.with_name("sig"))
    (small_disk / "delta").write_bytes(b"precious")
    with pytest.raises(DiskFull):
        make_delta(old.with_name("sig"), new, small_disk / "delta", replace=True)
    assert [path.name for path in small_disk.iterdir()] == ["delta"]
    assert (small_disk / "delta").read_bytes() == b"precious"


@posix_only("small disks are mounted")
def test_a_full_disk_is_noticed_in_temporary_data_too(
    make_file: MakeFile, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a pipe gives, a packed delta holds or two files need between them may not fit either."""
    old, new = make_file("old", 3_000_000), make_file("new", 3_000_000, 1)
    packed = make_file("packed")
    make_delta_from_files(old, new, packed, compress=True, replace=True)
    many_blocks = SignatureOptions(block_bytes=64)
    with pytest.raises(DiskFull, match="disk is full"):
        make_delta_from_files(old, old, small_disk / "delta", many_blocks)
    with pytest.raises(DiskFull, match="are missing"):
        apply_patch(old, packed, small_disk / "result")
    assert list(small_disk.iterdir()) == []
    monkeypatch.setenv("TMPDIR", str(small_disk))
    with pytest.raises(DiskFull, match="small disk"):
        inspect(packed)
    with pytest.raises(DiskFull, match="small disk"):
        apply_patch(io.BytesIO(old.read_bytes()), packed, io.BytesIO())
    assert list(small_disk.iterdir()) == []


def test_trouble_with_temporary_data_has_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any folder for temporary data, or with one that fails, the user hears which."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path / "missing"))
    Scratch(None).close()
    monkeypatch.setattr(
        "rdiff_gui.engine.temporary_file._system_folders", lambda: [tmp_path / "missing"]
    )
    with pytest.raises(OutputUnwritable) as caught:
        Scratch(None)
    assert caught.value.path == tmp_path / "missing"
    scratch = Scratch(tmp_path)
    scratch.write(memoryview(b"data"))
    really = scratch.stream

    class Failing(io.RawIOBase):
        closed_once = False

        def seek(self, _offset: int, _whence: int = 0) -> int:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        def close(self) -> None:
            failed, self.closed_once = self.closed_once, True
            if not failed:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

    scratch.stream = cast("BinaryIO", Failing())
    with pytest.raises(OutputUnwritable, match="disk reported an error"):
        scratch.rewound()
    scratch.close()
    really.close()


@posix_only("files are not opened by Path.open there")
def test_a_source_that_will_not_close_is_read_all_the_same(
    make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is only tidying up fails no run."""
    old = make_file("old", 5000)
    opened = []
    really_open = Path.open

    def open_sticky(path: Path, *arguments: Any, **named: Any) -> object:
        if path == old:
            return Sticky(path, "rb")
        return really_open(path, *arguments, **named)

    class Sticky(io.FileIO):
        def close(self) -> None:
            if not self.closed:
                opened.append(self.name)
                super().close()
                raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr("rdiff_gui.engine.input.Path.open", open_sticky)
        make_signature(old, tmp_path / "sums")
    assert opened == [old]
    make_delta(tmp_path / "sums", old, tmp_path / "changes")
    assert inspect(tmp_path / "changes")


def test_a_full_device_is_a_full_disk(make_file: MakeFile) -> None:
    """Even the last few bytes of a small result are checked."""
    with pytest.raises(DiskFull):
        make_signature(make_file("old", 10), Path("/dev/full"))


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


def test_a_source_that_changes_is_refused(make_dotted: MakeFile, listing: Listing) -> None:
    """A file that somebody writes to meanwhile gives no result."""
    old = make_dotted("old", 2**29)
    touched = False

    def touch(_progress: Progress) -> None:
        nonlocal touched
        if not touched:
            touched = True
            with old.open("r+b") as file:
                file.write(b"changed")

    with pytest.raises(SourceChanged):
        make_signature(old, old.with_name("sig"), on_progress=touch)
    assert listing() == {"old"}


def test_a_change_that_hides_is_refused(make_dotted: MakeFile, listing: Listing) -> None:
    """A rewrite of the same size whose time was put back is noticed too."""
    old = make_dotted("old", 2**29)
    before = old.stat()

    def touch(_progress: Progress) -> None:
        with old.open("r+b") as file:
            file.write(b"changed")
        os.utime(old, ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(SourceChanged):
        make_signature(old, old.with_name("sig"), on_progress=touch)
    after = old.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert listing() == {"old"}


def test_a_source_that_shrinks_is_refused(make_dotted: MakeFile, listing: Listing) -> None:
    """A file that is cut short while it is read is an error, not a crash."""
    old = make_dotted("old", 2**29)

    def cut(_progress: Progress) -> None:
        os.truncate(old, 1000)

    with pytest.raises(SourceChanged):
        make_signature(old, old.with_name("sig"), on_progress=cut)
    assert listing() == {"old"}


def test_a_signature_that_is_cut_while_it_is_loaded_is_refused(
    pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left must not be taken for the whole; nor is it librsync that is to blame."""
    old, new = pair
    sums = tmp_path / "sums"
    make_signature(old, sums)
    really_check = signature_table.check_signature

    def check_and_cut(*arguments: Any) -> Any:
        found = really_check(*arguments)
        os.truncate(sums, 100)
        return found

    monkeypatch.setattr(signature_table, "check_signature", check_and_cut)
    with pytest.raises(SourceChanged):
        make_delta(sums, new, tmp_path / "delta")


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
