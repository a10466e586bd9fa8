"""Step three, on the screen."""

from __future__ import annotations

import time
import tkinter as tk
from functools import partial
from pathlib import Path
from tkinter import ttk

from rdiff_gui.engine.progress import CancelToken, Progress
from rdiff_gui.engine.summaries import DeltaFacts, PatchSummary
from rdiff_gui.errors import OutputExists, OutputIsInput, OutputUnwritable
from rdiff_gui.ui.page_context import PageContext
from rdiff_gui.ui.patch.basis_beside import FoundBasis, look_beside
from rdiff_gui.ui.patch.model import PatchStep
from rdiff_gui.ui.patch.options import PatchOptionsForm
from rdiff_gui.ui.routing import Destination
from rdiff_gui.ui.sentences import placing, trust, wizard
from rdiff_gui.ui.slots import Page, Slot
from rdiff_gui.ui.step.model import Attempt, Filled, Step
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.widgets import bind_alt_letter
from rdiff_gui.ui.worker import Ending, Finished

# A search that is over sooner needs no percent.
_SOON_SECONDS = 0.4


class PatchPage(StepPage[PatchSummary]):
    """Choose the old file and the delta."""

    title = wizard.PATCH_TITLE
    subtitle = wizard.PATCH_SUBTITLE
    primary_text = wizard.PATCH
    all_slots = (Slot.OLD_TO_PATCH, Slot.DELTA)

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        self._step = PatchStep()
        self._search: CancelToken | None = None
        self._search_began = 0.0
        self._searched: float | None = None
        super().__init__(parent, context, self._step)

    def build_more(self) -> None:
        """Add the options, and the button that tries without writing."""
        theme = self.around.theme
        self.form = PatchOptionsForm(
            self.options.body,
            theme,
            self._step,
            on_change=self._options_switched,
            on_undo_typed=self._undo_typed,
            on_undo_browse=self._browse_undo,
        )
        self.form.pack(fill="x", expand=True)
        self.check = ttk.Button(
            self.start_row, text=trust.CHECK, style="bg.TButton", command=self._press_check
        )
        bind_alt_letter(self.check, self.around.letters(*self.texts_with_letters, trust.CHECK)[-1])
        self.check.grid(row=0, column=1, padx=(theme.px(6), 0))

    def refresh(self) -> None:
        """Show the step as it is now."""
        super().refresh()
        self.check.state(["!disabled" if self._step.can_check else "disabled"])
        self.form.set_enabled(not self.worker.busy)
        self.output.set_enabled(not self._step.in_place)
        if self._search is not None and Slot.OLD_TO_PATCH in self._step.missing:
            zone = self.zone_row.zones[Slot.OLD_TO_PATCH]
            zone.set_empty(trust.searching(self._searched))

    # --- the old file is looked for --------------------------------------------------------------

    def learned(self, slot: Slot, one: Filled) -> None:
        """The delta tells the new file's name and the old one's checksum."""
        if slot is Slot.DELTA and isinstance(one.facts, DeltaFacts):
            self.propose_output()
            if Slot.OLD_TO_PATCH in self._step.missing:
                self._look_beside(one.facts)

    def _look_beside(self, delta: DeltaFacts) -> None:
        token = self._search = CancelToken()
        self._search_began, self._searched = time.monotonic(), None

        def ended(ending: Ending[FoundBasis | None]) -> None:
            if self._search is not token:
                return
            self._search = None
            self.refresh()
            if isinstance(ending, Finished) and ending.result is not None:
                self._found(ending.result)

        self.around.post.run(
            lambda on_progress: look_beside(delta, on_progress, token),
            ended,
            partial(self._search_progressed, token),
        )

    def _found(self, basis: FoundBasis) -> None:
        say = placing.basis_proven if basis.proven else placing.basis_found
        note = say(basis.arrival.path)
        self.take(Destination(Page.PATCH, {Slot.OLD_TO_PATCH: basis.arrival}, note), fresh=False)
        self.focus_start()

    def _search_progressed(self, token: CancelToken, progress: Progress) -> None:
        if self._search is token and time.monotonic() - self._search_began > _SOON_SECONDS:
            self._searched = progress.fraction
            self.refresh()

    def _stop_search(self) -> None:
        if self._search is not None:
            self._search.cancel()
            self._search = None
            self.refresh()

    def take(self, destination: Destination, *, fresh: bool) -> None:
        """Put files into their slots; what the user brings needs no search."""
        if destination.filled:
            self._stop_search()
        super().take(destination, fresh=fresh)

    def clear(self, slot: Slot) -> None:
        """Take a file out of its zone."""
        self._stop_search()
        super().clear(slot)

    def escape(self) -> None:
        """Stop the search or the work, or put away what the banner says."""
        if self._search is not None:
            self._stop_search()
        else:
            super().escape()

    def was_left(self) -> None:
        """Nobody waits for the search any more."""
        self._stop_search()

    # --- options ---------------------------------------------------------------------------------

    def _options_switched(self) -> None:
        if self._step.in_place or self._step.output == self._old_path():
            self._step.output_is_users = False
        self.propose_output()
        self.output_changed()
        self.options_changed()

    def _old_path(self) -> Path | None:
        old = self._step.files.get(Slot.OLD_TO_PATCH)
        return old.path if old else None

    def output_changed(self) -> None:
        """The undo delta is called after the new file."""
        propose = self._step.propose_undo()
        if self._step.undo_is_users and self._step.undo is not None:
            return
        if propose is None:
            self._undo_proposed(None)
        else:
            target = self._step.output
            self.around.post.ask(
                propose,
                lambda path: self._undo_proposed(path) if self._step.output == target else None,
            )

    def _undo_proposed(self, path: Path | None) -> None:
        if not self._step.undo_is_users and not self.worker.busy:
            self._step.undo = path
            self.form.undo.set_path(path or "")
            self.refresh()

    def _undo_typed(self) -> None:
        text = self.form.undo.path
        self._step.undo = self._step.read_path(text)
        self._step.undo_is_users = bool(text.strip())
        self.form.undo.set_problem(None)
        self.options_changed()

    def _browse_undo(self) -> None:
        self.around.browse_output(self._step.undo or Path.home(), self._undo_chosen)

    def _undo_chosen(self, path: Path) -> None:
        if not self.refuse_while_busy():
            self._step.undo, self._step.undo_is_users = path, True
            self.form.undo.set_path(path)
            self.options_changed()

    def options_are_valid(self) -> bool:
        """Whether new file and undo delta have names of their own; says so where not."""
        if self._step.undo_takes_results_place:
            self._complain_of_undo(trust.UNDO_TAKES_RESULTS_PLACE)
            return False
        return True

    def _complain_of_undo(self, sentence: str) -> None:
        self.options.set_open(True)
        self.form.undo.set_problem(sentence)
        self.form.undo.entry.focus_set()

    # --- the work --------------------------------------------------------------------------------

    def _press_check(self) -> None:
        if self._step.can_check and not self.worker.busy:
            self.start(Attempt(checking=True))

    def show_verdict(self, begun: Step[PatchSummary], summary: PatchSummary) -> None:
        """They fit; the old file and the delta stay, ready to be patched."""
        assert isinstance(begun, PatchStep)
        verdict = begun.verdict(summary)
        self.banner.show(verdict.kind, verdict.sentence, detail=verdict.detail)

    def explain(self, begun: Step[PatchSummary], attempt: Attempt, error: BaseException) -> None:
        """Say why the work failed; what is wrong with the undo delta's place, at its field."""
        assert isinstance(begun, PatchStep)
        match error:
            case OutputExists() if begun.with_undo and error.path == begun.undo:
                self._complain_of_undo(trust.undo_exists(error.path))
            case OutputIsInput() | OutputUnwritable() if (
                begun.with_undo and error.path == begun.undo
            ):
                self._complain_of_undo(str(error))
            case _:
                super().explain(begun, attempt, error)
