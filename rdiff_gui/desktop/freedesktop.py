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
from collections.abc import Iterable, Mapping
from pathlib import Path

from rdiff_gui import __version__
from rdiff_gui.desktop.own_files import (
    ENTRY,
    Receipt,
    data_home,
    read_receipt,
    receipt_file,
    replace_bytes,
    shared_files,
    system_data_folders,
    write_receipt,
)
from rdiff_gui.desktop.own_program import DesktopChange, Standing, State, own_command, write_entry
from rdiff_gui.desktop.programs import answer_of
from rdiff_gui.errors import DesktopStuck, DesktopUnwritable
from rdiff_gui.errors.program import reason_of
from rdiff_gui.records import replace

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
    system = next(filter(_is_there, (folder / ENTRY for folder in system_data_folders())), None)
    receipt = read_receipt()
    if receipt is None:
        return Standing(State.ABSENT, home, system_entry=system)
    there = {name: _digest(name) for name in receipt.files}
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


def install() -> DesktopChange:
    """Add the program; what an older version added is replaced.

    Raises: ProgramUnnameable, DesktopUnwritable.
    """
    home, before = data_home(), read_receipt()
    known = before.files if before else {}
    wanted = _wanted()
    files = {
        name: new
        for name, new in wanted.items()
        if _digest(name) in (None, _sum(new), *known.get(name, ()))
    }
    left = [name for name in wanted if name not in files]
    receipt = _plan(files, left, before)
    existed = _generated_files()
    replaced: dict[Path, bytes | None] = {}
    try:
        _put(files, receipt, replaced)
        for name in known.keys() - receipt.files.keys():
            # What only an older version has.
            if _digest(name) in known[name]:
                replaced[home / name] = (home / name).read_bytes()
                (home / name).unlink()
    except OSError as problem:
        _undo(replaced, before, receipt)
        where = Path(os.fsdecode(problem.filename)) if problem.filename else home
        raise DesktopUnwritable(where, reason_of(problem)) from problem
    failed = _update_databases()
    made = _generated_files() - existed
    folders = {str(home / path) for path in made if (home / path).is_dir()}
    caches = {str(path) for path in made if not (home / path).is_dir()}
    with contextlib.suppress(OSError):
        write_receipt(
            replace(
                receipt,
                files=receipt.files | {name: (_sum(new),) for name, new in files.items()},
                folders=tuple(sorted({*receipt.folders, *folders})),
                caches=tuple(sorted({*receipt.caches, *caches})),
            )
        )
    return DesktopChange(home, len(files), tuple(home / name for name in left), failed)


def uninstall() -> DesktopChange:
    """Take away what `install` put there, and nothing else.

    Without a receipt, what is as `install` would put it there now.

    Raises: ProgramUnnameable, DesktopStuck.
    """
    home = data_home()
    receipt = read_receipt() or _recognize()
    if not receipt.files and not _is_there(receipt_file()):
        return DesktopChange(home, 0)
    there = {name: digest for name in receipt.files if (digest := _digest(name)) is not None}
    ours = [name for name, digest in there.items() if digest in receipt.files[name]]
    for name in ours:
        _remove(home / name)
    failed = _update_databases()
    for cache in receipt.caches:
        if not _is_needed(Path(cache)):
            _remove(home / cache)
    _remove(receipt_file())
    _remove_folders(receipt.folders)
    left = tuple(home / name for name in there if name not in ours)
    return DesktopChange(home, len(ours), left, failed)


# --- one step each -------------------------------------------------------------------------------


def _wanted() -> dict[str, bytes]:
    """All files of this version, for this program. Raises: ProgramUnnameable."""
    files = shared_files() | {ENTRY: write_entry(own_command())}
    return {str(name): content for name, content in files.items()}


def _recognize() -> Receipt:
    """A receipt of what is there in our places and as we would put it."""
    receipt = Receipt(__version__, own_command())
    for name, content in _wanted().items():
        if _digest(name) == _sum(content):
            receipt.files[name] = (_sum(content),)
    return receipt


def _plan(files: Mapping[str, bytes], left: Iterable[str], before: Receipt | None) -> Receipt:
    """The receipt for the time while files are written: each old and each new content is ours."""
    old = before or Receipt(__version__, own_command())
    # What the user changed stays on the list, so that its removal is not forgotten to be told.
    sums = {name: old.files[name] for name in left if name in old.files}
    for name, content in files.items():
        sums[name] = tuple({*old.files.get(name, ()), _sum(content)})
    folders = set(old.folders)
    for place in (receipt_file(), *(data_home() / name for name in files)):
        for folder in place.parents:
            if _is_there(folder):
                break
            folders.add(str(folder))
    return Receipt(__version__, own_command(), sums, tuple(sorted(folders)), old.caches)


def _put(files: Mapping[str, bytes], receipt: Receipt, replaced: dict[Path, bytes | None]) -> None:
    """Write all files, and keep in `replaced` what was there before. Raises: OSError."""
    receipt_file().parent.mkdir(parents=True, exist_ok=True)
    write_receipt(receipt)
    for name, content in files.items():
        path = data_home() / name
        old = path.read_bytes() if _is_there(path) else None
        if old == content:
            continue
        replaced[path] = old
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(path, content, mode=_READABLE)


def _undo(replaced: Mapping[Path, bytes | None], before: Receipt | None, receipt: Receipt) -> None:
    """Put everything back, as far as that goes."""
    for path, content in replaced.items():
        with contextlib.suppress(OSError):
            if content is None:
                path.unlink(missing_ok=True)
            else:
                replace_bytes(path, content, mode=_READABLE)
    with contextlib.suppress(OSError):
        if before is None:
            receipt_file().unlink(missing_ok=True)
        else:
            write_receipt(before)
    _remove_folders(set(receipt.folders) - set(before.folders if before else ()))


def _remove(path: Path) -> None:
    """Raises: DesktopStuck."""
    try:
        path.unlink(missing_ok=True)
    except OSError as problem:
        raise DesktopStuck(path, reason_of(problem)) from problem


def _remove_folders(folders: Iterable[str]) -> None:
    """The innermost first; one that others have put something into stays."""
    for folder in sorted(folders, key=lambda name: len(Path(name).parts), reverse=True):
        with contextlib.suppress(OSError):
            Path(folder).rmdir()


def _digest(name: str) -> str | None:
    """The checksum of a file of ours; None where there is nothing, or what no file of ours has.

    A link is not what we put there, whatever it leads to.
    """
    path = data_home() / name
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


def _update_databases() -> tuple[str, ...]:
    """Run each tool whose folder is there; the names of those that are missing or failed."""
    commands = [
        ("update-desktop-database", "-q", str(data_home() / _APPLICATIONS)),
        ("update-mime-database", str(data_home() / _TYPES)),
    ]
    if _is_there(data_home() / _ICONS_CACHE):
        commands.append(("gtk-update-icon-cache", "-q", "-t", "-f", str(data_home() / _ICONS)))
    elif _is_there(data_home() / _ICONS):
        # A cache where there was none would hide the icons that other programs add later.
        with contextlib.suppress(OSError):
            os.utime(data_home() / _ICONS)
    return tuple(
        command[0]
        for command in commands
        if _is_there(Path(command[-1]))
        and (not shutil.which(command[0]) or answer_of(command, _TIMEOUT_SECONDS) is None)
    )


def _generated_files() -> set[Path]:
    """The files and folders that those tools made, relative to the data folder."""
    found = {cache for cache in (_ENTRIES_CACHE, _ICONS_CACHE) if _is_there(data_home() / cache)}
    # Unlike rglob, it passes over what may not be read.
    for folder, folders, files in os.walk(data_home() / _TYPES):
        here = Path(folder).relative_to(data_home())
        if here == _TYPES:
            folders[:] = [name for name in folders if name != _SOURCES.name]
        found.update(here / name for name in (*folders, *files))
    return found


def _is_needed(cache: Path) -> bool:
    """Whether there is still something that a generated file is made from."""
    if cache == _ENTRIES_CACHE:
        return _holds(data_home() / _APPLICATIONS, ".desktop")
    if _TYPES in cache.parents:
        return _holds(data_home() / _SOURCES, ".xml")
    return True


def _holds(folder: Path, suffix: str) -> bool:
    return any(name.endswith(suffix) for _, _, files in os.walk(folder) for name in files)
