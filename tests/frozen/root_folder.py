"""A root folder in which programs run as if it were the whole computer."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})
USER = 1000
HOME = "/home/anna"
# /proc is how the launcher finds itself, and the socket is how the window gets on the screen. The
# mounts are seen by this process alone, and gone with it.
_ENTER = """
root=$1; user=$2; shift 2
mount --bind /dev/null "$root/dev/null"
[ ! -d /tmp/.X11-unix ] || mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
mount -t proc proc "$root/proc"
exec /usr/sbin/chroot --userspec="$user:$user" --groups= "$root" "$@"
"""
_SECONDS = 60


class RootFolder:
    """Programs run in it as a user who may write in /data and /tmp alone, and has a home."""

    def __init__(self, folder: Path) -> None:
        assert os.geteuid() == 0, "mounting needs root: sudo ./test --frozen"
        self.folder = folder
        for name in ("dev", "proc", "tmp/.X11-unix", "data", "usr/bin", HOME[1:]):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "tmp").chmod(0o1777)
        if not (folder / "dev/null").exists():
            (folder / "dev/null").touch()
        os.chown(folder / "data", USER, USER)

    def start(
        self, *words: str, environment: Mapping[str, str] = NOTHING, user: int = USER
    ) -> subprocess.Popen[bytes]:
        """Start a program; `stop` ends it and all that it started."""
        enter = ("unshare", "--mount", "--pid", "--fork", "sh", "-euc", _ENTER)
        return subprocess.Popen(
            [*enter, "sh", str(self.folder), str(user), *words],
            env={"HOME": HOME, "PATH": os.environ["PATH"], **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(
        self, *words: str, environment: Mapping[str, str] = NOTHING, user: int = USER
    ) -> subprocess.CompletedProcess[bytes]:
        """The same, to its end."""
        process = self.start(*words, environment=environment, user=user)
        try:
            output, notes = process.communicate(timeout=_SECONDS)
        finally:
            stop(process)
        return subprocess.CompletedProcess(words, process.returncode, output, notes)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process of a root folder, however it is, with all that it started there."""
    # The first of a namespace takes all others with it; it is not told when its parent is gone.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
