"""The command line as facts: verbs, their words, options and texts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rdiff_gui.cli import options as declared
from rdiff_gui.cli.arguments import DESKTOP_ACTIONS, PROGRAM, VERBS, HelpWanted
from rdiff_gui.cli.instructions import instructions, purposes, write_help

SELFTEST = "--selftest"
# A question mark is a pattern for every shell.
_NOT_COMPLETED = "-?"


@dataclass(frozen=True)
class Option:
    """One option; `metavar` is what follows it, or None for a switch."""

    names: tuple[str, ...]
    metavar: str | None
    choices: tuple[str, ...]
    help: str

    @property
    def typed(self) -> list[str]:
        """The names that a shell completes."""
        return [name for name in self.names if name != _NOT_COMPLETED]

    @property
    def takes_file(self) -> bool:
        """Whether a file's name follows."""
        return self.metavar == "FILE"


@dataclass(frozen=True)
class Group:
    """Options under a title."""

    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Command:
    """A verb with all that is told of it; `words` are what its file names are called."""

    name: str
    usage: str
    purpose: str
    description: str
    examples: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def options(self) -> list[Option]:
        """Those of all groups."""
        return [option for group in self.groups for option in group.options]

    @property
    def words(self) -> list[str]:
        """What each of its words is called."""
        return re.findall(r"[A-Z]+", self.usage)

    @property
    def actions(self) -> tuple[str, ...]:
        """What its word can be, where that is not a file."""
        return DESKTOP_ACTIONS if self.name == "desktop" else ()


def read_commands() -> list[Command]:
    """All verbs in their order."""
    texts, purpose = instructions(), purposes()
    return [
        Command(
            verb.name, verb.usage, purpose[verb.name], texts[verb.name][0],
            tuple(
                line if PROGRAM in line else f"{PROGRAM} {line}"
                for line in texts[verb.name][1].splitlines()
            ),
            _read_groups(declared.groups_of(verb.name)),
        )
        for verb in VERBS.values()
    ]  # fmt: skip


def all_groups() -> tuple[Group, ...]:
    """Every group of options once."""
    return _read_groups(declared.GROUPS)


def all_options() -> list[Option]:
    """Every option once, as it may stand before the verb."""
    return [option for group in all_groups() for option in group.options]


def exit_codes() -> list[tuple[str, str]]:
    """Each code with its meaning, as the help tells them."""
    told = re.search(r"^Exit codes: (.*?)$\n\Z", write_help(HelpWanted(None)), re.M | re.S)
    assert told, "the help tells no exit codes"
    pairs = " ".join(told.group(1).split()).split(" · ")
    return [(code, meaning) for code, _, meaning in (pair.partition(" ") for pair in pairs)]


def _read_groups(groups: tuple[declared.Group, ...]) -> tuple[Group, ...]:
    return tuple(
        Group(
            group.title(),
            tuple(
                Option(option.names, option.metavar, option.choices, option.help())
                for option in group.options
            ),
        )
        for group in groups
    )
