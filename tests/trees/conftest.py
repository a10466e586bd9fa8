"""Two trees and what leads from one to the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine.trees.applying import apply_tree_patch
from rdiff_gui.engine.trees.summaries import TreePatchSummary
from tests.platforms import WINDOWS

from .writer import Node, Spec, file, folder, link, look, plant, whole, write_delta

BIG = bytes(range(256)) * 1024

# Their trees have links, modes and names that Windows has not.
if WINDOWS:
    collect_ignore = [
        "test_any_trees.py",
        "test_applying.py",
        "test_hostile_trees.py",
        "test_repair.py",
        "test_tree_commands.py",
    ]

OLD = whole(
    {
        "same": file(b"same"),
        "edited": file(BIG + b"old end"),
        "gone/deep/file": file(b"gone"),
        "gone/empty": folder(),
        "was here/moved": file(b"moved" * 1000),
        "file to folder": file(b"was a file"),
        "folder to file/inside": file(b"inside"),
        "link": link("same"),
        "links/one": file(b"two names"),
        "links/two": Node(hard="links/one"),
        "swap one": file(b"first" * 100),
        "swap two": file(b"second" * 100),
        "mode": file(b"mode", mode=0o600),
    }
)
NEW = whole(
    {
        "same": file(b"same"),
        "edited": file(BIG + b"new end", ns=5),
        "now here/moved": file(b"moved" * 1000),
        "now here/empty file": file(b""),
        "now here/empty": folder(),
        "file to folder/inside": file(b"in a folder now"),
        "folder to file": file(b"a file now"),
        "link": link("edited"),
        "new link": link("now here/moved"),
        "links/one": file(b"two names"),
        "links/two": file(b"two names"),
        "links/3rd": file(b"three"),
        "links/4th": Node(hard="links/3rd"),
        "swap one": file(b"second" * 100),
        "swap two": file(b"first" * 100),
        "mode": file(b"mode", mode=0o755),
        "caf\udce9\n": file(b"a strange name"),
    }
)


class Trees:
    """An old tree in a folder, and a delta that leads to the new one."""

    def __init__(self, home: Path, old: Spec = OLD, new: Spec = NEW) -> None:
        self.home = home
        self.old, self.new = whole(old), whole(new)
        self.root = plant(home / "tree", self.old)
        self.delta = home / "delta"
        self.delta.write_bytes(write_delta(old, new))

    def patch(self, **more: Any) -> TreePatchSummary:
        """Apply the delta in place."""
        return apply_tree_patch(self.root, self.delta, None, **{"keep_backup": False} | more)

    def is_old(self) -> bool:
        """Whether the old tree stands, and nothing else but the delta."""
        return look(self.root) == self.old and self.is_tidy()

    def is_new(self) -> bool:
        """Whether the new one does."""
        return look(self.root) == self.new and self.is_tidy()

    def is_tidy(self) -> bool:
        """Whether nothing is left of any patch."""
        return {entry.name for entry in self.home.iterdir()} <= {"tree", "delta", "new tree"}


MakeTrees = Callable[..., Trees]


@pytest.fixture
def make_trees(tmp_path: Path) -> MakeTrees:
    """Make others than those that all tests share."""

    def make(old: Spec = OLD, new: Spec = NEW) -> Trees:
        number = sum(1 for _ in tmp_path.iterdir())
        (tmp_path / str(number)).mkdir()
        return Trees(tmp_path / str(number), old, new)

    return make


@pytest.fixture
def trees(make_trees: MakeTrees) -> Trees:
    """A tree with one of everything that can become of a path."""
    return make_trees()
