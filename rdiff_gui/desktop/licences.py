"""The terms under which this program and all that it uses are given on."""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.records import record

FROZEN_FOLDER = "LICENSES"
_PROGRAM = "rdiff-gui"
_LICENCE_NAME = re.compile(r"(licen[cs]e|copying|notice)\b", re.IGNORECASE)
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")
# Where Debian, Fedora, SUSE and Arch put what librsync says of itself.
_OF_LIBRSYNC = (
    ("/usr/share/doc", "librsync*/copyright"),
    ("/usr/share/licenses", "librsync*/*"),
    ("/usr/share/doc", "packages/librsync*/COPYING"),
)


@record(frozen=True)
class Licence:
    """What a part of the program is called, and the text of its terms."""

    part: str
    text: str


def read_licences() -> list[Licence]:
    """All that can be found here, the program's and librsync's first.

    A frozen program brings them with it; else they lie with Python and its packages.
    """
    bundle: str | None = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        files = [(path.stem, path) for path in Path(bundle, FROZEN_FOLDER).glob("*.txt")]
    else:
        files = list(dict(_installed()).items())
    licences = [
        Licence(part, path.read_text(encoding="utf-8", errors="replace").strip())
        for part, path in files
        if path.is_file()
    ]
    return sorted(licences, key=_rank)


def licences_of_package(name: str) -> dict[str, Path]:
    """The licence files of an installed Python package, by what to call each."""
    # Only where nothing is frozen, and it takes its time.
    import importlib.metadata

    try:
        listed = importlib.metadata.files(name) or ()
    except importlib.metadata.PackageNotFoundError:
        return {}
    files = [each for each in listed if _LICENCE_NAME.match(each.name) and each.suffix != ".py"]
    return {
        name if len(files) == 1 else f"{name} ({each.stem})": Path(str(each.locate()))
        for each in files
    }


def licence_of_python() -> Path | None:
    """Python's own licence file."""
    version = f"python3.{sys.version_info.minor}"
    places = (
        Path(sysconfig.get_path("stdlib"), "LICENSE.txt"),
        Path(sys.base_prefix, "LICENSE.txt"),
        Path("/usr/share/doc", version, "copyright"),
        Path("/usr/share/doc", f"lib{version}-minimal", "copyright"),
    )
    return next((place for place in places if place.is_file()), None)


def _installed() -> Iterator[tuple[str, Path]]:
    import importlib.metadata

    try:
        required = importlib.metadata.requires(_PROGRAM) or []
    except importlib.metadata.PackageNotFoundError:
        required = []
    yield _PROGRAM, Path(__file__).parent.parent.parent / "LICENSE"
    for requirement in (_PROGRAM, *required):
        if match := _REQUIREMENT.match(requirement):
            yield from licences_of_package(match[0]).items()
    if python := licence_of_python():
        yield "Python", python
    for folder, pattern in _OF_LIBRSYNC:
        for path in sorted(Path(folder).glob(pattern)):
            yield path.parent.name, path


def _rank(licence: Licence) -> tuple[int, str]:
    first = 0 if licence.part == _PROGRAM else 1 if licence.part.startswith("librsync") else 2
    return first, licence.part.casefold()
