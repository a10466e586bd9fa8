"""Jobs and whole-file calls: the same bytes, and nothing on stderr."""

from __future__ import annotations

import ctypes
import io
import os
import threading
from pathlib import Path

import pytest

from rdiff_gui.errors import LibrsyncFailed
from rdiff_gui.librsync import prototypes, whole_files
from rdiff_gui.librsync.jobs import LoadedSignature, WindowPacer, begin_patch, begin_signature
from rdiff_gui.librsync.results import Result, describe_result

from .conftest import MakeFile, edited

MAGIC = 0x72730147


def run_signature(data: bytes, block_bytes: int = 2048) -> bytes:
    """Sign in memory."""
    output = io.BytesIO()
    with begin_signature(block_bytes, 32, MAGIC) as job:
        job.run(io.BytesIO(data).readinto, output.write, pacer=WindowPacer(2**20))
    return output.getvalue()


def run_patch(basis: bytes, delta: bytes) -> bytes:
    """Patch in memory."""
    output = io.BytesIO()

    def read_at(buffer: memoryview, offset: int) -> int:
        piece = basis[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        return len(piece)

    with begin_patch(read_at) as job:
        job.run(io.BytesIO(delta).readinto, output.write, pacer=WindowPacer(4096))
    return output.getvalue()


def test_structs_are_as_long_as_the_librarys() -> None:
    """A wrong size would let librsync write over our memory."""
    assert ctypes.sizeof(prototypes.Statistics) == 128
    assert ctypes.sizeof(prototypes.Buffers) == 40


@pytest.mark.parametrize("size", [0, 1, 2048, 3_000_000])
def test_jobs_and_whole_files_agree(size: int, make_file: MakeFile, tmp_path: Path) -> None:
    """Both call families give the same signature, and the same file back."""
    old = make_file("old", size)
    new = make_file("new", edited(old.read_bytes()))
    paths = [tmp_path / name for name in ("sig", "delta", "result")]
    opened = [os.open(path, os.O_RDWR | os.O_CREAT) for path in paths]
    old_file, new_file = os.open(old, os.O_RDONLY), os.open(new, os.O_RDONLY)
    try:
        whole_files.sign_whole_file(old_file, opened[0], 2048, 32, MAGIC)
        whole_files.compare_whole_file(opened[0], new_file, opened[1])
        whole_files.patch_whole_file(old_file, opened[1], opened[2])
    finally:
        for descriptor in (*opened, old_file, new_file):
            os.close(descriptor)
    signature = run_signature(old.read_bytes())
    assert paths[0].read_bytes() == signature
    table, output = LoadedSignature(), io.BytesIO()
    table.load(io.BytesIO(signature).readinto)
    with table.begin_delta() as job:
        job.run(io.BytesIO(new.read_bytes()).readinto, output.write, pacer=WindowPacer(2**18))
    assert paths[1].read_bytes() == output.getvalue()
    assert run_patch(old.read_bytes(), output.getvalue()) == new.read_bytes()
    assert paths[2].read_bytes() == new.read_bytes()


def test_a_full_disk_is_noticed_in_the_last_buffer(make_file: MakeFile) -> None:
    """Librsync says DONE with the last bytes still in a buffer; the flush tells the truth."""
    old = os.open(make_file("old", 100), os.O_RDONLY)
    full = os.open("/dev/full", os.O_RDWR)
    try:
        with pytest.raises(OSError, match="No space"):
            whole_files.sign_whole_file(old, full, 2048, 32, MAGIC)
    finally:
        os.close(old)
        os.close(full)


def test_failures_carry_librsyncs_trace(capfd: pytest.CaptureFixture[str]) -> None:
    """What librsync has to say becomes the error's detail and never appears on stderr."""
    with pytest.raises(LibrsyncFailed) as caught:
        run_patch(b"", b"no delta at all")
    assert caught.value.result == Result.BAD_MAGIC
    assert caught.value.exit_code == 104
    assert any("rs_patch" in line for line in caught.value.detail)
    assert capfd.readouterr().err == ""


def test_traces_belong_to_the_job_that_caused_them() -> None:
    """Two jobs that fail at once each get their own lines."""
    details: dict[str, tuple[str, ...]] = {}
    barrier = threading.Barrier(2)

    def fail(name: str, delta: bytes) -> None:
        barrier.wait()
        for _ in range(50):
            try:
                run_patch(b"", delta)
            except LibrsyncFailed as problem:
                details[name] = problem.detail
                assert len(problem.detail) <= 2

    threads = [
        threading.Thread(target=fail, args=("magic", b"no delta at all")),
        threading.Thread(target=fail, args=("command", bytes.fromhex("72730236ff00"))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "magic" in " ".join(details["magic"])
    assert "magic" not in " ".join(details["command"])


def test_what_a_basis_reader_raises_comes_through() -> None:
    """A disk error in the callback is that error, not a number from C."""

    def read_at(_buffer: memoryview, _offset: int) -> int:
        raise InterruptedError

    copy_all = bytes.fromhex("72730236450064" + "00")
    with begin_patch(read_at) as job, pytest.raises(InterruptedError):
        job.run(io.BytesIO(copy_all).readinto, lambda _data: None, pacer=WindowPacer(4096))


def test_a_basis_that_ends_early_is_an_error_not_a_loop() -> None:
    """Librsync would ask for ever; it is told that the input ended."""
    with pytest.raises(LibrsyncFailed) as caught:
        run_patch(b"short", bytes.fromhex("72730236450064" + "00"))
    assert caught.value.result == Result.INPUT_ENDED


def test_a_cut_delta_is_an_error_not_a_loop() -> None:
    """Input that ends in the middle of a command ends the job."""
    with pytest.raises(LibrsyncFailed) as caught:
        run_patch(b"basis", bytes.fromhex("7273023645"))
    assert caught.value.result == Result.INPUT_ENDED


def test_every_result_has_words_of_ours() -> None:
    """No user ever reads "unexplained problem"."""
    meanings = [describe_result(result) for result in Result if result is not Result.TEST_SKIPPED]
    assert len(set(meanings)) == len(meanings)
    assert "4711" in describe_result(4711)


def test_windows_shrink_when_calls_are_slow_and_grow_when_they_are_fast() -> None:
    """The pacer keeps a call short whatever the input, and long enough to be fast."""
    pacer = WindowPacer(2**18, paced=True, block_bytes=1000)
    assert pacer.window_bytes == 1000
    pacer.observe(1000, 0.0)
    assert pacer.window_bytes == 512
    for _ in range(20):
        pacer.observe(pacer.window_bytes, 0.0001)
    assert pacer.window_bytes == 2**18
    pacer.observe(2**18, 3.0)
    assert 16 < pacer.window_bytes < 2**18 / 90
    pacer.observe(pacer.window_bytes, 100.0)
    assert pacer.window_bytes == 16
