"""The download for Windows: PyInstaller's folder, made by Windows' Python under Wine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from downloads.archive import make_zip
from downloads.processes import PROJECT, run
from rdiff_gui import __version__


def make_windows_zip(scratch: Path, into: Path, seconds: int) -> Path:
    """Freeze and pack it; `seconds` since 1970 is the date of every file."""
    os.environ["PYINSTALLER_CONFIG_DIR"] = _on_wine(scratch / "cache")
    run(
        sys.executable, PROJECT / "tools/windows", "-m", "PyInstaller", "--noconfirm", "--clean",
        "--log-level", "WARN", "--distpath", _on_wine(scratch / "windows-dist"),
        "--workpath", _on_wine(scratch / "windows"), _on_wine(PROJECT / "build.spec"),
    )  # fmt: skip
    name = f"rdiff-gui-{__version__}-windows-x86_64"
    return make_zip(scratch / "windows-dist/rdiff-gui", into / f"{name}.zip", name, seconds)


def _on_wine(path: Path) -> str:
    """How a file of ours is called there."""
    return f"Z:{path}"
