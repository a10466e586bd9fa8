"""Each failure shows its card, and the page that it happened on does the next job right."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdiff_gui.errors import (
    DiskFull,
    SourceChanged,
)
from rdiff_gui.ui import Page
from tests.conftest import random_bytes

from .failing import OLD, Bench
from .file_faults import FAULTS


def test_real_faults_are_told_and_healed(bench: Bench) -> None:
    """Whatever befalls a file between choosing it and the work: a card, no debris, a next time."""
    for job, faults in itertools.groupby(FAULTS, key=lambda fault: fault[0]):
        bench.choose(job.page, *job.inputs)
        for _job, expected, spoil in faults:
            spoil(bench.folder)
            before = set(os.listdir(bench.folder))  # noqa: PTH208  # names are what is compared
            error = bench.fail()
            assert type(error) is expected, error
            bench.judge_card(error)
            assert set(os.listdir(bench.folder)) == before  # noqa: PTH208  # as above
            bench.heal()
            bench.succeed()


def test_a_file_that_changes_meanwhile_is_told(bench: Bench) -> None:
    """Another program writes to the old file for as long as it is read."""
    # Large enough that the other program gets its turn on a busy machine.
    (bench.folder / "old").write_bytes(OLD * 200)
    bench.choose(Page.SIGNATURE, "old")
    stop = threading.Event()

    def go_on_writing() -> None:
        with (bench.folder / "old").open("ab", buffering=0) as file:
            while not stop.wait(0.0005):
                file.write(b"more")

    writer = threading.Thread(target=go_on_writing)
    writer.start()
    try:
        error = bench.fail()
    finally:
        stop.set()
        writer.join()
    assert type(error) is SourceChanged
    bench.judge_card(error)
    bench.heal()
    bench.succeed()


@contextlib.contextmanager
def small_disk(folder: Path, size_bytes: int) -> Iterator[None]:
    """A disk of that size, mounted on the folder."""
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "small", folder], check=True
    )
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a disk")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(Page.SIGNATURE, marks=pytest.mark.campaign),
        pytest.param(Page.DELTA, marks=pytest.mark.campaign),
        Page.PATCH,
    ],
)
def test_a_full_disk_is_told(
    page: Page, bench: Bench, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A real disk that is too small, and then another one."""
    disk = tmp_path_factory.mktemp("disk")
    inputs = {Page.SIGNATURE: ["old"], Page.DELTA: ["sig", "new"], Page.PATCH: ["delta", "old"]}
    with small_disk(disk, 4096):
        if page is Page.DELTA:
            (bench.folder / "new").write_bytes(random_bytes(300_000, seed=9))
        bench.choose(page, *inputs[page])
        chosen = bench.page.model.output.path
        bench.page.output.set_path(disk / "output")
        bench.page.output._typed()
        error = bench.fail()
        assert type(error) is DiskFull
        bench.judge_card(error)
        assert list(disk.iterdir()) == []
    bench.heal()
    bench.page.output.set_path(chosen or "")
    bench.page.output._typed()
    bench.succeed()
