"""One palette on its way to becoming a ttk theme: drawing its images and naming its elements."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from rdiff_gui.ui.theme.icons import draw_icon
from rdiff_gui.ui.theme.palette import Palette
from rdiff_gui.ui.theme.pixels import Pill, Tile

RING_GAP = 3
RADIUS = 6

# What ttk.Style.layout takes: elements with their options, children among them.
Layout = list[tuple[str, Any]]

StateTiles = Sequence[tuple[str, Tile]]
StatePills = Sequence[tuple[str, Pill]]


def prefix_of(surface: str) -> str:
    """What comes before the style's name; ttk finds the plain name for `bg.` too."""
    return "" if surface == "bg" else f"{surface}."


class Sheet:
    """Gives styles their lengths, images and elements; keeps the images alive.

    `px` turns a length of the design into pixels; a border has the width `line`.
    """

    def __init__(self, root: tk.Misc, palette: Palette, px: Callable[[float], int]) -> None:
        self.root = root
        self.palette = palette
        self.style = ttk.Style(root)
        self.px = px
        self.line = px(1)
        self.surface = palette.surface
        self._images: dict[Tile | Pill, tk.PhotoImage] = {}
        self._icons: list[tk.PhotoImage] = []

    def tile(self, radius: int, surface: str, **more: Any) -> Tile:
        """A rounded rectangle on the colour `surface`, with room for a focus ring around it."""
        look = {"fill": surface, "border_width": self.line, **more}
        gap, ring_width = self.px(RING_GAP), self.px(2)
        return Tile(radius=self.px(radius), surface=surface, gap=gap, ring_width=ring_width, **look)

    def icon(self, name: str, size: int, colour: str) -> tk.PhotoImage:
        """An icon that belongs to an element; `size` in design pixels."""
        image = tk.PhotoImage(master=self.root, data=draw_icon(name, self.px(size), colour))
        self._icons.append(image)
        return image

    def stretch(
        self,
        element: str,
        states: StateTiles,
        *,
        padding: int | tuple[int, int] | None = None,
        sticky: str = "nsew",
    ) -> None:
        """Make an element of nine-slice tiles; the last state is the normal one."""
        default = states[-1][1]
        self.style.element_create(
            element,
            "image",
            self._image(default),
            *(self._image_for(spec, tile) for spec, tile in states[:-1]),
            border=default.corner,
            # Without these the image's own size is the smallest size of the widget.
            width=2 * default.corner,
            height=2 * default.corner if default.height is None else default.height,
            padding=default.gap if padding is None else padding,
            sticky=sticky,
        )

    def stamp(self, element: str, states: StatePills, *, width: int) -> None:
        """Make an element of pictures of one size; the last state is the normal one."""
        self.style.element_create(
            element,
            "image",
            self._image(states[-1][1]),
            *(self._image_for(spec, pill) for spec, pill in states[:-1]),
            sticky="w",
            width=width,
        )

    def nest(self, style: str, *elements: str) -> None:
        """Lay a style out as elements that each fill the one before."""
        layout: Layout = [(elements[-1], {"sticky": "nswe"})]
        for element in reversed(elements[:-1]):
            layout = [(element, {"sticky": "nswe", "children": layout})]
        self.style.layout(style, layout)

    def _image_for(self, states: str, shape: Tile | Pill) -> tuple[*tuple[str, ...], tk.PhotoImage]:
        return (*states.split(), self._image(shape))

    def _image(self, shape: Tile | Pill) -> tk.PhotoImage:
        if shape not in self._images:
            self._images[shape] = tk.PhotoImage(master=self.root, data=shape.draw())
        return self._images[shape]
