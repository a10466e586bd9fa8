"""The terms of everything that a bundle holds, as files for its folder LICENSES: for build.spec.

The program shows them, see rdiff_gui/desktop/licences.py.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from downloads import PROJECT
from rdiff_gui.desktop.licences import FROZEN_FOLDER, licence_of_python, licences_of_package

Entry = tuple[str, str, str]  # name in the bundle, file, PyInstaller's type

# Whole, since the Windows program is made on Debian too, where Wine finds it on a drive.
_DOCUMENTATION = Path("/usr/share/doc").absolute()
_COMMON_TEXTS = Path("/usr/share/common-licenses").absolute()
# Debian's copyright files name the longer licences only, by their place on a Debian system.
_COMMON = re.compile(r"/usr/share/common-licenses/([A-Za-z0-9.+-]*[A-Za-z0-9])")


def python_licences(distributions: list[str]) -> list[Entry]:
    """Ours, Python's, and those of the Python packages.

    Raises SystemExit when one cannot be found: the thing may not be given on then.
    """
    python = licence_of_python()
    if python is None:
        raise SystemExit("The licence of Python was not found.")
    found = {"rdiff-gui": PROJECT / "LICENSE", "Python": python}
    for name in distributions:
        files = licences_of_package(name)
        if not files:
            raise SystemExit(f"The licence of {name} was not found.")
        found.update(files)
    return _entries(found)


def bundled_licences(entries: list[Entry], packages: list[str]) -> list[Entry]:
    """Those of the Debian packages that libraries come from, and of `packages` besides.

    Raises SystemExit when one cannot be found.
    """
    names = set(packages)
    for _, source, kind in entries:
        real = Path(source).resolve()
        # What belongs to a Python of its own, outside the system, is under Python's licence.
        of_python = sys.base_prefix != "/usr" and real.is_relative_to(sys.base_prefix)
        if kind == "BINARY" and not of_python and "site-packages" not in source:
            names.add(_debian_package(Path(source), real))
    return debian_licences(names)


def debian_licences(names: set[str]) -> list[Entry]:
    """Those of Debian packages, with the long licences that they only name.

    Raises SystemExit when one cannot be found.
    """
    found = {name: _DOCUMENTATION / name / "copyright" for name in names}
    texts = [
        path.read_text(encoding="utf-8", errors="replace")
        for path in found.values()
        if path.is_file()
    ]
    for name in {match for text in texts for match in _COMMON.findall(text)}:
        # Copyright files also tell of licences that the package is not under, and misspell.
        if (common := _COMMON_TEXTS / name).is_file():
            found[f"{name} (whole text)"] = common
    return _entries(found)


def _entries(found: dict[str, Path]) -> list[Entry]:
    missing = [name for name, path in found.items() if not path.is_file()]
    if missing:
        raise SystemExit(f"Licences not found: {', '.join(sorted(missing))}.")
    return [
        (f"{FROZEN_FOLDER}/{name}.txt", str(path), "DATA") for name, path in sorted(found.items())
    ]


def _debian_package(*candidates: Path) -> str:
    """The package one of these names of a file belongs to; /lib may be a link to /usr/lib."""
    for path in candidates:
        for name in (path, Path("/usr", path.relative_to("/")), Path(str(path)[4:])):
            done = subprocess.run(
                ["dpkg", "-S", name],
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "LC_ALL": "C"},
            )
            owners = [line for line in done.stdout.splitlines() if "diversion " not in line]
            if owners:
                return re.split("[:,]", owners[0])[0]
    raise SystemExit(f"No package owns {candidates[0]}, so its licence is not known.")
