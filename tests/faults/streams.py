"""Pipes with somebody at the other end who is slow, does not block, or goes away."""

from __future__ import annotations

import random
from dataclasses import replace

from .bench import Bench, Result
from .execution import Disturbance
from .operations import ALL, BY_NAME, STDIN
from .pipe_partners import Partner

NAME = "streams"
TITLE = "slow, non-blocking and broken pipes"

_PIECES = (100, 4096, 65_536)
_STEP_BYTES = 4096
# A little more than the largest input has.
_INPUT_BYTES = 45_056


def plan(bench: Bench, _dice: random.Random) -> list[str]:
    """Each end of each operation with pipes: by pieces, and cut off after each step."""
    cases: list[str] = []
    for operation in ALL:
        if operation.given is None:
            continue
        for end in ("stdin", "stdout", "both"):
            for piece in _PIECES:
                cases += (f"{operation.name}/{end}/{how}/{piece}" for how in ("waits", "refuses"))
        for end in ("stdin", "stdout"):
            # What the pipe itself still takes in is gone without anybody's knowing.
            output_bytes = len(bench.calm(operation).output) - _STEP_BYTES
            for size_bytes in range(
                0, _INPUT_BYTES if end == "stdin" else output_bytes, _STEP_BYTES
            ):
                cases += (
                    f"{operation.name}/{end}/{how}-ends/{size_bytes}"
                    for how in ("waits", "refuses")
                )
    return cases


def carry_out(bench: Bench, case: str) -> Result:
    """One of them."""
    name, end, how, text = case.split("/")
    operation = BY_NAME[name]
    blocking = how.startswith("waits")
    if how.endswith("-ends"):
        partner = Partner(_STEP_BYTES, blocking, int(text))
    else:
        partner = Partner(int(text), blocking)
    situation = bench.set_up(operation)
    whole = situation.versions[STDIN][0]
    if end == "stdin" and partner.bytes_most is not None:
        # What came is all there is: nobody can tell it from the whole.
        versions = {**situation.versions, STDIN: (whole[: partner.bytes_most],)}
        situation = replace(situation, versions=versions)
    patient = Partner(_STEP_BYTES)
    feeder = partner if end in ("stdin", "both") else patient
    taker = partner if end in ("stdout", "both") else patient
    return bench.attempt(situation, Disturbance(feeder=feeder, taker=taker), struck=True)
