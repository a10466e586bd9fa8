"""Asking for a file: with the desktop's own chooser where there is one, else with Tk's."""

from __future__ import annotations

import contextlib
import os
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from tkinter import filedialog

from rdiff_gui.desktop.file_chooser import Answer, Chooser, ChooserRequest, portal_is_possible
from rdiff_gui.desktop.own_files import log_warning
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.worker import Post

OnChosen = Callable[[Sequence[Path]], None]

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

    def __init__(self, root: tk.Tk, theme: Theme, post: Post) -> None:
        self._root = root
        self._theme = theme
        self._post = post
        self._chooser: Chooser | None = None
        self._portal_works = portal_is_possible(os.environ)
        self.asking_tk = False

    @property
    def open(self) -> bool:
        """Whether a chooser is on the screen, or will be."""
        return self._chooser is not None

    def ask(self, request: ChooserRequest, on_chosen: OnChosen) -> None:
        """Show a chooser; `on_chosen` is not called when the user cancels."""
        if self.open:
            self._root.bell()
            return
        chooser = self._chooser = Chooser(request, self._root.winfo_id())

        def answered(answer: Answer) -> None:
            if not answer.usable and self._portal_works:
                self._portal_works = False
                self._post.ask(chooser.ask_programs, answered, failed)
            elif answer.usable:
                self._chooser = None
                if answer.paths:
                    on_chosen(answer.paths)
            else:
                # It does not come back before the user is done, and other news must not wait.
                self._root.after(0, self._ask_tk, request, on_chosen)

        def failed(problem: BaseException) -> None:
            log_warning("no chooser of the desktop: %s", problem)
            answered(Answer(usable=False))

        way = chooser.ask_portal if self._portal_works else chooser.ask_programs
        self._post.ask(way, answered, failed)

    def give_up(self) -> None:
        """Wait for no answer any more; calls nothing of Tk."""
        if self._chooser is not None:
            self._chooser.close()
            self._chooser = None

    def close(self) -> None:
        """Take the chooser off the screen."""
        self.give_up()
        if self.asking_tk:
            # As its Cancel button. Source: Tk, library/tkfbox.tcl.
            self._root.tk.call("set", "::tk::Priv(selectFilePath)", "")

    def _ask_tk(self, request: ChooserRequest, on_chosen: OnChosen) -> None:
        if not self.open:
            # The window closes.
            return
        self._dress_tk()
        self.asking_tk = True
        try:
            chosen = self._show_tk(request)
        finally:
            self.asking_tk = False
            self._chooser = None
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
