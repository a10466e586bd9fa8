"""Light or dark: as the user chose, or as the system is, also when that changes."""

from __future__ import annotations

import time
import tkinter as tk

from rdiff_gui.desktop.appearance import system_is_dark
from rdiff_gui.desktop.settings import ThemeChoice
from rdiff_gui.ui.theme import Mode, Theme
from rdiff_gui.ui.worker import Post

# Coming back to the window is when a change would be seen; asking costs a short process.
_LEAST_SECONDS_BETWEEN = 2.0


def mode_for(choice: ThemeChoice, dark_system: bool | None) -> Mode:
    """The colours to wear; a system that does not say is taken for a light one."""
    if choice is ThemeChoice.SYSTEM:
        return "dark" if dark_system else "light"
    return "dark" if choice is ThemeChoice.DARK else "light"


class Colours:
    """Keeps the theme in step with the user's choice and the system."""

    def __init__(
        self, root: tk.Tk, theme: Theme, post: Post, choice: ThemeChoice, dark_system: bool | None
    ) -> None:
        self._root = root
        self._theme = theme
        self._post = post
        self._choice = choice
        self._dark_system = dark_system
        self._asked = time.monotonic()
        root.bind("<FocusIn>", self._came_back, add=True)

    def choose(self, choice: ThemeChoice) -> None:
        """Wear what the user chose."""
        self._choice = choice
        self._dress()

    def _came_back(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is not self._root or self._choice is not ThemeChoice.SYSTEM:
            return
        now = time.monotonic()
        if now - self._asked > _LEAST_SECONDS_BETWEEN:
            self._asked = now
            self._post.ask(system_is_dark, self._follow_system)

    def _follow_system(self, dark: bool | None) -> None:
        self._dark_system = dark
        self._dress()

    def _dress(self) -> None:
        mode = mode_for(self._choice, self._dark_system)
        if mode != self._theme.mode:
            self._theme.apply(mode)
            self._root.event_generate("<<ColoursChanged>>")
