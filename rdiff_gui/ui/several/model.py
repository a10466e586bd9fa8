"""A row for each piece of work, where it stands, and what all rows come to."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rdiff_gui.engine.summaries import Seal, Verdict
from rdiff_gui.records import field, record
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.routing import DroppedFile
from rdiff_gui.ui.step.model import Attempt

# What a row takes beside its bytes, as bytes: to open, to sync and to name files.
_ROW_COST_BYTES = 2**20


@record(frozen=True)
class Item:
    """A file of a drop, with its seal if it has one.

    Out of two folders it has a `side`, the number of its folder, and its name from there on.
    """

    file: DroppedFile
    seal: Seal | None = None
    side: int | None = None
    relative: str = ""

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.file.path


class RowState(enum.Enum):
    """Where a row stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NOTHING = "nothing to do"


# What Start begins with.
TO_DO = (RowState.WAITING, RowState.CANCELLED)


class Lack(enum.Enum):
    """Why there is nothing to do for a file."""

    PARTNER = "goes with none of the others"
    FOLDER = "is of a whole folder"
    OLD_FILE = "the old file of a delta is missing"
    NEW_FILE = "the new file for a signature is missing"
    ONLY_OLD = "only in the old one of two folders"
    ONLY_NEW = "only in the new one of two folders"
    USE = "cannot be read, or is no file"


@record(frozen=True)
class RowResult:
    """What came of a row. `verdict` is that of a delta, and `saved` its share of the new file.

    Where two files that are the same were compared, nothing was `written`.
    """

    output: Path
    output_bytes: int
    whole_bytes: int
    verdict: Verdict | None = None
    saved: float = 0.0
    written: bool = True
    unchecked: bool = False
    cautions: tuple[str, ...] = ()


@record(eq=False)
class Row:
    """The files of one step in their slots, in order; with a `lack`, a file under UNDECIDED.

    `problem` is a sentence, and `detail` what helps those who help; `asks` tells that it is a
    question. `decided` tells that the user said what shall become of the row.
    """

    items: Mapping[Slot, Item]
    lack: Lack | None = None
    state: RowState = RowState.WAITING
    problem: str = ""
    detail: str | None = None
    made: RowResult | None = None
    fraction: float = 0.0
    attempt: Attempt = field(default_factory=Attempt)
    asks: bool = False
    decided: bool = False

    def __post_init__(self) -> None:
        if self.lack:
            self.state = RowState.NOTHING

    @property
    def page(self) -> Page:
        """The step that does it; the start page with a lack."""
        return next(iter(self.items)).page

    @property
    def last(self) -> Item:
        """The file that the row is called after: the new one, or the only one."""
        if Slot.OLD_TO_PATCH in self.items:
            return self.items[Slot.OLD_TO_PATCH]
        return list(self.items.values())[-1]

    @property
    def whole_bytes(self) -> int:
        """The size of the file that the work is about."""
        delta = self.items.get(Slot.DELTA)
        if delta and delta.seal and delta.seal.result:
            return delta.seal.result.size_bytes
        return self.last.file.size_bytes

    @property
    def cost_bytes(self) -> int:
        """How much of all the work it is."""
        return self.whole_bytes + _ROW_COST_BYTES

    @property
    def is_pair(self) -> bool:
        """Whether an old file is compared with a new one."""
        return Slot.OLD_TO_COMPARE in self.items

    @property
    def is_loose(self) -> bool:
        """Whether its file may go with another one that comes."""
        if self.lack:
            return self.lack in (Lack.PARTNER, Lack.OLD_FILE, Lack.NEW_FILE)
        return self.page is Page.SIGNATURE and self.state in TO_DO and not self.decided


@record(frozen=True)
class Totals:
    """How many rows stand where, with the bytes of what is to be done and of what was saved."""

    counts: Mapping[RowState, int]
    to_do_bytes: int
    saved_bytes: int

    @property
    def to_do(self) -> int:
        """How many rows Start begins with."""
        return sum(self.counts[state] for state in TO_DO)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Totals:
        """Add up."""
        counts = dict.fromkeys(RowState, 0)
        to_do_bytes = saved_bytes = 0
        for row in rows:
            counts[row.state] += 1
            if row.state in TO_DO:
                to_do_bytes += row.whole_bytes
            if row.state is RowState.DONE and row.made and row.made.verdict:
                saved_bytes += max(0, row.made.whole_bytes - row.made.output_bytes)
        return cls(counts, to_do_bytes, saved_bytes)


class SeveralModel:
    """The rows in their order; `folders` are the old and the new one, where two were dropped."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.folders: tuple[Path, Path] | None = None

    @property
    def totals(self) -> Totals:
        """What all rows come to."""
        return Totals.of(self.rows)

    def to_do(self) -> list[Row]:
        """What Start begins with."""
        return [row for row in self.rows if row.state in TO_DO]

    def failed(self) -> list[Row]:
        """What can be tried again; not what asks something before."""
        return [row for row in self.rows if row.state is RowState.FAILED and not row.asks]

    def replace(self, gone: Iterable[Row], come: Sequence[Row]) -> None:
        """Put rows at the end, in the place of others."""
        leaving = set(map(id, gone))
        self.rows = [row for row in self.rows if id(row) not in leaving]
        self.rows.extend(come)

    def remove(self, row: Row) -> None:
        """Take one out."""
        self.rows.remove(row)
        if not self.rows:
            self.folders = None

    def clear(self) -> None:
        """Begin anew."""
        self.rows, self.folders = [], None

    def swap(self, rows: Iterable[Row]) -> None:
        """Take the old file for the new one in pairs, and the other way round."""
        for row in rows:
            if row.is_pair and row.state in TO_DO:
                old, new = row.items.values()
                row.items = {Slot.OLD_TO_COMPARE: new, Slot.NEW_FILE: old}

    def swap_folders(self) -> None:
        """The older folder is the new one after all."""
        if self.folders is None:
            return
        self.folders = self.folders[1], self.folders[0]
        opposite = {Lack.ONLY_OLD: Lack.ONLY_NEW, Lack.ONLY_NEW: Lack.ONLY_OLD}
        for row in self.rows:
            if row.last.side is None:
                continue
            if row.lack:
                row.lack = opposite.get(row.lack, row.lack)
            self.swap([row])

    def take_apart(self, row: Row) -> None:
        """Sign each file of a pair by itself."""
        apart = [sign(item) for item in row.items.values()]
        place = self.rows.index(row)
        self.rows[place : place + 1] = apart


def sign(item: Item) -> Row:
    """A signature of a file, as the user said."""
    return Row({Slot.OLD_TO_SIGN: item}, decided=True)
