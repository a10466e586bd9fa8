"""Alt and an underlined letter, for those who keep their hands on the keyboard."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk


def choose_letters(texts: Sequence[str]) -> list[int | None]:
    """For each text the place of a letter that no text before it took; None where none is free."""
    taken: set[str] = set()
    places: list[int | None] = []
    for text in texts:
        free = [i for i, c in enumerate(text) if c.isalnum() and c.lower() not in taken]
        places.append(free[0] if free else None)
        taken.update(text[i].lower() for i in free[:1])
    return places


def bind_alt_letter(button: ttk.Button | ttk.Radiobutton, place: int | None) -> None:
    """Underline the letter at `place` and let Alt with it press the button while it is seen.

    macOS writes characters with Alt, so there the button stays as it is.
    """
    if place is None or button.tk.call("tk", "windowingsystem") == "aqua":
        return
    button.configure(underline=place)
    letter = str(button.cget("text"))[place].lower()

    def press(_event: tk.Event[tk.Misc]) -> None:
        if button.winfo_exists() and button.winfo_viewable() and not button.instate(["disabled"]):
            button.focus_set()
            button.invoke()

    for key in {letter, letter.upper()}:
        button.winfo_toplevel().bind(f"<Alt-Key-{key}>", press, add=True)
