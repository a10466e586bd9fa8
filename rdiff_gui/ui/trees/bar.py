"""A picture of a new folder: its files side by side, each as wide as it is long."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk

from rdiff_gui.engine.trees.listing import ListedPath
from rdiff_gui.ui.page import PageContext
from rdiff_gui.ui.trees.bar_layout import BarLayout, Part, lay_out
from rdiff_gui.ui.trees.listing import name_of_path, tell
from rdiff_gui.ui.widgets import Flow, Sentence
from rdiff_gui.ui.widgets.map_drawing import SWATCH, add_to_legend, frame, hatch, outline
from rdiff_gui.wording import show_size, translate

_HEIGHT = 28
_THINNEST = 3
_DOT = 2
_DOTS_APART = 6
_HINT = translate("Point at the map, or choose a file in the list.")
_TOLD = translate("{name}, {size}: {fate}")
_LEGEND = {
    Part.REUSED: translate("Unchanged"),
    Part.MOVED: translate("Moved"),
    Part.CHANGED: translate("Changed content"),
    Part.NEW: translate("New"),
}


class FilesBar(ttk.Frame):
    """The bar with its legend, on a card; `on_choice` when a file in it was clicked."""

    def __init__(
        self, parent: tk.Misc, context: PageContext, on_choice: Callable[[int], None]
    ) -> None:
        super().__init__(parent, style="card.TFrame")
        theme, px = context.theme, context.theme.px
        self._context = context
        self._on_choice = on_choice
        self._paths: Sequence[ListedPath] = ()
        self._layout: BarLayout | None = None
        self._laying_out = False
        self._chosen = -1
        self.canvas = tk.Canvas(
            self, height=px(_HEIGHT), width=px(200), highlightthickness=0, borderwidth=0
        )
        self.canvas.pack(fill="x", padx=theme.inset)
        self._told = Sentence(self, theme, text=_HINT, style="body.card.TLabel")
        self._told.pack(fill="x", padx=theme.inset, pady=px(4))
        legend = Flow(self, theme, surface="card", gap=22)
        legend.pack(fill="x", padx=theme.inset)
        self._swatches: dict[Part, tk.Canvas] = {}
        for part, label in _LEGEND.items():
            self._swatches[part], told = add_to_legend(legend, theme)
            told.configure(text=label)
        self.canvas.bind("<Configure>", lambda _event: self._lay_out())
        self.canvas.bind("<<ThemeChanged>>", lambda _event: self._draw())
        self.canvas.bind("<Motion>", lambda event: self._point(event.x))
        self.canvas.bind("<Leave>", lambda _event: self._tell(self._chosen))
        self.canvas.bind("<Button-1>", self._press)

    @property
    def told(self) -> str:
        """What is said below the bar."""
        return self._told.whole

    def show(self, paths: Sequence[ListedPath]) -> None:
        """Draw the files of a delta."""
        self._paths, self._chosen, self._layout = paths, -1, None
        self._draw()
        self._lay_out()
        self._tell(-1)

    def choose(self, place: int) -> None:
        """Show where a path lies."""
        self._chosen = place
        self._draw_cursor()
        self._tell(place)

    def _lay_out(self) -> None:
        """Away from Tk's thread, and never twice at once: a window is resized in many steps."""
        paths, width = self._paths, self.canvas.winfo_width()
        if width <= 1 or not paths or self._laying_out:
            return
        self._laying_out = True

        def laid_out(layout: BarLayout) -> None:
            self._laying_out = False
            if not self.winfo_exists():
                return
            if paths is self._paths:
                self._layout = layout
                self._draw()
            if paths is not self._paths or width != self.canvas.winfo_width():
                self._lay_out()

        ask = partial(lay_out, paths, width, self._context.theme.px(_THINNEST))
        self._context.post.ask(ask, laid_out, in_python=True)

    def _draw(self) -> None:
        canvas, theme = self.canvas, self._context.theme
        canvas.delete("all")
        canvas.configure(background=theme.palette.trough)
        height = canvas.winfo_height()
        for left, right, part in self._layout.runs if self._layout else ():
            self._fill(canvas, part, left, right, height)
        frame(canvas, theme, 0, canvas.winfo_width(), 0, height)
        side = theme.px(SWATCH)
        for part, swatch in self._swatches.items():
            swatch.delete("all")
            self._fill(swatch, part, 0, side, side)
            outline(swatch, theme, 0, side, 0, side)
        self._draw_cursor()

    def _fill(self, canvas: tk.Canvas, part: Part, left: int, right: int, height: int) -> None:
        """What is new is hatched, of what changed the lower half; what was moved has dots."""
        if part is Part.NOTHING:
            return
        theme = self._context.theme
        palette, top = theme.palette, 0
        ground = palette.new if part is Part.NEW else palette.reused
        canvas.create_rectangle(left, 0, right, height, fill=ground, width=0)
        if part is Part.CHANGED:
            top = height // 2
            canvas.create_rectangle(left, top, right, height, fill=palette.new, width=0)
        if part in (Part.NEW, Part.CHANGED):
            hatch(canvas, theme, left, right, top, height)
        elif part is Part.MOVED:
            dot, apart = theme.px(_DOT), theme.px(_DOTS_APART)
            for x in range(left + dot, right - dot + 1, apart):
                for y in range(dot, height - dot + 1, apart):
                    canvas.create_rectangle(
                        x, y, x + dot, y + dot, fill=palette.text, width=0, tags="dot"
                    )

    def _draw_cursor(self) -> None:
        canvas, theme = self.canvas, self._context.theme
        canvas.delete("cursor")
        span = self._layout.spans.get(self._chosen) if self._layout else None
        if span is not None:
            line = theme.px(2)
            left = min(span[0], canvas.winfo_width() - 2 * line)
            canvas.create_rectangle(
                left + line // 2, line // 2,
                max(span[1], left + 2 * line) - line // 2, canvas.winfo_height() - line // 2,
                width=line, outline=theme.palette.text, tags="cursor",
            )  # fmt: skip

    def _place_at(self, x: int) -> int:
        places = self._layout.places if self._layout else ()
        return places[x] if 0 <= x < len(places) else -1

    def _point(self, x: int) -> None:
        place = self._place_at(x)
        self._tell(place if place >= 0 else self._chosen)

    def _press(self, event: tk.Event[tk.Misc]) -> None:
        if (place := self._place_at(event.x)) >= 0:
            self._on_choice(place)

    def _tell(self, place: int) -> None:
        if place < 0:
            self._told.show(_HINT)
            return
        listed = self._paths[place]
        told = _TOLD.format(
            name=name_of_path(listed), size=show_size(listed.size_bytes), fate=tell(listed)
        )
        self._told.show(told)
