"""Too little room: on the disk and in its table of files, and the limits of a process."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .bench import Bench, Result
from .execution import Disturbance
from .judging import snapshot
from .operations import ALL, BY_NAME, STDOUT, Operation

NAME = "rooms"
TITLE = "full disks, no inode, limits of the process"

_STEP_BYTES = 4096
# Source: sys/mount.h.
_REMOUNT = 32
# Steps until everything fits: a small result and its undo delta.
_STEPS = 16
_LARGE_STEPS = 12
_LARGE_STEP_BYTES = 2**18
_INODES = 5
# Nobody in particular: limits on processes do not bind root.
_USER = 23457
_FILES = range(3, 15)
# From no thread's stack at all to the heaps of many.
_MEMORY_STEPS = 40
_MEMORY_STEP_BYTES = 2**20


def plan(_bench: Bench, _dice: random.Random) -> list[str]:
    """Every kind of room, from none at all to enough."""
    return [f"{operation.name}/{room}" for operation in ALL for room in _rooms(operation)]


def _rooms(operation: Operation) -> Iterator[str]:
    large = "large" in operation.name
    step_bytes = _LARGE_STEP_BYTES if large else _STEP_BYTES
    steps = [number * step_bytes for number in range(_LARGE_STEPS if large else _STEPS)]
    if any(target.path != STDOUT for target in operation.targets):
        yield from (f"disk/{size}" for size in steps[1:])
        yield from (f"inodes/{count}" for count in range(1, _INODES))
    else:
        # Without a folder of results, what is read twice goes to the system's.
        yield from (f"scratch/{size}" for size in steps[1:])
    yield from (f"fsize/{size}" for size in steps)
    yield from (f"nofile/{count}" for count in _FILES)
    yield from (f"nproc/{count}" for count in range(1, 4))
    yield from (f"memory/{number * _MEMORY_STEP_BYTES}" for number in range(_MEMORY_STEPS))


def carry_out(bench: Bench, case: str) -> Result:
    """One operation with that little."""
    name, room, text = case.split("/")
    operation, value = BY_NAME[name], int(text)
    bench.calm(operation)
    if room in ("disk", "inodes", "scratch"):
        return _on_a_small_disk(bench, operation, room, value)
    if room == "nproc":
        situation = bench.set_up(operation, owner=_USER)
        how = Disturbance(limits=((resource.RLIMIT_NPROC, value),), user=_USER)
    elif room == "memory":
        situation, how = bench.set_up(operation), Disturbance(memory_bytes=value)
    else:
        limit = resource.RLIMIT_FSIZE if room == "fsize" else resource.RLIMIT_NOFILE
        situation, how = bench.set_up(operation), Disturbance(limits=((limit, value),))
    result = bench.attempt(situation, how)
    result.struck = result.outcome.code != 0
    return result


def _on_a_small_disk(bench: Bench, operation: Operation, room: str, value: int) -> Result:
    """With `out` on a disk that has that many bytes or files free beside what stands there.

    For scratch, it is the folder for temporary files that lies there.
    """
    situation = bench.set_up(operation)
    place = "tmp" if room == "scratch" else "out"
    disk = bench.folder / place
    before = {
        path: entry for path, entry in situation.before.items() if path.startswith(f"{place}/")
    }
    with mounted(disk):
        for path, entry in before.items():
            bench.lay(path, entry.content, plain=operation.poor)
        taken = os.statvfs(disk)
        if room == "inodes":
            free = f"nr_inodes={taken.f_files - taken.f_ffree + value}"
        else:
            free = f"size={(taken.f_blocks - taken.f_bfree) * taken.f_frsize + value}"
        _mount(disk, free, _REMOUNT)
        situation = replace(situation, before=snapshot(bench.folder))
        result = bench.attempt(situation, Disturbance())
    result.struck = result.outcome.code != 0
    return result


@contextlib.contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """A disk in memory at `folder`; only root may. Raises: OSError."""
    _mount(folder, "", 0)
    try:
        yield
    finally:
        _check(_libc().umount2(os.fsencode(folder), 0), folder)


def _mount(folder: Path, options: str, flags: int) -> None:
    name, given = os.fsencode(folder), options.encode()
    _check(_libc().mount(b"rdiff-faults", name, b"tmpfs", flags, given), folder)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(code: int, folder: Path) -> None:
    if code:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(folder))
