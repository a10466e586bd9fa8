"""What the words on the command line ask for: rdiff's grammar, and the verbs beside it.

Options may stand before and after the verb, as rdiff allows; `--` ends them.
Source: librsync src/rdiff.c; popt's popt.c, poptGetNextOpt.
"""

from __future__ import annotations

import os

from rdiff_gui.cli.table import GROUPS, OPTIONS, PROGRAM, VERBS, Group, Option, Verb
from rdiff_gui.errors import RdiffError
from rdiff_gui.records import TYPE_CHECKING, record
from rdiff_gui.wording import show_name, translate

if TYPE_CHECKING:
    from typing import Any, TypeVar

    Options = TypeVar("Options")

STANDARD_STREAM = "-"


class UsageProblem(RdiffError):
    """The command line asks for something that cannot be understood."""

    exit_code = 101

    def __init__(self, text: str, exit_code: int = 101) -> None:
        """Take the sentence, and rdiff's exit code where that is another one."""
        super().__init__(text)
        self.exit_code = exit_code  # type: ignore[misc]  # one code a problem here, not a class


@record(frozen=True)
class Request:
    """A verb with its words and the `options` that were given, by their fields in the table."""

    verb: Verb
    words: tuple[str, ...]
    options: dict[str, Any]

    def wants(self, switch: str) -> bool:
        """Whether a switch was given that is off by itself."""
        return bool(self.options.get(switch))

    def given(self, *fields: str) -> dict[str, Any]:
        """What was given of these; for the others, the engine has defaults."""
        return {field: self.options[field] for field in fields if field in self.options}

    def choose(self, kind: type[Options], **more: object) -> Options:
        """The engine's options of a kind, out of what was given."""
        fields = kind.__match_args__  # type: ignore[attr-defined]  # a record has them
        return kind(**self.given(*fields) | more)

    @property
    def writes_stream(self) -> bool:
        """Whether the result goes to standard output, from where nothing can be taken back."""
        if not self.verb.writes or self.wants("in_place"):
            return False
        return len(self.words) < len(self.verb.words) or self.words[-1] == STANDARD_STREAM


@record(frozen=True)
class HelpWanted:
    """The help of one verb, or of the whole program."""

    verb: Verb | None


@record(frozen=True)
class VersionWanted:
    """The versions of this program and of librsync."""


def find_verb(word: str) -> Verb | None:
    """The verb that `word` names or, for rdiff's own three, begins."""
    if word in VERBS:
        return VERBS[word]
    begun = (verb for verb in VERBS.values() if verb.rdiffs and verb.name.startswith(word))
    return next(begun, None) if word else None


def wants_command_line(arguments: list[str]) -> bool:
    """Whether these arguments are for the command line; if not, they are files for the window."""
    if not arguments or arguments[0] == "--":
        return False
    first = arguments[0]
    if first.startswith("-") or first in VERBS:
        return True
    return find_verb(first) is not None and not os.path.lexists(first)


def read_arguments(arguments: list[str]) -> Request | HelpWanted | VersionWanted:
    """Understand a command line as popt does for rdiff: from left to right, the last one counts.

    Options are never cut short. What follows a letter may be joined to it (`-b64`, `-b=64`).

    Raises: UsageProblem.
    """
    line = _Line(arguments)
    while line.ahead:
        word = line.ahead.pop(0)
        if word == "--":
            line.words += line.ahead
            break
        if word == "-" or not word.startswith("-"):
            line.words.append(word)
        elif word.startswith("--"):
            name, joined, value = word.partition("=")
            line.take(name, value if joined else None, word)
        else:
            line.take_letters(word)
        # Answered at once, as rdiff does, whatever is wrong behind it.
        if line.options.get("help"):
            words = [*line.words, *(each for each in line.ahead if not each.startswith("-"))]
            return HelpWanted(find_verb(words[0]) if words else None)
        if line.options.get("version"):
            return VersionWanted()
    verb = find_verb(line.words[0]) if line.words else None
    if verb is None:
        raise UsageProblem(_with_hint(_say_no_verb(line.words)))
    words = line.words[1:]
    _check_words(verb, words)
    _check_options(verb, words, line.options)
    return Request(verb, tuple(words), line.options)


class _Line:
    """A command line on its way: what is still `ahead`, and what was found."""

    def __init__(self, arguments: list[str]) -> None:
        self.ahead = list(arguments)
        self.words: list[str] = []
        self.options: dict[str, Any] = {}

    def take_letters(self, word: str) -> None:
        """Take in options of one letter each, and a value that is joined to the last of them.

        Raises: UsageProblem.
        """
        letters = word[1:]
        while letters:
            name, letters = f"-{letters[0]}", letters[1:]
            if letters and (_find_option(name, word).value or letters.startswith("=")):
                self.take(name, letters.removeprefix("="), word)
                return
            self.take(name, None, word)

    def take(self, name: str, joined: str | None, word: str) -> None:
        """Take in an option of `word`, with the value `joined` to it or else the next word.

        Raises: UsageProblem.
        """
        option = _find_option(name, word)
        if not option.value:
            if joined is not None:
                raise _misread(translate("option does not take an argument: {word}."), word)
            self.options[option.field] = not name.startswith("--no-")
            return
        if joined is None:
            if not self.ahead:
                raise _misread(translate("missing argument: {word}."), word)
            joined = word = self.ahead.pop(0)
        self.options[option.field] = _read_number(joined, option, word) if option.most else joined


def _read_number(text: str, option: Option, word: str) -> int:
    """A whole number as C writes it: 2048, 0x800, 04000, -1; no text at all is 0.

    Raises: UsageProblem, which tells `word`.
    Source: strtol(3) with base 0.
    """
    if not text:
        return 0
    digits = text.lstrip(" \t\n\v\f\r")
    negative = digits.startswith("-")
    if digits.startswith(("+", "-")):
        digits = digits[1:]
    base = 10
    if digits[:2] in ("0x", "0X"):
        digits, base = digits[2:], 16
    elif digits.startswith("0"):
        base = 8
    if not digits or not set(digits.lower()) <= set("0123456789abcdef"[:base]):
        raise _misread(translate("invalid numeric value: {word}."), word)
    # Python refuses to read thousands of digits, and nobody needs them.
    number = int(digits, base) if len(digits) <= 64 else 2**64
    number = -number if negative else number
    if not option.least <= number <= option.most:
        raise _misread(translate("number too large or too small: {word}."), word)
    return number


def _find_option(name: str, word: str) -> Option:
    """Raises: UsageProblem."""
    for option in OPTIONS:
        if name in option.names or name in option.unlisted:
            return option
    raise _misread(translate("unknown option: {word}."), word)


def _misread(sentence: str, word: str) -> UsageProblem:
    """In popt's words, which scripts may look for."""
    return UsageProblem(_with_hint(sentence.format(word=show_name(word))))


def _say_no_verb(words: list[str]) -> str:
    verbs = ", ".join(VERBS)
    if not words:
        return translate("Say what to do: {verbs}.").format(verbs=verbs)
    return translate("“{word}” is not something to do; possible: {verbs}.").format(
        word=show_name(words[0]), verbs=verbs
    )


def _check_words(verb: Verb, words: list[str]) -> None:
    """Raises: UsageProblem, for words that this verb cannot take."""
    if verb.actions and not (len(words) == 1 and words[0] in verb.actions):
        text = translate("Say which: {usage}.")
    elif len(words) < len(verb.needed):
        text = translate("A file name is missing: {usage}.")
    elif len(words) > len(verb.words):
        text = translate("Too many file names: {usage}.")
    elif "" in words:
        raise _nameless()
    else:
        return
    raise UsageProblem(_with_hint(text.format(usage=f"{PROGRAM} {verb.name} {verb.usage}"), verb))


def _nameless() -> UsageProblem:
    return UsageProblem(translate("One of the file names is empty."), exit_code=100)


def _check_options(verb: Verb, words: list[str], options: dict[str, Any]) -> None:
    """Turn names into what they choose. Raises: UsageProblem, for what this verb cannot take."""
    for group in GROUPS:
        for option in group.options:
            if option.field not in options:
                continue
            if verb.name not in group.verbs:
                if group.ours:
                    raise UsageProblem(_with_hint(_say_foreign(option, group, verb), verb))
            elif option.choices:
                options[option.field] = _choose(option, options[option.field], verb)
            elif option.value == "FILE" and not options[option.field]:
                raise _nameless()
    if "in_place" in options and len(words) == len(verb.words):
        raise UsageProblem(
            translate("With --in-place, the result takes the place of BASIS; name no other file.")
        )
    for field, name in (("keep_backup", "--no-backup"), ("changes_only", "--changes-only")):
        if field in options and "in_place" not in options:
            raise UsageProblem(translate("{option} goes with --in-place.").format(option=name))


def _choose(option: Option, value: str, verb: Verb) -> str:
    """Raises: UsageProblem."""
    if value in option.choices:
        return next(choice for choice in option.choices if choice == value)
    text = translate("{option} cannot be “{value}”; possible: {choices}.").format(
        option=option.names[-1], value=show_name(value), choices=", ".join(option.choices)
    )
    raise UsageProblem(_with_hint(text, verb))


def _say_foreign(option: Option, group: Group, verb: Verb) -> str:
    if option.needless:
        return translate("{verb} needs no {option}: {reason}.").format(
            verb=verb.name, option=option.names[0], reason=translate(option.needless)
        )
    return translate("{option} belongs to {verb}.").format(
        option=option.names[0], verb=", ".join(group.verbs)
    )


def _with_hint(text: str, verb: Verb | None = None) -> str:
    command = f"{PROGRAM} {verb.name} --help" if verb else f"{PROGRAM} --help"
    return f"{text} " + translate("Try: {command}").format(command=command)
