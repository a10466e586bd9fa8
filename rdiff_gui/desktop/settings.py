"""What the user chose to be remembered."""

from __future__ import annotations

import contextlib
import enum
import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rdiff_gui.desktop.own_files import log_warning, replace_text
from rdiff_gui.engine.options import THREADS_MAX, Sealing
from rdiff_gui.languages import LANGUAGES
from rdiff_gui.records import record
from rdiff_gui.wording import show_list, show_name, translate

# The largest window we believe: beyond it the file was damaged or edited by mistake.
_LARGEST_SIDE_PX = 20_000
_FASTEST_LINK_MBIT_S = 1_000_000
_NAME = "{name}"
_NAME_ADDED_MOST = 60
# Our own, and what is usual with rdiff.
_ENDINGS = (".rdelta", ".delta", ".rsig", ".sig", ".signature")
# Refused on every system: the settings may travel, and so may the results.
_IN_NO_NAME = '<>:"/\\|?*{}'


class ThemeChoice(enum.StrEnum):
    """Which colours the window wears."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@record(frozen=True)
class Settings:
    """What is remembered, with the values it has before anybody chose.

    `window_size` is in pixels, None until one was remembered;
    `desktop_offered`: whether the user was asked to have the program added to the desktop;
    `drop_lack_told`: whether the user was told that files cannot be dropped here;
    `link_mbit_s`: how fast the user's link to others is;
    `keep_history`: whether what is made is remembered, and signatures of what is sent are kept;
    `output_folder`: where results go, None for beside the file that they are made from;
    `signature_name` and `delta_name`: what results are called, see `fill_name`;
    `threads`: how many to work with, 0 for one a core;
    `compress` and `sealing`: what the options of new work begin with;
    `language`: the one that the window speaks, empty for the system's; `ui.language` reads it too.
    """

    theme: ThemeChoice = ThemeChoice.SYSTEM
    window_size: tuple[int, int] | None = None
    maximized: bool = False
    desktop_offered: bool = False
    drop_lack_told: bool = False
    link_mbit_s: int = 50
    keep_history: bool = True
    output_folder: Path | None = None
    # These open with a double-click; docs/desktop.md says why not rdiff's custom.
    signature_name: str = "{name}.rsig"
    delta_name: str = "{name}.rdelta"
    threads: int = 0
    compress: bool = True
    sealing: Sealing = Sealing.FULL
    language: str = ""

    @property
    def naming(self) -> tuple[object, ...]:
        """What names of results depend on."""
        return self.output_folder, self.signature_name, self.delta_name


def load_settings(path: Path, tell: Callable[[str], None] = log_warning) -> Settings:
    """Read the settings; each value that is missing or damaged is the usual one.

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
    if not isinstance(stored, dict):
        kept = _keep_broken(path)
        tell(
            translate(
                "The settings could not be understood, so the usual ones are used. The file is "
                "kept as “{name}”."
            ).format(name=show_name(kept))
        )
        return Settings()
    read: dict[str, Any] = {}
    broken = []
    for name, (label, reader) in _READERS.items():
        if name in stored:
            try:
                read[name] = reader(stored[name])
            except (TypeError, ValueError):
                broken.append(label)
    if broken:
        kept = _keep_broken(path)
        tell(
            translate(
                "Of the settings, this could not be understood, so the usual is used in its place: "
                "{labels}. The file is kept as “{name}”."
            ).format(labels=show_list(broken), name=show_name(kept))
        )
    return Settings(**read)


def _keep_broken(path: Path) -> Path:
    kept = path.with_name(f"{path.name}.broken")
    with contextlib.suppress(OSError):
        path.replace(kept)
    return kept


def link_speed(given: object) -> int:
    """A speed in Mbit/s that was stored or typed. Raises: TypeError, ValueError."""
    return _whole_number(given, 1, _FASTEST_LINK_MBIT_S)


def thread_count(given: object) -> int:
    """A number of threads that was stored or typed, 0 for all. Raises: TypeError, ValueError."""
    return _whole_number(given, 0, THREADS_MAX)


def name_pattern(given: object) -> str:
    """What results shall be called, `{name}` being the file's name.

    Raises: TypeError; ValueError, for one that could be no file's name, or a file's own.
    """
    if not isinstance(given, str):
        raise TypeError(given)
    pattern = given.strip()
    added = pattern.replace(_NAME, "", 1)
    if _NAME not in pattern or not 1 <= len(added) <= _NAME_ADDED_MOST:
        raise ValueError(given)
    if not added.isprintable() or any(letter in _IN_NO_NAME for letter in added):
        raise ValueError(given)
    if pattern.endswith("."):
        raise ValueError(given)
    return pattern


def fill_name(pattern: str, name: str) -> str:
    """What the result is called that is made from the file `name`."""
    return pattern.replace(_NAME, name, 1)


def own_name(path: Path) -> str:
    """What it is called after: `photos.db` of `photos.db.rdelta`; empty where nobody can tell."""
    for ending in _ENDINGS:
        if path.name.lower().endswith(ending):
            # Neither nothing nor a dot is a name.
            return Path(path.name[: -len(ending)]).name
    return ""


def _whole_number(given: object, least: int, most: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise TypeError(given)
    number = int(given)
    if not least <= number <= most:
        raise ValueError(given)
    return number


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


def _language(stored: object) -> str:
    if stored and stored not in LANGUAGES:
        raise ValueError(stored)
    return str(stored)


def _folder(stored: object) -> Path | None:
    if stored is None:
        return None
    if not isinstance(stored, str):
        raise TypeError(stored)
    if "\0" in stored or not Path(stored).is_absolute():
        raise ValueError(stored)
    return Path(stored)


# What each setting is called in the window, and how what is stored is read.
_READERS: Mapping[str, tuple[str, Callable[[Any], object]]] = {
    "theme": (translate("Colours"), ThemeChoice),
    "window_size": (translate("Size of the window"), _window_size),
    "maximized": (translate("Size of the window"), _flag),
    "desktop_offered": (translate("What was asked already"), _flag),
    "drop_lack_told": (translate("What was told already"), _flag),
    "link_mbit_s": (translate("Speed of your link"), link_speed),
    "keep_history": (translate("History"), _flag),
    "output_folder": (translate("Folder for results"), _folder),
    "signature_name": (translate("Names of signatures"), name_pattern),
    "delta_name": (translate("Names of deltas"), name_pattern),
    "threads": (translate("Threads"), thread_count),
    "compress": (translate("Compression"), _flag),
    "sealing": (translate("Seal"), Sealing),
    "language": (translate("Language"), _language),
}
LABELS: Mapping[str, str] = {setting: label for setting, (label, _reader) in _READERS.items()}


def save_settings(settings: Settings, path: Path) -> None:
    """Replace the file in one step, so that a crash leaves the old or the new one.

    A folder that cannot be written is logged: forgetting a colour is no reason to disturb.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_text(path, json.dumps(vars(settings), indent=2, default=_stored) + "\n")
    except OSError as error:
        log_warning("settings not saved: %s", error)


class SettingsFile:
    """The file at `path`, to be written on threads: what was chosen last is what stays."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._chosen = self._saved = Settings()
        self._lock = threading.Lock()

    def choose(self, settings: Settings) -> None:
        """These count from now on."""
        self._chosen = settings

    def save(self) -> None:
        """Have the file hold them; a busy disk takes its time."""
        with self._lock:
            if self._saved is not self._chosen:
                self._saved = self._chosen
                save_settings(self._saved, self.path)


def _stored(setting: object) -> str:
    """What JSON has no word for."""
    return setting.value if isinstance(setting, Sealing) else str(setting)
