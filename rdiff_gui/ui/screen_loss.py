"""The X server goes away: it crashed, or the session ended without asking.

Xlib then ends the process by itself, with what the work had begun left on the disk. Its handler is
the last code of ours that runs, and must not come back.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import tkinter as tk
from collections.abc import Callable

from rdiff_gui.ui import text

# As Xlib's own.
_EXIT_CODE = 1

# int (*XIOErrorHandler)(Display *). Source: XSetIOErrorHandler(3).
_IOErrorHandler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)

# Xlib keeps only its address.
_installed: list[object] = []


def watch_for_screen_loss(root: tk.Tk, put_back: Callable[[], None]) -> None:
    """Have `put_back` called when the screen is lost; then the process ends with a sentence.

    It runs on Tk's thread in the middle of some call of Tk, so it must call nothing of Tk.
    """
    if sys.platform in ("win32", "darwin") or root.tk.call("tk", "windowingsystem") != "x11":
        return
    try:
        # The one that Tk has loaded, never another.
        xlib = ctypes.CDLL("libX11.so.6", mode=os.RTLD_NOLOAD)
    except OSError:
        return

    def lost(_display: int | None) -> int:
        try:
            put_back()
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(text.SCREEN_LOST + "\n")
                sys.stderr.flush()
        finally:
            os._exit(_EXIT_CODE)

    handler = _IOErrorHandler(lost)
    _installed[:] = [handler]
    xlib.XSetIOErrorHandler.argtypes = [_IOErrorHandler]
    xlib.XSetIOErrorHandler.restype = ctypes.c_void_p
    xlib.XSetIOErrorHandler(handler)
