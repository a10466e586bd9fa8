"""What the kernel copies, shares or refuses to: the result is the same."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    Sealing,
    SignatureOptions,
    apply_patch,
    make_delta_from_files,
    patch_writer,
)
from rdiff_gui.errors import DiskFull

from .conftest import MakeFile, random_bytes

MIB = 2**20
PLAIN = Sealing.NONE


@pytest.fixture
def unsealed(make_file: MakeFile, tmp_path: Path) -> tuple[Path, Path, Path]:
    """An old file, a new one, and a delta of long copies without a seal."""
    old = make_file("old", 3 * MIB)
    data = old.read_bytes()
    new = make_file("new", data[: 2 * MIB] + b"new" + data[MIB:])
    make_delta_from_files(old, new, tmp_path / "delta", SignatureOptions(4096), sealing=PLAIN)
    return old, new, tmp_path / "delta"


def test_what_needs_no_hash_is_copied_by_the_kernel(
    unsealed: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long copies never come into our memory."""
    old, new, delta = unsealed
    copied: list[int] = []
    copy = os.copy_file_range

    def watch(source: int, target: int, count: int, here: int, there: int) -> int:
        copied.append(copy(source, target, count, here, there))
        return copied[-1]

    monkeypatch.setattr(os, "copy_file_range", watch)
    apply_patch(old, delta, tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()
    assert sum(copied) > 3.9 * MIB


@pytest.mark.parametrize("code", [errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EIO])
@pytest.mark.parametrize("before", [0, 100_000])
def test_a_kernel_that_cannot_changes_nothing(
    before: int,
    code: int,
    unsealed: tuple[Path, Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Other disks, old kernels, odd file systems: the bytes are read and written then."""
    old, new, delta = unsealed
    copy = os.copy_file_range
    calls: list[int] = []

    def fail(source: int, target: int, count: int, here: int, there: int) -> int:
        calls.append(count)
        if before and len(calls) == 1:
            return copy(source, target, before, here, there)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "copy_file_range", fail)
    apply_patch(old, delta, tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()
    assert calls


def test_a_full_disk_is_told_as_such(
    unsealed: tuple[Path, Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    listing: Callable[[], set[str]],
) -> None:
    """The kernel's refusal is met again by writing, and becomes the right sentence."""
    old, _, delta = unsealed

    def refuse(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "copy_file_range", refuse)
    monkeypatch.setattr(os, "pwrite", refuse)
    before = listing()
    with pytest.raises(DiskFull):
        apply_patch(old, delta, tmp_path / "result")
    assert listing() == before


@pytest.fixture
def sharing_disk(tmp_path: Path) -> Iterator[Path]:
    """A mounted disk of 1 GiB that can share blocks; needs root, and btrfs-progs."""
    image, folder = tmp_path / "image", tmp_path / "mounted"
    with image.open("wb") as file:
        file.truncate(2**30)
    folder.mkdir()
    subprocess.run(["mkfs.btrfs", "--quiet", image], check=True)
    subprocess.run(["mount", "-o", "loop", image, folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("sealing", Sealing)
def test_unchanged_blocks_are_shared(sealing: Sealing, sharing_disk: Path) -> None:
    """On a disk that can, the new version of an image takes room for its changes only."""
    old, new = sharing_disk / "old", sharing_disk / "new"
    data = bytearray(random_bytes(200 * MIB))
    old.write_bytes(data)
    # Each of them in a slice of its own, and none where a block of the disk begins.
    for place in range(MIB + 1, 200 * MIB, 8 * MIB):
        data[place : place + 7] = b"changed"
    new.write_bytes(data)
    options = SignatureOptions(2**14)
    delta = sharing_disk / "delta"
    make_delta_from_files(old, new, delta, options, sealing=sealing)
    os.sync()
    before = os.statvfs(sharing_disk)
    apply_patch(old, delta, sharing_disk / "result")
    os.sync()
    after = os.statvfs(sharing_disk)
    assert (sharing_disk / "result").read_bytes() == new.read_bytes()
    assert (before.f_bfree - after.f_bfree) * before.f_frsize < 10 * MIB


@pytest.mark.parametrize("sealing", [Sealing.FULL, Sealing.NONE])
def test_whole_blocks_are_shared_and_the_ends_of_a_copy_written(
    sealing: Sealing, make_file: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy between two edits begins and ends anywhere; only a shift of it cannot be shared."""
    shared: list[tuple[int, int, int]] = []

    def share(source: int, start: int, target: int, place: int, length: int) -> None:
        shared.append((start, place, length))
        assert os.pwrite(target, os.pread(source, length, start), place) == length

    monkeypatch.setattr(patch_writer, "share_range", share)
    data = random_bytes(3 * MIB)
    old = make_file("old", data)
    edited = data[:999] + b"e" + data[1000 : 2 * MIB] + b"in" + data[2 * MIB :]
    new, delta = make_file("new", edited), tmp_path / "delta"
    make_delta_from_files(old, new, delta, SignatureOptions(2**10), sealing=sealing)
    apply_patch(old, delta, tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == edited
    assert sum(length for _, _, length in shared) > 1.9 * MIB
    assert all(number % 4096 == 0 for share in shared for number in share)
    assert all(start == place for start, place, _ in shared)
