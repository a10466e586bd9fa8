"""Asking for a file: with the desktop's own chooser where that is a program, else with Tk's."""

from __future__ import annotations

import contextlib
import os
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog

from rdiff_gui.desktop.programs import (
    ChooserRequest,
    RunningChooser,
    chooser_commands,
)

_POLL_MS = 40


class FileDialog:
    """One chooser at a time; the window stays alive beside it.

    While `asking_tk`, a function of Tk stands and waits for its own chooser: the window must not go
    before it has come back, as it does after `close`.
    """

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._running: RunningChooser | None = None
        self._timer: str | None = None
        self.asking_tk = False

    @property
    def open(self) -> bool:
        """Whether a chooser is on the screen."""
        return self._running is not None

    def ask(self, request: ChooserRequest, on_chosen: Callable[[Path], None]) -> None:
        """Show a chooser; `on_chosen` is not called when the user cancels."""
        if self.open:
            self._root.bell()
            return
        commands = chooser_commands(request, self._root.winfo_id(), os.environ)
        if not commands:
            self._ask_tk(request, on_chosen)
            return
        self._running = RunningChooser(commands)
        self._poll(request, on_chosen)

    def close(self) -> None:
        """Take the chooser off the screen."""
        if self._timer is not None:
            self._root.after_cancel(self._timer)
            self._timer = None
        if self._running is not None:
            self._running.close()
            self._running = None
        if self.asking_tk:
            # As its Cancel button. Source: Tk, library/tkfbox.tcl.
            self._root.tk.call("set", "::tk::Priv(selectFilePath)", "")

    def _poll(self, request: ChooserRequest, on_chosen: Callable[[Path], None]) -> None:
        assert self._running is not None
        answer = self._running.poll()
        if answer is None:
            self._timer = self._root.after(_POLL_MS, self._poll, request, on_chosen)
            return
        self._timer = self._running = None
        if not answer.usable:
            self._ask_tk(request, on_chosen)
        elif answer.path is not None:
            on_chosen(answer.path)

    def _ask_tk(self, request: ChooserRequest, on_chosen: Callable[[Path], None]) -> None:
        _hide_hidden_files(self._root)
        self.asking_tk = True
        try:
            chosen = self._show_tk(request)
        finally:
            self.asking_tk = False
        if chosen:
            on_chosen(Path(chosen))

    def _show_tk(self, request: ChooserRequest) -> str:
        if request.save:
            # We ask about replacing ourselves, when the work begins.
            return filedialog.asksaveasfilename(
                parent=self._root,
                title=request.title,
                initialdir=str(request.start.parent),
                initialfile=request.start.name,
                confirmoverwrite=False,
            )
        return filedialog.askopenfilename(
            parent=self._root, title=request.title, initialdir=str(request.start)
        )


def _hide_hidden_files(root: tk.Tk) -> None:
    """Tk's own chooser on X11 lists hidden files first; let it hide them, with a button."""
    if root.tk.call("tk", "windowingsystem") != "x11":
        return
    with contextlib.suppress(tk.TclError):
        # An option that does not exist loads the dialog's code and shows nothing.
        root.tk.call("tk_getOpenFile", "-no-such-option")
    root.tk.call("set", "::tk::dialog::file::showHiddenBtn", "1")
    root.tk.call("set", "::tk::dialog::file::showHiddenVar", "0")
