"""`rdiff-gui desktop` where the user changed what it put there, or something goes wrong."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.__main__ import main
from rdiff_gui.desktop import freedesktop, integration
from rdiff_gui.desktop.integration import State
from rdiff_gui.desktop.own_files import ENTRY, receipt_file, replace_bytes, settings_file
from rdiff_gui.errors import DesktopForeign, DesktopUnwritable
from tests.cli_process import PROGRAM, one_line, plain_environment, run_cli

from .conftest import Desktop, change_receipt, tree


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


def test_a_user_without_a_home_is_no_mistake_of_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in a container whose user the system does not know: the command and the window start."""

    def know_nobody(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr("pwd.getpwuid", know_nobody)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    assert main(["desktop", "status"]) == 0
    assert settings_file().is_absolute()
