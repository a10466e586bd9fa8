"""The installed package beside a real file manager, pcmanfm under openbox."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdiff_gui.engine import apply_patch, make_delta_from_files, make_signature
from tests.conftest import edited, random_bytes
from tests.frozen.conftest import install_package, let_everybody_in
from tests.frozen.debian import debian_system
from tests.frozen.desktop import MANAGER, OURS, PACKAGES, Area, Desktop, own_screen
from tests.frozen.root_folder import HOME, USER, RootFolder

# A first run fetches a Debian.
pytestmark = [pytest.mark.frozen, pytest.mark.timeout(600)]

PICTURES = Path(__file__).parent.parent.parent / "build" / "file-manager"
ICONS = "usr/share/icons/hicolor/48x48/mimetypes"
LEFT, RIGHT = Area(0, 0, 640, 480), Area(700, 0, 1100, 760)

# Longer than a start of our window.
_AGAIN_SECONDS = 8.0


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """A Debian desktop with the package installed, and a home that can be written."""
    folder = tmp_path_factory.mktemp("desktop") / "root"
    let_everybody_in(folder.parent)
    subprocess.run(["cp", "-a", debian_system("trixie", *PACKAGES), folder], check=True)
    root = RootFolder(folder)
    install_package(root)
    os.chown(folder / HOME[1:], USER, USER)
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with own_screen() as screen:
        desktop = Desktop(root, screen, PICTURES)
        yield desktop
        desktop.close()
    shutil.rmtree(folder)


@pytest.fixture
def desktop(installed: Desktop) -> Iterator[Desktop]:
    """The same with openbox running, and nothing in /data."""
    installed.start("openbox")
    installed.wait(installed.has_window_manager, "openbox did not start")
    yield installed
    installed.stop_programs()
    for left in data_of(installed).iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def data_of(desktop: Desktop) -> Path:
    """The user's folder /data."""
    return desktop.root.folder / "data"


def give(desktop: Desktop, name: str, content: bytes) -> None:
    """Put a file of the user into /data."""
    path = data_of(desktop) / name
    path.write_bytes(content)
    os.chown(path, USER, USER)


def open_folder(desktop: Desktop, name: str = "") -> None:
    """Look at /data, or a folder in it, in the file manager's window."""
    desktop.start("pcmanfm", f"/data/{name}")
    desktop.place(MANAGER, LEFT)


def icon(desktop: Desktop, kind: str) -> Path:
    """What the package brought for a type of file."""
    return desktop.root.folder / ICONS / f"application-x-rdiff-{kind}.png"


def point_at(desktop: Desktop, kind: str) -> tuple[int, int]:
    """Where the first file of that kind is seen."""
    return desktop.wait(lambda: desktop.find_icon(icon(desktop, kind)), f"no {kind} is shown")[0]


def test_files_have_their_icons(desktop: Desktop) -> None:
    """By their names, and where the name says nothing, by what they hold."""
    give(desktop, "old", random_bytes(30_000))
    old = data_of(desktop) / "old"
    for name in ("photos.db.rsig", "sums"):
        make_signature(old, data_of(desktop) / name)
    make_delta_from_files(old, old, data_of(desktop) / "photos.db.rdelta")
    open_folder(desktop)
    for kind, count in (("signature", 2), ("delta", 1)):
        point_at(desktop, kind)
        desktop.settle()
        assert len(desktop.find_icon(icon(desktop, kind))) == count
    desktop.picture("icons")


def test_a_double_click_opens_a_delta(desktop: Desktop) -> None:
    """In our window, which comes to the front, and takes the old file that lies beside it."""
    old = random_bytes(300_000)
    give(desktop, "photos.db", old)
    give(desktop, "new", edited(old))
    data = data_of(desktop)
    new = data / "new"
    make_delta_from_files(data / "photos.db", new, data / "photos.db.rdelta")
    os.chown(data / "photos.db.rdelta", USER, USER)
    content = new.read_bytes()
    new.unlink()
    open_folder(desktop)
    delta = point_at(desktop, "delta")
    desktop.click(delta, times=2)
    again = time.monotonic() + _AGAIN_SECONDS

    def is_in_front() -> bool:
        nonlocal again
        if desktop.active() == OURS:
            return True
        if time.monotonic() > again:
            # On a busy machine, the manager may take two clicks for single ones.
            desktop.click(delta, times=2)
            again = time.monotonic() + _AGAIN_SECONDS
        return False

    desktop.wait(is_in_front, "our window is not in front")
    desktop.picture("opened")
    made = desktop.press_until(
        lambda: set(data.iterdir()) - {data / "photos.db", data / "photos.db.rdelta"},
        "no key made it",
        "Return",
    )
    assert [path.read_bytes() for path in made] == [content]


def test_dragged_files_land_in_the_window(desktop: Desktop) -> None:
    """A signature and a new file, both taken from the file manager, become a delta."""
    old = random_bytes(300_000)
    give(desktop, "old", old)
    give(desktop, "photos.db", edited(old))
    data = data_of(desktop)
    make_signature(data / "old", data / "photos.db.rsig")
    os.chown(data / "photos.db.rsig", USER, USER)
    (data / "old").unlink()
    open_folder(desktop)
    at = point_at(desktop, "signature")
    desktop.start("rdiff-gui")
    desktop.place(OURS, RIGHT)
    desktop.click(LEFT.middle)
    desktop.press("Control_L", "a")
    desktop.drag(at, RIGHT.middle, picture="dragged")
    # The keyboard stays with the file manager, as after every drop.
    desktop.click(RIGHT.title)
    delta = data / "photos.db.rdelta"
    desktop.press_until(delta.exists, "no key made it", "Return")
    desktop.picture("dropped")
    (data / "was").write_bytes(old)
    apply_patch(data / "was", delta, data / "result")
    assert (data / "result").read_bytes() == edited(old)
    # The file manager shows what came, too.
    point_at(desktop, "delta")


def test_a_copied_file_is_pasted(desktop: Desktop) -> None:
    """What the window made lands in another folder."""
    give(desktop, "photos.db", random_bytes(300_000))
    data = data_of(desktop)
    there = data / "there"
    there.mkdir()
    os.chown(there, USER, USER)
    open_folder(desktop, "there")
    desktop.start("rdiff-gui", "/data/photos.db")
    desktop.place(OURS, RIGHT)
    signature = data / "photos.db.rsig"
    desktop.press_until(signature.exists, "no key made it", "Alt_L", "m")
    # It is the first choice of what to do with it.
    desktop.press_until(desktop.has_copy, "nothing was copied", "space")
    desktop.picture("copied")
    desktop.click(LEFT.middle)
    desktop.press("Control_L", "v")
    point_at(desktop, "signature")
    desktop.picture("pasted")
    assert (there / signature.name).read_bytes() == signature.read_bytes()
    assert signature.exists()
