"""What desktops keep in advance: which types of files there are, who opens them, which icons.

Their own tools bring that up to date after files came or went.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from rdiff_gui.desktop.children import answer_of

# All types of all programs are read again; on a slow disk that takes its time.
_TIMEOUT_SECONDS = 60.0

_APPLICATIONS = Path("applications")
_TYPES = Path("mime")
_ICONS = Path("icons/hicolor")
_ENTRIES_CACHE = _APPLICATIONS / "mimeinfo.cache"
_ICONS_CACHE = _ICONS / "icon-theme.cache"


def update_databases(data_home: Path) -> tuple[str, ...]:
    """Run each tool whose folder is there; the names of those that are missing or failed."""
    commands = [
        ("update-desktop-database", "-q", str(data_home / _APPLICATIONS)),
        ("update-mime-database", str(data_home / _TYPES)),
    ]
    if (data_home / _ICONS_CACHE).exists():
        commands.append(("gtk-update-icon-cache", "-q", "-t", "-f", str(data_home / _ICONS)))
    elif (data_home / _ICONS).is_dir():
        # A cache where there was none would hide the icons that other programs add later.
        os.utime(data_home / _ICONS)
    return tuple(
        command[0]
        for command in commands
        if Path(command[-1]).is_dir()
        and (not shutil.which(command[0]) or answer_of(command, _TIMEOUT_SECONDS) is None)
    )


def generated_files(data_home: Path) -> set[Path]:
    """The files and folders that those tools made, relative to the data folder."""
    types = data_home / _TYPES
    found = [data_home / _ENTRIES_CACHE, data_home / _ICONS_CACHE, *types.rglob("*")]
    sources = types / "packages"
    return {
        path.relative_to(data_home)
        for path in found
        if path.exists() and path != sources and sources not in path.parents
    }


def is_needed(cache: Path, data_home: Path) -> bool:
    """Whether there is still something that a generated file is made from."""
    if cache == _ENTRIES_CACHE:
        return any((data_home / _APPLICATIONS).rglob("*.desktop"))
    if _TYPES in cache.parents:
        return any((data_home / _TYPES / "packages").glob("*.xml"))
    return True
