"""One command, one process, one measurement."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one process took, and the size of what it wrote."""

    wall_seconds: float
    cpu_seconds: float
    peak_rss_bytes: int
    output_bytes: int


class CommandFailed(Exception):
    """A measured command did not end well, or what it wrote is wrong."""


def measure(command: list[str], output: Path) -> Measurement:
    """Run a command that writes `output`, which must not be there yet.

    Raises: CommandFailed.
    """
    with tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
        )
        try:
            # Popen.wait would throw the usage away.
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        wall_seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise CommandFailed(f"{command}: exit code {process.returncode}: {said}")
    return Measurement(
        wall_seconds=wall_seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_rss_bytes=usage.ru_maxrss * 1024,
        output_bytes=output.stat().st_size,
    )
