"""Step three, on the screen."""

from __future__ import annotations

import time
import tkinter as tk
from functools import partial
from pathlib import Path

from rdiff_gui.descriptions import (
    describe_check,
    describe_recovery,
    describe_tree_check,
    describe_tree_recovery,
)
from rdiff_gui.engine import recover, recover_tree
from rdiff_gui.engine.progress import CancelToken, Progress
from rdiff_gui.engine.publication import take_place
from rdiff_gui.engine.summaries import (
    DeltaFacts,
    PatchSummary,
    RecoverySummary,
    UnreadFacts,
)
from rdiff_gui.engine.trees.summaries import TreeFacts, TreePatchSummary
from rdiff_gui.errors import (
    ChangeUnfinished,
    FileProblem,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
    SourceInUse,
    WrongBasis,
)
from rdiff_gui.records import replace
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.error_report import report, show_problem
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.patch.basis_search import (
    FoundBasis,
    comparing_checksum,
    found_basis,
    found_folder,
    look_for_basis,
)
from rdiff_gui.ui.patch.model import PatchModel, backup_kept
from rdiff_gui.ui.patch.options import PatchOptionsForm
from rdiff_gui.ui.routing import Destination, DroppedFile, look_at
from rdiff_gui.ui.step.map_view import MapCard
from rdiff_gui.ui.step.model import Attempt, Filled, Outcome, StepModel
from rdiff_gui.ui.step.page import StepPage
from rdiff_gui.ui.text import CHECKSUM, NOT_THIS_ONE, about, show_when
from rdiff_gui.ui.trees.patching import explain as explain_tree
from rdiff_gui.ui.trees.view import TreeCard
from rdiff_gui.ui.widgets import Action, Tone, set_enabled, set_shown
from rdiff_gui.ui.worker import Ending, Finished
from rdiff_gui.wording import name_of, translate

# A search that is over sooner needs no percent.
_SOON_SECONDS = 0.4

_TAKE_PLACE = translate("Put it in the old file's place")
_CHECK = translate("Check")
_UNDO_TAKES_RESULTS_PLACE = translate(
    "That is the name of the result. Choose another one for the undo delta."
)
# An undo delta never pushes out another file.
_UNDO_EXISTS = translate("“{name}” exists already. Choose another name.")
_IN_USE = translate(
    "“{name}” seems to be open in another program that writes into it. Close that first: whoever "
    "has the file open would see it half changed."
)
_SEVERAL_NAMES = translate(
    "“{name}” has several names (hard links), and would change under all of them."
)
_CHANGE_ALL_THE_SAME = translate("Change it all the same")
_UNFINISHED = translate(
    "A change of “{name}” was interrupted. What was written can be taken back, so that the old "
    "file stands there again."
)
_PUT_BACK = translate("Put the old file back")
_FOLDER_UNFINISHED = translate(
    "A patch of the folder “{name}” was interrupted. It can be settled now: the old folder is put "
    "back, or where all of it was new already, the rest is tidied up."
)
_SETTLE = translate("Settle it")
_PUTTING_BACK = translate("Putting “{name}” back…")

Begun = StepModel[PatchSummary | TreePatchSummary]


class PatchPage(StepPage[PatchSummary | TreePatchSummary]):
    """Choose the old file or folder, and the delta."""

    page = Page.PATCH
    title = translate("Patch")
    subtitle = translate("Make the new version from the old one and a delta.")
    primary_text = translate("Patch")
    all_slots = PatchModel.slots
    model: PatchModel

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        self._search: CancelToken | None = None
        self._search_began = 0.0
        self._searched: float | None = None
        self._candidates: list[Path] = []
        super().__init__(parent, context, PatchModel())

    def build_more(self) -> None:
        """Add the map, the options, and the button that tries without writing."""
        self.map = MapCard(self.middle, self.context)
        self.map.grid(sticky="ew", pady=(self.context.theme.px(8), 0))
        self.files = TreeCard(self.middle, self.context)
        self.files.grid(sticky="ew", pady=(self.context.theme.px(8), 0))
        self.form = PatchOptionsForm(self)
        self.form.pack(fill="x", expand=True)
        self.check = self.work.add_button(_CHECK, self._press_check)
        self.letters.give(_CHECK, self.check)

    def refresh(self) -> None:
        super().refresh()
        set_enabled(self.check, self.model.can_check)
        self.form.set_enabled(not self.worker.busy)
        self.form.show_plan(self.model.plan, of_folders=self.model.of_folders)
        self.output.set_enabled(not self.model.in_place)
        self._show_search()
        old = self.model.files.get(Slot.OLD_TO_PATCH)
        old_bytes = old.file.size_bytes if old and not old.problem else None
        self.map.show(self.model.delta_facts, old_bytes)
        # The result has them itself.
        self.files.show(None if self.finished else self.model.delta_facts)
        # What holds nothing any more would keep its room.
        set_shown(self.middle, bool(self.middle.grid_slaves()))

    # --- the old file is looked for --------------------------------------------------------------

    def learned(self, slot: Slot, one: Filled) -> None:
        """The delta tells the new file's name and the old one's checksum."""
        if slot is Slot.DELTA and isinstance(one.facts, DeltaFacts | UnreadFacts | TreeFacts):
            self.output.propose()
            self._look_for_basis()

    def _look_for_basis(self) -> None:
        """Look for the old file, where it is missing or another one stands in its place."""
        delta, old = self.model.delta_facts, self.model.files.get(Slot.OLD_TO_PATCH)
        if delta is None or (old is not None and not old.problem):
            return
        token = self._search = CancelToken()
        self._search_began, self._searched = time.monotonic(), None
        # Another thread adds to it.
        candidates = self._candidates = []

        def ended(ending: Ending[FoundBasis | None]) -> None:
            if self._search is not token:
                return
            self._search = None
            self.refresh()
            if isinstance(ending, Finished) and ending.result is not None:
                self._found(ending.result, delta.path)

        held, history = self.context.held_files(), self.context.history
        self.context.post.run(
            lambda on_progress: look_for_basis(
                delta, held, history, on_progress, token, candidates.append
            ),
            ended,
            partial(self._search_progressed, token),
        )

    def _found(self, basis: FoundBasis, delta: Path) -> None:
        path, signed = basis.file.path, basis.signed
        when = None if signed is None else show_when(signed, time.time())

        def use() -> None:
            self.take(Destination(Page.PATCH, {Slot.OLD_TO_PATCH: basis.file}), fresh=False)
            self.focus_start()

        if Slot.OLD_TO_PATCH in self.model.files:
            self.show_problem((_use(path), use))
            return
        use()
        self.banner.show(
            "info",
            found_folder(path, delta)
            if basis.file.is_folder
            else found_basis(path, delta, proven=basis.proven, signed=when),
            [(NOT_THIS_ONE, lambda: self.clear(Slot.OLD_TO_PATCH))],
        )

    def _search_progressed(self, token: CancelToken, progress: Progress) -> None:
        if self._search is token and time.monotonic() - self._search_began > _SOON_SECONDS:
            self._searched = progress.fraction
            self._show_search()

    def _show_search(self) -> None:
        if self._search is not None and Slot.OLD_TO_PATCH in self.model.missing:
            told = translate("Looking for it…")
            if self._searched is not None:
                told = translate("Looking for it… {percent} %")
                if self._candidates:
                    told = comparing_checksum(self.model.delta_facts)
                told = told.format(
                    percent=int(self._searched * 100),
                    name=name_of(self._candidates[-1]) if self._candidates else "",
                )
            self.zone_row.zones[Slot.OLD_TO_PATCH].set_empty(told)

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
        if destination.interrupted and not self.worker.busy:
            file = destination.interrupted
            self.offer_to_put_back(file, is_folder=destination.of_folder)
        if Slot.OLD_TO_PATCH in destination.filled:
            self._look_for_basis()

    def clear(self, slot: Slot) -> None:
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
        super().was_left()

    # --- the new file takes the old one's place --------------------------------------------------

    def more_actions(self, begun: Begun, outcome: Outcome) -> list[Action]:
        more = super().more_actions(begun, outcome)
        old = begun.inputs[0]
        is_folder = begun.files[Slot.OLD_TO_PATCH].file.is_folder
        if not is_folder and old.parent == outcome.output.parent and old != outcome.output:
            more.insert(0, (_TAKE_PLACE, lambda: self._take_place(begun, outcome)))
        return more

    def _take_place(self, begun: Begun, outcome: Outcome) -> None:
        old = begun.inputs[0]

        def taken(answer: tuple[Path, list[FileProblem]]) -> None:
            backup, remarks = answer
            now = replace(
                outcome,
                output=old,
                line="",
                remarks=(*outcome.remarks, backup_kept(backup, old)),
                cautions=(*outcome.cautions, *map(str, remarks)),
                next_step="",
            )
            self.present(begun, now)
            self.actions.buttons[0].focus_set()

        def failed(problem: BaseException) -> None:
            self.present(begun, outcome)
            show_problem(self.banner, problem)

        for button in self.actions.buttons:
            set_enabled(button, False)
        history = self.context.history

        def take() -> tuple[Path, list[FileProblem]]:
            backup, remarks = take_place(outcome.output, old)
            history.result_moved(outcome.output, old, backup)
            return backup, remarks

        self.context.post.ask(take, taken, failed, lasting=True)

    # --- a change that was interrupted -----------------------------------------------------------

    def offer_to_put_back(self, file: Path, *, is_folder: bool = False) -> None:
        """Tell of a file, or a folder, whose change was interrupted."""
        sentence = _FOLDER_UNFINISHED if is_folder else _UNFINISHED
        label = _SETTLE if is_folder else _PUT_BACK
        put_back = partial(self._put_back, file, is_folder)
        self.banner.show("warning", about(sentence, file), [(label, put_back)])

    def _put_back(self, file: Path, is_folder: bool) -> None:
        def answered(answer: tuple[RecoverySummary, DroppedFile]) -> None:
            summary, old = answer
            if old.can_be_old and not self.worker.busy:
                self.take(Destination(Page.PATCH, {Slot.OLD_TO_PATCH: old}), fresh=True)
            describe = describe_tree_recovery if is_folder else describe_recovery
            self.banner.show("ok", describe(summary))

        self.banner.show("info", about(_PUTTING_BACK, file))
        ask = partial(_recover, file, is_folder)
        failed = partial(show_problem, self.banner)
        self.context.post.ask(ask, answered, failed, lasting=True)

    # --- options ---------------------------------------------------------------------------------

    def options_switched(self) -> None:
        """Result and undo delta go elsewhere, or there is no undo delta any more."""
        old = self.model.files.get(Slot.OLD_TO_PATCH)
        if self.model.in_place or self.model.output.path == (old.path if old else None):
            self.model.output.chosen = False
        self.output.propose()
        self.output_changed()
        self.options_changed()

    def output_changed(self) -> None:
        """The undo delta is called after the new file."""
        self.form.undo.propose()

    def edited(self) -> None:
        """What was said of the last work no longer holds."""
        super().edited()
        self.form.undo.set_problem(None)

    def options_are_valid(self) -> bool:
        """Whether new file and undo delta have names of their own; says so where not."""
        if self.model.undo_takes_results_place:
            return self._complain_of_undo(_UNDO_TAKES_RESULTS_PLACE)
        return True

    def _complain_of_undo(self, sentence: str, *, of_folder: bool = False) -> bool:
        self.form.undo.set_problem(sentence, of_folder=of_folder)
        return self.wrong_option(self.form.undo.entry)

    # --- the work --------------------------------------------------------------------------------

    def _press_check(self) -> None:
        if self.model.can_check and not self.worker.busy:
            self.start(Attempt(checking=True))

    def show_check(self, begun: Begun, summary: PatchSummary | TreePatchSummary) -> None:
        """They fit; the old file and the delta stay, ready to be patched."""
        if isinstance(summary, TreePatchSummary):
            tone: Tone = "ok" if summary.checked else "info"
            self.banner.show(tone, describe_tree_check(summary, begun.inputs[0]))
            return
        checked = summary.checked_blake3
        self.banner.show(
            "ok" if checked else "info",
            describe_check(summary, begun.inputs[0]),
            detail=f"{CHECKSUM}  {checked}" if checked else None,
        )

    def explain(self, begun: Begun, attempt: Attempt, error: BaseException) -> None:
        """Say why the work failed; what is wrong with the undo delta's place, at its field."""
        assert isinstance(begun, PatchModel)
        undo = begun.undo.path if begun.with_undo else None
        match error:
            case OutputExists() if error.path == undo:
                self._complain_of_undo(about(_UNDO_EXISTS, error.path))
            case OutputIsInput() | OutputUnwritable() if error.path == undo:
                of_folder = isinstance(error, OutputUnwritable) or error.within
                self._complain_of_undo(str(error), of_folder=of_folder)
            case _ if begun.of_folders and explain_tree(self, begun, attempt, error):
                pass
            case SourceInUse():
                self.banner.show(
                    "warning",
                    about(_SEVERAL_NAMES if error.links > 1 else _IN_USE, error.path),
                    [
                        (
                            _CHANGE_ALL_THE_SAME,
                            lambda: self.start(replace(attempt, allow_shared=True)),
                        )
                    ],
                )
            case ChangeUnfinished():
                self.offer_to_put_back(error.path)
            case WrongBasis():
                old = begun.files[Slot.OLD_TO_PATCH]
                told = report(error)
                old.problem, old.detail, old.tried = told.sentence, told.detail, True
                self.refresh()
                self._look_for_basis()
            case _:
                super().explain(begun, attempt, error)


def _recover(file: Path, is_folder: bool) -> tuple[RecoverySummary, DroppedFile]:
    """Put a file or a folder back, and look at it."""
    summary = recover_tree(file) if is_folder else recover(file)
    return summary, look_at(summary.path)


def _use(old: Path) -> str:
    """A button: the right old file for a delta that was given a wrong one."""
    return translate("Use “{name}”").format(name=name_of(old))
