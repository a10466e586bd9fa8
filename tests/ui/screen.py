"""What is really on the screen: the colours of a widget's pixels, read back from the X server."""

from __future__ import annotations

import tkinter as tk
from collections import Counter
from typing import Any

from Xlib import X, display  # type: ignore[import-untyped]  # ships no types

Rgb = tuple[int, int, int]

def colours_of(widget: tk.Misc) -> Counter[Rgb]:
    """How many pixels of each colour the widget shows now."""
    widget.update()
    # Tk's answer comes after the server has drawn what Tk asked before.
    widget.winfo_pointerxy()
    server: Any = display.Display()
    try:
        root = server.screen().root
        picture = root.get_image(
            max(0, widget.winfo_rootx()), max(0, widget.winfo_rooty()),
            widget.winfo_width(), widget.winfo_height(), X.ZPixmap, 0xFFFFFFFF,
        )  # fmt: skip
    finally:
        server.close()
    assert picture.depth == 24
    # Four bytes a pixel: blue, green, red and one that says nothing.
    blue, green, red = (picture.data[part::4] for part in range(3))
    return Counter(zip(red, green, blue, strict=True))


def count_pixels(widget: tk.Misc, colour: str) -> int:
    """How many pixels of the widget are `colour` (`#rrggbb`)."""
    return colours_of(widget)[rgb_of(colour)]


def rgb_of(colour: str) -> Rgb:
    """`#rrggbb` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
