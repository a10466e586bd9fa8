"""How a finished operation is shown: headline, map, remarks, times, and what comes next."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from rdiff_gui.ui import text as shared
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.step import text
from rdiff_gui.ui.step.model import Outcome
from rdiff_gui.ui.widgets import (
    Action,
    Cautions,
    DeltaMap,
    FactTable,
    ResultCard,
    SavingsTable,
    WrappedLabel,
)


class ResultView(ttk.Frame):
    """A card that says all there is to say of one result, and below it what to be wary of."""

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent)
        self._context = context
        self._card = ResultCard(self, context.theme)
        self._card.grid(sticky="ew")
        self._card.body.columnconfigure(0, weight=1)
        self._cautions = Cautions(self, context.theme)
        self._cautions.grid(sticky="ew", pady=(context.theme.px(8), 0))
        self.columnconfigure(0, weight=1)

    @property
    def buttons(self) -> list[ttk.Button]:
        """What can be done with the result, from left to right."""
        return self._card.actions.buttons

    def present(self, outcome: Outcome) -> None:
        """Replace what is shown."""
        self._show_head(outcome)
        theme, px, body = self._context.theme, self._context.theme.px, self._card.body
        for part in body.winfo_children():
            part.destroy()
        if outcome.delta is not None and outcome.delta.new_bytes:
            summary = outcome.delta
            delta_map = DeltaMap(body, theme)
            delta_map.show(
                summary.regions,
                summary.new_bytes,
                reused_bytes=summary.copied_bytes,
                new_bytes=summary.literal_bytes,
                new_places=sum(region.new for region in summary.regions),
            )
            delta_map.grid(sticky="ew", pady=(0, px(10)))
        for remark in outcome.remarks:
            label = WrappedLabel(body, text=remark, style="body.card.TLabel")
            label.grid(sticky="ew", pady=(0, px(8)))
        if outcome.blake3 is not None:
            checksum = FactTable(body, theme)
            checksum.show([(text.CHECKSUM, outcome.blake3)])
            checksum.grid(sticky="ew", pady=(0, px(8)))
        if outcome.savings is not None:
            table = SavingsTable(body, theme)
            table.show(outcome.savings.link_times())
            table.grid(sticky="ew", pady=(0, px(8)))
        if outcome.next_step:
            row = ttk.Frame(body, style="card.TFrame")
            row.columnconfigure(1, weight=1)
            row.grid(sticky="ew", pady=(px(2), 0))
            icon = theme.icon("info", 20, "accent")
            icon_label = ttk.Label(row, image=icon, style="body.card.TLabel")
            icon_label.grid(row=0, column=0, sticky="n", padx=(0, px(10)))
            label = WrappedLabel(row, text=outcome.next_step, style="body.card.TLabel")
            label.grid(row=0, column=1, sticky="ew")
        self._cautions.show(outcome.cautions)

    def _show_head(self, outcome: Outcome) -> None:
        context, output = self._context, outcome.output
        clipboard = context.clipboard
        secondary: list[Action] = [
            (shared.COPY_PATH, lambda: clipboard.copy_text(str(output))),
        ]
        if clipboard.takes_files:
            secondary.append((shared.COPY_FILE, lambda: clipboard.copy_file(output)))
        if outcome.follow is not None:
            label, destination = outcome.follow.label, outcome.follow.destination
            secondary.insert(0, (label, lambda: context.go(destination)))
        self._card.show(
            outcome.headline,
            outcome.line,
            role=outcome.role,
            primary=(shared.SHOW_IN_FOLDER, lambda: context.show_in_folder(output)),
            secondary=secondary,
        )
