"""What is really on the screen: the colours of a widget's pixels, read back from the X server."""

from __future__ import annotations

import tkinter as tk
from collections import Counter
from typing import Any

from Xlib import X, display  # type: ignore[import-untyped]  # ships no types

Rgb = tuple[int, int, int]

# A screen of 16 bits a pixel keeps the upper five or six bits of a colour.
_TOLERANCE = 9


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
        visual = server.screen().allowed_depths
        masks = next(
            (v.red_mask, v.green_mask, v.blue_mask)
            for depth in visual
            if depth.depth == picture.depth
            for v in depth.visuals
        )
    finally:
        server.close()
    size = 2 if picture.depth <= 16 else 4
    values = Counter(
        picture.data[i : i + size] for i in range(0, len(picture.data) - size + 1, size)
    )
    return Counter(
        {_rgb(int.from_bytes(raw, "little"), masks): count for raw, count in values.items()}
    )


def count_pixels(widget: tk.Misc, colour: str) -> int:
    """How many pixels of the widget are `colour` (`#rrggbb`), as near as the screen can show."""
    wanted = rgb_of(colour)
    return sum(
        count
        for shown, count in colours_of(widget).items()
        if all(abs(a - b) <= _TOLERANCE for a, b in zip(shown, wanted, strict=True))
    )


def rgb_of(colour: str) -> Rgb:
    """`#rrggbb` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _rgb(value: int, masks: tuple[int, int, int]) -> Rgb:
    red, green, blue = (((value & mask) * 255) // mask for mask in masks)
    return red, green, blue
