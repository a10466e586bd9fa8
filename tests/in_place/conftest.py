"""A file and the delta that changes it, and what strikes while it is changed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine import (
    PatchSummary,
    apply_patch,
    make_delta_from_files,
)
from rdiff_gui.engine.system import Folder
from tests.conftest import random_bytes
from tests.disks import contents
from tests.platforms import WINDOWS

OLD_BYTES = 2**20
CHANGING, JOURNAL, UNDO = "old.rdiff-changing", "old.rdiff-journal", "old.undo.rdelta"

KILLED = 9
LONG_AGO_NS = 1_600_000_000 * 10**9


class Changed:
    """An old file with some edits, a piece that two places share, and two that change places."""

    def __init__(self, folder: Path, *, grown_bytes: int = 3000) -> None:
        self.folder = folder
        self.old, self.delta = folder / "old", folder / "delta"
        self.before = random_bytes(OLD_BYTES, 3)
        after = bytearray(self.before)
        for place in (5_000, 400_001, 777_777):
            after[place : place + 2000] = random_bytes(2000, place)
        one, other = after[200_000:210_000], after[600_000:610_000]
        after[200_000:210_000], after[600_000:610_000] = other, one
        if grown_bytes > 0:
            after += random_bytes(grown_bytes, 8)
        else:
            del after[grown_bytes:]
        self.after = bytes(after)
        new = folder / "new"
        self.old.write_bytes(self.before)
        new.write_bytes(self.after)
        make_delta_from_files(self.old, new, self.delta)
        new.unlink()
        os.utime(self.old, ns=(LONG_AGO_NS, LONG_AGO_NS))

    def change(self, **more: Any) -> PatchSummary:
        """Let the old file become the new one."""
        return apply_patch(
            self.old, self.delta, self.old, **{"in_place": True, "changes_only": True} | more
        )

    def again(self) -> None:
        """Begin anew, with what stood here at first."""
        for entry in self.folder.iterdir():
            if entry != self.delta:
                entry.unlink()
        self.old.write_bytes(self.before)
        os.utime(self.old, ns=(LONG_AGO_NS, LONG_AGO_NS))

    def is_whole(self) -> bool:
        """Whether the file is the old or the new one, and nothing but a way back lies beside it."""
        found = contents(self.folder)
        undo = found.pop(UNDO, None)
        right = (self.after,) if undo is not None else (self.before, self.after)
        if found.get("old") == self.before and self.old.stat().st_mtime_ns != LONG_AGO_NS:
            return False
        return set(found) == {"old", "delta"} and found["old"] in right

    def interrupt(self, moment: Callable[[], None]) -> int:
        """Change it in a process of its own, in which `moment` is called first; how that ended."""
        if sys.platform == "win32":
            pytest.skip("processes are forked by POSIX alone")
        child = os.fork()
        if not child:
            try:
                moment()
                self.change()
            except BaseException:  # noqa: BLE001  # the parent looks at what is left
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        return status


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """A file that grows a little."""
    return Changed(tmp_path)


# What writes, as either system has it.
WRITES = ("write",) if WINDOWS else ("write", "pwrite")
# All that changes a disk; the last is all ways to rename. On Windows all files have names, and one
# that cannot be removed stays until the next run in its folder.
_STEPS: tuple[tuple[Any, str], ...] = (
    *((os, name) for name in (*WRITES, "fsync")),
    *(() if WINDOWS else ((os, name) for name in ("ftruncate", "link", "unlink"))),
    (Folder, "_move" if WINDOWS else "_rename_at"),
)


def strike(step: Callable[[], None], replace: Callable[[Any, str, Any], None] = setattr) -> None:
    """Have `step` called before each step that changes the disk."""

    def struck(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            step()
            return function(*arguments, **more)

        return call

    for owner, name in _STEPS:
        replace(owner, name, struck(getattr(owner, name)))


def counting(last: int, do: Callable[[], None], *, and_on: bool = False) -> Callable[[], None]:
    """What does something when it is called for the `last` time, or from then on."""
    calls = 0

    def step() -> None:
        nonlocal calls
        calls += 1
        if calls == last or (and_on and calls > last):
            do()

    return step


# It ends with some of the new bytes written, as a kill ends it.
_DIE_IN_THE_MIDDLE = f"""
import os
from rdiff_gui.engine import apply_patch, change

def write(*arguments):
    places.append(arguments)
    if len(places) == 3:
        os._exit({KILLED})
    true(*arguments)

places, true, change.write_whole_at = [], change.write_whole_at, write
apply_patch("old", "delta", "old", in_place=True, changes_only=True)
"""


def interrupted(changed: Changed) -> bytes:
    """Leave it half changed; its journal."""
    words = (sys.executable, "-P", "-c", _DIE_IN_THE_MIDDLE)
    assert subprocess.run(words, cwd=changed.folder, check=False).returncode == KILLED
    assert not changed.old.exists()
    half = (changed.folder / CHANGING).read_bytes()
    assert half not in (changed.before, changed.after)
    return (changed.folder / JOURNAL).read_bytes()
