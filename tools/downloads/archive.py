"""Archives that hold the same bytes whenever and by whomever they are made."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from rdiff_gui import __version__


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


def make_zip(folder: Path, archive: Path, top: str, seconds: int) -> Path:
    """The same for Windows, which opens a ZIP by itself."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(folder.rglob("*"), key=Path.as_posix):
            if path.is_file():
                name = f"{top}/{path.relative_to(folder).as_posix()}"
                member = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
                member.compress_type = zipfile.ZIP_DEFLATED
                # Without it, the system that packed it is written down.
                member.create_system = 0
                packed.writestr(member, path.read_bytes(), compresslevel=9)
    return archive


def write_sums(folder: Path) -> None:
    """The checksums of this version's downloads, for `sha256sum -c`."""
    made = sorted(folder.glob(f"rdiff-gui[-_]{__version__}[-_]*"))
    sums = "".join(f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n" for p in made)
    (folder / "SHA256SUMS").write_text(sums)
