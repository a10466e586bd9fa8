"""Rows one after another on one thread, each as its step would do it."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from rdiff_gui.desktop.history import History
from rdiff_gui.desktop.settings import Settings
from rdiff_gui.engine.progress import CancelToken, Progress, ProgressCallback
from rdiff_gui.engine.summaries import (
    DeltaSummary,
    PatchSummary,
    Savings,
    SignatureSummary,
    Verdict,
)
from rdiff_gui.errors import Cancelled
from rdiff_gui.records import record
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.delta.model import DeltaModel, propose_delta
from rdiff_gui.ui.patch.model import PatchModel, propose_new_file
from rdiff_gui.ui.routing import DroppedFile
from rdiff_gui.ui.several.model import Row, RowResult
from rdiff_gui.ui.signature.model import SignatureModel, propose_signature
from rdiff_gui.ui.step.model import StepModel, first_free
from rdiff_gui.ui.worker import Ending, Failed, Finished, Stopped

_MODELS: dict[Page, type[StepModel[Any]]] = {
    Page.SIGNATURE: SignatureModel,
    Page.DELTA: DeltaModel,
    Page.PATCH: PatchModel,
}


@record(frozen=True)
class RowNews:
    """Of a row: it began, or with an `ending`, that was its end."""

    row: Row
    ending: Ending[RowResult] | None = None


class Batch:
    """Work for a worker. Rows may be added and taken back while it goes on.

    `news` are for Tk's thread, `latest` is the row at work with how far it is; `sent` are the new
    files whose deltas others get for their signatures.
    """

    def __init__(self, rows: Iterable[Row], settings: Settings, history: History) -> None:
        self._rows = deque(rows)
        self._lock = threading.Lock()
        self._settings = settings
        self._history = history
        self._ended = False
        self.news: queue.SimpleQueue[RowNews] = queue.SimpleQueue()
        self.latest: tuple[Row, Progress] | None = None
        self.sent: list[DroppedFile] = []

    def add(self, rows: Iterable[Row]) -> bool:
        """Do these as well; False where the last row has ended already."""
        with self._lock:
            if not self._ended:
                self._rows.extend(rows)
            return not self._ended

    def take_back(self, row: Row) -> bool:
        """Do this one not; False where it has begun already."""
        with self._lock:
            if row in self._rows:
                self._rows.remove(row)
                return True
            return False

    def __call__(self, *, on_progress: ProgressCallback, cancel: CancelToken) -> None:
        """Do all rows. Raises: Cancelled, when each has been told to be stopped."""
        while (row := self._next()) is not None:
            self.news.put(RowNews(row))
            ending: Ending[RowResult]
            try:
                ending = Finished(self._do(row, on_progress, cancel))
            except Cancelled:
                ending = Stopped()
            # Whatever it is, the others go on.
            except Exception as error:  # noqa: BLE001
                ending = Failed(error)
            self.news.put(RowNews(row, ending))
            if self.latest:
                on_progress(self.latest[1])
        cancel.check()

    def _next(self) -> Row | None:
        with self._lock:
            self._ended = not self._rows
            return self._rows.popleft() if self._rows else None

    def _do(self, row: Row, on_progress: ProgressCallback, cancel: CancelToken) -> RowResult:
        cancel.check()

        def tell(progress: Progress) -> None:
            self.latest = row, progress
            on_progress(progress)

        step = _step_of(row, self._settings)
        summary = step.work(row.attempt)(on_progress=tell, cancel=cancel)
        made = _made_of(step, summary)
        if self._settings.keep_history and made.written:
            self._history.add(step.history_entry(summary, time.time()))
        if Slot.SIGNATURE in row.items and step.outcome(summary).to_send:
            self.sent.append(row.items[Slot.NEW_FILE].file)
        return made


def _step_of(row: Row, settings: Settings) -> StepModel[Any]:
    """The row as its page would have it, with a name for the result that is free now."""
    step = _MODELS[row.page]()
    step.settings = settings
    for slot, item in row.items.items():
        step.put(slot, item.file)
    if isinstance(step, DeltaModel):
        step.if_different, step.compress = True, settings.compress
    if isinstance(step, DeltaModel | SignatureModel):
        step.sealing = settings.sealing
    step.output.path = _free_name(row, step)
    return step


def _free_name(row: Row, step: StepModel[Any]) -> Path:
    path, settings = row.last.path, step.settings
    if row.page is Page.DELTA:
        return propose_delta(path, step.inputs, settings)
    if row.page is Page.PATCH:
        seal = row.items[Slot.DELTA].seal
        return propose_new_file(path, seal.result.name if seal and seal.result else None, settings)
    wanted = propose_signature(path, settings)

    def name(number: int) -> str:
        return wanted.name if number == 1 else f"{wanted.stem} ({number}){wanted.suffix}"

    return first_free(wanted.parent, name)


def _made_of(
    step: StepModel[Any], summary: SignatureSummary | DeltaSummary | PatchSummary
) -> RowResult:
    whole_bytes, output_bytes = step.sizes(summary)
    made = partial(
        RowResult,
        step.result_path,
        output_bytes,
        whole_bytes,
        cautions=step.outcome(summary).cautions,
    )
    match summary:
        case DeltaSummary():
            savings = Savings.of(summary)
            identical = savings.verdict is Verdict.IDENTICAL
            return made(
                verdict=savings.verdict,
                saved=savings.fraction_saved,
                written=not (identical and step.pairing),
            )
        case PatchSummary():
            return made(unchecked=summary.checked_blake3 is None)
    return made()
