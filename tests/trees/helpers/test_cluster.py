"""Folders by way of a real scheduler and its workers: the same files, whoever dies meanwhile."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.cli import cluster as cli_cluster
from rdiff_gui.cli.cluster import open_cluster
from rdiff_gui.engine import (
    CancelToken,
    ClusterUnreachable,
    HelperLost,
    Progress,
    Sealing,
    Stage,
    apply_tree_patch,
    make_delta_from_trees,
    make_tree_delta,
    make_tree_signature,
)
from rdiff_gui.engine.trees import hashing

from ...cli_process import one_line, run_cli
from ...conftest import refused
from ..writer import look
from .conftest import LARGE


class Cluster:
    """A scheduler and two workers, each a process."""

    def __init__(self, folder: Path) -> None:
        """Start them."""
        self._folder = folder
        file = folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
        self.scheduler = self._start("dask_scheduler", "--port", "0", *options)
        self.workers = [self._start_worker(file, str(number)) for number in range(2)]
        self.address = self._wait(file)

    def _start(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *words]
        with (self._folder / "log").open("ab") as log:
            # Who asks a dead worker for what it held waits for half a minute otherwise.
            patience = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"}
            return subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self._folder, env=os.environ | patience
            )

    def _start_worker(self, file: Path, name: str) -> subprocess.Popen[bytes]:
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", name]
        return self._start("dask_worker", "--scheduler-file", str(file), *options)

    def _wait(self, file: Path) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if (self._folder / "log").read_bytes().count(b"Registered to") == 2:
                return str(json.loads(file.read_text())["address"])
            time.sleep(0.05)
        raise AssertionError((self._folder / "log").read_text())

    def close(self) -> None:
        """End all."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Real machines, as far as a test has them."""
    with contextlib.closing(Cluster(tmp_path_factory.mktemp("cluster"))) as cluster:
        yield cluster


def _once_under_way(
    strike: Callable[[], object], done_bytes: int = 200_000
) -> Callable[[Progress], None]:
    """Do something when a part is done."""
    struck: list[Progress] = []

    def look(progress: Progress) -> None:
        if not struck and progress.total_bytes and progress.done_bytes > done_bytes:
            struck.append(progress)
            strike()

    return look


@pytest.mark.usefixtures("many_tasks")
def test_a_cluster_loses_a_worker(
    cluster: Cluster, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    """--cluster makes the same delta without a word, and so do those that are left of it."""
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    alone.mkdir()
    shared.mkdir()
    make_delta_from_trees(*pair, alone / "delta", sealing=Sealing.NONE, compress=False)
    words = ("diff", "--plain", "--no-compress", "--cluster", cluster.address, *pair)
    done = run_cli(*words, shared / "by command")
    assert (done.returncode, done.stderr) == (0, b"")
    with open_cluster(cluster.address, CancelToken()) as executor:
        make_delta_from_trees(
            *pair,
            shared / "by library",
            sealing=Sealing.NONE,
            compress=False,
            executor=executor,
            on_progress=_once_under_way(cluster.workers[0].kill),
        )
    assert cluster.workers[0].wait() == -signal.SIGKILL
    assert sorted(path.name for path in shared.iterdir()) == ["by command", "by library"]
    for path in shared.iterdir():
        assert path.read_bytes() == (alone / "delta").read_bytes()


class _Stopping(Executor):
    """Has a worker stand still when all is hashed, and has it given tasks all the same."""

    def __init__(self, executor: Executor, process_id: int) -> None:
        self._executor = executor
        self._process_id = process_id
        self.has_stopped = False

    def submit(self, *words: Any, **more: Any) -> Future[Any]:
        if not isinstance(words[1], hashing.HashJob) and not self.has_stopped:
            os.kill(self._process_id, signal.SIGSTOP)
            self.has_stopped = True
        return self._executor.submit(*words, **more)


@pytest.mark.usefixtures("many_tasks")
def test_a_cluster_loses_a_worker_within_a_file(
    cluster: Cluster, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    """Slices of one file that were lost are made by who is left, and nobody can tell."""
    old, new = tmp_path / "large old", tmp_path / "large new"
    for made, tree in zip((old, new), pair, strict=True):
        made.mkdir()
        (tree / "large").rename(made / "large")
    alone = [tmp_path / name for name in ("signature", "delta")]
    how: dict[str, Any] = {"sealing": Sealing.NONE, "compress": False}
    make_tree_signature(old, alone[0], **how)
    make_tree_delta(alone[0], new, alone[1], **how)
    shared = [tmp_path / "shared" / path.name for path in alone]
    shared[0].parent.mkdir()
    lost = cluster.workers[0]
    with open_cluster(cluster.address, CancelToken()) as executor:
        # It gets slices, and is killed when the other one has made some.
        how["executor"] = _Stopping(executor, lost.pid)
        strike = _once_under_way(lost.kill, len(LARGE) // 2)
        make_tree_signature(old, shared[0], on_progress=strike, **how)
        assert lost.wait() == -signal.SIGKILL
        make_tree_delta(shared[0], new, shared[1], **how | {"executor": executor})
    for path, right in zip(shared, alone, strict=True):
        assert path.read_bytes() == right.read_bytes()
    assert sorted(shared[0].parent.iterdir()) == sorted(shared)


@pytest.mark.usefixtures("many_tasks")
def test_a_cluster_patches(cluster: Cluster, pair: tuple[Path, Path], tmp_path: Path) -> None:
    """--cluster patches and verifies without a word; a worker may be killed with what it made."""
    delta, tree = tmp_path / "delta", tmp_path / "patched" / "tree"
    make_delta_from_trees(*pair, delta)
    shutil.copytree(pair[0], tree, symlinks=True)
    to_cluster = ("--cluster", cluster.address)
    for words in (
        ("verify", tree, delta),
        ("patch", tree, delta, tree.with_name("beside")),
        ("verify", "--repair", tree.with_name("beside"), delta),
    ):
        done = run_cli(*words, *to_cluster)
        assert (done.returncode, done.stderr) == (0, b"")
    lost = cluster.workers[0]
    with open_cluster(cluster.address, CancelToken()) as executor:
        stopping = _Stopping(executor, lost.pid)

        def strike(progress: Progress) -> None:
            if progress.stage is Stage.PATCHING and stopping.has_stopped:
                lost.kill()

        apply_tree_patch(
            tree, delta, None, keep_backup=False, executor=stopping, on_progress=strike
        )
    assert lost.wait() == -signal.SIGKILL
    for path in (tree, tree.with_name("beside")):
        assert look(path) == look(pair[1])
    assert sorted(path.name for path in tree.parent.iterdir()) == ["beside", "tree"]


@pytest.mark.campaign
@pytest.mark.usefixtures("many_tasks")
def test_a_cluster_loses_its_scheduler(
    cluster: Cluster, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    """A sentence in the end, and nothing is left; dask takes some seconds to give it up."""
    target = tmp_path / "made" / "delta"
    target.parent.mkdir()
    with (
        open_cluster(cluster.address, CancelToken()) as executor,
        refused(HelperLost, reason="the scheduler is gone"),
    ):
        make_delta_from_trees(
            *pair, target, executor=executor, on_progress=_once_under_way(cluster.scheduler.kill)
        )
    assert list(target.parent.iterdir()) == []


def test_nobody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address where no scheduler is, and one that is none, are told of in time."""
    monkeypatch.setattr(cli_cluster, "_PATIENCE_SECONDS", 0.5)
    for address in ("tcp://127.0.0.1:1", "nonsense"):
        with (
            refused(ClusterUnreachable, address=address),
            open_cluster(address, CancelToken()),
        ):
            raise AssertionError(address)
        assert logging.getLogger().isEnabledFor(logging.CRITICAL)


def test_an_installation_without_dask(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """The downloads have none; the sentence says what is missing."""
    (tmp_path / "distributed.py").write_text("raise ImportError")
    words = ("diff", *pair, tmp_path / "delta", "--cluster", "tcp://127.0.0.1:1")
    done = run_cli(*words, PYTHONPATH=str(tmp_path))
    assert done.returncode == 101
    assert "rdiff-gui[cluster]" in one_line(done)
    done = run_cli("diff", *[path / "large" for path in pair], *words[3:])
    assert "no folder was named" in one_line(done)
