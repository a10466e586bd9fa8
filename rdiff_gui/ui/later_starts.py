"""Files that later starts of the program hand over, and the window's way to the front."""

from __future__ import annotations

import sys
import tkinter as tk

from rdiff_gui.desktop import x11
from rdiff_gui.desktop.running_program import FirstProgram
from rdiff_gui.ui.app import App
from rdiff_gui.ui.drag_and_drop import Dropped

# Until somebody who has connected has said all.
_LISTEN_MS = 20
# Windows does not tell Tk that somebody connects.
_LOOK_MS = 200


class LaterStarts:
    """Takes what `first` hears of, as if it were dropped on the window, until that closes."""

    def __init__(self, root: tk.Tk, first: FirstProgram, app: App) -> None:
        self._root = root
        self._first = first
        self._app = app
        self._timer: str | None = None
        if sys.platform == "win32":
            self._look()
        else:
            root.tk.createfilehandler(first.fileno(), tk.READABLE, self._somebody)

    def _somebody(self, _file: object, _mask: int) -> None:
        if self._timer is None:
            self._look()

    def _look(self) -> None:
        self._timer = None
        if self._app.closing.stopping:
            # Whoever comes now opens a window that stays.
            self.close()
            return
        for delivery in self._first.take():
            bring_to_front(self._root, delivery.start)
            if delivery.paths:
                self._app.dropped(Dropped(delivery.paths), None)
        if self._first.listening:
            self._timer = self._root.after(_LISTEN_MS, self._look)
        elif sys.platform == "win32":
            self._timer = self._root.after(_LOOK_MS, self._look)

    def close(self) -> None:
        """Take nothing any more; may be called more than once."""
        if self._timer is not None:
            self._root.after_cancel(self._timer)
            self._timer = None
        if sys.platform != "win32" and self._first.open:
            self._root.tk.deletefilehandler(self._first.fileno())
        self._first.close()


def bring_to_front(root: tk.Tk, start: str = "") -> None:
    """Show the window above all others, with the keyboard.

    `start` is the desktop's name for what the user did to have it there.
    """
    if root.state() in ("iconic", "withdrawn"):
        root.deiconify()
    root.lift()
    root.update_idletasks()
    if root.tk.call("tk", "windowingsystem") == "x11":
        x11.activate(root.winfo_id(), start)
    root.focus_force()
