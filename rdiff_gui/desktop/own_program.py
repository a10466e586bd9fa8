"""How the program stands with a desktop, the command that starts it, and the entry that holds it.

Source: freedesktop.org, Desktop Entry Specification 1.5, "The Exec key" and "Possible value types".
"""

from __future__ import annotations

import enum
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rdiff_gui.desktop.own_files import ENTRY, SHARE
from rdiff_gui.errors import ProgramUnnameable
from rdiff_gui.records import record
from rdiff_gui.wording import show_list, show_name, translate

_PROGRAM = "rdiff-gui"
_WINDOW_PROGRAM = "rdiff-gui-window.exe"

_RESERVED = frozenset(" \t\n\r\"'\\><~|&;$*?#()`")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# GLib looks for the program before it undoes the doubled percent sign, and the specification
# forbids the equals sign: a shell passes the rest of the line on as it is.
_AWKWARD_FIRST = frozenset("%=")
_PASS_ON = ("/bin/sh", "-c", 'exec "$0" "$@"')


class State(enum.Enum):
    """How the program stands with the user's desktop."""

    FOREIGN = "not here: an installer's work"
    ABSENT = "not added"
    CURRENT = "added, as this program would add it now"
    OUTDATED = "added by another version, or starting another program"
    INCOMPLETE = "added, but files have gone since"


@record(frozen=True)
class Standing:
    """What `status` found.

    `folder` is where it all lies, on Windows a key of the registry; `files` is how many there are,
    on Windows entries. `command` is what the desktop starts, `changed` what is no longer as it was
    put there, `system_entry` the entry that a package brought.
    """

    state: State
    folder: Path
    version: str | None = None
    command: tuple[str, ...] = ()
    files: int = 0
    changed: tuple[Path, ...] = ()
    system_entry: Path | None = None


@record(frozen=True)
class DesktopChange:
    """What an installation or removal did.

    `files` is how many are there now or were taken away, `left` what is not ours, `failed`
    the names of the desktop's tools that are missing or did not work.
    """

    folder: Path
    files: int
    left: tuple[Path, ...] = ()
    failed: tuple[str, ...] = ()

    @property
    def remarks(self) -> list[str]:
        """What went otherwise than expected, a sentence each."""
        stays = translate("“{name}” is not as this program put it there, and was left as it is.")
        said = [stays.format(name=show_name(path)) for path in self.left]
        if self.failed:
            unseen = translate("Without {tools} the desktop may not notice the change.")
            said.append(unseen.format(tools=show_list(self.failed)))
        return said


def own_command() -> tuple[str, ...]:
    """The words that start this very program, the first of them an absolute path."""
    if sys.platform == "win32":
        return _windows_command()
    if getattr(sys, "frozen", False):
        return (str(_frozen_program()),)
    tree = Path(__file__).parents[2]
    if (tree / "run").is_file() and (tree / "pyproject.toml").is_file():
        return (str(tree / "run"),)
    script = _installed_script(_PROGRAM)
    return (str(script),) if script else (sys.executable, "-P", "-m", "rdiff_gui")


def _windows_command() -> tuple[str, ...]:
    """The one that opens no console beside the window."""
    running = Path(sys.executable)
    if getattr(sys, "frozen", False):
        return (str(running.with_name(_WINDOW_PROGRAM)),)
    if script := _installed_script(_WINDOW_PROGRAM):
        return (str(script),)
    return (str(running.with_name("pythonw.exe")), "-P", "-m", "rdiff_gui")


def _frozen_program() -> Path:
    """The file that a user starts, which may start the one that runs."""
    running = Path(sys.executable)
    # The single file unpacks itself into a folder that is gone after each run.
    unpacked, whole = os.environ.get("STATICX_BUNDLE_DIR"), os.environ.get("STATICX_PROG_PATH")
    if unpacked and whole and running.is_relative_to(unpacked):
        return Path(whole).absolute()
    launcher = running.with_name(_PROGRAM)
    return launcher if launcher.is_file() else running


def _installed_script(name: str) -> Path | None:
    """The command of that name that pip made for the very package that runs."""
    from importlib.metadata import PackageNotFoundError, distribution

    package = Path(__file__).parents[1]
    try:
        installed = distribution(_PROGRAM)
    except PackageNotFoundError:
        return None
    if Path(str(installed.locate_file(package.name))).resolve() != package.resolve():
        return None
    for file in installed.files or ():
        if file.name == name:
            # Its folder may be reached over "..", and must not be resolved past a link.
            return Path(os.path.abspath(str(installed.locate_file(file))))  # noqa: PTH100  # as said
    return None


def write_entry(command: Sequence[str]) -> bytes:
    """The entry that starts `command` with the files that were opened.

    Raises: ProgramUnnameable; OSError, from an installation that is not whole.
    """
    program = command[0]
    try:
        program.encode("utf-8")
    except UnicodeEncodeError as problem:
        raise ProgramUnnameable(Path(program)) from problem
    words = (*_PASS_ON, *command) if _AWKWARD_FIRST & set(program) else command
    line = " ".join(_quote(word) for word in words)
    told = {"TryExec": _escape(program), "Exec": f"{_escape(line)} -- %F"}
    entry = []
    for line in (SHARE / ENTRY).read_text(encoding="utf-8").splitlines():
        key = line.partition("=")[0]
        entry.append(f"{key}={told[key]}\n" if key in told else f"{line}\n")
    return "".join(entry).encode("utf-8")


def _quote(word: str) -> str:
    """One argument of the Exec key."""
    word = word.replace("%", "%%")
    if not _RESERVED & set(word):
        return word
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"'


def _escape(value: str) -> str:
    """A value of the type string."""
    return "".join(_ESCAPES.get(character, character) for character in value)
