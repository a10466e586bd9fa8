"""Our files in rdiff's hands and rdiff's in ours: the same bytes, the same result."""

from __future__ import annotations

import ctypes
import io
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdiff_gui.engine import (
    Resources,
    RollingSum,
    Sealing,
    SignatureOptions,
    StrongHash,
    apply_patch,
    make_delta,
    make_delta_from_files,
    make_signature,
)
from rdiff_gui.engine.options import least_strong_bytes, recommend_block_bytes
from rdiff_gui.librsync import prototypes

from .conftest import MakeFile, Rdiff, edited, random_bytes
from .platforms import posix_only

KINDS = [(strong, rolling) for strong in StrongHash for rolling in RollingSum]
PLAIN = Sealing.NONE
SIZES = [0, 1, 2047, 2048, 2049, 65_536, 65_537, 5_000_000]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("strong", "rolling"), KINDS)
def test_signature_is_byte_identical_to_rdiff(
    size: int, strong: StrongHash, rolling: RollingSum, make_file: MakeFile, rdiff: Rdiff
) -> None:
    """Our file and the C tool's agree, so either can read the other's."""
    basis = make_file("old", size)
    ours, theirs = basis.with_name("ours.sig"), basis.with_name("theirs.sig")
    for block_bytes, strong_bytes in ((0, 0), (2048, 8), (0, -1), (1, 4), (100_000, 16)):
        if block_bytes == 1 and size > 100_000:
            continue
        options = SignatureOptions(block_bytes, strong_bytes, strong, rolling)
        summary = make_signature(basis, ours, options, sealing=PLAIN, replace=True)
        rdiff(
            "-f", "-b", str(block_bytes), "-S", str(strong_bytes), "-H", strong, "-R", rolling,
            "signature", basis, theirs,
        )  # fmt: skip
        assert ours.read_bytes() == theirs.read_bytes()
        assert summary.signature_bytes == ours.stat().st_size
        assert summary.basis_bytes == size


def test_signature_beyond_four_gigabytes_is_identical(
    make_sparse: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Sizes are 64 bits wide everywhere; rdiff signs one block of the zeros, and all after them."""
    blocks, block_bytes = 2**16, 2**16
    basis = make_sparse("old", blocks * block_bytes + 12_345, {blocks * block_bytes + 5: b"beyond"})
    end = make_sparse("end", block_bytes + 12_345, {block_bytes + 5: b"beyond"})
    options = SignatureOptions(block_bytes)
    summary = make_signature(basis, tmp_path / "ours.sig", options, sealing=PLAIN)
    rdiff("-b", str(block_bytes), "signature", end, tmp_path / "theirs.sig")
    theirs = (tmp_path / "theirs.sig").read_bytes()
    header, zeros, rest = theirs[:12], theirs[12:48], theirs[48:]
    assert (tmp_path / "ours.sig").read_bytes() == header + zeros * blocks + rest
    assert summary.basis_bytes == blocks * block_bytes + 12_345


@pytest.mark.parametrize(("strong", "rolling"), KINDS)
def test_files_cross_both_ways(
    strong: StrongHash, rolling: RollingSum, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Each of the three steps may be done by either program."""
    old = make_file("old", 300_000)
    new = make_file("new", edited(old.read_bytes(), 12))
    options = SignatureOptions(strong_hash=strong, rolling_sum=rolling)
    make_signature(old, tmp_path / "ours.sig", options)
    rdiff("-H", strong, "-R", rolling, "signature", old, tmp_path / "theirs.sig")
    for signature in ("ours.sig", "theirs.sig"):
        make_delta(tmp_path / signature, new, tmp_path / "ours.delta", replace=True)
        rdiff("-f", "delta", tmp_path / signature, new, tmp_path / "theirs.delta")
        for delta in ("ours.delta", "theirs.delta"):
            apply_patch(old, tmp_path / delta, tmp_path / "ours", replace=True)
            rdiff("-f", "patch", old, tmp_path / delta, tmp_path / "theirs")
            assert (tmp_path / "ours").read_bytes() == new.read_bytes()
            assert (tmp_path / "theirs").read_bytes() == new.read_bytes()


@pytest.mark.parametrize("old_size", [0, 1, 2047, 2048, 2049, 400_000])
@pytest.mark.parametrize("new_size", [0, 1, 2048, 400_000])
def test_any_pair_of_sizes_goes_round(
    old_size: int, new_size: int, make_file: MakeFile, tmp_path: Path
) -> None:
    """Empty files, files of one block and unrelated files all come out right."""
    old, new = make_file("old", old_size, 1), make_file("new", new_size, 2)
    summary = make_delta_from_files(old, new, tmp_path / "delta")
    result = apply_patch(old, tmp_path / "delta", tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()
    assert summary.literal_bytes + summary.copied_bytes == new_size == result.result_bytes
    assert summary.delta_bytes == (tmp_path / "delta").stat().st_size == result.delta_bytes


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    old=st.binary(max_size=3000),
    new=st.binary(max_size=3000),
    shared=st.binary(max_size=3000),
    block_bytes=st.integers(1, 300),
)
def test_any_content_goes_round(
    old: bytes, new: bytes, shared: bytes, block_bytes: int, tmp_path: Path
) -> None:
    """Whatever two files have in common, and wherever, the new one is rebuilt."""
    (tmp_path / "old").write_bytes(old + shared + old)
    (tmp_path / "new").write_bytes(shared + new + shared)
    options = SignatureOptions(block_bytes=block_bytes)
    make_signature(tmp_path / "old", tmp_path / "sig", options, replace=True)
    make_delta(tmp_path / "sig", tmp_path / "new", tmp_path / "delta", replace=True)
    apply_patch(tmp_path / "old", tmp_path / "delta", tmp_path / "result", replace=True)
    assert (tmp_path / "result").read_bytes() == shared + new + shared


@pytest.mark.parametrize("input_bytes", [512, 4096, 2**20])
@pytest.mark.parametrize("output_bytes", [512, 2**20])
def test_buffer_sizes_change_nothing(
    input_bytes: int, output_bytes: int, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Small and large windows give the same signature and the same result."""
    old = make_file("old", 200_000)
    new = make_file("new", edited(old.read_bytes(), 20))
    resources = Resources(input_bytes=input_bytes, output_bytes=output_bytes)
    make_signature(old, tmp_path / "ours.sig", sealing=PLAIN, resources=resources)
    rdiff("signature", old, tmp_path / "theirs.sig")
    assert (tmp_path / "ours.sig").read_bytes() == (tmp_path / "theirs.sig").read_bytes()
    make_delta(tmp_path / "ours.sig", new, tmp_path / "delta", resources=resources)
    apply_patch(old, tmp_path / "delta", tmp_path / "result", resources=resources)
    assert (tmp_path / "result").read_bytes() == new.read_bytes()


def test_large_blocks_and_many_windows_go_round(make_file: MakeFile, tmp_path: Path) -> None:
    """A block longer than a window is put together from several."""
    old = make_file("old", 6_000_000)
    new = make_file("new", edited(old.read_bytes(), 3))
    make_signature(old, tmp_path / "sig", SignatureOptions(block_bytes=1_000_003))
    make_delta(tmp_path / "sig", new, tmp_path / "delta")
    apply_patch(old, tmp_path / "delta", tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()


def test_pipes_and_streams_serve_as_files(
    make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """Named pipes and open streams work on every side, as with rdiff."""
    old = make_file("old", 300_000)
    new = make_file("new", edited(old.read_bytes(), 10))
    signature, delta, result = io.BytesIO(), io.BytesIO(), io.BytesIO()
    make_signature(_pipe(tmp_path / "p1", old.read_bytes()), signature, sealing=PLAIN)
    rdiff("-b", "2048", "signature", old, tmp_path / "theirs.sig")
    assert signature.getvalue() == (tmp_path / "theirs.sig").read_bytes()
    make_delta(io.BytesIO(signature.getvalue()), _pipe(tmp_path / "p2", new.read_bytes()), delta)
    apply_patch(_pipe(tmp_path / "p3", old.read_bytes()), io.BytesIO(delta.getvalue()), result)
    assert result.getvalue() == new.read_bytes()


@posix_only("such files are Linux's")
@pytest.mark.parametrize("name", ["/proc/version", "/sys/devices/system/cpu/online"])
def test_files_that_tell_no_size_are_read_to_their_end(name: str, tmp_path: Path) -> None:
    """What the kernel makes up while it is read says that it is empty, or a page long."""
    source = Path(name)
    assert source.stat().st_size != len(source.read_bytes())
    make_signature(source, tmp_path / "sig", sealing=PLAIN)
    summary = make_delta(tmp_path / "sig", source, tmp_path / "delta")
    assert summary.new_bytes == len(source.read_bytes()) > 0
    apply_patch(source, tmp_path / "delta", tmp_path / "result")
    assert (tmp_path / "result").read_bytes() == source.read_bytes()


class _Hesitant(io.RawIOBase):
    """A terminal at which somebody goes on after having said that this was the end."""

    def __init__(self) -> None:
        self.answers = [b"first", b"", b"later", b""]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any writable buffer
        answer = self.answers.pop(0)
        buffer[: len(answer)] = answer
        return len(answer)


def test_the_first_end_of_a_stream_counts(
    make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """As for rdiff, what comes after the end does not belong to the file."""
    signature = io.BytesIO()
    make_signature(_Hesitant(), signature, sealing=PLAIN)  # type: ignore[arg-type]  # reads, and no more
    rdiff("-b", "2048", "signature", make_file("first", b"first"), tmp_path / "sig")
    assert signature.getvalue() == (tmp_path / "sig").read_bytes()


def _pipe(path: Path, content: bytes) -> Path:
    """A named pipe with a writer behind it."""
    os.mkfifo(path)
    threading.Thread(target=path.write_bytes, args=(content,), daemon=True).start()
    return path


@given(st.integers(0, 2**45), st.integers(-1, 0))
def test_recommended_lengths_are_librsyncs(basis_bytes: int, strong_bytes: int) -> None:
    """Our formula chooses what rs_sig_args chooses, for any size."""
    magic = ctypes.c_int(0x72730147)
    block, strong = ctypes.c_size_t(0), ctypes.c_size_t(strong_bytes % 2**64)
    prototypes.sig_args(basis_bytes, ctypes.byref(magic), ctypes.byref(block), ctypes.byref(strong))
    assert recommend_block_bytes(basis_bytes) == block.value
    expected = 32 if strong_bytes == 0 else least_strong_bytes(basis_bytes, block.value)
    assert expected == (strong.value or 32)


def test_counts_agree_with_the_delta(make_file: MakeFile, tmp_path: Path) -> None:
    """The report says what is really in the delta, and where the new data lies."""
    data = random_bytes(1_000_000)
    old = make_file("old", data)
    new = make_file("new", data[:500_000] + b"inserted" * 100 + data[500_000:])
    summary = make_delta_from_files(old, new, tmp_path / "delta", SignatureOptions(2000))
    assert summary.new_bytes == 1_000_800
    assert summary.literal_bytes == 800
    assert summary.copied_bytes == 1_000_000
    assert [(region.start, region.end, region.new) for region in summary.regions] == [
        (0, 500_000, False),
        (500_000, 500_800, True),
        (500_800, 1_000_800, False),
    ]
    assert summary.signature_bytes == 12 + 500 * 36
    assert not summary.identical


def test_identical_files_are_recognized(make_file: MakeFile, tmp_path: Path) -> None:
    """The same file twice is told as such; one that is longer or shorter is not."""
    data = random_bytes(100_000)
    old, same = make_file("old", data), make_file("same", data)
    assert make_delta_from_files(old, same, tmp_path / "d", replace=True).identical
    for other in (data[:-1], data + b"x", data[: 256 * 100], data[256:], b""):
        new = make_file("new", other)
        assert not make_delta_from_files(old, new, tmp_path / "d", replace=True).identical
    empty, empty_too = make_file("empty"), make_file("empty too")
    assert make_delta_from_files(empty, empty_too, tmp_path / "d", replace=True).identical
