"""The download for ARM, from `tools/package --arm64`: alone in a root, on an emulated processor."""

from __future__ import annotations

import os
import tarfile

import pytest

from rdiff_gui import __version__
from tests.conftest import edited, random_bytes
from tests.frozen.conftest import DIST, let_everybody_in
from tests.frozen.root_folder import RootFolder

NAME = f"rdiff-gui-{__version__}-linux-aarch64"
ARCHIVE = DIST / f"{NAME}.tar.gz"
PROGRAM = f"/srv/我的 programs/{NAME}/rdiff-gui"

pytestmark = [
    pytest.mark.frozen,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not ARCHIVE.exists(), reason="made by tools/package --arm64"),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> RootFolder:
    """Nothing but the download."""
    folder = tmp_path_factory.mktemp("arm64") / "root"
    folder.mkdir()
    let_everybody_in(folder.parent)
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder / "srv" / "我的 programs", filter="tar")
    return RootFolder(folder)


@pytest.mark.parametrize("screen", [False, True])
def test_the_self_test_passes(screen: bool, root: RootFolder) -> None:
    """Every library in use comes from the download, with a screen those of Tk and X11 too."""
    more = {"DISPLAY": os.environ["DISPLAY"]} if screen else {}
    done = root.run(PROGRAM, "--selftest", environment={"LANG": "C", **more})
    assert done.returncode == 0, done.stdout.decode()
    assert b"all from the bundle" in done.stdout
    assert not screen or b"tkdnd 2." in done.stdout


def test_the_command_line_works(root: RootFolder) -> None:
    """Signature, delta and patch."""
    data = root.folder / "data"
    old = random_bytes(300_000)
    (data / "old").write_bytes(old)
    (data / "new").write_bytes(edited(old))
    for line in ("signature old s", "delta s new d", "patch old d result"):
        verb, *words = line.split()
        done = root.run(PROGRAM, verb, *(f"/data/{word}" for word in words))
        assert done.returncode == 0, done.stderr
    assert (data / "result").read_bytes() == (data / "new").read_bytes()
