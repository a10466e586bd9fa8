"""The same with other people's tools: strace makes the calls fail, valgrind watches librsync."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .bench import Bench, Result
from .execution import Disturbance
from .judging import Finding
from .operations import ALL, BY_NAME, Operation

NAME = "crosschecks"
TITLE = "strace -e inject; librsync under valgrind"

# strace counts the calls of the whole process. These are made for the files alone.
_TRACED = {
    **{"fsync": "EIO", "fdatasync": "ENOSPC", "link": "EPERM", "linkat": "EIO", "rename": "EIO"},
    **{"renameat2": "EINVAL", "flock": "ENOLCK", "ftruncate": "EFBIG", "pwrite64": "ENOSPC"},
    **{"copy_file_range": "EXDEV", "fchmod": "EPERM", "fchown": "EPERM", "preadv": "EIO"},
    **{"fsetxattr": "EOPNOTSUPP", "flistxattr": "EIO"},
}
_INJECTED = "(INJECTED)"
# It translates every instruction: some ten seconds for what takes a tenth of one.
_VALGRIND_SECONDS = 110.0
_VALGRIND = ("valgrind", "--error-limit=no", "--num-callers=40", "--trace-children=no")


def plan(_bench: Bench, _dice: random.Random) -> list[str]:
    """Each of the calls once for each operation with a result, and each kind of operation once."""
    return [*_plan_strace(), *_plan_valgrind()]


def _plan_strace() -> Iterator[str]:
    for operation in ALL:
        if operation.targets and not operation.poor:
            yield from (
                f"{operation.name}/strace/{call}/{errno}" for call, errno in _TRACED.items()
            )


def _plan_valgrind() -> Iterator[str]:
    seen: set[str] = set()
    for operation in ALL:
        if operation.row not in seen:
            seen.add(operation.row)
            yield f"{operation.name}/valgrind"


def carry_out(bench: Bench, case: str) -> Result:
    """One of them."""
    name, tool, *rest = case.split("/")
    operation = BY_NAME[name]
    return _strace(bench, operation, *rest) if tool == "strace" else _valgrind(bench, operation)


def _strace(bench: Bench, operation: Operation, call: str, errno: str) -> Result:
    situation = bench.set_up(operation)
    log = bench.page.file.with_name("strace")
    inject = f"inject={call}:error={errno}:when=1"
    wrapper = ("strace", "-f", "-qq", "-o", log, "-e", f"trace={call}", "-e", inject)
    result = bench.attempt(situation, Disturbance(real=True, wrapper=wrapper))
    result.struck = _INJECTED in log.read_text(errors="replace")
    return result


def _valgrind(bench: Bench, operation: Operation) -> Result:
    situation = bench.set_up(operation)
    log = bench.page.file.with_name("valgrind")
    how = Disturbance(
        real=True,
        wrapper=(*_VALGRIND, f"--log-file={log}"),
        # Its own allocator would hide what is read behind a block's end.
        environment=(("PYTHONMALLOC", "malloc"),),
        patience_seconds=_VALGRIND_SECONDS,
    )
    result = bench.attempt(situation, how, struck=True)
    text = log.read_text(errors="replace")
    assert "Memcheck" in text, text
    # What CPython and its modules do is another matter.
    errors = [error for error in text.split("== \n") if "librsync" in error and " at 0x" in error]
    result.findings += (Finding("wrong", f"valgrind: {error}") for error in errors)
    return result
