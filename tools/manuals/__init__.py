"""The manual page and the completions for shells, written from the command line's table."""

from rdiff_gui.cli.table import Option, Verb, groups_of

# What stands first, without a verb.
ALONE = {
    "--new-window": "open a window of its own, whichever is open already",
    "--selftest": "check this installation",
}


def options_of(verb: Verb) -> list[Option]:
    """All options of a verb."""
    return [option for group in groups_of(verb) for option in group.options]
