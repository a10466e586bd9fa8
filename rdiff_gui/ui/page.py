"""A page: it scrolls, it can be asked things, and may ask some of the window around it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from tkinter import ttk
from typing import TYPE_CHECKING, ClassVar, Protocol

from rdiff_gui.desktop.history import History, HistoryEntry
from rdiff_gui.desktop.settings import Settings
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.clipboard import Clipboard
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import (
    Action,
    AltLetters,
    Banner,
    DropZone,
    Tone,
    WrappedLabel,
    set_shown,
)
from rdiff_gui.ui.worker import Post, Worker

if TYPE_CHECKING:
    from rdiff_gui.ui.routing import Destination, DroppedFile, Refusal

# Left and right, above and below.
_MARGINS = (32, 22)
_WIDEST = 900
_WHEEL_STEP = 48
_ROOM_AROUND_FOCUS = 24
# Widgets that scroll what they hold themselves.
_OWN_WHEEL = ("Treeview", "Text", "Listbox")


class PageContext(Protocol):
    """Given to every page; all of it is called on Tk's thread."""

    theme: Theme
    post: Post
    history: History
    settings: Settings
    clipboard: Clipboard

    def start_again(self) -> None:
        """Close the window as the user would, and open another."""

    def new_letters(self) -> AltLetters:
        """Alt letters for a page, which clash with none of the window's own."""

    def new_worker(self) -> Worker:
        """A worker that the window waits for when it closes."""

    def when_open(self, step: Callable[[], None]) -> None:
        """Do it when the window is seen: at once, where it is."""

    def add_zone(self, zone: DropZone, slot: Slot) -> None:
        """Let files be dropped on a zone."""

    def held_files(self) -> Sequence[Path]:
        """The files in the slots of all pages."""

    def browse(self, slot: Slot, *, folder: bool = False) -> None:
        """Ask for a file, or a folder; it then arrives as if dropped on the zone of that slot."""

    def browse_output(self, proposed: Path, on_chosen: Callable[[Path], None]) -> None:
        """Ask where a result shall go."""

    def browse_folder(self, title: str, start: Path, on_chosen: Callable[[Path], None]) -> None:
        """Ask for a folder."""

    def go(self, destination: Destination) -> None:
        """Show a page, and put files into it."""

    def work_began(self, page: Page) -> None:
        """A step is at work."""

    def work_progressed(self, page: Page, fraction: float | None, name: str) -> None:
        """It is so far, 0.0 to 1.0, with a file that is called so; None where that is not known."""

    def work_ended(self, page: Page, entry: HistoryEntry | None) -> None:
        """It ended, with `entry` when it came to a result."""

    def give_file(self, widget: tk.Misc, path: Path) -> bool:
        """Let a file be dragged out of a widget; whether that can be done here."""

    def show_in_folder(self, path: Path) -> None:
        """Open the file manager."""

    def open_file(self, path: Path) -> None:
        """Open a file in its own program."""

    def change_settings(self, settings: Settings) -> None:
        """Take on and remember."""


class ScrolledPage(ttk.Frame):
    """Put the page into `body`, and into `foot` what is always in sight, below it.

    Both are in the middle of the window, and no wider than can be read with ease.

    The bar lies in the body's right margin, so that nothing moves when it comes or goes. Where the
    page were narrower with it, and lower for that, it would come and go for ever.
    """

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self.canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, width=1, height=1)
        self.bar = ttk.Scrollbar(self, orient="vertical", command=self.canvas.yview)
        # The holder is at least as tall as the canvas, so that the body can fill the window.
        self._holder = ttk.Frame(self.canvas)
        across, down = theme.px(_MARGINS[0]), theme.px(_MARGINS[1])
        bar_width = self.bar.winfo_reqwidth()
        self.body = ttk.Frame(self._holder, padding=(across, down, across - bar_width, down))
        self.body.grid(sticky="nsew")
        self._holder.columnconfigure(0, weight=1)
        self._foot = ttk.Frame(self)
        self.foot = ttk.Frame(self._foot, padding=(across, theme.px(8), across, theme.px(12)))
        ttk.Frame(self._foot, style="Line.TFrame", height=theme.px(1)).grid(sticky="ew")
        self.foot.grid(sticky="ew")
        self.foot.columnconfigure(0, weight=1)
        self._foot.columnconfigure(0, weight=1)
        self._foot.grid(row=1, column=0, columnspan=2, sticky="ew")
        self._foot.grid_remove()
        self._item = self.canvas.create_window(0, 0, anchor="nw", window=self._holder)
        self.canvas.configure(yscrollcommand=self._show_bar)
        self.canvas.grid(row=0, column=0, sticky="nsew")
        self.bar.grid(row=0, column=1, sticky="ns")
        self.columnconfigure(0, weight=1)
        self.columnconfigure(1, minsize=bar_width)
        self.rowconfigure(0, weight=1)
        self.body.columnconfigure(0, weight=1)
        self.canvas.bind("<Configure>", lambda _event: self._fit())
        self._holder.bind("<Configure>", lambda _event: self._fit())
        self.bind("<<ThemeChanged>>", lambda _event: self._dress())
        self._dress()
        window = self.winfo_toplevel()
        window.bind("<FocusIn>", self._follow_focus, add=True)
        for sequence in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
            window.bind(sequence, self._roll, add=True)
        window.bind("<Prior>", lambda event: self._page(event, -1), add=True)
        window.bind("<Next>", lambda event: self._page(event, 1), add=True)

    def see(self, widget: tk.Misc) -> None:
        """Scroll until `widget`, which lies in the page, is seen."""
        self.update_idletasks()
        if not f"{widget}".startswith(f"{self.body}."):
            return
        seen = self.canvas.winfo_height()
        room = self._theme.px(_ROOM_AROUND_FOCUS)
        top = widget.winfo_rooty() - self.body.winfo_rooty()
        first = self.canvas.canvasy(0)
        if top - room < first:
            self._scroll_to(top - room)
        elif top + widget.winfo_height() + room > first + seen:
            self._scroll_to(min(top - room, top + widget.winfo_height() + room - seen))

    def _fit(self) -> None:
        width, height = self.canvas.winfo_width(), self.canvas.winfo_height()
        room = width + self.bar.winfo_reqwidth() - self._theme.px(_WIDEST + 2 * _MARGINS[0])
        beside = max(0, (room + 1) // 2)
        for part in (self.body, self.foot):
            part.grid_configure(padx=beside)
        self._holder.rowconfigure(0, weight=1, minsize=height)
        self.canvas.itemconfigure(self._item, width=width)
        self.canvas.configure(scrollregion=(0, 0, width, self._holder.winfo_height()))

    def _show_bar(self, first: float, last: float) -> None:
        self.bar.set(first, last)
        # Tk gives texts.
        set_shown(self.bar, float(first) > 0 or float(last) < 1)

    def _dress(self) -> None:
        self.canvas.configure(background=self._theme.palette.bg)

    def _holds(self, widget: object) -> bool:
        """Whether an event's widget lies in this page, and the page is seen."""
        # The page may be gone and its bindings to the window not; and Tk's own inner windows
        # have no Python widget and come as a name.
        return (
            isinstance(widget, tk.Misc)
            and bool(self.winfo_exists())
            and bool(self.winfo_viewable())
            and f"{widget}.".startswith(f"{self}.")
        )

    def _follow_focus(self, event: tk.Event[tk.Misc]) -> None:
        if self._holds(event.widget) and f"{event.widget}".startswith(f"{self.body}."):
            self.see(event.widget)

    def _roll(self, event: tk.Event[tk.Misc]) -> None:
        if not self._holds(event.widget) or event.widget.winfo_class() in _OWN_WHEEL:
            return
        backward = event.num == 4 or (event.num != 5 and event.delta > 0)
        step = self._theme.px(_WHEEL_STEP)
        self._scroll_to(self.canvas.canvasy(0) + (-step if backward else step))

    def _page(self, event: tk.Event[tk.Misc], direction: int) -> None:
        if self._holds(event.widget) and event.widget.winfo_class() not in _OWN_WHEEL:
            self.canvas.yview_scroll(direction, "pages")

    def _scroll_to(self, top: float) -> None:
        self.canvas.yview_moveto(max(0.0, top) / max(1, self.body.winfo_height()))


class PageView(ScrolledPage):
    """Title, subtitle and a banner: in the foot, or where the page itself puts it.

    `refusals` is the banner for files that cannot be taken: the same one, or nearer to their zones.
    """

    has_foot: ClassVar[bool] = False
    page: ClassVar[Page]
    title: ClassVar[str]
    subtitle: ClassVar[str]

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, context.theme)
        self.context = context
        px = context.theme.px
        inset = context.theme.inset
        title = ttk.Label(self.body, text=self.title, style="title.bg.TLabel")
        title.grid(sticky="w", padx=inset)
        subtitle = WrappedLabel(self.body, text=self.subtitle, style="muted.bg.TLabel")
        subtitle.grid(sticky="ew", padx=inset, pady=(px(2), px(14)))
        self.banner = Banner(self.foot if self.has_foot else self.body, context.theme)
        if self.has_foot:
            self._foot.grid()
            self.banner.grid(sticky="ew", pady=(0, px(8)))
            self.banner.hide()
        self.refusals = self.banner
        self._passing = (self.banner, "")

    @property
    def pairing(self) -> bool:
        """Whether two files are compared here, with no signature between them."""
        return False

    @property
    def busy(self) -> bool:
        """Whether work goes on that files must wait for."""
        return False

    def filled(self, *, fresh: bool) -> Mapping[Slot, DroppedFile]:  # noqa: ARG002  # see StepPage
        """The files in the page's slots; with `fresh`, those that would stay for new work."""
        return {}

    def take(self, destination: Destination, *, fresh: bool) -> None:
        """Put files into their slots; `fresh` begins anew where the last work is finished."""

    def gave(self, destination: Destination) -> None:
        """Files go to another page, perhaps from here."""

    def refuse(self, refusal: Refusal) -> None:
        """Say why files cannot go where they were dropped, with the buttons that lead on."""
        actions: list[Action] = [
            (remedy.label, partial(self._follow, remedy.destination)) for remedy in refusal.remedies
        ]
        self.tell("warning", refusal.sentence, actions, self.refusals)

    def tell(
        self,
        tone: Tone,
        sentence: str,
        actions: Sequence[Action] = (),
        banner: Banner | None = None,
        detail: str | None = None,
    ) -> None:
        """Say what nobody needs to know any more after the next thing that is done."""
        self.stop_telling()
        banner = banner or self.banner
        banner.show(tone, sentence, actions, detail)
        self._passing = (banner, sentence)
        self.see(banner)

    def stop_telling(self) -> None:
        """Something else was done, or another page is shown."""
        if self.tells_in_passing(self._passing[0]):
            self._passing[0].hide()

    def tells_in_passing(self, banner: Banner) -> bool:
        """Whether a banner says what `stop_telling` takes away."""
        return bool(banner.sentence) and (banner, banner.sentence) == self._passing

    def _follow(self, destination: Destination) -> None:
        self.stop_telling()
        self.context.go(destination)

    def browse(self, slot: Slot | None = None) -> None:
        """Choose a file for a zone, or for the one that is next."""
        self.context.browse(slot or Slot.UNDECIDED)

    def press_primary(self) -> None:
        """What Enter does."""

    def escape(self) -> None:
        """What Escape does."""
        self.stop_telling()
        self.banner.hide()

    def set_drag_over(self, over: bool) -> None:
        """Files are dragged over the page, or no longer."""

    def follow_settings(self, before: Settings) -> None:
        """The context's settings were others until now."""

    def was_shown(self) -> None:
        """The page came to the front."""

    def was_left(self) -> None:
        """Another page came to the front."""
        self.stop_telling()

    def focus_start(self) -> None:
        """Give the keyboard to where work begins."""
