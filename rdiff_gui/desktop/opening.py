"""Show a file in the desktop's file manager."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from rdiff_gui.desktop.children import child_environment

# A file manager that has to start first answers late; a folder window after that is no use.
_TIMEOUT_SECONDS = 10.0

_DBUS_NAME = "org.freedesktop.FileManager1"
_DBUS_PATH = "/org/freedesktop/FileManager1"
_DBUS_METHOD = "org.freedesktop.FileManager1.ShowItems"


def show_commands(
    path: Path, platform: str, which: Callable[[str], str | None] = shutil.which
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
