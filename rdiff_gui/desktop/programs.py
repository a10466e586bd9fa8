"""Programs of the desktop that we start: for small questions, and the file manager."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rdiff_gui.languages import given_environment

# What a frozen program sets for itself, and what breaks a GTK or Qt program that inherits it.
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_OUR_OWN = (
    "FONTCONFIG_FILE", "TCL_LIBRARY", "TK_LIBRARY", "_PYI_", "STATICX_", *_LIBRARY_PATHS,
)  # fmt: skip

# A file manager that has to start first answers late; a folder window after that is no use.
_TIMEOUT_SECONDS = 10.0

_DBUS_NAME = "org.freedesktop.FileManager1"
_DBUS_PATH = "/org/freedesktop/FileManager1"
_DBUS_METHOD = "org.freedesktop.FileManager1.ShowItems"


def _which(command: str) -> str | None:
    """Where the program is, if anywhere."""
    import shutil  # a start asks for none

    return shutil.which(command)


def child_environment() -> dict[str, str]:
    """The environment for a program that is not ours."""
    ours = given_environment()
    if not getattr(sys, "frozen", False):
        return ours
    clean = {name: text for name, text in ours.items() if not name.startswith(_OUR_OWN)}
    for name in _LIBRARY_PATHS:
        if original := ours.get(f"{name}_ORIG"):
            clean[name] = original
    return clean


def answer_of(command: Sequence[str], timeout_seconds: float) -> str | None:
    """What the program prints, or None when it is missing, fails or takes too long."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=timeout_seconds,
            check=True,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
        )
        return done.stdout.decode("utf-8", "replace").strip()
    return None


def show_commands(
    path: Path, platform: str, which: Callable[[str], str | None] = _which
) -> tuple[tuple[str, ...], ...]:
    """The programs to try in order, so that the file manager opens with `path` selected.

    Source: freedesktop.org, File Manager D-Bus Interface, ShowItems(as uris, s startup_id).
    """
    if platform == "win32":
        return (("explorer", "/select,", str(path)),)
    if platform == "darwin":
        return (("open", "-R", str(path)),)
    # Quoting leaves no apostrophe and no comma, which the two commands would take apart.
    uri = path.absolute().as_uri()
    commands = (
        (
            "gdbus", "call", "--session", "--dest", _DBUS_NAME, "--object-path", _DBUS_PATH,
            "--method", _DBUS_METHOD, f"['{uri}']", "",
        ),
        (
            "dbus-send", "--session", "--print-reply", f"--dest={_DBUS_NAME}", "--type=method_call",
            _DBUS_PATH, _DBUS_METHOD, f"array:string:{uri}", "string:",
        ),
        ("xdg-open", str(path.absolute().parent)),
    )  # fmt: skip
    return tuple(command for command in commands if which(command[0]))


def show_in_folder(path: Path) -> bool:
    """Open the folder of `path` with the file selected; False where nothing could.

    Waits for the file manager to answer; call it away from Tk's thread.
    """
    return any(_runs(command) for command in show_commands(path, sys.platform))


def open_file(path: Path) -> bool:
    """Open a file as a double-click would; False where nothing could. Waits, as above."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            os.startfile(path)  # noqa: S606  # what a double-click does
            return True
        return False
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    return _runs((opener, str(path.absolute())))


def _runs(command: tuple[str, ...]) -> bool:
    try:
        child = subprocess.Popen(
            command,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        exit_code = child.wait(_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        # xdg-open may stay for as long as the folder is open; the others only pass a message on.
        if command[0] == "xdg-open":
            return True
        child.kill()
        child.wait()
        return False
    # explorer answers 1 when all went well.
    return exit_code == 0 or command[0] == "explorer"
