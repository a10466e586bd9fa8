"""The window around the steps: start page, history, settings, trouble, closing."""

from __future__ import annotations

import datetime
from pathlib import Path

from rdiff_gui.desktop.history import HistoryEntry, Operation
from rdiff_gui.desktop.settings import ThemeChoice
from rdiff_gui.ui.sentences.placing import name_of
from rdiff_gui.ui.slots import Page, Slot
from rdiff_gui.wording import local_time, show_name, show_percent, show_size, translate

APP_TITLE = "rdiff-gui"
PAGE_NAMES = {
    Page.START: translate("Start"),
    Page.SIGNATURE: translate("Signature"),
    Page.DELTA: translate("Delta"),
    Page.PATCH: translate("Patch"),
    Page.HISTORY: translate("History"),
    Page.SETTINGS: translate("Settings"),
}
BROWSE = translate("Browse…")
CANCEL = translate("Cancel")

CLOSE_QUESTION = translate(
    "Work is still going on. Closing stops it; every file stays as it was before."
)
STOP_AND_CLOSE = translate("Stop and close")
KEEP_GOING = translate("Keep going")
CLOSING = translate("Stopping the work; the window closes in a moment.")
DISMISS = translate("Dismiss")

NO_DISPLAY = translate(
    "There is no display to open a window on. Use the command line instead: rdiff-gui --help"
)
SCREEN_LOST = translate(
    "The screen went away, and the window with it. Work that was going on was stopped; "
    "no file is left half done."
)
NO_TKINTER = translate(
    "The window needs Python's tkinter, which is not installed (on Debian and Ubuntu: "
    "sudo apt install python3-tk). The command line works without it: rdiff-gui --help"
)
UNEXPECTED = translate(
    "Something happened that this program did not foresee. "
    "The details below help whoever looks into it."
)
TRY_AGAIN = translate("Try again")
COPY_COMMAND = translate("Copy command")

START_TITLE = translate("What do you have?")
START_SUBTITLE = translate(
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

HISTORY_TITLE = translate("History")
HISTORY_SUBTITLE = translate("What was made on this computer, newest first.")
HISTORY_EMPTY = translate("Nothing yet. What you make will be listed here.")
CLEAR_HISTORY = translate("Clear history")
HISTORY_COLUMNS = (
    translate("When"),
    translate("What"),
    translate("Result"),
    translate("Size"),
    translate("Saved"),
)
OPERATIONS = {
    Operation.SIGNATURE: translate("Signature"),
    Operation.DELTA: translate("Delta"),
    Operation.PATCH: translate("Patch"),
}

SETTINGS_TITLE = translate("Settings")
SETTINGS_SUBTITLE = translate("Changes count at once and are remembered.")
COLOURS = translate("Colours")
DARK = translate("Dark")
THEMES = {
    ThemeChoice.SYSTEM: translate("As the system"),
    ThemeChoice.LIGHT: translate("Light"),
    ThemeChoice.DARK: translate("Dark"),
}
ABOUT = translate("About")
LICENCE = translate("MIT: free to use, change and pass on")
LICENCES = translate("Licences of all parts")
NO_LICENCES = translate("No licence texts were found on this computer.")
PART = translate("Part")


def librsync_may_be_replaced(variable: str) -> str:
    """What the LGPL gives the user."""
    return translate(
        "librsync is under the LGPL. To use another build of it, start the program with {variable} "
        "set to the full path of its file."
    ).format(variable=variable)


def librsync_not_found(remedy: str) -> str:
    """Librsync is not installed."""
    return translate(
        "librsync, which does the work, was not found on this computer. Install it with:  {remedy}"
    ).format(remedy=remedy)


def no_drag_and_drop(remedy: str | None) -> str:
    """Tk's extension did not load; the command where a library of the system is missing."""
    if remedy is None:
        return translate(
            "Files cannot be dropped on this window, since Tk's extension for that does not load "
            "here. The Browse buttons do the same."
        )
    return translate(
        "Files cannot be dropped on this window (the Browse buttons do the same), since a library "
        "is missing on this computer. Install it with:  {remedy}"
    ).format(remedy=remedy)


def which_is_it(path: Path, size_bytes: int) -> str:
    """A single ordinary file was dropped: only the user knows what it is."""
    return translate("“{name}”, {size}, is an ordinary file. Which of these is it for?").format(
        name=name_of(path), size=show_size(size_bytes)
    )


def no_file_manager(path: Path) -> str:
    """Nothing could show the folder; the path helps as well."""
    return translate("No file manager could be started. The file is here:  {path}").format(
        path=show_name(path)
    )


def is_gone(path: Path) -> str:
    """A result of the past is not there any more."""
    return translate("“{name}” is not there any more. Perhaps it was moved or deleted.").format(
        name=show_name(path)
    )


def show_when(moment: float, now: float) -> str:
    """A point in time as people say it. Both are seconds since 1970."""
    then, today = local_time(moment), local_time(now).date()
    if then.date() == today:
        return translate("today {time}").format(time=then.strftime("%H:%M"))
    if then.date() == today - datetime.timedelta(days=1):
        return translate("yesterday {time}").format(time=then.strftime("%H:%M"))
    return then.strftime("%Y-%m-%d")


def saved_share(entry: HistoryEntry) -> str:
    """What a delta saved; nothing for the other operations."""
    if entry.operation is not Operation.DELTA or not entry.whole_bytes:
        return ""
    return show_percent(max(0.0, 1 - entry.output_bytes / entry.whole_bytes))


def history_row(entry: HistoryEntry, now: float) -> tuple[str, ...]:
    """One finished operation, by the history's columns."""
    return (
        show_when(entry.finished, now),
        OPERATIONS[entry.operation],
        name_of(entry.output),
        show_size(entry.output_bytes),
        saved_share(entry),
    )


def recent_line(entry: HistoryEntry, now: float) -> str:
    """One finished operation in a line."""
    parts = (
        OPERATIONS[entry.operation],
        show_size(entry.output_bytes),
        show_when(entry.finished, now),
    )
    return " · ".join(parts)


def about_rows(program: str, librsync: str, library: str) -> list[tuple[str, str]]:
    """Versions, for the settings page."""
    return [
        ("rdiff-gui", program),
        ("librsync", librsync),
        (translate("Library"), library),
        (translate("Licence"), LICENCE),
    ]
