"""The window: the rail, the pages, and all that goes on between them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tkinter import ttk
from types import TracebackType

from rdiff_gui.desktop.history import History, HistoryEntry
from rdiff_gui.desktop.own_files import window_icons
from rdiff_gui.desktop.programs import ChooserRequest, show_in_folder
from rdiff_gui.desktop.settings import Settings, ThemeChoice, load_settings, save_settings
from rdiff_gui.ui import text
from rdiff_gui.ui.clipboard import Clipboard
from rdiff_gui.ui.colours import Colours, mode_for
from rdiff_gui.ui.drag_and_drop import DragAndDrop, Dropped
from rdiff_gui.ui.dropped_files import DroppedFile, look_at_all
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.file_dialog import FileDialog
from rdiff_gui.ui.keyboard import bind_keys
from rdiff_gui.ui.missing_parts import MissingParts
from rdiff_gui.ui.page import PageView
from rdiff_gui.ui.routing import Destination, Refusal, Scene, decide
from rdiff_gui.ui.slots import Page, Slot
from rdiff_gui.ui.step import text as step_text
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.tk_garbage_collection import TkGarbageCollection
from rdiff_gui.ui.widgets import Action, Banner, DropZone, Rail, RailEntry
from rdiff_gui.ui.widgets.controls import choose_letters
from rdiff_gui.ui.window_size import WindowSize
from rdiff_gui.ui.worker import Post, Worker
from rdiff_gui.wording import show_name

# A thread that hangs on a dead network disk must not keep the window open for ever.
_PATIENCE_MS = 10_000
# Tk's own file chooser comes back in a moment; those of other systems when the user is done.
_CHOOSER_MS = 50

_RAIL = [RailEntry(page.value, text.PAGE_NAMES[page], page.value) for page in Page]


class App:
    """One window. It is the `PageContext` of its pages, which are built when first shown."""

    def __init__(
        self,
        root: tk.Tk,
        *,
        settings_file: Path,
        history_file: Path,
        dark_system: bool | None = None,
    ) -> None:
        self.root = root
        self.settings = load_settings(settings_file)
        self.history = History(history_file)
        self._settings_file = settings_file
        root.report_callback_exception = self._report_unexpected
        self.theme = Theme(root, mode_for(self.settings.theme, dark_system))
        self.post = Post(root)
        self.clipboard = Clipboard(root)
        self._collection = TkGarbageCollection(root)
        self._choice = FileDialog(root)
        self._drag_and_drop = DragAndDrop(root)
        self._colours = Colours(root, self.theme, self.post, self.settings.theme, dark_system)
        self._workers: list[Worker] = []
        self._pages: dict[Page, PageView] = {}
        self._folder = Path.home()
        self._question_open = False
        self._stopping = False
        self._patience: str | None = None
        self.on_closed: Callable[[], None] = lambda: None
        self._build()
        self.show(Page.START)
        MissingParts(self, self._drag_and_drop, self._notify, self._put_away).look()

    def _build(self) -> None:
        root, px = self.root, self.theme.px
        root.title(text.APP_TITLE)
        root.iconphoto(True, *(tk.PhotoImage(master=root, data=icon) for icon in window_icons()))
        self._size = WindowSize(root, self.theme, self.settings)
        root.columnconfigure(1, weight=1)
        root.rowconfigure(1, weight=1)
        self.rail = Rail(
            root, self.theme, entries=_RAIL, on_select=lambda key: self.show(Page(key))
        )
        self.rail.grid(row=0, column=0, rowspan=2, sticky="ns")
        self._dark = tk.BooleanVar(root, value=self.theme.mode == "dark")
        self.dark_switch = ttk.Checkbutton(
            self.rail.bottom,
            text=text.DARK,
            variable=self._dark,
            style="rail.TCheckbutton",
            command=self._switch_dark,
        )
        self.dark_switch.pack(anchor="w")
        root.bind("<<ColoursChanged>>", lambda _event: self._dark.set(self.theme.mode == "dark"))
        self.notice = Banner(root, self.theme)
        self.notice.grid(row=0, column=1, sticky="ew", padx=px(32))
        self._drag_and_drop.accept_files(
            root,
            on_drop=lambda dropped: self.dropped(dropped, None),
            on_hover=self._set_drag_over,
        )
        bind_keys(
            root,
            on_primary=self._press_primary,
            on_escape=self._escape,
            on_browse=self._browse,
            on_close=self.close,
        )
        root.protocol("WM_DELETE_WINDOW", self.close)

    # --- pages -----------------------------------------------------------------------------------

    @property
    def page(self) -> PageView:
        """The page in front."""
        return self._pages[Page(self.rail.selected)]

    def page_of(self, page: Page) -> PageView:
        """A page, built at its first use."""
        if page not in self._pages:
            view = self._pages[page] = _build_page(page, self)
            view.grid(row=1, column=1, sticky="nsew")
            view.grid_remove()
        return self._pages[page]

    def show(self, page: Page) -> None:
        """Bring a page to the front."""
        view = self.page_of(page)
        for other in self._pages.values():
            if other is not view and other.winfo_manager():
                other.grid_remove()
                other.was_left()
        self.rail.select(page)
        view.grid()
        view.was_shown()

    def go(self, destination: Destination) -> None:
        """Show a page, and put files into it."""
        self._go(destination, fresh=True)

    def _go(self, destination: Destination, *, fresh: bool) -> None:
        self.show(destination.page)
        self.page.take(destination, fresh=fresh)
        self.page.focus_start()

    # --- files arrive ----------------------------------------------------------------------------

    def add_zone(self, zone: DropZone, slot: Slot) -> None:
        """Let files be dropped on a zone."""
        self._drag_and_drop.accept_files(
            zone,
            on_drop=lambda dropped: self.dropped(dropped, slot),
            on_hover=zone.set_drag_over,
        )

    def dropped(self, dropped: Dropped, aimed_at: Slot | None) -> None:
        """Files were dropped on a zone, or on the window as a whole."""
        if dropped.elsewhere:
            self.page.refuse(
                Refusal(text.NOT_ON_THIS_COMPUTER.format(address=show_name(dropped.elsewhere[0])))
            )
        elif dropped.paths:
            self.arrive(dropped.paths, aimed_at)

    def arrive(self, paths: Sequence[Path], aimed_at: Slot | None = None) -> None:
        """Look at files, and take them where they belong."""
        page = self.page
        self.post.ask(
            partial(look_at_all, tuple(paths)),
            lambda files: self._place(files, page, aimed_at),
        )

    def _place(self, files: Sequence[DroppedFile], page: PageView, aimed_at: Slot | None) -> None:
        self._folder = files[-1].path.parent
        decision = decide(files, self._scene(page, aimed_at))
        if isinstance(decision, Refusal):
            page.refuse(decision)
        else:
            self._go(decision, fresh=aimed_at is None)

    def _scene(self, page: PageView, aimed_at: Slot | None) -> Scene:
        filled: dict[Slot, DroppedFile] = {}
        for other in self._pages.values():
            filled.update(other.filled(fresh=aimed_at is None))
        return Scene(page.page, aimed_at, filled, page.pairing)

    def _set_drag_over(self, over: bool) -> None:
        self.page.set_drag_over(over)

    def _press_primary(self) -> None:
        self.page.press_primary()

    def _browse(self) -> None:
        self.page.browse()

    def browse(self, slot: Slot) -> None:
        """Ask for a file; it then arrives as if dropped on the zone of that slot."""
        request = ChooserRequest(step_text.CHOOSE[slot], self._folder)
        self._choice.ask(request, lambda path: self.arrive([path], slot))

    def browse_output(self, proposed: Path, on_chosen: Callable[[Path], None]) -> None:
        """Ask where a result shall go."""
        self._choice.ask(ChooserRequest(step_text.CHOOSE_OUTPUT, proposed, save=True), on_chosen)

    # --- what pages ask for ----------------------------------------------------------------------

    def letters(self, *texts: str) -> list[int | None]:
        """Places of Alt letters for these texts that clash with none that is always there."""
        taken = [*(entry.text for entry in _RAIL), text.CANCEL]
        return choose_letters([*taken, *texts])[len(taken) :]

    def new_worker(self) -> Worker:
        """A worker that the window waits for when it closes."""
        worker = Worker(self.post)
        self._workers.append(worker)
        return worker

    def work_began(self, page: Page) -> None:
        """A step is at work."""
        self.rail.set_busy(page, True)

    def work_ended(self, page: Page, entry: HistoryEntry | None) -> None:
        """It ended, with `entry` when it came to a result."""
        self.rail.set_busy(page, False)
        if entry is not None:
            self.post.ask(partial(self.history.add, entry), lambda _nothing: None)
        if self.busy:
            return
        if self._stopping:
            # Never among what is done when idle: a page that waits for its layout would find itself
            # gone in the middle of that.
            self.root.after(0, self._close_now)
        elif self._question_open:
            self.keep_going()

    def show_in_folder(self, path: Path) -> None:
        """Open the file manager."""

        def show() -> str:
            if not path.exists():
                return text.IS_GONE.format(path=show_name(path))
            return "" if show_in_folder(path) else text.NO_FILE_MANAGER.format(path=show_name(path))

        self.post.ask(show, self._mention)

    def change_settings(self, settings: Settings) -> None:
        """Take on and remember."""
        self.settings = settings
        self._colours.choose(settings.theme)
        save_settings(settings, self._settings_file)

    def _switch_dark(self) -> None:
        theme = ThemeChoice.DARK if self._dark.get() else ThemeChoice.LIGHT
        self.change_settings(replace(self.settings, theme=theme))
        self.page.was_shown()

    # --- trouble ---------------------------------------------------------------------------------

    def _mention(self, sentence: str) -> None:
        if sentence:
            self._notify("warning", sentence, [(text.DISMISS, self._put_away)])

    def _notify(
        self, kind: str, sentence: str, actions: Sequence[Action], detail: str | None = None
    ) -> None:
        self.notice.show(kind, sentence, actions, detail)  # type: ignore[arg-type]  # one of its kinds
        self.notice.grid_configure(pady=(self.theme.px(16), 0))

    def _put_away(self) -> None:
        self._question_open = False
        self.notice.hide()
        self.notice.grid_configure(pady=0)

    def _report_unexpected(
        self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        told = report(error)
        self._notify("error", told.sentence, [(text.DISMISS, self._put_away)], told.detail)

    # --- closing ---------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether any step is at work."""
        return any(worker.busy for worker in self._workers)

    def close(self) -> None:
        """Close the window; while work goes on, ask first."""
        if self._stopping:
            return
        if not self.busy:
            self._close_now()
            return
        self._notify(
            "warning",
            text.CLOSE_QUESTION,
            [(text.STOP_AND_CLOSE, self.stop_and_close), (text.KEEP_GOING, self.keep_going)],
        )
        self._question_open = True
        # The answer that changes nothing has the focus.
        self.notice.buttons[-1].focus_set()

    def stop_and_close(self) -> None:
        """Cancel all work, wait until it has cleaned up, and close."""
        if self._stopping:
            return
        self._stopping = True
        for worker in self._workers:
            worker.close()
        if not self.busy:
            self._close_now()
            return
        self._notify("info", text.CLOSING, [])
        self._patience = self.root.after(_PATIENCE_MS, self._close_now)

    def stop_at_once(self) -> None:
        """Cancel all work and wait until it has cleaned up; calls nothing of Tk."""
        for worker in self._workers:
            worker.close()
        self.post.wait_for_threads(_PATIENCE_MS / 1000)

    def keep_going(self) -> None:
        """Do not close after all."""
        self._put_away()

    def _escape(self) -> None:
        if self._question_open:
            self.keep_going()
        elif self.notice.sentence and not self._stopping:
            self._put_away()
        else:
            self.page.escape()

    def _close_now(self) -> None:
        self._stopping = True
        self._choice.close()
        if self._choice.asking_tk:
            self.root.after(_CHOOSER_MS, self._close_now)
            return
        if self._patience is not None:
            self.root.after_cancel(self._patience)
        save_settings(self._size.remember(self.settings), self._settings_file)
        self.post.close()
        self._collection.close()
        self.on_closed()
        # ttk has put off telling widgets of new colours, and could not do so any more.
        self.root.update_idletasks()
        self.root.destroy()


def _build_page(page: Page, app: App) -> PageView:
    # Imported when first shown, so that the first page is there the sooner.
    match page:
        case Page.START:
            from rdiff_gui.ui.start.page import StartPage

            return StartPage(app.root, app)
        case Page.SIGNATURE:
            from rdiff_gui.ui.signature.page import SignaturePage

            return SignaturePage(app.root, app)
        case Page.DELTA:
            from rdiff_gui.ui.delta.page import DeltaPage

            return DeltaPage(app.root, app)
        case Page.PATCH:
            from rdiff_gui.ui.patch.page import PatchPage

            return PatchPage(app.root, app)
        case Page.HISTORY:
            from rdiff_gui.ui.history.page import HistoryPage

            return HistoryPage(app.root, app)
        case Page.SETTINGS:
            from rdiff_gui.ui.settings.page import SettingsPage

            return SettingsPage(app.root, app)
