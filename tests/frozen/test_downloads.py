"""The downloads as files: what they hold, how big they are, their checksums."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.frozen.conftest import DEBIAN, DIST, NAME, install_package, run_as_root
from tests.frozen.debian import debian_system
from tests.frozen.root_folder import RootFolder

pytestmark = pytest.mark.frozen

SIZE_MB_MOST = 20


def test_licences_come_along() -> None:
    """Whoever gets the libraries gets the terms they are given under."""
    with tarfile.open(DIST / f"{NAME}.tar.gz") as packed:
        names = {name.partition("/LICENSES/")[2] for name in packed.getnames()}
    assert {"rdiff-gui.txt", "Python.txt", "libc6.txt", "libtk8.6.txt"} <= names
    assert any(name.startswith("librsync") for name in names)
    assert {"libxcb1.txt", "tkinterdnd2.txt", "pyinstaller.txt", "staticx.txt"} <= names
    assert "LGPL-2.1 (whole text).txt" in names


def test_the_debian_package_says_what_it_is() -> None:
    """It depends on nothing, and what the desktop and the shells look for is in its place."""
    fields = subprocess.run(
        ["dpkg-deb", "-f", DIST / DEBIAN], check=True, capture_output=True, text=True
    ).stdout
    assert "Depends" not in fields
    assert "Maintainer: rdiff-gui maintainers <" in fields
    content = subprocess.run(
        ["dpkg-deb", "-c", DIST / DEBIAN], check=True, capture_output=True, text=True
    ).stdout
    assert "./usr/bin/rdiff-gui -> ../lib/rdiff-gui/rdiff-gui\n" in content
    for place in (
        "doc/rdiff-gui/copyright",
        "applications/io.github.rdiffgui.desktop",
        "icons/hicolor/scalable/apps/io.github.rdiffgui.svg",
        "mime/packages/io.github.rdiffgui.xml",
        "man/man1/rdiff-gui.1.gz",
        "zsh/vendor-completions/_rdiff-gui",
    ):
        assert f"./usr/share/{place}\n" in content


@pytest.mark.timeout(300)
@pytest.mark.parametrize("release", ["bullseye", "trixie"])
def test_a_removed_package_takes_only_what_it_brought(release: str, tmp_path: Path) -> None:
    """Not an empty folder that was there before, as /opt is; and nothing of ours stays."""
    folder = tmp_path / "root"
    subprocess.run(["cp", "-a", debian_system(release), folder], check=True)
    root = RootFolder(folder)
    before = names_in(folder)
    assert "opt" in before
    install_package(root)
    assert names_in(folder) > before
    run_as_root(root, "dpkg", "--purge", "rdiff-gui")
    assert names_in(folder) == before
    shutil.rmtree(folder)


def names_in(root: Path) -> set[str]:
    """Every file and folder of a root folder, but for dpkg's own notes."""
    names = {str(path.relative_to(root)) for path in root.rglob("*")}
    notes = ("var/lib/dpkg/", "var/log/")
    return {name for name in names if not name.startswith(notes)}


def test_downloads_are_small_and_their_checksums_right() -> None:
    """20 MB at most, and `sha256sum -c` agrees."""
    lines = (DIST / "SHA256SUMS").read_text().splitlines()
    assert {f"{NAME}.tar.gz", DEBIAN, NAME} <= {line.split("  ")[1] for line in lines}
    for line in lines:
        digest, name = line.split("  ")
        data = (DIST / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        assert len(data) <= SIZE_MB_MOST * 10**6
