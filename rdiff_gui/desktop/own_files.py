"""The program's own files: those that travel with it, those it keeps, and how they are replaced.

`SHARE` has the layout of /usr/share: a package copies it as it is, `desktop install` into the
user's own data folder. Found by this module's place, as the translations are, which holds in the
tree, installed and frozen; importlib.resources would find the same and be slower to import.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import platformdirs

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


def replace_text(path: Path, text: str) -> None:
    """Write a temporary file beside `path`, for the user alone, and rename it over.

    Raises: OSError, and `path` is as it was.
    """
    replace_bytes(path, text.encode("utf-8"), mode=0o600)


def replace_bytes(path: Path, content: bytes, *, mode: int) -> None:
    """The same for bytes, with these permissions.

    Raises: OSError, and `path` is as it was.
    """
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
