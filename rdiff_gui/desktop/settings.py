"""What the user chose to be remembered."""

from __future__ import annotations

import enum
import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from rdiff_gui.desktop.own_files import replace_text

log = logging.getLogger(__name__)

# The largest window we believe: beyond it the file was damaged or edited by mistake.
_LARGEST_SIDE_PX = 20_000


class ThemeChoice(enum.StrEnum):
    """Which colours the window wears."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Settings:
    """The window's size is in pixels; None until one was remembered.

    `desktop_offered`: whether the user was asked to have the program added to the desktop;
    `drop_lack_told`: whether the user was told that files cannot be dropped here.
    """

    theme: ThemeChoice = ThemeChoice.SYSTEM
    window_size: tuple[int, int] | None = None
    maximized: bool = False
    desktop_offered: bool = False
    drop_lack_told: bool = False


def load_settings(path: Path) -> Settings:
    """Read the settings; each value that is missing or damaged is the default."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as error:
        log.warning("settings not read: %s", error)
        return Settings()
    if not isinstance(stored, dict):
        return Settings()
    return Settings(
        theme=_theme(stored.get("theme")),
        window_size=_window_size(stored.get("window_size")),
        maximized=stored.get("maximized") is True,
        desktop_offered=stored.get("desktop_offered") is True,
        drop_lack_told=stored.get("drop_lack_told") is True,
    )


def _theme(stored: object) -> ThemeChoice:
    return next((choice for choice in ThemeChoice if choice == stored), ThemeChoice.SYSTEM)


def _window_size(stored: object) -> tuple[int, int] | None:
    if not isinstance(stored, list) or len(stored) != 2:
        return None
    width, height = stored
    for side in (width, height):
        if type(side) is not int or not 1 <= side <= _LARGEST_SIDE_PX:
            return None
    return width, height


def save_settings(settings: Settings, path: Path) -> None:
    """Replace the file in one step, so that a crash leaves the old or the new one.

    A folder that cannot be written is logged: forgetting a colour is no reason to disturb.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_text(path, json.dumps(asdict(settings), indent=2) + "\n")
    except OSError as error:
        log.warning("settings not saved: %s", error)
