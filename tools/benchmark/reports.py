"""The measurements as a table and as JSON, with the machine they were made on."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import resource
from pathlib import Path

from benchmark.contenders import REFERENCE
from benchmark.rounds import Result

_MIB = 1 << 20


def describe_machine() -> dict[str, str]:
    """Processor, cores, memory, system and load at this moment."""
    return {
        "processor": _first_value(Path("/proc/cpuinfo"), "model name"),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": _first_value(Path("/proc/meminfo"), "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def write_markdown(results: list[Result]) -> str:
    """One table a workload and step; "ratio" is the wall time over rdiff's."""
    lines = [f"- {name}: {value}" for name, value in describe_machine().items()]
    own_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # The system counts a process's peak from before it became the measured program.
    lines.append(f"- peak RSS cannot be told below the bench's own, {own_mib:.1f} MiB")
    reference = {
        (result.workload, result.step): result.wall_seconds
        for result in results
        if result.contender == REFERENCE
    }
    written = None
    for result in results:
        heading = (result.workload, result.step)
        if heading != written:
            written = heading
            lines += [
                f"\n## {result.workload}: {result.step}, median of {len(result.measurements)}\n",
                "| program | wall s | ratio | CPU s | peak RSS MiB | output bytes |",
                "| --- | ---: | ---: | ---: | ---: | ---: |",
            ]
        lines.append(
            f"| {result.contender} | {result.wall_seconds:.3f} "
            f"| {result.wall_seconds / reference[heading]:.2f} | {result.cpu_seconds:.3f} "
            f"| {result.peak_rss_bytes / _MIB:.1f} | {result.output_bytes} |"
        )
    return "\n".join(lines)


def write_json(results: list[Result]) -> str:
    """The machine, and every measurement of every result."""
    report = {
        "machine": describe_machine(),
        "results": [dataclasses.asdict(result) for result in results],
    }
    return json.dumps(report, indent=1) + "\n"


def _first_value(table: Path, key: str) -> str:
    for line in table.read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return "unknown"
