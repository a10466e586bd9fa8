"""Garbage is collected on Tk's thread alone.

Widgets and pictures lie in reference cycles. Were the collector to run on a worker's thread and
free one there, it would call Tk from a thread that must not, and could stop the process.
"""

from __future__ import annotations

import gc
import tkinter as tk

_PERIOD_MS = 1000


class TkGarbageCollection:
    """Takes the place of Python's own collection while the window lives."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        gc.disable()
        self._timer = root.after(_PERIOD_MS, self._collect)

    def close(self) -> None:
        """Give the collection back to Python."""
        self._root.after_cancel(self._timer)
        gc.enable()

    def _collect(self) -> None:
        self._timer = self._root.after(_PERIOD_MS, self._collect)
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return
