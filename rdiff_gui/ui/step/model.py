"""What the three steps have in common: files in slots, an output, and when to start."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, Self, TypeVar

from rdiff_gui.desktop.history import HistoryEntry
from rdiff_gui.engine.progress import CancelToken, ProgressCallback
from rdiff_gui.engine.summaries import Facts
from rdiff_gui.ui.dropped_files import Arrival
from rdiff_gui.ui.slots import Page, Slot
from rdiff_gui.ui.step.results import Result

Summary = TypeVar("Summary")

Operation = Callable[[ProgressCallback, CancelToken], Summary]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the user allowed, and `checking` where nothing shall be written."""

    replace: bool = False
    allow_expansion: bool = False
    checking: bool = False


@dataclass(slots=True)
class Filled:
    """A file in a slot; `facts` once it was inspected, `problem` a sentence if it will not do."""

    arrival: Arrival
    facts: Facts | None = None
    problem: str = ""

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.arrival.path


class Step(ABC, Generic[Summary]):
    """One step's state, and all that is decided from it. Knows no widget."""

    page: ClassVar[Page]
    pairing = False

    def __init__(self) -> None:
        self.files: dict[Slot, Filled] = {}
        self.output: Path | None = None
        self.output_is_users = False

    @property
    @abstractmethod
    def slots(self) -> tuple[Slot, ...]:
        """The slots that are shown, in order."""

    @property
    def missing(self) -> tuple[Slot, ...]:
        """The shown slots without a file."""
        return tuple(slot for slot in self.slots if slot not in self.files)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files of the shown slots, in order."""
        return tuple(self.files[slot].path for slot in self.slots if slot in self.files)

    def put(self, slot: Slot, arrival: Arrival) -> Filled:
        """Put a file into a slot, in the place of what was there."""
        filled = self.files[slot] = Filled(arrival)
        self.judge()
        return filled

    def clear(self, slot: Slot) -> None:
        """Empty a slot."""
        self.files.pop(slot, None)
        self.judge()

    def reset(self) -> None:
        """Begin anew."""
        self.files.clear()
        self.output = None
        self.output_is_users = False

    def snapshot(self) -> Self:
        """The step as it is now, for work that goes on while this one may change."""
        copied = copy.copy(self)
        copied.files = dict(self.files)
        return copied

    def learn(self, filled: Filled, facts: Facts) -> None:
        """Take in what the inspection of a file found."""
        filled.facts = facts
        self.judge()

    def judge(self) -> None:
        """Look again at whether the files go together, after any of them changed."""

    @property
    def problem(self) -> str:
        """Why the files cannot be used, as a sentence; empty where they can."""
        for slot in self.slots:
            filled = self.files.get(slot)
            if filled is not None and filled.problem:
                return filled.problem
        return ""

    @property
    def ready(self) -> bool:
        """Whether the primary button can be pressed."""
        return not self.missing and not self.problem and self.output is not None

    def read_path(self, text: str) -> Path | None:
        """What was typed as an output."""
        if not text.strip():
            return None
        # A bare name means beside the first input, not the folder we were started in.
        folder = self.inputs[0].parent if self.inputs else Path.home()
        try:
            return folder / Path(text).expanduser()
        except RuntimeError:
            # There is no such user: then the tilde belongs to the name.
            return folder / text

    @abstractmethod
    def propose_output(self) -> Callable[[], Path] | None:
        """How to find a name for the output, away from Tk's thread; None while inputs miss.

        What is given holds paths alone.
        """

    @abstractmethod
    def operation(self, attempt: Attempt) -> Operation[Summary]:
        """The work, for a thread: it holds paths and options alone."""

    @abstractmethod
    def result(self, summary: Summary) -> Result:
        """What to tell of a finished operation."""

    @abstractmethod
    def history_entry(self, summary: Summary, finished: float) -> HistoryEntry:
        """What to keep of it."""
