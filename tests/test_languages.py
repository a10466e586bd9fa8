"""Which language the program speaks."""

from __future__ import annotations

import pytest

from rdiff_gui.languages import LANGUAGES, choose_language, system_language

from .test_repository import PACKAGE


@pytest.mark.parametrize(
    ("named", "spoken"),
    [
        (["de_AT.UTF-8"], "de"),
        (["ca_ES@valencia", "es_ES"], "es"),
        (["pt_PT"], "pt_BR"),
        (["zh_SG.UTF-8"], "zh_CN"),
        (["zh-Hant-HK"], "zh_TW"),
        (["zh_HK"], "zh_TW"),
        (["en_GB", "de_DE"], "en"),
        (["C.UTF-8", "de_DE"], "en"),
        (["sv_SE"], "en"),
        ([""], "en"),
    ],
)
def test_a_locale_leads_to_a_language(named: list[str], spoken: str) -> None:
    """Countries share a language, and who asks for English first gets that."""
    assert choose_language(named) == spoken


def test_the_first_variable_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for every program with gettext."""
    monkeypatch.delenv("LANGUAGE")
    monkeypatch.setenv("LC_ALL", "")
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    assert system_language() == "ru"
    monkeypatch.setenv("LC_MESSAGES", "fr_FR")
    assert system_language() == "fr"
    monkeypatch.setenv("LANGUAGE", "xx:ja")
    assert system_language() == "ja"


def test_each_language_has_a_catalogue() -> None:
    """And each catalogue a name to be chosen by."""
    found = {folder.name for folder in (PACKAGE / "locale").iterdir()}
    assert found | {"en"} == set(LANGUAGES)
