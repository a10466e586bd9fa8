"""The help: what each verb does, with examples to copy."""

from __future__ import annotations

import textwrap

from rdiff_gui.cli.arguments import PROGRAM, VERBS, HelpWanted, Verb
from rdiff_gui.cli.options import GROUPS, Group, Option, groups_of
from rdiff_gui.wording import translate

# Columns between which an option's text stands.
_HELP_START = 26
_HELP_END = 96


def write_help(wanted: HelpWanted) -> str:
    """The help of one verb, or of the whole program."""
    if wanted.verb is None:
        return _overview()
    description, examples = instructions()[wanted.verb.name]
    title = translate("examples:")
    return _describe_options(wanted.verb, description, f"{title}\n{_indent(examples)}")


def _describe_options(verb: Verb, description: str, examples: str) -> str:
    """The help of one verb, with its options between the two texts."""
    usage = f"usage: {PROGRAM} {verb.name} [OPTIONS] {verb.usage}"
    groups = map(_describe_group, groups_of(verb.name))
    return "\n\n".join([usage, description, *groups, examples]) + "\n"


def _describe_group(group: Group) -> str:
    return "\n".join([f"{group.title()}:", *map(_describe_option, group.options)])


def _describe_option(option: Option) -> str:
    """Names, then what it does, beside them or, where they are long, below."""
    value = f" {option.metavar}" if option.metavar else ""
    names = "  " + ", ".join(f"{name}{value}" for name in option.names)
    lines = textwrap.wrap(option.help(), _HELP_END - _HELP_START)
    below = [f"{'':{_HELP_START}}{line}" for line in lines]
    if len(names) > _HELP_START - 2:
        return "\n".join([names, *below])
    return "\n".join([f"{names:{_HELP_START}}{lines[0]}", *below[1:]])


def purposes() -> dict[str, str]:
    """What each verb is for, in a few words."""
    return {
        "signature": translate("tell what the old file holds"),
        "delta": translate("write what is new in the new file"),
        "patch": translate("make the new file from the old one and the delta"),
        "diff": translate("write a delta when both files are here"),
        "verify": translate("say whether a delta would apply, and be right"),
        "info": translate("say what a file is, holds and needs"),
        "desktop": translate("have files open with a double-click"),
    }


def _overview() -> str:
    purpose = purposes()
    verbs = "\n".join(
        f"  {verb.name:<9} {verb.usage:<29} {purpose[verb.name]}" for verb in VERBS.values()
    )
    # Those of rdiff's whole program.
    options = "\n\n".join(_describe_group(group) for group in GROUPS if not group.ours)
    return translate(
        """\
usage: {program} [OPTIONS] VERB [FILE…]
       {program} [FILE…]                 opens the window
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


def instructions() -> dict[str, tuple[str, str]]:
    """For each verb: what it does, and examples."""
    return _instructions_of_rdiffs_verbs() | _instructions_of_ours()


def _instructions_of_rdiffs_verbs() -> dict[str, tuple[str, str]]:
    return {
        "signature": (
            translate(
                """\
Write the signature of BASIS, the old file.
It is small and all that is needed to make a delta elsewhere. rdiff reads it; with --plain it is
byte for byte what rdiff writes, without the seal by which damage and mix-ups are noticed."""
            ),
            """\
signature photos.db photos.sig
signature -b 4096 -H md4 photos.db photos.sig
rdiff-gui signature photos.db | ssh host 'rdiff-gui delta - photos.db new.delta'""",
        ),
        "delta": (
            translate(
                """\
Write what changed: from SIGNATURE, of the old file, and NEWFILE.
Whoever has the old file makes NEWFILE from it and the delta."""
            ),
            """\
delta photos.sig photos.db new.delta
tar c photos | rdiff-gui delta photos.sig - new.delta
delta -s photos.sig photos.db new.delta""",
        ),
        "patch": (
            translate(
                """\
Make the new file from BASIS, the old file, and DELTA.
Both are checked before anything is written, and NEWFILE appears whole and right or not at all."""
            ),
            """\
patch photos.db new.delta photos-new.db
patch photos.tar new.delta | tar x
patch --in-place --undo back.delta photos.db new.delta
patch --limit 2000000000 photos.db new.delta photos-new.db""",
        ),
    }


def _instructions_of_ours() -> dict[str, tuple[str, str]]:
    return {
        "diff": (
            translate(
                """\
Write the delta from OLD to NEW, when both files are here.
The same as signature and delta in a row, without a signature file to look after."""
            ),
            """\
diff photos.db photos-new.db new.delta
diff --compress old.iso new.iso new.delta
diff -s -b 1024 old.iso new.iso new.delta""",
        ),
        "verify": (
            translate(
                """\
Say whether DELTA applies to BASIS, and whether the result is right. Nothing is written.
The exit code is what patch would have given."""
            ),
            """\
verify photos.db new.delta
rdiff-gui verify photos.db new.delta && rdiff-gui patch --in-place photos.db new.delta""",
        ),
        "info": (
            translate(
                """\
Say what FILE is: a signature, a delta or an ordinary file.
And what it holds and needs. All commands of a delta are checked on the way."""
            ),
            """\
info new.delta
info --json photos.sig""",
        ),
        "desktop": (
            translate(
                """\
Add the program to your desktop, for you alone and without root: the types of signatures and
deltas, so that they open with a double-click, and, but on Windows, its entry and icon, this
manual, and completions for shells. uninstall takes just that away again; status says what is
there."""
            ),
            """\
desktop install
desktop status
desktop uninstall""",
        ),
    }


def _indent(examples: str) -> str:
    lines = examples.splitlines()
    return "\n".join(f"  {line if PROGRAM in line else f'{PROGRAM} {line}'}" for line in lines)
