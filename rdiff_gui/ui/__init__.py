"""The window, the only room that imports tkinter: its pages, and the slots that files go into."""

from __future__ import annotations

import enum


class Page(enum.StrEnum):
    """What the rail leads to."""

    START = "start"
    SIGNATURE = "signature"
    DELTA = "delta"
    PATCH = "patch"
    SEVERAL = "several"
    HISTORY = "history"
    SETTINGS = "settings"


class Slot(enum.StrEnum):
    """Where a file can be put. `UNDECIDED` waits on the start page for the user to say.

    `SEVERAL` holds any number of files and folders.
    """

    UNDECIDED = "undecided"
    OLD_TO_SIGN = "old file to sign"
    SIGNATURE = "signature"
    OLD_TO_COMPARE = "old file to compare"
    NEW_FILE = "new file"
    OLD_TO_PATCH = "old file to patch"
    DELTA = "delta"
    SEVERAL = "several files"

    @property
    def page(self) -> Page:
        """The page it is on."""
        return _PAGES[self]

    @property
    def takes_folders(self) -> bool:
        """Whether a whole folder can be put there as well."""
        return self not in (Slot.SIGNATURE, Slot.DELTA)


_PAGES = {
    Slot.UNDECIDED: Page.START,
    Slot.OLD_TO_SIGN: Page.SIGNATURE,
    Slot.SIGNATURE: Page.DELTA,
    Slot.OLD_TO_COMPARE: Page.DELTA,
    Slot.NEW_FILE: Page.DELTA,
    Slot.OLD_TO_PATCH: Page.PATCH,
    Slot.DELTA: Page.PATCH,
    Slot.SEVERAL: Page.SEVERAL,
}
