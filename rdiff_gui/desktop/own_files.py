"""The program's own files: those that travel with it, those it keeps, and how they are replaced.

`SHARE` has the layout of /usr/share: a package copies it as it is, `desktop install` into the
user's own data folder. Found by this module's place, as the translations are, which holds in the
tree, installed and frozen; importlib.resources would find the same and be slower to import.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path

from rdiff_gui.records import field, record

APP_NAME = "rdiff-gui"
# The name of the application for desktops: of its entry, its icon and its metadata. Neither hyphen
# nor underscore, since AppStream and D-Bus object to the one and macOS to the other.
APP_ID = "io.github.rdiffgui"

SHARE = Path(__file__).parent.parent / "assets/share"
WINDOWS_ICONS = SHARE.parent / "windows"
ENTRY = Path("applications") / f"{APP_ID}.desktop"

# For software centres, which look for it in the system's folders alone.
_METADATA = "metainfo"
_WINDOW_ICON_SIZES = (48, 16, 32, 128)


def shared_files() -> dict[Path, bytes]:
    """What belongs into a user's data folder, by its place in there.

    Raises: OSError, from an installation that is not whole.
    """
    return {
        path.relative_to(SHARE): path.read_bytes()
        for path in sorted(SHARE.rglob("*"))
        if path.is_file() and path.relative_to(SHARE).parts[0] != _METADATA
    }


def window_icons() -> list[bytes]:
    """The program's icon as PNG, in the sizes that window managers ask for.

    Raises: OSError.
    """
    folder = SHARE / "icons/hicolor"
    return [
        (folder / f"{size}x{size}/apps/{APP_ID}.png").read_bytes() for size in _WINDOW_ICON_SIZES
    ]


def settings_file() -> Path:
    """The settings, under the user's configuration folder."""
    return _own_folder("config", "XDG_CONFIG_HOME", ".config") / "settings.json"


def history_file() -> Path:
    """The finished operations, under the user's state folder."""
    return _own_folder("state", "XDG_STATE_HOME", ".local/state") / "history.jsonl"


def _own_folder(kind: str, variable: str, usual: str) -> Path:
    """The program's own among the user's folders of a kind."""
    if sys.platform in ("win32", "darwin"):
        import platformdirs

        folder: Path = getattr(platformdirs, f"user_{kind}_path")(APP_NAME, appauthor=False)
        return folder
    # What it knows of the others does not take the time to load it.
    return _xdg_folder(variable, usual) / APP_NAME


def _xdg_folder(variable: str, usual: str) -> Path:
    """Source: freedesktop.org, XDG Base Directory Specification: paths must be whole."""
    chosen = Path(os.environ.get(variable, ""))
    return chosen if chosen.is_absolute() else Path.home() / usual


def compose_cache_folder() -> Path:
    """What Xlib makes of the table of composed letters, under the user's folder for caches."""
    return _own_folder("cache", "XDG_CACHE_HOME", ".cache") / "compose"


def log_file() -> Path:
    """What went wrong that nobody foresaw, beside the history."""
    return history_file().with_name("log.txt")


def log_warning(what: str, *facts: object) -> None:
    """Have it on the terminal, where there is one, and in the log of the window."""
    import logging  # few starts have anything to tell

    logging.getLogger(__name__).warning(what, *facts)


def data_home() -> Path:
    """Where desktops look for what a user added, on Linux and its relatives."""
    return _xdg_folder("XDG_DATA_HOME", ".local/share")


def system_data_folders() -> list[Path]:
    """Where desktops look for what packages brought, in their order."""
    folders = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [Path(folder) for folder in folders.split(":") if Path(folder).is_absolute()]


def replace_text(path: Path, text: str) -> None:
    """Write a temporary file beside `path`, for the user alone, and rename it over.

    Raises: OSError, and `path` is as it was.
    """
    replace_bytes(path, text.encode("utf-8"), mode=0o600)


def replace_bytes(path: Path, content: bytes, *, mode: int) -> None:
    """The same for bytes, with these permissions.

    Raises: OSError, and `path` is as it was.
    """
    import tempfile  # a start reads these files, and writes none

    handle, temporary = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


@record(frozen=True)
class Receipt:
    """What was put on the user's desktop.

    Paths of files are relative to the user's data folder, those of folders are whole.

    `files` has the SHA-256 of each content that may lie there: two, while one replaces the other.
    `caches` are files that the desktop's own tools made, where there were none before.
    """

    version: str
    command: tuple[str, ...]
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    caches: tuple[str, ...] = ()


def receipt_file() -> Path:
    """Beside what it tells of."""
    return data_home() / APP_NAME / "desktop.json"


def read_receipt() -> Receipt | None:
    """The receipt, or None where there is none that can be read."""
    try:
        stored = json.loads(receipt_file().read_text(encoding="utf-8"))
        return Receipt(
            version=str(stored["version"]),
            command=_texts(stored["command"]),
            files={_inside(name): _texts(sums) for name, sums in stored["files"].items()},
            folders=_texts(stored["folders"]),
            caches=tuple(_inside(name) for name in _texts(stored["caches"])),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def write_receipt(receipt: Receipt) -> None:
    """Raises: OSError."""
    replace_text(receipt_file(), json.dumps(vars(receipt), indent=1) + "\n")


def _texts(stored: object) -> tuple[str, ...]:
    if not isinstance(stored, list) or not all(isinstance(text, str) for text in stored):
        raise TypeError(stored)
    return tuple(stored)


def _inside(name: str) -> str:
    """Raises: ValueError, for a path that leads out of the data folder."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ValueError(name)
    return name
