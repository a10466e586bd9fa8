"""Labels and sentences of the window: what several pages say, where files go, and trouble.

A feature has its own beside its page, and errors bring theirs along. Sentences with a `{name}` in
them are about a file: see `about`.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from rdiff_gui.desktop.history import Operation
from rdiff_gui.ui.slots import Page
from rdiff_gui.wording import (
    local_time,
    name_of,
    show_size,
    translate,
    translate_plural,
)


def about(sentence: str, path: Path) -> str:
    """One of the sentences with a `{name}`, about this file."""
    return sentence.format(name=name_of(path))


APP_TITLE = "rdiff-gui"
PAGE_NAMES = {
    Page.START: translate("Start"),
    Page.SIGNATURE: translate("Signature"),
    Page.DELTA: translate("Delta"),
    Page.PATCH: translate("Patch"),
    Page.HISTORY: translate("History"),
    Page.SETTINGS: translate("Settings"),
}
OPERATIONS = {operation: PAGE_NAMES[Page(operation)] for operation in Operation}
BROWSE = translate("Browse…")
CANCEL = translate("Cancel")
COPY_FILE = translate("Copy file")
COPY_PATH = translate("Copy path")
DARK = translate("Dark")
SHOW_IN_FOLDER = translate("Show in folder")


def show_when(moment: float, now: float) -> str:
    """A point in time as people say it. Both are seconds since 1970."""
    then, today = local_time(moment), local_time(now).date()
    if then.date() == today:
        return translate("today {time}").format(time=then.strftime("%H:%M"))
    if then.date() == today - datetime.timedelta(days=1):
        return translate("yesterday {time}").format(time=then.strftime("%H:%M"))
    return then.strftime("%Y-%m-%d")


def ordinary_detail(size_bytes: int, modified: float, now: float) -> str:
    """An ordinary file in a few words: its size, and when it was changed."""
    return translate("{size} · {when}").format(
        size=show_size(size_bytes), when=show_when(modified, now)
    )


# --- where files go ------------------------------------------------------------------------------

MAKE_ITS_SIGNATURE = translate("Make its signature")
USE_AS_OLD_FILE = translate("Use it as the old file")
MAKE_A_DELTA_FROM_IT = translate("Make a delta from it")
MAKE_A_DELTA_WITH_IT = translate("Make a delta with it")
PATCH_WITH_IT = translate("Patch with it")

FOLDER = translate(
    "“{name}” is a folder. Signatures and deltas are made of single files; "
    "pack the folder into an archive first, for example with tar."
)
LINK_TO_NOTHING = translate(
    "“{name}” is a link to a file that is not there. Find the file itself and use that."
)
MISSING = translate("“{path}” was not found. Perhaps it was moved, renamed or deleted.")
SPECIAL = translate(
    "“{name}” is a pipe or a device, not a file. The window works with files; "
    "the command line (rdiff-gui --help) reads pipes and devices too."
)
NOT_ON_THIS_COMPUTER = translate("“{address}” is not on this computer. Copy the file here first.")
SAME_FILE_TWICE = translate(
    "Both are the same file, “{name}”. Choose the old version and the new one."
)
TWO_SIGNATURES = translate(
    "These are two signatures. A delta is made from one signature and the new file: drop those two."
)
TWO_DELTAS = translate(
    "These are two deltas, which cannot be joined. Apply them one after the other: "
    "drop the first together with the old file."
)
SIGNATURE_AND_DELTA = translate(
    "A signature and a delta do not go together. The signature is for making a delta from the "
    "new file; the delta is for patching the old file. Which one do you want to go on with?"
)
SIGNATURE_FOR_OLD_FILE = translate(
    "“{name}” is a signature; here the old file itself is needed. With a signature and the "
    "new file you can make a delta."
)
DELTA_FOR_FILE = translate(
    "“{name}” is a delta; here the file itself is needed. A delta is applied to the old file "
    "in the patch step."
)
TAKEN_AS_OLD = translate("“{name}” is an ordinary file, so it was taken as the old file.")


def too_many_files(count: int) -> str:
    """More than two files were dropped at once."""
    return translate_plural(
        "{count} file at once is too many. Drop one, or two that belong together: the old and "
        "the new file, a signature and the new file, or a delta and the old file.",
        "{count} files at once are too many. Drop one, or two that belong together: the old and "
        "the new file, a signature and the new file, or a delta and the old file.",
        count,
    ).format(count=count)


# --- trouble, and the end ------------------------------------------------------------------------

NO_DISPLAY = translate(
    "There is no display to open a window on. Use the command line instead: rdiff-gui --help"
)
NO_TKINTER = translate(
    "The window needs Python's tkinter, which is not installed (on Debian and Ubuntu: "
    "sudo apt install python3-tk). The command line works without it: rdiff-gui --help"
)
SCREEN_LOST = translate(
    "The screen went away, and the window with it. Work that was going on was stopped; "
    "no file is left half done."
)
UNEXPECTED = translate(
    "Something happened that this program did not foresee. "
    "The details below help whoever looks into it."
)
LIBRSYNC_NOT_FOUND = translate(
    "librsync, which does the work, was not found on this computer. Install it with:  {remedy}"
)
NO_DRAG_AND_DROP = translate(
    "Files cannot be dropped on this window, since Tk's extension for that does not load here. "
    "The Browse buttons do the same."
)
NO_LIBRARY_TO_DROP = translate(
    "Files cannot be dropped on this window (the Browse buttons do the same), since a library is "
    "missing on this computer. Install it with:  {remedy}"
)
TRY_AGAIN = translate("Try again")
COPY_COMMAND = translate("Copy command")
NO_FILE_MANAGER = translate("No file manager could be started. The file is here:  {path}")
IS_GONE = translate("“{path}” is not there any more. Perhaps it was moved or deleted.")
EXISTS_ALREADY = translate("“{name}” exists already. Replace it?")

CLOSE_QUESTION = translate(
    "Work is still going on. Closing stops it; every file stays as it was before."
)
STOP_AND_CLOSE = translate("Stop and close")
KEEP_GOING = translate("Keep going")
CLOSING = translate("Stopping the work; the window closes in a moment.")
