"""Letters that press buttons together with Alt: underlined, and each its own."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from rdiff_gui.wording import source_of

# Tk calls letters by X's names for their keys. Source: X11/keysymdef.h.
_CYRILLIC = [
    "Cyrillic_a",
    "Cyrillic_be",
    "Cyrillic_ve",
    "Cyrillic_ghe",
    "Cyrillic_de",
    "Cyrillic_ie",
    "Cyrillic_zhe",
    "Cyrillic_ze",
    "Cyrillic_i",
    "Cyrillic_shorti",
    "Cyrillic_ka",
    "Cyrillic_el",
    "Cyrillic_em",
    "Cyrillic_en",
    "Cyrillic_o",
    "Cyrillic_pe",
    "Cyrillic_er",
    "Cyrillic_es",
    "Cyrillic_te",
    "Cyrillic_u",
    "Cyrillic_ef",
    "Cyrillic_ha",
    "Cyrillic_tse",
    "Cyrillic_che",
    "Cyrillic_sha",
    "Cyrillic_shcha",
    "Cyrillic_hardsign",
    "Cyrillic_yeru",
    "Cyrillic_softsign",
    "Cyrillic_e",
    "Cyrillic_yu",
    "Cyrillic_ya",
    "Cyrillic_io",
    "Ukrainian_ie",
    "Ukrainian_i",
    "Ukrainian_yi",
    "Ukrainian_ghe_with_upturn",
]
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_KEYS = {letter: letter for letter in _LATIN + "0123456789"}
_KEYS |= dict(
    zip([*map(chr, range(0x430, 0x450)), *"\u0451\u0454\u0456\u0457\u0491"], _CYRILLIC, strict=True)
)


class AltLetters:
    """Letters for buttons that are seen together; `beside` holds those that are always there.

    One that is pressed gets the focus, or with `then`, that is called afterwards.
    """

    def __init__(
        self, beside: AltLetters | None = None, then: Callable[[], None] | None = None
    ) -> None:
        self._taken: set[str] = set(beside._taken) if beside else set()
        self._then = then

    def give(self, text: str, *buttons: ttk.Button | ttk.Radiobutton) -> str:
        """The first free letter of `text` for buttons that say it and are never seen together.

        A text in letters for which there are no keys gets one of the English text behind it, as is
        usual there. What the buttons say now.
        """
        place = self._find(text)
        letters = [letter.lower() for letter in text if letter.isalpha()]
        if place is None and letters and not _KEYS.keys() & letters:
            source = source_of(text) + _LATIN
            letter = next(filter(self._is_free, source), None)
            if letter is not None:
                place = len(text) + 1
                text = f"{text}({letter.upper()})"
        if place is None:
            return text
        self._taken.add(text[place].lower())
        for button in buttons:
            button.configure(text=text)
            button.configure(underline=-1 if _is_mac(button) else place)
            self._bind(button, text[place].lower())
        return text

    def give_unseen(self, text: str, button: ttk.Button) -> str:
        """A letter of `text` for a button that says something else; empty where none is free."""
        letters = (text + source_of(text)).lower()
        letter = next(filter(self._is_free, letters), "")
        if not letter or _is_mac(button):
            return ""
        self._taken.add(letter)
        self._bind(button, letter)
        return letter

    def _bind(self, button: ttk.Button | ttk.Radiobutton, letter: str) -> None:
        """Let Alt with a small letter press a button while that is seen."""
        if _is_mac(button):
            return

        def press(_event: tk.Event[tk.Misc]) -> None:
            if not button.winfo_exists() or not button.winfo_viewable():
                return
            if button.instate(["disabled"]):
                return
            if self._then is None:
                button.focus_set()
            button.invoke()
            if self._then is not None:
                self._then()

        for key in _names_of(letter):
            button.winfo_toplevel().bind(f"<Alt-Key-{key}>", press, add=True)

    def _find(self, text: str) -> int | None:
        return next((place for place, letter in enumerate(text) if self._is_free(letter)), None)

    def _is_free(self, letter: str) -> bool:
        return letter.lower() in _KEYS and letter.lower() not in self._taken


def _is_mac(widget: tk.Misc) -> bool:
    """Whether Alt writes characters here, so that it can press nothing."""
    return str(widget.tk.call("tk", "windowingsystem")) == "aqua"


def _names_of(letter: str) -> set[str]:
    """Of the small letter's key and of the large one's."""
    alphabet, joined, name = _KEYS[letter].partition("_")
    if not joined:
        return {letter, letter.upper()}
    return {_KEYS[letter], f"{alphabet}_{name.upper()}"}
