"""The rows on the screen, and one button for all."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk

from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.ui import Page, Slot, text
from rdiff_gui.ui.error_report import show_problem
from rdiff_gui.ui.page import PageContext, PageView
from rdiff_gui.ui.routing import Destination, DroppedFile
from rdiff_gui.ui.several.collection import Collection, collect
from rdiff_gui.ui.several.model import TO_DO, Lack, Row, RowState, SeveralModel, sign
from rdiff_gui.ui.several.running import Running
from rdiff_gui.ui.several.view import action_of, tell_cut_short, tell_problem, tell_totals, view_of
from rdiff_gui.ui.widgets import (
    DropZone,
    ElidedLabel,
    Flow,
    Tooltip,
    WrappedLabel,
    set_enabled,
    set_shown,
)
from rdiff_gui.ui.widgets.progress_panel import ProgressPanel
from rdiff_gui.ui.widgets.row_list import RowList
from rdiff_gui.ui.worker import Ending, Failed, Finished
from rdiff_gui.wording import show_name, translate, translate_plural

_TITLE = translate("Several files")
_SUBTITLE = translate(
    "Each row is made as its step would make it, one after the other. Nothing is overwritten."
)
_YOUR_FILES = translate("Your files")
_DROP = translate("Drop many files here, or two folders: the old one and the new one")
_START = translate("Start all")
_TRY_FAILED = translate("Try those that failed again")
_CLEAR = translate("Clear the list")
_ADD = translate("Add files…")
_OPEN = translate("Open as a single step")
_SWAP = translate("Swap old and new")
_APART = translate("Sign each by itself")
_REMOVE = translate("Remove")
_SWAP_FOLDERS = translate("Swap folders")


class SeveralPage(PageView):
    """Takes any number of files and folders. Shows rows; decides nothing."""

    has_foot = True
    page = Page.SEVERAL
    title = _TITLE
    subtitle = _SUBTITLE

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, context)
        self.model = SeveralModel()
        self._looking: CancelToken | None = None
        self._arrived: list[DroppedFile] = []
        self.letters = context.new_letters()
        # Its buttons are the ones to have the letter that they begin with.
        self._build_foot()
        self._build()
        self.running = Running(
            context, self.progress, on_change=self.list.redraw, on_end=self._work_ended
        )
        self.bind("<Destroy>", lambda _event: self._close())
        self.refresh()

    # --- what stands on the page -----------------------------------------------------------------

    def _build(self) -> None:
        body, theme, px = self.body, self.context.theme, self.context.theme.px
        folder = partial(self.context.browse, Slot.SEVERAL, folder=True)
        self.zone = DropZone(
            body, theme, title=_YOUR_FILES, hint=_DROP, on_browse=self.browse,
            on_browse_folder=folder,
        )  # fmt: skip
        self.context.add_zone(self.zone, Slot.SEVERAL)
        self.zone.grid(sticky="ew")
        self._sides = ttk.Frame(body)
        self._sides.columnconfigure(0, weight=1)
        self._sides.grid(sticky="ew", pady=(0, px(8)), padx=(theme.inset, 0))
        self._folders = ElidedLabel(self._sides, theme, style="body.bg.TLabel")
        self._folders.grid(row=0, column=0, sticky="ew")
        self.swap_folders = ttk.Button(
            self._sides, text=_SWAP_FOLDERS, style="bg.Ghost.TButton", command=self._swap_folders
        )
        self.swap_folders.grid(row=0, column=1, padx=(px(10), 0))
        self.list = RowList(
            body,
            theme,
            count=lambda: len(self.model.rows),
            view=lambda index: view_of(self.model.rows[index]),
            on_current=self._follow_current,
            on_action=self.act,
        )
        self.list.grid(sticky="nsew")
        body.rowconfigure(self.list.grid_info()["row"], weight=1)
        self.list.canvas.bind("<Delete>", lambda _event: self._remove())
        self._row_actions = Flow(body, theme, surface="bg", gap=4)
        self._row_actions.grid(sticky="ew", pady=(px(8), 0))
        self.add = self._button(self._row_actions, _ADD, self.browse)
        image = theme.icon("folder", 16, "muted")
        self.add_folder = ttk.Button(
            self._row_actions, image=image, command=folder, style="bg.Ghost.TButton"
        )
        Tooltip(self.add_folder, theme, lambda: text.CHOOSE_FOLDER)
        self.open, self.swap, self.apart, self.show_folder, self.remove = (
            self._button(self._row_actions, label, command)
            for label, command in (
                (_OPEN, self._open),
                (_SWAP, self._swap),
                (_APART, self._take_apart),
                (text.SHOW_IN_FOLDER, self._show_in_folder),
                (_REMOVE, self._remove),
            )
        )
        self._row_actions.arrange()

    def _button(
        self, parent: tk.Misc, label: str, command: Callable[[], None], style: str = "bg.TButton"
    ) -> ttk.Button:
        button = ttk.Button(parent, text=label, command=command, style=style)
        self.letters.give(label, button)
        return button

    def _build_foot(self) -> None:
        px = self.context.theme.px
        self.progress = ProgressPanel(
            self.foot, self.context.theme, self.letters, on_cancel=self.cancel
        )
        self._start_row = ttk.Frame(self.foot)
        self._start_row.columnconfigure(3, weight=1)
        self._hint = WrappedLabel(self._start_row, style="muted.bg.TLabel")
        self._hint.grid(columnspan=4, sticky="ew", padx=self.context.theme.inset, pady=(0, px(4)))
        self.primary = self._button(
            self._start_row, _START, self.press_primary, "bg.Accent.TButton"
        )
        self.try_failed = self._button(self._start_row, _TRY_FAILED, self._try_failed)
        self.clear = self._button(self._start_row, _CLEAR, self._clear)
        self.primary.grid(row=1, column=0)
        self.try_failed.grid(row=1, column=1, padx=(px(6), 0))
        self.clear.grid(row=1, column=2, padx=(px(6), 0))
        for part in (self._start_row, self.progress):
            part.grid(row=1, column=0, sticky="ew")

    # --- files come ------------------------------------------------------------------------------

    def browse(self, slot: Slot | None = None) -> None:  # noqa: ARG002  # there is one
        """Choose files; they are added to the list."""
        self.context.browse(Slot.SEVERAL)

    def take(self, destination: Destination, *, fresh: bool) -> None:  # noqa: ARG002  # all are added
        """Add files to the list."""
        self._arrived.extend(destination.several)
        self._look()

    def _look(self) -> None:
        """Look at what has arrived, together with what found no partner before."""
        if self._looking or not self._arrived:
            return
        files, self._arrived = self._arrived, []
        token = self._looking = CancelToken()
        loose = [row for row in self.model.rows if row.is_loose and self.running.take_back(row)]
        loose_items = [item for row in loose for item in row.items.values()]
        present = [
            item
            for row in self.model.rows
            if row.state in (RowState.WAITING, RowState.RUNNING) and not row.is_loose
            for item in row.items.values()
        ]
        history = self.context.history
        self.context.post.run(
            lambda on_count: collect(files, loose_items, present, history, on_count, token),
            partial(self._looked, loose),
            self._show_count,
        )
        self._show_count(0)
        self.refresh()

    def _show_count(self, files: int) -> None:
        if not self.running.busy:
            told = translate_plural("Looking at {count} file…", "Looking at {count} files…", files)
            self.progress.show(None, told.format(count=files), "")

    def _looked(self, loose: list[Row], ending: Ending[Collection]) -> None:
        self._looking = None
        if not self.running.busy:
            self.progress.reset()
        come = loose
        if isinstance(ending, Finished):
            come = list(ending.result.rows)
            sided = any(row.last.side is not None for row in self.model.rows)
            self.model.replace(loose, come)
            if ending.result.folders:
                self.model.folders = None if sided else ending.result.folders
            if ending.result.cut_short:
                self.tell("warning", tell_cut_short())
        elif isinstance(ending, Failed):
            show_problem(self.banner, ending.error)
        self.running.add([row for row in come if row.state in TO_DO])
        self.refresh()
        if str(self.tk.call("focus")) in map(str, (self, self.zone, self.progress.cancel)):
            self.focus_start()
        self._look()

    def _stop_looking(self) -> None:
        self._arrived.clear()
        if self._looking:
            self._looking.cancel()

    def _close(self) -> None:
        self._stop_looking()
        self.running.close()

    def set_drag_over(self, over: bool) -> None:
        """All of the page takes files."""
        self.zone.set_drag_over(over)
        self.list.set_drag_over(over)

    # --- what is done with a row -----------------------------------------------------------------

    @property
    def _current(self) -> Row | None:
        return self.model.rows[self.list.current] if self.list.current >= 0 else None

    def act(self, index: int) -> None:
        """A row's button, or Enter, was pressed."""
        row = self.model.rows[index]
        if not action_of(row):
            self.press_primary()
        elif row.state is RowState.FAILED:
            self._start([row])
        else:
            self.model.rows[index] = sign(row.last)
            self.running.add([self.model.rows[index]])
            self.refresh()

    def _open(self) -> None:
        """Show its step, with all that can be said and chosen there."""
        if row := self._current:
            filled = {slot: item.file for slot, item in row.items.items()}
            if row.lack:
                file = row.last.file
                slot = Slot.DELTA if file.is_delta else Slot.UNDECIDED
                filled = {Slot.SIGNATURE if file.is_signature else slot: file}
            self.context.go(Destination(next(iter(filled)).page, filled))

    def _swap(self) -> None:
        if row := self._current:
            self.model.swap([row])
            self.refresh()

    def _swap_folders(self) -> None:
        self.model.swap_folders()
        self.refresh()

    def _take_apart(self) -> None:
        if row := self._current:
            self.model.take_apart(row)
            self.refresh()

    def _show_in_folder(self) -> None:
        if row := self._current:
            made = row.made
            self.context.show_in_folder(made.output if made and made.written else row.last.path)

    def _remove(self) -> None:
        row = self._current
        if row and not self._looking and self.running.take_back(row):
            self.model.remove(row)
            self.refresh()
            self._follow_current()

    def _follow_current(self) -> None:
        """Say what there is to say of the row that was gone to."""
        self.stop_telling()
        row = self._current
        if row and row.state is RowState.FAILED and row.problem:
            again = (action_of(row), partial(self._start, [row]))
            self.tell("error", row.problem, [again], detail=row.detail)
        elif row and row.lack is Lack.USE:
            self.tell("warning", tell_problem(row))
        elif row and row.made and row.made.cautions:
            self.tell("warning", "\n".join(row.made.cautions))
        self._enable()

    # --- the work --------------------------------------------------------------------------------

    def press_primary(self) -> None:
        """Begin with all that is to be done."""
        self._start(self.model.to_do())

    def _try_failed(self) -> None:
        self._start(self.model.failed())

    def _start(self, rows: list[Row]) -> None:
        if not rows or self._looking:
            return
        self.stop_telling()
        if self.running.busy:
            self.running.add(rows)
        else:
            self.running.start(rows)
        self.refresh()
        if str(self.tk.call("focus")) in map(str, self._start_row.winfo_children()):
            self.progress.cancel.focus_set()

    def _clear(self) -> None:
        self.model.clear()
        self.refresh()
        self.zone.focus_set()

    def cancel(self) -> None:
        """Stop the work and the search."""
        self._stop_looking()
        self.running.cancel()

    def escape(self) -> None:
        """Stop what goes on, or put away what the banner says."""
        if self._looking or self.running.busy:
            self.cancel()
        else:
            super().escape()

    def _work_ended(self, ending: Ending[None]) -> None:
        had_focus = str(self.tk.call("focus")) == str(self.progress.cancel)
        self.refresh()
        if isinstance(ending, Failed):
            show_problem(self.banner, ending.error)
        else:
            self._follow_current()
        if had_focus:
            self.list.focus_set()

    def focus_start(self) -> None:
        """The list, where there is one."""
        if self.model.rows:
            self.list.focus_set()
        else:
            self.zone.focus_set()

    # --- keeping up ------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show everything as it is now."""
        rows, totals = self.model.rows, self.model.totals
        busy = self.running.busy or self._looking is not None
        self.list.redraw()
        set_shown(self.zone, not rows)
        for part in (self.list, self._row_actions):
            set_shown(part, bool(rows))
        set_shown(self._sides, self.model.folders is not None)
        if self.model.folders:
            old, new = map(show_name, self.model.folders)
            self._folders.show(translate("Old: “{old}” → New: “{new}”").format(old=old, new=new))
        set_enabled(self.swap_folders, not busy)
        set_shown(self._start_row, not busy)
        set_shown(self.progress, busy)
        set_enabled(self.primary, totals.to_do > 0)
        set_shown(self.try_failed, bool(self.model.failed()))
        set_shown(self.clear, bool(rows))
        self._hint.configure(text=tell_totals(totals))
        self._enable()

    def _enable(self) -> None:
        """Only what can be done with the current row."""
        row = self._current
        idle = not self.running.busy and self._looking is None
        can_change = row is not None and row.is_pair and row.state in TO_DO and idle
        set_enabled(self.open, row is not None and row.lack is not Lack.USE)
        set_enabled(self.swap, can_change)
        set_enabled(self.apart, can_change)
        set_enabled(self.show_folder, row is not None)
        set_enabled(
            self.remove,
            row is not None and self._looking is None and row.state is not RowState.RUNNING,
        )
