"""The window's pages, what they may ask for, and the files that arrive."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from rdiff_gui.desktop.history import History, HistoryEntry
from rdiff_gui.desktop.programs import open_file, show_in_folder
from rdiff_gui.desktop.settings import Settings, SettingsFile, load_settings
from rdiff_gui.ui import Page, Slot, text
from rdiff_gui.ui.clipboard import Clipboard
from rdiff_gui.ui.closing import PATIENCE_MS, Closing
from rdiff_gui.ui.drag_and_drop import DragAndDrop
from rdiff_gui.ui.editing import Editing
from rdiff_gui.ui.error_report import MissingParts, show_problem
from rdiff_gui.ui.frame import Colours, WindowFrame, bind_keys, mode_for, remember_size, set_size
from rdiff_gui.ui.opening import Opening
from rdiff_gui.ui.page import PageContext, PageView
from rdiff_gui.ui.shaping import shape_texts
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.waiting_files import Drop, WaitingFiles, have_own_zones
from rdiff_gui.ui.widgets import AltLetters, DropZone
from rdiff_gui.ui.work_status import WorkStatus
from rdiff_gui.ui.worker import Post, TkGarbageCollection, Worker
from rdiff_gui.wording import show_name

if TYPE_CHECKING:
    from rdiff_gui.ui.drag_and_drop import Dropped
    from rdiff_gui.ui.file_dialog import FileDialog
    from rdiff_gui.ui.routing import Destination, DroppedFile


class App(PageContext):
    """One window, and the context of its pages, which are built when first shown."""

    def __init__(
        self,
        root: tk.Tk,
        *,
        settings_file: Path,
        history_file: Path,
        dark_system: bool | None = None,
    ) -> None:
        shape_texts(root)
        self.root = root
        self.opening = Opening(root)
        self._drag_and_drop = DragAndDrop(root)
        self.opening.then(self._drag_and_drop.load)
        broken: list[str] = []
        self.settings = load_settings(settings_file, broken.append)
        self.history = History(history_file)
        self._settings_file = SettingsFile(settings_file)
        self.theme = Theme(root, mode_for(self.settings.theme, dark_system), self.opening.then)
        self.post = Post(root)
        self.clipboard = Clipboard(root)
        self._garbage_collection = TkGarbageCollection(root)
        self._colours = Colours(root, self.theme, self.post, self.settings.theme, dark_system)
        self._pages: dict[Page, PageView] = {}
        self._folder = Path.home()
        set_size(root, self.theme, self.settings)
        self.frame = WindowFrame(root, self.theme, on_page=self.show, on_enter=self._enter)
        self.notice = self.frame.notice
        self._status = WorkStatus(root, self.frame.rail)
        self.waiting = WaitingFiles(self.frame.waiting, self._take_waiting)
        root.report_callback_exception = lambda _kind, error, _trace: show_problem(
            self.notice, error
        )
        for sentence in broken:
            self.notice.tell("warning", sentence)
        self.closing = Closing(
            root, self.post, lambda: vars(self).get("_file_dialog"), self.notice, self._let_go
        )
        root.protocol("WM_DELETE_WINDOW", self.closing.close)
        bind_keys(
            root,
            lambda: self.page,
            on_escape=self._escape,
            on_close=self.closing.close,
            on_paste=self._paste,
            on_help=lambda key: self.notice.tell("info", text.KEYS.format(command=key)),
        )
        Editing(root)
        self._accept_files(root, None, self._set_drag_over)
        self.show(Page.START)
        self.opening.then(MissingParts(self, self._drag_and_drop, self.notice).look)
        self.opening.then(self._load_pages)

    # --- pages -----------------------------------------------------------------------------------

    def _load_pages(self) -> None:
        """Import what the other pages and files need, which takes far longer than to build one."""

        def load() -> None:
            from rdiff_gui.ui import file_dialog, routing  # noqa: F401  # for when they are wanted

            for page in Page:
                _page_class(page)

        # What cannot be loaded is told where it is wanted.
        self.post.ask(load, lambda _nothing: None, lambda _error: None, in_python=True)

    @property
    def page(self) -> PageView:
        """The page in front."""
        return self._pages[Page(self.frame.rail.selected)]

    def page_of(self, page: Page) -> PageView:
        """A page, built at its first use."""
        if page not in self._pages:
            view = self._pages[page] = _page_class(page)(self.root, self)
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
        self.frame.rail.select(page)
        self._status.show()
        view.grid()
        view.was_shown()

    def _enter(self) -> None:
        """The keyboard goes into the page in front."""
        self.page.focus_start()

    def go(self, destination: Destination) -> None:
        self._go(destination, fresh=True)

    def _go(self, destination: Destination, *, fresh: bool) -> None:
        self.show(destination.page)
        self.page.take(destination, fresh=fresh)
        self.page.focus_start()

    def when_open(self, step: Callable[[], None]) -> None:
        self.opening.then(step)

    def _set_drag_over(self, over: bool) -> None:
        self.page.set_drag_over(over)

    def _escape(self) -> None:
        if self.notice.sentence and not self.closing.stopping:
            self.notice.hide()
        else:
            self.page.escape()

    # --- files arrive ----------------------------------------------------------------------------

    def add_zone(self, zone: DropZone, slot: Slot) -> None:
        self._accept_files(zone, slot, zone.set_drag_over)

    def _accept_files(
        self, widget: tk.Misc, slot: Slot | None, on_hover: Callable[[bool], None]
    ) -> None:
        def hover(over: bool) -> None:
            # What is seen already changes its style.
            self.theme.draw_all()
            on_hover(over)

        self._drag_and_drop.accept_files(
            widget, on_drop=lambda dropped: self.dropped(dropped, slot), on_hover=hover
        )

    def dropped(self, dropped: Dropped, aimed_at: Slot | None) -> None:
        """Files were dropped on a zone, or on the window as a whole."""
        from rdiff_gui.ui.routing import Refusal

        if dropped.elsewhere:
            address = show_name(unquote(dropped.elsewhere[0]))
            self.page.refuse(Refusal(text.NOT_ON_THIS_COMPUTER.format(address=address)))
        elif dropped.paths:
            self.arrive(dropped.paths, aimed_at)

    def _paste(self) -> None:
        """Take files that were copied in a file manager, or paths that were copied as text."""
        from rdiff_gui.ui.drag_and_drop import read_dropped

        copied = read_dropped(self.clipboard.lines())
        if copied.paths or copied.elsewhere:
            self.dropped(copied, None)
        else:
            self.page.tell("info", text.NO_FILES_COPIED)

    def arrive(self, paths: Sequence[Path], aimed_at: Slot | None = None) -> None:
        """Look at files, and take them where they belong."""
        page = self.page
        self.post.ask(
            partial(_look_at_all, tuple(paths)),
            lambda files: self._place(files, page, aimed_at),
        )

    def _place(self, files: Sequence[DroppedFile], page: PageView, aimed_at: Slot | None) -> None:
        from rdiff_gui.ui.routing import Refusal, Scene, decide

        self._folder = files[-1].path.parent
        filled: dict[Slot, DroppedFile] = {}
        fresh = aimed_at in (None, Slot.UNDECIDED)
        for other in self._pages.values():
            filled.update(other.filled(fresh=fresh))
        decision = decide(files, Scene(page.page, aimed_at, filled, page.pairing))
        if isinstance(decision, Refusal):
            page.refuse(decision)
            return
        page.stop_telling()
        target = self._pages.get(decision.page)
        if target is not None and target.busy:
            self.waiting.add(decision.page, Drop(tuple(files), page.page, aimed_at))
            return
        page.gave(decision)
        self._go(decision, fresh=fresh)

    def _take_waiting(self, drops: Sequence[Drop]) -> None:
        """Take files that waited, as they are now: where each was dropped, or all as rows."""
        paths = [path for drop in drops for path in drop.paths]

        def looked_at(files: Sequence[DroppedFile]) -> None:
            if not have_own_zones(drops):
                from rdiff_gui.ui.routing import Destination

                self.go(Destination(Page.SEVERAL, {}, several=tuple(files)))
                return
            left = list(files)
            for drop in drops:
                now = [left.pop(0) for _file in drop.files]
                self._place(now, self.page_of(drop.page), drop.aimed_at)

        self.post.ask(partial(_look_at_all, paths), looked_at)

    def held_files(self) -> Sequence[Path]:
        pages = [page.filled(fresh=False) for page in self._pages.values()]
        return [file.path for filled in pages for file in filled.values() if file.is_ordinary]

    @cached_property
    def _file_dialog(self) -> FileDialog:
        from rdiff_gui.ui.file_dialog import FileDialog

        return FileDialog(self.root, self.theme, self.post)

    def browse(self, slot: Slot, *, folder: bool = False) -> None:
        several = slot is not Slot.OLD_TO_SIGN and not folder
        title = text.CHOOSE_FOLDER if folder else text.CHOOSE[slot]
        how = {"several": several, "folder": folder}
        self._choose(title, self._folder, lambda paths: self.arrive(paths, slot), **how)

    def browse_output(self, proposed: Path, on_chosen: Callable[[Path], None]) -> None:
        self._choose(text.CHOOSE_OUTPUT, proposed, lambda paths: on_chosen(paths[0]), save=True)

    def browse_folder(self, title: str, start: Path, on_chosen: Callable[[Path], None]) -> None:
        self._choose(title, start, lambda paths: on_chosen(paths[0]), folder=True)

    def _choose(
        self, title: str, start: Path, on_chosen: Callable[[Sequence[Path]], None], **how: bool
    ) -> None:
        from rdiff_gui.desktop.file_chooser import ChooserRequest

        self._file_dialog.ask(ChooserRequest(title, start, **how), on_chosen)

    # --- what pages ask for ----------------------------------------------------------------------

    def start_again(self) -> None:
        self.closing.close(again=True)

    def new_letters(self) -> AltLetters:
        return AltLetters(self.frame.rail.letters)

    def new_worker(self) -> Worker:
        return self.closing.new_worker()

    def work_began(self, page: Page) -> None:
        self._status.began(page)

    def work_progressed(self, page: Page, fraction: float | None, name: str) -> None:
        self._status.progressed(page, fraction, name)

    def work_ended(self, page: Page, entry: HistoryEntry | None) -> None:
        self._status.ended(page, done=entry is not None)
        if entry is not None and self.settings.keep_history:
            self.post.ask(partial(self.history.add, entry), lambda _nothing: None, lasting=True)
        # Nobody is led away from what failed, or from another page.
        take = entry is not None and self.page.page is page and not self.closing.stopping
        if take and entry is not None and self.waiting.waits_for(page):
            show = partial(self.show_in_folder, entry.output)
            told = text.about(text.IS_MADE, entry.output)
            self.notice.tell("ok", told, [(text.SHOW_IN_FOLDER, show)])
        self.waiting.ended(page, take=take)
        self.closing.work_ended()

    def give_file(self, widget: tk.Misc, path: Path) -> bool:
        clipboard, drags = self.clipboard, self._drag_and_drop
        if not drags.available or (clipboard.takes_files and not clipboard.can_give()):
            return False

        def begin() -> None:
            # tkdnd's own answer is one that few programs read; elsewhere it is right.
            if clipboard.takes_files:
                clipboard.give(widget, path)

        drags.give_file(widget, path, begin)
        return True

    def show_in_folder(self, path: Path) -> None:
        self._hand_over(path, show_in_folder, text.NO_FILE_MANAGER)

    def open_file(self, path: Path) -> None:
        self._hand_over(path, open_file, text.NOT_OPENED)

    def _hand_over(self, path: Path, hand_over: Callable[[Path], bool], problem: str) -> None:
        """Have another program do it, which may take its time."""

        def show() -> str:
            if not os.path.lexists(path):
                return text.IS_GONE.format(path=show_name(path))
            if hand_over(path):
                return ""
            is_folder = os.path.isdir(path)  # noqa: PTH112  # a Path might raise
            told = text.FOLDER_NOT_SHOWN if is_folder else problem
            return told.format(path=show_name(path))

        page = self.page

        def told(problem: str) -> None:
            page.stop_telling()
            if problem:
                page.tell("warning", problem)

        self.post.ask(show, told)

    def change_settings(self, settings: Settings) -> None:
        before, self.settings = self.settings, settings
        self._colours.choose(settings.theme)
        self._settings_file.choose(settings)
        self.post.ask(self._settings_file.save, lambda _nothing: None, lasting=True)
        for page in self._pages.values():
            page.follow_settings(before)

    def _let_go(self) -> None:
        self._settings_file.choose(remember_size(self.root, self.settings))
        self.post.ask(self._settings_file.save, lambda _nothing: None, lasting=True)
        self.post.wait_for_threads(PATIENCE_MS / 1000, all_of_them=False)
        self._garbage_collection.close()
        self._status.close()


def _look_at_all(paths: Sequence[Path]) -> tuple[DroppedFile, ...]:
    """On another thread than Tk's."""
    from rdiff_gui.ui.routing import look_at_all

    return look_at_all(paths)


def _page_class(page: Page) -> type[PageView]:
    # Imported later, so that the first page is there the sooner.
    match page:
        case Page.START:
            from rdiff_gui.ui.start import StartPage

            return StartPage
        case Page.SIGNATURE:
            from rdiff_gui.ui.signature.page import SignaturePage

            return SignaturePage
        case Page.DELTA:
            from rdiff_gui.ui.delta.page import DeltaPage

            return DeltaPage
        case Page.PATCH:
            from rdiff_gui.ui.patch.page import PatchPage

            return PatchPage
        case Page.SEVERAL:
            from rdiff_gui.ui.several.page import SeveralPage

            return SeveralPage
        case Page.HISTORY:
            from rdiff_gui.ui.history import HistoryPage

            return HistoryPage
        case Page.SETTINGS:
            from rdiff_gui.ui.settings import SettingsPage

            return SettingsPage
