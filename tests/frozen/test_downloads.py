"""The downloads as files: what they hold, how big they are, their checksums."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile

import pytest

from tests.frozen.conftest import DEBIAN, DIST, NAME

pytestmark = pytest.mark.frozen

SIZE_MB_MOST = 20


def test_licences_come_along() -> None:
    """Whoever gets the libraries gets the terms they are given under."""
    with tarfile.open(DIST / f"{NAME}.tar.xz") as packed:
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
    assert "./usr/bin/rdiff-gui -> /opt/rdiff-gui/rdiff-gui\n" in content
    for place in (
        "doc/rdiff-gui/copyright",
        "applications/io.github.rdiffgui.desktop",
        "icons/hicolor/scalable/apps/io.github.rdiffgui.svg",
        "mime/packages/io.github.rdiffgui.xml",
        "man/man1/rdiff-gui.1.gz",
        "zsh/vendor-completions/_rdiff-gui",
    ):
        assert f"./usr/share/{place}\n" in content


def test_downloads_are_small_and_their_checksums_right() -> None:
    """20 MB at most, and `sha256sum -c` agrees."""
    lines = (DIST / "SHA256SUMS").read_text().splitlines()
    assert len(lines) == 3
    for line in lines:
        digest, name = line.split("  ")
        data = (DIST / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        assert len(data) <= SIZE_MB_MOST * 10**6
