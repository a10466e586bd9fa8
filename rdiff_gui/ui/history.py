"""What was made on this computer."""

from __future__ import annotations

import os
import time
import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk
from typing import Literal

from rdiff_gui.desktop.history import HistoryEntry, Operation
from rdiff_gui.records import record
from rdiff_gui.ui import Page, Slot, text
from rdiff_gui.ui.page import PageContext, PageView
from rdiff_gui.ui.routing import Destination, DroppedFile, look_at_all
from rdiff_gui.ui.widgets import (
    ActionRow,
    PopupMenu,
    Tooltip,
    WrappedLabel,
    elide_middle,
    set_enabled,
    set_shown,
)
from rdiff_gui.wording import (
    name_of,
    show_name,
    show_percent,
    show_size,
    translate,
    translate_plural,
)

_TITLE = translate("History")
_SUBTITLE = translate("What was made on this computer, newest first.")
_EMPTY = translate("Nothing yet. What you make will be listed here.")
_CLEAR_HISTORY = translate("Clear history")
_CLEAR = translate("Clear…")
_REOPEN = translate("Do it again")
_REMOVE = translate("Remove from history")
_SEARCH = translate("Search")
_GONE = translate("gone")
_CLEAR_QUESTION = translate(
    "Forget all that is listed here? The files themselves stay, but the window no longer knows "
    "which old version belongs to a delta that comes back."
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
_WIDTHS = (118, 78, 90, 78, 64)
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
        self._all: Sequence[_Row] = ()
        self._rows: Sequence[_Row] = ()
        self.banner.grid(sticky="ew", pady=(0, px(10)))
        self._empty = WrappedLabel(self.body, text=_EMPTY, style="body.bg.TLabel")
        self._empty.grid(sticky="ew")
        self._lead = ttk.Frame(self.body)
        self._lead.columnconfigure(0, weight=1)
        self._lead.grid(sticky="ew", padx=(context.theme.inset, 0), pady=(0, px(8)))
        self._saved = WrappedLabel(self._lead, style="body.bg.TLabel")
        self._saved.grid(row=0, column=0, sticky="ew")
        ttk.Label(self._lead, text=_SEARCH, style="muted.bg.TLabel").grid(row=0, column=1)
        self._sought = tk.StringVar(self)
        self._sought.trace_add("write", lambda *_trace: self._show_rows())
        self.search = ttk.Entry(self._lead, textvariable=self._sought, width=18)
        self.search.grid(row=0, column=2, padx=(px(6), 0))
        self._card = ttk.Frame(self.body, style="Card.TFrame", padding=px(12))
        self._card.columnconfigure(0, weight=1)
        self._card.grid(sticky="ew")
        self.table = self._build_table()
        self.menu = PopupMenu(self.table, context.theme)
        self._bind_menu()
        self.tip = Tooltip(self.table, context.theme, self._hidden_name)
        self._foot = ActionRow(self.body, context.theme, surface="bg")
        self._foot.grid(sticky="ew", pady=(px(10), 0))
        labels = (_REOPEN, text.SHOW_IN_FOLDER, text.COPY_PATH, _CLEAR)
        commands = (self.reopen_chosen, self.show_chosen, self._copy_chosen, self._ask_to_clear)
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
            table.bind(sequence, lambda _event: self.reopen_chosen())
        table.bind("<<TreeviewSelect>>", lambda _event: self._follow_choice())
        table.bind("<Configure>", lambda _event: self.after_idle(self._fit_names))
        table.bind("<Motion>", lambda _event: self.tip.wait_again(), add=True)
        return table

    def _fit_columns(self, rows: Sequence[tuple[str, ...]]) -> None:
        """As wide as what stands in each; names are fitted to what is left."""
        px, measure = self.context.theme.px, self.context.theme.font("AppBody").measure
        left = self.table.winfo_width()
        for place, texts in enumerate(zip(_COLUMNS, *rows, strict=True)):
            if str(place) != _RESULT:
                width = max(map(measure, set(texts))) + px(_CELL_PADDING)
                left -= (width := max(width, px(_WIDTHS[place])))
                self.table.column(str(place), width=width)
        # Tk leaves it as it was, until the table is given another width.
        self.table.column(_RESULT, width=max(left, px(_WIDTHS[int(_RESULT)])))

    def _fit_names(self) -> None:
        """Names that are too long show their start and end, and the rest in a tooltip."""
        if not self.winfo_exists():
            return
        room = self.table.column(_RESULT, "width") - self.context.theme.px(_CELL_PADDING)
        measure = self.context.theme.font("AppBody").measure
        for item, row in zip(self.table.get_children(), self._rows, strict=True):
            name = elide_middle(name_of(row.entry.output), room, measure)
            self.table.set(item, _RESULT, name)

    def _hidden_name(self) -> str:
        y = self.table.winfo_pointery() - self.table.winfo_rooty()
        row = self.table.identify_row(y)
        if not row:
            return ""
        name = name_of(self._rows[self.table.index(row)].entry.output)
        return "" if self.table.set(row, _RESULT) == name else name

    def was_shown(self) -> None:
        """Read the history anew: another window may have added to it."""
        self._read()

    def _read(self, place: int = 0) -> None:
        history = self.context.history
        self.context.post.ask(
            lambda: [_Row.of(entry) for entry in history.entries()],
            partial(self._show, place=place),
        )

    def focus_start(self) -> None:
        """The table."""
        self.table.focus_set()

    def escape(self) -> None:
        """Put away what the banner says, or what is sought."""
        if self.banner.sentence:
            super().escape()
        else:
            self._sought.set("")

    def reopen_chosen(self) -> None:
        """Show the step again, with the files of the chosen row in their places."""
        row = self._chosen()
        if row is None:
            return
        entry = row.entry

        def looked_at(files: Sequence[DroppedFile]) -> None:
            gone = [file for file in files if not file.is_usable]
            if gone:
                self.tell("warning", text.MISSING.format(path=show_name(gone[0].path)))
            else:
                self.context.go(_step_of(entry.operation, files))

        self.context.post.ask(partial(look_at_all, entry.inputs), looked_at)

    def show_chosen(self) -> None:
        """Open the folder of the chosen row's result."""
        row = self._chosen()
        if row is not None:
            self.context.show_in_folder(row.entry.output)

    def _copy_chosen(self) -> None:
        row = self._chosen()
        if row is not None:
            self.context.clipboard.copy_text(str(row.entry.output))

    def _remove_chosen(self) -> None:
        row = self._chosen()
        if row is not None:
            place = self._rows.index(row)
            forget = partial(self.context.history.remove, row.entry)
            # The next one is chosen then.
            self.context.post.ask(forget, lambda _nothing: self._read(place), lasting=True)

    def _bind_menu(self) -> None:
        self.table.bind("<<ContextMenu>>", self._open_menu_at_pointer)
        # On Windows, the key between Alt and Control is called otherwise.
        on_windows = self.tk.call("tk", "windowingsystem") == "win32"
        for key in ("<Shift-F10>", "<Key-App>" if on_windows else "<Key-Menu>"):
            self.table.bind(key, lambda _event: self._open_menu_at_choice())
        self.table.bind("<Delete>", lambda _event: self._remove_chosen())

    def _open_menu_at_pointer(self, event: tk.Event[tk.Misc]) -> None:
        item = self.table.identify_row(event.y)
        if item:
            self.table.focus_set()
            self.table.focus(item)
            self.table.selection_set(item)
            self._open_menu(event.x_root, event.y_root)

    def _open_menu_at_choice(self) -> None:
        for item in self.table.selection():
            self.table.see(item)
            left, top, _width, height = map(int, self.table.bbox(item))
            x, y = self.table.winfo_rootx(), self.table.winfo_rooty()
            self._open_menu(x + left + self.context.theme.px(20), y + top + height)

    def _open_menu(self, x: int, y: int) -> None:
        row = self._chosen()
        if row is None:
            return
        clipboard, output = self.context.clipboard, row.entry.output
        actions = [(_REOPEN, self.reopen_chosen), (text.SHOW_IN_FOLDER, self.show_chosen)]
        if clipboard.takes_files and row.is_there:
            label = text.COPY_FOLDER if row.is_folder else text.COPY_FILE
            actions.append((label, lambda: clipboard.copy_file(output)))
        actions += [(text.COPY_PATH, self._copy_chosen), (_REMOVE, self._remove_chosen)]
        self.menu.show(actions, x, y)

    def _ask_to_clear(self) -> None:
        answers = [(_CLEAR_HISTORY, self._clear), (_KEEP, self.stop_telling)]
        self.tell("warning", _CLEAR_QUESTION, answers)
        # The answer that changes nothing has the focus.
        self.banner.buttons[-1].focus_set()

    def _clear(self) -> None:
        self.stop_telling()
        clear = self.context.history.clear
        self.context.post.ask(clear, lambda _nothing: self.was_shown(), lasting=True)

    def _chosen(self) -> _Row | None:
        chosen = self.table.selection()
        return self._rows[self.table.index(chosen[0])] if chosen else None

    def _follow_choice(self) -> None:
        self.stop_telling()
        for button in self.buttons[:3]:
            set_enabled(button, bool(self.table.selection()))

    def _show(self, rows: Sequence[_Row], place: int = 0) -> None:
        self._all = rows
        deltas = [row.entry for row in rows if row.entry.operation is Operation.DELTA]
        saved_bytes = sum(max(0, delta.whole_bytes - delta.output_bytes) for delta in deltas)
        told = translate_plural(
            "Saved in all: {size}, by {count} delta", "Saved in all: {size}, by {count} deltas",
            len(deltas),
        )  # fmt: skip
        self._saved.configure(
            text=told.format(size=show_size(saved_bytes), count=len(deltas)) if deltas else ""
        )
        for part in (self._lead, self._card, self._foot):
            set_shown(part, bool(rows))
        set_shown(self._empty, not rows)
        self._show_rows(place)

    def _show_rows(self, place: int = 0) -> None:
        """Those in whose names is what is sought; the one at `place` is chosen."""
        sought = self._sought.get().casefold().strip()
        rows = self._rows = [row for row in self._all if sought in row.names]
        now = time.time()
        self.table.delete(*self.table.get_children())
        cells = [row.cells(now) for row in rows]
        for values in cells:
            self.table.insert("", "end", values=values)
        self._fit_columns(cells)
        self._fit_names()
        self.table.configure(height=max(1, min(_ROWS_MOST, len(rows))))
        set_shown(self._bar, len(rows) > _ROWS_MOST)
        if rows:
            item = self.table.get_children()[min(place, len(rows) - 1)]
            self.table.selection_set(item)
            self.table.focus(item)
        self._follow_choice()


@record(frozen=True)
class _Row:
    """One finished operation, whether its result is still there, and whether it is a folder."""

    entry: HistoryEntry
    is_there: bool
    is_folder: bool

    @classmethod
    def of(cls, entry: HistoryEntry) -> _Row:
        """Look at the disk."""
        is_folder = os.path.isdir(entry.output)  # noqa: PTH112  # a Path might raise
        return cls(entry, os.path.lexists(entry.output), is_folder)

    @property
    def names(self) -> str:
        """What can be sought in."""
        return "\n".join(map(name_of, self.entry.paths)).casefold()

    def cells(self, now: float) -> tuple[str, ...]:
        """By the columns."""
        entry, saved = self.entry, ""
        if entry.operation is Operation.DELTA and entry.whole_bytes:
            saved = show_percent(max(0.0, 1 - entry.output_bytes / entry.whole_bytes))
        return (
            text.show_when(entry.finished, now),
            text.OPERATIONS[entry.operation],
            name_of(entry.output),
            show_size(entry.output_bytes) if self.is_there else _GONE,
            saved,
        )


def _step_of(operation: Operation, files: Sequence[DroppedFile]) -> Destination:
    """Where those files were worked on."""
    old = Slot.OLD_TO_COMPARE if files and files[0].can_be_old else Slot.SIGNATURE
    slots = {
        Operation.SIGNATURE: (Slot.OLD_TO_SIGN,),
        Operation.DELTA: (old, Slot.NEW_FILE),
        Operation.PATCH: (Slot.OLD_TO_PATCH, Slot.DELTA),
    }[operation]
    # Somebody may have edited the history.
    return Destination(Page(operation), dict(zip(slots, files, strict=False)))
