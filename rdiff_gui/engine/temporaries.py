"""Files under a temporary name beside their place, and how they get there.

A temporary is locked while it is written. One that a crash left behind is not, and is removed by
the next run that writes to the same place.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_TEMPORARY_SUFFIX = ".rdiff-part"
_NAME_BYTES_MAX = 255
_TEMPORARIES_MOST = 100


def move_to_free_name(temporary: Path, place: Path) -> None:
    """Rename, failing if somebody made a file of that name meanwhile. Raises: OSError."""
    try:
        os.link(temporary, place)
    except FileExistsError:
        raise
    except OSError:
        # No hard links on this disk. The moment between look and rename stays.
        if place.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        temporary.rename(place)
    else:
        temporary.unlink()


def replace_with_backup(temporary: Path, place: Path) -> Path:
    """Rename over `place`, which stays beside it under the name that is given back.

    At every moment one whole version stands under `place`, where the disk has hard links; where
    it has none, there is a moment when the old one stands under the backup's name only.
    Raises: OSError.
    """
    for number in itertools.count(1):
        backup = place.with_name(
            _fitting_name(place.name, f".old-{number}" if number > 1 else ".old")
        )
        try:
            os.link(place, backup)
        except FileExistsError:
            continue
        except OSError:
            if backup.exists():
                continue
            place.rename(backup)
        break
    temporary.replace(place)
    return backup


def create_temporary(place: Path) -> tuple[Path, int]:
    """A new, locked file beside `place`. Raises: OSError."""
    for number in range(_TEMPORARIES_MOST):
        temporary = place.with_name(_temporary_name(place.name, number))
        _remove_if_stale(temporary)
        try:
            descriptor = os.open(
                temporary,
                os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0),
                0o666,
            )
        except FileExistsError:
            continue
        if _lock(descriptor) is not False and _is_at(descriptor, temporary):
            return temporary, descriptor
        os.close(descriptor)
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def _temporary_name(name: str, number: int) -> str:
    ending = (f"-{number}" if number else "") + _TEMPORARY_SUFFIX
    return _fitting_name(f".{name}", ending)


def _fitting_name(name: str, ending: str) -> str:
    """The name with that ending, cut so that every disk takes it."""
    whole = os.fsencode(name)
    stem = whole[: _NAME_BYTES_MAX - len(ending)]
    # A name cut within a character must still be readable text.
    return (stem.decode("utf-8", "ignore") if stem != whole else name) + ending


def _lock(descriptor: int) -> bool | None:
    """Whether the lock is ours now; None where the disk has no locks."""
    if sys.platform == "win32":
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether the open file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except OSError:
        return False


def _remove_if_stale(temporary: Path) -> None:
    """Remove a temporary that a crashed run left; one in use is locked and stays."""
    try:
        descriptor = os.open(temporary, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return
    try:
        if _lock(descriptor) and _is_at(descriptor, temporary):
            with contextlib.suppress(OSError):
                temporary.unlink()
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the rename itself last through a power cut, where the system can."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
