"""Folders by way of an executor: the same files, whoever dies meanwhile."""

from __future__ import annotations

import contextlib
import functools
import io
import multiprocessing
import os
import pickle
import shutil
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine import (
    Cancelled,
    CancelToken,
    FolderNotShared,
    HelperLost,
    Progress,
    Sealing,
    SignatureOptions,
    apply_tree_patch,
    delta_slices,
    make_delta_from_trees,
    make_tree_delta,
    make_tree_signature,
    repair_tree,
    verify_tree_patch,
)
from rdiff_gui.engine.trees import hashing, slices

from ...conftest import edited, random_bytes, refused
from ..conftest import MakeTrees, Trees
from ..test_interruption import interrupt, killed_at, settle
from ..writer import look
from .conftest import FILES, SLICE_BYTES


def _make_all(pair: tuple[Path, Path], folder: Path, executor: Executor | None) -> dict[str, bytes]:
    """What each of the three operations makes."""
    folder.mkdir()
    names = ("signature", "delta by signature", "delta")
    signature, by_signature, delta = (folder / name for name in names)
    how: dict[str, Any] = {"sealing": Sealing.NONE, "compress": False, "executor": executor}
    make_tree_signature(pair[0], signature, **how)
    make_tree_delta(signature, pair[1], by_signature, **how)
    make_delta_from_trees(*pair, delta, **how)
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    return {name: (folder / name).read_bytes() for name in names}


@pytest.mark.usefixtures("many_tasks")
def test_processes_make_the_same(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """Nobody can tell from a signature or a delta who worked on it."""
    alone = _make_all(pair, tmp_path / "alone", None)
    # As on Windows, and with nothing that a fork would bring.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context) as processes:
        assert _make_all(pair, tmp_path / "processes", processes) == alone


class _Noting(ThreadPoolExecutor):
    """Notes how much each task is for."""

    def __init__(self) -> None:
        super().__init__(2)
        self.step_bytes: list[int] = []

    def submit(self, *words: Any, **more: Any) -> Future[Any]:
        self.step_bytes.append(words[1].step_bytes)
        return super().submit(*words, **more)


@pytest.mark.usefixtures("many_tasks")
@pytest.mark.parametrize("block_bytes", [0, 100, 4096, 2**18])
def test_a_very_large_file_is_many_tasks(
    block_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its slices are signed and compared with the signature by many; nobody can tell."""
    monkeypatch.setattr(delta_slices, "_SLICE_BYTES_LEAST", SLICE_BYTES)
    monkeypatch.setattr(delta_slices, "_SLICE_BYTES_MOST", SLICE_BYTES)
    # Moved to and fro across slices, repeated, new, and zeros that are a hole and that are none.
    pieces = [random_bytes(300_007, number) for number in range(5)] + [bytes(200_000)]
    contents = [
        b"".join(pieces[each] for each in order) for order in ((0, 1, 2, 5), (2, 0, 5, 0, 4))
    ]
    for name, content in zip(("old", "new"), contents, strict=True):
        (tmp_path / name).mkdir()
        with (tmp_path / name / "large").open("wb") as large:
            large.write(content[:-100_000])
            large.seek(1_500_000, os.SEEK_CUR)
            large.write(content[-100_000:])
    results = []
    for kind in (_Noting, None):
        with kind() if kind else contextlib.nullcontext() as executor:
            signature, delta = tmp_path / "signature", tmp_path / "delta"
            how: dict[str, Any] = {"sealing": Sealing.NONE, "compress": False, "replace": True}
            how["executor"] = executor
            options = SignatureOptions(block_bytes)
            make_tree_signature(tmp_path / "old", signature, options, **how)
            make_tree_delta(signature, tmp_path / "new", delta, **how)
            results.append((signature.read_bytes(), delta.read_bytes()))
        if executor:
            # All of it is hashed in one go, twice.
            assert len(executor.step_bytes) > 6
            assert sorted(executor.step_bytes)[-3] <= 2 * max(SLICE_BYTES, block_bytes)
    assert results[0] == results[1]


class _Filling(ThreadPoolExecutor):
    """Does each task at once; when the last of `path` is done, the hole there is filled."""

    def __init__(self, path: Path, start: int, size_bytes: int) -> None:
        super().__init__(1)
        self.path = path
        self._hole = start, size_bytes
        self.has_filled = False

    def submit(self, *words: Any, **more: Any) -> Future[Any]:
        future = super().submit(*words, **more)
        future.result()
        job = words[1]
        status = self.path.stat()
        if isinstance(job, slices._ComparingSlices) and job.path == self.path.name:
            last = job.extents[-1]
            if last.start + last.size_bytes == status.st_size:
                with self.path.open("r+b") as file:
                    file.seek(self._hole[0])
                    file.write(bytes(self._hole[1]))
                os.utime(self.path, ns=(status.st_atime_ns, status.st_mtime_ns))
                self.has_filled = True
        return future


@pytest.mark.usefixtures("many_tasks")
@pytest.mark.parametrize("filled_slices", [1, 5, 7])
def test_holes_may_become_data(
    filled_slices: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zeros where a hole was, between the tasks and what is made of them, are the same file."""
    monkeypatch.setattr(delta_slices, "_SLICE_BYTES_LEAST", SLICE_BYTES)
    monkeypatch.setattr(delta_slices, "_SLICE_BYTES_MOST", SLICE_BYTES)
    ends = [random_bytes(4 * SLICE_BYTES, seed) for seed in range(2)]
    for name, begin in (("old", ends[0]), ("new", edited(ends[0]))):
        (tmp_path / name).mkdir()
        # Tasks of a later file are done before those of an earlier one are put together.
        (tmp_path / name / "earlier").write_bytes(begin + random_bytes(8 * SLICE_BYTES, 2))
        with (tmp_path / name / "large").open("wb") as large:
            large.write(begin)
            large.seek(12 * SLICE_BYTES)
            large.write(ends[1])
    signature, delta = tmp_path / "signature", tmp_path / "delta"
    make_tree_signature(tmp_path / "old", signature, SignatureOptions(2048))
    filling = tmp_path / "new" / "large", 5 * SLICE_BYTES, filled_slices * SLICE_BYTES
    with _Filling(*filling) as executor:
        make_tree_delta(signature, tmp_path / "new", delta, executor=executor)
    assert executor.has_filled
    apply_tree_patch(tmp_path / "old", delta, tmp_path / "result")
    assert look(tmp_path / "result") == look(tmp_path / "new")


@pytest.mark.usefixtures("many_tasks")
def test_processes_make_the_same_trees(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """Whoever reads and makes files: the same trees, in place and beside, repaired and back."""
    delta, home = tmp_path / "delta", tmp_path / "home"
    make_delta_from_trees(*pair, delta)
    home.mkdir()
    tree = home / "tree"
    shutil.copytree(pair[0], tree, symlinks=True)
    before = look(tree)
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
        how: dict[str, Any] = {"executor": processes}
        assert verify_tree_patch(tree, delta, **how).checked
        assert look(tree) == before
        apply_tree_patch(tree, delta, home / "beside", **how)
        apply_tree_patch(tree, delta, None, undo=home / "undo", **how)
        # A file that is the old one again.
        shutil.copy2(pair[0] / "large", tree / "large")
        assert repair_tree(tree, delta, **how).written_bytes
        for path in (tree, home / "beside"):
            assert look(path) == look(pair[1])
        apply_tree_patch(tree, home / "undo", None, keep_backup=False, **how)
    assert look(tree) == before
    assert sorted(path.name for path in home.iterdir()) == ["beside", "tree", "undo"]


@pytest.mark.usefixtures("many_tasks")
@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked by POSIX")
def test_a_patch_by_helpers_that_is_killed_is_ended_by_the_next(make_trees: MakeTrees) -> None:
    """As without them: the tree is one of the two, and the next run ends what was begun."""

    def patch(trees: Trees) -> None:
        with ThreadPoolExecutor(2) as executor:
            trees.patch(executor=executor)

    for step in range(1, 10_000, 29):
        trees = make_trees()
        ended = interrupt(functools.partial(patch, trees), killed_at(step))
        if not ended:
            break
        settle(trees)
        if not trees.is_new():
            patch(trees)
        assert trees.is_new()
    assert step > 100


class _Losing(ThreadPoolExecutor):
    """Loses every task the first time; with `always`, every time."""

    def __init__(self, *, always: bool) -> None:
        super().__init__(2)
        self._always = always
        self._seen: list[object] = []

    def submit(self, *words: Any, **more: Any) -> Future[Any]:
        if not self._always and any(words[1] is each for each in self._seen):
            return super().submit(*words, **more)
        self._seen.append(words[1])
        lost: Future[Any] = Future()
        lost.set_exception(ConnectionError("the machine is gone"))
        return lost


@pytest.mark.usefixtures("many_tasks")
def test_what_is_lost_is_given_away_once_more(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """A task that was lost is done by somebody else; who loses all of them is told of."""
    alone = _make_all(pair, tmp_path / "alone", None)
    with _Losing(always=False) as executor:
        assert _make_all(pair, tmp_path / "lost once", executor) == alone
    target = tmp_path / "lost twice" / "delta"
    target.parent.mkdir()
    with (
        _Losing(always=True) as executor,
        refused(HelperLost, reason="the machine is gone"),
    ):
        make_delta_from_trees(*pair, target, executor=executor)
    assert list(target.parent.iterdir()) == []


class _Weighing(ThreadPoolExecutor):
    """Says how much comes back from it in memory."""

    def __init__(self) -> None:
        super().__init__(2)
        self.weights: list[int] = []

    def submit(self, *words: Any, **more: Any) -> Future[Any]:
        future = super().submit(*words, **more)
        self.weights.append(len(pickle.dumps(future.result())))
        return future


@pytest.mark.usefixtures("many_tasks")
def test_what_is_long_does_not_come_back_in_memory(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """It comes by way of a file, or where there is no place for one, is made here."""
    how: dict[str, Any] = {"sealing": Sealing.NONE, "compress": False}
    target, stream = tmp_path / "delta", io.BytesIO()
    with _Weighing() as executor:
        for made in (target, stream):
            make_delta_from_trees(*pair, made, executor=executor, **how)
    assert stream.getvalue() == target.read_bytes()
    assert len(executor.weights) > len(FILES)
    assert max(executor.weights) < 2**20


class _Elsewhere(ThreadPoolExecutor):
    """A machine where something is not."""

    def __init__(self, missing: Path) -> None:
        super().__init__(1)
        self._missing = missing

    def submit(self, *words: Any, **more: Any) -> Future[Any]:
        aside, above = self._missing.with_name("aside"), self._missing.parent
        ns = above.stat().st_mtime_ns
        with contextlib.suppress(FileNotFoundError):
            self._missing.rename(aside)
        future = super().submit(*words, **more)
        future.exception()
        with contextlib.suppress(FileNotFoundError):
            aside.rename(self._missing)
        os.utime(above, ns=(ns, ns))
        return future


@pytest.mark.usefixtures("many_tasks")
@pytest.mark.parametrize("missing", ["old", "old/large", "made"])
def test_what_workers_do_not_see_is_named(
    missing: str, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    """A failure comes back with its facts, and says on which machine what is not to be found."""
    (tmp_path / "made").mkdir()
    with _Elsewhere(tmp_path / missing) as executor, pytest.raises(FolderNotShared) as caught:
        make_tree_signature(pair[0], tmp_path / "made" / "signature", executor=executor)
    # Of what is long, it is the folder beside the result.
    path = caught.value.path.parent if missing == "made" else caught.value.path
    assert (path, caught.value.host) == (tmp_path / missing, os.uname().nodename)
    assert list((tmp_path / "made").iterdir()) == []


@pytest.mark.parametrize("missing", ["tree", "tree/edited", ".tree.rdiff-stage"])
def test_a_patch_names_what_workers_do_not_see(missing: str, trees: Trees) -> None:
    """The same, and the tree is as it was."""
    with (
        _Elsewhere(trees.home / missing) as executor,
        refused(FolderNotShared, path=trees.home / missing),
    ):
        trees.patch(executor=executor)
    assert trees.is_old()


def test_a_cancel_ends_a_patch_by_helpers(trees: Trees) -> None:
    """When files are made already: the tree is as it was, and nothing is left beside it."""
    token = CancelToken()

    class Cancelling(ThreadPoolExecutor):
        """Ends a task when the run was told to end."""

        def submit(self, *words: Any, **more: Any) -> Future[Any]:
            future = super().submit(*words, **more)
            if not isinstance(words[1], hashing.HashJob):
                token.cancel()
            return future

    with Cancelling(1) as executor, pytest.raises(Cancelled):
        trees.patch(executor=executor, cancel=token)
    assert trees.is_old()


@pytest.mark.usefixtures("many_tasks")
def test_a_cancel_calls_tasks_off(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """After a cancel nothing is left, and no task begins any more."""
    target = tmp_path / "made" / "delta"
    target.parent.mkdir()
    token = CancelToken()

    def cancel(_progress: Progress) -> None:
        if list(target.parent.glob("*.spool")):
            token.cancel()

    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(Cancelled):
            make_delta_from_trees(
                *pair, target, executor=executor, on_progress=cancel, cancel=token
            )
        assert list(target.parent.iterdir()) == []
