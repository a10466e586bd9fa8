"""Who is measured, and with which command for each step."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REFERENCE = "rdiff"
PEERS = {"python-rsync": "pyrsync", "py-fast-rsync": "py_fast_rsync"}


@dataclass(frozen=True, slots=True)
class Contender:
    """A program with its options, per step: signature, delta, patch."""

    name: str
    program: tuple[str, ...]
    options: dict[str, tuple[str, ...]]

    def command(self, step: str, *paths: Path) -> list[str]:
        """The argument list that makes the last path out of the others."""
        return [*self.program, step, *self.options.get(step, ()), *map(str, paths)]

    @property
    def is_ours(self) -> bool:
        """Whether this is rdiff-gui."""
        return self.name.startswith("rdiff-gui")


def find_contenders(threads: list[int]) -> tuple[list[Contender], list[str]]:
    """Those that can be run here, rdiff first, and the names of the missing peers.

    Raises: FileNotFoundError, for rdiff, to which all are compared.
    """
    rdiff = shutil.which("rdiff")
    if rdiff is None:
        raise FileNotFoundError("rdiff is not installed; on Debian: sudo apt-get install rdiff")
    found = [Contender(REFERENCE, (rdiff,), {}), *our_own(threads)]
    missing = []
    for name, module in PEERS.items():
        if importlib.util.find_spec(module):
            script = str(Path(__file__).with_name("peer.py"))
            found.append(Contender(name, (sys.executable, script, name), {}))
        else:
            missing.append(name)
    return found, missing


def our_own(threads: list[int]) -> list[Contender]:
    """rdiff-gui sealed and plain, for each number of threads where it takes one."""
    program = (sys.executable, "-P", "-m", "rdiff_gui")
    usage = subprocess.run(
        [*program, "signature", "--help"], check=True, capture_output=True, text=True
    ).stdout
    result = []
    for count in threads if "--threads" in usage else [None]:
        option = () if count is None else ("--threads", str(count))
        label = "default" if count is None else f"{count} thread{'s' if count > 1 else ''}"
        for kind, plain in (("sealed", ()), ("plain", ("--plain",))):
            options = dict.fromkeys(("signature", "delta"), (*option, *plain))
            options["patch"] = option
            result.append(Contender(f"rdiff-gui {kind}, {label}", program, options))
    return result


def default_threads() -> list[int]:
    """1, 2, 4, … up to the cores that this process may use."""
    cores = len(os.sched_getaffinity(0))
    return sorted(
        {1 << power for power in range(cores.bit_length()) if 1 << power <= cores} | {cores}
    )
