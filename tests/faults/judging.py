"""Judges one run: what it said, what it left, and what it did to files that are not its own."""

from __future__ import annotations

import itertools
import os
import re
import signal
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .execution import Outcome
from .materials import Materials, rebuilt
from .operations import STDIN, STDOUT, Operation, Target

# The table's columns: what must never happen.
COLUMNS = ("wrong", "lost", "debris", "tracebacks", "hangs", "words")

_KILLED = -signal.SIGKILL
_MISTAKE = 107
_SETUP_FAILED = 99
_PIPE_CLOSED = 128 + signal.SIGPIPE
_SENTENCE_CHARACTERS_MOST = 400
_TRACES = re.compile("Traceback|Exception ignored|Fatal Python error|Segmentation|terminate called")
_ENDS = re.compile(r"\.$|\. Try: rdiff-gui( \w+)? --help$")
# What a sentence is about: a file by its name, or one of the things that have none.
_SUBJECTS = re.compile(
    "“.+”|memory|Cancelled|standard (input|output)|librsync|argument|numeric value|thread|process"
)


# How the interpreter ends when it has no memory for its own start, before our first line.
_UNBORN = re.compile("Fatal Python error: .+\nPython runtime state: (preinitialized|unknown)")
_NOT_SETTLED = re.compile("could not (be synced|get its name)")
# How NotPutBack tells where the old version of a file is.
_KEPT = re.compile("Its old version is whole, in “(.+)”")


@dataclass(frozen=True)
class Finding:
    """Something that must not be, and the column where it counts."""

    column: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One name in a folder: a file with all that belongs to it, a link, or a folder."""

    kind: int
    content: bytes
    mode: int
    owner: tuple[int, int]
    attributes: tuple[tuple[str, bytes], ...]
    modified_ns: int

    @property
    def belongings(self) -> tuple[object, ...]:
        """What a result in place takes over from the old file."""
        return self.mode, self.owner, self.attributes

    def differs(self, other: Entry) -> str:
        """In what, for a report."""
        parts = ("kind", "content", "mode", "owner", "attributes", "modified_ns")
        return ", ".join(part for part in parts if getattr(self, part) != getattr(other, part))


Snapshot = Mapping[str, Entry]


def look_at(path: Path) -> Entry:
    """All that can be seen of one name. Raises: OSError."""
    status = path.lstat()
    content = b""
    attributes: tuple[tuple[str, bytes], ...] = ()
    if stat.S_ISREG(status.st_mode):
        content = path.read_bytes()
        attributes = tuple((name, os.getxattr(path, name)) for name in sorted(os.listxattr(path)))
    elif stat.S_ISLNK(status.st_mode):
        content = os.fsencode(path.readlink())
    return Entry(
        stat.S_IFMT(status.st_mode),
        content,
        stat.S_IMODE(status.st_mode),
        (status.st_uid, status.st_gid),
        attributes,
        0 if stat.S_ISDIR(status.st_mode) else status.st_mtime_ns,
    )


def snapshot(folder: Path) -> dict[str, Entry]:
    """All names below `folder`, folders without their own times."""
    return {str(path.relative_to(folder)): look_at(path) for path in folder.rglob("*")}


@dataclass(frozen=True)
class Situation:
    """What a run began with, and what was done to it from outside meanwhile.

    `versions` are all contents that each input had; `replaced` what another program put under
    which name; `sent` the signal that the run was sent. With `cleans_later` the run could not
    clean up, and debris is the next run's affair. With `undo_may_stand` an undo delta without its
    result is an earlier run's. Where the fault `is_lasting`, it may hinder the way back, too.
    """

    operation: Operation
    materials: Materials
    before: Snapshot
    versions: Mapping[str, tuple[bytes, ...]]
    replaced: Mapping[str, bytes | None] = field(default_factory=dict)
    sent: int | None = None
    cleans_later: bool = False
    undo_may_stand: bool = False
    is_lasting: bool = False
    calm_output: bytes = b""

    @property
    def is_killed(self) -> bool:
        """Whether it had no chance to do anything more."""
        return self.sent == signal.SIGKILL

    @property
    def is_parted(self) -> bool:
        """Whether the old file, or an earlier undo delta, may stand under a backup's name alone.

        As docs/safety.md says of disks without links.
        """
        hindered = self.is_killed or self.is_lasting
        moves = self.operation.keeps_backup or any(
            each.before for each in self.operation.targets[1:]
        )
        return hindered and self.operation.poor and moves

    @property
    def applies_otherwise(self) -> bool:
        """Whether an input has become one that another answer is right for."""
        basis, delta = self.versions.values()
        return any(
            rebuilt(one, other) is not None
            for one, other in itertools.product(basis, delta)
            if (one, other) != (basis[0], delta[0])
        )

    def is_right(self, target: Target, content: bytes) -> bool:
        """Whether the content is right for any versions of the inputs."""
        names = list(self.versions)
        return any(
            target.is_right(content, dict(zip(names, contents, strict=True)), self.materials)
            for contents in itertools.product(*self.versions.values())
        )


def judge(situation: Situation, outcome: Outcome, after: Snapshot) -> list[Finding]:
    """Everything that is wrong with a run."""
    return [
        *judge_words(situation, outcome),
        *_judge_stream(situation, outcome),
        *_judge_targets(situation, outcome, after),
        *_judge_others(situation, outcome, after),
    ]


def judge_words(situation: Situation, outcome: Outcome) -> Iterator[Finding]:
    """What it said, and how it ended."""
    assert outcome.code != _SETUP_FAILED, outcome.words
    words = outcome.words
    if outcome.hung:
        yield Finding("hangs", words)
        return
    if _UNBORN.search(words):
        return
    if _TRACES.search(words):
        yield Finding("tracebacks", words)
        return
    if outcome.code < 0:
        if -outcome.code != situation.sent:
            yield Finding("tracebacks", f"ended by {signal.Signals(-outcome.code).name}: {words}")
        elif words:
            yield Finding("words", words)
        return
    lines = words.splitlines()
    if outcome.code == 0:
        # Each thing that did not make it fail is a line.
        if not all(line.startswith("rdiff-gui: ") and line.endswith(".") for line in lines):
            yield Finding("words", words)
        return
    if outcome.code == _PIPE_CLOSED and not lines:
        return
    if len(lines) != 1 or not lines[0].startswith("rdiff-gui: "):
        yield Finding("words", f"not one line: {words!r}")
        return
    sentence = lines[0].removeprefix("rdiff-gui: ")
    if outcome.code == _MISTAKE or "unexpected" in sentence or "mistake in the" in sentence:
        yield Finding("words", sentence)
    elif len(sentence) > _SENTENCE_CHARACTERS_MOST or not _ENDS.search(sentence):
        yield Finding("words", f"no sentence: {sentence}")
    elif "Errno" in sentence or not _SUBJECTS.search(sentence):
        yield Finding("words", f"about what? {sentence}")


def _judge_stream(situation: Situation, outcome: Outcome) -> Iterator[Finding]:
    if outcome.code != 0:
        return
    stream = next((each for each in situation.operation.targets if each.path == STDOUT), None)
    if stream is None:
        if outcome.output != situation.calm_output and not situation.applies_otherwise:
            yield Finding("wrong", f"answers {outcome.output!r}")
    elif not situation.is_right(stream, outcome.output):
        yield Finding("wrong", f"exit 0 with {len(outcome.output)} wrong bytes on standard output")


def _judge_targets(situation: Situation, outcome: Outcome, after: Snapshot) -> Iterator[Finding]:
    targets = [target for target in situation.operation.targets if target.path != STDOUT]
    made: list[bool] = []
    for target in targets:
        now, old = after.get(target.path), situation.before.get(target.path)
        is_new = now is not None and situation.is_right(target, now.content)
        made.append(is_new)
        if is_new and now and old and situation.operation.in_place and target is targets[0]:
            theirs = situation.replaced.get(target.path)
            if theirs is not None and theirs not in {entry.content for entry in after.values()}:
                yield Finding("lost", f"what another program wrote to {target.path}")
            elif target.path in situation.replaced:
                continue
            elif now.belongings != old.belongings and not outcome.words:
                yield Finding(
                    "wrong", f"{target.path} lost its {_missing(old, now)} without a word"
                )
        elif (
            is_new
            or _is_theirs(situation, target.path, now)
            or (situation.is_parted and now is None and old in after.values())
            or _told_where(situation, outcome, after, target.path)
            or _leads_back(situation, outcome, after, target.path)
            or _is_called_otherwise(situation, outcome, after, target)
        ):
            continue
        elif outcome.code == 0:
            yield Finding("wrong", f"exit 0, and {target.path} is {_tell(now, old)}")
        elif now != old:
            yield Finding("lost" if old else "wrong", f"{target.path} is {_tell(now, old)}")
    excused = (
        situation.is_killed
        or situation.undo_may_stand
        or any(_told_where(situation, outcome, after, target.path) for target in targets[1:])
    )
    if outcome.code and not excused and made[1:] == [True] and not made[0]:
        undo = targets[1].path
        column = "lost" if undo in situation.before else "debris"
        yield Finding(column, f"{undo} leads back from a result that is not there")


def _told_where(situation: Situation, outcome: Outcome, after: Snapshot, path: str) -> str | None:
    """Where the old version is whole, of a file that a disk that goes on failing keeps away.

    Only if the sentence leads there.
    """
    old, kept = situation.before.get(path), _KEPT.search(outcome.words)
    if not old or not kept:
        return None
    name = Path(kept[1]).name
    return next((each for each in after if Path(each).name == name and after[each] == old), None)


def _leads_back(situation: Situation, outcome: Outcome, after: Snapshot, path: str) -> set[str]:
    """The names under which a file stands half changed beside its journal, with a way back.

    After a kill, or where a disk that goes on failing allows no more and the sentence says so.
    """
    changing, journal = (f"{path}.rdiff-{ending}" for ending in ("changing", "journal"))
    old = situation.before.get(path)
    if old is None or changing not in after or journal not in after:
        return set()
    back = rebuilt(after[changing].content, after[journal].content)
    told = situation.is_killed or "stands half changed" in outcome.words
    return {changing, journal} if told and back == old.content else set()


def _is_called_otherwise(
    situation: Situation, outcome: Outcome, after: Snapshot, target: Target
) -> bool:
    """Whether an undo delta is still called as the journal that it was, and that is told."""
    journal = after.get(f"{situation.operation.targets[0].path}.rdiff-journal")
    told = "could not get its name" in outcome.words
    return journal is not None and told and situation.is_right(target, journal.content)


def _is_theirs(situation: Situation, path: str, now: Entry | None) -> bool:
    """Whether the content is what another program put there, who may have come last."""
    theirs = situation.replaced.get(path)
    return path in situation.replaced and (now.content if now else None) == theirs


def _missing(old: Entry, now: Entry) -> str:
    parts = ("mode", "owner", "attributes")
    return ", ".join(part for part in parts if getattr(old, part) != getattr(now, part))


def _tell(now: Entry | None, old: Entry | None) -> str:
    if now is None:
        return "not there"
    if old is None:
        return f"something else, of {len(now.content)} bytes"
    return "the old one" if now == old else f"another than before: {old.differs(now)}"


def _judge_others(situation: Situation, outcome: Outcome, after: Snapshot) -> Iterator[Finding]:
    operation, before = situation.operation, situation.before
    paths = {target.path for target in operation.targets}
    for path in sorted((set(before) | set(situation.replaced)) - paths - {STDIN}):
        now = after.get(path)
        if path in situation.replaced:
            if not _is_theirs(situation, path, now):
                yield Finding("lost", f"{path}, of another program, is {_tell(now, None)}")
        elif now != before[path]:
            yield Finding("lost", f"{path} is {_tell(now, before[path])}")
    undos = [target.path for target in operation.targets[1:]]
    told = {_told_where(situation, outcome, after, path) for path in undos}
    if situation.is_parted:
        for path in undos:
            told |= {f"{path}.old"} if after.get(f"{path}.old") == before.get(path) else set()
    for target in operation.targets[:1]:
        if not operation.keeps_backup:
            # Somebody else has its name by now.
            told |= {_told_where(situation, outcome, after, target.path)}
        told |= _leads_back(situation, outcome, after, target.path)
        told |= _kept_journals(situation, outcome, target.path)
    extra = sorted(set(after) - set(before) - set(situation.replaced) - paths - told)
    if operation.keeps_backup:
        backups = [path for path in extra if path.startswith(operation.targets[0].path + ".old")]
        extra = [path for path in extra if path not in backups]
        yield from _judge_backups(situation, outcome, after, backups)
    if extra and not (situation.is_killed or situation.cleans_later):
        yield Finding("debris", ", ".join(extra))


def _kept_journals(situation: Situation, outcome: Outcome, path: str) -> set[str]:
    """What may stay of a file's journal, which leads back, where its end could not be reached."""
    if situation.undo_may_stand:
        return {f"{path}.undo.rdelta", f"{path}.undo-2.rdelta"}
    if outcome.code == 0 and _NOT_SETTLED.search(outcome.words):
        return {f"{path}.rdiff-journal"}
    return set()


def _judge_backups(
    situation: Situation, outcome: Outcome, after: Snapshot, backups: list[str]
) -> Iterator[Finding]:
    target = situation.operation.targets[0]
    old, now = situation.before.get(target.path), after.get(target.path)
    if old is None:
        # Somebody removed it, and all beside it.
        return
    is_new = now is not None and situation.is_right(target, now.content)
    theirs = situation.replaced.get(target.path)
    kept = {after[path].content for path in backups} | ({now.content} if now else set())
    if target.path not in situation.replaced and old.content not in kept:
        yield Finding("lost", f"{target.path}, of which a backup was due")
    for path in backups:
        if after[path] != old and after[path].content != theirs:
            yield Finding("lost", f"the backup {path}: {old.differs(after[path])}")
    was_deleted = target.path in situation.replaced and theirs is None
    # After a success, whoever changed the target did so behind its back.
    came_later = target.path in situation.replaced and outcome.code == 0
    # A run that is refused because of an undo delta does not come to what was left either.
    refused = situation.undo_may_stand
    if situation.is_killed or situation.cleans_later or was_deleted or came_later or refused:
        return
    if situation.is_parted and now is None:
        return
    if backups and outcome.code and not is_new:
        yield Finding("debris", f"{', '.join(backups)} beside the old version")
    elif len(backups) > 1:
        yield Finding("debris", f"{len(backups)} backups")
