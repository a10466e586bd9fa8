"""Jobs and whole-file calls: the same bytes, and nothing on stderr."""

from __future__ import annotations

import ctypes
import errno
import io
import os
import threading
from pathlib import Path

import pytest

from rdiff_gui.errors import LibrsyncFailed
from rdiff_gui.librsync import prototypes, whole_files
from rdiff_gui.librsync.jobs import (
    Job,
    JobChannel,
    LoadedSignature,
    Memory,
    WindowPacer,
    begin_signature,
)
from rdiff_gui.librsync.prototypes import Result, describe_result

from .conftest import MakeFile, edited, refused

MAGIC = 0x72730147

BINARY: int = getattr(os, "O_BINARY", 0)


def run_job(job: Job, data: bytes, window_bytes: int = 2**20) -> bytes:
    """Feed a job from memory, to its end."""
    source, output = Memory(len(data)), io.BytesIO()
    source.view[: len(data)] = data
    windows: list[int] = []
    channel = JobChannel(WindowPacer(window_bytes), Memory(2**12), output.write, windows.append)
    with job:
        job.feed(source, 0, len(data), channel, ended=True)
    assert sum(windows) == len(data)
    return output.getvalue()


def run_signature(data: bytes, block_bytes: int = 2048) -> bytes:
    """Sign in memory."""
    return run_job(begin_signature(block_bytes, 32, MAGIC), data)


def load_signature(signature: bytes) -> LoadedSignature:
    """Load a signature of ours."""
    table = LoadedSignature()
    table.load(io.BytesIO(signature).readinto, 12, 36, len(signature) // 36)
    return table


def test_the_buffers_are_as_long_as_the_librarys() -> None:
    """A wrong size would let librsync write over our memory."""
    assert ctypes.sizeof(prototypes.Buffers) == 40


@pytest.mark.parametrize("size", [0, 1, 2048, 3_000_000])
def test_jobs_and_whole_files_agree(size: int, make_file: MakeFile, tmp_path: Path) -> None:
    """Both call families give the same signature, and the same file back."""
    old = make_file("old", size)
    new = make_file("new", edited(old.read_bytes()))
    paths = [tmp_path / name for name in ("sig", "delta", "result")]
    opened = [os.open(path, os.O_RDWR | os.O_CREAT | BINARY) for path in paths]
    old_file, new_file = (os.open(path, os.O_RDONLY | BINARY) for path in (old, new))
    try:
        whole_files.sign_whole_file(old_file, opened[0], 2048, 32, MAGIC)
        whole_files.compare_whole_file(opened[0], new_file, opened[1])
        whole_files.patch_whole_file(old_file, opened[1], opened[2])
    finally:
        for descriptor in (*opened, old_file, new_file):
            os.close(descriptor)
    signature = run_signature(old.read_bytes())
    assert paths[0].read_bytes() == signature
    delta = run_job(load_signature(signature).begin_delta(), new.read_bytes(), 2**18)
    assert paths[1].read_bytes() == delta
    assert paths[2].read_bytes() == new.read_bytes()


def test_a_full_disk_is_noticed_in_the_last_buffer(make_file: MakeFile) -> None:
    """Librsync says DONE with the last bytes still in a buffer; the flush tells the truth."""
    old = os.open(make_file("old", 100), os.O_RDONLY)
    full = os.open("/dev/full", os.O_RDWR)
    try:
        with refused(OSError, errno=errno.ENOSPC):
            whole_files.sign_whole_file(old, full, 2048, 32, MAGIC)
    finally:
        os.close(old)
        os.close(full)


def test_failures_carry_librsyncs_trace(capfd: pytest.CaptureFixture[str]) -> None:
    """What librsync has to say becomes the error's detail and never appears on stderr."""
    with pytest.raises(LibrsyncFailed) as caught:
        load_signature(bytes.fromhex("111111110000080000000020"))
    assert caught.value.result == Result.BAD_MAGIC
    assert caught.value.exit_code == 104
    assert any("loadsig" in line for line in caught.value.detail)
    assert capfd.readouterr().err == ""


def test_traces_belong_to_the_job_that_caused_them() -> None:
    """Two jobs that fail at once each get their own lines."""
    details: dict[str, tuple[str, ...]] = {}
    barrier = threading.Barrier(2)

    def fail(name: str, signature: bytes) -> None:
        barrier.wait()
        for _ in range(50):
            try:
                load_signature(signature)
            except LibrsyncFailed as problem:
                details[name] = problem.detail
                assert len(problem.detail) <= 2

    threads = [
        threading.Thread(target=fail, args=("magic", bytes.fromhex("111111110000080000000020"))),
        threading.Thread(target=fail, args=("length", bytes.fromhex("727301470000080000007777"))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "magic" in " ".join(details["magic"])
    assert "magic" not in " ".join(details["length"])


def test_records_that_are_not_whole_are_an_error(make_file: MakeFile) -> None:
    """What librsync would silently leave unread is noticed."""
    signature = run_signature(make_file("old", 10_000).read_bytes())
    with pytest.raises(LibrsyncFailed):
        load_signature(signature[:-5])


def test_a_job_goes_on_with_blocks_from_anywhere() -> None:
    """Whole blocks need nothing of what came before, so one job may serve many slices."""
    data = bytes(range(256)) * 40
    whole = run_signature(data, 256)
    source, sums = Memory(len(data)), bytearray()
    source.view[:] = data
    channel = JobChannel(WindowPacer(1000), Memory(100), sums.extend, lambda _bytes: None)
    with begin_signature(256, 32, MAGIC) as job:
        for start in (5120, 0, 2560):
            job.feed(source, start, start + 512, channel)
    records = [whole[12 + number * 36 :][:72] for number in (20, 0, 10)]
    assert bytes(sums) == whole[:12] + b"".join(records)


def test_every_result_has_words_of_ours() -> None:
    """No user ever reads "unexplained problem"."""
    meanings = [describe_result(result) for result in Result if result is not Result.TEST_SKIPPED]
    assert len(set(meanings)) == len(meanings)
    assert "4711" in describe_result(4711)


def test_windows_shrink_when_calls_are_slow_and_grow_when_they_are_fast() -> None:
    """The pacer keeps a call short whatever the input, and long enough to be fast."""
    pacer = WindowPacer(2**18, paced=True)
    pacer.begin_job(1000)
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


def test_memory_is_asked_for_before_librsync_needs_it() -> None:
    """Librsync aborts the whole process where it gets none; so that is found out first."""
    asked: list[int] = []

    def read(buffer: memoryview) -> int:
        asked.append(len(buffer))
        return 0

    with pytest.raises(MemoryError):
        LoadedSignature().load(read, 12, 36, 2**56)
    assert not asked
