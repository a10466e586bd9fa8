"""Files that later starts of the program hand over to the window."""

from __future__ import annotations

import sys
import tkinter as tk

from rdiff_gui.desktop.running_program import FirstProgram
from rdiff_gui.ui.app import App
from rdiff_gui.ui.frame import bring_to_front

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
                self._app.arrive(delivery.paths)
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
