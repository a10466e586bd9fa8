"""Two folders for other processes and machines, and tasks that are small enough for a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from rdiff_gui.engine.trees import distribution, hashing, slices

from ...conftest import edited, random_bytes
from ..writer import Spec, file, folder, link, plant, whole

FILES = {f"folder/{number}": random_bytes(30_000, number) for number in range(8)}
SLICE_BYTES = 2**17
LARGE = random_bytes(1_200_000, 99)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders with all that can become of a file, and one with holes."""
    old: Spec = {
        **{path: file(content) for path, content in FILES.items()},
        "folder": folder(),
        "large": file(LARGE),
        "link": link("large"),
        "moved": file(random_bytes(5_000, 100)),
        "rewritten": file(random_bytes(5_000, 101)),
    }
    new: Spec = {
        **{path: file(edited(content)) for path, content in FILES.items()},
        "folder": folder(),
        "folder/moved": file(random_bytes(5_000, 100)),
        "large": file(LARGE[:600_000] + random_bytes(1_100_000, 102) + LARGE[600_000:]),
        "link": link("folder"),
        "new": file(random_bytes(100_000, 103)),
        "rewritten": file(random_bytes(5_000, 104)),
    }
    folders = plant(tmp_path / "old", whole(old)), plant(tmp_path / "new", whole(new))
    for seed, path in enumerate(folders):
        # A hole between the same bytes, and one behind others.
        with (path / "sparse").open("wb") as sparse:
            sparse.write(random_bytes(100_001, 105))
            sparse.seek(4_000_000)
            sparse.write(random_bytes(300_000, 106) + random_bytes(50_000, 107 + seed))
            sparse.truncate(9_000_000)
    return folders


@pytest.fixture
def many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every file be a task, long ones several, and long bodies go through a file."""
    monkeypatch.setattr(hashing, "BATCH_FILES", 1)
    monkeypatch.setattr(distribution, "LARGE_BYTES", 2**20)
    monkeypatch.setattr(distribution, "CUT_BYTES", 2**20)
    monkeypatch.setattr(slices, "SLICE_BYTES", SLICE_BYTES)
