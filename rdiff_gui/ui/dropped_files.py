"""Files that were dropped, chosen or given on the command line, and what they turned out to be."""

from __future__ import annotations

import enum
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rdiff_gui.engine.inspection import look_into
from rdiff_gui.errors import RdiffError, SourceMissing, SourceUnreadable
from rdiff_gui.formats.magic import Kind, Packing


class Obstacle(enum.StrEnum):
    """Why nothing can be done with what arrived."""

    FOLDER = "folder"
    MISSING = "missing"
    LINK_TO_NOTHING = "link to nothing"
    UNREADABLE = "unreadable"
    SPECIAL = "pipe, socket or device"


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """One path that arrived. Size in bytes, `modified` in seconds since 1970.

    `identity` is device and inode; `problem` is a sentence where the file cannot be read;
    `packing` is how an ordinary file is packed.
    """

    path: Path
    kind: Kind | Obstacle
    size_bytes: int = 0
    modified: float = 0.0
    identity: tuple[int, int] | None = None
    problem: str = ""
    packing: Packing | None = None

    @property
    def found(self) -> str:
        """What stands here where a signature or a delta was due."""
        return str(self.packing or self.kind)

    @property
    def is_ordinary(self) -> bool:
        """Neither signature nor delta; an empty file is as good an old or new file as any."""
        return self.kind in (Kind.ORDINARY, Kind.EMPTY)

    def is_same_file(self, other: DroppedFile) -> bool:
        """Whether both are one file, by path or through links."""
        if self.identity is not None and self.identity == other.identity:
            return True
        return self.path == other.path


def look_at(path: Path) -> DroppedFile:
    """Look at one path; never blocks on a pipe, but a sleeping disk can take its time.

    May be called from another thread than Tk's.
    """
    path = path.absolute()
    try:
        status = path.stat()
    except FileNotFoundError:
        missing = Obstacle.LINK_TO_NOTHING if path.is_symlink() else Obstacle.MISSING
        return DroppedFile(path, missing)
    except (OSError, ValueError) as error:
        return _unreadable(path, error)
    if stat.S_ISDIR(status.st_mode):
        return DroppedFile(path, Obstacle.FOLDER)
    if not stat.S_ISREG(status.st_mode):
        return DroppedFile(path, Obstacle.SPECIAL)
    try:
        recognized = look_into(path)
    except SourceMissing:
        return DroppedFile(path, Obstacle.MISSING)
    except RdiffError as error:
        return DroppedFile(path, Obstacle.UNREADABLE, problem=str(error))
    identity = status.st_dev, status.st_ino
    return DroppedFile(
        path,
        recognized.kind,
        status.st_size,
        status.st_mtime,
        identity,
        packing=recognized.packing,
    )


def look_at_all(paths: Iterable[Path]) -> tuple[DroppedFile, ...]:
    """Look at each path in turn; may be called from another thread than Tk's."""
    return tuple(look_at(path) for path in paths)


def _unreadable(path: Path, error: OSError | ValueError) -> DroppedFile:
    code = error.errno if isinstance(error, OSError) and error.errno else 0
    reason = getattr(error, "strerror", None) or str(error)
    return DroppedFile(path, Obstacle.UNREADABLE, problem=str(SourceUnreadable(path, code, reason)))
