"""Faults of single system calls: each call of every kind, each errno, and short counts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from .bench import Bench, Result
from .execution import CALM, Disturbance
from .injection import CUT_BYTES, CUTTABLE, ERRNOS, Fault
from .operations import ALL, BY_NAME, Operation

NAME = "calls"
TITLE = "a system call that fails, or does a part"

# A disk that stays full or broken, a quota that stays used up: from some call on, all fail.
# (Nobody could go on under a lasting EINTR or EAGAIN.)
_LASTING = {
    **dict.fromkeys(("write", "pwrite64", "ftruncate", "fallocate"), ("EIO", "ENOSPC", "EDQUOT")),
    **dict.fromkeys(("copy_file_range", "openat"), ("EIO", "ENOSPC", "EDQUOT")),
    **dict.fromkeys(("fsync", "read", "pread64", "stat", "lseek"), ("EIO",)),
    **dict.fromkeys(("rename", "link", "fchmod", "fchown", "setxattr"), ("EPERM", "EIO")),
    **dict.fromkeys(("ioctl", "flock", "fcntl", "fstatfs"), ("EPERM",)),
}
# Memory and threads fail in one way each; malloc and pthread_create hand on no other.
_OWN_ERRNOS = {"mmap": ("ENOMEM",), "clone": ("EAGAIN", "ENOMEM")}
# One of so many runs is a process of its own, from the first line of Python on.
_REAL_ONE_IN = 40


def plan(bench: Bench, _dice: random.Random) -> list[str]:
    """Every case: undisturbed once, then all faults."""
    cases = [f"{operation.name}/undisturbed" for operation in ALL]
    for operation in ALL:
        cases += (f"{operation.name}/{fault}" for fault in _faults(bench, operation))
    real = [f"{case}/real" for case in cases[len(ALL) :: _REAL_ONE_IN]]
    return cases + real


def _faults(bench: Bench, operation: Operation) -> Iterator[Fault]:
    for call, count in bench.calm(operation).counts.items():
        if call == "any":
            continue
        once = _OWN_ERRNOS.get(call, ERRNOS) + (
            tuple(map(str, CUT_BYTES)) if call in CUTTABLE else ()
        )
        lasting = _OWN_ERRNOS.get(call, _LASTING.get(call, ()))
        for nth in range(1, count + 1):
            yield from (Fault(call, nth, how) for how in once)
            yield from (Fault(call, nth, how, onwards=True) for how in lasting)
        if count and call in CUTTABLE:
            # One byte at a time would be millions of calls where files are large.
            is_large = any("large" in name for name in operation.inputs.values())
            cut_bytes = CUT_BYTES[1] if is_large else CUT_BYTES[0]
            yield Fault(call, 1, str(cut_bytes), onwards=True)


def carry_out(bench: Bench, case: str) -> Result:
    """One of them."""
    name, _, rest = case.partition("/")
    operation = BY_NAME[name]
    if rest == "undisturbed":
        return bench.attempt(bench.set_up(operation), CALM, struck=False)
    real = rest.endswith("/real")
    fault = Fault.parse(rest.removesuffix("/real"))
    # What could not be removed is still there: the next run's affair. So is an undo delta, where
    # names cannot be exchanged and from then on not even given back.
    no_way_back = operation.poor and fault.call == "rename" and fault.onwards
    situation = replace(
        bench.set_up(operation),
        cleans_later=fault.call == "unlink" or no_way_back,
        undo_may_stand=no_way_back,
        is_lasting=fault.onwards,
    )
    return bench.attempt(situation, Disturbance(fault, real=real))
