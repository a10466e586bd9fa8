"""Asking for a file: with the desktop's own chooser where there is one, else with Tk's."""

from __future__ import annotations

import contextlib
import os
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from tkinter import filedialog

from rdiff_gui.desktop.portal_chooser import PortalChooser, portal_is_possible
from rdiff_gui.desktop.programs import (
    ChooserRequest,
    RunningChooser,
    chooser_commands,
)
from rdiff_gui.ui.theme import Theme

OnChosen = Callable[[Sequence[Path]], None]

_POLL_MS = 40
# Of the list in Tk's own chooser, in design pixels.
_LIST = (620, 320)

# Tk's own chooser on X11 lists hidden files first, small, and black on white in the dark as well.
# Source: Tk, library/tkfbox.tcl and library/iconlist.tcl.
_DRESS = """
    catch {tk_getOpenFile -no-such-option}
    set ::tk::dialog::file::showHiddenBtn 1
    set ::tk::dialog::file::showHiddenVar 0
    catch {destroy .__tk_filedialog}
    lassign $rdiff_gui_look ground text width height
    option add *__tk_filedialog*Menu.background $ground
    option add *__tk_filedialog*Menu.foreground $text
    set look [list \\
        {-background white} "-background $ground" \\
        {-fill black} "-fill $text" {set fill black} "set fill $text" \\
        {-width 400} "-width $width" {-height 120} "-height $height"]
    auto_load ::tk::IconList
    foreach method {Create DrawSelection} {
        if {![info exists rdiff_gui_plain($method)]} {
            set rdiff_gui_plain($method) [lindex [info class definition ::tk::IconList $method] 1]
        }
        oo::define ::tk::IconList method $method {} [string map $look $rdiff_gui_plain($method)]
    }
"""


class FileDialog:
    """One chooser at a time; the window stays alive beside it.

    While `asking_tk`, a function of Tk stands and waits for its own chooser: the window must not go
    before it has come back, as it does after `close`.
    """

    def __init__(self, root: tk.Tk, theme: Theme) -> None:
        self._root = root
        self._theme = theme
        self._running: PortalChooser | RunningChooser | None = None
        self._portal_works = portal_is_possible(os.environ)
        self._timer: str | None = None
        self.asking_tk = False

    @property
    def open(self) -> bool:
        """Whether a chooser is on the screen."""
        return self._running is not None

    def ask(self, request: ChooserRequest, on_chosen: OnChosen) -> None:
        """Show a chooser; `on_chosen` is not called when the user cancels."""
        if self.open:
            self._root.bell()
            return
        if self._portal_works:
            self._running = PortalChooser(request, self._root.winfo_id())
            self._poll(request, on_chosen)
        else:
            self._ask_programs(request, on_chosen)

    def _ask_programs(self, request: ChooserRequest, on_chosen: OnChosen) -> None:
        commands = chooser_commands(request, self._root.winfo_id(), os.environ)
        if not commands:
            self._ask_tk(request, on_chosen)
            return
        self._running = RunningChooser(commands, several=request.several)
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

    def _poll(self, request: ChooserRequest, on_chosen: OnChosen) -> None:
        assert self._running is not None
        answer = self._running.poll()
        if answer is None:
            self._timer = self._root.after(_POLL_MS, self._poll, request, on_chosen)
            return
        of_portal = isinstance(self._running, PortalChooser)
        self._timer = self._running = None
        if not answer.usable and of_portal:
            self._portal_works = False
            self._ask_programs(request, on_chosen)
        elif not answer.usable:
            self._ask_tk(request, on_chosen)
        elif answer.paths:
            on_chosen(answer.paths)

    def _ask_tk(self, request: ChooserRequest, on_chosen: OnChosen) -> None:
        self._dress_tk()
        self.asking_tk = True
        try:
            chosen = self._show_tk(request)
        finally:
            self.asking_tk = False
        if chosen:
            on_chosen([Path(path) for path in chosen])

    def _show_tk(self, request: ChooserRequest) -> Sequence[str]:
        if request.save:
            # We ask about replacing ourselves, when the work begins.
            path = filedialog.asksaveasfilename(
                parent=self._root,
                title=request.title,
                initialdir=str(request.start.parent),
                initialfile=request.start.name,
                confirmoverwrite=False,
            )
            return [path] if path else []
        if request.folder:
            folder = filedialog.askdirectory(
                parent=self._root,
                title=request.title,
                initialdir=str(request.start),
                mustexist=True,
            )
            return [folder] if folder else []
        ask = filedialog.askopenfilenames if request.several else filedialog.askopenfilename
        chosen = ask(parent=self._root, title=request.title, initialdir=str(request.start))
        return [chosen] if isinstance(chosen, str) and chosen else chosen or ()

    def _dress_tk(self) -> None:
        if self._root.tk.call("tk", "windowingsystem") != "x11":
            return
        palette, px = self._theme.palette, self._theme.px
        look = (palette.field, palette.text, *(px(side) for side in _LIST))
        self._root.tk.call("set", "rdiff_gui_look", look)
        # Another version of Tk may have made it of other parts: then it stays as it is.
        with contextlib.suppress(tk.TclError):
            self._root.tk.eval(_DRESS)
