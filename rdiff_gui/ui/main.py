"""From nothing to a window on the screen, and how it ends when the system says so."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import tkinter as tk
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from rdiff_gui.desktop.appearance import system_is_dark, x_resource_dpi
from rdiff_gui.desktop.own_files import (
    APP_NAME,
    compose_cache_folder,
    history_file,
    log_file,
    settings_file,
)
from rdiff_gui.desktop.own_program import own_command
from rdiff_gui.desktop.running_program import FirstProgram
from rdiff_gui.engine.parallel import start_thread
from rdiff_gui.languages import given_environment
from rdiff_gui.ui import Page, text
from rdiff_gui.ui.app import App
from rdiff_gui.ui.error_report import keep_log
from rdiff_gui.ui.later_starts import LaterStarts

T = TypeVar("T")

_NO_WINDOW = 2
_WAIT_SECONDS = 0.4
_POINTS_AN_INCH = 72

# As Xlib's own.
_SCREEN_LOST = 1

# int (*XIOErrorHandler)(Display *). Source: XSetIOErrorHandler(3).
_IOErrorHandler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)

# Xlib keeps only its address.
_installed: list[object] = []

_COMPOSE_CACHE = "XCOMPOSECACHE"

# Source: malloc.h of glibc.
_M_ARENA_MAX = -8


def run_window(paths: Sequence[Path], first: FirstProgram | None = None) -> int:
    """Open the window with `paths` as if dropped on it; the exit code, once it is closed.

    With `first`, what later starts bring is taken too.
    """
    share_one_heap()
    dark = _Early(system_is_dark)
    dpi = _Early(x_resource_dpi)
    _see_real_pixels()
    try:
        with keeping_composed_letters():
            root = tk.Tk(baseName=APP_NAME, className=APP_NAME)
    except tk.TclError:
        sys.stderr.write(text.NO_DISPLAY + "\n")
        return _NO_WINDOW
    # Shown when it is complete, and can be ended by a signal.
    root.withdraw()
    # Under LANG=C, Tcl would take every name that is not ASCII apart.
    root.tk.call("encoding", "system", "utf-8")
    if found := dpi.answer():
        root.tk.call("tk", "scaling", found / _POINTS_AN_INCH)
    app = App(
        root,
        settings_file=settings_file(),
        history_file=history_file(),
        dark_system=dark.answer(),
    )
    signals = ClosingSignals(root, app.closing.stop_and_close)
    later = LaterStarts(root, first, app) if first else None

    def closed() -> None:
        signals.close()
        if later:
            later.close()

    app.closing.on_closed = closed
    watch_for_screen_loss(root, app.closing.stop_at_once)
    _listen_to_finder(root, app)
    if paths:
        app.arrive(paths)
    root.deiconify()
    app.when_open(partial(keep_log, log_file()))
    root.mainloop()
    if app.closing.again:
        _start_again()
    return 0


def _start_again() -> None:
    """Be this program anew, with the environment that it was given."""
    command = own_command()
    # Source: PyInstaller's manual, "Independent subprocess".
    environment = {**given_environment(), "PYINSTALLER_RESET_ENVIRONMENT": "1"}
    if sys.platform == "win32":
        subprocess.Popen(command, env=environment)
    else:
        os.execve(command[0], command, environment)  # noqa: S606  # no shell in between


def share_one_heap() -> None:
    """Have all threads take memory from one heap, where the C library is glibc.

    By itself it makes an arena for each of eight threads a core that run at once, and each keeps
    for good most of what its threads freed: a window that worked for long would hold the buffers
    of its work many times over. Must come before the first thread.
    Source: mallopt(3), M_ARENA_MAX.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "gnu_get_libc_version"):
            libc.mallopt.argtypes = [ctypes.c_int, ctypes.c_int]
            libc.mallopt(_M_ARENA_MAX, 1)


@contextlib.contextmanager
def keeping_composed_letters() -> Iterator[None]:
    """Have Xlib keep what it makes of the table of composed letters, of half a megabyte.

    Tk has it read that three times, which takes as long as all else that it does as it starts.
    Source: Compose(5), XCOMPOSECACHE.
    """
    folder = _compose_folder()
    if folder:
        os.environ[_COMPOSE_CACHE] = str(folder)
    try:
        yield
    finally:
        if folder:
            # No affair of the programs that we start.
            del os.environ[_COMPOSE_CACHE]


def _compose_folder() -> Path | None:
    """Where Xlib shall keep it; None where it would not, or where the user has said more of it.

    What is kept is known by the table's name and size alone, so not that of a user who edits one.
    Source: libX11, modules/im/ximcp/imLcIm.c, which keeps nothing for root.
    """
    if sys.platform in ("win32", "darwin") or os.geteuid() == 0:
        return None
    if os.environ.keys() & {_COMPOSE_CACHE, "XCOMPOSEFILE"}:
        return None
    if any(os.path.lexists(Path.home() / name) for name in (".XCompose", ".compose-cache")):
        return None
    folder = compose_cache_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


class _Early(Generic[T]):
    """A question to the desktop that is asked while Tk starts."""

    def __init__(self, question: Callable[[], T | None]) -> None:
        self._found: T | None = None

        def ask() -> None:
            with contextlib.suppress(MemoryError):
                self._found = question()

        self._thread = start_thread(ask)

    def answer(self) -> T | None:
        """What was found, or None when it takes too long, or where there is no thread to ask."""
        if self._thread:
            self._thread.join(_WAIT_SECONDS)
        return self._found


def _see_real_pixels() -> None:
    """On Windows, draw on the screen's own pixels; must come before Tk."""
    if sys.platform == "win32":
        with contextlib.suppress(AttributeError, OSError):
            ctypes.windll.shcore.SetProcessDpiAwareness(1)


def _listen_to_finder(root: tk.Tk, app: App) -> None:
    """On macOS, files for the program's icon come as calls, not as arguments."""
    if root.tk.call("tk", "windowingsystem") != "aqua":
        return

    def open_documents(*paths: str) -> None:
        app.arrive([Path(path) for path in paths])

    root.createcommand("::tk::mac::OpenDocument", open_documents)
    root.createcommand("::tk::mac::Quit", app.closing.close)
    root.createcommand("::tk::mac::ShowPreferences", lambda: app.show(Page.SETTINGS))


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


def watch_for_screen_loss(root: tk.Tk, put_back: Callable[[], None]) -> None:
    """Have `put_back` called when the screen is lost; then the process ends with a sentence.

    Where the X server crashed, or the session ended without asking, Xlib ends the process by
    itself, with what the work had begun left on the disk. Its handler is the last code of ours that
    runs, on Tk's thread in the middle of some call of Tk: it must call nothing of Tk and not come
    back.
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
            os._exit(_SCREEN_LOST)

    handler = _IOErrorHandler(lost)
    _installed[:] = [handler]
    xlib.XSetIOErrorHandler.argtypes = [_IOErrorHandler]
    xlib.XSetIOErrorHandler.restype = ctypes.c_void_p
    xlib.XSetIOErrorHandler(handler)
