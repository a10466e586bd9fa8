"""What is really on the screen: words, buttons, and the colours of a widget's pixels."""

from __future__ import annotations

import sys
import tkinter as tk
from collections import Counter
from tkinter import ttk
from typing import Any

from Xlib import X, display

Rgb = tuple[int, int, int]


def texts_of(widget: tk.Misc) -> list[str]:
    """The words of every label and button that is seen in it."""
    widget.update()
    found = []
    for child in widget.winfo_children():
        if child.winfo_viewable() and isinstance(child, (ttk.Label, ttk.Button)):
            found.append(str(child.cget("text")))
        found += texts_of(child)
    return [text for text in found if text]


def buttons_of(widget: tk.Misc) -> list[ttk.Button]:
    """The buttons in it that are seen."""
    widget.update()
    found = [c for c in widget.winfo_children() if isinstance(c, ttk.Button)]
    for child in widget.winfo_children():
        found += buttons_of(child)
    return [button for button in found if button.winfo_viewable()]


def colours_of(widget: tk.Misc) -> Counter[Rgb]:
    """How many pixels of each colour the widget shows now."""
    widget.update()
    # Tk's answer comes after the server has drawn what Tk asked before.
    widget.winfo_pointerxy()
    picture = _picture_of(
        max(0, widget.winfo_rootx()), max(0, widget.winfo_rooty()),
        widget.winfo_width(), widget.winfo_height(),
    )  # fmt: skip
    # Four bytes a pixel: blue, green, red and one that says nothing.
    blue, green, red = (picture[part::4] for part in range(3))
    return Counter(zip(red, green, blue, strict=True))


def _picture_of(left: int, top: int, width: int, height: int) -> bytes:
    if sys.platform == "win32":
        from tests.ui import windows_screen

        return windows_screen.picture_of(left, top, width, height)
    server: Any = display.Display()
    try:
        root = server.screen().root
        picture = root.get_image(left, top, width, height, X.ZPixmap, 0xFFFFFFFF)
    finally:
        server.close()
    assert picture.depth == 24
    return bytes(picture.data)


def count_pixels(widget: tk.Misc, colour: str) -> int:
    """How many pixels of the widget are `colour` (`#rrggbb`)."""
    return colours_of(widget)[rgb_of(colour)]


def rgb_of(colour: str) -> Rgb:
    """`#rrggbb` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
