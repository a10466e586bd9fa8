"""The desktop's own file chooser on Linux, as a program that runs beside the window.

Tk's chooser is ugly there and stays white in the dark. `RunningChooser` never blocks; whoever
shows it asks `poll` now and then.
"""

from __future__ import annotations

import contextlib
import enum
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdiff_gui.desktop.children import child_environment

_CANCELLED = 1


@dataclass(frozen=True, slots=True)
class ChooserRequest:
    """What to ask for: `start` is a folder, or when `save` the proposed file."""

    title: str
    start: Path
    save: bool = False


class Verdict(enum.Enum):
    """How a chooser ended."""

    CHOSEN = "chosen"
    CANCELLED = "cancelled"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of a chooser; `path` is set when something was chosen."""

    verdict: Verdict
    path: Path | None = None


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
    )  # fmt: skip
    kdialog = (
        "kdialog", "--attach", str(window_id), "--title", request.title,
        "--getsavefilename" if request.save else "--getopenfilename", start,
    )  # fmt: skip
    on_kde = "KDE" in environment.get("XDG_CURRENT_DESKTOP", "").upper()
    order = (kdialog, zenity) if on_kde else (zenity, kdialog)
    return tuple(command for command in order if which(command[0]))


def read_answer(exit_code: int, output: bytes) -> Answer:
    """What the program's end means: exit code 1 is the user's cancel, others are trouble."""
    name = output.removesuffix(b"\n")
    if exit_code == 0 and name:
        return Answer(Verdict.CHOSEN, Path(os.fsdecode(name)))
    return Answer(Verdict.CANCELLED if exit_code == _CANCELLED else Verdict.UNUSABLE)


class RunningChooser:
    """A chooser on the screen; the commands are tried in turn until one can be used."""

    def __init__(self, commands: tuple[tuple[str, ...], ...]) -> None:
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
                    env=child_environment(),
                )

    def poll(self) -> Answer | None:
        """The answer once there is one; None while the chooser is open."""
        if self._process is None:
            return Answer(Verdict.UNUSABLE)
        exit_code = self._process.poll()
        if exit_code is None:
            return None
        output, _ = self._process.communicate()
        answer = read_answer(exit_code, output)
        if answer.verdict is Verdict.UNUSABLE and self._waiting:
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
