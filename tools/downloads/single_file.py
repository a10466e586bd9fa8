"""The one-file download: PyInstaller's, sealed by staticx with the C library it needs."""

from __future__ import annotations

import lzma
import shutil
import tarfile
from pathlib import Path

from staticx.archive import get_xz_filters

from downloads import run
from downloads.archive import without_traces

# Where staticx's starter finds what it unpacks.
_SECTION = ".staticx.archive"


def make_single_file(onefile: Path, target: Path, scratch: Path, seconds: int) -> Path:
    """Seal PyInstaller's one file; the same bytes for the same input.

    `seconds` since 1970 is the date of what is inside.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    sealed, packed = scratch / "sealed", scratch / "packed"
    run("staticx", onefile, sealed)
    # staticx packs a copy that it changed a moment ago, and so with the time of the build.
    run("objcopy", "--dump-section", f"{_SECTION}={packed}", sealed)
    pack_anew(packed, scratch / "plain", seconds)
    run("objcopy", "--update-section", f"{_SECTION}={scratch / 'plain'}", sealed)
    shutil.copyfile(sealed, target)
    # staticx makes it for its maker alone.
    target.chmod(0o755)
    return target


def pack_anew(packed: Path, target: Path, seconds: int) -> None:
    """Write staticx's archive once more, sorted and without traces of the build.

    Source: staticx, archive.py: its starter reads GNU tar in xz, checked with CRC-32.
    """
    filters = get_xz_filters()
    clean = without_traces(seconds)
    with (
        tarfile.open(packed, "r:xz") as source,
        lzma.open(
            target, "w", format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=filters
        ) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.GNU_FORMAT) as plain,
    ):
        for member in sorted(source.getmembers(), key=lambda each: each.name):
            content = source.extractfile(member) if member.isfile() else None
            plain.addfile(clean(member), content)
