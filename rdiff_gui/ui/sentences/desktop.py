"""The program and the user's desktop: an offer on the start page, a card in the settings."""

from __future__ import annotations

import sys
from pathlib import Path

from rdiff_gui.wording import show_name, translate

if sys.platform == "win32":
    OFFER = translate("Open signatures and deltas with a double-click?")
    CURRENT = translate("Signatures and deltas open with a double-click.")
else:
    OFFER = translate(
        "Open signatures and deltas with a double-click, and have the program in the menu?"
    )
    CURRENT = translate(
        "Signatures and deltas open with a double-click, and the menu has the program."
    )
ADD = translate("Add to this desktop")
NO_THANKS = translate("No thanks")
ADDING = translate("Adding to this desktop…")
ADDED = translate(
    "Done: signatures and deltas open with a double-click. The settings take it back."
)

TITLE = translate("Double-click")
REMOVE = translate("Remove from this desktop")
UPDATE = translate("Make it this one")
REPAIR = translate("Put them back")
ABSENT = translate("Signatures and deltas do not open with a double-click yet.")
OUTDATED = translate(
    "Signatures and deltas open with another version of the program, or from another place."
)
INCOMPLETE = translate("Signatures and deltas opened with a double-click; a part of that has gone.")


def by_a_package(entry: Path) -> str:
    """A package has added the program for everybody."""
    return translate(
        "A package of this system has it so for everybody: signatures and deltas open with a "
        "double-click ({entry})."
    ).format(entry=show_name(entry))
