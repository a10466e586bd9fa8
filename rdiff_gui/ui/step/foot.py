"""The foot of a step's page: the button that begins, then progress, then what can be done."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from rdiff_gui.engine.progress import Progress
from rdiff_gui.ui import text
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.widgets import (
    ActionRow,
    AltLetters,
    WrappedLabel,
    set_enabled,
    set_shown,
)
from rdiff_gui.ui.widgets.progress_panel import ProgressPanel, TransferRate


class StepFoot:
    """Parts of a page's foot, one of which is seen: `start_row`, `progress` or `actions`."""

    def __init__(
        self,
        parent: ttk.Frame,
        context: PageContext,
        letters: AltLetters,
        *,
        primary_text: str,
        on_primary: Callable[[], None],
        on_cancel: Callable[[], None],
    ) -> None:
        px = self._px = context.theme.px
        self.start_row = ttk.Frame(parent)
        self.start_row.columnconfigure(2, weight=1)
        self.primary = ttk.Button(
            self.start_row, text=primary_text, style="bg.Accent.TButton", command=on_primary
        )
        self.primary.grid(row=0, column=0)
        self._hint = WrappedLabel(self.start_row, style="muted.bg.TLabel")
        self._hint.grid(row=0, column=2, sticky="ew", padx=px(10))
        self.progress = ProgressPanel(parent, context.theme, letters, on_cancel=on_cancel)
        letters.give(primary_text, self.primary)
        self.actions = ActionRow(parent, context.theme, surface="bg")
        self._rate = TransferRate()
        for part in (self.start_row, self.progress, self.actions):
            part.grid(row=1, column=0, sticky="ew")
            part.grid_remove()

    def add_button(self, label: str, command: Callable[[], None]) -> ttk.Button:
        """Another button beside the primary one."""
        button = ttk.Button(self.start_row, text=label, style="bg.TButton", command=command)
        button.grid(row=0, column=1, padx=(self._px(6), 0))
        return button

    def show(self, *, hint: str, ready: bool, busy: bool, finished: bool) -> None:
        """Show what goes with the state; `hint` says what is missing."""
        self._hint.configure(text=hint)
        set_enabled(self.primary, ready)
        set_shown(self.start_row, not busy and not finished)
        set_shown(self.progress, busy)
        set_shown(self.actions, not busy and finished)

    def begin(self) -> None:
        """Work begins, and can be cancelled."""
        self._rate = TransferRate()
        self.progress.cancel.focus_set()

    def show_progress(self, progress: Progress) -> None:
        """Show how far the work is."""
        self._rate.note(progress, time.monotonic())
        self.progress.show(
            progress.fraction,
            text.amount(progress.stage, progress.done_bytes, progress.total_bytes),
            text.pace(self._rate.bytes_a_second, self._rate.seconds_left),
        )

    def has_focus(self, focus: str) -> bool:
        """Whether the widget of this name is one that work begins or is cancelled with."""
        # Quick work ends before Cancel was on the screen and could take the focus.
        buttons: list[tk.Misc] = [self.progress.cancel, *self.start_row.winfo_children()]
        return focus in map(str, buttons)
