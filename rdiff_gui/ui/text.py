"""Labels and sentences of the window: what pages share, the steps, where files go, and trouble.

A feature has its own beside its page, and errors bring theirs along. Sentences with a `{name}` in
them are about a file: see `about`.
"""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.desktop.history import Operation
from rdiff_gui.engine.options import Sealing
from rdiff_gui.engine.progress import Stage
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.ui import Page, Slot
from rdiff_gui.wording import (
    local_time,
    name_of,
    show_date,
    show_duration,
    show_exact_size,
    show_name,
    show_size,
    show_speed,
    show_time,
    translate,
)

# What is told of files of the engine's is needed when there are some.
if TYPE_CHECKING:
    from rdiff_gui.engine.summaries import DeltaFacts, Facts, SignatureFacts, UnreadFacts
    from rdiff_gui.engine.trees.summaries import TreeFacts


def about(sentence: str, path: Path) -> str:
    """One of the sentences with a `{name}`, about this file."""
    return sentence.format(name=name_of(path))


APP_TITLE = "rdiff-gui"
TITLE_AT_WORK = translate("{name} — rdiff-gui")
TITLE_WITH_PERCENT = translate("{percent} % · {name} — rdiff-gui")
STEP_WITH_PERCENT = translate("{step} · {percent} %")
WORK_IS_DONE = translate("Done: {name}")
WORK_HAS_ENDED = translate("No longer at work: {name}")
WHY_AWAKE = translate("At work: {name}")
SHOW_WINDOW = translate("Show the window")
PAGE_NAMES = {
    Page.START: translate("Start"),
    Page.SIGNATURE: translate("Signature"),
    Page.DELTA: translate("Delta"),
    Page.PATCH: translate("Patch"),
    Page.SEVERAL: translate("Several files"),
    Page.HISTORY: translate("History"),
    Page.SETTINGS: translate("Settings"),
}
OPERATIONS = {operation: PAGE_NAMES[Page(operation)] for operation in Operation}
BROWSE = translate("Browse…")
CHANGE = translate("Change…")
COPY_FILE = translate("Copy file")
COPY_FOLDER = translate("Copy folder")
COPY_PATH = translate("Copy path")
COPIED = translate("Copied")
SHOW_IN_FOLDER = translate("Show in folder")


def show_when(moment: float, now: float) -> str:
    """A point in time as people say it. Both are seconds since 1970."""
    then, today = local_time(moment), local_time(now).date()
    if then.date() == today:
        return translate("today {time}").format(time=show_time(then))
    if (today - then.date()).days == 1:
        return translate("yesterday {time}").format(time=show_time(then))
    return show_date(then)


def ordinary_detail(size_bytes: int, modified: float, now: float) -> str:
    """An ordinary file in a few words: its size, and when it was changed."""
    return translate("{size} · {when}").format(
        size=show_size(size_bytes), when=show_when(modified, now)
    )


# --- the steps ------------------------------------------------------------------------------------

HINTS = {
    Slot.OLD_TO_SIGN: translate("Drop the old version here"),
    Slot.SIGNATURE: translate("Drop the old version's signature here"),
    Slot.OLD_TO_COMPARE: translate("Drop the old version here"),
    Slot.NEW_FILE: translate("Drop the new version here"),
    Slot.OLD_TO_PATCH: translate("Drop what is to be brought up to date here"),
    Slot.DELTA: translate("Drop the delta here"),
}
# By whether it is a folder; None where that is open.
_OLD = {
    None: (translate("Old version"), translate("The old version is still missing.")),
    False: (translate("Old file"), translate("The old file is still missing.")),
    True: (translate("Old folder"), translate("The old folder is still missing.")),
}
_NEW = {
    None: (translate("New version"), translate("The new version is still missing.")),
    False: (translate("New file"), translate("The new file is still missing.")),
    True: (translate("New folder"), translate("The new folder is still missing.")),
}
_SIGNATURE = (translate("Signature"), translate("The signature is still missing."))
_DELTA = (translate("Delta"), translate("The delta is still missing."))


def zone_title(slot: Slot, *, is_folder: bool | None) -> str:
    """What a zone is for: a folder, a file, or with None either of them."""
    return _tell_slot(slot, is_folder)[0]


def still_missing(slot: Slot, *, is_folder: bool | None) -> str:
    """What a step waits for: a folder, a file, or with None either of them."""
    return _tell_slot(slot, is_folder)[1]


def _tell_slot(slot: Slot, is_folder: bool | None) -> tuple[str, str]:
    if not slot.takes_folders:
        return _SIGNATURE if slot is Slot.SIGNATURE else _DELTA
    return (_NEW if slot is Slot.NEW_FILE else _OLD)[is_folder]


_CHOOSE_OLD_FILE = translate("Choose the old file")
CHOOSE = {
    Slot.UNDECIDED: translate("Choose a file"),
    Slot.OLD_TO_SIGN: _CHOOSE_OLD_FILE,
    Slot.SIGNATURE: translate("Choose the signature"),
    Slot.OLD_TO_COMPARE: _CHOOSE_OLD_FILE,
    Slot.NEW_FILE: translate("Choose the new file"),
    Slot.OLD_TO_PATCH: _CHOOSE_OLD_FILE,
    Slot.DELTA: translate("Choose the delta"),
    Slot.SEVERAL: translate("Choose files"),
}
CHOOSE_FOLDER = translate("Choose a folder")
CHOOSE_OUTPUT = translate("Save the result as")
CHECKSUM = "BLAKE3"
SAVE_AS = translate("Save as")
NOT_BESIDE = translate("Nothing can be written to “{wanted}”, so the result will go to “{folder}”.")
OPTIONS = translate("Options")
SEALINGS = {
    Sealing.FULL: translate("Names, sizes and checksums (recommended)"),
    Sealing.NAMELESS: translate("Sizes and checksums, no names"),
    Sealing.NONE: translate("None, as rdiff writes it"),
}
NOT_THIS_ONE = translate("Not this one")
REPLACE = translate("Replace")
CHOOSE_ANOTHER_FOLDER = translate("Choose another folder")
CHOOSE_ANOTHER_FILE = translate("Choose another file")
CHOOSE_ANOTHER_NAME = translate("Choose another name")
ALLOW_EXPANSION = translate("Make it all the same")
SEE_BELOW = translate("cannot be used, see below")
LOOKING = translate("looking at it…")
BUSY = translate(
    "This step is at work. Wait until it is done, or cancel it, before you begin something new."
)
IS_MADE = translate("“{name}” is made. The next files are taken.")
_STAGES = {
    Stage.SIGNING: translate("Signing"),
    Stage.LOADING: translate("Loading the signature"),
    Stage.LOADING_TREES: translate("Looking at the files"),
    Stage.COMPARING: translate("Comparing"),
    Stage.CHECKING: translate("Checking"),
    Stage.PATCHING: translate("Patching"),
}


def expands(result_bytes: int, *, of_folder: bool) -> str:
    """A delta that makes a file or a folder out of all proportion: a question."""
    if of_folder:
        told = translate(
            "The delta makes a folder of {size}, far more than the old folder and the delta "
            "together. Do you expect that?"
        )
    else:
        told = translate(
            "The delta makes a file of {size}, far more than the old file and the delta together. "
            "Do you expect that?"
        )
    return told.format(size=show_exact_size(result_bytes))


def amount(stage: Stage, done_bytes: int, total_bytes: int | None) -> str:
    """How far the work is."""
    if total_bytes is None:
        text = translate("{stage}: {done}")
    else:
        text = translate("{stage}: {done} of {total}")
    return text.format(
        stage=_STAGES[stage], done=show_size(done_bytes), total=show_size(total_bytes or 0)
    )


def pace(bytes_a_second: float | None, seconds_left: float | None) -> str:
    """How fast it goes and how long it will take."""
    if bytes_a_second is None:
        return ""
    speed = show_speed(bytes_a_second)
    if seconds_left is None:
        return speed
    if seconds_left < 1:
        return translate("{speed} · almost done").format(speed=speed)
    return translate("{speed} · {duration} left").format(
        speed=speed, duration=_show_whole_seconds(seconds_left)
    )


def time_left(seconds: float | None) -> str:
    """How long it will take, where that is known."""
    if seconds is None:
        return ""
    if seconds < 1:
        return translate("almost done")
    return translate("{duration} left").format(duration=_show_whole_seconds(seconds))


def _show_whole_seconds(seconds: float) -> str:
    # Tenths of a second would only flicker.
    if seconds < 10:
        return translate("{seconds} s").format(seconds=round(seconds))
    return show_duration(seconds)


def signature_detail(facts: SignatureFacts) -> str:
    """A signature in a few words."""
    if facts.seal and facts.seal.basis:
        return translate("{size} · signs {basis}").format(
            size=show_size(facts.size_bytes), basis=show_size(facts.seal.basis.size_bytes)
        )
    return translate("{size} · signs about {basis}").format(
        size=show_size(facts.size_bytes), basis=show_size(facts.basis_bytes_max)
    )


def unread_detail(facts: UnreadFacts) -> str:
    """A signature or delta that is too much to be looked at, in a few words."""
    return translate("{size} · unpacks to more than {most}").format(
        size=show_size(facts.size_bytes), most=show_size(facts.read_bytes_most)
    )


def delta_detail(facts: DeltaFacts) -> str:
    """A delta in a few words."""
    return translate("{size} · makes {result}").format(
        size=show_size(facts.size_bytes), result=show_size(facts.result_bytes)
    )


def folder_detail(modified: float, now: float) -> str:
    """A folder in a few words: when the newest of its files was changed."""
    return translate("folder · {when}").format(when=show_when(modified, now))


def tree_detail(facts: TreeFacts) -> str:
    """The signature or delta of a folder in a few words."""
    from rdiff_gui.formats.magic import Kind

    if facts.kind is Kind.TREE_SIGNATURE:
        return translate("{size} · signs {basis}").format(
            size=show_size(facts.size_bytes), basis=show_size(facts.tree_bytes)
        )
    return translate("{size} · makes a folder of {result}").format(
        size=show_size(facts.size_bytes), result=show_size(facts.tree_bytes)
    )


def about_line(facts: Facts) -> str:
    """What there is to know of a signature or delta in a line; more is folded below it."""
    from rdiff_gui.engine.summaries import OrdinaryFacts, SignatureFacts, UnreadFacts
    from rdiff_gui.engine.trees.summaries import TreeFacts
    from rdiff_gui.formats.magic import Kind

    seal = None if isinstance(facts, OrdinaryFacts) else facts.seal
    old, new = (seal.basis, seal.result) if seal else (None, None)
    signs = isinstance(facts, SignatureFacts) or (
        isinstance(facts, TreeFacts) and facts.kind is Kind.TREE_SIGNATURE
    )
    of_folder = isinstance(facts, TreeFacts)
    if isinstance(facts, UnreadFacts):
        text = translate("About this file")
    elif signs and old and old.name:
        text = translate("Signature of “{old}”; its checksum is right")
    elif signs and seal:
        text = translate("This signature has a seal; its checksum is right")
    elif signs and of_folder:
        text = translate("This signature has no seal: a wrong folder would not be noticed")
    elif signs:
        text = translate("This signature has no seal: a wrong file would not be noticed")
    elif old and old.name and new and new.name:
        text = translate("Makes “{new}” from “{old}”; its checksum is right")
    elif seal:
        text = translate("This delta has a seal; its checksum is right")
    elif of_folder:
        text = translate("This delta has no seal: a wrong folder would not be noticed")
    else:
        text = translate("This delta has no seal: a wrong file would not be noticed")
    return text.format(
        old=show_name(old.name or "") if old else "", new=show_name(new.name or "") if new else ""
    )


# --- where files go ------------------------------------------------------------------------------

MAKE_ITS_SIGNATURE = translate("Make its signature")
USE_AS_OLD_FILE = translate("Use it as the old file")
MAKE_A_DELTA_FROM_IT = translate("Make a delta from it")
MAKE_A_DELTA_WITH_IT = translate("Make a delta with it")
PATCH_WITH_IT = translate("Patch with it")

TAKE_EACH_FILE = translate("Take each file in it")
APPLY_EACH = translate("Apply each to its own old file")
LINK_TO_NOTHING = translate(
    "“{name}” is a link to a file that is not there. Find the file itself and use that."
)
MISSING = translate("“{path}” was not found. Perhaps it was moved, renamed or deleted.")
SPECIAL = translate(
    "“{name}” is a pipe or a device, not a file. The window works with files; "
    "the command line (rdiff-gui --help) reads pipes and devices too."
)
NOT_ON_THIS_COMPUTER = translate("“{address}” is not on this computer. Copy the file here first.")
NO_FILES_COPIED = translate(
    "There is no file to paste. Copy one in a file manager, or its path as text."
)
KEYS = translate(
    "{command}-O chooses a file, {command}-V pastes files that were copied elsewhere, Enter "
    "starts, and Escape stops or puts a message away. Alt with an underlined letter presses that "
    "button."
)
SAME_FILE_TWICE = translate(
    "Both are the same file, “{name}”. Choose the old version and the new one."
)
SAME_FOLDER_TWICE = translate(
    "Both are the same folder, “{name}”. Choose the old version and the new one."
)
TWO_SIGNATURES = translate(
    "These are two signatures. A delta is made from one signature and the new version: drop those "
    "two."
)
TWO_DELTAS = translate(
    "These are two deltas, which cannot be joined. Apply them one after the other: "
    "drop the first together with the old version."
)
SIGNATURE_AND_DELTA = translate(
    "A signature and a delta do not go together. The signature is for making a delta from the "
    "new version; the delta is for patching the old version. Which one do you want to go on with?"
)
SIGNATURE_FOR_OLD_FILE = translate(
    "“{name}” is a signature; here the old version itself is needed. With a signature and the "
    "new version you can make a delta."
)
DELTA_FOR_FILE = translate(
    "“{name}” is a delta; here the file or folder itself is needed. A delta is applied to the old "
    "version in the patch step."
)
TAKEN_AS_OLD = translate("“{name}” is an ordinary file, so it was taken as the old file.")


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
FOLDER_NOT_SHOWN = translate("No file manager could be started. The folder is here:  {path}")
NOT_OPENED = translate("No program could be started for this file:  {path}")
IS_GONE = translate("“{path}” is not there any more. Perhaps it was moved or deleted.")
EXISTS_ALREADY = translate("“{name}” exists already. Replace it?")

CLOSE_QUESTION = translate(
    "Work is still going on. Closing stops it; every file stays as it was before."
)
STOP_AND_CLOSE = translate("Stop and close")
KEEP_GOING = translate("Keep going")
CLOSING = translate("Stopping the work; the window closes in a moment.")
