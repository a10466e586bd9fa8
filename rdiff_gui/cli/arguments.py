"""What the words on the command line ask for: rdiff's grammar, and the verbs beside it.

Options may stand before and after the verb, as rdiff allows; `--` ends them.
Source: librsync src/rdiff.c.
"""

from __future__ import annotations

import os

from rdiff_gui.cli.options import GROUPS, Group, NotANumber, NumberOutOfRange, Option
from rdiff_gui.errors import RdiffError
from rdiff_gui.records import TYPE_CHECKING, record
from rdiff_gui.wording import show_name, translate

if TYPE_CHECKING:
    from typing import Any

PROGRAM = "rdiff-gui"
STANDARD_STREAM = "-"
DESKTOP_ACTIONS = ("install", "uninstall", "status")


class UsageProblem(RdiffError):
    """The command line asks for something that cannot be understood."""

    exit_code = 101

    def __init__(self, text: str, exit_code: int = 101) -> None:
        """Take the sentence, and rdiff's exit code where that is another one."""
        super().__init__(text)
        self.exit_code = exit_code  # type: ignore[misc]  # one code a problem here, not a class


@record(frozen=True)
class Verb:
    """A verb and how many file names it takes."""

    name: str
    words_least: int
    words_most: int
    usage: str


VERBS = {
    verb.name: verb
    for verb in (
        Verb("signature", 0, 2, "[BASIS [SIGNATURE]]"),
        Verb("delta", 1, 3, "SIGNATURE [NEWFILE [DELTA]]"),
        Verb("patch", 1, 3, "BASIS [DELTA [NEWFILE]]"),
        Verb("diff", 2, 3, "OLD NEW [DELTA]"),
        Verb("verify", 2, 2, "BASIS DELTA"),
        Verb("info", 1, 1, "FILE"),
        Verb("desktop", 1, 1, "install | uninstall | status"),
    )
}

# rdiff takes the beginning of a verb for the verb; ours must not take one away from its scripts.
_ABBREVIATED = ("signature", "delta", "patch")


@record(frozen=True)
class Request:
    """One command line, understood but not yet judged. Lengths in bytes."""

    verb: Verb
    words: tuple[str, ...]
    force: bool = False
    statistics: bool = False
    verbose: bool = False
    progress: bool = True
    block_bytes: int = 0
    strong_bytes: int = 0
    strong_hash: str = "blake2"
    rolling_sum: str = "rabinkarp"
    threads: int = 0
    input_bytes: int = 0
    output_bytes: int = 0
    plain: bool = False
    names: bool = True
    compress: bool = False
    limit_bytes: int | None = None
    trailing: bool = False
    undo: str | None = None
    in_place: bool = False
    backup: bool = True
    json: bool = False

    @property
    def writes_stream(self) -> bool:
        """Whether the result goes to standard output, from where nothing can be taken back."""
        if self.verb.name in ("info", "verify", "desktop") or self.in_place:
            return False
        return len(self.words) < self.verb.words_most or self.words[-1] == STANDARD_STREAM


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
    return next((VERBS[name] for name in _ABBREVIATED if word and name.startswith(word)), None)


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
    Source: popt's popt.c, poptGetNextOpt.
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
            line.read_long(word)
        else:
            line.read_letters(word)
        # Answered at once, as rdiff does, whatever is wrong behind it.
        if line.values.get("help"):
            words = [*line.words, *(each for each in line.ahead if not each.startswith("-"))]
            return HelpWanted(find_verb(words[0]) if words else None)
        if line.values.get("version"):
            return VersionWanted()
    verb = find_verb(line.words[0]) if line.words else None
    if verb is None:
        raise UsageProblem(_with_hint(_say_no_verb(line.words)))
    words = line.words[1:]
    _check_words(verb, words)
    _check_options(verb, words, line)
    return Request(verb=verb, words=tuple(words), **line.values)


class _Line:
    """A command line on its way: what is still `ahead`, and what was found."""

    def __init__(self, arguments: list[str]) -> None:
        self.ahead = list(arguments)
        self.words: list[str] = []
        self.values: dict[str, Any] = {}

    def read_long(self, word: str) -> None:
        """Take in an option with a long name. Raises: UsageProblem."""
        name, joined, value = word.partition("=")
        option = _find_option(name, word)
        if not option.metavar:
            if joined:
                raise _misread(translate("option does not take an argument"), word)
            self._set(option, name, None, word)
        elif joined:
            self._set(option, name, value, word)
        else:
            self._set_from_next(option, name, word)

    def read_letters(self, word: str) -> None:
        """Take in options of one letter each, and a value that is joined to the last of them.

        Raises: UsageProblem.
        """
        letters = word[1:]
        while letters:
            name, letters = f"-{letters[0]}", letters[1:]
            option = _find_option(name, word)
            if not option.metavar:
                if letters.startswith("="):
                    raise _misread(translate("option does not take an argument"), word)
                self._set(option, name, None, word)
            elif letters:
                self._set(option, name, letters.removeprefix("="), word)
                return
            else:
                self._set_from_next(option, name, word)

    def _set_from_next(self, option: Option, name: str, word: str) -> None:
        if not self.ahead:
            raise _misread(translate("missing argument"), word)
        value = self.ahead.pop(0)
        self._set(option, name, value, value)

    def _set(self, option: Option, name: str, value: str | None, word: str) -> None:
        """Raises: UsageProblem, which tells `word`."""
        try:
            self.values[option.field] = option.read(name, value)
        except NotANumber:
            raise _misread(translate("invalid numeric value"), word) from None
        except NumberOutOfRange:
            raise _misread(translate("number too large or too small"), word) from None


def _find_option(name: str, word: str) -> Option:
    """Raises: UsageProblem."""
    for group in GROUPS:
        for option in group.options:
            if name in option.names or name in option.unlisted:
                return option
    raise _misread(translate("unknown option"), word)


def _misread(problem: str, word: str) -> UsageProblem:
    """In popt's words, which scripts may look for."""
    return UsageProblem(_with_hint(f"{problem}: {show_name(word)}."))


def _say_no_verb(words: list[str]) -> str:
    verbs = ", ".join(VERBS)
    if not words:
        return translate("Say what to do: {verbs}.").format(verbs=verbs)
    return translate("“{word}” is not something to do; possible: {verbs}.").format(
        word=show_name(words[0]), verbs=verbs
    )


def _check_words(verb: Verb, words: list[str]) -> None:
    """Raises: UsageProblem, for a wrong number of file names."""
    usage = f"{PROGRAM} {verb.name} {verb.usage}"
    if verb.name == "desktop" and not (len(words) == 1 and words[0] in DESKTOP_ACTIONS):
        raise UsageProblem(_with_hint(translate("Say which: {usage}.").format(usage=usage), verb))
    if len(words) < verb.words_least:
        raise UsageProblem(
            _with_hint(translate("A file name is missing: {usage}.").format(usage=usage), verb)
        )
    if len(words) > verb.words_most:
        raise UsageProblem(
            _with_hint(translate("Too many file names: {usage}.").format(usage=usage), verb)
        )
    if "" in words:
        raise UsageProblem(translate("One of the file names is empty."), exit_code=100)


def _check_options(verb: Verb, words: list[str], line: _Line) -> None:
    """Raises: UsageProblem, for what this verb cannot take."""
    for group in GROUPS:
        for option in group.options:
            if option.field not in line.values:
                continue
            if verb.name not in group.verbs:
                if group.ours:
                    raise UsageProblem(_with_hint(_say_foreign(option, group, verb), verb))
            elif option.choices and line.values[option.field] not in option.choices:
                text = translate("{option} cannot be “{value}”; possible: {choices}.").format(
                    option=option.names[-1],
                    value=show_name(line.values[option.field]),
                    choices=", ".join(option.choices),
                )
                raise UsageProblem(_with_hint(text, verb))
    in_place = "in_place" in line.values
    if in_place and len(words) == verb.words_most:
        raise UsageProblem(
            translate("With --in-place, the result takes the place of BASIS; name no other file.")
        )
    if "backup" in line.values and not in_place:
        raise UsageProblem(translate("--no-backup goes with --in-place."))


def _say_foreign(option: Option, group: Group, verb: Verb) -> str:
    if option.needless:
        return translate("{verb} needs no {option}: {reason}.").format(
            verb=verb.name, option=option.names[0], reason=option.needless()
        )
    return translate("{option} belongs to {verb}.").format(
        option=option.names[0], verb=", ".join(group.verbs)
    )


def _with_hint(text: str, verb: Verb | None = None) -> str:
    command = f"{PROGRAM} {verb.name} --help" if verb else f"{PROGRAM} --help"
    return f"{text} " + translate("Try: {command}").format(command=command)
