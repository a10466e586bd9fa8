"""The program on the desktops of Linux and its relatives, for the user who runs it.

Everything goes below the user's data folder, so nobody needs to be root. A receipt is written
before the first file: whatever happens in between, what was put there is known. A file in one of
our places that is not as we put it there is the user's, and is left as it is. Desktops keep in
advance which types of files there are, who opens them, which icons: their own tools bring that up
to date after files came or went.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rdiff_gui import __version__
from rdiff_gui.desktop.own_files import (
    ENTRY,
    data_home,
    replace_bytes,
    shared_files,
    system_data_folders,
)
from rdiff_gui.desktop.own_program import own_command, write_entry
from rdiff_gui.desktop.programs import answer_of
from rdiff_gui.desktop.standing import (
    Change,
    Receipt,
    Standing,
    State,
    read_receipt,
    receipt_file,
    write_receipt,
)
from rdiff_gui.errors import DesktopStuck, DesktopUnwritable

_READABLE = 0o644

# All types of all programs are read again; on a slow disk that takes its time.
_TIMEOUT_SECONDS = 60.0

_APPLICATIONS = Path("applications")
_TYPES = Path("mime")
_SOURCES = _TYPES / "packages"
_ICONS = Path("icons/hicolor")
_ENTRIES_CACHE = _APPLICATIONS / "mimeinfo.cache"
_ICONS_CACHE = _ICONS / "icon-theme.cache"


def look() -> Standing:
    """How the program stands with this user's desktop; call it away from Tk's thread."""
    home = data_home()
    system = next(
        (folder / ENTRY for folder in system_data_folders() if _is_there(folder / ENTRY)), None
    )
    receipt = read_receipt(home)
    if receipt is None:
        return Standing(State.ABSENT, home, system_entry=system)
    there = {name: _digest(home / name) for name in receipt.files}
    if None in there.values():
        state = State.INCOMPLETE
    elif (receipt.version, receipt.command) != (__version__, own_command()):
        state = State.OUTDATED
    else:
        state = State.CURRENT
    changed = [home / n for n, digest in there.items() if digest and digest not in receipt.files[n]]
    return Standing(
        state, home, receipt.version, receipt.command, len(there), tuple(changed), system
    )


def install() -> Change:
    """Add the program; what an older version added is replaced.

    Raises: ProgramUnnameable, DesktopUnwritable.
    """
    home, command = data_home(), own_command()
    wanted = _wanted(command)
    before = read_receipt(home)
    left = tuple(home / name for name, new in wanted.items() if not _is_ours(name, new, before))
    files = {name: content for name, content in wanted.items() if home / name not in left}
    receipt = _plan(files, left, command, before, home)
    existed = _generated_files(home)
    replaced: dict[Path, bytes | None] = {}
    try:
        _put(files, receipt, replaced, home)
        _take(set(before.files if before else ()) - set(receipt.files), before, replaced, home)
    except OSError as problem:
        _undo(replaced, before, receipt, home)
        where = Path(os.fsdecode(problem.filename)) if problem.filename else home
        raise DesktopUnwritable(where, problem.strerror or str(problem)) from problem
    failed = _update_databases(home)
    made = _generated_files(home) - existed
    folders = {str(home / path) for path in made if (home / path).is_dir()}
    caches = {str(path) for path in made if not (home / path).is_dir()}
    with contextlib.suppress(OSError):
        write_receipt(
            replace(
                receipt,
                files=receipt.files | {str(name): (_sum(new),) for name, new in files.items()},
                folders=tuple(sorted({*receipt.folders, *folders})),
                caches=tuple(sorted({*receipt.caches, *caches})),
            ),
            home,
        )
    return Change(home, len(files), left, failed)


def uninstall() -> Change:
    """Take away what `install` put there, and nothing else.

    Without a receipt, what is as `install` would put it there now.

    Raises: ProgramUnnameable, DesktopStuck.
    """
    home = data_home()
    receipt = read_receipt(home) or _recognize(home)
    if not receipt.files and not _is_there(receipt_file(home)):
        return Change(home, 0)
    left, gone = [], 0
    for name, sums in receipt.files.items():
        digest = _digest(home / name)
        if digest in sums:
            _remove(home / name)
            gone += 1
        elif digest is not None:
            left.append(home / name)
    failed = _update_databases(home)
    for cache in receipt.caches:
        if not _is_needed(Path(cache), home):
            _remove(home / cache)
    _remove(receipt_file(home))
    _remove_folders(receipt.folders)
    return Change(home, gone, tuple(left), failed)


# --- one step each -------------------------------------------------------------------------------


def _wanted(command: tuple[str, ...]) -> dict[Path, bytes]:
    """All files of this version, for this program. Raises: ProgramUnnameable."""
    return {
        name: write_entry(command) if name == ENTRY else content
        for name, content in shared_files().items()
    }


def _recognize(home: Path) -> Receipt:
    """A receipt of what is there in our places and as we would put it."""
    command = own_command()
    sums = {str(name): _sum(content) for name, content in _wanted(command).items()}
    there = [name for name, digest in sums.items() if _digest(home / name) == digest]
    return Receipt(__version__, command, {name: (sums[name],) for name in there})


def _is_ours(name: Path, new: bytes, before: Receipt | None) -> bool:
    """Whether the file of that name may be written: it is not there, or we put it there."""
    digest = _digest(data_home() / name)
    known = before.files.get(str(name), ()) if before else ()
    return digest is None or digest == _sum(new) or digest in known


def _plan(
    files: Mapping[Path, bytes],
    left: Sequence[Path],
    command: tuple[str, ...],
    before: Receipt | None,
    home: Path,
) -> Receipt:
    """The receipt for the time while files are written: each old and each new content is ours."""
    old = before or Receipt(__version__, command)
    # What the user changed stays on the list, so that its removal is not forgotten to be told.
    sums = {name: known for name, known in old.files.items() if home / name in left}
    sums |= {
        str(name): tuple({*old.files.get(str(name), ()), _sum(content)})
        for name, content in files.items()
    }
    places = [receipt_file(home), *(home / name for name in files)]
    return Receipt(
        version=__version__,
        command=command,
        files=sums,
        folders=tuple(sorted({*old.folders, *_missing_folders(places)})),
        caches=old.caches,
    )


def _missing_folders(places: Iterable[Path]) -> set[str]:
    missing: set[str] = set()
    for place in places:
        for folder in place.parents:
            if _is_there(folder):
                break
            missing.add(str(folder))
    return missing


def _put(
    files: Mapping[Path, bytes],
    receipt: Receipt,
    replaced: dict[Path, bytes | None],
    home: Path,
) -> None:
    """Write all files, and keep in `replaced` what was there before. Raises: OSError."""
    receipt_file(home).parent.mkdir(parents=True, exist_ok=True)
    write_receipt(receipt, home)
    for name, content in files.items():
        path = home / name
        old = path.read_bytes() if _is_there(path) else None
        if old == content:
            continue
        replaced[path] = old
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(path, content, mode=_READABLE)


def _take(
    names: set[str], before: Receipt | None, replaced: dict[Path, bytes | None], home: Path
) -> None:
    """Take away what only an older version has. Raises: OSError."""
    for name in names:
        path = home / name
        if before and _digest(path) in before.files[name]:
            replaced[path] = path.read_bytes()
            path.unlink()


def _undo(
    replaced: Mapping[Path, bytes | None], before: Receipt | None, receipt: Receipt, home: Path
) -> None:
    """Put everything back, as far as that goes."""
    for path, content in replaced.items():
        with contextlib.suppress(OSError):
            if content is None:
                path.unlink(missing_ok=True)
            else:
                replace_bytes(path, content, mode=_READABLE)
    with contextlib.suppress(OSError):
        if before is None:
            receipt_file(home).unlink(missing_ok=True)
        else:
            write_receipt(before, home)
    old = set(before.folders if before else ())
    _remove_folders(set(receipt.folders) - old)


def _remove(path: Path) -> None:
    """Raises: DesktopStuck."""
    try:
        path.unlink(missing_ok=True)
    except OSError as problem:
        raise DesktopStuck(path, problem.strerror or str(problem)) from problem


def _remove_folders(folders: Iterable[str]) -> None:
    """The innermost first; one that others have put something into stays."""
    for folder in sorted(folders, key=lambda name: len(Path(name).parts), reverse=True):
        with contextlib.suppress(OSError):
            Path(folder).rmdir()


def _digest(path: Path) -> str | None:
    """The checksum of a file; None where there is nothing, and of no use where it is no plain file.

    A link is not what we put there, whatever it leads to.
    """
    try:
        return "link" if path.is_symlink() else _sum(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return "unreadable"


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_there(path: Path) -> bool:
    """Whether there is something of that name that can be reached; a link counts as itself."""
    try:
        path.lstat()
    except OSError:
        return False
    return True


def _update_databases(data_home: Path) -> tuple[str, ...]:
    """Run each tool whose folder is there; the names of those that are missing or failed."""
    commands = [
        ("update-desktop-database", "-q", str(data_home / _APPLICATIONS)),
        ("update-mime-database", str(data_home / _TYPES)),
    ]
    if _is_there(data_home / _ICONS_CACHE):
        commands.append(("gtk-update-icon-cache", "-q", "-t", "-f", str(data_home / _ICONS)))
    elif _is_there(data_home / _ICONS):
        # A cache where there was none would hide the icons that other programs add later.
        with contextlib.suppress(OSError):
            os.utime(data_home / _ICONS)
    return tuple(
        command[0]
        for command in commands
        if _is_there(Path(command[-1]))
        and (not shutil.which(command[0]) or answer_of(command, _TIMEOUT_SECONDS) is None)
    )


def _generated_files(data_home: Path) -> set[Path]:
    """The files and folders that those tools made, relative to the data folder."""
    found = {cache for cache in (_ENTRIES_CACHE, _ICONS_CACHE) if _is_there(data_home / cache)}
    # Unlike rglob, it passes over what may not be read.
    for folder, folders, files in os.walk(data_home / _TYPES):
        here = Path(folder).relative_to(data_home)
        if here == _TYPES:
            folders[:] = [name for name in folders if name != _SOURCES.name]
        found.update(here / name for name in (*folders, *files))
    return found


def _is_needed(cache: Path, data_home: Path) -> bool:
    """Whether there is still something that a generated file is made from."""
    if cache == _ENTRIES_CACHE:
        return _holds(data_home / _APPLICATIONS, ".desktop")
    if _TYPES in cache.parents:
        return _holds(data_home / _SOURCES, ".xml")
    return True


def _holds(folder: Path, suffix: str) -> bool:
    return any(name.endswith(suffix) for _, _, files in os.walk(folder) for name in files)
