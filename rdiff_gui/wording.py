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
    from gettext import NullTranslations


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
    return catalogue.gettext(message) if catalogue else message


def translate_plural(one: str, many: str, count: int) -> str:
    """The one of two messages that goes with `count`, in the user's language."""
    if catalogue := _catalogue():
        return catalogue.ngettext(one, many, count)
    return one if count == 1 else many


def source_of(text: str) -> str:
    """The English message that was translated like that; the text itself where there is none."""
    return _sources().get(text, text)


@functools.cache
def _sources() -> dict[str, str]:
    texts = getattr(_catalogue(), "_catalog", {})
    return {said: message for message, said in texts.items() if isinstance(message, str)}


STANDARD_INPUT = Path("<standard input>")
STANDARD_OUTPUT = Path("<standard output>")

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


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
    if size_bytes < 1000:
        return f"{size_bytes} B"
    value = float(size_bytes)
    unit = 0
    # 999.5 and above would print as 1000: the next unit says it better.
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value /= 1000
        unit += 1
    decimals = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{decimals}f} {_UNITS[unit]}"


def show_number(number: int) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,}".replace(",", " ")


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
        return translate("< 0.1 s")
    if seconds < 9.95:
        return translate("{seconds} s").format(seconds=f"{seconds:.1f}")
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


def show_speed(bytes_a_second: float) -> str:
    """A speed: `412 MB/s`."""
    return translate("{size}/s").format(size=show_size(round(bytes_a_second)))


def show_percent(fraction: float) -> str:
    """A share with one decimal that never rounds up to a whole it has not reached."""
    tenths = int(fraction * 1000 + (0.5 if fraction < 0.999 else 0))
    return translate("{percent} %").format(percent=f"{tenths / 10:.1f}")
