"""What every page of the window can be asked, and what it may ask of the window around it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tkinter import ttk
from typing import ClassVar, Protocol

from rdiff_gui.desktop.history import History, HistoryEntry
from rdiff_gui.desktop.settings import Settings
from rdiff_gui.ui.clipboard import Clipboard
from rdiff_gui.ui.dropped_files import DroppedFile
from rdiff_gui.ui.routing import Destination, Refusal
from rdiff_gui.ui.slots import Page, Slot
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import Action, AltLetters, Banner, DropZone, ScrolledPage, WrappedLabel
from rdiff_gui.ui.worker import Post, Worker


class PageContext(Protocol):
    """Given to every page; all of it is called on Tk's thread."""

    theme: Theme
    post: Post
    history: History
    settings: Settings
    clipboard: Clipboard

    def new_letters(self) -> AltLetters:
        """Alt letters for a page, which clash with none of the window's own."""

    def new_worker(self) -> Worker:
        """A worker that the window waits for when it closes."""

    def add_zone(self, zone: DropZone, slot: Slot) -> None:
        """Let files be dropped on a zone."""

    def browse(self, slot: Slot) -> None:
        """Ask for a file; it then arrives as if dropped on the zone of that slot."""

    def browse_output(self, proposed: Path, on_chosen: Callable[[Path], None]) -> None:
        """Ask where a result shall go."""

    def go(self, destination: Destination) -> None:
        """Show a page, and put files into it."""

    def work_began(self, page: Page) -> None:
        """A step is at work."""

    def work_ended(self, page: Page, entry: HistoryEntry | None) -> None:
        """It ended, with `entry` when it came to a result."""

    def show_in_folder(self, path: Path) -> None:
        """Open the file manager."""

    def change_settings(self, settings: Settings) -> None:
        """Take on and remember."""


class PageView(ScrolledPage):
    """Title, subtitle and a banner, which the page itself puts into its place."""

    page: ClassVar[Page]
    title: ClassVar[str]
    subtitle: ClassVar[str]

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, context.theme)
        self.context = context
        px = context.theme.px
        ttk.Label(self.body, text=self.title, style="title.bg.TLabel").grid(sticky="w")
        subtitle = WrappedLabel(self.body, text=self.subtitle, style="muted.bg.TLabel")
        subtitle.grid(sticky="ew", pady=(px(2), px(14)))
        self.banner = Banner(self.body, context.theme)

    @property
    def pairing(self) -> bool:
        """Whether two files are compared here, with no signature between them."""
        return False

    def filled(self, *, fresh: bool) -> Mapping[Slot, DroppedFile]:  # noqa: ARG002  # see StepPage
        """The files in the page's slots; with `fresh`, those that would stay for new work."""
        return {}

    def take(self, destination: Destination, *, fresh: bool) -> None:
        """Put files into their slots; `fresh` begins anew where the last work is finished."""

    def refuse(self, refusal: Refusal) -> None:
        """Say why files cannot go where they were dropped, with the buttons that lead on."""
        actions: list[Action] = [
            (remedy.label, partial(self._follow, remedy.destination)) for remedy in refusal.remedies
        ]
        self.banner.show("warning", refusal.sentence, actions)
        self.see(self.banner)

    def _follow(self, destination: Destination) -> None:
        self.banner.hide()
        self.context.go(destination)

    def browse(self, slot: Slot | None = None) -> None:
        """Choose a file for a zone, or for the one that is next."""
        self.context.browse(slot or Slot.UNDECIDED)

    def press_primary(self) -> None:
        """What Enter does."""

    def escape(self) -> None:
        """What Escape does."""
        self.banner.hide()

    def set_drag_over(self, over: bool) -> None:
        """Files are dragged over the page, or no longer."""

    def was_shown(self) -> None:
        """The page came to the front."""

    def was_left(self) -> None:
        """Another page came to the front."""

    def focus_start(self) -> None:
        """Give the keyboard to where work begins."""
