"""Damaged files: every bit turned, every cut, of sealed, compressed and plain ones."""

from __future__ import annotations

import random
from dataclasses import replace

from ..fuzzing.reference import Unreadable, follows
from .bench import Bench, Result
from .execution import CALM
from .materials import Materials, opened, rebuilt
from .operations import MADE, NEW, OLD, Contents, Operation, Target

NAME = "bits"
TITLE = "turned bits and cuts"

DAMAGED = "in/damaged"
FILES = (
    *("tiny signature", "tiny plain signature", "tiny compressed signature"),
    *("tiny delta", "tiny plain delta", "tiny compressed delta", "tiny plain compressed delta"),
)


def _is_delta_that_follows(content: bytes, inputs: Contents, materials: Materials) -> bool:
    """From the file that was signed; or with no seal to tell, what the damaged sums ask for."""
    if rebuilt(materials["tiny old"], content) == inputs[NEW]:
        return True
    try:
        return follows(opened(content), inputs[NEW], opened(inputs[DAMAGED]))
    except Unreadable:
        return False


def _is_what_it_says(content: bytes, inputs: Contents, _materials: Materials) -> bool:
    """The commands of the damaged delta, as the second reading of the formats takes them."""
    return content == rebuilt(inputs[OLD], inputs[DAMAGED])


def _is_the_new_file(content: bytes, _inputs: Contents, materials: Materials) -> bool:
    return content == materials["tiny new"]


def operation_on(file: str) -> Operation:
    """What is tried with one of the files."""
    if "signature" in file:
        return Operation(
            *("damaged", "delta", ("delta", DAMAGED, NEW, MADE)),
            {DAMAGED: file, NEW: "tiny new"},
            (Target(MADE, _is_delta_that_follows),),
        )
    right = _is_what_it_says if "plain" in file else _is_the_new_file
    return Operation(
        *("damaged", "patch", ("patch", OLD, DAMAGED, MADE)),
        {OLD: "tiny old", DAMAGED: file},
        (Target(MADE, right),),
    )


def plan(bench: Bench, _dice: random.Random) -> list[str]:
    """Every bit and every length of every file."""
    cases: list[str] = []
    for file in FILES:
        size_bytes = len(bench.materials[file])
        name = file.replace(" ", "-")
        cases += (f"{name}/bit/{bit}" for bit in range(8 * size_bytes))
        cases += (f"{name}/cut/{size}" for size in range(size_bytes))
    return cases


def carry_out(bench: Bench, case: str) -> Result:
    """One damage."""
    name, how, text = case.split("/")
    file, place = name.replace("-", " "), int(text)
    operation = operation_on(file)
    content = bytearray(bench.materials[file])
    if how == "bit":
        content[place // 8] ^= 1 << place % 8
    else:
        del content[place:]
    return try_file(bench, operation, bytes(content))


def try_file(bench: Bench, operation: Operation, content: bytes) -> Result:
    """Run the operation with that content for its damaged file."""
    situation = bench.set_up(operation)
    bench.lay(DAMAGED, content)
    versions = {**situation.versions, DAMAGED: (content,)}
    before = {**situation.before, **bench.entry(DAMAGED)}
    return bench.attempt(replace(situation, versions=versions, before=before), CALM, struck=True)
