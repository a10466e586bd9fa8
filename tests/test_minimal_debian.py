"""What `./test --debian` takes along; that it works is seen whenever somebody calls it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import minimal_debian


@pytest.mark.skipif(not shutil.which("git"), reason="git tells which files are the project's")
def test_the_files_of_now_are_tested_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes that are not committed too, nothing that git ignores, and nothing of last time."""
    project, there = tmp_path / "project", tmp_path / "there"
    for folder in (project / "tools", there / ".venv", there / "tools"):
        folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", project], check=True)
    (project / ".gitignore").write_text("dist\n")
    (project / "test").touch(mode=0o755)
    for name in ("gone", "dist", "tools/new"):
        (project / name).touch()
    subprocess.run(["git", "add", "gone"], check=True, cwd=project)
    (project / "gone").unlink()
    for name in ("old", "tools/old"):
        (there / name).touch()
    monkeypatch.setattr(minimal_debian, "PROJECT", project)
    minimal_debian.copy_project(there)
    names = {str(path.relative_to(there)) for path in there.rglob("*")}
    assert names == {".venv", ".gitignore", "test", "tools", "tools/new"}
    assert os.access(there / "test", os.X_OK)
