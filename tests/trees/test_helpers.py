"""Other processes and computers help with a folder: what comes out is the same."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    HelperLost,
    SourceMissing,
    TreeFacts,
    inspect,
    make_delta_from_trees,
    make_tree_delta,
    make_tree_signature,
)
from rdiff_gui.engine.trees.hashing import HashJob, hash_batch
from rdiff_gui.engine.trees.jobs import Failure

from ..conftest import edited, random_bytes, refused
from .writer import file, plant, whole

PROGRAM = [sys.executable, "-m", "rdiff_gui"]
START_SECONDS = 60

OLD = {f"folder {n % 5}/{n}": file(random_bytes(20_000 + n, n)) for n in range(150)}
NEW = {
    path.replace("folder 4", "moved"): file(edited(node.content or b"", seed=number))
    for number, (path, node) in enumerate(OLD.items())
} | {"new": file(random_bytes(30_000, 7))}


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders of many files."""
    return plant(tmp_path / "old", whole(OLD)), plant(tmp_path / "new", whole(NEW))


def body_of(made: Path) -> tuple[object, ...]:
    """What a file holds, its moment apart."""
    facts = inspect(made)
    assert isinstance(facts, TreeFacts)
    assert facts.seal
    return facts.seal.body, facts.seal.basis, facts.seal.result


def test_other_processes_help(trees: tuple[Path, Path], tmp_path: Path) -> None:
    """Signature, delta and both files at hand; and what fails elsewhere fails here."""
    context = multiprocessing.get_context("spawn")
    bodies: list[list[tuple[object, ...]]] = []
    with ProcessPoolExecutor(2, context) as helpers:
        for executor in (None, helpers):
            made = [tmp_path / name for name in ("sums", "delta", "both")]
            make_tree_signature(trees[0], made[0], executor=executor, replace=True)
            make_tree_delta(made[0], trees[1], made[1], executor=executor, replace=True)
            make_delta_from_trees(*trees, made[2], executor=executor, replace=True)
            bodies.append([body_of(each) for each in made[::2]])
            facts = inspect(made[1])
            assert isinstance(facts, TreeFacts)
            assert len(facts.changes) > len(NEW)
    assert bodies[0] == bodies[1]
    failure = hash_batch(HashJob(str(trees[0]), (("nobody", (0, 0)),)))
    assert isinstance(failure, Failure)
    with refused(SourceMissing, path=trees[0] / "nobody"):
        raise failure.rebuild()
    with pytest.raises(HelperLost):
        make_delta_from_trees(*trees, tmp_path / "lost", executor=helpers)
    assert not (tmp_path / "lost").exists()


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers on this computer; its address, and the workers."""
    told = folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = [
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
        "--scheduler-file", str(told),
    ]  # fmt: skip
    worker = [
        "distributed.cli.dask_worker", "--scheduler-file", str(told), "--nthreads", "1",
        "--no-nanny", "--no-dashboard", "--local-directory", str(folder / "space"),
    ]  # fmt: skip
    with contextlib.ExitStack() as running:
        started = []
        for words in (scheduler, worker, worker):
            while words is worker and not told.exists():
                time.sleep(0.05)
            process = subprocess.Popen([sys.executable, "-m", *words], cwd=folder, **quiet)  # type: ignore[call-overload]
            running.callback(process.wait)
            running.callback(process.kill)
            started.append(process)
        yield json.loads(told.read_text())["address"], started[1:]


def test_the_workers_of_a_scheduler_help(trees: tuple[Path, Path], tmp_path: Path) -> None:
    """--cluster has dask's workers do it; one that is killed is no loss."""
    make_delta_from_trees(*trees, tmp_path / "alone")
    with cluster(tmp_path) as (address, workers):
        words = ["diff", "--cluster", address, "old", "new", "delta"]
        running = subprocess.Popen([*PROGRAM, *words], cwd=tmp_path)
        deadline = time.monotonic() + START_SECONDS
        while not (tmp_path / "space").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(workers[0].pid, signal.SIGKILL)
        assert running.wait(START_SECONDS) == 0
    assert body_of(tmp_path / "delta") == body_of(tmp_path / "alone")
    done = subprocess.run(
        [*PROGRAM, "signature", "--cluster", "tcp://127.0.0.1:1", "old", "sums"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 100
    assert "helping process or computer" in done.stderr
