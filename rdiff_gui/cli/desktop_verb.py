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
            change = integration.install()
            _tell(_describe_installation(change), change)
        case "uninstall":
            change = integration.uninstall()
            _tell(_describe_removal(change), change)
        case _:
            for line in _describe_standing(integration.look()):
                print_answer(line)


def _tell(sentence: str, change: Change) -> None:
    print_answer(sentence)
    for remark in change.remarks:
        print_note(remark)


def _describe_installation(change: Change) -> str:
    return translate_plural(
        "Added to your desktop: {count} file in {folder}.",
        "Added to your desktop: {count} files in {folder}.",
        change.files,
    ).format(count=change.files, folder=show_name(change.folder))


def _describe_removal(change: Change) -> str:
    if not change.files and not change.left:
        return translate("It was not on your desktop; nothing was taken away.")
    return translate_plural(
        "Taken off your desktop: {count} file in {folder}.",
        "Taken off your desktop: {count} files in {folder}.",
        change.files,
    ).format(count=change.files, folder=show_name(change.folder))


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
