"""Arabic joined and in order, Chinese and Japanese lines that end where they may."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

import pytest

from rdiff_gui.languages import LANGUAGES
from rdiff_gui.ui.language import can_show
from rdiff_gui.ui.shaping import BreakingTcl, shape_texts
from rdiff_gui.ui.step.output_place import OutputField
from rdiff_gui.ui.theme import Theme
from rdiff_gui.ui.widgets import AltLetters, ChoiceBox, shorten_names
from rdiff_gui.wording import translate
from tests.platforms import posix_only

FILE = "\N{ARABIC LETTER MEEM}\N{ARABIC LETTER LAM}\N{ARABIC LETTER FEH}"
JOINED = (
    "\N{ARABIC LETTER FEH FINAL FORM}\N{ARABIC LETTER LAM MEDIAL FORM}"
    "\N{ARABIC LETTER MEEM INITIAL FORM}"
)
ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"


shaped_here = posix_only("elsewhere, the system shapes Arabic")


@pytest.fixture
def arabic(root: tk.Tk, speak: Callable[[str], None]) -> tk.Tk:
    """A window in Arabic."""
    speak("ar")
    shape_texts(root)
    return root


def seen_of(part: ttk.Widget, option: str = "-text") -> str:
    """What Tk has of a text, or of another option."""
    tcl = part.tk
    assert isinstance(tcl, BreakingTcl)
    return str(tcl.__getattr__("call")(str(part), "cget", option))


@shaped_here
@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (FILE, JOINED),
        (f"{FILE}(S)", f"(S){JOINED}"),
        (f"{FILE}: {ISOLATED.format('/a (1)/b')}.", f"./a (1)/b :{JOINED}"),
        (f"«{ISOLATED.format('/a')}» {FILE}", f"{JOINED} «/a»"),
        ("plain (1) text", "plain (1) text"),
        (f"photos ({FILE}).db", f"photos ({JOINED}).db"),
        (f"{FILE} (1).db", f"db.(1) {JOINED}"),
    ],
)
def test_letters_join_and_names_keep_their_order(arabic: tk.Tk, text: str, seen: str) -> None:
    """Brackets are turned round where they are read from the right, and not within a name."""
    label = ttk.Label(arabic, text=text)
    assert seen_of(label) == seen
    assert label.cget("text") == text


@shaped_here
def test_the_first_words_stand_in_the_first_line(arabic: tk.Tk) -> None:
    """However often the label is given another width or text."""
    label = ttk.Label(arabic, text=f"{FILE} 1 2 3")
    for width in (300, 30):
        label.configure(wraplength=width)
    assert seen_of(label).splitlines()[0] == JOINED
    label.configure(text=f"{FILE} 4")
    assert seen_of(label).splitlines() == [JOINED, "4"]
    assert label.cget("text") == f"{FILE} 4"


@shaped_here
def test_letters_choices_and_fields(arabic: tk.Tk) -> None:
    """What is underlined is the letter; what is chosen is what was offered."""
    button = ttk.Button(arabic, text=FILE)
    AltLetters().give(FILE, button)
    assert button.cget("text") == f"{FILE}(A)"
    assert seen_of(button) == f"(A){JOINED}"
    assert int(seen_of(button, "-underline")) == 1
    box = ChoiceBox(arabic, {1: FILE, 2: "B"}, on_change=lambda: None)
    assert (box.choice, box.get()) == (1, JOINED)
    switch = ttk.Checkbutton(arabic, text=f"{FILE}\n{FILE} 1")
    assert seen_of(switch) == f"{JOINED}\n1 {JOINED}"
    field = ttk.Entry(arabic)
    field.insert(0, FILE)
    assert field.get() == FILE


@shaped_here
def test_the_letter_stays_underlined_when_more_is_said(arabic: tk.Tk) -> None:
    """As in the rail, which tells how far the work is."""
    button = ttk.Button(arabic, text=FILE)
    text = AltLetters().give(FILE, button)
    button.configure(text=f"{text} · 30 %")
    seen = seen_of(button)
    assert seen == f"% 30 · (A){JOINED}"
    assert seen[int(seen_of(button, "-underline"))] == "A"


@shaped_here
def test_names_in_tables_and_fields(arabic: tk.Tk, theme: Theme) -> None:
    """They are joined and in order; but not while they are edited, and never for the program."""
    name, seen = f"photos ({FILE}).db", f"photos ({JOINED}).db"
    table = ttk.Treeview(arabic, columns=["0"])
    row = table.insert("", "end", values=["…"])
    table.set(row, "0", name)
    tcl = table.tk
    assert isinstance(tcl, BreakingTcl)
    assert tcl.__getattr__("call")(str(table), "set", row, "0") == seen
    assert table.set(row, "0") == name
    field = OutputField(
        arabic, theme, label="", on_browse=print, on_browse_folder=print, on_change=print
    )
    field.pack()
    table.pack()
    name, seen = f"x ({FILE}).db", f"x ({JOINED}).db"
    field.set_path(f"/folder/{name}")
    assert vars(field)["_text"].get() == seen
    assert field.path == f"/folder/{name}"
    arabic.update()
    field.entry.focus_force()
    arabic.update()
    assert vars(field)["_text"].get() == name
    field.entry.insert(0, "my ")
    table.focus_force()
    arabic.update()
    assert vars(field)["_text"].get() == f"my {seen}"
    assert field.path == f"/folder/my {name}"


def test_lines_end_between_japanese_letters(root: tk.Tk, speak: Callable[[str], None]) -> None:
    """Also before a word with a blank behind it, and never before a full stop."""
    speak("ja")
    shape_texts(root)
    sentence = "2 つを比べて、rdiff-gui（推奨）。"
    label = ttk.Label(root, text=sentence)
    for width in range(10, 200, 10):
        label.configure(wraplength=width)
        lines = seen_of(label).split("\n")
        assert "".join(lines) in (sentence, sentence.replace(" ", ""))
        assert not [line for line in lines if line[0] in "、。）" or line[-1] == "（"]
    assert len(lines) < 4
    label.configure(wraplength=0)
    assert seen_of(label) == label.cget("text") == sentence
    button = ttk.Button(root, text="署名", underline=1)
    button.configure(text="署名(S)", underline=3)
    assert int(button.cget("underline")) == 3
    assert int(seen_of(button, "-underline")) == 3


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_long_names_are_cut_in_every_language(language: str, speak: Callable[[str], None]) -> None:
    """Whatever marks it has for quotations."""
    speak(language)
    name = "a name of a file " * 9
    sentence = translate("“{name}” exists already. Replace it?").format(name=name)
    assert name in sentence
    assert len(shorten_names(sentence)) < len(name)


@shaped_here
def test_what_cannot_be_shown_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters that no font here has, a script that Tk cannot join, and Arabic without its parts."""
    assert can_show("en")
    assert all(map(can_show, ("de", "ru", "ja", "zh_TW", "ar")))
    assert not can_show("hi")
    assert not can_show("am")
    monkeypatch.setattr("rdiff_gui.ui.language.find_spec", lambda _name: None)
    assert not can_show("ar")
    assert can_show("ru")


@pytest.mark.parametrize("language", ["ar", "ja", "zh_TW"])
def test_a_scroll_bar_is_as_long_as_what_is_seen(
    language: str, root: tk.Tk, speak: Callable[[str], None]
) -> None:
    """Its numbers are no text of a field."""
    speak(language)
    shape_texts(root)
    bar = ttk.Scrollbar(root)
    bar.set(0.25, 0.75)
    assert bar.get() == (0.25, 0.75)
