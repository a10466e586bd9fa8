"""Many small files in one process, beside rdiff that needs one for each; and the start."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmark.contenders import PROJECT, STEPS
from benchmark.rounds import Spread, temporary_folder

FILE_BYTES = 10_000
_QUIET = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]


def measure_files(rdiff: str, files: int, rounds: int, place: Path) -> dict[str, dict[str, Spread]]:
    """Milliseconds a file by step and program; the files are shared out between the rounds."""
    with temporary_folder(place) as folder:
        dice = random.Random(9)  # noqa: S311  # test data, not secrets
        for number in range(files):
            data = bytearray(dice.randbytes(FILE_BYTES))
            (folder / f"{number}.old").write_bytes(data)
            data[5000:5010] = dice.randbytes(10)
            (folder / f"{number}.new").write_bytes(data)
        found: dict[str, dict[str, list[float]]] = {step: {} for step in STEPS}
        for turn in range(rounds):
            batch = range(turn * files // rounds, (turn + 1) * files // rounds)
            for step in STEPS:
                for name, do in _programs(rdiff, step, folder).items():
                    took = [_milliseconds(do, number) for number in batch]
                    found[step].setdefault(name, []).append(statistics.mean(took))
    return {
        step: {name: Spread.of(took) for name, took in by_name.items()}
        for step, by_name in found.items()
    }


def _programs(rdiff: str, step: str, folder: Path) -> dict[str, Callable[[int], object]]:
    from rdiff_gui import engine

    def paths(name: str, number: int) -> tuple[list[Path], Path]:
        old, new = folder / f"{number}.old", folder / f"{number}.new"
        signature, delta, rebuilt = (folder / f"{number}.{name}-{each}" for each in STEPS)
        return {
            "signature": ([old], signature),
            "delta": ([signature, new], delta),
            "patch": ([old, delta], rebuilt),
        }[step]

    def ours(number: int) -> None:
        inputs, output = paths("ours", number)
        if step == "signature":
            engine.make_signature(inputs[0], output)
        elif step == "delta":
            engine.make_delta(inputs[0], inputs[1], output)
        else:
            engine.apply_patch(inputs[0], inputs[1], output)
            if output.read_bytes() != (folder / f"{number}.new").read_bytes():
                raise SystemExit(f"{output} is wrong")

    def theirs(number: int) -> None:
        inputs, output = paths("rdiff", number)
        # The cheapest way there is to run a program and wait for it.
        command = [rdiff, step, *map(str, inputs), str(output)]
        child = os.posix_spawn(rdiff, command, os.environ, file_actions=_QUIET)
        if os.waitpid(child, 0)[1]:
            raise SystemExit(f"{command} failed")

    return {"sealed, one process": ours, "rdiff, a process each": theirs}


def measure_starts(rdiff: str, rounds: int, place: Path) -> dict[str, Spread]:
    """Milliseconds from nothing to the end of a command, in turns."""
    python = [sys.executable, "-I"]
    ours = [sys.executable, "-P", "-m", "rdiff_gui"]
    with temporary_folder(place) as folder:
        (folder / "old").write_bytes(bytes(1000))
        signing = ["-f", "signature", str(folder / "old"), str(folder / "sums")]
        commands = {
            "rdiff signature": [rdiff, *signing],
            "python -I -S -c pass": [*python, "-S", "-c", "pass"],
            "python -I -c pass": [*python, "-c", "pass"],
            "python -I -c 'import ctypes, pathlib'": [*python, "-c", "import ctypes, pathlib"],
            "rdiff-gui --version": [*ours, "--version"],
            "rdiff-gui --plain signature": [*ours, "--plain", *signing],
            "rdiff-gui signature": [*ours, *signing],
        }
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        took: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                begun = time.perf_counter()
                subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=environment)
                took[name].append((time.perf_counter() - begun) * 1000)
    return {name: Spread.of(each) for name, each in took.items()}


def _milliseconds(do: Callable[[int], object], number: int) -> float:
    begun = time.perf_counter()
    do(number)
    return (time.perf_counter() - begun) * 1000
