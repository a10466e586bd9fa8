"""The command line run as its users run it: a process, with no display."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

Word = str | bytes | Path

PROGRAM: tuple[str, ...] = (sys.executable, "-P", "-m", "rdiff_gui")


def plain_environment(**more: str) -> dict[str, str]:
    """The environment, less what a desktop brings."""
    desktop = ("DISPLAY", "WAYLAND_DISPLAY")
    return {name: value for name, value in os.environ.items() if name not in desktop} | more


def run_cli(
    *words: Word, folder: Path | None = None, given: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run to the end with `given` as standard input."""
    return subprocess.run(
        [*PROGRAM, *words],
        input=given,
        capture_output=True,
        cwd=folder,
        env=plain_environment(**environment),
        timeout=60,
        check=False,
    )


def start_cli(
    *words: Word,
    folder: Path | None = None,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start and leave running."""
    return subprocess.Popen(
        [*PROGRAM, *words],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=plain_environment(),
    )


def one_line(result: subprocess.CompletedProcess[bytes]) -> str:
    """The single line that a failure says, without the program's name; no traceback, no more."""
    lines = result.stderr.decode().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("rdiff-gui: ")
    return lines[0].removeprefix("rdiff-gui: ")


def unpublished_bytes(process: int, folder: Path) -> int:
    """How much that process has written to a file in `folder` that has no name yet."""
    nameless = re.compile(rf"{re.escape(str(folder))}/#\d+ \(deleted\)")
    written_bytes = 0
    for link in Path(f"/proc/{process}/fd").iterdir():
        # Others come and go.
        with contextlib.suppress(FileNotFoundError):
            if nameless.fullmatch(str(link.readlink())):
                written_bytes += link.stat().st_size
    return written_bytes
