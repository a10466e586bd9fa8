"""A user's home, the verb that adds the program to the desktop there, and a desktop's programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui import cli
from rdiff_gui.desktop.own_files import receipt_file

Desktop = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fresh home of a user without any XDG variables."""
    folder = tmp_path / "home of 用户"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_DATA_DIRS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def share(home: Path) -> Path:
    """That user's data folder, which is not there yet."""
    return home / ".local/share"


def tree(folder: Path) -> dict[str, bytes | None]:
    """All that lies in a folder: files with their content, folders with None."""
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Desktop:
    """Run the verb, without a process of its own; what it answers. All must go well."""

    def run(action: str, **environment: str) -> str:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            assert cli.main(["desktop", action]) == 0
        answer, beside = capfd.readouterr()
        assert beside == ""
        return answer

    return run


def change_receipt(**facts: object) -> None:
    """As if another version had written it."""
    file = receipt_file()
    file.write_text(json.dumps({**json.loads(file.read_text()), **facts}))


class FakePrograms:
    """A folder on PATH whose programs are shell scripts of ours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, script: str) -> None:
        """Install `name`, run by sh."""
        program = self.folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    """The desktop has the programs that the test adds, and no others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("cat", "sleep", "printf", "echo"):
        (folder / tool).symlink_to(
            f"/bin/{tool}" if Path(f"/bin/{tool}").exists() else f"/usr/bin/{tool}"
        )
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return FakePrograms(folder)
