"""Alt letters: shared out, of any alphabet, and pressing only what can be pressed."""

from __future__ import annotations

import subprocess
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from tkinter import ttk

import pytest

from rdiff_gui.ui.widgets import AltLetters
from tests.platforms import posix_only


@pytest.mark.parametrize(
    ("texts", "places"),
    [
        (["Start", "Signature", "Delta"], [0, 1, 0]),
        (["aa", "AA", "ab"], [0, -1, 1]),
        (["…", " x"], [-1, 1]),
    ],
)
def test_letters_are_shared_out(root: tk.Tk, texts: list[str], places: list[int]) -> None:
    """The first free letter of each word; none where all are taken."""
    letters = AltLetters()
    for text, place in zip(texts, places, strict=True):
        button = ttk.Button(root, text=text)
        letters.give(text, button)
        assert int(button["underline"]) == place


@pytest.fixture
def keyboard() -> Iterator[Callable[[str], None]]:
    """Plug in the keyboard of a country."""

    def plug_in(country: str) -> None:
        subprocess.run(["setxkbmap", "-layout", country], check=True)

    yield plug_in
    plug_in("us")


@posix_only("keyboards of other countries are X's")
@pytest.mark.parametrize(("country", "letter", "key"), [
    ("ru", "ф", "Cyrillic_ef"), ("ru", "ё", "Cyrillic_io"),
    ("ua", "ґ", "Ukrainian_ghe_with_upturn"),
])  # fmt: skip
def test_letters_of_other_alphabets_have_keys(
    root: tk.Tk, keyboard: Callable[[str], None], country: str, letter: str, key: str
) -> None:
    """On the keyboard of such a country, with Shift and without."""
    keyboard(country)
    pressed: list[str] = []
    button = ttk.Button(root, text=f"“{letter}”", command=lambda: pressed.append(letter))
    button.pack()
    AltLetters().give(f"“{letter}”", button)
    assert int(button["underline"]) == 1
    root.focus_force()
    root.update()
    for keys in (f"alt+{key}", f"alt+shift+{key}"):
        subprocess.run(["xdotool", "key", keys], check=True)
    end = time.monotonic() + 10
    while len(pressed) < 2 and time.monotonic() < end:
        root.update()
    assert pressed == [letter, letter]


def test_a_script_without_keys_gets_latin_letters(root: tk.Tk) -> None:
    """Behind the text, as is usual in Japan and China; digits and names do without."""
    letters = AltLetters()
    texts = ["キャンセル", "キャンセル", "1  署名", "BLAKE2のみ"]
    said = [letters.give(text, ttk.Button(root, text=text)) for text in texts]
    assert said == ["キャンセル(A)", "キャンセル(B)", "1  署名", "BLAKE2のみ"]


def test_an_alt_letter_presses_only_what_is_seen_and_enabled(root: tk.Tk) -> None:
    """A button on a page behind, or one that is disabled, is left alone."""
    pressed: list[str] = []
    button = ttk.Button(root, text="Make delta", command=lambda: pressed.append("x"))
    AltLetters().give("Make delta", button)
    root.event_generate("<Alt-Key-m>")
    root.update()
    assert pressed == []
    button.pack()
    button.state(["disabled"])
    root.update()
    root.event_generate("<Alt-Key-m>")
    root.update()
    assert pressed == []
    button.state(["!disabled"])
    root.event_generate("<Alt-Key-m>")
    root.update()
    assert pressed == ["x"]
    button.destroy()
    root.event_generate("<Alt-Key-m>")
    root.update()
    assert pressed == ["x"]
