"""What the user chose to be remembered."""

from __future__ import annotations

import contextlib
import enum
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from rdiff_gui.desktop.own_files import replace_text
from rdiff_gui.wording import show_name, translate

T = TypeVar("T")

log = logging.getLogger(__name__)

# The largest window we believe: beyond it the file was damaged or edited by mistake.
_LARGEST_SIDE_PX = 20_000
_FASTEST_LINK_MBIT_S = 1_000_000


class ThemeChoice(enum.StrEnum):
    """Which colours the window wears."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Settings:
    """The window's size is in pixels; None until one was remembered.

    `desktop_offered`: whether the user was asked to have the program added to the desktop;
    `drop_lack_told`: whether the user was told that files cannot be dropped here;
    `link_mbit_s`: how fast the user's link to others is;
    `keep_history`: whether what is made is remembered, and signatures of what is sent are kept.
    """

    theme: ThemeChoice = ThemeChoice.SYSTEM
    window_size: tuple[int, int] | None = None
    maximized: bool = False
    desktop_offered: bool = False
    drop_lack_told: bool = False
    link_mbit_s: int = 50
    keep_history: bool = True


def load_settings(path: Path, tell: Callable[[str], None] = log.warning) -> Settings:
    """Read the settings; each value that is missing or damaged is the default.

    What is damaged is told in a sentence, and the file kept under another name.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        tell(
            translate("The settings could not be read ({reason}); the usual ones are used.").format(
                reason=error.strerror
            )
        )
        return Settings()
    except (ValueError, RecursionError):
        stored = None
    chosen = stored if isinstance(stored, dict) else {}
    broken = not isinstance(stored, dict)

    def take(name: str, default: T, read: Callable[[Any], T]) -> T:
        nonlocal broken
        if name in chosen:
            try:
                return read(chosen[name])
            except (TypeError, ValueError):
                broken = True
        return default

    usual = Settings()
    settings = Settings(
        theme=take("theme", usual.theme, ThemeChoice),
        window_size=take("window_size", usual.window_size, _window_size),
        maximized=take("maximized", usual.maximized, _flag),
        desktop_offered=take("desktop_offered", usual.desktop_offered, _flag),
        drop_lack_told=take("drop_lack_told", usual.drop_lack_told, _flag),
        link_mbit_s=take("link_mbit_s", usual.link_mbit_s, link_speed),
        keep_history=take("keep_history", usual.keep_history, _flag),
    )
    if broken:
        kept = path.with_name(f"{path.name}.broken")
        with contextlib.suppress(OSError):
            path.replace(kept)
        tell(
            translate(
                "Some of the settings could not be understood, so the usual ones are used in their "
                "place. The file is kept as “{name}”."
            ).format(name=show_name(kept))
        )
    return settings


def link_speed(given: object) -> int:
    """A speed in Mbit/s that was stored or typed. Raises: TypeError, ValueError."""
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise TypeError(given)
    speed = int(given)
    if not 1 <= speed <= _FASTEST_LINK_MBIT_S:
        raise ValueError(given)
    return speed


def _flag(stored: object) -> bool:
    if not isinstance(stored, bool):
        raise TypeError(stored)
    return stored


def _window_size(stored: object) -> tuple[int, int] | None:
    if stored is None:
        return None
    if not isinstance(stored, list) or len(stored) != 2:
        raise TypeError(stored)
    width, height = stored
    for side in (width, height):
        if type(side) is not int or not 1 <= side <= _LARGEST_SIDE_PX:
            raise ValueError(side)
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
