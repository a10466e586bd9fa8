"""Signals: at every call that concerns the files, and at any moment at all."""

from __future__ import annotations

import random
import signal
from dataclasses import replace

from .bench import Bench, Result
from .execution import Disturbance
from .injection import Fault
from .operations import ALL, BY_NAME

NAME = "kills"
TITLE = "SIGKILL, SIGTERM, SIGINT, SIGHUP"

SIGNALS = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP")
MOMENTS = 500
# A little longer than the run, so that its very end is met as well.
_LONGEST = 1.2


def plan(bench: Bench, dice: random.Random) -> list[str]:
    """Each signal before each call of each operation, and at 500 moments."""
    cases = [
        f"{operation.name}/any/{nth}/{name}"
        for operation in ALL
        for nth in range(1, bench.calm(operation).counts["any"] + 1)
        for name in SIGNALS
    ]
    for name in SIGNALS:
        for _ in range(MOMENTS):
            fraction = dice.uniform(0, _LONGEST)
            cases.append(f"{dice.choice(ALL).name}/moment/{fraction:.3f}/{name}")
    return cases


def carry_out(bench: Bench, case: str) -> Result:
    """One signal. A moment is a part of the time that the operation takes undisturbed."""
    operation_name, how, place, name = case.split("/")
    operation = BY_NAME[operation_name]
    number = signal.Signals[name]
    bench.calm(operation)
    situation = replace(bench.set_up(operation), sent=number)
    if how == "any":
        return bench.attempt(situation, Disturbance(Fault("any", int(place), name)))
    seconds = float(place) * bench.calm_seconds[operation.name]
    result = bench.attempt(situation, Disturbance(kill=(number, seconds)), struck=True)
    result.struck = result.outcome.code != 0
    return result
