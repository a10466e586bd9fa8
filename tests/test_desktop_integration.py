"""`rdiff-gui desktop`: added to a user's desktop, found there by it, and taken away again."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui import __version__, cli
from rdiff_gui.desktop import freedesktop, integration
from rdiff_gui.desktop.integration import State
from rdiff_gui.desktop.own_files import APP_ID, ENTRY, receipt_file, replace_bytes, shared_files
from rdiff_gui.errors import DesktopForeign, DesktopUnwritable
from tests.cli_process import PROGRAM, one_line, plain_environment, run_cli
from tests.conftest import MakeFile, Rdiff

ROOT = Path(__file__).parent.parent
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

Desktop = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fresh home of a user without any XDG variables."""
    folder = tmp_path / "home of 用户"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_DATA_DIRS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def share(home: Path) -> Path:
    """That user's data folder, which is not there yet."""
    return home / ".local/share"


def tree(folder: Path) -> dict[str, bytes | None]:
    """All that lies in a folder: files with their content, folders with None."""
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Desktop:
    """Run the verb, without a process of its own; what it answers. All must go well."""

    def run(action: str, **environment: str) -> str:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            assert cli.main(["desktop", action]) == 0
        answer, beside = capfd.readouterr()
        assert beside == ""
        return answer

    return run


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


def change_receipt(**facts: object) -> None:
    """As if another version had written it."""
    file = receipt_file()
    file.write_text(json.dumps({**json.loads(file.read_text()), **facts}))


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


# --- what is the user's --------------------------------------------------------------------------


def test_what_the_user_changed_is_left(desktop: Desktop, share: Path) -> None:
    """A menu editor wrote into our entry: it stays, at an update and at the end, and is named."""
    desktop("install")
    entry = share / ENTRY
    mine = entry.read_text().replace("Name=rdiff-gui", "Name=Patches")
    entry.write_text(mine)
    assert f"  changed since: {entry}\n" in desktop("status")
    for action in ("install", "uninstall"):
        done = run_cli("desktop", action)
        assert done.returncode == 0
        assert one_line(done) == (
            f"“{entry}” is not as this program put it there, and was left as it is."
        )
        assert entry.read_text() == mine
    assert [path for path in share.rglob("*") if path.is_file() and "applic" not in str(path)] == []


def test_a_link_in_our_place_is_the_users(share: Path, tmp_path: Path) -> None:
    """Neither the link nor what it leads to is written to."""
    kept = tmp_path / "kept"
    kept.write_bytes(b"precious")
    (share / ENTRY).parent.mkdir(parents=True)
    (share / ENTRY).symlink_to(kept)
    assert "was left as it is" in one_line(run_cli("desktop", "install"))
    for action in ("install", "uninstall"):
        run_cli("desktop", action)
        assert kept.read_bytes() == b"precious"
        assert (share / ENTRY).is_symlink()


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"[]", b"\xff", b'{"version": 1}', b"[" * 100_000, None]
)
def test_a_lost_receipt_is_no_harm(desktop: Desktop, damage: bytes | None, home: Path) -> None:
    """What is as we would put it there is ours all the same."""
    desktop("install")
    if damage is None:
        receipt_file().unlink()
    else:
        receipt_file().write_bytes(damage)
    assert desktop("status") == "Not added to your desktop.\n"
    desktop("uninstall")
    assert not [name for name, content in tree(home).items() if content and "rdiff" in name]
    assert desktop("install").startswith("Added")


def test_a_receipt_cannot_lead_elsewhere(desktop: Desktop, home: Path) -> None:
    """Nothing outside the data folder is taken away, whatever the receipt says."""
    desktop("install")
    (home / "precious").write_bytes(b"")
    change_receipt(caches=["../../precious"])
    desktop("uninstall")
    assert (home / "precious").exists()


# --- trouble -------------------------------------------------------------------------------------


def test_a_home_that_cannot_be_written_is_told(desktop: Desktop, home: Path) -> None:
    """One sentence, exit code 100, and nothing changed."""
    (home / ".local").write_bytes(b"a file")
    before = tree(home)
    done = run_cli("desktop", "install")
    assert done.returncode == 100
    said = one_line(done)
    assert said.startswith(f"“{home}/.local")
    assert said.endswith("cannot be written: Not a directory. Nothing was changed on this desktop.")
    assert tree(home) == before
    assert desktop("status") == "Not added to your desktop.\n"


@pytest.mark.parametrize("mode", [0o000, 0o555], ids=["closed", "read only"])
def test_a_home_without_permission_is_told(mode: int, home: Path, share: Path) -> None:
    """Also where not even a look is allowed."""
    share.mkdir(parents=True)
    share.chmod(mode)
    before = tree(home)
    # Where root runs the tests, it does without its power over permissions.
    powerless = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.getuid() == 0 else []
    for action, exit_code in (("install", 100), ("status", 0), ("uninstall", 0)):
        done = subprocess.run(
            [*powerless, *PROGRAM, "desktop", action],
            env=plain_environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == exit_code, done.stderr
        if action == "install":
            assert "cannot be written: Permission denied. Nothing was changed" in done.stderr
    assert tree(home) == before


@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOSPC, errno.EROFS])
def test_a_failure_half_way_puts_everything_back(
    code: int, update: bool, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk after some files: the first time all goes again, an update keeps the old."""
    if update:
        integration.install()
        # An older version, whose files were other ones.
        monkeypatch.setattr(freedesktop, "_wanted", _newer(freedesktop._wanted))
    before = tree(home)
    really = replace_bytes
    calls: list[Path] = []

    def fail_at_last(path: Path, content: bytes, *, mode: int) -> None:
        calls.append(path)
        if len(calls) == 10:
            raise OSError(code, os.strerror(code), str(path))
        really(path, content, mode=mode)

    monkeypatch.setattr(freedesktop, "replace_bytes", fail_at_last)
    with pytest.raises(DesktopUnwritable, match=os.strerror(code)):
        integration.install()
    assert len(calls) >= 10
    assert tree(home) == before


def _newer(wanted: Callable[[], dict[str, bytes]]) -> Callable[[], dict[str, bytes]]:
    return lambda: {name: content + b"\n" for name, content in wanted().items()}


def test_without_the_desktops_tools_it_is_said(home: Path, tmp_path: Path) -> None:
    """The files are there all the same, and the tool that is missing is named."""
    empty = tmp_path / "bin"
    empty.mkdir()
    done = run_cli("desktop", "install", PATH=str(empty))
    assert done.returncode == 0
    tools = "update-desktop-database, update-mime-database"
    assert one_line(done) == f"Without {tools} the desktop may not notice the change."
    assert run_cli("desktop", "uninstall", PATH=str(empty)).returncode == 0
    assert tree(home) == {}


@pytest.mark.usefixtures("home")
def test_the_desktop_needs_no_librsync(desktop: Desktop) -> None:
    """The program can be added first, and librsync installed later."""
    assert "Added to your desktop" in desktop("install", RDIFF_GUI_LIBRSYNC="/nowhere")


def test_elsewhere_it_is_the_installers_work(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS nothing is written, and a sentence says why."""
    monkeypatch.setattr(integration, "is_possible", lambda: False)
    for change in (integration.install, integration.uninstall):
        with pytest.raises(DesktopForeign, match="the installer of the program"):
            change()
    assert integration.look().state is State.FOREIGN
    assert tree(home) == {}


@pytest.mark.parametrize("words", [[], ["remove"], ["install", "status"], [""]])
@pytest.mark.usefixtures("home")
def test_what_to_do_has_to_be_said(
    words: list[str],
) -> None:
    """A usage error, as rdiff's are."""
    done = run_cli("desktop", *words)
    assert done.returncode == 101
    assert "desktop install | uninstall | status" in one_line(done)
