"""What sending a delta instead of the file saves, in bytes and in time."""

from __future__ import annotations

import enum

from rdiff_gui.engine.summaries import DeltaSummary
from rdiff_gui.records import record

LINKS_MBIT_S = (10, 50, 100, 1000)

# Under a twentieth saved, the two extra steps cost people more than they spare them.
_WORTH_FRACTION = 0.05


class Verdict(enum.Enum):
    """What to tell the user about a delta."""

    IDENTICAL = "identical"
    SMALLER = "smaller"
    NOT_WORTH_IT = "not worth it"


@record(frozen=True)
class LinkTime:
    """One link: its speed in Mbit/s, and the seconds for the whole file and for the delta."""

    mbit_s: int
    whole_seconds: float
    delta_seconds: float

    @property
    def saved_seconds(self) -> float:
        """Negative where the delta is the larger one."""
        return self.whole_seconds - self.delta_seconds


@record(frozen=True)
class Savings:
    """A delta beside the file it stands for; all sizes in bytes."""

    new_bytes: int
    delta_bytes: int
    signature_bytes: int
    verdict: Verdict

    @classmethod
    def of(cls, summary: DeltaSummary) -> Savings:
        """Judge a finished delta."""
        if summary.identical:
            verdict = Verdict.IDENTICAL
        elif summary.delta_bytes > summary.new_bytes * (1 - _WORTH_FRACTION):
            verdict = Verdict.NOT_WORTH_IT
        else:
            verdict = Verdict.SMALLER
        return cls(summary.new_bytes, summary.delta_bytes, summary.signature_bytes, verdict)

    @property
    def fraction_saved(self) -> float:
        """How much smaller the delta is than the new file, from 0.0 to 1.0; never negative."""
        if not self.new_bytes:
            return 0.0
        return max(0.0, 1 - self.delta_bytes / self.new_bytes)

    @property
    def round_trip_fraction_saved(self) -> float:
        """The same with the signature's way counted in."""
        if not self.new_bytes:
            return 0.0
        return max(0.0, 1 - (self.delta_bytes + self.signature_bytes) / self.new_bytes)

    def link_times(self) -> tuple[LinkTime, ...]:
        """The times on the links that people have."""
        return tuple(
            LinkTime(mbit_s, self.new_bytes / bytes_a_second, self.delta_bytes / bytes_a_second)
            for mbit_s in LINKS_MBIT_S
            for bytes_a_second in (mbit_s * 1e6 / 8,)
        )
