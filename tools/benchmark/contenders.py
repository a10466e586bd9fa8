"""Who is measured, and with which command for each step."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmark import environment
from benchmark.results import REFERENCE

PEERS = ("python-rsync", "py-fast-rsync")
MD4 = ("-H", "md4", "-R", "rollsum")
_OWN = (sys.executable, "-P", "-m", "rdiff_gui")
_PEER_SCRIPT = Path(__file__).with_name("peer.py")


@dataclass(frozen=True, slots=True)
class Contender:
    """A program with its options, per step: signature, delta, patch.

    `kind`: rdiff, plain, sealed or peer.
    """

    name: str
    kind: str
    program: tuple[str, ...]
    options: dict[str, tuple[str, ...]]
    threads: int | None = None

    def command(self, step: str, *paths: Path) -> list[str]:
        """The argument list that makes the last path out of the others."""
        return [*self.program, step, *self.options.get(step, ()), *map(str, paths)]


def rdiff(signature_options: tuple[str, ...] = ()) -> Contender:
    """The reference.

    Raises: FileNotFoundError.
    """
    program = shutil.which("rdiff")
    if program is None:
        raise FileNotFoundError("rdiff is not installed; on Debian: sudo apt-get install rdiff")
    return Contender(REFERENCE, REFERENCE, (program,), {"signature": signature_options})


def peers(python: Path | None) -> list[Contender]:
    """The Python packages that are installed in the bench's environment."""
    if python is None:
        return []
    return [
        Contender(name, "peer", (str(python), "-I", str(_PEER_SCRIPT), name), {})
        for name in PEERS
        if environment.version_of(python, name)
    ]


def our_own(threads: list[int], signature_options: tuple[str, ...] = ()) -> list[Contender]:
    """rdiff-gui sealed and plain, for each number of threads where it takes one."""
    result = []
    for count in threads if takes_threads() else [None]:
        option = () if count is None else ("--threads", str(count))
        label = "default" if count is None else f"{count} thread{'s' if count > 1 else ''}"
        for kind, plain in (("sealed", ()), ("plain", ("--plain",))):
            options = {
                "signature": (*option, *plain, *signature_options),
                "delta": (*option, *plain),
                "patch": option,
            }
            result.append(Contender(f"rdiff-gui {kind}, {label}", kind, _OWN, options, count))
    return result


@functools.cache
def takes_threads() -> bool:
    """Whether our command line knows --threads."""
    usage = subprocess.run(
        [*_OWN, "signature", "--help"], check=True, capture_output=True, text=True
    )
    return "--threads" in usage.stdout


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def thread_counts(most: int) -> list[int]:
    """1, 2, 4, … and `most` itself."""
    return sorted({1 << power for power in range(most.bit_length())} | {most})
