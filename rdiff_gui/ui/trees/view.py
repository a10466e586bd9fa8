"""All files of a folder's delta: the map, and below it a list that is sorted and searched."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tkinter import ttk

from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.engine.summaries import Facts
from rdiff_gui.engine.trees.listing import ListedPath, list_paths
from rdiff_gui.engine.trees.summaries import TreeFacts
from rdiff_gui.formats.magic import Kind
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.trees.bar import FilesBar
from rdiff_gui.ui.trees.listing import ORDERS, arrange, view_of
from rdiff_gui.ui.widgets import ChoiceBox, Flow, Sentence, set_shown
from rdiff_gui.ui.widgets.row_list import RowList
from rdiff_gui.wording import show_number, translate, translate_plural

_ROWS = 6
_LISTING = translate("Listing the files…")
_SEARCH = translate("Search")
_SORT = translate("Sort by")


class TreeView(ttk.Frame):
    """What becomes of each path, on a card. All is read, sorted and sought away from Tk's thread.

    With `folder`, where the new files are, Enter on a row shows its file there.
    """

    def __init__(self, parent: tk.Misc, context: PageContext, folder: Path | None = None) -> None:
        super().__init__(parent, style="card.TFrame")
        theme, px = context.theme, context.theme.px
        self._context = context
        self._folder = folder
        self._gone = CancelToken()
        self._paths: Sequence[ListedPath] = ()
        self._shown: list[int] = []
        self._asked: object = None
        self.bar = FilesBar(self, context, self._go_to)
        self.bar.grid(sticky="ew", pady=(0, px(10)))
        self._count = Sentence(self, theme, text=_LISTING, style="muted.card.TLabel")
        self._count.grid(sticky="ew", padx=theme.inset, pady=(0, px(4)))
        tools = Flow(self, theme, surface="card", gap=8)
        tools.grid(sticky="ew", padx=(theme.inset, 0), pady=(0, px(6)))
        sort, search = (ttk.Frame(tools, style="card.TFrame") for _side in range(2))
        self.order = ChoiceBox(sort, ORDERS, on_change=self._seek, surface="card")
        self._sought = tk.StringVar(self)
        self._sought.trace_add("write", lambda *_trace: self._seek())
        self.search = ttk.Entry(search, textvariable=self._sought, width=16, style="card.TEntry")
        for tool, name, field in ((sort, _SORT, self.order), (search, _SEARCH, self.search)):
            ttk.Label(tool, text=name, style="muted.card.TLabel").grid(padx=(0, px(8)))
            field.grid(row=0, column=1, pady=px(2))
        tools.arrange()
        self.list = RowList(
            self,
            theme,
            count=lambda: len(self._shown),
            view=lambda index: view_of(self._paths[self._shown[index]]),
            on_current=self._follow,
            on_action=self._show_file,
            on_card=True,
        )
        self.list.canvas.configure(height=_ROWS * self.list.row_height)
        self.list.grid(sticky="ew")
        self.columnconfigure(0, weight=1)
        self.bind("<Destroy>", lambda _event: self._gone.cancel(), add=True)

    def show(self, delta: Path) -> None:
        """List a delta that was inspected or made."""
        self.forget()
        token = self._gone

        def listed(paths: Sequence[ListedPath]) -> None:
            if not token.cancelled:
                self._paths = paths
                self.bar.show(paths)
                set_shown(self.bar, any(each.size_bytes for each in paths))
                self._arrange()

        def failed(error: BaseException) -> None:
            if not token.cancelled:
                self._count.show(report(error).sentence)

        ask = partial(list_paths, delta, cancel=token)
        self._context.post.ask(ask, listed, failed, in_python=True)

    def forget(self) -> None:
        """There is no delta any more."""
        self._gone.cancel()
        self._gone = CancelToken()
        self._paths, self._shown = (), []
        self._count.show(_LISTING)
        self.bar.show(())
        self.list.redraw()

    def _seek(self) -> None:
        """What is to be seen was changed; until there are paths, something else is told."""
        if self._paths:
            self._arrange()

    def _arrange(self) -> None:
        """Show the rows that are sought, as they are to be sorted."""
        asked = self._asked = object()
        paths, token = self._paths, self._gone

        def arranged(shown: list[int]) -> None:
            if self._asked is asked and not token.cancelled:
                self._shown = shown
                self._count.show(_tell_count(len(shown), len(paths)))
                self.list.go_to(0)
                self.list.redraw()

        ask = partial(arrange, paths, self._sought.get(), self.order.choice)
        self._context.post.ask(ask, arranged, in_python=True)

    def _follow(self) -> None:
        if self.list.current >= 0:
            self.bar.choose(self._shown[self.list.current])

    def _go_to(self, place: int) -> None:
        """A file in the map was clicked; what is not sought now is found all the same."""
        if place in self._shown:
            self.list.go_to(self._shown.index(place))
        self.bar.choose(place)

    def _show_file(self, index: int) -> None:
        if self._folder is not None:
            self._context.show_in_folder(self._folder / self._paths[self._shown[index]].path)


class TreeCard(ttk.Frame):
    """What a chosen delta does to a folder, on a card. Put it with `grid`; seen with a delta."""

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        px = context.theme.px
        across = px(20) - context.theme.inset
        super().__init__(parent, style="Card.TFrame", padding=(across, px(12)))
        self.view = TreeView(self, context)
        self.view.pack(fill="x")
        self._shown: TreeFacts | None = None

    def show(self, facts: Facts | None) -> None:
        """Keep up with the delta."""
        known = facts if isinstance(facts, TreeFacts) and facts.kind is Kind.TREE_DELTA else None
        if known is not None and known is not self._shown:
            self.view.show(known.path)
        elif known is None and self._shown is not None:
            self.view.forget()
        self._shown = known
        set_shown(self, known is not None)


def _tell_count(shown: int, whole: int) -> str:
    if shown == whole:
        told = translate_plural("{count} path", "{count} paths", whole)
    else:
        told = translate_plural("{shown} of {count} path", "{shown} of {count} paths", whole)
    return told.format(shown=show_number(shown), count=show_number(whole))
