"""Who is measured, with which command for each step, and where the peers are installed.

Run as a command, it is one step of a peer: PEER STEP INPUT… OUTPUT.
"""

from __future__ import annotations

import math
import os
import resource
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / ".bench"  # not in git
STEPS = ("signature", "delta", "patch")
MD4 = ("-H", "md4", "-R", "rollsum")
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


class SetUpFailed(Exception):
    """Why there is nobody to compare with."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A program, and its options per step. `environment` goes over the bench's own."""

    name: str
    program: tuple[str, ...]
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, step: str, *paths: Path) -> list[str]:
        """The argument list that makes the last path out of the others."""
        return [*self.program, step, *self.options.get(step, ()), *map(str, paths)]


def rdiff(*signature_options: str) -> Contender:
    """The reference. Raises: SetUpFailed."""
    program = shutil.which("rdiff")
    if program is None:
        raise SetUpFailed("rdiff is not installed; on Debian: sudo apt-get install rdiff")
    return Contender("rdiff", (program,), {"signature": signature_options})


def own(threads: int, *signature_options: str, tree: Path = PROJECT) -> list[Contender]:
    """rdiff-gui sealed and plain, of this tree or of another."""
    at = "" if tree == PROJECT else f" of {tree.name}"
    program = (sys.executable, "-P", "-m", "rdiff_gui")
    return [
        Contender(
            f"{kind}{at}, {threads} thread{'s' if threads > 1 else ''}",
            program,
            {
                "signature": ("--threads", str(threads), *plain, *signature_options),
                "delta": ("--threads", str(threads), *plain),
                "patch": ("--threads", str(threads)),
            },
            {"PYTHONPATH": str(tree)},
        )
        for kind, plain in (("sealed", ()), ("plain", ("--plain",)))
    ]


def peers() -> list[Contender]:
    """The Python packages of the dependency group `bench` that this Python can have.

    They are installed into an environment of their own, and matplotlib with them.
    Raises: SetUpFailed.
    """
    python = provide_environment()
    script = str(Path(__file__))
    return [
        Contender(name, (str(python), "-I", script, name))
        for name, (module, _) in PEERS.items()
        if not subprocess.run(
            [python, "-I", "-c", f"import {module}"], capture_output=True, check=False
        ).returncode
    ]


def provide_environment() -> Path:
    """Its interpreter; made and filled where it is not there yet. Raises: SetUpFailed."""
    with (PROJECT / "pyproject.toml").open("rb") as file:
        wanted: list[str] = tomllib.load(file)["dependency-groups"]["bench"]
    place = FOLDER / "environment"
    python, stamp = place / "bin/python", place / "complete"
    description = "\n".join([str(place), sys.version, *wanted])
    if stamp.is_file() and stamp.read_text() == description:
        return python
    print(f"Installing what is compared with into {place} (once).", file=sys.stderr)
    pip = [str(python), "-I", "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    make = [sys.executable, "-I", "-m", "venv", "--clear", str(place)]
    for command in (make, [*pip, "install", *wanted]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SetUpFailed((done.stderr or done.stdout).strip())
    stamp.write_text(description)
    return python


# --- one step of a peer --------------------------------------------------------------------------


def _run_python_rsync(step: str, first: Path, second: Path | None, output: Path) -> None:
    """python-rsync streams from file to file; the parameters are those that rdiff takes."""
    import pyrsync

    with first.open("rb") as left, output.open("wb") as out:
        if second is None:
            magic, block_bytes, sum_bytes = pyrsync.get_signature_args(first.stat().st_size)
            pyrsync.signature(left, out, sum_bytes, magic, block_bytes)
            return
        with second.open("rb") as right:
            if step == "delta":
                pyrsync.delta(right, left, out)
            else:
                pyrsync.patch(left, right, out)


def _run_py_fast_rsync(step: str, first: Path, second: Path | None, output: Path) -> None:
    """py-fast-rsync holds everything in memory, and knows MD4 alone; block and sum are rdiff's."""
    import py_fast_rsync

    left = first.read_bytes()
    if second is None:
        block_bytes = 256 if len(left) <= 2**16 else math.isqrt(len(left)) & ~127
        output.write_bytes(py_fast_rsync.signature.calculate(left, block_bytes, 16))
    elif step == "delta":
        output.write_bytes(py_fast_rsync.diff(left, second.read_bytes()))
    else:
        output.write_bytes(py_fast_rsync.apply(left, second.read_bytes()))


PEERS = {
    "python-rsync": ("pyrsync", _run_python_rsync),
    "py-fast-rsync": ("py_fast_rsync", _run_py_fast_rsync),
}


if __name__ == "__main__":
    peer, step, *paths = sys.argv[1:]
    first, *middle, output = map(Path, paths)
    # One that holds everything in memory fails by itself, before the system is out of it.
    most_bytes = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    PEERS[peer][1](step, first, middle[0] if middle else None, output)
