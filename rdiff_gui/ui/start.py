"""The first page, which asks what the user has."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from tkinter import ttk
from typing import TYPE_CHECKING

from rdiff_gui.desktop.history import HistoryEntry
from rdiff_gui.ui import Page, Slot, text
from rdiff_gui.ui.desktop_offer import DesktopOffer
from rdiff_gui.ui.page import PageContext, PageView
from rdiff_gui.ui.widgets import AltLetters, Banner, DropZone, ElidedLabel, WrappedLabel
from rdiff_gui.wording import name_of, show_size, translate

if TYPE_CHECKING:
    from rdiff_gui.ui.routing import Destination, DroppedFile

_TITLE = translate("What do you have?")
_SUBTITLE = translate(
    "Send only what changed in a file or a folder: a small signature goes one way, a small delta "
    "comes back."
)
_YOUR_FILES = translate("Your files")
_DROP_ANYTHING = translate(
    "Drop anything here: a file, a folder, a signature, a delta, or two that belong together"
)
SITUATIONS = {
    Slot.OLD_TO_SIGN: (
        translate("The old version is here, the new one is on another computer"),
        translate("Make a signature and send it there. A delta comes back; patch with it."),
        translate("Make a signature"),
    ),
    Slot.NEW_FILE: (
        translate("The new version is here, somebody has the old one"),
        translate("Take their signature, make the delta with it, and send that back."),
        translate("Make a delta"),
    ),
    Slot.OLD_TO_COMPARE: (
        translate("Both versions are here"),
        translate("Compare them, and make a delta for everybody who has the old one."),
        translate("Compare two versions"),
    ),
    Slot.OLD_TO_PATCH: (
        translate("I got a delta"),
        translate("Apply it to your old version, and the new one comes out."),
        translate("Apply a delta"),
    ),
}
_RECENT = translate("Recent work")

_WHICH_FOLDER = translate(
    "“{name}” is a folder. Which of these is it for? Or drop its other version: the two are "
    "compared as a whole."
)

_MOST_RECENT = 3


class StartPage(PageView):
    """Takes any file, and asks in plain words where only the user can know."""

    page = Page.START
    title = _TITLE
    subtitle = _SUBTITLE

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, context)
        theme, px = context.theme, context.theme.px
        self._waiting: DroppedFile | None = None
        self.zone = DropZone(
            self.body,
            theme,
            title=_YOUR_FILES,
            hint=_DROP_ANYTHING,
            on_browse=self.browse,
            on_clear=self._forget,
            on_browse_folder=lambda: context.browse(Slot.UNDECIDED, folder=True),
        )
        context.add_zone(self.zone, Slot.UNDECIDED)
        self.zone.grid(sticky="ew")
        self.banner.grid(sticky="ew", pady=(px(10), 0))
        letters = context.new_letters()
        letters.give(text.BROWSE, self.zone.browse_button)
        letters.give(text.CHANGE, self.zone.change_button)
        self._columns = 0
        self.situations = self._build_situations(letters)
        self.offer = Banner(self.body, theme)
        self.offer.grid(sticky="ew", pady=(px(18), 0))
        self._desktop_offer = DesktopOffer(
            context, self.offer, in_front=lambda: bool(self.winfo_manager())
        )
        self._recent = ttk.Frame(self.body)
        self._recent.columnconfigure(0, weight=1)
        self._recent.grid(sticky="ew", pady=(px(18), 0))

    def _build_situations(self, letters: AltLetters) -> dict[Slot, ttk.Button]:
        px = self.context.theme.px
        grid = ttk.Frame(self.body)
        grid.grid(sticky="ew", pady=(px(10), 0))
        grid.columnconfigure(0, weight=1, uniform="card")
        grid.bind("<Configure>", lambda event: self._arrange_cards(grid, event.width))
        buttons = {}
        for slot, (title, line, label) in SITUATIONS.items():
            card = ttk.Frame(grid, style="Pressable.Card.TFrame", padding=(px(18), px(14)))
            card.columnconfigure(0, weight=1)
            card.rowconfigure(1, weight=1)
            inset = self.context.theme.inset
            heading = WrappedLabel(card, text=title, style="heading.card.TLabel")
            heading.grid(sticky="new", padx=inset)
            told = WrappedLabel(card, text=line, style="muted.card.TLabel")
            told.grid(sticky="new", padx=inset, pady=(px(4), px(10)))
            button = buttons[slot] = ttk.Button(
                card, text=label, style="card.TButton", command=partial(self._choose, slot)
            )
            button.grid(sticky="w")
            letters.give(label, button)
            for part in (card, heading, told):
                # All of the card is the button; the keyboard has the button itself.
                part.configure(cursor="hand2")
                part.bind("<ButtonRelease-1>", partial(self._click, slot))
                for sequence, state in (("<Enter>", "hover"), ("<Leave>", "!hover")):
                    part.bind(sequence, partial(self._hover, card, state), add=True)
        return buttons

    def _arrange_cards(self, grid: ttk.Frame, width: int) -> None:
        """Two beside each other, where there is room for what their buttons say."""
        px = self.context.theme.px
        cards = grid.winfo_children()
        widest = max(card.winfo_reqwidth() for card in cards)
        columns = 2 if width >= 2 * (widest + px(8)) else 1
        if columns == self._columns:
            return
        self._columns = columns
        grid.columnconfigure(1, weight=columns - 1, uniform="card" if columns == 2 else "")
        for place, card in enumerate(cards):
            assert isinstance(card, ttk.Frame)
            row, column = divmod(place, columns)
            card.grid(
                row=row,
                column=column,
                sticky="nsew",
                padx=(px(8), 0) if column else (0, px(8) * (columns - 1)),
                pady=(px(8), 0) if row else (0, px(8)),
            )

    def _click(self, slot: Slot, event: tk.Event[tk.Misc]) -> None:
        x, y = event.x_root - event.widget.winfo_rootx(), event.y_root - event.widget.winfo_rooty()
        if 0 <= x < event.widget.winfo_width() and 0 <= y < event.widget.winfo_height():
            self._choose(slot)

    def _hover(self, card: ttk.Frame, state: str, _event: tk.Event[tk.Misc]) -> None:
        card.state([state])

    def browse(self, slot: Slot | None = None) -> None:
        """Choose the other version of a folder that waits; else a file, or several."""
        waits = self._waiting is not None and self._waiting.is_folder
        self.context.browse(slot or Slot.UNDECIDED, folder=waits)

    def filled(self, *, fresh: bool) -> Mapping[Slot, DroppedFile]:  # noqa: ARG002  # always anew
        """The file that waits for the user to say, or for another one."""
        return {Slot.UNDECIDED: self._waiting} if self._waiting else {}

    def gave(self, destination: Destination) -> None:
        """The file that waited found its pair."""
        if destination.page is not Page.START and self._waiting in destination.filled.values():
            self._forget()

    def take(self, destination: Destination, *, fresh: bool) -> None:  # noqa: ARG002  # always anew
        """Hold the one file that may be for several things, and ask."""
        waiting = destination.filled.get(Slot.UNDECIDED)
        if waiting is None:
            return
        self._waiting = waiting
        if waiting.is_folder:
            self._hold_folder(waiting)
            return
        self.zone.set_file(
            waiting.path.name,
            text.ordinary_detail(waiting.size_bytes, waiting.modified, time.time()),
        )
        self.banner.show("info", _which_is_it(waiting.path, waiting.size_bytes))

    def _hold_folder(self, folder: DroppedFile) -> None:
        self.zone.set_file(folder.path.name, text.folder_detail(folder.modified, time.time()))
        from rdiff_gui.ui.routing import Destination

        each = Destination(Page.SEVERAL, {}, several=(folder,))

        def take_each() -> None:
            self._forget()
            self.context.go(each)

        question = text.about(_WHICH_FOLDER, folder.path)
        self.banner.show("info", question, [(text.TAKE_EACH_FILE, take_each)])

    def escape(self) -> None:
        """Let go of the file that waits."""
        self._forget()

    def set_drag_over(self, over: bool) -> None:
        """The zone takes whatever is dropped anywhere on the page."""
        self.zone.set_drag_over(over)

    def was_shown(self) -> None:
        """Look what was made lately, and make the one offer that there is."""
        self.context.post.ask(self.context.history.entries, self._show_recent)
        self.context.when_open(self._desktop_offer.consider)

    def was_left(self) -> None:
        """Say no more what was said of this page."""
        super().was_left()
        self._desktop_offer.was_left()

    def focus_start(self) -> None:
        """The first choice, with a file that waits; else the zone."""
        if self._waiting is None:
            self.zone.focus_set()
        else:
            next(iter(self.situations.values())).focus_set()

    def _choose(self, situation: Slot) -> None:
        from rdiff_gui.ui.routing import begin

        destination = begin(situation, self._waiting)
        self._forget()
        self.context.go(destination)

    def _forget(self) -> None:
        self._waiting = None
        self.zone.set_empty()
        self.banner.hide()

    def _show_recent(self, entries: Sequence[HistoryEntry]) -> None:
        px, now = self.context.theme.px, time.time()
        for part in self._recent.winfo_children():
            part.destroy()
        if not entries:
            return
        ttk.Label(self._recent, text=_RECENT, style="heading.bg.TLabel").grid(
            sticky="w", padx=self.context.theme.inset, pady=(0, px(4)), columnspan=3
        )
        for row, entry in enumerate(entries[:_MOST_RECENT], start=1):
            name = ElidedLabel(
                self._recent,
                self.context.theme,
                text=name_of(entry.output),
                style="body.bg.TLabel",
            )
            name.grid(row=row, column=0, sticky="ew", padx=self.context.theme.inset)
            line = ttk.Label(self._recent, text=_recent_line(entry, now), style="muted.bg.TLabel")
            line.grid(row=row, column=1, sticky="e", padx=px(12))
            ttk.Button(
                self._recent,
                text=text.SHOW_IN_FOLDER,
                style="bg.Ghost.TButton",
                command=partial(self.context.show_in_folder, entry.output),
            ).grid(row=row, column=2)


def _which_is_it(path: Path, size_bytes: int) -> str:
    """A single ordinary file was dropped: only the user knows what it is."""
    return translate(
        "“{name}”, {size}, is an ordinary file. Which of these is it for? Or drop the file that "
        "belongs to it."
    ).format(name=name_of(path), size=show_size(size_bytes))


def _recent_line(entry: HistoryEntry, now: float) -> str:
    """One finished operation in a line."""
    parts = (
        text.OPERATIONS[entry.operation],
        show_size(entry.output_bytes),
        text.show_when(entry.finished, now),
    )
    return " · ".join(parts)
