"""Many small files in one process, beside what rdiff costs that needs a process for each.

`measure_small_files` runs this module as a command, for the engine in a process of its own.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from benchmark.results import STEPS

FILE_BYTES = 10_000
KINDS = ("sealed", "plain")


def measure_small_files(rdiff: str, files: int, rounds: int, folder: Path) -> dict[str, object]:
    """Milliseconds a file, a number a round: ours by kind and step, rdiff's own start and steps.

    The files are shared out between the rounds, in which ours and rdiff's follow each other; our
    process stays the same.
    """
    command = [sys.executable, __file__, rdiff, str(files), str(rounds), str(folder)]
    tools, project = Path(__file__).resolve().parents[1:3]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (tools, project)))}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return {"files": files, "file_bytes": FILE_BYTES, "milliseconds": json.loads(done.stdout)}


def measure_starts(commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds from nothing to the end of each command, one a round, in turns."""
    took: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds):
        for name in rotated(commands, turn):
            begun = time.perf_counter()
            subprocess.run(commands[name], stdout=subprocess.DEVNULL, check=True)
            took[name].append((time.perf_counter() - begun) * 1000)
    return took


def measure_syncs(path: Path, rounds: int) -> list[float]:
    """Milliseconds until 1,000 bytes in a new file have reached the disk, one a round."""
    took = []
    for _ in range(rounds):
        with path.open("wb") as file:
            file.write(bytes(1000))
            file.flush()
            begun = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - begun) * 1000)
        path.unlink()
    return took


def rotated(names: Iterable[str], turn: int) -> list[str]:
    """The names, beginning with another one each turn."""
    every = list(names)
    start = turn % len(every)
    return every[start:] + every[:start]


# --- in the process that does the work -----------------------------------------------------------


def work(rdiff: str, files: int, rounds: int, folder: Path) -> dict[str, list[float]]:
    """The milliseconds."""
    _write_files(files, folder)
    took: dict[str, list[float]] = {}
    for turn, batch in enumerate(_batches(files, rounds)):
        for step in STEPS:
            does = {f"{kind} {step}": _own(step, kind, folder) for kind in KINDS}
            does[f"rdiff {step}"] = _rdiff(rdiff, step, folder)
            for name in rotated(does, turn):
                took.setdefault(name, []).append(_time(does[name], batch))
        took.setdefault("rdiff start", []).append(_time(_start(rdiff), batch))
    return took


def _write_files(files: int, folder: Path) -> None:
    dice = random.Random(9)  # noqa: S311  # test data, not secrets
    for number in range(files):
        data = bytearray(dice.randbytes(FILE_BYTES))
        (folder / f"{number}.old").write_bytes(data)
        data[5000:5010] = dice.randbytes(10)
        (folder / f"{number}.new").write_bytes(data)


def _batches(files: int, rounds: int) -> Iterator[range]:
    for number in range(rounds):
        yield range(number * files // rounds, (number + 1) * files // rounds)


def _time(do: Callable[[int], None], numbers: range) -> float:
    """Milliseconds for each, on average."""
    took = []
    for number in numbers:
        begun = time.perf_counter()
        do(number)
        took.append(time.perf_counter() - begun)
    return statistics.mean(took) * 1000


def _own(step: str, kind: str, folder: Path) -> Callable[[int], None]:
    from rdiff_gui import engine

    sealing = engine.Sealing.NONE if kind == "plain" else engine.Sealing.FULL
    signing = engine.SignatureOptions(sealing=sealing)
    comparing = engine.DeltaOptions(sealing=sealing)

    def do(number: int) -> None:
        old, new = folder / f"{number}.old", folder / f"{number}.new"
        signature, delta, rebuilt = (folder / f"{number}.{kind}-{name}" for name in STEPS)
        if step == "signature":
            engine.make_signature(old, signature, signing)
        elif step == "delta":
            engine.make_delta(signature, new, delta, comparing)
        else:
            engine.apply_patch(old, delta, rebuilt)
            if rebuilt.read_bytes() != new.read_bytes():
                raise SystemExit(f"{rebuilt} is wrong")
            rebuilt.unlink()

    return do


def _rdiff(rdiff: str, step: str, folder: Path) -> Callable[[int], None]:
    def do(number: int) -> None:
        signature, delta, rebuilt = (str(folder / f"{number}.rdiff-{name}") for name in STEPS)
        old, new = str(folder / f"{number}.old"), str(folder / f"{number}.new")
        paths = {
            "signature": (old, signature),
            "delta": (signature, new, delta),
            "patch": (old, delta, rebuilt),
        }[step]
        _run(rdiff, step, *paths)

    return do


def _start(rdiff: str) -> Callable[[int], None]:
    return lambda _number: _run(rdiff, "--version")


def _run(*command: str) -> None:
    """The cheapest way there is to run a program and wait for it."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    if os.waitpid(pid, 0)[1]:
        raise SystemExit(f"{command} failed")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is the bench's to tell of
    program, files_text, rounds_text, folder_text = sys.argv[1:]
    print(json.dumps(work(program, int(files_text), int(rounds_text), Path(folder_text))))
