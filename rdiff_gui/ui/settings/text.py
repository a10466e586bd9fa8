"""What the settings say, and the offer to add the program to the desktop."""

from __future__ import annotations

import sys

from rdiff_gui.desktop.settings import ThemeChoice
from rdiff_gui.wording import translate

TITLE = translate("Settings")
SUBTITLE = translate("Changes count at once and are remembered.")
COLOURS = translate("Colours")
THEMES = {
    ThemeChoice.SYSTEM: translate("As the system"),
    ThemeChoice.LIGHT: translate("Light"),
    ThemeChoice.DARK: translate("Dark"),
}
ABOUT = translate("About")
LICENCES = translate("Licences of all parts")
NO_LICENCES = translate("No licence texts were found on this computer.")
PART = translate("Part")
LIBRSYNC_MAY_BE_REPLACED = translate(
    "librsync is under the LGPL. To use another build of it, start the program with {variable} "
    "set to the full path of its file."
)


def about_rows(program: str, librsync: str, library: str) -> list[tuple[str, str]]:
    """Versions, for the settings page."""
    return [
        ("rdiff-gui", program),
        ("librsync", librsync),
        (translate("Library"), library),
        (translate("Licence"), translate("MIT: free to use, change and pass on")),
    ]


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
DESKTOP_TITLE = translate("Double-click")
REMOVE = translate("Remove from this desktop")
UPDATE = translate("Make it this one")
REPAIR = translate("Put them back")
ABSENT = translate("Signatures and deltas do not open with a double-click yet.")
OUTDATED = translate(
    "Signatures and deltas open with another version of the program, or from another place."
)
INCOMPLETE = translate("Signatures and deltas opened with a double-click; a part of that has gone.")
BY_A_PACKAGE = translate(
    "A package of this system has it so for everybody: signatures and deltas open with a "
    "double-click ({entry})."
)
