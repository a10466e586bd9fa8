"""The verb `desktop`: what was done on the user's desktop, or stands there, in words."""

from __future__ import annotations

import shlex
import sys
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
    return translate("Added to your desktop: {what}.").format(
        what=_amount(change.files, change.folder)
    )


def _describe_removal(change: Change) -> str:
    if not change.files and not change.left:
        return translate("It was not on your desktop; nothing was taken away.")
    return translate("Taken off your desktop: {what}.").format(
        what=_amount(change.files, change.folder)
    )


def _amount(count: int, folder: Path) -> str:
    if sys.platform == "win32":
        what = translate_plural("{count} entry in {folder}", "{count} entries in {folder}", count)
    else:
        what = translate_plural("{count} file in {folder}", "{count} files in {folder}", count)
    return what.format(count=count, folder=show_name(folder))


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
            "Added to your desktop, but a part is missing. “desktop install” puts it back."
        ),
    }[standing.state]
    if standing.version is not None:
        yield translate("  version: {version}").format(version=standing.version)
        yield translate("  starts:  {command}").format(command=_show_command(standing.command))
        yield translate("  holds:   {what}").format(what=_amount(standing.files, standing.folder))
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
