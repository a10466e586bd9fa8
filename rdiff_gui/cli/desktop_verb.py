"""The verb `desktop`: what was done on the user's desktop, or stands there, in words."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from rdiff_gui.cli.terminal import print_answer, print_note
from rdiff_gui.desktop import integration
from rdiff_gui.desktop.integration import Change, Standing, State
from rdiff_gui.errors import DesktopForeign
from rdiff_gui.wording import show_name, translate, translate_plural


def carry_out_desktop(action: str) -> None:
    """Install, uninstall or tell.

    Raises: DesktopProblem.
    """
    match action:
        case "install":
            _tell(_describe_installation(integration.install()))
        case "uninstall":
            _tell(_describe_removal(integration.uninstall()))
        case _:
            for line in _describe_standing(integration.look()):
                print_answer(line)


def _tell(told: tuple[str, Change]) -> None:
    sentence, change = told
    print_answer(sentence)
    for path in change.left:
        sentence = translate("“{name}” is not as this program put it there, and was left as it is.")
        print_note(sentence.format(name=show_name(path)))
    for tool in change.failed:
        print_note(
            translate(
                "{tool} is missing or did not work; without it the desktop may not notice."
            ).format(tool=tool)
        )


def _describe_installation(change: Change) -> tuple[str, Change]:
    text = translate_plural(
        "Added to your desktop: {count} file in {folder}.",
        "Added to your desktop: {count} files in {folder}.",
        change.files,
    )
    return text.format(count=change.files, folder=show_name(change.folder)), change


def _describe_removal(change: Change) -> tuple[str, Change]:
    if not change.files and not change.left:
        return translate("It was not on your desktop; nothing was taken away."), change
    text = translate_plural(
        "Taken off your desktop: {count} file in {folder}.",
        "Taken off your desktop: {count} files in {folder}.",
        change.files,
    )
    return text.format(count=change.files, folder=show_name(change.folder)), change


def _describe_standing(standing: Standing) -> Iterable[str]:
    yield {
        State.FOREIGN: str(DesktopForeign()),
        State.ABSENT: translate("Not added to your desktop."),
        State.CURRENT: translate("Added to your desktop."),
        State.OUTDATED: translate(
            "Added to your desktop by another version or from another place. "
            "“desktop install” makes it this one."
        ),
        State.INCOMPLETE: translate(
            "Added to your desktop, but files are missing. “desktop install” puts them back."
        ),
    }[standing.state]
    if standing.version is not None:
        yield translate("  version: {version}").format(version=standing.version)
        yield translate("  starts:  {command}").format(command=_show_command(standing.command))
        yield translate("  files:   {count} in {folder}").format(
            count=standing.files, folder=show_name(standing.folder)
        )
    for path in standing.changed:
        yield translate("  changed since: {name}").format(name=show_name(path))
    if standing.system_entry is not None:
        yield translate("A package of this system has added it for everybody: {name}").format(
            name=show_name(standing.system_entry)
        )


def _show_command(command: tuple[str, ...]) -> str:
    if len(command) == 1:
        return show_name(Path(command[0]))
    return show_name(shlex.join(command))
