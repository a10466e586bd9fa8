"""Where a patch's result goes, and what is kept of the old file: the options, on the screen."""

from __future__ import annotations

from tkinter import ttk
from typing import TYPE_CHECKING

from rdiff_gui.descriptions import describe_plan
from rdiff_gui.engine.summaries import ChangePlan
from rdiff_gui.ui.step.output_place import OutputPlace
from rdiff_gui.ui.widgets import WrappedLabel, WrappedSwitch, set_enabled, set_shown
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from rdiff_gui.ui.patch.page import PatchPage

_WITH_UNDO = translate("Also make an undo delta, which leads back to the old version")


class PatchOptionsForm(ttk.Frame):
    """Four switches and the undo delta's place, all written into the model as they change."""

    def __init__(self, page: PatchPage) -> None:
        super().__init__(page.options.body)
        self._page = page
        self._of_folders = False
        model, px = page.model, page.context.theme.px
        self.in_place = self._add(
            translate("Put the result in the old version's place"), model.in_place
        )
        self.changes_only = self._add(
            translate("Change the file itself, without a second copy"),
            model.changes_only,
        )
        self._plan = WrappedLabel(self, style="muted.bg.TLabel")
        self.keep_backup = self._add(translate("Keep the old file as a backup"), model.keep_backup)
        self.with_undo = self._add(_WITH_UNDO, model.with_undo)
        self.undo = OutputPlace(
            self, page, model.undo, label=translate("Undo delta"), find=model.propose_undo
        )
        self.in_place.grid(sticky="ew")
        self.changes_only.grid(sticky="ew", padx=(px(26), 0))
        self._plan.grid(sticky="ew", padx=(px(52), 0))
        self.keep_backup.grid(sticky="ew", padx=(px(26), 0))
        self.with_undo.grid(sticky="ew", pady=(px(4), 0))
        self.undo.grid(sticky="ew", padx=(px(26), 0))
        self.columnconfigure(0, weight=1)
        self._arrange()

    def _add(self, label: str, on: bool) -> WrappedSwitch:
        return WrappedSwitch(self, text=label, on=on, on_change=self._changed)

    def _changed(self) -> None:
        model = self._page.model
        model.in_place = self.in_place.on
        model.changes_only = self.changes_only.on
        model.keep_backup = self.keep_backup.on
        model.with_undo = self.with_undo.on
        self._arrange()
        self._page.options_switched()

    def set_enabled(self, enabled: bool) -> None:
        """Let the switches be moved, or not while a patch is at work with them."""
        for switch in (self.in_place, self.changes_only, self.keep_backup, self.with_undo):
            set_enabled(switch, enabled)

    def show_plan(self, plan: ChangePlan | None, *, of_folders: bool) -> None:
        """Tell what a change of the file itself would write; a folder is always changed so."""
        self._of_folders = of_folders
        self._plan.configure(text=describe_plan(plan) if plan else "")
        self._arrange()

    def _arrange(self) -> None:
        """What hangs on a switch is there while that is on."""
        of_file = self.in_place.on and not self._of_folders
        set_shown(self.changes_only, of_file)
        is_planned = of_file and self.changes_only.on and bool(self._plan.cget("text"))
        set_shown(self._plan, is_planned)
        set_shown(self.keep_backup, of_file)
        set_shown(self.undo, self.with_undo.on)
