"""Where the program keeps its own files."""

from __future__ import annotations

from pathlib import Path

import platformdirs

APP_NAME = "rdiff-gui"


def settings_file() -> Path:
    """The settings, under the user's configuration folder."""
    return platformdirs.user_config_path(APP_NAME, appauthor=False) / "settings.json"


def history_file() -> Path:
    """The finished operations, under the user's state folder."""
    return platformdirs.user_state_path(APP_NAME, appauthor=False) / "history.jsonl"
