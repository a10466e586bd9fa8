"""Draws a delta's map on a canvas.

What is new is hatched and what is unused an empty line, so that no colour has to be told.
"""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Literal

from rdiff_gui.formats.piece_map import Piece
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.theme.pixels import mix
from rdiff_gui.ui.widgets.controls import Flow
from rdiff_gui.ui.widgets.map_layout import MapLayout

# The last is what the new file has nothing of.
MapPart = Literal["reused", "new", "unused"]

_BAR = 22
_GAP = 28
_RADIUS = 5
_HATCH = 6
SWATCH = 12
_CURSOR = 4
# Of the way from the card's colour to that of what was copied, or of new data's to the card's.
_TIE_SHARE = 0.45
_HATCH_SHARE = 0.55


class MapDrawing:
    """A canvas with two bars, `pad` pixels within its focus ring."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        self._theme = theme
        self.pad = theme.inset
        self._bar = theme.px(_BAR)
        self.canvas = tk.Canvas(
            parent,
            height=2 * self._bar + theme.px(_GAP),
            width=theme.px(200),
            highlightthickness=theme.px(2),
            borderwidth=0,
            takefocus=True,
        )

    def is_over_old(self, y: int) -> bool:
        """Whether that is at the old file's bar."""
        return y < self.pad + self._bar

    def draw(self, layout: MapLayout | None) -> None:
        """Draw everything anew; without a layout, nothing but the ground."""
        canvas, palette = self.canvas, self._theme.palette
        canvas.configure(
            background=palette.card,
            highlightbackground=palette.card,
            highlightcolor=palette.ring,
        )
        canvas.delete("all")
        if layout is None:
            return
        pad, bar, bottom = self.pad, self._bar, canvas.winfo_height() - self.pad
        tied = mix(palette.card, palette.reused, _TIE_SHARE)
        for band in layout.bands:
            # An outline is drawn on its corners, so the right ones lie within.
            corners = (
                (pad + band.old_left, pad + bar),
                (pad + max(band.old_left, band.old_right - 1), pad + bar),
                (pad + max(band.left, band.right - 1), bottom - bar),
                (pad + band.left, bottom - bar),
            )
            # Edges alone would fill the place between very many.
            edge = palette.reused if band.right - band.left > self._theme.px(_CURSOR) else tied
            canvas.create_polygon(corners, fill=tied, outline=edge, tags="tie")
        self._draw_bar(0, layout.old_right, pad, palette.card, "old")
        self._strike(canvas, pad, pad + layout.old_right, pad, pad + bar)
        for left, right in layout.used:
            self._draw_bar(left, right, pad, palette.reused, "used")
        self._draw_bar(0, layout.new_right, bottom - bar, palette.reused, "copied")
        skyline: list[int] = []
        for mark in layout.marks:
            left, right, top = pad + mark.left, pad + mark.right, bottom - round(mark.height * bar)
            skyline += (left, bottom, left, top, right, top, right, bottom)
        if skyline:
            canvas.create_polygon(skyline, fill=palette.new, tags="new")
        for mark in layout.marks:
            if mark.height == 1 and mark.right - mark.left > self._theme.px(_HATCH):
                hatch(canvas, self._theme, pad + mark.left, pad + mark.right, bottom - bar, bottom)
        self._frame(layout.old_right, pad)
        self._frame(layout.new_right, bottom - bar)

    def draw_cursor(self, layout: MapLayout | None, piece: Piece | None) -> None:
        """Frame a piece in the new file, and what it comes from in the old one."""
        canvas, pad, bar = self.canvas, self.pad, self._bar
        canvas.delete("cursor")
        if layout is None or piece is None:
            return
        least = self._theme.px(_CURSOR)
        spans = [(canvas.winfo_height() - pad - bar, piece.start, piece.end)]
        if piece.source is not None:
            spans.append((pad, piece.source, piece.source + piece.end - piece.start))
        for top, start, end in spans:
            left, right = layout.span_of(start, end, least)
            canvas.create_rectangle(
                pad + left,
                top,
                pad + right,
                top + bar,
                width=self._theme.px(2),
                outline=self._theme.palette.text,
                tags="cursor",
            )

    def draw_swatch(self, swatch: tk.Canvas, part: MapPart) -> None:
        """Fill it as that part of the map is filled."""
        side, palette = self._theme.px(SWATCH), self._theme.palette
        fills = {"reused": palette.reused, "new": palette.new, "unused": palette.card}
        swatch.delete("all")
        swatch.configure(background=fills[part])
        if part == "new":
            hatch(swatch, self._theme, 0, side, 0, side)
        elif part == "unused":
            self._strike(swatch, 0, side, 0, side)
        outline(swatch, self._theme, 0, side, 0, side)

    def _draw_bar(self, left: int, right: int, top: int, colour: str, tag: str) -> None:
        bottom = top + self._bar
        self.canvas.create_rectangle(
            self.pad + left, top, self.pad + right, bottom, width=0, fill=colour, tags=tag
        )

    def _strike(self, canvas: tk.Canvas, left: int, right: int, top: int, bottom: int) -> None:
        """A line through what there is nothing of."""
        middle, width, colour = (top + bottom) // 2, self._theme.px(1), self._theme.palette.outline
        canvas.create_line(left, middle, right, middle, fill=colour, width=width, tags="strike")

    def _frame(self, right: int, top: int) -> None:
        left, bottom = self.pad, top + self._bar
        frame(self.canvas, self._theme, left, left + right, top, bottom)


def add_to_legend(legend: Flow, theme: Theme) -> tuple[tk.Canvas, ttk.Label]:
    """A small square, to be filled as a part of a map is, and what it stands for."""
    entry = ttk.Frame(legend, style="card.TFrame")
    side = theme.px(SWATCH)
    swatch = tk.Canvas(entry, width=side, height=side, highlightthickness=0, borderwidth=0)
    swatch.pack(side="left", padx=(0, theme.px(8)))
    label = ttk.Label(entry, style="small.card.TLabel")
    label.pack(side="left")
    # Windows does not survive a window that is taken away while it is told its size.
    entry.bind("<Configure>", lambda _event: legend.after_idle(legend.arrange))
    return swatch, label


def outline(canvas: tk.Canvas, theme: Theme, left: int, right: int, top: int, bottom: int) -> None:
    """A border, within a box."""
    width = theme.px(1)
    less, more = width // 2, 1 + (width - 1) // 2
    box = left + less, top + less, right - more, bottom - more
    canvas.create_rectangle(*box, width=width, outline=theme.palette.outline)


def frame(canvas: tk.Canvas, theme: Theme, left: int, right: int, top: int, bottom: int) -> None:
    """A border with round corners around a bar on a card, as far as the bar has room for both."""
    if right - left > theme.px(_CURSOR):
        outline(canvas, theme, left, right, top, bottom)
    masks = theme.corner_masks(_RADIUS, "card", "outline")
    if right - left < 2 * masks[0].width():
        return
    corners = ((left, top, "nw"), (right, top, "ne"), (left, bottom, "sw"), (right, bottom, "se"))
    for image, (x, y, anchor) in zip(masks, corners, strict=True):
        canvas.create_image(x, y, image=image, anchor=anchor)


def hatch(canvas: tk.Canvas, theme: Theme, left: int, right: int, top: int, bottom: int) -> None:
    """Slanting lines over what is new, cut to a box."""
    palette, height = theme.palette, bottom - top
    colour = mix(palette.new, palette.card, _HATCH_SHARE)
    step = theme.px(_HATCH)
    # All on one grid, so that neighbours go on.
    first = (left - height) // step * step
    for foot in range(first, right, step):
        begin, end = max(foot, left), min(foot + height, right)
        if begin < end:
            canvas.create_line(
                begin,
                bottom - (begin - foot),
                end,
                bottom - (end - foot),
                fill=colour,
                width=theme.px(1),
                tags="hatch",
            )
