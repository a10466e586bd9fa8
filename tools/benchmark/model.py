"""Where the time goes: what each step cannot do without, from the speeds of this machine.

The limit of a step is the start of the program, and every byte read once, summed, hashed and
written at the speeds that the probes found, on all cores without a pause. What is measured above
it is ours to win; below it lead only other sums, or another way to read and write than the
system's plain calls. The probes stand for files of 1 GiB: the rolling sum looks every byte up in
a table that grows with the file.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmark.report import Report
from benchmark.results import Result, find_own, find_reference

GIB = 1 << 30

# What is done to each byte of the file, by probe. A sealed patch reads and hashes the old file
# first, and hashes the new one; a sealed delta of unrelated files is hashed itself as well.
_STEPS = (
    ("edited", "signature", "plain", ("read", "signature")),
    ("edited", "signature", "sealed", ("read", "signature", "blake3")),
    ("edited", "delta", "plain", ("read", "matching")),
    ("edited", "delta", "sealed", ("read", "matching", "blake3")),
    ("edited", "patch", "plain", ("read", "write")),
    ("edited", "patch", "sealed", ("read", "read", "write", "blake3", "blake3")),
    ("unrelated", "delta", "plain", ("read", "rolling", "write")),
    ("unrelated", "delta", "sealed", ("read", "rolling", "write", "blake3", "blake3")),
)


@dataclass(frozen=True, slots=True)
class Limit:
    """One step: its parts in seconds of one core, the limits, and what was measured (medians)."""

    pair: str
    step: str
    kind: str
    parts: dict[str, float]
    one_core_seconds: float
    all_cores_seconds: float
    measured_one_seconds: float | None
    measured_all_seconds: float | None
    rdiff_seconds: float | None

    @property
    def reached(self) -> float | None:
        """How much of the measured time on all cores the limit is; 1: nothing is left to win."""
        measured = self.measured_all_seconds
        return self.all_cores_seconds / measured if measured else None

    @property
    def best_ratio(self) -> float | None:
        """The limit over what rdiff took."""
        return self.all_cores_seconds / self.rdiff_seconds if self.rdiff_seconds else None


def limits(report: Report) -> list[Limit]:
    """Of every step whose parts were measured."""
    found = []
    for shape, step, kind, plain_probes in _STEPS:
        probes = _cheapest(report, plain_probes)
        section = "comparison" if report.largest("threads", shape) is None else "threads"
        pair = report.largest(section, shape)
        speeds = {probe: report.speed(probe, "alone") for probe in probes}
        if pair and all(speeds.values()):
            results = [result for result in report.results(section) if result.pair == pair]
            found.append(_limit(report, results, step, kind, probes))
    return found


def _cheapest(report: Report, probes: tuple[str, ...]) -> tuple[str, ...]:
    """Where nothing needs to be looked at, the kernel may copy by itself, if that is cheaper."""
    if probes == ("read", "write"):
        copy = report.speed("copy", "together")
        reading, writing = (report.speed(probe, "together") or 0 for probe in probes)
        if copy and copy < reading + writing:
            return ("copy",)
    return probes


def _limit(
    report: Report, results: list[Result], step: str, kind: str, probes: tuple[str, ...]
) -> Limit:
    gib = results[0].new_bytes / GIB
    start = report.start("rdiff-gui --version")
    start_seconds = start.median / 1000 if start else 0.0
    parts = {"start": start_seconds}
    together_seconds = 0.0
    for probe in probes:
        for part, per_gib in _parts_of(report, probe):
            parts[part] = parts.get(part, 0.0) + gib * per_gib
        together_seconds += gib * (report.speed(probe, "together") or 0)
    one = find_own(results, results[0].pair, step, kind, 1)
    every = find_own(results, results[0].pair, step, kind, report.cores)
    anyone = every or one
    reference = find_reference(results, anyone) if anyone else None
    return Limit(
        pair=results[0].pair,
        step=step,
        kind=kind,
        parts=parts,
        one_core_seconds=sum(parts.values()),
        all_cores_seconds=start_seconds + together_seconds / report.cores,
        measured_one_seconds=one.wall.median if one else None,
        measured_all_seconds=every.wall.median if every else None,
        rdiff_seconds=reference.wall.median if reference else None,
    )


def _parts_of(report: Report, probe: str) -> list[tuple[str, float]]:
    """Seconds a GiB of one core. librsync's job is its two sums, where one of them is known."""
    whole = report.speed(probe, "alone") or 0.0
    blake2b = report.speed("blake2b", "alone")
    if probe in ("signature", "matching") and blake2b and blake2b < whole:
        return [("BLAKE2b", blake2b), ("rolling sum", whole - blake2b)]
    names = {
        "signature": "rolling sum and BLAKE2b",
        "matching": "rolling sum and BLAKE2b",
        "rolling": "rolling sum at every byte",
        "blake3": "BLAKE3",
    }
    return [(names.get(probe, probe), whole)]
