"""Each download in each root: nothing but the download, an old Debian, and a new one."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rdiff_gui import __version__
from tests.frozen.debian import debian_system
from tests.frozen.root_folder import RootFolder

DIST = Path(__file__).parent.parent.parent / "dist"
NAME = f"rdiff-gui-{__version__}-linux-x86_64"
DEBIAN = f"rdiff-gui_{__version__}_amd64.deb"
# Where somebody unpacks a download, in a folder with a hard name.
UNPACKED = "srv/我的 programs"

# glibc 2.31 and 2.41, on either side of the one that downloads are built with.
SYSTEMS = ("empty", "bullseye", "trixie")
_XDG_OPEN = """#!/bin/sh
env >"$1/unfinished" && mv "$1/unfinished" "$1/environment"
"""


@dataclass
class Place:
    """Where one download was installed: the root, and what to call there."""

    root: RootFolder
    program: str


@pytest.fixture(scope="session", params=SYSTEMS)
def system(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RootFolder]:
    """A root with all downloads installed, and a program that stands for the file manager."""
    folder = tmp_path_factory.mktemp(request.param) / "root"
    let_everybody_in(folder.parent)
    bare = request.param == "empty"
    if bare:
        folder.mkdir()
    else:
        subprocess.run(["cp", "-a", debian_system(request.param), folder], check=True)
    root = RootFolder(folder)
    stand_in = folder / "usr/bin/xdg-open"
    if bare:
        source = Path(__file__).with_name("xdg-open.c")
        subprocess.run(["gcc", "-static", "-Os", source, "-o", stand_in], check=True)
    else:
        stand_in.write_text(_XDG_OPEN)
        stand_in.chmod(0o755)
    install(root, has_dpkg=not bare)
    yield root
    shutil.rmtree(folder)


def let_everybody_in(folder: Path) -> None:
    """Open a folder that pytest made, which is its maker's alone."""
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)


def install(root: RootFolder, *, has_dpkg: bool) -> None:
    """Put the downloads where users put them."""
    unpacked = root.folder / UNPACKED
    unpacked.mkdir(parents=True)
    shutil.copy(DIST / NAME, unpacked / "rdiff-gui")
    if has_dpkg:
        shutil.copy(DIST / f"{NAME}.tar.gz", unpacked)
        run_as_root(root, "tar", "-C", f"/{UNPACKED}", "-xf", f"/{UNPACKED}/{NAME}.tar.gz")
        (unpacked / f"{NAME}.tar.gz").unlink()
        install_package(root)
    else:
        with tarfile.open(DIST / f"{NAME}.tar.gz") as archive:
            archive.extractall(unpacked, filter="tar")
        subprocess.run(["dpkg-deb", "-x", DIST / DEBIAN, root.folder], check=True)


def install_package(root: RootFolder) -> None:
    """Install the Debian package with the root's own dpkg."""
    shutil.copy(DIST / DEBIAN, root.folder / "srv")
    run_as_root(root, "dpkg", "-i", f"/srv/{DEBIAN}")
    (root.folder / "srv" / DEBIAN).unlink()


def run_as_root(root: RootFolder, *words: str) -> None:
    """Run a program of the root as its administrator."""
    done = root.run(*words, user=0)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session", params=["folder", "deb", "single file"])
def place(request: pytest.FixtureRequest, system: RootFolder) -> Place:
    """One download in one root."""
    programs = {
        "folder": f"/{UNPACKED}/{NAME}/rdiff-gui",
        "deb": "/usr/bin/rdiff-gui",
        "single file": f"/{UNPACKED}/rdiff-gui",
    }
    return Place(system, programs[request.param])
