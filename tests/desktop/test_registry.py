"""`rdiff-gui desktop` on Windows: Explorer opens our files, and the registry is as before after."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rdiff_gui import __version__, cli
from rdiff_gui.desktop import integration
from rdiff_gui.desktop.own_program import own_command
from rdiff_gui.errors import DesktopStuck, DesktopUnwritable

winreg = pytest.importorskip("winreg", reason="about Windows; run with ./test --windows")
windows_registry = pytest.importorskip("rdiff_gui.desktop.windows_registry")

CLASSES = r"Software\Classes"
PLACE = rf"HKEY_CURRENT_USER\{CLASSES}"
ENTRIES = 12

Tree = dict[str, dict[str, object]]
Desktop = Callable[[str], str]


def tree(key: str = CLASSES) -> Tree:
    """Every key below another, with its values."""
    found: Tree = {}
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
        keys, values, _time = winreg.QueryInfoKey(opened)
        found[key] = {
            name: value for name, value, _ in (winreg.EnumValue(opened, n) for n in range(values))
        }
        names = [winreg.EnumKey(opened, number) for number in range(keys)]
    for name in names:
        found |= tree(rf"{key}\{name}")
    return found


def write(key: str, name: str, text: str) -> None:
    """As another program does."""
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, rf"{CLASSES}\{key}") as opened:
        winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, text)


@pytest.fixture(autouse=True)
def before() -> Iterator[Tree]:
    """What is there before the test, and must be there after it."""
    winreg.CreateKey(winreg.HKEY_CURRENT_USER, CLASSES).Close()
    there = tree()
    yield there
    for key in sorted(set(tree()) - set(there), key=len, reverse=True):
        winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)


@pytest.fixture
def desktop(capfd: pytest.CaptureFixture[str]) -> Desktop:
    """Run the verb, without a process of its own; what it answers."""

    def run(action: str) -> str:
        assert cli.main(["desktop", action]) == 0
        answer, beside = capfd.readouterr()
        return answer + beside

    return run


def test_added_and_taken_away_without_a_trace(desktop: Desktop, before: Tree) -> None:
    """Keys that were made for it go with it."""
    assert desktop("status") == "Not added to your desktop.\n"
    assert desktop("install") == f"Added to your desktop: {ENTRIES} entries in {PLACE}.\n"
    assert tree() != before
    assert desktop("status").splitlines() == [
        "Added to your desktop.",
        f"  version: {__version__}",
        f'  starts:  "{own_command()[0]}" -P -m rdiff_gui',
        f"  holds:   {ENTRIES} entries in {PLACE}",
    ]
    assert desktop("uninstall") == f"Taken off your desktop: {ENTRIES} entries in {PLACE}.\n"
    assert tree() == before
    assert desktop("uninstall") == "It was not on your desktop; nothing was taken away.\n"


@pytest.mark.parametrize(("ending", "kind"), [(".rsig", "Signature"), (".rdelta", "Delta")])
def test_explorer_finds_the_program(desktop: Desktop, ending: str, kind: str) -> None:
    """From the ending to the class, and from there to the command and an icon that is there."""
    desktop("install")
    found = tree()
    name = str(found[rf"{CLASSES}\{ending}"][""])
    assert name == f"RdiffGui.{kind}.1"
    assert found[rf"{CLASSES}\{name}"][""] == f"rdiff {kind.lower()}"
    command = str(found[rf"{CLASSES}\{name}\shell\open\command"][""])
    program, rest = command.removeprefix('"').split('"', 1)
    assert Path(program).is_file()
    assert rest == ' -P -m rdiff_gui "%1"'
    icon = Path(str(found[rf"{CLASSES}\{name}\DefaultIcon"][""]))
    assert icon.read_bytes().startswith(b"\0\0\1\0")


def test_the_frozen_program_is_started_without_a_console(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever of the two programs added it."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", r"C:\我的 programs\rdiff-gui.exe")
    assert own_command() == (r"C:\我的 programs\rdiff-gui-window.exe",)


def test_adding_twice_changes_nothing(desktop: Desktop) -> None:
    """The second time finds all in place."""
    desktop("install")
    once = tree()
    desktop("install")
    assert tree() == once


def test_what_others_put_there_stays(desktop: Desktop) -> None:
    """The class that an ending names, and whatever else lies in the same keys."""
    write(".rsig", "", "Another.Signature")
    write(r".rdelta\OpenWithProgids", "Another.Delta", "")
    write(r".rdelta", "Content Type", "application/x-another")
    theirs = tree()
    told = desktop("install")
    assert f"“{PLACE}\\.rsig” is not as this program put it there, and was left as it is." in told
    assert tree()[rf"{CLASSES}\.rsig"][""] == "Another.Signature"
    assert "RdiffGui.Signature.1" in tree()[rf"{CLASSES}\.rsig\OpenWithProgids"]
    assert f"  changed since: {PLACE}\\.rsig" in desktop("status")
    desktop("uninstall")
    assert tree() == theirs


def test_one_of_another_version_is_told_and_replaced(desktop: Desktop, before: Tree) -> None:
    """As after an update that was unpacked elsewhere."""
    desktop("install")
    once = tree()
    write(r"RdiffGui.Delta.1\shell\open\command", "", r'"C:\old\rdiff-gui-window.exe" "%1"')
    write("RdiffGui.Signature.1", "Version", "0.0.1")
    told = desktop("status")
    assert "by another version or from another place" in told
    assert "  version: 0.0.1" in told
    desktop("install")
    assert tree() == once
    desktop("uninstall")
    assert tree() == before


def test_missing_entries_are_told_and_put_back(desktop: Desktop) -> None:
    """Somebody tidied up."""
    desktop("install")
    once = tree()
    winreg.DeleteKey(winreg.HKEY_CURRENT_USER, rf"{CLASSES}\RdiffGui.Delta.1\DefaultIcon")
    assert "but a part is missing" in desktop("status")
    desktop("install")
    assert tree() == once


def test_a_failure_half_way_puts_everything_back(
    before: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where an administrator forbids it."""
    really, calls = windows_registry._write, 0

    def fail_at_last(entry: tuple[str, str], text: str) -> None:
        nonlocal calls
        calls += 1
        if calls == ENTRIES:
            raise PermissionError(13, "Access is denied")
        really(entry, text)

    with monkeypatch.context() as patch:
        patch.setattr(windows_registry, "_write", fail_at_last)
        with pytest.raises(DesktopUnwritable, match=r"Access is denied\. Nothing was changed"):
            integration.install()
    assert tree() == before


def test_what_cannot_be_taken_away_is_told(
    desktop: Desktop, before: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And goes with the next try."""
    desktop("install")

    def deny(*_words: object) -> None:
        raise PermissionError(13, "Access is denied")

    with monkeypatch.context() as patch:
        patch.setattr(winreg, "DeleteValue", deny)
        with pytest.raises(DesktopStuck, match="Access is denied"):
            integration.uninstall()
    desktop("uninstall")
    assert tree() == before
