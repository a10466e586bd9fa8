"""What was made on this computer."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import Literal

from rdiff_gui.desktop.history import HistoryEntry, Operation
from rdiff_gui.ui import Page, text
from rdiff_gui.ui.page import PageContext, PageView
from rdiff_gui.ui.widgets import (
    ActionRow,
    Tooltip,
    WrappedLabel,
    elide_middle,
    set_enabled,
    set_shown,
)
from rdiff_gui.wording import name_of, show_percent, show_size, translate

_TITLE = translate("History")
_SUBTITLE = translate("What was made on this computer, newest first.")
_EMPTY = translate("Nothing yet. What you make will be listed here.")
_CLEAR_HISTORY = translate("Clear history")
_CLEAR = translate("Clear…")
_CLEAR_QUESTION = translate(
    "Forget all that is listed here? The files themselves stay, but the window no longer knows "
    "which old file belongs to a delta that comes back."
)
_KEEP = translate("Keep it")
_COLUMNS = (
    translate("When"),
    translate("What"),
    translate("Result"),
    translate("Size"),
    translate("Saved"),
)

_ROWS_MOST = 14
_WIDTHS = (118, 78, 110, 78, 64)
_RESULT = "2"
# Beside the text of a cell.
_CELL_PADDING = 10


class HistoryPage(PageView):
    """A table of finished work; one row is chosen for the buttons below it."""

    page = Page.HISTORY
    title = _TITLE
    subtitle = _SUBTITLE

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, context)
        px = context.theme.px
        self._entries: Sequence[HistoryEntry] = ()
        self.banner.grid(sticky="ew", pady=(0, px(10)))
        self._empty = WrappedLabel(self.body, text=_EMPTY, style="body.bg.TLabel")
        self._empty.grid(sticky="ew")
        self._card = ttk.Frame(self.body, style="Card.TFrame", padding=px(12))
        self._card.columnconfigure(0, weight=1)
        self._card.grid(sticky="ew")
        self.table = self._build_table()
        self.tip = Tooltip(self.table, context.theme, self._hidden_name)
        self._foot = ActionRow(self.body, context.theme, surface="bg")
        self._foot.grid(sticky="ew", pady=(px(10), 0))
        labels = (text.SHOW_IN_FOLDER, text.COPY_PATH, _CLEAR)
        commands = (self.show_chosen, self._copy_chosen, self._ask_to_clear)
        self._foot.show(list(zip(labels, commands, strict=True)))
        self.buttons = self._foot.buttons
        letters = context.new_letters()
        for button, label in zip(self.buttons, labels, strict=True):
            letters.give(label, button)
        self._show(())

    def _build_table(self) -> ttk.Treeview:
        px = self.context.theme.px
        columns = [str(number) for number in range(len(_COLUMNS))]
        table = ttk.Treeview(self._card, columns=columns, show="headings", selectmode="browse")
        for column, title, width in zip(columns, _COLUMNS, _WIDTHS, strict=True):
            side: Literal["w", "e"] = "e" if column in ("3", "4") else "w"
            table.heading(column, text=title, anchor=side)
            table.column(
                column, anchor=side, width=px(width), minwidth=px(40), stretch=column == _RESULT
            )
        self._bar = ttk.Scrollbar(
            self._card, orient="vertical", command=table.yview, style="card.Vertical.TScrollbar"
        )
        table.configure(yscrollcommand=self._bar.set)
        table.grid(row=0, column=0, sticky="ew")
        self._bar.grid(row=0, column=1, sticky="ns")
        for sequence in ("<Double-1>", "<Return>", "<KP_Enter>"):
            table.bind(sequence, lambda _event: self.show_chosen())
        table.bind("<<TreeviewSelect>>", lambda _event: self._follow_choice())
        table.bind("<Configure>", lambda _event: self.after_idle(self._fit_names))
        table.bind("<Motion>", lambda _event: self.tip.wait_again(), add=True)
        return table

    def _fit_names(self) -> None:
        """Names that are too long show their start and end, and the rest in a tooltip."""
        if not self.winfo_exists():
            return
        room = self.table.column(_RESULT, "width") - self.context.theme.px(_CELL_PADDING)
        measure = self.context.theme.font("AppBody").measure
        for row, entry in zip(self.table.get_children(), self._entries, strict=True):
            name = elide_middle(name_of(entry.output), room, measure)
            self.table.set(row, _RESULT, name)

    def _hidden_name(self) -> str:
        y = self.table.winfo_pointery() - self.table.winfo_rooty()
        row = self.table.identify_row(y)
        if not row:
            return ""
        name = name_of(self._entries[self.table.index(row)].output)
        return "" if self.table.set(row, _RESULT) == name else name

    def was_shown(self) -> None:
        """Read the history anew: another window may have added to it."""
        self.context.post.ask(self.context.history.entries, self._show)

    def focus_start(self) -> None:
        """The table."""
        self.table.focus_set()

    def show_chosen(self) -> None:
        """Open the folder of the chosen row's result."""
        entry = self._chosen()
        if entry is not None:
            self.context.show_in_folder(entry.output)

    def _copy_chosen(self) -> None:
        entry = self._chosen()
        if entry is not None:
            self.context.clipboard.copy_text(str(entry.output))

    def _ask_to_clear(self) -> None:
        answers = [(_CLEAR_HISTORY, self._clear), (_KEEP, self.stop_telling)]
        self.tell("warning", _CLEAR_QUESTION, answers)
        # The answer that changes nothing has the focus.
        self.banner.buttons[-1].focus_set()

    def _clear(self) -> None:
        self.stop_telling()
        self.context.post.ask(self.context.history.clear, lambda _nothing: self.was_shown())

    def _chosen(self) -> HistoryEntry | None:
        chosen = self.table.selection()
        return self._entries[self.table.index(chosen[0])] if chosen else None

    def _follow_choice(self) -> None:
        self.stop_telling()
        for button in self.buttons[:2]:
            set_enabled(button, bool(self.table.selection()))

    def _show(self, entries: Sequence[HistoryEntry]) -> None:
        self._entries = entries
        now = time.time()
        self.table.delete(*self.table.get_children())
        for entry in entries:
            self.table.insert("", "end", values=_row(entry, now))
        self._fit_names()
        self.table.configure(height=max(1, min(_ROWS_MOST, len(entries))))
        set_shown(self._bar, len(entries) > _ROWS_MOST)
        set_shown(self._card, bool(entries))
        set_shown(self._foot, bool(entries))
        set_shown(self._empty, not entries)
        if entries:
            self.table.selection_set(self.table.get_children()[0])
            self.table.focus(self.table.get_children()[0])
        self._follow_choice()


def _row(entry: HistoryEntry, now: float) -> tuple[str, ...]:
    """One finished operation, by the columns."""
    saved = ""
    if entry.operation is Operation.DELTA and entry.whole_bytes:
        saved = show_percent(max(0.0, 1 - entry.output_bytes / entry.whole_bytes))
    return (
        text.show_when(entry.finished, now),
        text.OPERATIONS[entry.operation],
        name_of(entry.output),
        show_size(entry.output_bytes),
        saved,
    )
