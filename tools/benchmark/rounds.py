"""Rounds in which every contender does every step once."""

from __future__ import annotations

import filecmp
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from benchmark.contenders import Contender
from benchmark.processes import CommandFailed, Measurement, measure
from benchmark.workloads import Workload

STEPS = ("signature", "delta", "patch")


@dataclass(frozen=True, slots=True)
class Result:
    """All measurements of one contender at one step of one workload, a round each."""

    workload: str
    step: str
    contender: str
    measurements: list[Measurement] = field(default_factory=list)

    @property
    def wall_seconds(self) -> float:
        """The median."""
        return statistics.median(each.wall_seconds for each in self.measurements)

    @property
    def cpu_seconds(self) -> float:
        """The median."""
        return statistics.median(each.cpu_seconds for each in self.measurements)

    @property
    def peak_rss_bytes(self) -> int:
        """The largest."""
        return max(each.peak_rss_bytes for each in self.measurements)

    @property
    def output_bytes(self) -> int:
        """The last one's; names and times in a seal may change it by some bytes."""
        return self.measurements[-1].output_bytes


def run(workload: Workload, contenders: list[Contender], count: int, folder: Path) -> list[Result]:
    """Write the workload's pair into an empty folder and measure `count` rounds.

    Raises: CommandFailed, also where a rebuilt file is not the new one.
    """
    old, new = folder / "old", folder / "new"
    workload.write(old, new, workload.scale)
    results = {
        (contender.name, step): Result(workload.name, step, contender.name)
        for step in STEPS
        for contender in contenders
    }
    for _ in range(count):
        for contender in contenders:
            made = [folder / step for step in STEPS]
            signature, delta, rebuilt = made
            inputs = ((old,), (signature, new), (old, delta))
            for step, sources, output in zip(STEPS, inputs, made, strict=True):
                command = contender.command(step, *sources, output)
                results[contender.name, step].measurements.append(measure(command, output))
            if not filecmp.cmp(new, rebuilt, shallow=False):
                raise CommandFailed(f"{contender.name} rebuilt a wrong file for {workload.name}")
            for path in made:
                path.unlink()
    return list(results.values())
