"""What the words on the command line ask for: rdiff's grammar, and the verbs beside it.

Options may stand before and after the verb, as rdiff allows; `--` ends them.
Source: librsync src/rdiff.c.
"""

from __future__ import annotations

import argparse
import os
from typing import NoReturn

from rdiff_gui.cli.options import add_all_options
from rdiff_gui.errors import RdiffError
from rdiff_gui.records import record
from rdiff_gui.wording import show_name, translate

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
    force: bool
    statistics: bool
    verbose: bool
    progress: bool
    block_bytes: int
    strong_bytes: int
    strong_hash: str
    rolling_sum: str
    threads: int
    input_bytes: int
    output_bytes: int
    plain: bool
    names: bool
    compress: bool
    limit_bytes: int | None
    trailing: bool
    undo: str | None
    in_place: bool
    backup: bool
    json: bool

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
    """Understand a command line.

    Raises: UsageProblem.
    """
    # Cut here and not by argparse, whose idea of "--" differs from one Python to the next.
    end = arguments.index("--") if "--" in arguments else len(arguments)
    parser = _Parser(prog=PROGRAM, add_help=False, allow_abbrev=False)
    add_all_options(parser)
    parser.add_argument("words", nargs="*")
    found = parser.parse_intermixed_args(arguments[:end])
    words: list[str] = [*found.words, *arguments[end + 1 :]]
    verb = find_verb(words[0]) if words else None
    if found.help:
        return HelpWanted(verb)
    if found.version:
        return VersionWanted()
    if verb is None:
        raise UsageProblem(_with_hint(_say_no_verb(words)))
    _check(verb, words[1:], found)
    return Request(
        verb=verb,
        words=tuple(words[1:]),
        force=found.force,
        statistics=found.statistics,
        verbose=found.verbose,
        progress=not found.no_progress,
        block_bytes=found.block_size,
        strong_bytes=found.sum_size,
        strong_hash=found.hash,
        rolling_sum=found.rollsum,
        threads=found.threads,
        input_bytes=found.input_size,
        output_bytes=found.output_size,
        plain=found.plain,
        names=not found.no_names,
        compress=bool(found.compress),
        limit_bytes=found.limit,
        trailing=found.allow_trailing,
        undo=found.undo,
        in_place=found.in_place,
        backup=not found.no_backup,
        json=found.json,
    )


def _say_no_verb(words: list[str]) -> str:
    verbs = ", ".join(VERBS)
    if not words:
        return translate("Say what to do: {verbs}.").format(verbs=verbs)
    return translate("“{word}” is not something to do; possible: {verbs}.").format(
        word=show_name(words[0]), verbs=verbs
    )


def _check(verb: Verb, words: list[str], found: argparse.Namespace) -> None:
    """Raises: UsageProblem, for what this verb cannot take."""
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
    for option, given, owners in (
        ("--plain", found.plain, ("signature", "delta", "diff")),
        ("--no-names", found.no_names, ("signature", "delta", "diff")),
        ("--compress", found.compress is not None, ("delta", "diff")),
        ("--limit", found.limit is not None, ("patch", "verify")),
        ("--allow-trailing", found.allow_trailing, ("patch", "verify", "info")),
        ("--undo", found.undo is not None, ("patch",)),
        ("--in-place", found.in_place, ("patch",)),
        ("--no-backup", found.no_backup, ("patch",)),
        ("--json", found.json, ("info",)),
    ):
        if given and verb.name not in owners:
            text = translate("{option} belongs to {verb}.")
            raise UsageProblem(_with_hint(text.format(option=option, verb=", ".join(owners)), verb))
    if found.in_place and len(words) == verb.words_most:
        raise UsageProblem(
            translate("With --in-place, the result takes the place of BASIS; name no other file.")
        )
    if found.no_backup and not found.in_place:
        raise UsageProblem(translate("--no-backup goes with --in-place."))


def _with_hint(text: str, verb: Verb | None = None) -> str:
    command = f"{PROGRAM} {verb.name} --help" if verb else f"{PROGRAM} --help"
    return f"{text} " + translate("Try: {command}").format(command=command)


class _Parser(argparse.ArgumentParser):
    """argparse, with its errors as exceptions of ours."""

    def error(self, message: str) -> NoReturn:
        """Raises: UsageProblem."""
        # It repeats the user's words as they are.
        raise UsageProblem(_with_hint(f"{show_name(message)}."))
