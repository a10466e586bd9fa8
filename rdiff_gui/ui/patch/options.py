"""The form for where a patched file goes, and for the way back."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from rdiff_gui.ui.patch.model import PatchStep
from rdiff_gui.ui.sentences import trust
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import OutputField


class PatchOptionsForm(ttk.Frame):
    """Three switches and the undo delta's place, all written into `step` as they change."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        step: PatchStep,
        *,
        on_change: Callable[[], None],
        on_undo_typed: Callable[[], None],
        on_undo_browse: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        px = theme.px
        self._step = step
        self._on_change = on_change
        self._in_place = tk.BooleanVar(self, value=step.in_place)
        self._keep_backup = tk.BooleanVar(self, value=step.keep_backup)
        self._with_undo = tk.BooleanVar(self, value=step.with_undo)
        self.in_place = self._add(trust.IN_PLACE, self._in_place)
        self.keep_backup = self._add(trust.KEEP_BACKUP, self._keep_backup)
        self.with_undo = self._add(trust.WITH_UNDO, self._with_undo)
        self.undo = OutputField(
            self, theme, label=trust.SAVE_UNDO_AS, on_browse=on_undo_browse, on_change=on_undo_typed
        )
        self.in_place.grid(sticky="w")
        self.keep_backup.grid(sticky="w", padx=(px(26), 0))
        self.with_undo.grid(sticky="w", pady=(px(4), 0))
        self.undo.grid(sticky="ew", padx=(px(26), 0))
        self.columnconfigure(0, weight=1)
        self._arrange()

    def _add(self, text: str, variable: tk.BooleanVar) -> ttk.Checkbutton:
        return ttk.Checkbutton(
            self, text=text, variable=variable, style="bg.TCheckbutton", command=self._changed
        )

    def _changed(self) -> None:
        self._step.in_place = self._in_place.get()
        self._step.keep_backup = self._keep_backup.get()
        self._step.with_undo = self._with_undo.get()
        self._arrange()
        self._on_change()

    def set_enabled(self, enabled: bool) -> None:
        """Let the switches be moved, or not while a patch is at work with them."""
        for switch in (self.in_place, self.keep_backup, self.with_undo):
            switch.state(["!disabled" if enabled else "disabled"])

    def _arrange(self) -> None:
        """What hangs on a switch is there while that is on."""
        for part, shown in (
            (self.keep_backup, self._step.in_place),
            (self.undo, self._step.with_undo),
        ):
            if shown:
                part.grid()
            else:
                part.grid_remove()
