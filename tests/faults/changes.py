"""Other programs at work: on inputs while they are read, and on the folder of the results.

The program stops itself before its N-th call; then the change is made, and it goes on.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from .bench import Bench, Result
from .execution import Disturbance
from .injection import Fault
from .judging import Entry, Situation, snapshot
from .operations import ALL, BY_NAME, STDIN, STDOUT

NAME = "changes"
TITLE = "inputs and folders that change meanwhile"

FOLDER_CHANGES = ("renamed", "removed", "read-only", "link")
_APPENDED = b"more" * 250
# Every so many calls, each time beginning at another one: three in a row have the same before them.
_STRIDE = 3
_USER = 23457
# What other programs put in an input's place.
_OTHERS = {"signature": "other signature", "delta": "other delta"}


def plan(bench: Bench, dice: random.Random) -> list[str]:
    """Each change of each input and of the folder, before every third call."""
    cases: list[str] = []
    for operation in ALL:
        if operation.poor:
            # It has no way to look and rename in one step, as docs/safety.md says.
            continue
        calls = bench.calm(operation).counts["any"]
        things = [(path, list(_CHANGES)) for path in operation.inputs if path != STDIN]
        if any(target.path != STDOUT for target in operation.targets):
            things.append(("out", list(FOLDER_CHANGES)))
        for path, changes in things:
            for change in changes:
                first = dice.randrange(1, _STRIDE + 1)
                cases += (
                    f"{operation.name}/{path.replace('/', ':')}/{change}/{nth}"
                    for nth in range(first, calls + 1, _STRIDE)
                )
    return cases


def carry_out(bench: Bench, case: str) -> Result:
    """One change."""
    name, place, change, nth = case.split("/")
    operation = BY_NAME[name]
    fault = Fault("any", int(nth), "SIGSTOP")
    bench.calm(operation)
    if place == "out":
        return _with_changed_folder(bench, bench.set_up(operation, owner=_USER), change, fault)
    path = place.replace(":", "/")
    situation = bench.set_up(operation)
    versions, replaced = dict(situation.versions), dict(situation.replaced)
    situation = replace(situation, versions=versions, replaced=replaced)
    other = _OTHERS.get(path.removeprefix("in/"), "other")

    def on_stop() -> None:
        if change not in _MAKING and not (bench.folder / path).exists():
            # It stands under another name while it is changed itself.
            return
        _CHANGES[change](bench.folder / path, bench.materials[other])
        now = (bench.folder / path).read_bytes() if change != "deleted" else None
        replaced[path] = now
        if now is not None:
            versions[path] = (*versions[path], now)

    return bench.attempt(situation, Disturbance(fault, on_stop=on_stop))


def _truncate(path: Path, _other: bytes) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _append(path: Path, _other: bytes) -> None:
    with path.open("ab") as file:
        file.write(_APPENDED)


def _replace(path: Path, other: bytes) -> None:
    beside = path.with_name("beside")
    beside.write_bytes(other)
    beside.replace(path)


def _rewrite(path: Path, other: bytes) -> None:
    size_bytes = path.stat().st_size
    with path.open("r+b") as file:
        file.write(other[:size_bytes].ljust(min(size_bytes, len(_APPENDED)), b"?"))


def _delete(path: Path, _other: bytes) -> None:
    path.unlink()


_CHANGES: dict[str, Callable[[Path, bytes], None]] = {
    "truncated": _truncate,
    "appended to": _append,
    "replaced": _replace,
    "rewritten": _rewrite,
    "deleted": _delete,
}
# What also makes a file where none stands.
_MAKING = ("appended to", "replaced")


def _with_changed_folder(bench: Bench, situation: Situation, change: str, fault: Fault) -> Result:
    """As a user whom a folder can refuse, which it cannot do to root."""
    out, moved, elsewhere = (bench.folder / name for name in ("out", "moved", "elsewhere"))
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    before: dict[str, Entry] = dict(snapshot(bench.folder))
    replaced: dict[str, bytes | None] = {}

    def on_stop() -> None:
        match change:
            case "renamed":
                out.rename(moved)
            case "link":
                out.rename(moved)
                out.symlink_to(elsewhere)
            case "read-only":
                out.chmod(0o555)
            case "removed":
                for target in situation.operation.targets:
                    path = bench.folder / target.path
                    if path.exists() and situation.is_right(target, path.read_bytes()):
                        # It came too late to hinder anything.
                        replaced[target.path] = None
                shutil.rmtree(out)
                for path_name in [name for name in before if name.startswith("out")]:
                    del before[path_name]

    # A folder that lets nothing be removed keeps what is there: debris, and an undo delta alone.
    is_closed = change == "read-only"
    situation = replace(
        situation,
        before=before,
        replaced=replaced,
        cleans_later=is_closed,
        undo_may_stand=is_closed,
    )

    def tidy() -> None:
        """Bring the folder back, with all that is in it, wherever that went."""
        if change == "read-only":
            out.chmod(0o755)
        if out.is_symlink():
            out.unlink()
            for entry in elsewhere.iterdir():
                # What it is called by is this one; the old one, in the folder that went, is whole.
                covered = moved / entry.name
                if covered.exists() and situation.operation.keeps_backup:
                    covered.rename(covered.with_name(f"{entry.name}.old"))
                entry.rename(covered)
        if moved.exists():
            moved.rename(out)

    return bench.attempt(situation, Disturbance(fault, user=_USER, on_stop=on_stop), tidy=tidy)
