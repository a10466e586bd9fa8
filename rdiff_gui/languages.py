"""The languages of the program: which there are, and which of them the system asks for."""

from __future__ import annotations

import os
import sys

from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ENGLISH = "en"

# By the names of their catalogues, and what each calls itself.
LANGUAGES = {
    ENGLISH: "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt_BR": "Português (Brasil)",
    "tr": "Türkçe",
    "ru": "Русский",
    "uk": "Українська",
    "ar": "العربية",
    "hi": "हिन्दी",
    "ja": "日本語",
    "ko": "한국어",
    "zh_CN": "简体中文",
    "zh_TW": "繁體中文",
}

# The first that is set counts. Source: gettext manual, "Locale Environment Variables".
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_TRADITIONAL = {"hant", "tw", "hk", "mo"}

# Of whoever started the program: the variables that it has set for itself.
_given: dict[str, str | None] = {}


def speak(language: str) -> None:
    """Make it the language that the environment asks for."""
    name = _VARIABLES[0]
    _given.setdefault(name, os.environ.get(name))
    os.environ[name] = language


def given_environment() -> dict[str, str]:
    """The environment that the program was started with."""
    environment = dict(os.environ)
    for name, text in _given.items():
        if text is None:
            environment.pop(name, None)
        else:
            environment[name] = text
    return environment


def system_language() -> str:
    """The first of the languages that the environment asks for, and that there is."""
    named = next(filter(None, map(os.environ.get, _VARIABLES)), "")
    if not named and sys.platform == "win32":
        named = _language_of_windows()
    return choose_language(named.split(":"))


def choose_language(named: Iterable[str]) -> str:
    """The first of these locales (`de_AT.UTF-8`, `zh-Hant-HK`) that there is; else English."""
    for locale in named:
        words = locale.partition(".")[0].partition("@")[0].replace("-", "_").split("_")
        language, more = words[0].lower(), {word.lower() for word in words[1:]}
        if language in ("c", "posix"):
            break
        if language == "zh":
            return "zh_TW" if more & _TRADITIONAL else "zh_CN"
        if language == "pt":
            return "pt_BR"
        if language in LANGUAGES:
            return language
    return ENGLISH


def _language_of_windows() -> str:
    """That of its own windows, which need not be the one that it writes numbers in."""
    import ctypes
    import locale

    number = ctypes.windll.kernel32.GetUserDefaultUILanguage()  # type: ignore[attr-defined,unused-ignore]
    return locale.windows_locale.get(number, "")
