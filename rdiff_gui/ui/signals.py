"""Ctrl-C in the terminal and the system's end of session close the window in good order."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tkinter as tk
from collections.abc import Callable
from typing import Any


class ClosingSignals:
    """While open, SIGINT, SIGTERM and SIGHUP call `on_signal` on Tk's thread."""

    def __init__(self, root: tk.Tk, on_signal: Callable[[], None]) -> None:
        self._root = root
        self._before: dict[int, Any] = {}
        self._read_end = -1
        if sys.platform == "win32":
            return
        # Python runs a handler only between two of its own instructions, and Tk's loop has
        # none while it waits; a pipe that Tk watches wakes it.
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._write_end, False)
        self._wakeup_before = signal.set_wakeup_fd(self._write_end)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, lambda *_signal: None)

        def woken(_file: object, _mask: int) -> None:
            os.read(self._read_end, 512)
            on_signal()

        root.tk.createfilehandler(self._read_end, tk.READABLE, woken)

    def close(self) -> None:
        """Give the signals back."""
        if sys.platform == "win32" or self._read_end < 0:
            return
        self._root.tk.deletefilehandler(self._read_end)
        signal.set_wakeup_fd(self._wakeup_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        for end in (self._read_end, self._write_end):
            with contextlib.suppress(OSError):
                os.close(end)
        self._read_end = -1
