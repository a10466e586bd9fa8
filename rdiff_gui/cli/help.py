"""The help of the program, and of each verb, written from the table."""

from __future__ import annotations

from rdiff_gui.cli.table import GROUPS, PROGRAM, VERBS, Group, Option, Verb, groups_of
from rdiff_gui.wording import spoken_language, translate

# Columns between which the help has an option's text.
_HELP_START = 26
_HELP_END = 96


def write_help(verb: Verb | None) -> str:
    """The help of one verb, or of the whole program."""
    if verb is None:
        return _overview()
    usage = translate("usage: {command}").format(
        command=f"{PROGRAM} {verb.name} [OPTIONS] {verb.usage}"
    )
    groups = map(_describe_group, groups_of(verb))
    examples = "\n  ".join([translate("examples:"), *verb.examples])
    return "\n\n".join([usage, translate(verb.description), *groups, examples]) + "\n"


def _describe_group(group: Group) -> str:
    title = translate("{label}:").format(label=translate(group.title))
    return "\n".join([title, *map(_describe_option, group.options)])


def _describe_option(option: Option) -> str:
    """Names, then what it does, beside them or, where they are long, below."""
    import textwrap  # for the help alone

    value = f" {option.value}" if option.value else ""
    names = "  " + ", ".join(f"{name}{value}" for name in option.names)
    columns = _HELP_END - _HELP_START
    # Their letters are twice as wide.
    length = columns // 2 if spoken_language() in ("ja", "ko", "zh_CN", "zh_TW") else columns
    lines = textwrap.wrap(translate(option.help), length)
    below = [f"{'':{_HELP_START}}{line}" for line in lines]
    if len(names) > _HELP_START - 2:
        return "\n".join([names, *below])
    return "\n".join([f"{names:{_HELP_START}}{lines[0]}", *below[1:]])


def _overview() -> str:
    verbs = "\n".join(
        f"  {verb.name:<9} {verb.usage:<29} {translate(verb.purpose)}" for verb in VERBS.values()
    )
    # Those of rdiff's whole program.
    options = "\n\n".join(_describe_group(group) for group in GROUPS if not group.ours)
    return translate(
        """\
usage: {program} [OPTIONS] VERB [FILE…]
       {program} [FILE…]                 opens the window, or brings it to the front
       {program} --new-window [FILE…]    opens another one
       {program} --selftest              checks this installation

Send only what changed of a file.

{verbs}

“-”, or a file left out at the end, is standard input or output. Options stand anywhere. The verbs
signature, delta and patch are rdiff's.

{options}

{program} VERB --help tells all options of a verb.

examples:
  {program} signature photos.db photos.sig            where the old file is
  {program} delta photos.sig new/photos.db d.delta    where the new file is
  {program} patch photos.db d.delta photos-new.db     where the old file is, again
  {program} diff photos.db new/photos.db d.delta      both files are here
  {program} verify photos.db d.delta
  {program} info d.delta

Exit codes: 0 done · 100 a file or librsync · 101 the command line · 103 something is cut off
or too short · 104 not a delta · 105 from a newer program · 106 damaged, the wrong old file, or
not a signature · 108 out of range · 130 Ctrl-C
"""
    ).format(program=PROGRAM, verbs=verbs, options=options)
