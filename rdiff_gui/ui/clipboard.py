"""Text and files for the clipboard, to be pasted in other programs, and files that are dragged.

On X11 the bytes carry the name of their type, and many programs, all of GTK's among them,
read no list of files that is called anything else. Tk can write bytes under the names of text
alone; so requests for files are answered here, before Tk sees them.
"""

from __future__ import annotations

import _tkinter
import contextlib
import ctypes
import os
import tkinter as tk
from ctypes import POINTER, c_char_p, c_int, c_long, c_ulong, c_void_p
from functools import partial
from pathlib import Path

from rdiff_gui.desktop.own_files import log_warning

_SELECTION = "CLIPBOARD"
_DRAGGED = "XdndSelection"
# Of the last two, Tk cannot write the name.
_KINDS = ("STRING", "text/uri-list", "x-special/gnome-copied-files")
# Source: xproto.h.
_SELECTION_REQUEST, _SELECTION_NOTIFY = 30, 31
_BITS, _REPLACE = 8, 0
_ANY = -1


_EVENT = (("type", c_int), ("serial", c_ulong), ("send_event", c_int), ("display", c_void_p))
_NAMES = ("requestor", "selection", "target", "property", "time")
_TRANSFER = tuple((name, c_ulong) for name in _NAMES)


class _Request(ctypes.Structure):
    """XSelectionRequestEvent. Source: Xlib.h."""

    _fields_ = (*_EVENT, ("owner", c_ulong), *_TRANSFER)


class _Notice(ctypes.Structure):
    """XSelectionEvent, as long as any XEvent. Source: Xlib.h."""

    _fields_ = (*_EVENT, *_TRANSFER, ("rest", c_long * 15))


_Handler = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(_Request))


class Clipboard:
    """What was copied is there as long as the window, or until something else is copied."""

    def __init__(self, root: tk.Tk) -> None:
        """Nothing is copied yet; `takes_files` says whether files can be."""
        self._root = root
        self._owner: _FileOwner | None = None
        self.takes_files = root.tk.call("tk", "windowingsystem") == "x11"

    def copy_text(self, text: str) -> None:
        """Put text there."""
        self._root.clipboard_clear()
        self._root.clipboard_append(text)

    def lines(self) -> list[str]:
        """The files that any program has put there, as URIs, else the lines of its text."""
        for kind in ("text/uri-list", "STRING"):
            with contextlib.suppress(tk.TclError):
                text = str(self._root.clipboard_get(type=kind))
                # What another program gives in a type that Tk does not know comes as numbers.
                if text.startswith("0x"):
                    raw = bytes(int(number, 16) for number in text.split())
                    text = raw.decode("utf-8", "surrogateescape")
                return [line for line in text.splitlines() if line.strip()]
        return []

    def copy_file(self, path: Path) -> None:
        """Put a file there; where only text can be pasted, that is its path."""
        self._files().offer(path)

    def can_give(self) -> bool:
        """Whether `give` reaches all programs."""
        return self._files().answers_exactly

    def give(self, widget: tk.Misc, path: Path) -> None:
        """From now on, who takes what is dragged from `widget` gets this file; on X11 alone."""
        self._files().give(widget, path)

    def _files(self) -> _FileOwner:
        if self._owner is None:
            self._owner = _FileOwner(self._root)
        return self._owner


class _FileOwner:
    """Owns the selection for files.

    Its window is not that of Tk's own clipboard, so that what is copied from a field later takes
    the place of the file.
    """

    def __init__(self, root: tk.Tk) -> None:
        self._window = tk.Frame(root)
        self._number = self._window.winfo_id()
        self._selection = self._window.winfo_atom(_SELECTION)
        self._texts: dict[str, str] = {}
        # By the window that owns a selection, and that selection.
        self._offered: dict[tuple[int, int], dict[str, str]] = {}
        self.answers_exactly = False
        for kind in _KINDS:
            part = partial(self._part, kind)
            self._window.selection_handle(part, selection=_SELECTION, type=kind)
        try:
            # It is linked with Tk, and that with X11.
            self._libraries = ctypes.PyDLL(_tkinter.__file__)
            self._answer_before_tk()
            self.answers_exactly = True
        except (AttributeError, OSError) as error:
            log_warning("copied files can be pasted in some programs only: %s", error)

    def offer(self, path: Path) -> None:
        """Take the selection."""
        self._texts = self._offered[self._number, self._selection] = _texts_of(path)
        self._window.selection_own(selection=_SELECTION)

    def give(self, widget: tk.Misc, path: Path) -> None:
        """Answer for a widget that files are dragged from, whose selection is tkdnd's affair."""
        self._offered[widget.winfo_id(), widget.winfo_atom(_DRAGGED)] = _texts_of(path)

    def _part(self, kind: str, offset: str, most: str) -> str:
        """What Tk asks for, piece by piece."""
        return self._texts[kind][int(offset) :][: int(most)]

    def _answer_before_tk(self) -> None:
        calls = self._libraries
        calls.Tk_CreateErrorHandler.argtypes = (c_void_p, c_int, c_int, c_int, c_void_p, c_void_p)
        calls.Tk_CreateErrorHandler.restype = c_void_p
        calls.Tk_DeleteErrorHandler.argtypes = (c_void_p,)
        calls.XChangeProperty.argtypes = (
            c_void_p, c_ulong, c_ulong, c_ulong, c_int, c_int, c_char_p, c_int,
        )  # fmt: skip
        calls.XSendEvent.argtypes = (c_void_p, c_ulong, c_int, c_long, POINTER(_Notice))
        calls.Tk_CreateGenericHandler.argtypes = (_Handler, c_void_p)
        calls.Tk_DeleteGenericHandler.argtypes = (_Handler, c_void_p)
        self._lists = {self._window.winfo_atom(kind): kind for kind in _KINDS[1:]}
        # Tk does not keep it for us.
        self._handler = _Handler(self._answer)
        calls.Tk_CreateGenericHandler(self._handler, None)
        self._window.bind(
            "<Destroy>", lambda _event: calls.Tk_DeleteGenericHandler(self._handler, None)
        )

    def _answer(self, _data: int | None, event: ctypes._Pointer[_Request]) -> int:
        """Called for every event; whether Tk need not see it."""
        request = event.contents
        if request.type != _SELECTION_REQUEST:
            return 0
        texts = self._offered.get((request.owner, request.selection))
        kind = self._lists.get(request.target)
        if kind is None or texts is None:
            return 0
        content = texts[kind].encode("ascii")
        calls, display, asker = self._libraries, request.display, request.requestor
        # Whoever asked may be gone, which is no reason to end.
        errors = calls.Tk_CreateErrorHandler(display, _ANY, _ANY, _ANY, None, None)
        # Old programs name no property.
        place = request.property or request.target
        calls.XChangeProperty(
            display, asker, place, request.target, _BITS, _REPLACE, content, len(content)
        )
        notice = _Notice(
            type=_SELECTION_NOTIFY,
            display=display,
            requestor=asker,
            selection=request.selection,
            target=request.target,
            property=place,
            time=request.time,
        )
        calls.XSendEvent(display, asker, 0, 0, ctypes.byref(notice))
        calls.Tk_DeleteErrorHandler(errors)
        return 1


def _texts_of(path: Path) -> dict[str, str]:
    """What is given of a file, by the kind that is asked for.

    Source: RFC 2483, 5, text/uri-list; Nautilus, Thunar and PCManFM for the other, which says
    besides that the file is to be copied, not moved.
    """
    uri = path.absolute().as_uri()
    texts = (os.fsencode(path).decode(errors="replace"), f"{uri}\r\n", f"copy\n{uri}")
    return dict(zip(_KINDS, texts, strict=True))
