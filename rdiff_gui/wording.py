"""How facts become words: names, sizes, speeds and durations as people read them.

Every sentence of the program goes through `translate`, so one catalogue can hold them all.
The command line, the window and the errors all speak through it.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable
    from gettext import NullTranslations
    from typing import Any

_RIGHT_TO_LEFT = {"ar"}


@functools.cache
def spoken_language() -> str:
    """The language of all sentences, as the environment had it when the first one was said."""
    # Not before that: most runs of the command line say none.
    from rdiff_gui.languages import system_language

    return system_language()


@functools.cache
def _catalogue() -> NullTranslations | None:
    """None for English, which is in the source."""
    language = spoken_language()
    if language == "en":
        return None
    import gettext

    folder = Path(__file__).parent / "locale"
    return gettext.translation("rdiff-gui", folder, [language], fallback=True)


def translate(message: str) -> str:
    """The message in the user's language."""
    catalogue = _catalogue()
    return _isolate(catalogue.gettext(message)) if catalogue else message


def translate_plural(one: str, many: str, count: int) -> str:
    """The one of two messages that goes with `count`, in the user's language."""
    if catalogue := _catalogue():
        return _isolate(catalogue.ngettext(one, many, count))
    return one if count == 1 else many


def _isolate(sentence: str) -> str:
    """The sentence with its places set apart, where it is read from right to left.

    What is filled in is then in an order of its own. Source: Unicode Standard Annex 9, "Explicit
    Directional Isolates".
    """
    if spoken_language() not in _RIGHT_TO_LEFT or "{" not in sentence:
        return sentence
    return sentence.replace("{", "\N{FIRST STRONG ISOLATE}{").replace(
        "}", "}\N{POP DIRECTIONAL ISOLATE}"
    )


def source_of(text: str) -> str:
    """The English message that was translated like that; the text itself where there is none."""
    return _sources().get(text, text)


@functools.cache
def _sources() -> dict[str, str]:
    texts = getattr(_catalogue(), "_catalog", {})
    return {said: message for message, said in texts.items() if isinstance(message, str)}


STANDARD_INPUT = Path("<standard input>")
STANDARD_OUTPUT = Path("<standard output>")


def show_name(path: Path | str) -> str:
    """A path as one printable line: control characters and undecodable bytes are escaped."""
    if path == STANDARD_INPUT:
        return translate("standard input")
    if path == STANDARD_OUTPUT:
        return translate("standard output")
    return "".join(
        character if character.isprintable() else _escape(character) for character in str(path)
    )


def name_of(path: Path) -> str:
    """The last part of a path, fit for one line of a sentence."""
    return show_name(path.name or path)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF and os.name == "posix":
        # A byte that is no text.
        return f"\\x{code - 0xDC00:02x}"
    if 0xD800 <= code <= 0xDFFF:
        # Half a character, of which Windows makes names as well.
        return f"\\u{code:04x}"
    raw = character.encode()
    plain = {b"\n": "\\n", b"\t": "\\t", b"\r": "\\r"}
    return plain.get(raw) or "".join(f"\\x{byte:02x}" for byte in raw)


def show_size(size_bytes: int) -> str:
    """Bytes in decimal units with three figures, as file managers and links count them."""
    units = _units()
    if size_bytes < 1000:
        return units[0].format(number=size_bytes)
    value = float(size_bytes)
    unit = 0
    # 999.5 and above would print as 1000: the next unit says it better.
    while value >= 999.5 and unit < len(units) - 1:
        value /= 1000
        unit += 1
    decimals = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return units[unit].format(number=_show_decimal(value, decimals))


@functools.cache
def _units() -> tuple[str, ...]:
    return (
        translate("{number} B"),
        translate("{number} kB"),
        translate("{number} MB"),
        translate("{number} GB"),
        translate("{number} TB"),
        translate("{number} PB"),
        translate("{number} EB"),
    )


@functools.cache
def _formats() -> dict[str, Any]:
    """How the language writes numbers and times, which tools/translations takes from CLDR.

    Of English, that would be American; the source has what is understood everywhere.
    """
    if spoken_language() == "en":
        return {
            "decimal": ".", "group": " ", "grouping": 3,
            "date": "{year}-{month:02}-{day:02}", "time": "{hour:02}:{minute:02}",
            "moment": "{date} {time}", "halves": ["", ""],
        }  # fmt: skip
    import json

    file = Path(__file__).parent / "locale" / spoken_language() / "formats.json"
    formats: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return formats


def _show_decimal(value: float, decimals: int) -> str:
    whole, point, rest = f"{value:.{decimals}f}".partition(".")
    decimal: str = _formats()["decimal"] if point else ""
    return show_number(int(whole)) + decimal + rest


def show_number(number: int) -> str:
    """A whole number with its thousands apart."""
    if -1000 < number < 1000:
        return str(number)
    formats = _formats()
    digits, parts = str(abs(number)), []
    # The last group has three digits in all languages, those before it two in Hindi.
    length = 3
    while digits:
        parts.append(digits[-length:])
        digits, length = digits[:-length], formats["grouping"]
    group: str = formats["group"]
    return "-" * (number < 0) + group.join(reversed(parts))


def show_date(moment: datetime.datetime) -> str:
    """A day: `2026-11-30`."""
    date: str = _formats()["date"].format(year=moment.year, month=moment.month, day=moment.day)
    return date


def show_time(moment: datetime.datetime) -> str:
    """A time of the day: `17:05`."""
    formats = _formats()
    time: str = formats["time"].format(
        hour=moment.hour,
        minute=moment.minute,
        hour_of_half=(moment.hour - 1) % 12 + 1,
        half=formats["halves"][moment.hour >= 12],
    )
    return time


def show_moment(moment: datetime.datetime) -> str:
    """A day and a time: `2026-11-30 17:05`."""
    told: str = _formats()["moment"].format(date=show_date(moment), time=show_time(moment))
    return told


def show_exact_size(size_bytes: int) -> str:
    """A size for comparing: rounded, and to the byte where rounding hides something."""
    if size_bytes < 1000:
        return show_size(size_bytes)
    return translate_plural(
        "{rounded} ({exact} byte)", "{rounded} ({exact} bytes)", size_bytes
    ).format(rounded=show_size(size_bytes), exact=show_number(size_bytes))


def show_duration(seconds: float) -> str:
    """A span of time in its two largest units: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`."""
    if 0 < seconds < 0.05:
        return translate("< {seconds} s").format(seconds=_show_decimal(0.1, 1))
    if seconds < 9.95:
        return translate("{seconds} s").format(seconds=_show_decimal(seconds, 1))
    whole = round(seconds)
    if whole < 60:
        return translate("{seconds} s").format(seconds=whole)
    if whole < 3600:
        return translate("{minutes} min {seconds} s").format(
            minutes=whole // 60, seconds=whole % 60
        )
    minutes = round(seconds / 60)
    if minutes < 48 * 60:
        return translate("{hours} h {minutes} min").format(
            hours=minutes // 60, minutes=minutes % 60
        )
    hours = round(seconds / 3600)
    return translate("{days} d {hours} h").format(days=hours // 24, hours=hours % 24)


def local_time(seconds: float) -> datetime.datetime:
    """A time in seconds since 1970 on the user's clock; on UTC's, where the system has no other.

    Windows has none before 1970, nor for the first day of it. What no calendar has is its last day.
    """
    import datetime  # few sentences tell one

    moment = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    try:
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        moment = epoch + datetime.timedelta(seconds=seconds)
        return moment.astimezone()
    except (OSError, OverflowError):
        return moment


def show_list(parts: Iterable[str]) -> str:
    """Words one after the other: `a, b, c`."""
    return translate(", ").join(parts)


def show_speed(bytes_a_second: float) -> str:
    """A speed: `412 MB/s`."""
    return translate("{size}/s").format(size=show_size(round(bytes_a_second)))


def show_percent(fraction: float) -> str:
    """A share with one decimal that never rounds up to a whole it has not reached."""
    tenths = int(fraction * 1000 + (0.5 if fraction < 0.999 else 0))
    return translate("{percent} %").format(percent=_show_decimal(tenths / 10, 1))
