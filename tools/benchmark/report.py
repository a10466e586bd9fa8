"""A whole run as it is kept in JSON, and the questions that the page asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmark.results import Result, Spread, find_own, find_reference

SHAPES = ("edited", "unrelated")


@dataclass(frozen=True, slots=True)
class Report:
    """`facts`: machine, begun, minutes, quick, rounds, command, and sections by name."""

    facts: dict[str, Any]

    @property
    def machine(self) -> dict[str, str]:
        """What it was measured on."""
        machine: dict[str, str] = self.facts["machine"]
        return machine

    @property
    def cores(self) -> int:
        """How many were used."""
        return int(self.machine["cores used"])

    def section(self, name: str) -> dict[str, Any]:
        """What a section measured; empty, where it was not run."""
        section: dict[str, Any] = self.facts["sections"].get(name, {})
        return section

    def results(self, name: str) -> list[Result]:
        """The results of a section of rounds."""
        return [Result.from_json(each) for each in self.section(name).get("results", ())]

    def largest(self, section: str, shape: str) -> str | None:
        """The name of the largest pair of that shape."""
        sizes = {
            result.new_bytes: result.pair
            for result in self.results(section)
            if result.pair.startswith(shape)
        }
        return sizes[max(sizes)] if sizes else None

    def own(
        self, section: str, shape: str, step: str, kind: str, threads: int
    ) -> tuple[Result | None, Result | None]:
        """Ours on the largest pair of that shape, and rdiff's for the same."""
        results = self.results(section)
        pair = self.largest(section, shape)
        own = find_own(results, pair, step, kind, threads) if pair else None
        return own, find_reference(results, own) if own else None

    def speed(self, probe: str, how: str) -> float | None:
        """Seconds a GiB, the median; `how`: alone or together."""
        every = self.section("speeds").get("seconds_per_gib", {}).get(probe)
        return Spread.of(every[how]).median if every else None

    def start(self, command: str) -> Spread | None:
        """Milliseconds from nothing to the end of a command."""
        every = self.section("small").get("start_milliseconds", {}).get(command)
        return Spread.of(every) if every else None

    def small(self, what: str) -> Spread | None:
        """Milliseconds a small file."""
        every = self.section("small").get("milliseconds", {}).get(what)
        return Spread.of(every) if every else None

    def failures(self) -> list[tuple[str, Result]]:
        """Everything that failed, with its section."""
        return [
            (name, result)
            for name in self.facts["sections"]
            for result in self.results(name)
            if result.failure
        ]
