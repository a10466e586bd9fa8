"""One command, one process, one measurement."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmark.launcher import STOPPED
from benchmark.results import Measurement

_LAUNCHER = Path(__file__).with_name("launcher.py")


class CommandFailed(Exception):
    """A measured command did not end well, or what it wrote is wrong."""


def measure(
    command: list[str], output: Path, *, number: int, limit_seconds: float, sync: bool = False
) -> Measurement:
    """Run a command that writes `output`, which must not be there yet, in round `number`.

    With `sync`, bring the output to the disk after it, and time that, too.
    Raises: CommandFailed, also for a command that takes longer than `limit_seconds`.
    """
    launch = [sys.executable, "-I", "-S", str(_LAUNCHER), str(limit_seconds), *command]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(launch, stdout=subprocess.PIPE, stderr=errors, text=True) as launcher,
    ):
        try:
            answer, _ = launcher.communicate()
        except BaseException:
            # It ends the command before itself; a kill would leave the command at work.
            launcher.send_signal(signal.SIGINT)
            raise
        if launcher.returncode == STOPPED:
            raise CommandFailed(f"stopped after {limit_seconds:.0f} s")
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
        if launcher.returncode:
            raise CommandFailed(f"not started: {said}")
        wall, user, system, rss_kib, code, floor_kib = answer.split()
        if int(code):
            raise CommandFailed(f"exit code {code}: {said or 'it said nothing'}")
    return Measurement(
        round=number,
        wall_seconds=float(wall),
        user_seconds=float(user),
        system_seconds=float(system),
        peak_rss_bytes=int(rss_kib) * 1024,
        rss_floor_bytes=int(floor_kib) * 1024,
        output_bytes=output.stat().st_size,
        sync_seconds=_sync(output) if sync else None,
    )


def _sync(path: Path) -> float:
    begun = time.perf_counter()
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return time.perf_counter() - begun
