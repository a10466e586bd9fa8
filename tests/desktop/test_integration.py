"""`rdiff-gui desktop`: added to a user's desktop, found there by it, and taken away again."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from rdiff_gui import __version__
from rdiff_gui.desktop.own_files import APP_ID, ENTRY, receipt_file, shared_files
from tests.conftest import MakeFile, Rdiff

from .conftest import Desktop, change_receipt, tree

ROOT = Path(__file__).parents[2]
RUN = ROOT / "run"
OTHERS = """<?xml version="1.0"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-another"><glob pattern="*.another"/></mime-type>
</mime-info>
"""
OTHERS_ENTRY = """[Desktop Entry]
Type=Application
Name=Another
Exec=true %F
MimeType=application/x-another;
"""


def ask_gio(*words: str | Path) -> str:
    """What gio says, in this test's home."""
    return subprocess.run(["gio", *words], check=True, capture_output=True, text=True).stdout


# --- added and taken away ------------------------------------------------------------------------


def test_added_and_taken_away_without_a_trace(desktop: Desktop, home: Path, share: Path) -> None:
    """A fresh home is as empty afterwards as before, caches and folders included."""
    assert desktop("status") == "Not added to your desktop.\n"
    assert tree(home) == {}
    count = len(shared_files())
    assert desktop("install") == f"Added to your desktop: {count} files in {share}.\n"
    assert set(map(str, shared_files())) <= set(tree(share))
    assert desktop("uninstall") == f"Taken off your desktop: {count} files in {share}.\n"
    assert tree(home) == {}
    assert desktop("uninstall") == "It was not on your desktop; nothing was taken away.\n"


def test_the_desktop_knows_files_and_program(
    desktop: Desktop, share: Path, make_file: MakeFile, rdiff: Rdiff, tmp_path: Path
) -> None:
    """After it, gio names what rdiff made, and opens it with this very program."""
    desktop("install")
    rdiff("signature", make_file("old", 3000), tmp_path / "one")
    told = ask_gio("info", "-a", "standard::content-type,standard::icon", tmp_path / "one")
    assert "standard::content-type: application/x-rdiff-signature\n" in told
    assert "standard::icon: application-x-rdiff-signature," in told
    for kind in ("signature", "delta"):
        assert ENTRY.name in ask_gio("mime", f"application/x-rdiff-{kind}").splitlines()[0]
    lines = (share / ENTRY).read_text().splitlines()
    assert f"Exec={RUN} -- %F" in lines
    assert f"TryExec={RUN}" in lines


def test_what_others_put_there_stays(desktop: Desktop, home: Path, share: Path) -> None:
    """Their files, their caches and the folders are as they were, byte by byte."""
    for name, content in (
        ("mime/packages/another.xml", OTHERS),
        ("applications/another.desktop", OTHERS_ENTRY),
        ("icons/hicolor/16x16/apps/another.png", ""),
        ("man/man1/another.1", ""),
    ):
        (share / name).parent.mkdir(parents=True, exist_ok=True)
        (share / name).write_text(content)
    commands: tuple[list[str | Path], ...] = (
        ["update-mime-database", share / "mime"],
        ["update-desktop-database", share / "applications"],
        ["gtk-update-icon-cache", "-q", "-t", share / "icons/hicolor"],
    )
    for command in commands:
        subprocess.run(command, check=True)
    before = tree(home)
    desktop("install")
    cached = (share / "icons/hicolor/icon-theme.cache").read_bytes()
    assert APP_ID.encode() in cached
    assert b"another" in cached
    desktop("uninstall")
    after = tree(home)
    # The order in it is the file system's.
    icons = ".local/share/icons/hicolor/icon-theme.cache"
    assert APP_ID.encode() not in (after.pop(icons) or b"")
    before.pop(icons)
    assert after == before


def test_what_others_put_there_in_between_stays_too(
    desktop: Desktop, home: Path, share: Path
) -> None:
    """A program that was added after us keeps the caches that it needs."""
    desktop("install")
    (share / "mime/packages/another.xml").write_text(OTHERS)
    (share / "applications/another.desktop").write_text(OTHERS_ENTRY)
    desktop("uninstall")
    assert "application/x-another" in (share / "mime/types").read_text()
    assert "another.desktop" in (share / "applications/mimeinfo.cache").read_text()
    assert not [name for name in tree(home) if "rdiff" in name]


def test_adding_twice_changes_nothing(desktop: Desktop, home: Path) -> None:
    """The second time finds all in place, and the end is the same as after once."""
    desktop("install")
    once = tree(home)
    desktop("install")
    assert tree(home) == once
    desktop("uninstall")
    assert tree(home) == {}


@pytest.mark.parametrize("name", ["da ta", "100% =x=", "new\nline"])
def test_the_users_own_data_folder_is_used(
    desktop: Desktop, name: str, home: Path, tmp_path: Path
) -> None:
    """Wherever XDG_DATA_HOME says, with any name."""
    place = tmp_path / name
    place.mkdir()
    desktop("install", XDG_DATA_HOME=str(place))
    assert (place / ENTRY).is_file()
    assert tree(home) == {}
    assert "Added to your desktop.\n" in desktop("status", XDG_DATA_HOME=str(place))
    desktop("uninstall", XDG_DATA_HOME=str(place))
    assert tree(place) == {}


def test_a_data_folder_that_is_not_whole_is_ignored(desktop: Desktop, share: Path) -> None:
    """As the specification says."""
    desktop("install", XDG_DATA_HOME="data")
    assert (share / ENTRY).is_file()
    assert not Path("data").exists()


# --- status --------------------------------------------------------------------------------------


def test_status_tells_version_program_and_place(desktop: Desktop, share: Path) -> None:
    """What would be asked first when something is odd."""
    desktop("install")
    assert desktop("status").splitlines() == [
        "Added to your desktop.",
        f"  version: {__version__}",
        f"  starts:  {RUN}",
        f"  holds:   {len(shared_files())} files in {share}",
    ]


@pytest.mark.parametrize(
    "facts", [{"version": "0.0.1"}, {"command": ["/opt/rdiff gui/rdiff-gui", "-x"]}]
)
def test_an_older_one_is_told_and_replaced(
    desktop: Desktop, facts: dict[str, object], home: Path, share: Path
) -> None:
    """Also a file that this version has no more; and the desktop is clean afterwards."""
    desktop("install")
    gone = share / "icons/hicolor/16x16/apps/old.png"
    gone.write_bytes(b"")
    sums = json.loads(receipt_file().read_text())["files"]
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    change_receipt(**facts, files={**sums, "icons/hicolor/16x16/apps/old.png": [empty]})
    told = desktop("status")
    assert "by another version or from another place" in told
    desktop("install")
    assert desktop("status").startswith("Added to your desktop.\n")
    assert not gone.exists()
    desktop("uninstall")
    assert tree(home) == {}


def test_missing_files_are_told_and_put_back(desktop: Desktop, share: Path) -> None:
    """Somebody tidied up."""
    desktop("install")
    (share / ENTRY).unlink()
    assert "but a part is missing" in desktop("status")
    desktop("install")
    assert (share / ENTRY).is_file()


@pytest.mark.usefixtures("home")
def test_a_package_of_the_system_is_told(desktop: Desktop, tmp_path: Path) -> None:
    """Then nobody needs to add anything."""
    entry = tmp_path / "usr share" / ENTRY
    entry.parent.mkdir(parents=True)
    entry.touch()
    told = desktop("status", XDG_DATA_DIRS=f"/nowhere:{tmp_path}/usr share")
    assert told.splitlines() == [
        "Not added to your desktop.",
        f"A package of this system has added it for everybody: {entry}",
    ]
