"""A root folder that holds a download and nothing else: no libc, no fonts, no shell."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

# /proc is how the launcher finds itself, and the socket is how the window gets on the screen.
_ENTER = """
root=$1; program=$2; shift 2
mkdir -p "$root/app" "$root/dev" "$root/proc" "$root/tmp/.X11-unix" "$root/data"
chmod 1777 "$root/tmp"; : >"$root/dev/null"
mount --bind "$program" "$root/app"
mount --bind /dev/null "$root/dev/null"
[ ! -d /tmp/.X11-unix ] || mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
mount -t proc proc "$root/proc"
exec chroot "$root" "$@"
"""


def start_in_empty_root(
    root: Path, program_folder: Path, *words: str, **environment: str
) -> subprocess.Popen[bytes]:
    """Start words in `root`, where the download lies in /app; /data and /tmp can be written.

    The mounts are gone with the process. Needs to be root itself.
    """
    assert os.geteuid() == 0, "mounting needs root: sudo .venv/bin/python -m pytest -m frozen"
    return subprocess.Popen(
        ["unshare", "--mount", "sh", "-euc", _ENTER, "sh", root, program_folder, *words],
        env={"HOME": "/data", "PATH": os.environ["PATH"], **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run_in_empty_root(
    root: Path, program_folder: Path, *words: str, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """The same, to the end."""
    process = start_in_empty_root(root, program_folder, *words, **environment)
    try:
        output, notes = process.communicate(timeout=60)
    finally:
        process.kill()
    return subprocess.CompletedProcess(words, process.returncode, output, notes)
