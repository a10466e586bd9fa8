"""The judge itself: each harm that a run may do has its column, and harmless runs have none."""

from __future__ import annotations

import signal
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from .execution import Outcome
from .judging import Entry, Situation, judge
from .materials import Materials
from .operations import Operation, Target

SENTENCE = "rdiff-gui: The disk is full, so “out/made” could not be written.\n"


def entry(content: bytes, mode: int = 0o640) -> Entry:
    """A file."""
    return Entry(stat.S_IFREG, content, mode, (1, 1), (("user.x", b"y"),), 1)


OLD, NEW, HALF = entry(b"old"), entry(b"new"), entry(b"ne")
INPUT, OTHER = {"in/delta": entry(b"delta")}, {"out/other": entry(b"other")}
TARGET = Target("out/made", lambda content, _inputs, _materials: content == b"new", "old")
UNDO = Target("out/undo", lambda content, _inputs, _materials: content == b"undo")
OVER = Operation("over", "patch", ("patch",), {"in/delta": "delta"}, (TARGET,))
IN_PLACE = replace(OVER, in_place=True, keeps_backup=True)

DONE = Outcome(0, b"", "", False, 1, "")
REFUSED = Outcome(100, b"", SENTENCE, False, 1, "")
BEFORE = {**INPUT, **OTHER, "out/made": OLD}
KEPT = {"out/made.old": OLD}


def columns(
    outcome: Outcome,
    after: dict[str, Entry],
    operation: Operation = OVER,
    **more: int | bool | None,
) -> set[str]:
    """Where the judge counts a run that left these files."""
    situation = Situation(
        operation,
        Materials(Path()),
        BEFORE,
        {"in/delta": (b"delta",)},
        **more,  # type: ignore[arg-type]  # by name
    )
    return {finding.column for finding in judge(situation, outcome, after)}


AFTER_MADE = {**BEFORE, "out/made": NEW}


def test_harmless_runs_are_not_blamed() -> None:
    """A right result is right, and a refusal that changes nothing is, too."""
    assert columns(DONE, AFTER_MADE) == set()
    assert columns(REFUSED, BEFORE) == set()
    assert columns(REFUSED, AFTER_MADE) == set()
    assert columns(DONE, {**AFTER_MADE, **KEPT}, IN_PLACE) == set()
    assert columns(replace(DONE, code=-9), BEFORE, sent=signal.SIGKILL) == set()


HARM: dict[str, tuple[str, Outcome, dict[str, Entry]]] = {
    "exit 0 and nothing done": ("wrong", DONE, BEFORE),
    "exit 0 and half a file": ("wrong", DONE, {**BEFORE, "out/made": HALF}),
    "half a file": ("lost", REFUSED, {**BEFORE, "out/made": HALF}),
    "the old file gone": ("lost", REFUSED, {**INPUT, **OTHER}),
    "the old file's mode": ("lost", REFUSED, {**BEFORE, "out/made": entry(b"old", 0o600)}),
    "an input changed": ("lost", DONE, {**AFTER_MADE, "in/delta": HALF}),
    "another file gone": ("lost", DONE, {**INPUT, "out/made": NEW}),
    "a temporary": ("debris", REFUSED, {**BEFORE, "out/.made.part": HALF}),
    "a temporary and a result": ("debris", DONE, {**AFTER_MADE, "out/.made.part": HALF}),
    "a hang": ("hangs", replace(REFUSED, code=-6, hung=True), BEFORE),
    "an abort": ("tracebacks", replace(REFUSED, code=-6, words=""), BEFORE),
    "a traceback": ("tracebacks", replace(REFUSED, words="Traceback (most…\n"), BEFORE),
    "no words": ("words", replace(REFUSED, words=""), BEFORE),
    "two lines": ("words", replace(REFUSED, words=SENTENCE * 2), BEFORE),
    "a mistake": ("words", replace(REFUSED, code=107), BEFORE),
    "no sentence": ("words", replace(REFUSED, words="rdiff-gui: “x”: [Errno 5].\n"), BEFORE),
    "about nothing": ("words", replace(REFUSED, words="rdiff-gui: It failed.\n"), BEFORE),
}


@pytest.mark.parametrize("case", HARM)
def test_every_harm_is_seen(case: str) -> None:
    """A campaign without findings means something: this is what it would have found."""
    column, outcome, after = HARM[case]
    assert columns(outcome, after) == {column}


def test_in_place_more_is_due() -> None:
    """The backup is there after success only, whole; the result has all that the old one had."""
    assert columns(DONE, AFTER_MADE, IN_PLACE) == {"lost"}
    assert columns(DONE, {**AFTER_MADE, "out/made.old": HALF}, IN_PLACE) == {"lost"}
    assert columns(REFUSED, {**BEFORE, **KEPT}, IN_PLACE) == {"debris"}
    assert columns(DONE, {**AFTER_MADE, **KEPT, "out/made.old-2": OLD}, IN_PLACE) == {"debris"}
    changed = {**BEFORE, **KEPT, "out/made": entry(b"new", 0o666)}
    assert columns(DONE, changed, IN_PLACE) == {"wrong"}


def test_an_undo_delta_alone_is_debris() -> None:
    """It leads back from a result that is not there; only SIGKILL can part the two."""
    both = replace(OVER, targets=(TARGET, UNDO))
    after = {**BEFORE, "out/undo": entry(b"undo")}
    assert columns(REFUSED, after, both) == {"debris"}
    assert columns(replace(DONE, code=-9), after, both, sent=signal.SIGKILL) == set()


def test_only_a_poor_disk_may_part_a_file_from_its_name() -> None:
    """Where nothing can be linked or exchanged, SIGKILL may leave the old file as its backup."""
    parted = {**INPUT, **OTHER, **KEPT}
    killed = replace(DONE, code=-9)
    assert columns(killed, parted, replace(IN_PLACE, poor=True), sent=signal.SIGKILL) == set()
    assert columns(REFUSED, parted, replace(IN_PLACE, poor=True), is_lasting=True) == set()
    assert columns(killed, parted, IN_PLACE, sent=signal.SIGKILL) == {"lost"}
    assert columns(REFUSED, parted, replace(IN_PLACE, poor=True)) == {"lost", "debris"}
