"""What the words on the command line ask for: rdiff's grammar, and the two verbs beside it.

Options may stand before and after the verb, as rdiff allows; `--` ends them.
Source: librsync src/rdiff.c.
"""

from __future__ import annotations

import argparse
import os
import re
from dataclasses import dataclass
from typing import NoReturn

from rdiff_gui.errors import RdiffError
from rdiff_gui.wording import translate

PROGRAM = "rdiff-gui"
STANDARD_STREAM = "-"


class UsageProblem(RdiffError):
    """The command line asks for something that cannot be understood."""

    exit_code = 101

    def __init__(self, text: str, exit_code: int = 101) -> None:
        """Take the sentence, and rdiff's exit code where that is another one."""
        super().__init__(text)
        self.exit_code = exit_code  # type: ignore[misc]  # one code a problem here, not a class


@dataclass(frozen=True, slots=True)
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
        Verb("info", 1, 1, "FILE"),
    )
}

# rdiff takes the beginning of a verb for the verb; ours must not take one away from its scripts.
_ABBREVIATED = ("signature", "delta", "patch")


@dataclass(frozen=True, slots=True)
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
    input_bytes: int
    output_bytes: int
    limit_bytes: int | None
    json: bool

    @property
    def writes_stream(self) -> bool:
        """Whether the result goes to standard output, from where nothing can be taken back."""
        if self.verb.name == "info":
            return False
        return len(self.words) < self.verb.words_most or self.words[-1] == STANDARD_STREAM


@dataclass(frozen=True, slots=True)
class HelpWanted:
    """The help of one verb, or of the whole program."""

    verb: Verb | None


@dataclass(frozen=True, slots=True)
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
    for add_options in _OPTIONS:
        add_options(parser)
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
        input_bytes=found.input_size,
        output_bytes=found.output_size,
        limit_bytes=found.limit,
        json=found.json,
    )


def _say_no_verb(words: list[str]) -> str:
    verbs = ", ".join(VERBS)
    if not words:
        return translate("Say what to do: {verbs}.").format(verbs=verbs)
    return translate("“{word}” is not something to do; possible: {verbs}.").format(
        word=words[0], verbs=verbs
    )


def _check(verb: Verb, words: list[str], found: argparse.Namespace) -> None:
    """Raises: UsageProblem, for what this verb cannot take."""
    usage = f"{PROGRAM} {verb.name} {verb.usage}"
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
    for option, given, owner in (
        ("--limit", found.limit is not None, "patch"),
        ("--json", found.json, "info"),
    ):
        if given and verb.name != owner:
            raise UsageProblem(
                _with_hint(
                    translate("{option} belongs to {verb}.").format(option=option, verb=owner), verb
                )
            )


def _with_hint(text: str, verb: Verb | None = None) -> str:
    command = f"{PROGRAM} {verb.name} --help" if verb else f"{PROGRAM} --help"
    return f"{text} " + translate("Try: {command}").format(command=command)


class _Parser(argparse.ArgumentParser):
    """argparse, with its errors as exceptions of ours."""

    def error(self, message: str) -> NoReturn:
        """Raises: UsageProblem."""
        raise UsageProblem(_with_hint(f"{message}."))


def _read_number(text: str) -> int:
    """A whole number as C writes it: 2048, 0x800, 04000, -1."""
    match = re.fullmatch(r"([+-]?)(0[xX][0-9a-fA-F]+|[0-9]+)", text)
    if not match:
        raise argparse.ArgumentTypeError(
            translate("“{text}” is not a whole number").format(text=text)
        )
    sign, digits = match.groups()
    octal = digits.startswith("0") and digits.isdigit()
    try:
        number = int(digits, 8 if octal else 0)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(
            translate("“{text}” is not a whole number").format(text=text)
        ) from problem
    return -number if sign == "-" else number


def _read_size(text: str) -> int:
    """The same, but not negative."""
    number = _read_number(text)
    if number < 0:
        raise argparse.ArgumentTypeError(translate("{number} is negative").format(number=number))
    return number


# --- options, each declared once -----------------------------------------------------------------


def _add_signature_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("how the signature is made"))
    group.add_argument(
        "-b", "--block-size", metavar="BYTES", type=_read_number, default=0,
        help=translate("block length; 0, the default, for the one that suits the file's size"),
    )  # fmt: skip
    group.add_argument(
        "-S", "--sum-size", metavar="BYTES", type=_read_number, default=0,
        help=translate("length of the strong sum; 0, the default, for the most, -1 for the least"),
    )  # fmt: skip
    group.add_argument(
        "-H", "--hash", metavar="ALG", choices=("blake2", "md4"), default="blake2",
        help=translate("strong sum: blake2 (default) or md4"),
    )  # fmt: skip
    group.add_argument(
        "-R", "--rollsum", metavar="ALG", choices=("rabinkarp", "rollsum"), default="rabinkarp",
        help=translate("rolling sum: rabinkarp (default) or rollsum"),
    )  # fmt: skip


def _add_patch_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("how far a delta may grow"))
    group.add_argument(
        "--limit", metavar="BYTES", type=_read_size,
        help=translate("refuse a delta that makes a larger file than this"),
    )  # fmt: skip


def _add_info_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("how it is told"))
    group.add_argument(
        "--json", action="store_true", help=translate("one JSON object, for programs")
    )


def _add_work_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("how the work is done"))
    group.add_argument(
        "-f", "--force", action="store_true",
        help=translate(
            "replace an existing result, let a delta grow without a limit, write binary data to a "
            "terminal"
        ),
    )  # fmt: skip
    group.add_argument(
        "-s", "--statistics", action="store_true", help=translate("tell at the end what was done")
    )
    group.add_argument(
        "--no-progress", action="store_true", help=translate("no progress bar on the terminal")
    )
    group.add_argument(
        "-I", "--input-size", metavar="BYTES", type=_read_size, default=0,
        help=translate("input buffer; 0, the default, for automatic"),
    )  # fmt: skip
    group.add_argument(
        "-O", "--output-size", metavar="BYTES", type=_read_size, default=0,
        help=translate("output buffer; 0, the default, for automatic"),
    )  # fmt: skip


def _add_general_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("and"))
    group.add_argument(
        "-v", "--verbose", action="store_true",
        help=translate("tell which librsync is used, and where a mistake of the program happened"),
    )  # fmt: skip
    group.add_argument(
        "-V", "--version", action="store_true",
        help=translate("the versions of this program and of librsync"),
    )  # fmt: skip
    group.add_argument("-?", "-h", "--help", action="store_true", help=translate("this text"))


_OPTIONS = (
    _add_signature_options,
    _add_patch_options,
    _add_info_options,
    _add_work_options,
    _add_general_options,
)

_OPTIONS_OF = {
    "signature": (_add_signature_options, _add_work_options, _add_general_options),
    "delta": (_add_work_options, _add_general_options),
    "patch": (_add_patch_options, _add_work_options, _add_general_options),
    "diff": (_add_signature_options, _add_work_options, _add_general_options),
    "info": (_add_info_options, _add_general_options),
}


def describe_options(verb: Verb, description: str, examples: str) -> str:
    """The help of one verb, with its options between the two texts."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} {verb.name} [OPTIONS] {verb.usage}",
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    for add_options in _OPTIONS_OF[verb.name]:
        add_options(parser)
    return parser.format_help()
