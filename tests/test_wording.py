"""Sizes, times and names read as people say them."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.wording import (
    STANDARD_INPUT,
    local_time,
    show_duration,
    show_exact_size,
    show_list,
    show_moment,
    show_name,
    show_number,
    show_percent,
    show_size,
    show_speed,
    translate,
)

from .platforms import not_on_windows


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (14_300_000, "14.3 MB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (1_200_000_000, "1.20 GB"),
        (9_995_000, "10.0 MB"),
        (2**63 - 1, "9.22 EB"),
    ],
)
def test_sizes_have_three_figures(size_bytes: int, text: str) -> None:
    """A size never shows four figures or a rounding like 1000 kB."""
    assert show_size(size_bytes) == text


def test_exact_sizes_show_every_byte() -> None:
    """Two sizes that differ by a byte can be told apart."""
    assert show_exact_size(1_234_567) == "1.23 MB (1 234 567 bytes)"
    assert show_exact_size(12) == "12 B"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (0.04, "< 0.1 s"),
        (9.6, "9.6 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (960, "16 min 0 s"),
        (7800, "2 h 10 min"),
        (200_000, "2 d 8 h"),
    ],
)
def test_durations_have_two_units(seconds: float, text: str) -> None:
    """A time left is short enough for one glance."""
    assert show_duration(seconds) == text


def test_percentages_do_not_overstate() -> None:
    """99.99 % saved is not shown as all of it."""
    assert show_percent(0.988) == "98.8 %"
    assert show_percent(0.99996) == "99.9 %"
    assert show_percent(1.0) == "100.0 %"


def test_speed_is_a_size_a_second() -> None:
    """The speed uses the same units as the sizes beside it."""
    assert show_speed(412_000_000.4) == "412 MB/s"


@pytest.mark.parametrize(
    ("seconds", "year"), [(0, (1969, 1970)), (-1e9, (1938,)), (1e9, (2001,)), (1e18, (9999,))]
)
def test_any_time_that_a_disk_can_hold_is_told(seconds: float, year: tuple[int, ...]) -> None:
    """A file from before 1970, or from a time that no calendar has, is a file like any other."""
    assert local_time(seconds).year in year


@not_on_windows
def test_bytes_that_are_no_text_are_told_as_such() -> None:
    """A name from another encoding can be told apart."""
    assert show_name(Path(os.fsdecode(b"\xff.db"))) == "\\xff.db"


def test_strange_names_stay_on_one_line() -> None:
    """A name with a newline or half a character cannot garble a message."""
    assert show_name(Path("a\nb\tc\x1b[31m")) == "a\\nb\\tc\\x1b[31m"
    assert show_name(Path("half \ud83d")) == "half \\ud83d"
    assert show_name(Path("Grüße 你好.bin")) == "Grüße 你好.bin"
    assert show_name(STANDARD_INPUT) == "standard input"


@pytest.mark.parametrize(
    ("language", "number", "moment"),
    [
        ("en", "1 234 567", "2026-11-03 17:05"),
        ("de", "1.234.567", "3.11.2026, 17:05"),
        ("fr", "1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567", "03/11/2026 17:05"),
        ("hi", "12,34,567", "3/11/2026, 5:05 pm"),
        ("ko", "1,234,567", "2026/11/3 오후 5:05"),
    ],
)
def test_each_language_has_its_way_with_numbers_and_times(
    language: str, number: str, moment: str, speak: Callable[[str], None]
) -> None:
    """Thousands, decimals and dates stand as its readers expect them."""
    speak(language)
    assert show_number(1_234_567) == number
    assert show_number(-999) == "-999"
    assert show_moment(datetime.datetime(2026, 11, 3, 17, 5)) == moment  # noqa: DTZ001  # as said
    decimal = "." if language in ("en", "hi", "ko") else ","
    assert f"14{decimal}3" in show_size(14_300_000)
    assert f"98{decimal}8" in show_percent(0.988)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "a, b"), ("ar", "a\u060c b"), ("ja", "a\u3001b")]
)
def test_each_language_has_its_comma(
    language: str, text: str, speak: Callable[[str], None]
) -> None:
    """Between names, and between what became of files."""
    speak(language)
    assert show_list(["a", "b"]) == text


def test_names_keep_their_order_among_arabic_words(speak: Callable[[str], None]) -> None:
    """What is filled in is set apart, and with it the slash that a path begins with."""
    sentence = "“{name}” was not found. Perhaps it was moved, renamed or deleted."
    assert "\N{FIRST STRONG ISOLATE}" not in translate(sentence)
    speak("ar")
    assert "\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}" in translate(sentence)
