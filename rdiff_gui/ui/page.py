"""What every page of the window can be asked."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping
from functools import partial
from tkinter import ttk

from rdiff_gui.ui.dropped_files import Arrival
from rdiff_gui.ui.page_context import PageContext
from rdiff_gui.ui.routing import Destination, Refusal
from rdiff_gui.ui.slots import Page, Slot
from rdiff_gui.ui.widgets import Action, Banner, ScrolledPage, WrappedLabel


class PageView(ScrolledPage):
    """Title, subtitle and a banner, which the page itself puts into its place."""

    def __init__(
        self, parent: tk.Misc, context: PageContext, page: Page, title: str, subtitle: str
    ) -> None:
        super().__init__(parent, context.theme)
        self.around = context
        self.page = page
        px = context.theme.px
        ttk.Label(self.body, text=title, style="title.bg.TLabel").grid(sticky="w")
        WrappedLabel(self.body, text=subtitle, style="muted.bg.TLabel").grid(
            sticky="ew", pady=(px(2), px(14))
        )
        self.banner = Banner(self.body, context.theme)

    @property
    def pairing(self) -> bool:
        """Whether two files are compared here, with no signature between them."""
        return False

    def filled(self, *, fresh: bool) -> Mapping[Slot, Arrival]:  # noqa: ARG002  # see StepPage
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
        self.around.go(destination)

    def browse(self, slot: Slot | None = None) -> None:
        """Choose a file for a zone, or for the one that is next."""
        self.around.browse(slot or Slot.UNDECIDED)

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
