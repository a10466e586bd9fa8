"""The files for the user's desktop that travel with the program.

`SHARE` has the layout of /usr/share: a package copies it as it is, `desktop install` into the
user's own data folder. Found by this module's place, as the translations are, which holds in the
tree, installed and frozen; importlib.resources would find the same and be slower to import.
"""

from __future__ import annotations

from pathlib import Path

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
