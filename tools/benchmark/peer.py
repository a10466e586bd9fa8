"""One step of a Python peer, in a process of its own: PEER STEP INPUT… OUTPUT."""

from __future__ import annotations

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
    """py-fast-rsync holds everything in memory, and knows MD4 alone."""
    import py_fast_rsync

    left = first.read_bytes()
    if second is None:
        output.write_bytes(py_fast_rsync.signature.calculate(left))
    elif step == "delta":
        output.write_bytes(py_fast_rsync.diff(left, second.read_bytes()))
    else:
        output.write_bytes(py_fast_rsync.apply(left, second.read_bytes()))


RUNNERS = {"python-rsync": run_python_rsync, "py-fast-rsync": run_py_fast_rsync}


if __name__ == "__main__":
    peer, step, *paths = sys.argv[1:]
    first, *middle, output = map(Path, paths)
    RUNNERS[peer](step, first, middle[0] if middle else None, output)
