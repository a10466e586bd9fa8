"""The window in a process of its own, under Python's own watch, and screens to take away."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[3]

# Development mode checks Python's own memory, and tells of a crash and of what was left open; and
# a warning is an error.
WATCHFUL = (sys.executable, "-X", "dev", "-X", "faulthandler", "-W", "error")


def start_watched(
    module: str, *words: str | Path, home: Path, display: str | None = None
) -> subprocess.Popen[str]:
    """Start a module of this folder with a home of its own; both its streams are piped."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
    environment = dict(os.environ, PYTHONPATH=str(PROJECT), **dict.fromkeys(names, str(home)))
    if display is not None:
        environment["DISPLAY"] = display
    return subprocess.Popen(
        [*WATCHFUL, "-m", f"{__package__}.{module}", *map(str, words)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class OwnScreen:
    """A virtual screen that nobody else is on. `name` is its DISPLAY."""

    def __init__(self) -> None:
        read_end, write_end = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x1024x24", "-nolisten",
             "tcp"],
            pass_fds=(write_end,),
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            self.name = ":" + answer.readline().strip()

    def vanish(self) -> None:
        """Crash, as far as its clients can tell."""
        self._server.kill()
        self._server.wait()


@contextlib.contextmanager
def own_screen() -> Iterator[OwnScreen]:
    """A screen that is gone at the end, whatever happens."""
    screen = OwnScreen()
    try:
        yield screen
    finally:
        screen.vanish()
