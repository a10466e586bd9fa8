"""The command that starts this very program, and the desktop entry that holds it.

Source: freedesktop.org, Desktop Entry Specification 1.5, "The Exec key" and "Possible value types".
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rdiff_gui.desktop.own_files import ENTRY, SHARE
from rdiff_gui.errors import ProgramUnnameable

_PROGRAM = "rdiff-gui"
_WINDOW_PROGRAM = "rdiff-gui-window.exe"

_RESERVED = frozenset(" \t\n\r\"'\\><~|&;$*?#()`")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# GLib looks for the program before it undoes the doubled percent sign, and the specification
# forbids the equals sign: a shell passes the rest of the line on as it is.
_AWKWARD_FIRST = frozenset("%=")
_PASS_ON = ("/bin/sh", "-c", 'exec "$0" "$@"')


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
