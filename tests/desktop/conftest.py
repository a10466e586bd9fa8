"""A user's home, and the verb that adds the program to the desktop there."""

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
