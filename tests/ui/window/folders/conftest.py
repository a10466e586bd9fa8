"""Two versions of a folder, and what leads from one to the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from rdiff_gui.engine import make_delta_from_trees
from tests.conftest import edited, random_bytes, write_folder

BIG = random_bytes(60_000)


def read(folder: Path) -> dict[str, bytes]:
    """What is in a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


OLD = {"same": b"same", "data/big": BIG, "gone": b"gone", "here/moved": BIG[:5000]}
NEW = {"same": b"same", "data/big": edited(BIG), "there/moved": BIG[:5000], "new": b"new"}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The older folder."""
    return write_folder(tmp_path / "game-1.2", OLD, 1000)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """The newer folder."""
    return write_folder(tmp_path / "game-1.3", NEW, 2000)


@pytest.fixture
def delta(old: Path, new: Path, tmp_path: Path) -> Path:
    """What leads from one to the other; the new one is not here."""
    make_delta_from_trees(old, new, tmp_path / "update.rdelta")
    new.rename(tmp_path / "elsewhere")
    return tmp_path / "update.rdelta"
