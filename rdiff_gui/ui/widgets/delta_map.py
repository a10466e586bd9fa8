"""A picture of the new file: what was in the old one already, and what had to be sent."""

from __future__ import annotations

import tkinter as tk
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from tkinter import ttk

from rdiff_gui.engine.summaries import Region
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets.controls import Flow
from rdiff_gui.ui.widgets.labels import Tooltip
from rdiff_gui.wording import show_size, translate, translate_plural

_HEIGHT = 26
_RADIUS = 6
_THINNEST = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """New regions drawn as one stretch of pixels `[left, right)`; `first` to `last` included."""

    left: int
    right: int
    first: int
    last: int


def lay_out_marks(
    regions: Sequence[Region], total_bytes: int, width_px: int, thinnest_px: int
) -> list[Mark]:
    """Where to draw the new regions, each at least `thinnest_px` wide, touching ones joined."""
    marks: list[Mark] = []
    for index, region in enumerate(regions):
        if not region.new or not total_bytes:
            continue
        left = round(region.start * width_px / total_bytes)
        left = min(left, max(0, width_px - thinnest_px))
        right = max(left + thinnest_px, round(region.end * width_px / total_bytes))
        if marks and left <= marks[-1].right:
            before = marks[-1]
            marks[-1] = Mark(before.left, max(right, before.right), before.first, index)
        else:
            marks.append(Mark(left, right, index, index))
    return marks


class DeltaMap(ttk.Frame):
    """The map with its legend, on a card. Rest the pointer on it for sizes and places."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, style="card.TFrame")
        self._theme = theme
        self._regions: Sequence[Region] = ()
        self._starts: list[int] = []
        self._total_bytes = 0
        self._marks: list[Mark] = []
        self.canvas = tk.Canvas(
            self, height=theme.px(_HEIGHT), width=theme.px(200), highlightthickness=0, borderwidth=0
        )
        self.canvas.pack(fill="x")
        legend = Flow(self, theme, surface="card", gap=22)
        legend.pack(fill="x", pady=(theme.px(6), 0))
        self._reused = self._add_legend(legend, "reused")
        self._new = self._add_legend(legend, "new")
        self.tip = Tooltip(self.canvas, theme, self._describe_pointer)
        self.canvas.bind("<Motion>", lambda _event: self.tip.show(), add=True)
        self.canvas.bind("<Configure>", lambda _event: self._draw(), add=True)
        self.canvas.bind("<<ThemeChanged>>", lambda _event: self._draw(), add=True)

    def show(
        self,
        regions: Sequence[Region],
        total_bytes: int,
        *,
        reused_bytes: int,
        new_bytes: int,
        new_places: int,
    ) -> None:
        """Draw `regions` of a file of `total_bytes`; the counts are exact, for the legend."""
        self._regions = regions
        self._starts = [region.start for region in regions]
        self._total_bytes = total_bytes
        reused, new = translate("Nothing reused from the old file"), translate("No new data")
        if reused_bytes:
            reused = translate("Reused from the old file, {size}")
        if new_places:
            new = translate_plural(
                "New data, {size} in {count} place",
                "New data, {size} in {count} places",
                new_places,
            )
        self._reused.configure(text=reused.format(size=show_size(reused_bytes)))
        self._new.configure(text=new.format(size=show_size(new_bytes), count=new_places))
        self._draw()

    def describe(self, x: int) -> str:
        """What lies under the pixel column `x`, in words."""
        if not self._regions or not self._total_bytes:
            return ""
        place = bisect_right(self._marks, x, key=lambda mark: mark.left) - 1
        if place >= 0 and x < self._marks[place].right:
            mark = self._marks[place]
            covered = [r for r in self._regions[mark.first : mark.last + 1] if r.new]
            start, end, kind = covered[0].start, covered[-1].end, translate("New data")
            size = sum(region.end - region.start for region in covered)
        else:
            position = x * self._total_bytes // max(1, self.canvas.winfo_width())
            region = self._regions[max(0, bisect_right(self._starts, position) - 1)]
            start, end, size = region.start, region.end, region.end - region.start
            kind = translate("New data") if region.new else translate("Reused from the old file")
        return translate("{kind}, {size}: from {start} to {end}").format(
            kind=kind, size=show_size(size), start=show_size(start), end=show_size(end)
        )

    def _add_legend(self, legend: Flow, part: str) -> ttk.Label:
        px = self._theme.px
        parent = ttk.Frame(legend, style="card.TFrame")
        swatch = ttk.Frame(parent, style=f"{part}.Swatch.TFrame", width=px(12), height=px(12))
        swatch.pack(side="left", padx=(0, px(8)))
        label = ttk.Label(parent, style="small.card.TLabel")
        label.pack(side="left")
        # Windows does not survive a window that is taken away while it is told its size.
        parent.bind("<Configure>", lambda _event: legend.after_idle(legend.arrange))
        return label

    def _describe_pointer(self) -> str:
        return self.describe(self.canvas.winfo_pointerx() - self.canvas.winfo_rootx())

    def _draw(self) -> None:
        canvas, theme = self.canvas, self._theme
        width, height = canvas.winfo_width(), canvas.winfo_height()
        self._marks = lay_out_marks(self._regions, self._total_bytes, width, theme.px(_THINNEST))
        canvas.configure(background=theme.palette.card)
        canvas.delete("all")
        ground = theme.palette.reused if self._regions else theme.palette.trough
        canvas.create_rectangle(0, 0, width, height, width=0, fill=ground, tags="ground")
        for mark in self._marks:
            canvas.create_rectangle(
                mark.left, 0, mark.right, height, width=0, fill=theme.palette.new, tags="new"
            )
        corners = ((0, 0, "nw"), (width, 0, "ne"), (0, height, "sw"), (width, height, "se"))
        for image, (x, y, anchor) in zip(theme.corner_masks(_RADIUS, "card"), corners, strict=True):
            canvas.create_image(x, y, image=image, anchor=anchor)
