"""What an operation did, what a file turned out to be, what a delta saves.

These are the facts that reports are written from. `remarks` are troubles that made nothing wrong,
each a sentence as `str()`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from pathlib import Path

from rdiff_gui.engine.trees.summaries import TreeDeltaSummary, TreeFacts
from rdiff_gui.errors import FileProblem
from rdiff_gui.formats.delta_commands import CommandTotals
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, Seal
from rdiff_gui.formats.signature_header import SignatureHeader
from rdiff_gui.records import record

__all__ = [
    "ChangePlan",
    "DeltaFacts",
    "DeltaSummary",
    "Facts",
    "Identity",
    "Kind",
    "LinkTime",
    "OrdinaryFacts",
    "PatchSummary",
    "PlanCallback",
    "Recovery",
    "RecoverySummary",
    "Region",
    "Savings",
    "Seal",
    "SignatureFacts",
    "SignatureSummary",
    "UnreadFacts",
    "Verdict",
    "Way",
]


@record(frozen=True)
class SignatureSummary:
    """A signature was written. Sizes in bytes, the seal included; `blocks` counts its records.

    `basis` is what the seal says of the basis; None without a seal.
    """

    basis_bytes: int
    signature_bytes: int
    header: SignatureHeader
    blocks: int
    basis: Identity | None
    remarks: Sequence[FileProblem]
    seconds: float


@record(frozen=True)
class Region:
    """A stretch `[start, end)` of the new file, in bytes; `new` when its data is in the delta."""

    start: int
    end: int
    new: bool


def tile_regions(totals: CommandTotals) -> tuple[Region, ...]:
    """The whole result as stretches that are new or reused, in order and without gaps."""
    regions: list[Region] = []
    position = 0
    stretches = totals.new_stretches
    for start, end in zip(stretches.starts, stretches.ends, strict=True):
        if start > position:
            regions.append(Region(position, start, new=False))
        regions.append(Region(start, end, new=True))
        position = end
    if position < totals.result_bytes:
        regions.append(Region(position, totals.result_bytes, new=False))
    return tuple(regions)


@record(frozen=True)
class DeltaSummary:
    """A delta was written. Sizes in bytes.

    `delta_bytes` is the file, `plain_bytes` librsync's part of it before compression.
    `signature_bytes` is what the signature would cost to send, also where none was kept.
    `regions` tile the new file in order; stretches too small to see are merged (see
    formats.delta_commands), so their sums may differ from the exact counts beside them.
    """

    new_bytes: int
    delta_bytes: int
    plain_bytes: int
    signature_bytes: int
    literal_bytes: int
    literal_count: int
    copied_bytes: int
    copy_count: int
    regions: tuple[Region, ...]
    identical: bool
    remarks: Sequence[FileProblem]
    seconds: float


class Way(enum.Enum):
    """How a file gets its changes where only they should be written.

    JOURNAL: within the file, beside a journal. CLONE: in a copy that shares all other blocks with
    it. The others: written whole, since more than a quarter would have changed, or in too many
    places; since it has rights that writing takes away; since it may be replaced but not written;
    or since the undo delta, which the journal becomes, lies in another folder.
    """

    JOURNAL = "journal"
    CLONE = "clone"
    TOO_MUCH = "too much"
    PRIVILEGED = "privileged"
    READ_ONLY = "read only"
    UNDO_ELSEWHERE = "undo elsewhere"


# A place costs a seek, or a write of a block and its neighbours, as much as so many bytes in a row.
_RANGE_COST_BYTES = 2**14
# More than this part of a file is written as quickly anew.
_PART_WORTH = 4


@record(frozen=True)
class ChangePlan:
    """What a delta changes of a file of `old_bytes`, as it is known before the first write.

    `changed_bytes` are written in `ranges` stretches; `overwritten_bytes` of old ones are written
    over or cut off, which the journal keeps.
    """

    old_bytes: int
    result_bytes: int
    changed_bytes: int
    overwritten_bytes: int
    ranges: int
    way: Way = Way.JOURNAL

    @classmethod
    def of(cls, old_bytes: int, delta: CommandTotals | DeltaFacts) -> ChangePlan:
        """What the commands of a delta mean for a file of that size, at most."""
        # All that lies behind the old file's end is changed.
        overwritten_bytes = delta.changed_bytes - (delta.result_bytes - old_bytes)
        return cls(
            old_bytes,
            delta.result_bytes,
            delta.changed_bytes,
            overwritten_bytes,
            delta.changed_ranges,
        )

    @property
    def written_bytes(self) -> int:
        """All that goes to the disk."""
        if self.way is Way.JOURNAL:
            return self.changed_bytes + self.overwritten_bytes
        return self.changed_bytes if self.way is Way.CLONE else self.result_bytes

    @property
    def pays(self) -> bool:
        """Whether it is less work to change the file than to write it anew."""
        cost_bytes = self.overwritten_bytes + self.ranges * _RANGE_COST_BYTES
        return cost_bytes * _PART_WORTH <= self.old_bytes


PlanCallback = Callable[[ChangePlan], None]


@record(frozen=True)
class PatchSummary:
    """A new file was made from basis and delta. Sizes in bytes.

    `checked_blake3` is the result's hash where it was compared with the seal's, and None where
    the delta has no seal. `backup` is where the old file went, if the result took its place, or
    with a `plan` whose way is JOURNAL, the undo delta that leads back to it. `plan` is set where
    only the changes were to be written.
    """

    basis_bytes: int
    delta_bytes: int
    result_bytes: int
    literal_bytes: int
    literal_count: int
    copied_bytes: int
    copy_count: int
    checked_blake3: str | None
    backup: Path | None
    remarks: Sequence[FileProblem]
    seconds: float
    plan: ChangePlan | None = None


class Recovery(enum.Enum):
    """What became of a file whose change may have been interrupted.

    NOTHING: there was no change. NOT_BEGUN: the file was as it had been. PUT_BACK: it is so again.
    COMPLETE: it had been changed whole. CHANGED_SINCE: it was whole, and is another by now.
    """

    NOTHING = "nothing"
    NOT_BEGUN = "not begun"
    PUT_BACK = "put back"
    COMPLETE = "complete"
    CHANGED_SINCE = "changed since"


@record(frozen=True)
class RecoverySummary:
    """What was found at `path`, and done; `undo` is where a journal went that leads back."""

    path: Path
    outcome: Recovery
    undo: Path | None
    seconds: float


@record(frozen=True)
class OrdinaryFacts:
    """Neither signature nor delta. `modified` is seconds since 1970."""

    path: Path
    size_bytes: int
    modified: float


@record(frozen=True)
class SignatureFacts:
    """A signature: `blocks` records of a basis between the two sizes, in bytes.

    `size_bytes` is the whole file, seal and compression included.
    """

    path: Path
    size_bytes: int
    header: SignatureHeader
    blocks: int
    basis_bytes_min: int
    basis_bytes_max: int
    seal: Seal | None
    compressed: bool


@record(frozen=True)
class DeltaFacts:
    """A delta whose commands are all valid, and whose checksum is its seal's. Sizes in bytes.

    `size_bytes` is the whole file, seal and compression included.
    `basis_bytes_needed` is the end of the highest copy: a basis shorter than that cannot fit.
    `regions` tile the result in order, the smallest merged. `changed_bytes` in `changed_ranges`
    stretches are other than what lies in the same place of the basis, as far as is known.
    """

    path: Path
    size_bytes: int
    result_bytes: int
    literal_bytes: int
    literal_count: int
    copied_bytes: int
    copy_count: int
    basis_bytes_needed: int
    changed_bytes: int
    changed_ranges: int
    regions: tuple[Region, ...]
    seal: Seal | None
    compressed: bool


@record(frozen=True)
class UnreadFacts:
    """A signature or delta in a frame that unpacks to more than `read_bytes_most`.

    All that is known of it stands in its first bytes and in its `seal`, which was not compared with
    what the frame holds; a seal within the frame was not looked for.
    """

    path: Path
    size_bytes: int
    kind: Kind
    seal: Seal | None
    read_bytes_most: int

    @property
    def basis_bytes_needed(self) -> int:
        """As far as that is known: a shorter basis cannot fit."""
        return self.seal.basis.size_bytes if self.seal and self.seal.basis else 0


Facts = OrdinaryFacts | SignatureFacts | DeltaFacts | UnreadFacts | TreeFacts


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
    def of(cls, summary: DeltaSummary | TreeDeltaSummary) -> Savings:
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
