"""How far work is: told as a part of the file or folder it is about, counted to the last byte."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine import (
    apply_patch,
    apply_tree_patch,
    make_delta,
    make_delta_from_files,
    make_delta_from_trees,
    make_signature,
    make_tree_delta,
    make_tree_signature,
    repair_tree,
    verify_patch,
    verify_tree_patch,
)
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Sealing, SignatureOptions
from rdiff_gui.engine.progress import Progress
from tests.conftest import edited, random_bytes, write_folder

# One is worked on with all cores, and the others in batches.
BIG = random_bytes(2_000_000)
SMALL = random_bytes(300_000, 1)
OLD = {"big": BIG, "same": SMALL, "other": SMALL[:90_000], "gone": SMALL[5:], "here/moved": BIG[5:]}
NEW = {
    "big": edited(BIG),
    "same": SMALL,
    "other": random_bytes(90_000, 2),
    "new": SMALL[:5000],
    "there/moved": BIG[5:],
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two folders, and what leads from each to the other; the same of a file in both."""
    old, new = write_folder(tmp_path / "old", OLD, 1000), write_folder(tmp_path / "new", NEW, 2000)
    make_tree_signature(old, tmp_path / "tree.rsig")
    make_delta_from_trees(old, new, tmp_path / "tree.rdelta")
    make_signature(old / "big", tmp_path / "file.rsig")
    make_delta_from_files(old / "big", new / "big", tmp_path / "file.rdelta")
    plain = tmp_path / "plain.rdelta"
    make_delta_from_files(old / "big", new / "big", plain, sealing=Sealing.NONE)
    return tmp_path


Work = Callable[..., object]
In = Callable[[Path], Work]

FILES: dict[str, In] = {
    "signature": lambda at: partial(make_signature, at / "old/big", at / "out"),
    "delta": lambda at: partial(make_delta, at / "file.rsig", at / "new/big", at / "out"),
    "diff": lambda at: partial(make_delta_from_files, at / "old/big", at / "new/big", at / "out"),
    "diff by blocks": lambda at: partial(
        make_delta_from_files, at / "old/big", at / "new/big", at / "out", SignatureOptions(2048)
    ),
    "verify": lambda at: partial(verify_patch, at / "old/big", at / "file.rdelta"),
    "patch": lambda at: partial(apply_patch, at / "old/big", at / "file.rdelta", at / "out"),
    "patch without a seal": lambda at: partial(
        apply_patch, at / "old/big", at / "plain.rdelta", at / "out"
    ),
    "patch and undo": lambda at: partial(
        apply_patch, at / "old/big", at / "file.rdelta", at / "out", undo=at / "undo"
    ),
    "changes only": lambda at: partial(
        apply_patch, at / "old/big", at / "file.rdelta", at / "old/big",
        in_place=True, changes_only=True, replace=True,
    ),
}  # fmt: skip
FOLDERS: dict[str, In] = {
    "signature": lambda at: partial(make_tree_signature, at / "old", at / "out"),
    "delta": lambda at: partial(make_tree_delta, at / "tree.rsig", at / "new", at / "out"),
    "diff": lambda at: partial(make_delta_from_trees, at / "old", at / "new", at / "out"),
    "verify": lambda at: partial(verify_tree_patch, at / "old", at / "tree.rdelta"),
    "patch": lambda at: partial(apply_tree_patch, at / "old", at / "tree.rdelta", at / "out"),
    "patch and undo": lambda at: partial(
        apply_tree_patch, at / "old", at / "tree.rdelta", at / "out", undo=at / "undo"
    ),
    "in place": lambda at: partial(
        apply_tree_patch, at / "old", at / "tree.rdelta", None, keep_backup=False
    ),
    "in place and undo": lambda at: partial(apply_tree_patch, at / "old", at / "tree.rdelta", None),
    "repair": lambda at: partial(repair_tree, at / "old", at / "tree.rdelta"),
}


class _Listener:
    """Hears what is told, and sees what was counted at the end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[Progress] = []
        self.counted: list[tuple[int, int | None]] = []
        tell_end = Run.tell_end

        def look(run: Run) -> None:
            self.counted.append((run.done_bytes, run.total_bytes))
            tell_end(run)

        monkeypatch.setattr(Run, "tell_end", look)
        monkeypatch.setattr("rdiff_gui.engine.operation._TELL_SECONDS", 0)
        for module in ("batches", "hashing"):
            monkeypatch.setattr(f"rdiff_gui.engine.trees.{module}.LARGE_BYTES", 2**20)

    def hear(self, work: Work, **more: Any) -> None:
        """Listen to this work alone."""
        self.counted.clear()
        work(on_progress=self.told.append, **more)

    def check(self, whole_bytes: int) -> None:
        """All is of one size, no more than that; what was counted is what was to be done."""
        ((done_bytes, total_bytes),) = self.counted
        assert total_bytes is not None
        # The signatures within a folder's are read again, file by file.
        assert total_bytes <= done_bytes < total_bytes * 1.01
        assert self.told[-1].done_bytes == self.told[-1].total_bytes
        (told_bytes,) = {each.total_bytes for each in self.told} - {None}
        assert told_bytes
        assert told_bytes <= whole_bytes
        assert all(each.done_bytes <= whole_bytes for each in self.told)


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> _Listener:
    """One for the test."""
    return _Listener(monkeypatch)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_told_once(name: str, home: Path, listener: _Listener) -> None:
    """However often it is read and written."""
    whole_bytes = max((home / side / "big").stat().st_size for side in ("old", "new"))
    listener.hear(FILES[name](home))
    listener.check(whole_bytes)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_is_told_once(name: str, home: Path, listener: _Listener) -> None:
    """A large one is never said to be larger than it is."""
    if name == "repair":
        # All of both sides is read, and some of it made.
        (home / "old/big").write_bytes(NEW["big"])
        (home / "old/other").write_bytes(b"damaged")
    listener.hear(FOLDERS[name](home))
    listener.check(max(sum(map(len, files.values())) for files in (OLD, NEW)))
