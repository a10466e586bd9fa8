"""A picture of what a delta does: the old file above, the new one below, ties between the two."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk

from rdiff_gui.engine.delta_map import DeltaMap
from rdiff_gui.formats.piece_map import MapStretch, Piece, Pieces
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets.controls import Flow
from rdiff_gui.ui.widgets.labels import Sentence
from rdiff_gui.ui.widgets.map_drawing import MapDrawing, MapPart, add_to_legend
from rdiff_gui.ui.widgets.map_layout import MapLayout
from rdiff_gui.wording import show_number, show_percent, show_size, translate, translate_plural

_THINNEST = 3
_COLUMN = 2
# In this many pieces, the one that is meant is the new one, or that in the middle.
_FEW = 3

_HINT = translate("Point at the map, or step through it with the arrow keys.")
_DRAWING = translate("Drawing the map…")
_UNUSED = translate("Nothing of this is in the new file")

# Asks for the pieces around a byte of the new file, and hands them over later, or why not.
AskPieces = Callable[[int, Callable[[Pieces | str], None]], None]


def tell_piece(piece: Piece) -> str:
    """Exactly which bytes these are, and where they come from; the first byte of a file is 0."""
    if piece.source is None:
        told = translate_plural(
            "Byte {first} of the new file: new data, from the delta",
            "Bytes {first} to {last} of the new file: new data, from the delta",
            piece.end - piece.start,
        )
    else:
        told = translate_plural(
            "Byte {first} of the new file: copied from byte {source} of the old file",
            "Bytes {first} to {last} of the new file: copied from bytes {source} to {source_last} "
            "of the old file",
            piece.end - piece.start,
        )
    source = piece.source or 0
    return told.format(
        first=show_number(piece.start),
        last=show_number(piece.end - 1),
        source=show_number(source),
        source_last=show_number(source + piece.end - piece.start - 1),
    )


def tell_stretch(stretch: MapStretch) -> str:
    """What a column with many pieces holds; all the numbers are exact for the bytes named."""
    return translate_plural(
        "{count} piece in bytes {first} to {last} of the new file, {percent} of them copied",
        "{count} pieces in bytes {first} to {last} of the new file, {percent} of them copied",
        stretch.pieces,
    ).format(
        count=show_number(stretch.pieces),
        first=show_number(stretch.start),
        last=show_number(stretch.end - 1),
        percent=show_percent(stretch.copied_bytes / (stretch.end - stretch.start)),
    )


class DeltaMapView(ttk.Frame):
    """The map with its legend, on a card.

    Under the pointer, or with the focus through the arrow keys, each piece is told exactly.
    `ask_pieces` is called for those that are not held.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, ask_pieces: AskPieces) -> None:
        super().__init__(parent, style="card.TFrame")
        self._theme = theme
        self._ask_pieces = ask_pieces
        self._delta: DeltaMap | None = None
        self._old_bytes = 0
        self._layout: MapLayout | None = None
        self._pieces = Pieces()
        self._wanted: tuple[int, Callable[[], None]] | None = None
        self._asking = False
        self._pointed: int | None = None
        self.cursor: Piece | None = None
        self._old_caption = self._add_caption()
        self._drawing = MapDrawing(self, theme)
        self.canvas = self._drawing.canvas
        self.canvas.pack(fill="x")
        self._new_caption = self._add_caption()
        self._told = Sentence(self, theme, text=_DRAWING, style="body.card.TLabel")
        self._told.pack(fill="x", padx=theme.inset, pady=theme.px(4))
        legend = Flow(self, theme, surface="card", gap=22)
        legend.pack(fill="x", padx=theme.inset)
        self._swatches: list[tuple[tk.Canvas, MapPart]] = []
        self._copied = self._add_legend(legend, "reused")
        self._new = self._add_legend(legend, "new")
        self._add_legend(legend, "unused").configure(text=translate("Not in the new file"))
        self._bind()

    def _bind(self) -> None:
        bind = self.canvas.bind
        bind("<Motion>", lambda event: self._point(event.x, event.y), add=True)
        bind("<Leave>", lambda _event: self._leave(), add=True)
        bind("<Button-1>", lambda event: self._press(event.x, event.y), add=True)
        bind("<Configure>", lambda _event: self._draw(), add=True)
        bind("<<ThemeChanged>>", lambda _event: self._draw(), add=True)
        steps: dict[str, Callable[[], int]] = {
            "<Left>": lambda: self.cursor.start - 1 if self.cursor else 0,
            "<Right>": lambda: self.cursor.end if self.cursor else 0,
            "<Home>": lambda: 0,
            "<End>": lambda: self._last,
            "<Control-Left>": partial(self._far, -1),
            "<Control-Right>": partial(self._far, 1),
        }
        for key, step in steps.items():
            bind(key, partial(self._step, step))

    # --- what is shown ---------------------------------------------------------------------------

    @property
    def told(self) -> str:
        """What is said below the bars."""
        return self._told.whole

    def tell(self, sentence: str) -> None:
        """Say something below the bars."""
        self._told.show(sentence)

    def clear(self) -> None:
        """Show nothing, until there is a map again."""
        self._delta = self._layout = self.cursor = self._wanted = None
        self._asking = False
        for label in (self._old_caption, self._new_caption, self._copied, self._new):
            label.configure(text="")
        self.tell(_DRAWING)
        self._draw()

    def show(self, delta: DeltaMap, old_bytes: int | None) -> None:
        """Draw a map; `old_bytes` is the old file's size where it is at hand."""
        if delta is not self._delta:
            self._delta, self._pieces = delta, delta.pieces.kept or Pieces()
            self.cursor = self._wanted = None
            self.tell(_HINT)
        pieces = delta.pieces
        known = delta.basis_bytes if old_bytes is None else old_bytes
        # Whoever has chosen another file is told so elsewhere.
        self._old_bytes = max(known or 0, pieces.basis_bytes_needed)
        old = translate("Old file, {size}")
        if known is None:
            old = translate("Old file, {size} or more")
        self._old_caption.configure(text=old.format(size=show_size(self._old_bytes)))
        new = translate("New file, {size}").format(size=show_size(pieces.result_bytes))
        self._new_caption.configure(text=new)
        new_bytes = pieces.result_bytes - pieces.copied_bytes
        copied, new = translate("Nothing reused from the old file"), translate("No new data")
        if pieces.copied_bytes:
            copied = translate("Reused from the old file, {size}")
        if new_bytes:
            new = translate_plural(
                "New data, {size} in {count} place",
                "New data, {size} in {count} places",
                pieces.new_count,
            )
        self._copied.configure(text=copied.format(size=show_size(pieces.copied_bytes)))
        count = show_number(pieces.new_count)
        self._new.configure(text=new.format(size=show_size(new_bytes), count=count))
        self._draw()

    def _add_caption(self) -> ttk.Label:
        caption = ttk.Label(self, style="small.card.TLabel")
        caption.pack(anchor="w", padx=self._theme.inset)
        return caption

    def _add_legend(self, legend: Flow, part: MapPart) -> ttk.Label:
        swatch, label = add_to_legend(legend, self._theme)
        self._swatches.append((swatch, part))
        return label

    # --- what lies where -------------------------------------------------------------------------

    @property
    def _last(self) -> int:
        return self._delta.pieces.result_bytes - 1 if self._delta else 0

    def _point(self, x: int, y: int) -> None:
        """Tell what lies under the pointer; exactly, once that is known."""
        column = self._column(x, y)
        self._pointed = column
        if column is None:
            self.tell(_UNUSED if self._drawing.is_over_old(y) else _HINT)
            return
        if (stretch := self._crowd(column)) is not None:
            self.tell(tell_stretch(stretch))
            return
        self._look_up(self._meant_bytes(column)[0], partial(self._tell_pointed, column))

    def _tell_pointed(self, column: int) -> None:
        if self._pointed == column and (piece := self._meant(column)) is not None:
            self.tell(tell_piece(piece))

    def _leave(self) -> None:
        self._pointed = None
        self.tell(tell_piece(self.cursor) if self.cursor else _HINT)

    def _press(self, x: int, y: int) -> None:
        self.canvas.focus_set()
        column = self._column(x, y)
        if column is not None:
            position = self._meant_bytes(column)[0]
            self._look_up(position, partial(self._pick, column))

    def _pick(self, column: int) -> None:
        if (piece := self._meant(column)) is not None:
            self._set_cursor(piece)

    def _step(self, step: Callable[[], int], _event: tk.Event[tk.Misc]) -> str:
        if self._delta is not None:
            position = max(0, min(step(), self._last))
            self._look_up(position, lambda: self._set_cursor(self._pieces.at(position)))
        return "break"

    def _far(self, direction: int) -> int:
        """Bytes of the next column or the one before."""
        if self._layout is None or self.cursor is None:
            return 0
        edge = self.cursor.end - 1 if direction > 0 else self.cursor.start
        beside = self._layout.bytes_at(self._layout.x_of(edge) + direction)
        return beside[0] if beside else self._last * (direction > 0)

    def _set_cursor(self, piece: Piece) -> None:
        self.cursor = piece
        self.tell(tell_piece(piece))
        self._drawing.draw_cursor(self._layout, piece)

    def _look_up(self, position: int, then: Callable[[], None]) -> None:
        """Call `then` when the piece at `position` is held; of several, only the last."""
        if self._pieces.holds(position):
            self._wanted = None
            then()
            return
        self._wanted = (position, then)
        if not self._asking:
            self._asking = True
            self._ask_pieces(position, self._take)

    def _take(self, pieces: Pieces | str) -> None:
        self._asking = False
        wanted, self._wanted = self._wanted, None
        if isinstance(pieces, str):
            self.tell(pieces)
            return
        self._pieces = pieces
        if wanted is not None:
            self._look_up(*wanted)

    def _column(self, x: int, y: int) -> int | None:
        """The column of the new file that is meant by a place on the canvas."""
        layout = self._layout
        if layout is None:
            return None
        x -= self._drawing.pad
        if not self._drawing.is_over_old(y):
            return x if layout.bytes_at(x) else None
        band = layout.band_below(x)
        if band is None:
            return None
        share = (x - band.old_left) / (band.old_right - band.old_left)
        return band.left + int(share * (band.right - band.left))

    def _meant_bytes(self, column: int) -> tuple[int, int]:
        """The bytes of a column; of a narrow mark in it, all."""
        assert self._layout is not None
        layout, mark = self._layout, self._layout.mark_at(column)
        first = last = column
        if mark is not None and mark.right - mark.left <= 2 * self._theme.px(_THINNEST):
            first, last = mark.left, mark.right - 1
        start = layout.bytes_at(first) or (0, 1)
        return start[0], (layout.bytes_at(last) or start)[1]

    def _crowd(self, column: int) -> MapStretch | None:
        """What a column holds, where that is more than can be told one by one."""
        assert self._delta is not None
        stretch = self._delta.pieces.stretch(*self._meant_bytes(column))
        return stretch if stretch.pieces > _FEW else None

    def _meant(self, column: int) -> Piece | None:
        """Of the pieces in a column, the new one, or the one in the middle."""
        start, end = self._meant_bytes(column)
        pieces = self._pieces.within(start, end)
        new = [piece for piece in pieces if piece.source is None]
        if new or not pieces:
            return new[0] if new else None
        middle = (start + end) // 2
        return next((piece for piece in pieces if piece.end > middle), pieces[-1])

    def _draw(self) -> None:
        if self._delta is not None:
            theme, width = self._theme, self.canvas.winfo_width() - 2 * self._drawing.pad
            self._layout = MapLayout(
                self._delta,
                self._old_bytes,
                width,
                thinnest_px=theme.px(_THINNEST),
                column_px=theme.px(_COLUMN),
            )
        self._drawing.draw(self._layout)
        self._drawing.draw_cursor(self._layout, self.cursor)
        for swatch, part in self._swatches:
            self._drawing.draw_swatch(swatch, part)
