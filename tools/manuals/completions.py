"""Completions for bash, zsh and fish.

Options are offered for the verb that stands on the line, and all of them before there is one.
"""

from __future__ import annotations

from collections.abc import Iterable

from manuals.commands import SELFTEST, Command, Option, all_options

_HEAD = "Written by tools/manual from what the command line declares."


def write_bash(commands: list[Command]) -> str:
    """For bash, with no need of bash-completion's own functions."""
    everything = all_options()
    files = [name for option in everything if option.takes_file for name in option.typed]
    free = [
        name
        for option in everything
        if option.metavar and not option.choices and not option.takes_file
        for name in option.typed
    ]
    choices = "\n".join(
        f"        {'|'.join(option.typed)}) "
        f'COMPREPLY=($(compgen -W "{" ".join(option.choices)}" -- "$cur")); return ;;'
        for option in everything
        if option.choices
    )
    actions = "\n".join(
        f"        {command.name}) "
        f'COMPREPLY=($(compgen -W "{" ".join(command.actions)}" -- "$cur")) ;;'
        for command in commands
        if command.actions
    )
    options = "\n".join(
        f'            {command.name}) options="{_names(command.options)}" ;;'
        for command in commands
    )
    verbs = [command.name for command in commands]
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
            {"|".join(verbs)}) verb=$word; break ;;
        esac
    done
    case $prev in
{choices}
        {"|".join(files)}) return ;;
        {"|".join(free)}) compopt +o default +o bashdefault; return ;;
    esac
    if [[ $cur == -* ]]; then
        case $verb in
{options}
            *) options="{_names(everything)} {SELFTEST}" ;;
        esac
        COMPREPLY=($(compgen -W "$options" -- "$cur"))
        return
    fi
    case $verb in
        "") COMPREPLY=($(compgen -W "{" ".join(verbs)}" -- "$cur")) ;;
{actions}
    esac
}}
# Where nothing is offered, a file's name is completed.
complete -o bashdefault -o default -F _rdiff_gui rdiff-gui
"""


def write_zsh(commands: list[Command]) -> str:
    """For zsh."""
    cases = []
    for command in commands:
        words = [f"'1:verb:({command.name})'"]
        if command.actions:
            words.append(f"'2:what:({' '.join(command.actions)})'")
        else:
            words += [
                f"'{place}:{word}:_files'" for place, word in enumerate(command.words, start=2)
            ]
        cases.append(_zsh_case(command.name, [*map(_zsh_option, command.options), *words]))
    verbs = [f"'{command.name}:{_one_quote(command.purpose)}'" for command in commands]
    everything = [
        *map(_zsh_option, all_options()),
        f"'{SELFTEST}[check this installation]'",
    ]
    cases.append(_zsh_case("*", [*everything, "'1: :_rdiff-gui-first'", "'*:file:_files'"]))
    return f"""\
#compdef rdiff-gui
# {_HEAD}
_rdiff-gui-first() {{
  local -a verbs=(
    {_lines(verbs, 4)}
  )
  _describe -t verbs verb verbs
  _files
}}
_rdiff-gui() {{
  case ${{words[(r)({"|".join(command.name for command in commands)})]}} in
{"".join(cases)}  esac
}}
_rdiff-gui "$@"
"""


def write_fish(commands: list[Command]) -> str:
    """For fish."""
    verbs = " ".join(command.name for command in commands)
    lines = [
        f"# {_HEAD}",
        "function __rdiff_gui_may_be --description 'no verb yet, or one of these'",
        f"    not __fish_seen_subcommand_from {verbs}",
        "    or __fish_seen_subcommand_from $argv",
        "end",
    ]
    for command in commands:
        lines.append(
            f"complete -c rdiff-gui -n 'not __fish_seen_subcommand_from {verbs}' "
            f"-a {command.name} -d '{_fish(command.purpose)}'"
        )
        if command.actions:
            condition = f"__fish_seen_subcommand_from {command.name}"
            lines.append(
                f"complete -c rdiff-gui -n '{condition}' -f -a '{' '.join(command.actions)}'"
            )
    for option in all_options():
        owners = [command.name for command in commands if option in command.options]
        lines += _fish_option(option, owners)
    lines.append(
        f"complete -c rdiff-gui -n 'not __fish_seen_subcommand_from {verbs}' "
        f"-l {SELFTEST.removeprefix('--')} -d 'check this installation'"
    )
    return "\n".join(lines) + "\n"


def _names(options: Iterable[Option]) -> str:
    return " ".join(name for option in options for name in option.typed)


def _lines(parts: list[str], indent: int) -> str:
    return f"\n{' ' * indent}".join(parts)


def _zsh_case(pattern: str, parts: list[str]) -> str:
    return f"    {pattern})\n      _arguments -s -S \\\n        " + (
        " \\\n        ".join(parts) + "\n      ;;\n"
    )


def _zsh_option(option: Option) -> str:
    """The specification of one option, which excludes its own other names."""
    names = option.typed
    value = ""
    if option.choices:
        value = f":{option.metavar}:({' '.join(option.choices)})"
    elif option.metavar:
        value = f":{option.metavar}:{'_files' if option.takes_file else ''}"
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
    short = [name[1:] for name in option.typed if not name.startswith("--")]
    long = [name[2:] for name in option.typed if name.startswith("--")]
    value = ""
    if option.choices:
        value = f" -x -a '{' '.join(option.choices)}'"
    elif option.metavar:
        value = " -r -F" if option.takes_file else " -x"
    start = f"complete -c rdiff-gui -n '__rdiff_gui_may_be {' '.join(owners)}'"
    shorts = "".join(f" -s {name}" for name in short)
    return [
        f"{start}{shorts if name == long[0] else ''} -l {name}{value} -d '{_fish(option.help)}'"
        for name in long
    ]


def _fish(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
