"""Tar archives that hold the same bytes whenever and by whomever they are made."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Callable
from pathlib import Path


def make_archive(folder: Path, archive: Path, top: str, seconds: int) -> Path:
    """Pack `folder` under the name `top`; every file is of that date, in seconds since 1970."""
    # gzip is in every system, xz is not.
    with (
        archive.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=seconds) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as packed,
    ):
        # add() goes through each folder in the order of its names.
        packed.add(folder, top, filter=without_traces(seconds))
    return archive


def without_traces(seconds: int) -> Callable[[tarfile.TarInfo], tarfile.TarInfo]:
    """What takes off a member who packed it and when."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = seconds
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    return plain
