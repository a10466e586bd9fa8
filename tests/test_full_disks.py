"""A full disk, or one that refuses, is told in a sentence and leaves nothing behind."""

from __future__ import annotations

import errno
import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from rdiff_gui.engine import (
    SignatureOptions,
    apply_patch,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
)
from rdiff_gui.engine.temporary_file import TemporaryFile
from rdiff_gui.errors import (
    DiskFull,
    OutputUnwritable,
)

from .conftest import MakeFile, random_bytes, refused
from .platforms import posix_only


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
    with refused(DiskFull, needed_bytes=2_000_000):
        apply_patch(old, old.with_name("delta"), small_disk / "result")
    assert list(small_disk.iterdir()) == []


@posix_only("small disks are mounted")
@pytest.mark.parametrize("free_bytes", [10_000, 150_000])
def test_all_the_room_that_is_missing_is_told_at_once(
    free_bytes: int, make_file: MakeFile, small_disk: Path
) -> None:
    """Whether the unpacked delta, the result or both do not fit: one total, and the disk's name."""
    old, new = make_file("old", 200_000), make_file("new", random_bytes(160_000) + b"x" * 40_000)
    delta = old.with_name("delta")
    make_delta_from_files(old, new, delta, compress=True)
    (small_disk / "ballast").write_bytes(bytes(256 * 1024 - free_bytes))
    seal = getattr(inspect(delta), "seal", None)
    assert seal is not None
    unpacked_bytes = seal.body.size_bytes
    assert 10_000 < unpacked_bytes < 150_000
    for _ in range(2):
        with refused(DiskFull, needed_bytes=200_000 + unpacked_bytes,
                     temporary_bytes=unpacked_bytes) as caught:  # fmt: skip
            apply_patch(old, delta, small_disk / "result")
        assert f"on the disk “{small_disk}”" in str(caught.value)
        assert [path.name for path in small_disk.iterdir()] == ["ballast"]


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
    old, new = make_file("old", 3_000_000), make_file("new", 9_000_000, 1)
    packed = make_file("packed")
    make_delta_from_files(old, new, packed, compress=True, replace=True)
    many_blocks = SignatureOptions(block_bytes=64)
    with refused(DiskFull, needed_bytes=None):
        make_delta_from_files(old, old, small_disk / "delta", many_blocks)
    with pytest.raises(DiskFull):
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
    TemporaryFile(None).close()
    monkeypatch.setattr(
        "rdiff_gui.engine.temporary_file._system_folders", lambda: [tmp_path / "missing"]
    )
    with pytest.raises(OutputUnwritable) as caught:
        TemporaryFile(None)
    assert caught.value.path == tmp_path / "missing"
    kept = TemporaryFile(tmp_path)
    kept.write(memoryview(b"data"))
    really = kept.stream

    class Failing(io.RawIOBase):
        closed_once = False

        def seek(self, _offset: int, _whence: int = 0) -> int:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        def close(self) -> None:
            failed, self.closed_once = self.closed_once, True
            if not failed:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

    kept.stream = cast("BinaryIO", Failing())
    with refused(OutputUnwritable, code=errno.EIO):
        kept.rewound()
    kept.close()
    really.close()


def test_a_full_device_is_a_full_disk(make_file: MakeFile) -> None:
    """Even the last few bytes of a small result are checked."""
    with pytest.raises(DiskFull):
        make_signature(make_file("old", 10), Path("/dev/full"))
