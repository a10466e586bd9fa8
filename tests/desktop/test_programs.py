"""The desktop's own programs: colours, file manager."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from rdiff_gui import languages
from rdiff_gui.desktop import programs as started
from rdiff_gui.desktop.appearance import read_dpi, system_is_dark, x_resource_dpi
from rdiff_gui.desktop.programs import (
    answer_of,
    child_environment,
    show_commands,
    show_in_folder,
)
from tests.desktop.conftest import FakePrograms


def test_children_get_the_users_libraries_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frozen program's zenity or xdg-open runs with what the user had before."""
    ours = {
        "LD_LIBRARY_PATH": "/bundle",
        "LD_LIBRARY_PATH_ORIG": "/users",
        "DYLD_LIBRARY_PATH": "/bundle",
        "FONTCONFIG_FILE": "/bundle/fonts.conf",
        "TCL_LIBRARY": "/bundle/tcl",
        "TK_LIBRARY": "/bundle/tk",
        "_PYI_ARCHIVE_FILE": "/bundle/app",
        "STATICX_BUNDLE_DIR": "/bundle",
        "HOME": "/home/me",
    }
    monkeypatch.setattr(os, "environ", ours)
    assert child_environment() == ours
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child_environment() == {"LD_LIBRARY_PATH": "/users", "HOME": "/home/me"}


def test_children_get_the_users_language_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file manager of somebody whose window speaks German stays as it was."""
    monkeypatch.setattr(languages, "_given", {})
    monkeypatch.setenv("LANGUAGE", "fr")
    languages.speak("de")
    assert os.environ["LANGUAGE"] == "de"
    assert child_environment()["LANGUAGE"] == "fr"


def test_a_program_that_is_missing_fails_or_hangs_is_no_answer(programs: FakePrograms) -> None:
    """Asking the desktop never takes longer than allowed and never raises."""
    programs.add("fails", "echo no; exit 3")
    programs.add("hangs", "exec sleep 20")
    programs.add("works", "echo '  yes '")
    started = time.monotonic()
    assert [answer_of((name,), 0.3) for name in ("missing", "fails", "hangs")] == [None] * 3
    assert time.monotonic() - started < 5
    assert answer_of(("works",), 5) == "yes"


@pytest.mark.parametrize(
    ("scheme", "theme", "portal", "dark"),
    [
        ("'prefer-dark'", "'Adwaita'", "", True),
        ("'prefer-light'", "'Adwaita-dark'", "", False),
        ("'default'", "'Yaru-dark'", "", True),
        ("'default'", "'Yaru'", "", False),
        ("'default'", "'Yaru'", "(<<uint32 1>>,)", True),
        ("'default'", "'Yaru-dark'", "(<<uint32 2>>,)", False),
        ("'default'", "'Yaru-dark'", "(<<uint32 0>>,)", True),
    ],
)
def test_linux_desktops_say_whether_they_are_dark(
    scheme: str, theme: str, portal: str, dark: bool, programs: FakePrograms
) -> None:
    """The window opens in the colours of GNOME and of what speaks through the portal."""
    programs.add(
        "gsettings", f'case "$3" in color-scheme) echo "{scheme}";; *) echo "{theme}";; esac'
    )
    programs.add("gdbus", f"echo '{portal}'" if portal else "exit 1")
    assert system_is_dark(5) is dark


def test_a_desktop_that_does_not_say_is_not_guessed(programs: FakePrograms) -> None:
    """Without gsettings or portal nothing is known, at once."""
    assert programs.folder.is_dir()
    assert system_is_dark() is None


def test_plasma_is_asked_for_its_window_colour(
    programs: FakePrograms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On KDE the window background decides, before gsettings, which says what GTK wears."""
    programs.add("gsettings", "echo \"'prefer-light'\"")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    config = tmp_path / "config" / "kdeglobals"
    config.parent.mkdir()
    config.write_text("[Colors:Window]\nBackgroundNormal=42,46,50\n[General]\nName=100%\n")
    assert system_is_dark(5) is True
    config.write_text("[Colors:Window]\nBackgroundNormal=239,240,241,255\n")
    assert system_is_dark(5) is False
    config.write_text("BackgroundNormal before any section\n")
    assert system_is_dark(5) is False


def test_the_file_manager_opens_with_the_file_selected(
    programs: FakePrograms, tmp_path: Path
) -> None:
    """“Show in folder” asks the file manager by D-Bus, with names that need care."""
    log = tmp_path / "log"
    programs.add("gdbus", f'for word in "$@"; do printf "%s|" "$word"; done > "{log}"')
    assert show_in_folder(Path("/home/it's, a 100% name\n.sig"))
    assert "|['file:///home/it%27s%2C%20a%20100%25%20name%0A.sig']|" in log.read_text()


def test_without_such_a_file_manager_the_folder_opens(
    programs: FakePrograms, tmp_path: Path
) -> None:
    """dbus-send is asked next, then xdg-open; with none of them the answer is no."""
    log = tmp_path / "log"
    assert not show_in_folder(tmp_path / "x,y.sig")
    programs.add("gdbus", "exit 1")
    programs.add("dbus-send", f'printf "%s|" "$@" > "{log}"; exit 1')
    programs.add("xdg-open", f'printf "%s" "$1" >> "{log}"')
    assert show_in_folder(tmp_path / "x,y.sig")
    said = log.read_text()
    assert f"array:string:file://{tmp_path}/x%2Cy.sig|" in said
    assert said.endswith(f"|{tmp_path}")


def test_a_file_manager_that_hangs_is_left_behind(
    programs: FakePrograms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dead D-Bus service costs a moment, and the folder opens all the same."""
    monkeypatch.setattr(started, "_TIMEOUT_SECONDS", 0.2)
    programs.add("gdbus", "exec sleep 60")
    assert not show_in_folder(Path("/home/x"))


@pytest.mark.parametrize(
    ("platform", "first"), [("win32", ("explorer", "/select,")), ("darwin", ("open", "-R"))]
)
def test_other_systems_have_their_own_way(platform: str, first: tuple[str, str]) -> None:
    """Explorer and Finder select the file too."""
    commands = show_commands(Path("/a b"), platform)
    assert commands == ((*first, str(Path("/a b"))),)
    assert sys.platform != platform


@pytest.mark.parametrize(
    ("resources", "dpi"),
    [
        ("Xcursor.size:\t48\nXft.dpi:\t192\nXft.hinting:\t1\n", 192.0),
        ("Xft.dpi: 120.5", 120.5),
        ("*Xft.dpi: 96", None),
        ("Xft.dpi: 5", None),
        ("Xft.dpi: 99999", None),
        ("Xft.dpi: big", None),
        ("", None),
        (None, None),
    ],
)
def test_larger_text_that_the_desktop_wants_is_found(
    resources: str | None, dpi: float | None
) -> None:
    """GNOME and Plasma tell it in one X resource; nonsense is not believed."""
    assert read_dpi(resources) == dpi


def test_the_desktop_is_asked_for_its_resolution(programs: FakePrograms) -> None:
    """With the program that knows, or not at all."""
    assert x_resource_dpi() is None
    programs.add("xrdb", 'echo "Xft.dpi: 144"')
    assert x_resource_dpi(5) == 144
