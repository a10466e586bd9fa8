"""The page of one step: files in, where the result goes, one button, progress, result."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from tkinter import ttk
from typing import ClassVar, Generic

from rdiff_gui.engine import inspect
from rdiff_gui.engine.progress import Progress
from rdiff_gui.engine.summaries import Facts
from rdiff_gui.errors import (
    Cancelled,
    DeltaExpands,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
)
from rdiff_gui.formats.magic import Kind
from rdiff_gui.ui.dropped_files import Arrival
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.page import PageView
from rdiff_gui.ui.page_context import PageContext
from rdiff_gui.ui.routing import Destination
from rdiff_gui.ui.sentences import window, wizard
from rdiff_gui.ui.slots import Slot
from rdiff_gui.ui.step.model import Attempt, Filled, Step, Summary
from rdiff_gui.ui.step.result_view import ResultView
from rdiff_gui.ui.step.transfer_rate import TransferRate
from rdiff_gui.ui.step.zones import ZoneRow
from rdiff_gui.ui.widgets import (
    Action,
    Disclosure,
    OutputField,
    ProgressPanel,
    WrappedLabel,
    bind_alt_letter,
)
from rdiff_gui.ui.worker import Ending, Failed, Finished


class StepPage(PageView, Generic[Summary]):
    """Shows a step and passes on what the user does; decides nothing."""

    title: ClassVar[str]
    subtitle: ClassVar[str]
    primary_text: ClassVar[str]
    all_slots: ClassVar[tuple[Slot, ...]]

    def __init__(self, parent: tk.Misc, context: PageContext, step: Step[Summary]) -> None:
        super().__init__(parent, context, step.page, self.title, self.subtitle)
        self.step = step
        self.worker = context.new_worker(step.page)
        self.finished = False
        self._pace = TransferRate()
        self._proposal: Callable[[], Path] | None = None
        self._build()
        self.refresh()

    @property
    def texts_with_letters(self) -> tuple[str, ...]:
        """What Alt presses on every step."""
        return (*[window.BROWSE] * 3, wizard.OPTIONS, self.primary_text)

    # --- what stands on the page -----------------------------------------------------------------

    def _build(self) -> None:
        body, theme, px = self.body, self.around.theme, self.around.theme.px
        self.lead = ttk.Frame(body)
        self.lead.grid(sticky="ew")
        letters = self.around.letters(*self.texts_with_letters)
        self.zone_row = ZoneRow(
            body,
            self.around,
            self.all_slots,
            letters=letters[:2],
            on_browse=self.browse,
            on_clear=self.clear,
        )
        self.zone_row.grid(sticky="ew")
        self.output = OutputField(
            body, theme, label=wizard.SAVE_AS, on_browse=self._browse_output,
            on_change=self._output_typed, underline=letters[2],
        )  # fmt: skip
        self.output.grid(sticky="ew", pady=(px(14), 0))
        self.options = Disclosure(body, theme, text=wizard.OPTIONS)
        self.options.grid(sticky="ew", pady=(px(8), 0))
        bind_alt_letter(self.options.button, letters[3])
        self.banner.grid(sticky="ew", pady=(px(8), 0))
        self._build_foot(letters[4])
        self.build_more()

    def _build_foot(self, letter: int | None) -> None:
        body, px = self.body, self.around.theme.px
        foot = self._foot = ttk.Frame(body)
        foot.grid(sticky="ew", pady=(px(10), 0))
        foot.columnconfigure(0, weight=1)
        self.start_row = ttk.Frame(foot)
        self.start_row.columnconfigure(2, weight=1)
        self.primary = ttk.Button(
            self.start_row,
            text=self.primary_text,
            style="bg.Accent.TButton",
            command=self.press_primary,
        )
        bind_alt_letter(self.primary, letter)
        self.primary.grid(row=0, column=0)
        self._hint = WrappedLabel(self.start_row, style="muted.bg.TLabel")
        self._hint.grid(row=0, column=2, sticky="ew", padx=px(10))
        self.progress = ProgressPanel(foot, self.around.theme, on_cancel=self.cancel)
        self.result = ResultView(body, self.around)
        for part in (self.start_row, self.progress):
            part.grid(row=0, column=0, sticky="ew")
            part.grid_remove()
        self.result.grid(sticky="ew", pady=(px(10), 0))
        self.result.grid_remove()

    def build_more(self) -> None:
        """Add what this step has beyond the others."""

    # --- files come and go -----------------------------------------------------------------------

    @property
    def pairing(self) -> bool:
        """Whether two files are compared here, with no signature between them."""
        return self.step.pairing

    def filled(self, *, fresh: bool) -> Mapping[Slot, Arrival]:
        """The files in the page's slots; new work begins without those of finished work."""
        if fresh and self.finished:
            return {}
        return {slot: one.arrival for slot, one in self.step.files.items()}

    def take(self, destination: Destination, *, fresh: bool) -> None:
        """Put files into their slots; `fresh` begins anew where the last work is finished."""
        if self.refuse_while_busy():
            return
        if destination.filled:
            if fresh and self.finished:
                self.step.reset()
            self.edited()
        for slot, arrival in destination.filled.items():
            one = self.step.put(slot, arrival)
            if arrival.kind in (Kind.SIGNATURE, Kind.DELTA):
                self._inspect(slot, one)
        if destination.note:
            self.banner.show("info", destination.note)
        self.propose_output()
        self.refresh()

    def clear(self, slot: Slot) -> None:
        """Take a file out of its zone."""
        if self.refuse_while_busy():
            return
        self.step.clear(slot)
        self.edited()
        self.propose_output()
        self.refresh()

    def browse(self, slot: Slot | None = None) -> None:
        """Choose a file for a zone, or for the first that is empty."""
        if self.refuse_while_busy():
            return
        self.around.browse(slot or (*self.step.missing, *self.step.slots)[0])

    def set_drag_over(self, over: bool) -> None:
        """Light up the zones that wait for a file while one is dragged over the page."""
        self.zone_row.set_drag_over(self.step.missing or self.step.slots, over)

    def refuse_while_busy(self) -> bool:
        """Whether the step is at work; says so where it is."""
        if self.worker.busy:
            self.banner.show("info", wizard.BUSY)
        return self.worker.busy

    def _inspect(self, slot: Slot, one: Filled) -> None:
        def learned(facts: Facts) -> None:
            if self.step.files.get(slot) is one:
                self.step.learn(one, facts)
                self.learned(slot, one)
                self.refresh()

        def failed(error: BaseException) -> None:
            if self.step.files.get(slot) is one:
                one.problem = report(error).sentence
                self.refresh()

        self.around.post.ask(partial(inspect, one.path), learned, failed)

    def learned(self, slot: Slot, one: Filled) -> None:
        """A file was inspected and is whole."""

    # --- where the result goes -------------------------------------------------------------------

    def propose_output(self) -> None:
        """Look for a name for the result, unless the user gave one."""
        if self.step.output_is_users:
            return
        propose = self._proposal = self.step.propose_output()
        if propose is None:
            self._proposed(None)
        else:
            # A disk may answer late, when another name was asked for already.
            self.around.post.ask(
                propose, lambda path: self._proposed(path) if self._proposal is propose else None
            )

    def _proposed(self, path: Path | None) -> None:
        if not self.step.output_is_users and not self.worker.busy:
            self.step.output = path
            self.output.set_path(path or "")
            self.output_changed()
            self.refresh()

    def _output_typed(self) -> None:
        text = self.output.path
        self.step.output_is_users = bool(text.strip())
        self.output.set_problem(None)
        self.step.output = self.step.read_path(text)
        if not self.worker.busy:
            self.output_changed()
            self.edited()
            self.refresh()

    def output_changed(self) -> None:
        """The result will go elsewhere."""

    def _browse_output(self) -> None:
        self.around.browse_output(self.step.output or Path.home(), self._output_chosen)

    def _output_chosen(self, path: Path) -> None:
        if self.refuse_while_busy():
            return
        self.step.output, self.step.output_is_users = path, True
        self.output.set_path(path)
        self.output_changed()
        self.edited()
        self.refresh()

    # --- the work --------------------------------------------------------------------------------

    def press_primary(self) -> None:
        """Begin, if everything is there."""
        if self.step.ready and not self.worker.busy and self.options_are_valid():
            self.start(Attempt())

    def options_are_valid(self) -> bool:
        """Whether the form's options can be; says so where not."""
        return True

    def options_changed(self) -> None:
        """The user chose other options."""
        if not self.worker.busy:
            self.edited()
            self.refresh()

    def escape(self) -> None:
        """Stop the work, or put away what the banner says."""
        if self.worker.busy:
            self.cancel()
        else:
            self.banner.hide()

    def focus_start(self) -> None:
        """Give the keyboard to the primary button, or to the zone that waits for a file."""
        if self.step.missing:
            self.zone_row.zones[self.step.missing[0]].focus_set()
        elif not self.finished:
            self.primary.focus_set()

    def cancel(self) -> None:
        """Stop the work."""
        if self.worker.busy:
            self.worker.cancel()
            self.progress.set_cancelling()

    def start(self, attempt: Attempt) -> None:
        """Begin the work."""
        begun = self.step.snapshot()
        self.edited()
        self._pace = TransferRate()
        self.worker.start(
            begun.operation(attempt),
            lambda ending: self._ended(begun, attempt, ending),
            self._progressed,
        )
        self.around.work_began(self.step.page)
        self.refresh()
        self.progress.cancel.focus_set()

    def _progressed(self, progress: Progress) -> None:
        self._pace.note(progress, time.monotonic())
        self.progress.show(
            progress.fraction,
            wizard.amount(progress.stage, progress.done_bytes, progress.total_bytes),
            wizard.pace(self._pace.bytes_a_second, self._pace.seconds_left),
        )

    def _ended(self, begun: Step[Summary], attempt: Attempt, ending: Ending[Summary]) -> None:
        # Quick work ends before Cancel was on the screen and could take the focus.
        had_focus = str(self.tk.call("focus")) in (str(self.progress.cancel), str(self.primary))
        entry = None
        self.progress.reset()
        try:
            if isinstance(ending, Finished) and not attempt.checking:
                entry = begun.history_entry(ending.result, time.time())
            self._tell(begun, attempt, ending)
        finally:
            # Even where it could not be told, the page must not look as if it went on.
            self.refresh()
            self.around.work_ended(self.step.page, entry)
        if had_focus:
            self._focus_on_outcome()

    def _tell(self, begun: Step[Summary], attempt: Attempt, ending: Ending[Summary]) -> None:
        if isinstance(ending, Finished) and attempt.checking:
            self.show_verdict(begun, ending.result)
        elif isinstance(ending, Finished):
            self.result.present(begun.result(ending.result))
            self.finished = True
            self.zone_row.fold()
        elif isinstance(ending, Failed):
            self.explain(begun, attempt, ending.error)
        else:
            self.banner.show("info", str(Cancelled()))

    def _focus_on_outcome(self) -> None:
        # The page follows the focus by itself, once all is laid out.
        if self.banner.buttons:
            # The answer that changes nothing has the focus.
            self.banner.buttons[-1].focus_set()
        elif not self.finished:
            self.primary.focus_set()
        elif self.result.buttons:
            self.result.buttons[-1].focus_set()

    def show_verdict(self, begun: Step[Summary], summary: Summary) -> None:
        """What came out of a check that wrote nothing."""

    def explain(self, begun: Step[Summary], attempt: Attempt, error: BaseException) -> None:
        """Say why the work failed, and offer what can be done."""
        match error:
            case OutputExists() if begun.output is not None:
                self.banner.show(
                    "warning",
                    wizard.exists_already(begun.output),
                    [
                        (wizard.REPLACE, lambda: self.start(replace(attempt, replace=True))),
                        (wizard.CHOOSE_ANOTHER_NAME, self._browse_output),
                    ],
                )
            case DeltaExpands(limit_is_users=False):
                again: Action = (
                    wizard.ALLOW_EXPANSION,
                    lambda: self.start(replace(attempt, allow_expansion=True)),
                )
                self.banner.show("warning", wizard.expands(error.result_bytes), [again])
            case OutputIsInput() | OutputUnwritable():
                self.output.set_problem(str(error))
                self.output.entry.focus_set()
            case _:
                told = report(error)
                self.banner.show("error", told.sentence, detail=told.detail)

    # --- keeping up ------------------------------------------------------------------------------

    def edited(self) -> None:
        """What was said of the last work no longer holds."""
        self.finished = False
        self.banner.hide()

    def refresh(self) -> None:
        """Show the step as it is now."""
        busy = self.worker.busy
        self.zone_row.show(self.step)
        problem = self.step.problem
        if problem and not busy and self.banner.sentence != problem:
            self.banner.show("error", problem)
            self.see(self.banner)
        missing = self.step.missing
        self._hint.configure(text=wizard.still_missing(missing[0]) if missing else "")
        self.primary.state(["!disabled" if self.step.ready else "disabled"])
        # Empty, a frame keeps its last height: it goes with what was in it.
        _show(self._foot, busy or not self.finished)
        _show(self.start_row, not busy and not self.finished)
        _show(self.progress, busy)
        _show(self.result, self.finished)


def _show(widget: tk.Grid, shown: bool) -> None:
    if shown:
        widget.grid()
    else:
        widget.grid_remove()
