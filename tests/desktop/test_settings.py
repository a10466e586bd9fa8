"""What the program remembers between runs."""

from __future__ import annotations

import json
from pathlib import Path

import platformdirs
import pytest

from rdiff_gui.desktop import own_files
from rdiff_gui.desktop.settings import Settings, ThemeChoice, load_settings, save_settings


def test_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    """Dark theme and window size are there at the next start, also in a new folder."""
    chosen = Settings(ThemeChoice.DARK, (1200, 800), maximized=True)
    file = tmp_path / "new" / "settings.json"
    save_settings(chosen, file)
    assert load_settings(file) == chosen
    assert [path.name for path in file.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[1, 2]",
        b"\xff\xfe\x00",
        b"null",
        b"[" * 100_000,
        b'{"theme": "purple", "window_size": [1], "maximized": "yes"}',
        b'{"theme": ["dark"], "window_size": [0, -5]}',
        b'{"window_size": [true, 800]}',
        b'{"window_size": [1e9, 800]}',
        b'{"window_size": {"a": 1}}',
    ],
)
def test_damaged_settings_are_the_defaults(damage: bytes, tmp_path: Path) -> None:
    """A broken file never keeps the window from opening."""
    file = tmp_path / "settings.json"
    file.write_bytes(damage)
    told: list[str] = []
    assert load_settings(file, told.append) == Settings()
    kept = tmp_path / "settings.json.broken"
    assert kept.read_bytes() == damage
    assert str(kept) in told[0]


def test_one_bad_value_does_not_take_the_others_along(tmp_path: Path) -> None:
    """Values that can be read are kept, and what we do not know is passed over."""
    file = tmp_path / "settings.json"
    stored = {"theme": "light", "window_size": "big", "maximized": True, "later": 1}
    file.write_text(json.dumps(stored))
    told: list[str] = []
    assert load_settings(file, told.append) == Settings(ThemeChoice.LIGHT, None, maximized=True)
    assert len(told) == 1


def test_no_settings_yet_are_the_defaults(tmp_path: Path) -> None:
    """The first start follows the system's colours."""
    assert load_settings(tmp_path / "none.json") == Settings(ThemeChoice.SYSTEM)


def test_settings_that_cannot_be_saved_disturb_nobody(tmp_path: Path) -> None:
    """A full or read-only home is logged; the old file stays and no temporary one is left."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    save_settings(Settings(), blocked / "settings.json")
    assert blocked.read_text() == "not a folder"
    assert list(tmp_path.iterdir()) == [blocked]


def test_our_files_lie_in_the_users_own_folders() -> None:
    """Settings and history are where the platform wants them, under our name."""
    config = platformdirs.user_config_path("rdiff-gui", appauthor=False)
    assert own_files.settings_file() == config / "settings.json"
    assert own_files.history_file().parent.name == "rdiff-gui"
