"""The keys for editing a field as people know them from their other programs.

On X11, Tk has Emacs's besides and instead: Control-A goes to the start of the line, Control-W cuts,
Control-K deletes what follows. No field of ttk has undo.
"""

from __future__ import annotations

import tkinter as tk
import weakref
from tkinter import ttk

_STEPS_MOST = 200
_FIELDS = ("TEntry", "TCombobox")
# Source: Tk, library/tk.tcl and library/ttk/entry.tcl.
_EMACS = {
    "<<LineStart>>": "a",
    "<<LineEnd>>": "e",
    "<<NextChar>>": "f",
    "<<PrevChar>>": "b",
    "<<NextLine>>": "n",
    "<<PrevLine>>": "p",
    "<<Cut>>": "w",
    "<<Paste>>": "y",
}
_EMACS_DELETES = ("<Control-d>", "<Control-h>", "<Control-k>")


def _keys(letter: str) -> tuple[str, str]:
    """With Control, also while Caps Lock is on, with which the letter is another one."""
    return f"<Control-{letter}>", f"<Control-Lock-{letter.upper()}>"


class Editing:
    """Serves every field of the window: select all, and undo and redo step by step."""

    def __init__(self, root: tk.Tk) -> None:
        self._steps: weakref.WeakKeyDictionary[ttk.Entry, _Steps] = weakref.WeakKeyDictionary()
        system = root.tk.call("tk", "windowingsystem")
        if system == "x11":
            for event, letter in _EMACS.items():
                root.event_delete(event, *_keys(letter))
            for kind in _FIELDS:
                for key in _EMACS_DELETES:
                    root.unbind_class(kind, key)
            root.event_add("<<SelectAll>>", *_keys("a"))
        if system != "aqua":
            root.event_add("<<Redo>>", *_keys("y"))
        # What every widget has comes last, when the field has changed.
        for sequence in ("<FocusIn>", "<KeyPress>", "<ButtonRelease>"):
            root.bind_all(sequence, self._note, add=True)
        for kind in _FIELDS:
            root.bind_class(kind, "<<Undo>>", lambda event: self._go(event, -1))
            root.bind_class(kind, "<<Redo>>", lambda event: self._go(event, 1))

    def _note(self, event: tk.Event[tk.Misc]) -> None:
        if isinstance(event.widget, ttk.Entry) and not event.widget.instate(["readonly"]):
            self._steps.setdefault(event.widget, _Steps()).note(event.widget.get())

    def _go(self, event: tk.Event[tk.Misc], direction: int) -> None:
        field = event.widget
        if not isinstance(field, ttk.Entry) or field.instate(["readonly"]):
            return
        steps = self._steps.setdefault(field, _Steps())
        steps.note(field.get())
        text = steps.go(direction)
        if text is not None:
            field.delete(0, "end")
            field.insert(0, text)


class _Steps:
    """What one field held, one text after another."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._place = -1

    def note(self, text: str) -> None:
        """The field holds this now."""
        if self._place >= 0 and self._texts[self._place] == text:
            return
        self._texts[self._place + 1 :] = [text]
        del self._texts[:-_STEPS_MOST]
        self._place = len(self._texts) - 1

    def go(self, direction: int) -> str | None:
        """What it held before or after that; None where there is no more."""
        place = self._place + direction
        if not 0 <= place < len(self._texts):
            return None
        self._place = place
        return self._texts[place]
