"""The manual page, in the language of man(7).

argparse-manpage makes one of an argparse parser, but tells every option once for each verb, verbs
without their words on one line, and neither exit codes nor environment.
"""

from __future__ import annotations

import re
import textwrap

from manuals import ALONE, options_of
from rdiff_gui import __version__
from rdiff_gui.cli.help import write_help
from rdiff_gui.cli.table import GROUPS, VERBS, Group, Option, Verb
from rdiff_gui.librsync.loader import PATH_VARIABLE

# Escapes make lines longer, and 80 is what is customary.
_COLUMNS = 64

_ABOUT = """\
With old and new version of a file on two computers, only what changed needs to travel.
Whoever has the old file makes a small signature of it.
Whoever has the new file makes a delta from that signature and the new file.
Back with the old file, the delta makes the new one of it.

Files come with a seal (sizes, checksums and names) that rdiff passes over.
By it a wrong old file and a damaged delta are refused before anything is written, and the new file
is checked to the last byte.

Without a verb a window opens, with the files that were named as if they were dropped on it.
The verbs signature, delta and patch, the order of their files and their options are those of
rdiff(1); each program reads what the other wrote.

A file named \u201c-\u201d, or left out at the end, is standard input or output.
Options stand anywhere, before and after the verb; \u201c--\u201d ends them.
An output that exists is not replaced without --force."""

_ENVIRONMENT = (
    (PATH_VARIABLE, "The librsync to use, as a whole path, in the place of all others."),
    (
        "XDG_DATA_HOME",
        "Where \u201cdesktop install\u201d puts its files, if not into ~/.local/share.",
    ),
)


def write_man_page() -> str:
    """The whole page."""
    lines = [
        '.\\" Written by tools/manual from what the command line declares.',
        f'.TH RDIFF-GUI 1 "" "rdiff-gui {__version__}" "User Commands"',
        ".SH NAME",
        r"rdiff-gui \- send only what changed of a big file",
        ".SH SYNOPSIS",
        *_synopsis(),
        ".SH DESCRIPTION",
        *_paragraphs(_ABOUT),
        ".SH VERBS",
    ]
    for verb in VERBS.values():
        lines += _verb(verb)
    lines.append(".SH OPTIONS")
    for group in GROUPS:
        lines += _options(group)
    lines.append(".SS alone, without a verb")
    for name, purpose in ALONE.items():
        lines += [".TP", f".B {_escape(name)}", *_text(_sentence(purpose))]
    lines.append(".SH EXIT STATUS")
    for code, meaning in _exit_codes():
        lines += [".TP", f".B {code}", *_text(_sentence(meaning))]
    lines.append(".SH ENVIRONMENT")
    for name, meaning in _ENVIRONMENT:
        lines += [".TP", f".B {_escape(name)}", *_text(meaning)]
    lines += [".SH SEE ALSO", ".BR rdiff (1),", ".BR zstd (1)"]
    return "\n".join(lines) + "\n"


def _synopsis() -> list[str]:
    lines = [r".B rdiff\-gui", r"[\fIFILE\fR\|.\|.\|.\&]"]
    for verb in VERBS.values():
        lines += [".br", rf".B rdiff\-gui {verb.name}", f"[OPTIONS] {_words(verb)}"]
    return lines


def _words(verb: Verb) -> str:
    if verb.actions:
        return " | ".join(rf"\fB{action}\fR" for action in verb.actions)
    return re.sub(r"([A-Z]+)", r"\\fI\1\\fR", verb.usage)


def _verb(verb: Verb) -> list[str]:
    longest = [max(option.names, key=_goes_first) for option in options_of(verb)]
    own = textwrap.fill(
        f"Options: {', '.join(longest)}.", _COLUMNS, break_on_hyphens=False, break_long_words=False
    )
    lines = [f".SS {verb.name} {_words(verb)}", *_paragraphs(verb.description)]
    lines += [".PP", *_escape(own).splitlines()]
    return [*lines, ".PP", ".nf", *(f"  {_escape(line)}" for line in verb.examples), ".fi"]


def _goes_first(name: str) -> bool:
    """Of two long names, the first counts."""
    return name.startswith("--")


def _options(group: Group) -> list[str]:
    lines = [f".SS {_escape(group.title)}"]
    if len(group.verbs) < len(VERBS):
        lines.append(f"For {', '.join(group.verbs)}.")
    for option in group.options:
        lines += [".TP", _heading(option), *_text(_sentence(option.help))]
    return lines


def _heading(option: Option) -> str:
    value = rf" \fI{option.value}\fR" if option.value else ""
    return ", ".join(rf"\fB{_escape(name)}\fR{value}" for name in option.names)


def _exit_codes() -> list[tuple[str, str]]:
    """Each code with its meaning, as the help tells them."""
    told = re.search(r"^Exit codes: (.*?)$\n\Z", write_help(None), re.M | re.S)
    assert told, "the help tells no exit codes"
    pairs = " ".join(told.group(1).split()).split(" · ")
    return [(code, meaning) for code, _, meaning in (pair.partition(" ") for pair in pairs)]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _paragraphs(text: str) -> list[str]:
    return [made for line in text.splitlines() for made in ([".PP"] if not line else _text(line))]


def _text(text: str) -> list[str]:
    """Lines of text; one that began with a dot would be a request."""
    lines = textwrap.wrap(text, _COLUMNS, break_on_hyphens=False, break_long_words=False)
    return [
        rf"\&{_escape(line)}" if line.startswith((".", "'")) else _escape(line) for line in lines
    ]


def _escape(text: str) -> str:
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"[^\x00-\x7f]", lambda found: rf"\[u{ord(found.group()):04X}]", text)
