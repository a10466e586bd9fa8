"""The manual page and the completions for shells, written from the command line's table."""

from rdiff_gui.cli.table import Option, Verb, groups_of

SELFTEST = "--selftest"


def options_of(verb: Verb) -> list[Option]:
    """All options of a verb."""
    return [option for group in groups_of(verb) for option in group.options]
