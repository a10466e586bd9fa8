"""The page of one step: files in, where the result goes, one button, progress, result."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Mapping
from functools import partial
from tkinter import ttk
from typing import ClassVar, Generic

from rdiff_gui.desktop.settings import Settings
from rdiff_gui.engine import inspect
from rdiff_gui.engine.progress import Progress
from rdiff_gui.engine.summaries import Facts
from rdiff_gui.errors import (
    Cancelled,
)
from rdiff_gui.ui import Slot, text
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.page import PageContext, PageView
from rdiff_gui.ui.routing import Destination, DroppedFile
from rdiff_gui.ui.step.failures import explain
from rdiff_gui.ui.step.foot import StepFoot
from rdiff_gui.ui.step.model import Attempt, Filled, Outcome, StepModel, Summary
from rdiff_gui.ui.step.output_place import OutputPlace
from rdiff_gui.ui.step.result_view import ResultView
from rdiff_gui.ui.step.saved_report import report_action
from rdiff_gui.ui.step.zones import ZoneRow
from rdiff_gui.ui.widgets import (
    Action,
    Banner,
    Disclosure,
    set_shown,
)
from rdiff_gui.ui.worker import Ending, Failed, Finished
from rdiff_gui.wording import name_of


class StepPage(PageView, Generic[Summary]):
    """Shows a step and passes on what the user does; decides nothing."""

    has_foot = True
    primary_text: ClassVar[str]
    all_slots: ClassVar[tuple[Slot, ...]]

    def __init__(self, parent: tk.Misc, context: PageContext, model: StepModel[Summary]) -> None:
        super().__init__(parent, context)
        self.model, model.settings = model, context.settings
        self.worker = context.new_worker()
        self.finished = False
        self._build()
        self.refresh()

    # --- what stands on the page -----------------------------------------------------------------

    def _build(self) -> None:
        body, theme, px = self.body, self.context.theme, self.context.theme.px
        self.lead = ttk.Frame(body)
        self.lead.grid(sticky="ew")
        self.letters = self.context.new_letters()
        # Its buttons are the ones to have the letter that they begin with.
        self._build_foot()
        self.zone_row = ZoneRow(
            body,
            self.context,
            self.all_slots,
            on_browse=self.browse,
            on_browse_folder=self._browse_folder,
            on_clear=self.clear,
        )
        self.zone_row.grid(sticky="ew")
        self.zone_row.give_letters(self.letters)
        self.problem = Banner(body, theme)
        self.problem.grid(sticky="ew", pady=(px(8), 0))
        self.refusals = self.problem
        # What a step shows of its files before the work.
        self.middle = ttk.Frame(body)
        self.middle.grid(sticky="ew")
        self.middle.columnconfigure(0, weight=1)
        self.output = OutputPlace(
            body,
            self,
            self.model.output,
            label=text.SAVE_AS,
            find=self.model.propose_output,
            on_change=self.output_changed,
        )
        self.output.grid(sticky="ew", pady=(px(14), 0))
        self.output.give_letter(self.letters)
        self.options = Disclosure(body, theme, text=text.OPTIONS)
        self.options.grid(sticky="ew", pady=(px(8), 0))
        self.options.give_letter(self.letters)
        self.result = ResultView(body, self.context, self.actions)
        self.result.grid(sticky="ew", pady=(px(10), 0))
        self.result.grid_remove()
        self.build_more()

    def _build_foot(self) -> None:
        self.work = StepFoot(
            self.foot,
            self.context,
            self.letters,
            primary_text=self.primary_text,
            on_primary=self.press_primary,
            on_cancel=self.cancel,
        )
        self.primary, self.progress = self.work.primary, self.work.progress
        self.actions = self.work.actions

    def build_more(self) -> None:
        """Add what this step has beyond the others."""

    # --- files come and go -----------------------------------------------------------------------

    @property
    def pairing(self) -> bool:
        return self.model.pairing

    @property
    def busy(self) -> bool:
        return self.worker.busy

    def filled(self, *, fresh: bool) -> Mapping[Slot, DroppedFile]:
        """The files in the page's slots; new work begins without those of finished work."""
        if fresh and self.finished:
            return {}
        return {slot: one.file for slot, one in self.model.files.items()}

    def take(self, destination: Destination, *, fresh: bool) -> None:
        """Put files into their slots; `fresh` begins anew where the last work is finished."""
        if self.refuse_while_busy():
            return
        if destination.filled:
            if fresh and self.finished:
                self.model.reset()
            self.edited()
        for slot, arrival in destination.filled.items():
            one = self.model.put(slot, arrival)
            if arrival.is_signature or arrival.is_delta:
                self._inspect(slot, one)
        self.model.forget_names_of_others()
        if destination.note:
            self.banner.show("info", destination.note)
        self.output.propose()
        self.refresh()

    def clear(self, slot: Slot) -> None:
        """Take a file out of its zone."""
        if self.refuse_while_busy():
            return
        self.model.clear(slot)
        self.edited()
        self.output.propose()
        self.refresh()

    def browse(self, slot: Slot | None = None) -> None:
        """Choose a file or a folder for a zone, or for the first that is empty."""
        if self.refuse_while_busy():
            return
        wanted = slot or (*self.model.missing, *self.model.slots)[0]
        self.context.browse(wanted, folder=self._goes_for_folder(wanted))

    def _goes_for_folder(self, slot: Slot) -> bool:
        """Whether it is a folder that is looked for: by the other slots, else by what is there."""
        wants, there = self.model.wants_folder(slot), self.model.files.get(slot)
        return wants if wants is not None else there is not None and there.file.is_folder

    def _browse_folder(self, slot: Slot) -> None:
        if not self.refuse_while_busy():
            self.context.browse(slot, folder=True)

    def stop_telling(self) -> None:
        """What was wrong with the files before is so still."""
        super().stop_telling()
        self.refresh()

    def set_drag_over(self, over: bool) -> None:
        """Light up the zones that wait for a file while one is dragged over the page."""
        self.zone_row.set_drag_over(self.model.missing or self.model.slots, over)

    def follow_settings(self, before: Settings) -> None:
        """Propose another name; what was chosen on the page itself stays."""
        self.model.settings = self.context.settings
        if self.model.settings.naming != before.naming:
            self.output.propose()
        self.result.follow_settings()

    def refuse_while_busy(self) -> bool:
        """Whether the step is at work; says so where it is."""
        if self.worker.busy:
            self.tell("info", text.BUSY)
        return self.worker.busy

    def _inspect(self, slot: Slot, one: Filled) -> None:
        def learned(facts: Facts) -> None:
            if self.model.files.get(slot) is one:
                self.model.learn(one, facts)
                self.learned(slot, one)
                self.refresh()

        def failed(error: BaseException) -> None:
            if self.model.files.get(slot) is one:
                told = report(error)
                one.problem, one.detail = told.sentence, told.detail
                self.refresh()

        ask = partial(inspect, one.path, cancel=one.gone)
        self.context.post.ask(ask, learned, failed, in_python=True)

    def learned(self, slot: Slot, one: Filled) -> None:
        """A file was inspected and is whole."""

    def output_changed(self) -> None:
        """The result will go elsewhere."""

    # --- the work --------------------------------------------------------------------------------

    def press_primary(self) -> None:
        """Begin, if everything is there."""
        if self.model.ready and not self.worker.busy and self.options_are_valid():
            self.start(Attempt())

    def options_are_valid(self) -> bool:
        """Whether the form's options can be; says so where not."""
        return True

    def wrong_option(self, field: tk.Misc) -> bool:
        """Lead to the field that says what is wrong."""
        self.options.set_open(True)
        # Tk would give it the focus only when it is seen, and another may ask meanwhile.
        self.update_idletasks()
        field.focus_set()
        return False

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
            super().escape()

    def focus_start(self) -> None:
        """Give the keyboard to the zone that waits for a file, or to the first button below."""
        if self.model.missing:
            self.zone_row.zones[self.model.missing[0]].focus_set()
        elif self.worker.busy:
            self.progress.cancel.focus_set()
        elif self.finished:
            self.actions.buttons[0].focus_set()
        else:
            self.primary.focus_set()

    def cancel(self) -> None:
        """Stop the work."""
        if self.worker.busy:
            self.worker.cancel()
            self.progress.set_cancelling()

    def start(self, attempt: Attempt) -> None:
        """Begin the work."""
        self.model.forget_trial()
        begun = self.model.snapshot()
        self.edited()
        self.worker.start(
            begun.work(attempt),
            lambda ending: self._ended(begun, attempt, ending),
            partial(self._progressed, begun),
        )
        self.context.work_began(self.page)
        self.refresh()
        self.work.begin()

    def _progressed(self, begun: StepModel[Summary], progress: Progress) -> None:
        self.work.show_progress(progress)
        name = name_of(begun.result_path)
        self.context.work_progressed(self.page, progress.fraction, name)

    def _ended(self, begun: StepModel[Summary], attempt: Attempt, ending: Ending[Summary]) -> None:
        had_focus = self._work_has_focus
        entry = None
        self.progress.reset()
        if self.banner.sentence == text.BUSY:
            self.banner.hide()
        try:
            if isinstance(ending, Finished) and not attempt.checking:
                entry = begun.history_entry(ending.result, time.time())
            self._tell(begun, attempt, ending)
        finally:
            # Even where it could not be told, the page must not look as if it went on.
            self.refresh()
            self.context.work_ended(self.page, entry)
        if self.finished:
            self.see(self.result)
        # What went wrong may have led to a field already.
        if had_focus and self._work_has_focus:
            self._focus_on_outcome()

    @property
    def _work_has_focus(self) -> bool:
        return self.work.has_focus(str(self.tk.call("focus")))

    def _tell(self, begun: StepModel[Summary], attempt: Attempt, ending: Ending[Summary]) -> None:
        if isinstance(ending, Finished) and attempt.checking:
            self.show_check(begun, ending.result)
        elif isinstance(ending, Finished):
            self.present(begun, begun.outcome(ending.result))
            self.finished = True
            self.zone_row.fold()
        elif isinstance(ending, Failed):
            self.explain(begun, attempt, ending.error)
        else:
            self.tell("info", str(Cancelled()))

    def present(self, begun: StepModel[Summary], outcome: Outcome) -> None:
        """Show what came out, and what can be done with it."""
        self.result.present(outcome, self.more_actions(begun, outcome))

    def more_actions(self, begun: StepModel[Summary], outcome: Outcome) -> list[Action]:
        """What can be done with a result, besides what is done with every file."""
        files = [(slot, begun.files[slot]) for slot in begun.slots]
        inputs = [
            (text.zone_title(slot, is_folder=one.file.is_folder), one.path) for slot, one in files
        ]
        return [report_action(self, outcome, inputs)]

    def _focus_on_outcome(self) -> None:
        # The page follows the focus by itself, once all is laid out.
        if self.banner.buttons:
            # The answer that changes nothing has the focus.
            self.banner.buttons[-1].focus_set()
        elif (slot := self.model.slot_of_problem) is not None:
            self.zone_row.zones[slot].focus_set()
        else:
            self.focus_start()

    def show_check(self, begun: StepModel[Summary], summary: Summary) -> None:
        """What came out of a check that wrote nothing."""

    def explain(self, begun: StepModel[Summary], attempt: Attempt, error: BaseException) -> None:
        """Say why the work failed, and offer what can be done."""
        explain(self, begun, attempt, error)

    def show_problem(self, *remedies: Action) -> None:
        """Say why a file cannot be used, with what can be done."""
        slot = self.model.slot_of_problem
        if slot is not None:
            one = self.model.files[slot]
            actions = [*remedies, self.choose_another(slot)]
            self.problem.show("error", one.problem, actions, one.detail)
            self.see(self.problem)

    def choose_another(self, slot: Slot) -> Action:
        """A button: another file or folder for a slot, whichever can be used there."""
        there = self.model.files.get(slot)
        match self._goes_for_folder(slot), there is not None and there.file.is_folder:
            case True, True:
                label = text.CHOOSE_ANOTHER_FOLDER
            case True, False:
                label = text.CHOOSE_FOLDER
            case False, True:
                label = text.CHOOSE[Slot.UNDECIDED]
            case _:
                label = text.CHOOSE_ANOTHER_FILE
        return label, partial(self.browse, slot)

    # --- keeping up ------------------------------------------------------------------------------

    def edited(self) -> None:
        """What was said of the last work no longer holds."""
        self.finished = False
        super().stop_telling()
        self.banner.hide()
        self.output.set_problem(None)

    def refresh(self) -> None:
        """Show the step as it is now."""
        busy = self.worker.busy
        self.zone_row.show(self.model)
        problem = self.model.problem
        if busy or not (problem or self.tells_in_passing(self.problem)):
            self.problem.hide()
        elif problem and self.problem.sentence != problem:
            self.show_problem()
        missing = self.model.missing
        self.work.show(
            hint=text.still_missing(missing[0], is_folder=self.model.wants_folder(missing[0]))
            if missing
            else "",
            ready=self.model.ready,
            busy=busy,
            finished=self.finished,
        )
        set_shown(self.result, self.finished)
