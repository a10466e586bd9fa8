"""The desktop entry, with the command that starts the program.

Source: freedesktop.org, Desktop Entry Specification 1.5, "The Exec key" and "Possible value types".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from rdiff_gui.desktop.assets import ENTRY, SHARE
from rdiff_gui.errors import ProgramUnnameable

_RESERVED = frozenset(" \t\n\r\"'\\><~|&;$*?#()`")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# GLib looks for the program before it undoes the doubled percent sign, and the specification
# forbids the equals sign: a shell passes the rest of the line on as it is.
_AWKWARD_FIRST = frozenset("%=")
_PASS_ON = ("/bin/sh", "-c", 'exec "$0" "$@"')


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
    lines = {
        "TryExec": _escape(program),
        "Exec": f"{_escape(line)} -- %F",
    }
    entry = (SHARE / ENTRY).read_text(encoding="utf-8")
    for key, value in lines.items():
        entry = re.sub(rf"^{key}=.*$", lambda _: f"{key}={value}", entry, flags=re.MULTILINE)  # noqa: B023
    return entry.encode("utf-8")


def _quote(word: str) -> str:
    """One argument of the Exec key."""
    word = word.replace("%", "%%")
    if not _RESERVED & set(word):
        return word
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"'


def _escape(value: str) -> str:
    """A value of the type string."""
    return "".join(_ESCAPES.get(character, character) for character in value)
