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
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / ".bench"  # not in git
STEPS = ("signature", "delta", "patch")
# Where both files are at hand.
BOTH_STEPS = ("diff", "patch")
MD4 = ("-H", "md4", "-R", "rollsum")
# How the names of rdiff and of ours begin.
JUDGED = ("rdiff", "sealed", "plain", "fast", "best")
_KINDS = {
    "fast": ("--compress",),
    "best": ("--compress", "--best"),
    "sealed": (),
    "plain": ("--plain",),
}
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


class SetUpFailed(Exception):
    """Why there is nobody to compare with."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A program, and its options per step. `environment` goes over the bench's own.

    Of a step with `commands`, these are all, with numbers for the paths: {0} is the first.
    """

    name: str
    program: tuple[str, ...] = ()
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rounds_most: int = sys.maxsize

    def command_lines(self, step: str, *paths: Path) -> list[list[str]]:
        """The argument lists that make the last path out of the others."""
        if step in self.commands:
            split = (command.split() for command in self.commands[step])
            return [
                [shutil.which(name) or name, *(word.format(*paths) for word in words)]
                for name, *words in split
            ]
        return [[*self.program, step, *self.options.get(step, ()), *map(str, paths)]]


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


def with_both(*kinds: str, tree: Path = PROJECT) -> list[Contender]:
    """rdiff-gui where both files are at hand, in some kinds of _KINDS."""
    at = "" if tree == PROJECT else f" of {tree.name}"
    program = (sys.executable, "-P", "-m", "rdiff_gui")
    return [
        Contender(kind + at, program, {"diff": _KINDS[kind]}, {"PYTHONPATH": str(tree)})
        for kind in kinds
    ]


def rdiff_with_both(*, packed: bool) -> Contender:
    """The reference makes a signature on the way. Raises: SetUpFailed."""
    rdiff()
    delta = "{2}.plain" if packed else "{2}"
    diff = ("rdiff -f signature {0} {2}.sig", f"rdiff -f delta {{2}}.sig {{1}} {delta}")
    if not packed:
        return Contender("rdiff", commands={"diff": diff, "patch": ("rdiff -f patch {0} {1} {2}",)})
    unpack = ("zstd -dqf {1} -o {1}.plain", "rdiff -f patch {0} {1}.plain {2}")
    return Contender(
        "rdiff + zstd",
        commands={"diff": (*diff, "zstd -qf {2}.plain -o {2}"), "patch": unpack},
    )


def others_with_both() -> list[Contender]:
    """Programs and packages that compare two files; those that are here.

    Raises: SetUpFailed.
    """
    xdelta3 = "xdelta3 -d -f -s {0} {1} {2}"
    found = [
        Contender(name, commands={"diff": (diff,), "patch": (patch,)})
        for name, diff, patch in (
            ("xdelta3", "xdelta3 -e -f -s {0} {1} {2}", xdelta3),
            ("xdelta3 -9", "xdelta3 -9 -e -f -s {0} {1} {2}", xdelta3),
            (
                "xdelta3 -9 -B",
                "xdelta3 -9 -B 1073741824 -e -f -s {0} {1} {2}",
                "xdelta3 -B 1073741824 -d -f -s {0} {1} {2}",
            ),
            (
                "zstd --patch-from",
                "zstd -qf --long=31 --patch-from={0} {1} -o {2}",
                "zstd -dqf --long=31 --patch-from={0} {1} -o {2}",
            ),
        )
        if shutil.which(diff.split()[0])
    ]
    # They take minutes.
    return found + [replace(peer, rounds_most=1) for peer in peers(BOTH_PEERS)]


def peers(wanted: dict[str, Peer]) -> list[Contender]:
    """Of these packages of the dependency group `bench`, those that this Python can have.

    They are installed into an environment of their own, and matplotlib with them.
    Raises: SetUpFailed.
    """
    python = provide_environment()
    script = str(Path(__file__))
    return [
        Contender(name, (str(python), "-I", script, name))
        for name, (module, _) in wanted.items()
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


def _run_bsdiff4(step: str, old: Path, second: Path | None, output: Path) -> None:
    """It sorts all of the old file in memory."""
    import bsdiff4

    if step == "diff":
        bsdiff4.file_diff(old, second, output)
    else:
        bsdiff4.file_patch(old, output, second)


def _run_hdiffpatch(step: str, old: Path, second: Path | None, output: Path) -> None:
    """It stores differences of bytes as well, which an rdiff delta cannot."""
    import hdiffpatch

    assert second
    data = second.read_bytes()
    if step == "diff":
        packing = hdiffpatch.COMPRESSION_ZSTD
        output.write_bytes(hdiffpatch.diff(old.read_bytes(), data, compression=packing))
    else:
        output.write_bytes(hdiffpatch.apply(old.read_bytes(), data))


Peer = tuple[str, Callable[[str, Path, Path | None, Path], None]]
PEERS: dict[str, Peer] = {
    "python-rsync": ("pyrsync", _run_python_rsync),
    "py-fast-rsync": ("py_fast_rsync", _run_py_fast_rsync),
}
BOTH_PEERS: dict[str, Peer] = {
    "bsdiff4": ("bsdiff4", _run_bsdiff4),
    "hdiffpatch": ("hdiffpatch", _run_hdiffpatch),
}


if __name__ == "__main__":
    peer, step, *paths = sys.argv[1:]
    first, *middle, output = map(Path, paths)
    # One that holds everything in memory fails by itself, before the system is out of it.
    most_bytes = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    {**PEERS, **BOTH_PEERS}[peer][1](step, first, middle[0] if middle else None, output)
