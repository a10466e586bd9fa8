"""How large the window opens, and what of that is remembered."""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace

from rdiff_gui.desktop.settings import Settings
from rdiff_gui.ui.theme import Theme

# Design pixels.
_USUAL = (1120, 800)
_SMALLEST = (860, 640)
# Panels and the title bar take some of the screen.
_SHARE_OF_SCREEN = 0.94


class WindowSize:
    """Opens as it was left, but never larger than the screen; the place is the desktop's say."""

    def __init__(self, root: tk.Tk, theme: Theme, settings: Settings) -> None:
        self._root = root
        screen = (root.winfo_screenwidth(), root.winfo_screenheight())
        room = tuple(int(side * _SHARE_OF_SCREEN) for side in screen)
        smallest = tuple(
            min(theme.px(side), most) for side, most in zip(_SMALLEST, room, strict=True)
        )
        wanted = settings.window_size or tuple(theme.px(side) for side in _USUAL)
        width, height = (
            max(least, min(side, most))
            for side, least, most in zip(wanted, smallest, room, strict=True)
        )
        root.minsize(*smallest)
        root.geometry(f"{width}x{height}")
        if settings.maximized:
            self._maximize()

    def remember(self, settings: Settings) -> Settings:
        """The settings with the size that the window has now."""
        if self._maximized():
            return replace(settings, maximized=True)
        size = (self._root.winfo_width(), self._root.winfo_height())
        return replace(settings, window_size=size, maximized=False)

    def _maximize(self) -> None:
        if self._root.tk.call("tk", "windowingsystem") == "x11":
            self._root.attributes("-zoomed", True)
        else:
            self._root.state("zoomed")

    def _maximized(self) -> bool:
        if self._root.tk.call("tk", "windowingsystem") == "x11":
            return bool(self._root.attributes("-zoomed"))
        return self._root.state() == "zoomed"
