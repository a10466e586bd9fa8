"""One step of a Python peer, in a process of its own: PEER STEP INPUT… OUTPUT."""

from __future__ import annotations

import math
import resource
import sys
from pathlib import Path


def run_python_rsync(step: str, first: Path, second: Path | None, output: Path) -> None:
    """python-rsync streams from file to file; the parameters are those that rdiff takes."""
    import pyrsync

    with first.open("rb") as left, output.open("wb") as out:
        if second is None:
            size_bytes = first.stat().st_size
            magic, block_bytes, sum_bytes = pyrsync.get_signature_args(size_bytes)
            pyrsync.signature(left, out, sum_bytes, magic, block_bytes)
            return
        with second.open("rb") as right:
            if step == "delta":
                pyrsync.delta(right, left, out)
            else:
                pyrsync.patch(left, right, out)


def run_py_fast_rsync(step: str, first: Path, second: Path | None, output: Path) -> None:
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


RUNNERS = {"python-rsync": run_python_rsync, "py-fast-rsync": run_py_fast_rsync}


def limit_memory() -> None:
    """Let one that holds everything in memory fail by itself, before the system is out of it."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            most = int(value.split()[0]) * 1024 * 3 // 4
            _, highest = resource.getrlimit(resource.RLIMIT_AS)
            if highest == resource.RLIM_INFINITY or most < highest:
                resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    peer, step, *paths = sys.argv[1:]
    first, *middle, output = map(Path, paths)
    limit_memory()
    RUNNERS[peer](step, first, middle[0] if middle else None, output)
