"""How a finished operation is shown: headline, map, remarks, times, and what comes next."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from rdiff_gui.ui.page_context import PageContext
from rdiff_gui.ui.sentences import outcomes, trust
from rdiff_gui.ui.step.results import Result
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
        self._around = context
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

    def present(self, result: Result) -> None:
        """Replace what is shown."""
        around, output = self._around, result.output
        clipboard = around.clipboard
        secondary: list[Action] = [
            (outcomes.COPY_PATH, lambda: clipboard.copy_text(str(output))),
        ]
        if clipboard.takes_files:
            secondary.append((outcomes.COPY_FILE, lambda: clipboard.copy_file(output)))
        if result.follow is not None:
            follow = result.follow
            secondary.insert(0, (follow.label, lambda: around.go(follow.destination)))
        self._card.show(
            result.headline,
            result.line,
            role=result.role,
            primary=(outcomes.SHOW_IN_FOLDER, lambda: around.show_in_folder(output)),
            secondary=secondary,
        )
        for part in self._card.body.winfo_children():
            part.destroy()
        px = around.theme.px
        if result.delta is not None and result.delta.new_bytes:
            summary = result.delta
            delta_map = DeltaMap(self._card.body, around.theme)
            delta_map.show(
                summary.regions,
                summary.new_bytes,
                reused_bytes=summary.copied_bytes,
                new_bytes=summary.literal_bytes,
                new_places=sum(region.new for region in summary.regions),
            )
            delta_map.grid(sticky="ew", pady=(0, px(10)))
        for remark in result.remarks:
            WrappedLabel(self._card.body, text=remark, style="body.card.TLabel").grid(
                sticky="ew", pady=(0, px(8))
            )
        if result.blake3 is not None:
            checksum = FactTable(self._card.body, around.theme)
            checksum.show([(trust.FULL_CHECKSUM, result.blake3)])
            checksum.grid(sticky="ew", pady=(0, px(8)))
        if result.savings is not None:
            table = SavingsTable(self._card.body, around.theme)
            table.show(result.savings.link_times())
            table.grid(sticky="ew", pady=(0, px(8)))
        if result.next_step:
            self._show_next_step(result.next_step)
        self._cautions.show(result.cautions)

    def _show_next_step(self, sentence: str) -> None:
        px = self._around.theme.px
        row = ttk.Frame(self._card.body, style="card.TFrame")
        row.columnconfigure(1, weight=1)
        row.grid(sticky="ew", pady=(px(2), 0))
        icon = ttk.Label(
            row, image=self._around.theme.icon("info", 20, "accent"), style="body.card.TLabel"
        )
        icon.grid(row=0, column=0, sticky="n", padx=(0, px(10)))
        WrappedLabel(row, text=sentence, style="body.card.TLabel").grid(
            row=0, column=1, sticky="ew"
        )
