"""A folder where operations are tried, one after another, each time made anew."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import rdiff_gui
from rdiff_gui.librsync.loader import load_library

from .execution import CALM, Disturbance, Outcome, run
from .injection import Page
from .judging import Finding, Situation, Snapshot, judge, judge_words, look_at, snapshot
from .materials import Materials, put
from .operations import STDIN, STDOUT, Operation

# Times in the past: a change meanwhile shows on every disk, however coarse its clock.
_MODIFIED_NS = 1_600_000_000 * 10**9
_FILE_MODE = 0o640
_OWNER = (12345, 54321)
_ATTRIBUTE = ("user.campaign", b"kept")
# One more user may read: a list that chmod alone cannot tell.
# Source: linux/posix_acl_xattr.h; tag, permissions, id.
_ACL = struct.pack("<I", 2) + b"".join(
    struct.pack("<HHI", *entry)
    for entry in (
        (0x01, 6, 2**32 - 1),
        (0x02, 4, 23456),
        (0x04, 4, 2**32 - 1),
        (0x10, 4, 2**32 - 1),
        (0x20, 0, 2**32 - 1),
    )
)


@dataclass
class Result:
    """What became of one case."""

    struck: bool
    findings: list[Finding]
    outcome: Outcome


def import_all() -> None:
    """Everything that a verb would import, so that a fork need not."""
    elsewhere = ("rdiff_gui.ui", "rdiff_gui.__main__")
    for module in pkgutil.walk_packages(rdiff_gui.__path__, "rdiff_gui."):
        # Modules for Windows say so in their names.
        if not module.name.startswith(elsewhere) and ".windows" not in module.name:
            importlib.import_module(module.name)
    load_library()


class Bench:
    """One worker's place."""

    def __init__(self, folder: Path, materials: Materials) -> None:
        """Work in `folder`, which is made."""
        folder.mkdir()
        folder.chmod(0o755)
        self.folder = folder / "place"
        self.materials = materials
        self.page = Page(folder / "page")
        self._calm: dict[str, Outcome] = {}
        self.calm_seconds: dict[str, float] = {}
        os.environ["TMPDIR"] = str(self.folder / "tmp")

    def set_up(self, operation: Operation, *, owner: int | None = None) -> Situation:
        """Lay out the operation's files, as they are before it."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        for part in ("", "in", "out", "tmp"):
            (self.folder / part).mkdir()
            if owner is not None:
                os.chown(self.folder / part, owner, owner)
        files = {
            **operation.bystanders,
            **{target.path: target.before for target in operation.targets if target.before},
            **operation.inputs,
        }
        for path, name in files.items():
            if path != STDIN:
                self.lay(path, self.materials[name], owner=owner, plain=operation.poor)
        return Situation(
            operation,
            self.materials,
            snapshot(self.folder),
            {path: (self.materials[name],) for path, name in operation.inputs.items()},
            calm_output=b"" if operation.targets else self.calm(operation).output,
        )

    def lay(
        self, path: str, content: bytes, *, owner: int | None = None, plain: bool = False
    ) -> None:
        """Put a file with all that a file can have; a `plain` one has no attributes."""
        place = self.folder / path
        put(place, content)
        place.chmod(_FILE_MODE)
        os.chown(place, *(_OWNER if owner is None else (owner, owner)))
        if not plain:
            os.setxattr(place, *_ATTRIBUTE)
            os.setxattr(place, "system.posix_acl_access", _ACL)
        os.utime(place, ns=(_MODIFIED_NS, _MODIFIED_NS))

    def entry(self, path: str) -> Snapshot:
        """How one file stands there now."""
        return {path: look_at(self.folder / path)}

    def given(self, operation: Operation) -> bytes | None:
        """What comes on standard input."""
        return None if operation.given is None else self.materials[operation.given]

    def run(self, operation: Operation, how: Disturbance = CALM) -> Outcome:
        """Run it where it was set up."""
        how = replace(how, poor=operation.poor)
        return run(operation.words, self.folder, self.given(operation), self.page, how)

    def calm(self, operation: Operation) -> Outcome:
        """The outcome of the operation when nothing disturbs it, with its calls counted."""
        if operation.name not in self._calm:
            # The answer is not known yet, so it is not asked for either.
            self._calm[operation.name] = Outcome(0, b"", "", False, 0, "")
            self.set_up(operation)
            started = time.monotonic()
            outcome = self.run(operation)
            self.calm_seconds[operation.name] = time.monotonic() - started
            assert outcome.code == 0, f"{operation.name}, undisturbed: {outcome}"
            self._calm[operation.name] = outcome
        return self._calm[operation.name]

    def attempt(
        self,
        situation: Situation,
        how: Disturbance,
        *,
        struck: bool | None = None,
        tidy: Callable[[], None] = lambda: None,
    ) -> Result:
        """Run, disturbed, and judge; where it could not clean up, give it another run for that.

        `tidy` is called when the run is over, before anything is looked at.
        """
        outcome = self.run(situation.operation, how)
        tidy()
        findings = judge(situation, outcome, snapshot(self.folder))
        if situation.is_killed or situation.cleans_later:
            findings += self._judge_next(situation)
        return Result(outcome.struck > 0 if struck is None else struck, findings, outcome)

    def _judge_next(self, situation: Situation) -> list[Finding]:
        """Run once more, undisturbed, in what the first run left: that run has to clear it up."""
        operation = situation.operation
        left = snapshot(self.folder)
        made = [
            target.path in left and situation.is_right(target, left[target.path].content)
            for target in operation.targets
            if target.path != STDOUT
        ]
        if situation.is_parted:
            # The user has it, and goes on.
            for target in operation.targets[1:]:
                kept = f"{target.path}.old"
                if kept in left and left[kept] == situation.before.get(target.path):
                    (self.folder / kept).unlink()
        outcome = self.run(operation)
        # What stands already is not replaced without --force.
        parted = situation.is_parted and situation.operation.targets[0].path not in left
        if parted:
            # The user has to rename it back.
            return list(judge_words(situation, outcome))
        refused = outcome.code != 0 and any(made)
        later = replace(situation, sent=None, cleans_later=False, undo_may_stand=refused)
        findings = judge(later, outcome, snapshot(self.folder))
        if outcome.code and not refused:
            findings.append(Finding("debris", f"the next run fails: {outcome.words}"))
        return [Finding(each.column, f"after another run: {each.text}") for each in findings]
