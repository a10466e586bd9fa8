"""Completions for bash, zsh and fish.

Options are offered for the verb that stands on the line, and all of them before there is one.

shtab makes such files of an argparse parser, but, tried in the three shells, offers no files where
there is no verb yet, which the window takes; nor the values of --hash= in bash and zsh, nor
anything behind -b64 in zsh; and shellcheck objects.
"""

from __future__ import annotations

from collections.abc import Iterable

from manuals import ALONE, options_of
from rdiff_gui.cli.table import OPTIONS, VERBS, Option

_HEAD = "Written by tools/manual from what the command line declares."
_VERBS = list(VERBS.values())


def write_bash() -> str:
    """For bash, with no need of bash-completion's own functions."""
    files = [option for option in OPTIONS if option.value == "FILE"]
    free = [option for option in OPTIONS if option.most]
    choices = "\n".join(
        f"        {_names([option], '|')}) "
        f'COMPREPLY=($(compgen -W "{" ".join(option.choices)}" -- "$cur")); return ;;'
        for option in OPTIONS
        if option.choices
    )
    actions = "\n".join(
        f'        {verb.name}) COMPREPLY=($(compgen -W "{" ".join(verb.actions)}" -- "$cur")) ;;'
        for verb in _VERBS
        if verb.actions
    )
    options = "\n".join(
        f'            {verb.name}) options="{_names(options_of(verb))}" ;;' for verb in _VERBS
    )
    return f"""\
# {_HEAD}
_rdiff_gui() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}} verb='' word options
    # bash makes words of their own of --option=value.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $word in
            {"|".join(VERBS)}) verb=$word; break ;;
        esac
    done
    case $prev in
{choices}
        {_names(files, "|")}) return ;;
        {_names(free, "|")}) compopt +o default +o bashdefault; return ;;
    esac
    if [[ $cur == -* ]]; then
        case $verb in
{options}
            *) options="{_names(OPTIONS)} {" ".join(ALONE)}" ;;
        esac
        COMPREPLY=($(compgen -W "$options" -- "$cur"))
        return
    fi
    case $verb in
        "") COMPREPLY=($(compgen -W "{" ".join(VERBS)}" -- "$cur")) ;;
{actions}
    esac
}}
# Where nothing is offered, a file's name is completed.
complete -o bashdefault -o default -F _rdiff_gui rdiff-gui
"""


def write_zsh() -> str:
    """For zsh."""
    cases = []
    for verb in _VERBS:
        words = [f"'1:verb:({verb.name})'"]
        if verb.actions:
            words.append(f"'2:what:({' '.join(verb.actions)})'")
        else:
            words += [f"'{place}:{word}:_files'" for place, word in enumerate(verb.words, start=2)]
        cases.append(_zsh_case(verb.name, [*map(_zsh_option, options_of(verb)), *words]))
    verbs = "\n    ".join(f"'{verb.name}:{_one_quote(verb.purpose)}'" for verb in _VERBS)
    alone = [f"'{name}[{purpose}]'" for name, purpose in ALONE.items()]
    anything = [*alone, "'1: :_rdiff-gui-first'", "'*:file:_files'"]
    cases.append(_zsh_case("*", [*map(_zsh_option, OPTIONS), *anything]))
    return f"""\
#compdef rdiff-gui
# {_HEAD}
_rdiff-gui-first() {{
  local -a verbs=(
    {verbs}
  )
  _describe -t verbs verb verbs
  _files
}}
_rdiff-gui() {{
  case ${{words[(r)({"|".join(VERBS)})]}} in
{"".join(cases)}  esac
}}
_rdiff-gui "$@"
"""


def write_fish() -> str:
    """For fish."""
    verbs = " ".join(VERBS)
    lines = [
        f"# {_HEAD}",
        "function __rdiff_gui_may_be --description 'no verb yet, or one of these'",
        f"    not __fish_seen_subcommand_from {verbs}",
        "    or __fish_seen_subcommand_from $argv",
        "end",
    ]
    for verb in _VERBS:
        lines.append(
            f"complete -c rdiff-gui -n 'not __fish_seen_subcommand_from {verbs}' "
            f"-a {verb.name} -d '{_fish(verb.purpose)}'"
        )
        if verb.actions:
            condition = f"__fish_seen_subcommand_from {verb.name}"
            lines.append(f"complete -c rdiff-gui -n '{condition}' -f -a '{' '.join(verb.actions)}'")
    for option in OPTIONS:
        owners = [verb.name for verb in _VERBS if option in options_of(verb)]
        lines += _fish_option(option, owners)
    for name, purpose in ALONE.items():
        lines.append(
            f"complete -c rdiff-gui -n 'not __fish_seen_subcommand_from {verbs}' "
            f"-l {name.removeprefix('--')} -d '{purpose}'"
        )
    return "\n".join(lines) + "\n"


def _typed(option: Option) -> list[str]:
    """The names that a shell completes: a question mark is a pattern for it."""
    return [name for name in option.names if name != "-?"]


def _names(options: Iterable[Option], separator: str = " ") -> str:
    return separator.join(name for option in options for name in _typed(option))


def _zsh_case(pattern: str, parts: list[str]) -> str:
    return f"    {pattern})\n      _arguments -s -S \\\n        " + (
        " \\\n        ".join(parts) + "\n      ;;\n"
    )


def _zsh_option(option: Option) -> str:
    """The specification of one option, which excludes its own other names."""
    names = _typed(option)
    value = ""
    if option.choices:
        value = f":{option.value}:({' '.join(option.choices)})"
    elif option.value:
        value = f":{option.value}:{'_files' if option.value == 'FILE' else ''}"
    text = _one_quote(option.help).replace("[", r"\[").replace("]", r"\]")
    told = f"[{text}]{value}"
    if len(names) == 1:
        return f"'{names[0]}{_zsh_equals(names[0], value)}{told}'"
    spelled = ",".join(f"{name}{_zsh_equals(name, value)}" for name in names)
    return f"'({' '.join(names)})'{{{spelled}}}'{told}'"


def _zsh_equals(name: str, value: str) -> str:
    if not value:
        return ""
    return "=" if name.startswith("--") else "+"


def _one_quote(text: str) -> str:
    return text.replace("'", "'\\''").replace(":", "\\:")


def _fish_option(option: Option, owners: list[str]) -> list[str]:
    """One line; each further long name, as of --no-compress, has one of its own."""
    short = [name[1:] for name in _typed(option) if not name.startswith("--")]
    long = [name[2:] for name in _typed(option) if name.startswith("--")]
    value = ""
    if option.choices:
        value = f" -x -a '{' '.join(option.choices)}'"
    elif option.value:
        value = " -x" if option.most else " -r -F"
    start = f"complete -c rdiff-gui -n '__rdiff_gui_may_be {' '.join(owners)}'"
    shorts = "".join(f" -s {name}" for name in short)
    return [
        f"{start}{shorts if name == long[0] else ''} -l {name}{value} -d '{_fish(option.help)}'"
        for name in long
    ]


def _fish(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
