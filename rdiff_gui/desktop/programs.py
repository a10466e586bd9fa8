"""Programs of the desktop that we start: small questions, the file manager, the file chooser.

Tk's own chooser is ugly on Linux and stays white in the dark.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rdiff_gui.languages import given_environment
from rdiff_gui.records import record

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

# What is in no path that a chooser gives.
_SEPARATOR = "//"

# What a file chooser says when the user cancelled.
_CANCELLED = 1


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


@record(frozen=True)
class ChooserRequest:
    """What to ask for: `start` is a folder, or when `save` the proposed file.

    With `several`, more than one file may be chosen; with `folder`, a folder is.
    """

    title: str
    start: Path
    save: bool = False
    several: bool = False
    folder: bool = False


@record(frozen=True)
class Answer:
    """The end of a chooser: what was chosen, if anything, or that it was not `usable`."""

    paths: tuple[Path, ...] = ()
    usable: bool = True


def chooser_commands(
    request: ChooserRequest,
    window_id: int,
    environment: Mapping[str, str],
    which: Callable[[str], str | None] = shutil.which,
) -> tuple[tuple[str, ...], ...]:
    """The programs to try in order, KDE's first on KDE; empty where Tk's own is the best."""
    if sys.platform in ("win32", "darwin"):
        return ()
    # A folder ends in a slash, or zenity would take its name for a file's.
    start = str(request.start) if request.save else f"{request.start}{os.sep}"
    zenity = (
        "zenity", "--file-selection", "--modal", f"--attach={window_id}",
        f"--title={request.title}", f"--filename={start}",
        *(("--save",) if request.save else ()),
        *(("--directory",) if request.folder else ()),
        *(("--multiple", f"--separator={_SEPARATOR}") if request.several else ()),
    )  # fmt: skip
    wanted = "savefilename" if request.save else "openfilename"
    kdialog = (
        "kdialog", "--attach", str(window_id), "--title", request.title,
        "--getexistingdirectory" if request.folder else f"--get{wanted}", start,
        *(("--multiple", "--separate-output") if request.several else ()),
    )  # fmt: skip
    on_kde = "KDE" in environment.get("XDG_CURRENT_DESKTOP", "").upper()
    order = (kdialog, zenity) if on_kde else (zenity, kdialog)
    return tuple(command for command in order if which(command[0]))


def read_answer(exit_code: int, output: bytes, *, several: bool = False) -> Answer:
    """What the program's end means: exit code 1 is the user's cancel, others are trouble."""
    chosen = output.removesuffix(b"\n")
    if exit_code != 0 or not chosen:
        return Answer(usable=exit_code == _CANCELLED)
    names = [chosen]
    if several:
        # kdialog gives a line for each path, and all of them are whole.
        separator = _SEPARATOR.encode()
        names = chosen.replace(b"\n/", separator + b"/").split(separator)
    return Answer(tuple(Path(os.fsdecode(name)) for name in names))


class RunningChooser:
    """A chooser on the screen; the commands are tried in turn until one can be used."""

    def __init__(self, commands: tuple[tuple[str, ...], ...], *, several: bool = False) -> None:
        self._several = several
        self._waiting = list(commands)
        self._process: subprocess.Popen[bytes] | None = None
        self._start_next()

    def _start_next(self) -> None:
        self._process = None
        while self._waiting and self._process is None:
            with contextlib.suppress(OSError):
                self._process = subprocess.Popen(
                    self._waiting.pop(0),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    stdin=subprocess.DEVNULL,
                    # It speaks as the window does.
                    env={**child_environment(), "LANGUAGE": os.environ.get("LANGUAGE", "")},
                )

    def poll(self) -> Answer | None:
        """The answer once there is one; None while the chooser is open."""
        if self._process is None:
            return Answer(usable=False)
        exit_code = self._process.poll()
        if exit_code is None:
            return None
        output, _ = self._process.communicate()
        answer = read_answer(exit_code, output, several=self._several)
        if not answer.usable and self._waiting:
            self._start_next()
            return None
        return answer

    def close(self) -> None:
        """Take the chooser off the screen, as when the window behind it closes."""
        self._waiting.clear()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.communicate()
        self._process = None
