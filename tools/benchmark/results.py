"""Measurements, and what is read from them: medians, spreads, ratios to rdiff."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

REFERENCE = "rdiff"
STEPS = ("signature", "delta", "patch")


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one process took, and the size of what it wrote.

    `rss_floor_bytes`: a smaller peak cannot be seen, see launcher.
    `sync_seconds`: what it took after the process to bring its output to the disk, where asked.
    """

    round: int
    wall_seconds: float
    user_seconds: float
    system_seconds: float
    peak_rss_bytes: int
    rss_floor_bytes: int
    output_bytes: int
    sync_seconds: float | None = None

    @property
    def cpu_seconds(self) -> float:
        """The program's own and the kernel's for it."""
        return self.user_seconds + self.system_seconds

    @property
    def durable_seconds(self) -> float:
        """Until the output has reached the disk."""
        return self.wall_seconds + (self.sync_seconds or 0)


@dataclass(frozen=True, slots=True)
class Spread:
    """A median with the least and the most that it stands for."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Of at least one value."""
        every = list(values)
        return cls(statistics.median(every), min(every), max(every))


@dataclass(slots=True)
class Result:
    """One contender at one step of one pair, a measurement a round.

    `kind`: rdiff, plain, sealed or peer. `failure`: why there are no more measurements.
    """

    pair: str
    old_bytes: int
    new_bytes: int
    step: str
    contender: str
    kind: str
    threads: int | None
    measurements: list[Measurement] = field(default_factory=list)
    failure: str | None = None

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Self:
        """What `to_json` made."""
        measurements = [Measurement(**each) for each in facts["measurements"]]
        known = {name: value for name, value in facts.items() if name != "summary"}
        return cls(**{**known, "measurements": measurements})

    def to_json(self, reference: Result | None) -> dict[str, Any]:
        """Everything, and a summary of it: medians, spreads, the ratio to the reference."""
        facts = asdict(self)
        if self.measurements:
            ratio = self.ratio_to(reference) if reference else None
            facts["summary"] = {
                "wall_seconds": asdict(self.wall),
                "cpu_seconds": asdict(self.cpu),
                "ratio_to_rdiff": asdict(ratio) if ratio else None,
                "peak_rss_bytes": self.peak_rss_bytes,
                "is_peak_hidden": self.is_peak_hidden,
                "output_bytes": self.output_bytes,
            }
        return facts

    @property
    def wall(self) -> Spread:
        """Seconds."""
        return Spread.of(each.wall_seconds for each in self.measurements)

    @property
    def durable(self) -> Spread:
        """Seconds until the output has reached the disk."""
        return Spread.of(each.durable_seconds for each in self.measurements)

    @property
    def cpu(self) -> Spread:
        """Seconds of all cores together."""
        return Spread.of(each.cpu_seconds for each in self.measurements)

    @property
    def peak_rss_bytes(self) -> int:
        """The largest."""
        return max(each.peak_rss_bytes for each in self.measurements)

    @property
    def is_peak_hidden(self) -> bool:
        """Whether the program's own peak may be lower than could be seen."""
        floor_bytes = max(each.rss_floor_bytes for each in self.measurements)
        return self.peak_rss_bytes <= floor_bytes + 2**18

    @property
    def output_bytes(self) -> int:
        """The last one's; names and times in a seal may change it by some bytes."""
        return self.measurements[-1].output_bytes

    def ratio_to(self, reference: Result, *, durable: bool = False) -> Spread | None:
        """Of the ratios in each round that both came through; paired, so a slow minute cancels."""
        field_name = "durable_seconds" if durable else "wall_seconds"
        others = {each.round: getattr(each, field_name) for each in reference.measurements}
        ratios = [
            getattr(each, field_name) / others[each.round]
            for each in self.measurements
            if each.round in others
        ]
        return Spread.of(ratios) if ratios else None


def find_reference(results: list[Result], like: Result) -> Result | None:
    """What rdiff took for the same, in the same run."""
    for result in results:
        if (result.kind, result.pair, result.step) == (REFERENCE, like.pair, like.step):
            return result if result.measurements else None
    return None


def find_own(results: list[Result], pair: str, step: str, kind: str, threads: int) -> Result | None:
    """Ours of that kind with that many threads, or the one where no number could be given."""
    for result in results:
        if (result.pair, result.step, result.kind) == (pair, step, kind) and (
            result.threads in (threads, None) and result.measurements
        ):
            return result
    return None
