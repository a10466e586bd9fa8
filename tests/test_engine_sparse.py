"""Runs and holes: what is all the same costs neither time nor commands nor room."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    Progress,
    Resources,
    Sealing,
    SignatureOptions,
    apply_patch,
    make_delta,
    make_delta_from_files,
    make_signature,
)

from .conftest import MakeFile, Rdiff, random_bytes
from .platforms import posix_only

MIB = 2**20
PLAIN = Sealing.NONE


def room_bytes(path: Path) -> int:
    """What a file takes on the disk."""
    return path.stat().st_blocks * 512


def test_zeros_need_no_sea_of_commands(make_file: MakeFile, rdiff: Rdiff, tmp_path: Path) -> None:
    """64 MiB of zeros against themselves: rdiff writes 8192 copies, one would do."""
    old = make_file("old", bytes(64 * MIB))
    make_signature(old, tmp_path / "sig", sealing=PLAIN)
    summary = make_delta(tmp_path / "sig", old, tmp_path / "delta", sealing=PLAIN)
    assert (summary.copy_count, summary.literal_bytes) == (1, 0)
    assert summary.identical
    rdiff("patch", old, tmp_path / "delta", tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == old.read_bytes()


def test_equal_neighbours_are_merged_as_far_as_the_basis_goes(
    make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """A run of the new file that is longer than the basis's takes one copy for each length."""
    block = random_bytes(1000)
    old = make_file("old", random_bytes(3000, 1) + block * 50 + random_bytes(5000, 2))
    new = make_file("new", block * 230)
    summary = make_delta_from_files(
        old, new, tmp_path / "delta", SignatureOptions(1000), sealing=PLAIN
    )
    assert (summary.copy_count, summary.literal_bytes) == (5, 0)
    rdiff("patch", old, tmp_path / "delta", tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()


def test_repeated_patterns_are_merged_too(make_file: MakeFile, tmp_path: Path) -> None:
    """Blocks that alternate follow one another in the basis as well."""
    pattern = random_bytes(1000, 1) + random_bytes(1000, 2) + random_bytes(1000, 3)
    old = make_file("old", pattern * 100)
    summary = make_delta_from_files(old, old, tmp_path / "delta", SignatureOptions(1000))
    assert summary.copy_count == 1


@posix_only("holes are not looked for there")
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("shift", [0, 4096 * 3, 1000])
def test_sparse_files_go_round_with_their_holes(
    shift: int, threads: int, make_sparse: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Data among holes, also where it has moved: the result is right, and as sparse."""
    islands = {place * 3 * MIB + 4096 * place: random_bytes(100_000, place) for place in range(9)}
    old = make_sparse("old", 32 * MIB, islands)
    moved = {place + shift: data for place, data in islands.items()}
    new = make_sparse("new", 42 * MIB, moved | {38 * MIB + 5: b"new at the end"})
    resources = Resources(threads)
    make_signature(old, tmp_path / "ours", sealing=PLAIN, resources=resources)
    rdiff("signature", old, tmp_path / "sig")
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "sig").read_bytes()
    summary = make_delta(tmp_path / "sig", new, tmp_path / "delta", resources=resources)
    rdiff("delta", tmp_path / "sig", new, tmp_path / "theirs")
    assert summary.new_bytes == 42 * MIB
    assert summary.plain_bytes <= 1.001 * (tmp_path / "theirs").stat().st_size
    for delta in ("delta", "theirs"):
        apply_patch(old, tmp_path / delta, tmp_path / "result", replace=True, resources=resources)
        assert (tmp_path / "result").read_bytes() == new.read_bytes()
        assert room_bytes(tmp_path / "result") < 10 * MIB
    rdiff("patch", old, tmp_path / "delta", tmp_path / "rdiffs result")
    assert (tmp_path / "rdiffs result").read_bytes() == new.read_bytes()


@posix_only("holes are not looked for there")
def test_holes_that_the_basis_does_not_have_are_holes_again(
    make_sparse: MakeFile, make_file: MakeFile, tmp_path: Path
) -> None:
    """Zeros have to travel as data then, which packs well, but take no room in the result."""
    old = make_file("old", 100_000)
    new = make_sparse("new", 20 * MIB, {10 * MIB: b"data"})
    summary = make_delta_from_files(old, new, tmp_path / "delta", compress=True)
    assert summary.delta_bytes < 20_000
    apply_patch(old, tmp_path / "delta", tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()
    assert room_bytes(tmp_path / "result") < MIB


@posix_only("holes are not looked for there")
def test_a_sparse_result_needs_room_for_its_data_only(
    make_sparse: MakeFile, tmp_path: Path
) -> None:
    """A result longer than the free space is made, where its holes leave room enough."""
    room = os.statvfs(tmp_path)
    size_bytes = room.f_bavail * room.f_frsize + 2**30
    data = {size_bytes - 2**21: random_bytes(2**20)}
    old = make_sparse("old", size_bytes, data)
    make_delta_from_files(old, old, tmp_path / "delta", SignatureOptions(2**24), sealing=PLAIN)
    summary = apply_patch(old, tmp_path / "delta", tmp_path / "result")
    assert summary.result_bytes == size_bytes
    assert room_bytes(tmp_path / "result") < 2**25
    with (tmp_path / "result").open("rb") as result:
        result.seek(size_bytes - 2**21)
        assert result.read(2**20) == random_bytes(2**20)


@posix_only("holes are not looked for there")
def test_sixty_four_gibibytes_of_hole_take_seconds(make_sparse: MakeFile, tmp_path: Path) -> None:
    """With 1 MiB of data in it. Reading it all would take this test beyond its time limit."""
    size_bytes = 64 * 2**30
    old = make_sparse("old", size_bytes, {20 * 2**30: random_bytes(MIB)})
    new = make_sparse("new", size_bytes, {40 * 2**30 + 77: random_bytes(MIB)})
    make_signature(old, tmp_path / "sig", sealing=PLAIN)
    summary = make_delta(tmp_path / "sig", new, tmp_path / "delta", sealing=PLAIN)
    apply_patch(old, tmp_path / "delta", tmp_path / "result")
    assert summary.new_bytes == size_bytes
    assert summary.copy_count < 20
    assert summary.literal_bytes < 2 * MIB
    assert room_bytes(tmp_path / "result") < 10 * MIB
    with (tmp_path / "result").open("rb") as result:
        result.seek(40 * 2**30)
        assert result.read(MIB + 154) == bytes(77) + random_bytes(MIB) + bytes(77)


@posix_only("holes are not looked for there")
@pytest.mark.parametrize("name", ["SEEK_HOLE", "SEEK_DATA"])
@pytest.mark.parametrize("code", [errno.EIO, errno.EINVAL, errno.EOPNOTSUPP])
def test_what_the_disk_cannot_tell_is_read(
    name: str, code: int, make_sparse: MakeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that does not say where data begins has no data turned into zeros."""
    old = make_sparse("old", 8 * MIB, {5 * MIB: random_bytes(2 * MIB)})
    really_seek = os.lseek

    def seek(descriptor: int, position: int, how: int) -> int:
        if how == getattr(os, name) and position > 0:
            raise OSError(code, os.strerror(code))
        return really_seek(descriptor, position, how)

    monkeypatch.setattr(os, "lseek", seek)
    new = make_sparse("new", 8 * MIB, {0: b"new", 5 * MIB: random_bytes(2 * MIB)})
    make_signature(new, tmp_path / "sums", sealing=PLAIN)
    make_delta(tmp_path / "sums", new, tmp_path / "same")
    make_delta_from_files(old, new, tmp_path / "changes")
    for basis, delta in ((new, "same"), (old, "changes")):
        apply_patch(basis, tmp_path / delta, tmp_path / "again", replace=True)
        assert (tmp_path / "again").read_bytes() == new.read_bytes()
    monkeypatch.undo()
    make_signature(new, tmp_path / "right", sealing=PLAIN)
    assert (tmp_path / "sums").read_bytes() == (tmp_path / "right").read_bytes()


def test_progress_goes_on_in_holes(make_sparse: MakeFile, tmp_path: Path) -> None:
    """They are not read, but hashed: that takes time, so it is told, and no step is a leap."""
    old = make_sparse("old", 2 * 10**9, {0: b"old"})
    new = make_sparse("new", 2 * 10**9, {0: b"new"})
    told: list[float] = []

    def tell(progress: Progress) -> None:
        told.append(progress.fraction or 0.0)

    work: list[Callable[[], object]] = [
        lambda: make_signature(old, tmp_path / "sig", on_progress=tell),
        lambda: make_delta(tmp_path / "sig", new, tmp_path / "delta", on_progress=tell),
        lambda: apply_patch(old, tmp_path / "delta", tmp_path / "result", on_progress=tell),
    ]
    for step in work:
        told.clear()
        step()
        leaps = [after - before for before, after in itertools.pairwise([0.0, *told])]
        assert max(leaps) < 0.5
        assert len(told) >= 4
