"""The language of the window: what this system can show, and which of that is wanted.

Nothing here may import a module with sentences: many are read when their module is loaded.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import sys
import tkinter  # noqa: F401  # loads what draws the letters
from importlib.util import find_spec

from rdiff_gui.desktop.own_files import settings_file
from rdiff_gui.languages import ENGLISH, LANGUAGES, speak, system_language

# Tk on X11 puts letter beside letter. That will do for Arabic, whose joined forms are characters as
# well (see `ui.shaping`), and not for Devanagari, which has none.
_NOT_ON_X11 = {"hi"}

# What `ui.shaping` needs.
_FOR_ARABIC = ("arabic_reshaper", "bidi")

# The joined forms at the ends of both blocks that are in use.
_ARABIC_FORMS = "fe8d fefc"


def settle_language() -> None:
    """Make the chosen language, or the system's, the one that the environment asks for."""
    chosen = _chosen_language()
    language = chosen if chosen in LANGUAGES else system_language()
    speak(language if can_show(language) else ENGLISH)


def can_show(language: str) -> bool:
    """Whether the window can show the language's letters, by Tk and by a font of this system."""
    if sys.platform in ("win32", "darwin"):
        # They draw any script, and bring fonts for all of these languages.
        return True
    if language == ENGLISH:
        return True
    if language in _NOT_ON_X11 or (language == "ar" and not all(map(find_spec, _FOR_ARABIC))):
        return False
    forms = f":charset={_ARABIC_FORMS}" if language == "ar" else ""
    name = language.replace("_", "-").lower()
    return _has_font(f":scalable=true:lang={name}{forms}")


def _has_font(pattern: str) -> bool:
    """Whether fontconfig knows a font of that kind; also where there is no fontconfig to ask.

    Source: fontconfig.h; Tk's tkUnixRFont.c takes letters from any font that fontconfig knows.
    """
    if sys.platform == "win32":
        return True
    try:
        # The one that Tk was linked with, never another.
        fontconfig = ctypes.CDLL("libfontconfig.so.1", mode=os.RTLD_NOLOAD)
    except OSError:
        return True
    pointer = ctypes.c_void_p
    fontconfig.FcNameParse.argtypes, fontconfig.FcNameParse.restype = [ctypes.c_char_p], pointer
    fontconfig.FcObjectSetCreate.argtypes, fontconfig.FcObjectSetCreate.restype = [], pointer
    fontconfig.FcFontList.argtypes = [pointer, pointer, pointer]
    # FcFontSet begins with how many there are.
    fontconfig.FcFontList.restype = ctypes.POINTER(ctypes.c_int)
    wanted = fontconfig.FcNameParse(pattern.encode())
    facts = fontconfig.FcObjectSetCreate()
    found = fontconfig.FcFontList(None, wanted, facts)
    if not found:
        return True
    count = found[0]
    for destroy, thing in (
        (fontconfig.FcFontSetDestroy, found),
        (fontconfig.FcObjectSetDestroy, facts),
        (fontconfig.FcPatternDestroy, wanted),
    ):
        destroy.argtypes, destroy.restype = [pointer], None
        destroy(thing)
    return bool(count)


def _chosen_language() -> object:
    """What the settings say, before there are sentences to say what is wrong with them."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        stored = json.loads(settings_file().read_text(encoding="utf-8"))
        return stored.get("language") if isinstance(stored, dict) else None
    return None
