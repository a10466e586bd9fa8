"""What desktops keep in advance: which types of files there are, who opens them, which icons.

Their own tools bring that up to date after files came or went.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from rdiff_gui.desktop.children import answer_of

# All types of all programs are read again; on a slow disk that takes its time.
_TIMEOUT_SECONDS = 60.0

_APPLICATIONS = Path("applications")
_TYPES = Path("mime")
_SOURCES = _TYPES / "packages"
_ICONS = Path("icons/hicolor")
_ENTRIES_CACHE = _APPLICATIONS / "mimeinfo.cache"
_ICONS_CACHE = _ICONS / "icon-theme.cache"


def is_there(path: Path) -> bool:
    """Whether there is something of that name that can be reached; a link counts as itself."""
    try:
        path.lstat()
    except OSError:
        return False
    return True


def update_databases(data_home: Path) -> tuple[str, ...]:
    """Run each tool whose folder is there; the names of those that are missing or failed."""
    commands = [
        ("update-desktop-database", "-q", str(data_home / _APPLICATIONS)),
        ("update-mime-database", str(data_home / _TYPES)),
    ]
    if is_there(data_home / _ICONS_CACHE):
        commands.append(("gtk-update-icon-cache", "-q", "-t", "-f", str(data_home / _ICONS)))
    elif is_there(data_home / _ICONS):
        # A cache where there was none would hide the icons that other programs add later.
        with contextlib.suppress(OSError):
            os.utime(data_home / _ICONS)
    return tuple(
        command[0]
        for command in commands
        if is_there(Path(command[-1]))
        and (not shutil.which(command[0]) or answer_of(command, _TIMEOUT_SECONDS) is None)
    )


def generated_files(data_home: Path) -> set[Path]:
    """The files and folders that those tools made, relative to the data folder."""
    found = {cache for cache in (_ENTRIES_CACHE, _ICONS_CACHE) if is_there(data_home / cache)}
    # Unlike rglob, it passes over what may not be read.
    for folder, folders, files in os.walk(data_home / _TYPES):
        here = Path(folder).relative_to(data_home)
        if here == _TYPES:
            folders[:] = [name for name in folders if name != _SOURCES.name]
        found.update(here / name for name in (*folders, *files))
    return found


def is_needed(cache: Path, data_home: Path) -> bool:
    """Whether there is still something that a generated file is made from."""
    if cache == _ENTRIES_CACHE:
        return _holds(data_home / _APPLICATIONS, ".desktop")
    if _TYPES in cache.parents:
        return _holds(data_home / _SOURCES, ".xml")
    return True


def _holds(folder: Path, suffix: str) -> bool:
    return any(name.endswith(suffix) for _, _, files in os.walk(folder) for name in files)
