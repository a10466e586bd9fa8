"""The catalogues of all languages, held against the source and against each other."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from rdiff_gui.languages import LANGUAGES

from .test_repository import MODULES, PACKAGE

# A place with its format, as `str.format` reads it.
_PLACE = re.compile(r"{[^{}]*}")

# What is translated where it is shown; tools/translations knows where these texts stand.
_SHOWN_LATER = {
    "cli/arguments.py": {"option.needless"},
    "cli/help.py": {"verb.description", "verb.purpose", "group.title", "option.help"},
    "cli/terminal.py": {"progress.stage.value"},
}


def test_every_sentence_can_be_found() -> None:
    """What is translated is a literal text: others would never get into a catalogue."""
    for module in MODULES:
        name = module.relative_to(PACKAGE).as_posix()
        for call in ast.walk(ast.parse(module.read_bytes())):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
                continue
            texts = {"translate": call.args, "translate_plural": call.args[:2]}
            for text in texts.get(call.func.id, []):
                known = ast.unparse(text) in _SHOWN_LATER.get(name, set())
                told = f"{name}:{call.lineno}: {ast.unparse(text)}"
                assert known or isinstance(text, ast.Constant), told


def read_catalogue(language: str) -> Catalog:
    """A language's catalogue, with what is out of use."""
    place = PACKAGE / "locale" / language / "LC_MESSAGES/rdiff-gui.po"
    with place.open("rb") as file:
        return read_po(file, locale=language)


def several(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """The forms of a message, of which most have one."""
    return [text or ""] if isinstance(text, str | None) else list(text)


def test_the_catalogues_are_current() -> None:
    """Whoever changes a sentence is reminded of the command that tells all languages of it."""
    tool = Path(__file__).parent.parent / "tools/translations"
    done = subprocess.run(
        [sys.executable, tool, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"run tools/translations: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {"en"}))
def test_each_language_says_everything(language: str) -> None:
    """Nothing is missing, doubtful or out of use, in as many plural forms as there are."""
    catalogue = read_catalogue(language)
    assert not catalogue.obsolete
    for message in catalogue:
        if not message.id:
            continue
        told = f"{language}: {message.id}"
        forms = several(message.string)
        assert not message.fuzzy, told
        assert all(forms), told
        assert len(forms) == (catalogue.num_plurals if message.pluralizable else 1), told


@pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {"en"}))
def test_each_sentence_keeps_its_places(language: str) -> None:
    """With their formats, as often; a form for one count may leave the number out."""
    for message in read_catalogue(language):
        if not message.id:
            continue
        ids, forms = several(message.id), several(message.string)
        wanted = [Counter(_PLACE.findall(text)) for text in ids]
        for form in filter(None, forms):
            found = Counter(_PLACE.findall(form))
            missing = min((places - found).total() for places in wanted)
            assert missing <= (len(ids) > 1), f"{language}: {form}"
            assert not found - wanted[-1], f"{language}: {form}"
            assert form.endswith("\n") == ids[-1].endswith("\n"), f"{language}: {form}"


def test_french_signs_stay_with_their_words() -> None:
    """A line may end at a plain blank, and would then begin with a colon, or end with «."""
    for message in read_catalogue("fr"):
        for form in several(message.string) if message.id else ():
            assert not re.search(r"\S [:;?!»%]|« ", form), form


def test_every_language_formats_what_english_does() -> None:
    """Each sentence can be filled in: braces are paired, and places have names."""
    for language in sorted(LANGUAGES.keys() - {"en"}):
        for message in read_catalogue(language):
            for form in several(message.string) if message.id else ():
                for _text, name, _format, _conversion in Formatter().parse(form):
                    assert name is None or name.isidentifier(), f"{language}: {form}"
