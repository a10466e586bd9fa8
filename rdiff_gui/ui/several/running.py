"""Rows at work: their news come to Tk's thread, and how far all of them are."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from rdiff_gui.engine.progress import CancelToken, Progress
from rdiff_gui.errors import DeltaExpands
from rdiff_gui.records import replace
from rdiff_gui.ui import Page, text
from rdiff_gui.ui.delta.model import keep_signatures
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.several.batch import Batch, RowNews
from rdiff_gui.ui.several.model import Row, RowState
from rdiff_gui.ui.widgets.progress_panel import ProgressPanel, TransferRate
from rdiff_gui.ui.worker import Ending, Failed, Finished
from rdiff_gui.wording import show_name, translate, translate_plural

# Ten times a second is as much as an eye follows.
_SHOWN_SECONDS = 0.1
_KEPT_MOST = 40


class Running:
    """One batch after another. Calls `on_change` as rows change, and `on_end` after the last."""

    def __init__(
        self,
        context: PageContext,
        panel: ProgressPanel,
        *,
        on_change: Callable[[], None],
        on_end: Callable[[Ending[None]], None],
    ) -> None:
        self._context = context
        self._panel = panel
        self._on_change = on_change
        self._on_end = on_end
        self._worker = context.new_worker()
        self._batch = Batch((), context.settings, context.history)
        self._keeping = CancelToken()
        self._rate = TransferRate()
        self._done = self._count = self._done_bytes = self._all_bytes = 0
        self._shown = 0.0
        self.row: Row | None = None

    @property
    def busy(self) -> bool:
        """Whether rows are at work."""
        return self._worker.busy

    def start(self, rows: Sequence[Row]) -> None:
        """Begin."""
        batch = self._batch = Batch(rows, self._context.settings, self._context.history)
        self._rate = TransferRate()
        self._done = self._count = self._done_bytes = self._all_bytes = 0
        self._expect(rows)
        self._worker.start(batch, self._ended, lambda _progress: self._progressed())
        self._context.work_began(Page.SEVERAL)

    def add(self, rows: Sequence[Row]) -> None:
        """Do these as well, if rows are at work."""
        if self.busy and self._batch.add(rows):
            self._expect(rows)

    def take_back(self, row: Row) -> bool:
        """Whether a row is not being done, nor will be."""
        if not self.busy:
            return True
        if row.state is not RowState.WAITING:
            return row.state is not RowState.RUNNING
        if self._batch.take_back(row):
            self._count -= 1
            self._all_bytes -= row.cost_bytes
            return True
        return False

    def cancel(self) -> None:
        """End the row that is at work, and begin no other."""
        if self.busy:
            self._worker.cancel()
            self._panel.set_cancelling()

    def close(self) -> None:
        """Keep no signatures any more."""
        self._keeping.cancel()

    def _expect(self, rows: Iterable[Row]) -> None:
        for row in rows:
            row.state, row.fraction, row.problem, row.detail = RowState.WAITING, 0.0, "", None
            self._count += 1
            self._all_bytes += row.cost_bytes

    def _progressed(self) -> None:
        self._take_news()
        now = time.monotonic()
        latest = self._batch.latest
        if latest and latest[0] is self.row:
            self.row.fraction = latest[1].fraction or 0.0
        begun_bytes = int(self.row.fraction * self.row.cost_bytes) if self.row else 0
        done_bytes = self._done_bytes + begun_bytes
        if latest:
            stage = latest[1].stage
            self._rate.note(Progress(stage, done_bytes, self._all_bytes), now)
        if now - self._shown < _SHOWN_SECONDS:
            return
        self._shown = now
        fraction = min(1.0, done_bytes / max(1, self._all_bytes))
        files = translate_plural("{count} file", "{count} files", self._count)
        self._context.work_progressed(Page.SEVERAL, fraction, files.format(count=self._count))
        self._panel.show(
            fraction,
            translate("{number} of {count} · “{name}”").format(
                number=min(self._done + 1, self._count),
                count=self._count,
                name=show_name(self.row.last.path.name) if self.row else "",
            ),
            text.time_left(self._rate.seconds_left),
        )
        self._on_change()

    def _take_news(self) -> None:
        while True:
            try:
                news = self._batch.news.get_nowait()
            except queue.Empty:
                return
            self._take(news)

    def _take(self, news: RowNews) -> None:
        row, ending = news.row, news.ending
        if ending is None:
            row.state, self.row = RowState.RUNNING, row
            return
        self.row = None
        self._done += 1
        self._done_bytes += row.cost_bytes
        if isinstance(ending, Finished):
            row.made = ending.result
            row.state = RowState.DONE if ending.result.written else RowState.NOTHING
        elif isinstance(ending, Failed):
            _explain(row, ending.error)
        else:
            row.state = RowState.CANCELLED

    def _ended(self, ending: Ending[None]) -> None:
        self._take_news()
        if self.row:
            # Nobody foresaw that the batch itself could fail.
            self.row.state, self.row = RowState.FAILED, None
        self._panel.reset()
        try:
            self._on_end(ending)
        finally:
            self._context.work_ended(Page.SEVERAL, None)
        sent = self._batch.sent[-_KEPT_MOST:]
        # Rows that were cancelled are kept as long as they are in the list, no longer.
        self._batch = Batch((), self._context.settings, self._context.history)
        if sent:
            signatures = self._context.history.signatures
            keep = partial(keep_signatures, signatures, sent, self._keeping)
            if self._context.settings.keep_history:
                self._context.post.ask(keep, lambda _nothing: None, lowered=True)


def _explain(row: Row, error: BaseException) -> None:
    """Why it failed, and what the button is for: to try again, or to allow what was refused."""
    row.state = RowState.FAILED
    if isinstance(error, DeltaExpands) and not error.limit_is_users:
        row.problem = text.expands(error.result_bytes, of_folder=False)
        row.attempt, row.asks = replace(row.attempt, allow_expansion=True), True
        return
    told = report(error)
    row.problem, row.detail, row.asks = told.sentence, told.detail, False
