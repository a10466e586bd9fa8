"""What the steps have in common: files in slots, a place for the result, and when to start."""

from __future__ import annotations

import copy
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import ClassVar, Generic, Literal, Self, TypeVar

import platformdirs

from rdiff_gui.desktop.history import HistoryEntry, Operation
from rdiff_gui.desktop.settings import Settings
from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.engine.summaries import DeltaSummary, Facts, PatchSummary, Savings, SignatureSummary
from rdiff_gui.engine.trees.summaries import (
    TreeDeltaSummary,
    TreePatchSummary,
    TreeSignatureSummary,
)
from rdiff_gui.records import field, record
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.routing import DroppedFile, Remedy
from rdiff_gui.ui.worker import Work

Summary = TypeVar(
    "Summary",
    bound=SignatureSummary
    | DeltaSummary
    | PatchSummary
    | TreeSignatureSummary
    | TreeDeltaSummary
    | TreePatchSummary,
)


@record(frozen=True)
class Attempt:
    """What the user allowed, and `checking` where nothing shall be written.

    In a folder, `keep_local` leaves what was edited there, and `outside_links` lets links lead out.
    """

    replace: bool = False
    allow_expansion: bool = False
    allow_shared: bool = False
    keep_local: bool = False
    outside_links: bool = False
    checking: bool = False


@record
class Filled:
    """A file in a slot; `facts` once it was inspected, `problem` a sentence if it will not do.

    `detail` is for those who help with the problem. One that only the work found is `tried`: the
    file may be another one by the next time. `gone` ends the inspection of one that is in no slot
    any more.
    """

    file: DroppedFile
    facts: Facts | None = None
    problem: str = ""
    detail: str | None = None
    tried: bool = False
    gone: CancelToken = field(default_factory=CancelToken)

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.file.path


@record
class Place:
    """Where a file will be written; `chosen` when the user said so, with `inputs` in the slots."""

    path: Path | None = None
    chosen: bool = False
    inputs: tuple[Path, ...] = ()

    def choose(self, path: Path | None, inputs: tuple[Path, ...]) -> None:
        """The user named it, or with None took the name away."""
        self.path, self.chosen, self.inputs = path, path is not None, inputs

    def forget(self) -> None:
        """Let a name be proposed again."""
        self.path, self.chosen = None, False


@record(frozen=True)
class Outcome:
    """What is told of finished work. `delta` is set where there is a map to draw.

    `tree` is a folder's delta, whose files are listed, and `tree_folder` where the new ones are;
    `savings` is set where times say something; `to_send` says that it is for somebody else, `opens`
    that it is a file to look at, and `signature_came` that a signature had to be sent before;
    `follow` is a button to the step that comes next on this computer; `blake3` is the output's
    checksum where it was compared; `old_bytes` is the old file's size where the delta may not say.
    `cautions` are sentences of what did not make the work fail, and yet should be known.
    """

    output: Path
    headline: str
    line: str
    role: Literal["ok", "plain", "warning"] = "ok"
    remarks: tuple[str, ...] = ()
    next_step: str = ""
    delta: DeltaSummary | None = None
    tree: Path | None = None
    tree_folder: Path | None = None
    savings: Savings | None = None
    to_send: bool = False
    opens: bool = False
    signature_came: bool = False
    follow: Remedy | None = None
    blake3: str | None = None
    old_bytes: int | None = None
    cautions: tuple[str, ...] = ()

    @property
    def is_folder(self) -> bool:
        """Whether the output is a folder."""
        return self.tree_folder == self.output


def first_free(
    folder: Path,
    name: Callable[[int], str],
    is_taken: Callable[[Path], bool] = os.path.lexists,
) -> Path:
    """The first of the names numbered from 1 that is free, in a folder that can be written to."""
    folder = writable_folder(folder)
    return next(path for number in count(1) if not is_taken(path := folder / name(number)))


def results_folder(beside: Path, settings: Settings) -> Path:
    """Where results go: to the folder that the settings name, while that can be written to."""
    chosen = settings.output_folder
    if chosen is not None and os.access(chosen, os.W_OK) and not chosen.is_file():
        return chosen
    return writable_folder(beside.parent)


def writable_folder(folder: Path) -> Path:
    """`folder`, or where nothing can be written to it (a CD, a system folder), the user's own."""
    if os.access(folder, os.W_OK):
        return folder
    documents = platformdirs.user_documents_path()
    return documents if os.access(documents, os.W_OK) else Path.home()


class StepModel(ABC, Generic[Summary]):
    """One step's state, and all that is decided from it. Knows no widget."""

    page: ClassVar[Page]
    pairing = False
    settings = Settings()

    def __init__(self) -> None:
        self.files: dict[Slot, Filled] = {}
        self.output = Place()

    @property
    @abstractmethod
    def slots(self) -> tuple[Slot, ...]:
        """The slots that are shown, in order."""

    @property
    def places(self) -> tuple[Place, ...]:
        """All that will be written."""
        return (self.output,)

    def forget_names_of_others(self) -> None:
        """Names that were given when quite other files were here are not for these."""
        for place in self.places:
            if place.chosen and place.inputs and not set(place.inputs) & set(self.inputs):
                place.forget()

    @property
    def missing(self) -> tuple[Slot, ...]:
        """The shown slots without a file."""
        return tuple(slot for slot in self.slots if slot not in self.files)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files of the shown slots, in order."""
        return tuple(self.files[slot].path for slot in self.slots if slot in self.files)

    def put(self, slot: Slot, file: DroppedFile) -> Filled:
        """Put a file into a slot, in the place of what was there."""
        self._let_go(slot)
        filled = self.files[slot] = Filled(file)
        self.judge()
        return filled

    def clear(self, slot: Slot) -> None:
        """Empty a slot."""
        self._let_go(slot)
        self.judge()

    def reset(self) -> None:
        """Begin anew."""
        self._let_go(*self.files)
        for place in self.places:
            place.forget()

    def _let_go(self, *slots: Slot) -> None:
        for slot in slots:
            if filled := self.files.pop(slot, None):
                filled.gone.cancel()

    def snapshot(self) -> Self:
        """The step as it is now, for work that goes on while this one may change."""
        copied = copy.copy(self)
        copied.files = dict(self.files)
        copied.output = copy.copy(self.output)
        return copied

    def learn(self, filled: Filled, facts: Facts) -> None:
        """Take in what the inspection of a file found."""
        filled.facts = facts
        self.judge()

    def judge(self) -> None:
        """Look again at whether the files go together, after any of them changed."""

    @property
    def of_folders(self) -> bool:
        """Whether it is about whole folders, as far as is known."""
        filled = [self.files[slot] for slot in self.slots if slot in self.files]
        return bool(filled) and filled[-1].file.of_folder

    def wants_folder(self, slot: Slot) -> bool | None:
        """Whether a folder belongs into a slot: as the others say, or None where they are empty."""
        if not slot.takes_folders:
            return False
        others = (self.files[other] for other in self.slots if other in self.files)
        return next((one.file.of_folder for one in others if one is not self.files.get(slot)), None)

    @property
    def slot_of_problem(self) -> Slot | None:
        """The first slot with a file that cannot be used, if there is one."""
        slots = (slot for slot in self.slots if slot in self.files and self.files[slot].problem)
        return next(slots, None)

    @property
    def problem(self) -> str:
        """Why the files cannot be used, as a sentence; empty where they can."""
        slot = self.slot_of_problem
        return "" if slot is None else self.files[slot].problem

    @property
    def beside(self) -> Path | None:
        """The file beside which results go, unless the user says otherwise."""
        last = self.files.get(self.slots[-1])
        return last.path if last else None

    @property
    def wanted_folder(self) -> Path | None:
        """Where results go, if they can be written there."""
        beside = self.beside
        return self.settings.output_folder or (beside.parent if beside else None)

    @property
    def resources(self) -> Resources:
        """What the work may take of the machine."""
        return Resources(threads=self.settings.threads)

    @property
    def blocked(self) -> bool:
        """Whether it makes no sense to begin with these files."""
        files = [self.files[slot] for slot in self.slots if slot in self.files]
        return any(one.problem and not one.tried for one in files)

    def forget_trial(self) -> None:
        """Begin again, whatever the work found the last time."""
        for one in self.files.values():
            if one.tried:
                one.problem, one.detail, one.tried = "", None, False

    @property
    def ready(self) -> bool:
        """Whether the primary button can be pressed."""
        return not self.missing and not self.blocked and self.output.path is not None

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
    def work(self, attempt: Attempt) -> Work[Summary]:
        """What to do on a thread."""

    @abstractmethod
    def outcome(self, summary: Summary) -> Outcome:
        """What to tell of finished work."""

    @abstractmethod
    def sizes(self, summary: Summary) -> tuple[int, int]:
        """Bytes of the file that the output stands for, and of the output."""

    @property
    def target(self) -> Path | None:
        """Where the result goes."""
        return self.output.path

    @property
    def result_path(self) -> Path:
        """The same, once the step is ready."""
        assert self.target is not None
        return self.target

    def history_entry(self, summary: Summary, finished: float) -> HistoryEntry:
        """What to keep of finished work."""
        sizes = self.sizes(summary)
        return HistoryEntry(
            finished, Operation(self.page), self.inputs, self.result_path, *sizes, summary.seconds
        )
