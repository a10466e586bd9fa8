"""Texts of the window that Tk does not put well: Arabic on X11, and lines without blanks.

On X11 Tk puts letter beside letter, from left to right: Arabic letters are given the forms in which
they join, and the order in which they stand, as text goes to Tk. And everywhere it ends lines at
blanks, of which Chinese and Japanese have few. No widget and no page knows of it.
Source: Unicode Standard Annexes 9 and 14; Arabic Presentation Forms-B.
"""

from __future__ import annotations

import functools
import re
import tkinter as tk
from collections.abc import Callable
from typing import Any

from rdiff_gui.wording import source_of, spoken_language

_ARABIC = "[\u0600-\u06ff\u2066-\u2069]"
_CONTROLS = re.compile("[\u200e\u200f\u2066-\u2069]")
# Goes where the character before it goes, since its class is NSM. The library puts brackets in
# order, and does not turn them round.
_MARK = "\N{COMBINING GRAPHEME JOINER}"
_REMEMBERED = ("-text", "-underline", "-wraplength")
# A letter behind a text that has none with a key of its own.
_LETTER_BEHIND = re.compile(r"\((\w)\)$", re.ASCII)


# What stays together: a letter with the marks around it, or a word in Latin letters.
_CJK = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
_NOT_FIRST = "、。，．：；？！」』）】〉》…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_NOT_LAST = "「『（【〈《"
_CJK_PIECE = rf"[{_NOT_LAST}]*(?:[{_CJK}]|[^\s{_CJK}]+)[{_NOT_FIRST}]*\s*|\s+"
_WORD = r"\S+\s*|\s+"


def shape_texts(root: tk.Tk) -> None:
    """Have all texts of the window put well, where its language needs that and Tk does not do it.

    Must come before the first widget, since each takes its way to Tk from the one above it.
    """
    # What is put in its place follows calls of Tcl and leaves all else to tkinter.
    if spoken_language() in ("ja", "zh_CN", "zh_TW"):
        root.tk = BreakingTcl(root.tk)  # type: ignore[assignment]
    elif spoken_language() == "ar" and root.tk.call("tk", "windowingsystem") == "x11":
        root.tk = ShapingTcl(root.tk)  # type: ignore[assignment]


class BreakingTcl:
    """Tk's interpreter, which is given texts as they shall be seen and gives back what they were.

    Texts of labels, buttons, columns, rows and menus, and on a Canvas; in a field only labels, not
    what the user may copy or change.
    """

    _letters = f"[{_CJK}]"
    _pieces = _CJK_PIECE
    _justify = "left"

    def __init__(self, tcl: Any) -> None:
        self._tcl = tcl
        # Not before a language needs them, since it takes a while.
        self._concerned, self._piece = re.compile(self._letters), re.compile(self._pieces)
        # What each widget was given, by its name: text, underline, and where lines end, in pixels.
        self._given: dict[str, dict[str, Any]] = {}
        # Labels that stand in fields and names in tables, as they are seen there.
        self._in_fields: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tcl, name)

    def call(self, *words: Any) -> Any:
        """Call Tcl. Raises: TclError."""
        if len(words) == 1 and isinstance(words[0], tuple):
            words = words[0]
        match words[:3]:
            case (name, "cget", option) if option in self._given.get(str(name), ()):
                return self._given[str(name)][option]
            case ("font", "measure", _):
                words = (*words[:-1], self.shape(str(words[-1])))
            case ("destroy", name):
                self._forget(str(name))
            case (_, "set", str(text)) if len(words) == 3 and source_of(text) != text:
                words = (*words[:-1], self._show_in_field(text))
            case (_, "set", _) if len(words) == 5 and words[-1] is not None:
                # A cell of a table.
                words = (*words[:-1], self._show_in_field(str(words[-1])))
            case (_, "get") | (_, "set", _) if len(words) in (2, 5):
                answer = self._tcl.call(*words)
                return self._in_fields.get(str(answer), answer)
        answer = self._tcl.call(*self._shape_options(words))
        if widget := self._note(words):
            self._break_lines(widget)
            self._underline(widget)
        return answer

    def _show_in_field(self, label: str) -> str:
        seen = self.shape(label)
        if seen != label:
            self._in_fields[seen] = label
        return seen

    def shape(self, text: str, whole: str = "") -> str:  # noqa: ARG002  # see ShapingTcl
        """One line, that may be of a `whole` text, as it shall be seen."""
        return text

    def find_underlined(self, text: str, place: int) -> int:  # noqa: ARG002  # see ShapingTcl
        """Where the letter at `place` is seen."""
        return place

    def _shape_options(self, words: tuple[Any, ...]) -> tuple[Any, ...]:
        """The words with the texts among them shaped, each as a line."""
        shaped = list(words)
        text = str(self._given.get(str(words[0]), {}).get("-text", ""))
        for place, option in enumerate(words[:-1], 1):
            if option in ("-text", "-label"):
                shaped[place] = self.shape(str(words[place]))
            elif option == "-values":
                values = self._tcl.splitlist(words[place])
                shaped[place] = tuple(self.shape(str(value)) for value in values)
            elif isinstance(words[place], list):
                # What a Canvas shall create, all at once.
                shaped[place] = [self._shape_options(part) for part in words[place]]
            elif option == "-underline" and int(words[place]) >= 0 and self._concerned.search(text):
                shaped[place] = self.find_underlined(text, int(words[place]))
        return tuple(shaped)

    def _note(self, words: tuple[Any, ...]) -> str | None:
        """Remember what a widget was given; its name, where its lines may end elsewhere now."""
        if words[1:2] == ("configure",):
            name = str(words[0])
        elif len(words) > 1 and str(words[1]).startswith("."):
            name = str(words[1])
        else:
            return None
        pairs = zip(words[2::2], words[3::2], strict=False)
        given = {option: value for option, value in pairs if option in _REMEMBERED}
        if not given:
            return None
        self._given.setdefault(name, {}).update(given)
        return name if given.keys() - {"-underline"} else None

    def _break_lines(self, name: str) -> None:
        """Where a text has more than a line, its first words stand in the first one."""
        given = self._given[name]
        text, width = str(given.get("-text", "")), int(given.get("-wraplength", 0))
        one_line = "-wraplength" not in given and "\n" not in text
        if one_line or not self._concerned.search(text):
            return
        style = self._tcl.call(name, "cget", "-style") or self._tcl.call("winfo", "class", name)
        font = self._tcl.call("ttk::style", "lookup", style, "-font")
        lines = []
        for paragraph in text.split("\n"):
            line, taken = "", 0
            for piece in self._piece.findall(paragraph):
                # No letter joins one of another piece.
                if line and width > 0 and taken + self._measure(font, piece.rstrip()) > width:
                    lines.append(line.rstrip())
                    line, taken = "", 0
                line += piece
                taken += self._measure(font, piece)
            lines.append(line.rstrip())
        seen = "\n".join(self.shape(line, text) for line in lines)
        # What has lines of its own, as a switch, may not have the option.
        aligned = ("-justify", self._justify) if "-wraplength" in given else ()
        self._tcl.call(name, "configure", "-text", seen, *aligned)

    def _underline(self, name: str) -> None:
        """The letter that is underlined may stand elsewhere, now that the text is another one."""
        given = self._given[name]
        text, place = str(given.get("-text", "")), int(given.get("-underline", -1))
        if 0 <= place < len(text) and self._concerned.search(text):
            self._tcl.call(name, "configure", "-underline", self.find_underlined(text, place))

    def _measure(self, font: str, piece: str) -> int:
        return int(self._tcl.call("font", "measure", font, self.shape(piece)))

    def _forget(self, name: str) -> None:
        for known in [each for each in self._given if f"{each}.".startswith(f"{name}.")]:
            del self._given[known]


class ShapingTcl(BreakingTcl):
    """The same with Arabic letters joined, and lines in the order in which they are read."""

    _letters = _ARABIC
    _pieces = _WORD
    _justify = "right"

    def __init__(self, tcl: Any) -> None:
        super().__init__(tcl)
        from arabic_reshaper import ArabicReshaper
        from bidi import get_display
        from bidi.mirror import MIRRORED

        self._reshape: Callable[[str], str] = ArabicReshaper().reshape
        self._arrange: Callable[..., str] = get_display
        self._mirrored: dict[str, str] = MIRRORED
        brackets = f"([{re.escape(''.join(MIRRORED))}])"
        self._turned = re.compile(f"{_MARK}{brackets}|{brackets}{_MARK}")
        # Joining takes a millisecond, and most texts come again.
        self._join = functools.lru_cache(2000)(self._join_and_order)

    def shape(self, text: str, whole: str = "") -> str:
        """One line, that may be of a `whole` text, as it shall be seen."""
        if not self._concerned.search(text):
            return text
        return self._join(text, "R" if _is_sentence(whole or text) else None)

    def _join_and_order(self, text: str, direction: str | None) -> str:
        marked = "".join(
            letter + _MARK if letter in self._mirrored else letter for letter in self._reshape(text)
        )
        seen = self._arrange(marked, base_dir=direction)
        return _CONTROLS.sub("", self._turned.sub(self._turn, seen))

    def _turn(self, found: re.Match[str]) -> str:
        """A bracket, turned round where its mark comes first: there it is read from the right."""
        return self._mirrored[found[1]] if found[1] else found[2]

    def find_underlined(self, text: str, place: int) -> int:
        """That of the letter in brackets behind a text, or the first that is the same."""
        sought, before = text[place], 0
        if _LETTER_BEHIND.search(text[: place + 2]):
            sought, before = f"({sought})", 1
        return self.shape(text).find(sought) + before


def _is_sentence(text: str) -> bool:
    """Whether it is our own, and not a name or a path, whose direction is that of its letters."""
    return bool(_CONTROLS.search(text)) or source_of(text) != text
