"""A folder and all beneath it by paths, as Windows has them; what is expected says `posix_tree`.

Each folder on the way is looked at before: no link and no junction leads on.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

assert sys.platform == "win32"

from rdiff_gui.engine.system import windows  # noqa: E402  # not there elsewhere
from rdiff_gui.engine.system import windows_api as api  # noqa: E402  # the same


class Tree:
    """One folder, by its path. See posix_tree."""

    def __init__(self, path: Path) -> None:
        """Raises: OSError, where it is none."""
        self.path = path
        self._root = windows.long_path(path.absolute())
        if not stat.S_ISDIR(Path(self._root).stat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))

    def close(self) -> None:
        """Nothing is held."""

    @property
    def identity(self) -> tuple[int, int]:
        status = Path(self._root).stat()
        return status.st_dev, status.st_ino

    @property
    def is_own(self) -> bool:
        return True

    def open(self, path: str, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
        at = self._at(path)
        _refuse_link(at)
        return os.open(at, flags | os.O_BINARY | os.O_NOINHERIT, mode)

    def status(self, path: str) -> os.stat_result | None:
        try:
            return self._at(path).lstat()
        except OSError as problem:
            if problem.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return None
            raise

    def names(self, path: str) -> list[str]:
        at = self._at(path)
        _refuse_link(at)
        return [entry.name for entry in at.iterdir()]

    def read_link(self, path: str) -> str:
        return str(self._at(path).readlink())

    def make_folder(self, path: str, mode: int = 0o700) -> None:
        self._at(path).mkdir(mode)

    def make_link(self, path: str, target: str) -> None:
        self._at(path).symlink_to(target)

    def remove(self, path: str) -> None:
        windows.unlink(self._at(path))

    def remove_folder(self, path: str) -> None:
        self._at(path).rmdir()

    def name_too(self, path: str, other: Tree, new_path: str) -> None:
        other._at(new_path).hardlink_to(self._at(path))

    def move(self, path: str, other: Tree, new_path: str) -> None:
        names = str(self._at(path)), str(other._at(new_path))
        api.move_file(*names, api.MOVEFILE_WRITE_THROUGH)

    def set_time(self, path: str, modified_ns: int) -> None:
        at = self._at(path)
        if not at.is_symlink():
            os.utime(at, ns=(modified_ns, modified_ns))

    def set_mode(self, path: str, mode: int) -> None:
        at = self._at(path)
        if not at.is_symlink():
            at.chmod(mode)

    def set_owner(self, path: str, user: int, group: int) -> None:
        """Those of the folder hold."""

    def set_extended(self, path: str, attribute: str, value: bytes | None) -> None:
        """There are none."""

    def sync(self, path: str) -> None:
        """Renames are on the disk when they return, and links and removals need not be."""

    def sync_disk(self) -> None:
        """Each file was synced by itself."""

    def _at(self, path: str) -> Path:
        """Raises: OSError, where a link is on the way."""
        at = Path(self._root)
        *folders, name = path.split("/") if path not in ("", ".") else [""]
        for folder in folders:
            at /= folder
            _refuse_link(at)
        return at / name if name else at


def _refuse_link(at: Path) -> None:
    try:
        status = at.lstat()
    except FileNotFoundError:
        return
    if status.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(at))


def walk(tree: Tree, beneath: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """As posix_tree's."""
    for name in sorted(tree.names(beneath)):
        path = f"{beneath}/{name}" if beneath else name
        status = tree.status(path)
        if status is None:
            continue
        yield path, status
        if stat.S_ISDIR(status.st_mode) and not (
            status.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT
        ):
            yield from walk(tree, path)
