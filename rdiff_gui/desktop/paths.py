"""Where the program keeps its own files."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "rdiff-gui"


def settings_file() -> Path:
    """The settings, under the user's configuration folder."""
    return platformdirs.user_config_path(APP_NAME, appauthor=False) / "settings.json"


def history_file() -> Path:
    """The finished operations, under the user's state folder."""
    return platformdirs.user_state_path(APP_NAME, appauthor=False) / "history.jsonl"


def data_home() -> Path:
    """Where desktops look for what a user added, on Linux and its relatives.

    Source: freedesktop.org, XDG Base Directory Specification: a path that is not whole is ignored.
    """
    chosen = Path(os.environ.get("XDG_DATA_HOME", ""))
    return chosen if chosen.is_absolute() else Path.home() / ".local/share"


def system_data_folders() -> list[Path]:
    """Where desktops look for what packages brought, in their order."""
    folders = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [Path(folder) for folder in folders.split(":") if Path(folder).is_absolute()]
