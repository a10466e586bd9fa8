"""Two runs of the same command at once: one result, and nothing lost between them."""

from __future__ import annotations

import random
import time
from dataclasses import replace

from .bench import Bench, Result
from .execution import CALM, Run
from .injection import Page
from .judging import Finding, judge, judge_words, snapshot
from .operations import ALL, BY_NAME, STDOUT

NAME = "pairs"
TITLE = "two runs to one place at once"

PAIRS = 50


def plan(_bench: Bench, dice: random.Random) -> list[str]:
    """Fifty pairs for each kind of target; the second run comes later by a part of the first."""
    return [
        f"{operation.name}/{dice.uniform(0, 1):.3f}/{number}"
        for operation in ALL
        # A poor disk has no step that two runs could not do at once, as docs/safety.md says.
        if not operation.poor and any(target.path != STDOUT for target in operation.targets)
        for number in range(PAIRS)
    ]


def carry_out(bench: Bench, case: str) -> Result:
    """One pair."""
    name, part, _ = case.split("/")
    operation = BY_NAME[name]
    bench.calm(operation)
    situation = bench.set_up(operation)
    given = bench.given(operation)
    second_page = Page(bench.page.file.with_name("second page"))
    first = Run(operation.words, bench.folder, given, bench.page, CALM)
    time.sleep(float(part) * bench.calm_seconds[operation.name])
    second = Run(operation.words, bench.folder, given, second_page, CALM)
    outcomes = [first.wait(), second.wait()]
    findings = [each for outcome in outcomes for each in judge_words(situation, outcome)]
    done = [outcome for outcome in outcomes if outcome.code == 0]
    # Their words are judged; what they left is that of whoever succeeded.
    left = replace(done[0] if done else outcomes[0], words="", code=0 if done else 100)
    after = snapshot(bench.folder)
    findings += [each for each in judge(situation, left, after) if each.column != "words"]
    if len(done) == 2 and (operation.in_place or "--force" not in operation.words):
        findings.append(Finding("wrong", "both say that they did what only one can have done"))
    if not done:
        findings.append(Finding("wrong", "each hinders the other"))
    return Result(True, findings, replace(left, words=" | ".join(each.words for each in outcomes)))
