"""What a page may ask of the window around it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rdiff_gui.desktop.history import History, HistoryEntry
from rdiff_gui.desktop.settings import Settings
from rdiff_gui.ui.clipboard import Clipboard
from rdiff_gui.ui.routing import Destination
from rdiff_gui.ui.slots import Page, Slot
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import DropZone
from rdiff_gui.ui.worker import Post, Worker


class PageContext(Protocol):
    """Given to every page; all of it is called on Tk's thread."""

    theme: Theme
    post: Post
    history: History
    settings: Settings
    clipboard: Clipboard

    def letters(self, *texts: str) -> list[int | None]:
        """Places of Alt letters for these texts that clash with none that is always there."""

    def new_worker(self, page: Page) -> Worker:
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
