"""What the start page says."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.desktop.history import HistoryEntry
from rdiff_gui.ui.slots import Slot
from rdiff_gui.ui.text import OPERATIONS, show_when
from rdiff_gui.wording import name_of, show_size, translate

TITLE = translate("What do you have?")
SUBTITLE = translate(
    "Send only what changed in a file: a small signature goes one way, a small delta comes back."
)
YOUR_FILES = translate("Your files")
DROP_ANYTHING = translate(
    "Drop anything here: a file, a signature, a delta, or two that belong together"
)
SITUATIONS = {
    Slot.OLD_TO_SIGN: (
        translate("My old file is here, the new one is on another computer"),
        translate("Make a signature and send it there. A delta comes back; patch with it."),
        translate("Make a signature"),
    ),
    Slot.NEW_FILE: (
        translate("The new file is here, somebody has the old one"),
        translate("Take their signature, make the delta with it, and send that back."),
        translate("Make a delta"),
    ),
    Slot.OLD_TO_COMPARE: (
        translate("Both files are here"),
        translate("Compare them, and make a delta for everybody who has the old one."),
        translate("Compare two files"),
    ),
    Slot.OLD_TO_PATCH: (
        translate("I got a delta"),
        translate("Apply it to your old file, and the new one comes out."),
        translate("Apply a delta"),
    ),
}
RECENT = translate("Recent work")


def which_is_it(path: Path, size_bytes: int) -> str:
    """A single ordinary file was dropped: only the user knows what it is."""
    return translate("“{name}”, {size}, is an ordinary file. Which of these is it for?").format(
        name=name_of(path), size=show_size(size_bytes)
    )


def recent_line(entry: HistoryEntry, now: float) -> str:
    """One finished operation in a line."""
    parts = (
        OPERATIONS[entry.operation],
        show_size(entry.output_bytes),
        show_when(entry.finished, now),
    )
    return " · ".join(parts)
