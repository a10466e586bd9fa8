"""The map of one delta on a page, read and looked up away from Tk's thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tkinter import ttk

from rdiff_gui.engine.delta_map import DeltaMap, map_delta, read_pieces
from rdiff_gui.engine.progress import CancelToken, Progress
from rdiff_gui.engine.summaries import DeltaFacts, Facts
from rdiff_gui.formats.piece_map import Pieces
from rdiff_gui.ui.error_report import report
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.widgets import set_shown
from rdiff_gui.ui.widgets.delta_map import DeltaMapView
from rdiff_gui.ui.worker import Ending, Failed, Finished
from rdiff_gui.wording import translate

_DRAWING = translate("Drawing the map… {percent} %")


class StepMap(ttk.Frame):
    """Shows the map of a delta as soon as that is read; `old_bytes` once the old file is known."""

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        super().__init__(parent, style="card.TFrame")
        self._context = context
        self._gone = CancelToken()
        self._delta: DeltaMap | None = None
        self._old_bytes: int | None = None
        self.picture = DeltaMapView(self, context.theme, self._ask_pieces)
        self.picture.pack(fill="x")
        self.bind("<Destroy>", lambda _event: self._gone.cancel(), add=True)

    def show(self, path: Path, old_bytes: int | None = None) -> None:
        """Draw the map of a delta that was inspected or made."""
        self._gone.cancel()
        token = self._gone = CancelToken()
        self._delta, self._old_bytes = None, old_bytes
        self.picture.clear()

        def ended(ending: Ending[DeltaMap]) -> None:
            if token.cancelled:
                return
            if isinstance(ending, Finished):
                self._delta = ending.result
                self.picture.show(ending.result, self._old_bytes)
            elif isinstance(ending, Failed):
                self.picture.tell(report(ending.error).sentence)

        def progressed(progress: Progress) -> None:
            if not token.cancelled and progress.fraction is not None:
                self.picture.tell(_DRAWING.format(percent=int(progress.fraction * 100)))

        self._context.post.run(
            lambda on_progress: map_delta(path, on_progress=on_progress, cancel=token),
            ended,
            progressed,
            in_python=True,
        )

    def set_old_bytes(self, old_bytes: int | None) -> None:
        """The old file came or went."""
        if old_bytes != self._old_bytes:
            self._old_bytes = old_bytes
            if self._delta is not None:
                self.picture.show(self._delta, old_bytes)

    def forget(self) -> None:
        """There is no delta any more."""
        self._gone.cancel()
        self._delta = None

    def _ask_pieces(self, position: int, then: Callable[[Pieces | str], None]) -> None:
        delta, token = self._delta, self._gone
        if delta is None:
            return

        def got(pieces: Pieces) -> None:
            if not token.cancelled:
                then(pieces)

        def failed(error: BaseException) -> None:
            if not token.cancelled:
                then(report(error).sentence)

        ask = partial(read_pieces, delta, position, cancel=token)
        self._context.post.ask(ask, got, failed, in_python=True)


class MapCard(ttk.Frame):
    """What a chosen delta does, on a card. Put it with `grid`; it is seen with a delta."""

    def __init__(self, parent: tk.Misc, context: PageContext) -> None:
        px = context.theme.px
        super().__init__(
            parent, style="Card.TFrame", padding=(px(20) - context.theme.inset, px(12))
        )
        self._map = StepMap(self, context)
        self._map.pack(fill="x")
        self.picture = self._map.picture
        self._shown: DeltaFacts | None = None

    def show(self, facts: Facts | None, old_bytes: int | None) -> None:
        """Keep up with the delta, and with the old file where there is a right one."""
        known = facts if isinstance(facts, DeltaFacts) and facts.result_bytes else None
        if known is not None and known is not self._shown:
            self._map.show(known.path)
        elif known is None:
            self._map.forget()
        self._shown = known
        self._map.set_old_bytes(old_bytes)
        set_shown(self, known is not None)
