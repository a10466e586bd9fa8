"""What the pages of the steps say."""

from __future__ import annotations

from rdiff_gui.engine.progress import Stage
from rdiff_gui.engine.summaries import DeltaFacts, SignatureFacts, UnreadFacts
from rdiff_gui.ui.slots import Slot
from rdiff_gui.wording import show_duration, show_exact_size, show_size, show_speed, translate

_OLD_FILE = translate("Old file")
_NEW_FILE = translate("New file")
ZONES = {
    Slot.OLD_TO_SIGN: (_OLD_FILE, translate("Drop the old version here")),
    Slot.SIGNATURE: (translate("Signature"), translate("Drop the old file's signature here")),
    Slot.OLD_TO_COMPARE: (_OLD_FILE, translate("Drop the old version here")),
    Slot.NEW_FILE: (_NEW_FILE, translate("Drop the new version here")),
    Slot.OLD_TO_PATCH: (_OLD_FILE, translate("Drop the file to bring up to date")),
    Slot.DELTA: (translate("Delta"), translate("Drop the delta here")),
}
_CHOOSE_OLD_FILE = translate("Choose the old file")
CHOOSE = {
    Slot.UNDECIDED: translate("Choose a file"),
    Slot.OLD_TO_SIGN: _CHOOSE_OLD_FILE,
    Slot.SIGNATURE: translate("Choose the signature"),
    Slot.OLD_TO_COMPARE: _CHOOSE_OLD_FILE,
    Slot.NEW_FILE: translate("Choose the new file"),
    Slot.OLD_TO_PATCH: _CHOOSE_OLD_FILE,
    Slot.DELTA: translate("Choose the delta"),
}
CHOOSE_OUTPUT = translate("Save the result as")
CHECKSUM = "BLAKE3"
SAVE_AS = translate("Save as")
OPTIONS = translate("Options")
ABOUT = {
    Slot.SIGNATURE: translate("About this signature"),
    Slot.DELTA: translate("About this delta"),
}
REPLACE = translate("Replace")
CHOOSE_ANOTHER_NAME = translate("Choose another name")
ALLOW_EXPANSION = translate("Make it all the same")
SEE_BELOW = translate("cannot be used, see below")
LOOKING = translate("looking at it…")
BUSY = translate(
    "This step is at work. Wait until it is done, or cancel it, before you begin something new."
)
_STAGES = {
    Stage.SIGNING: translate("Signing"),
    Stage.LOADING: translate("Loading the signature"),
    Stage.COMPARING: translate("Comparing"),
    Stage.CHECKING: translate("Checking"),
    Stage.PATCHING: translate("Patching"),
}


STILL_MISSING = {
    Slot.SIGNATURE: translate("The signature is still missing."),
    Slot.NEW_FILE: translate("The new file is still missing."),
    Slot.DELTA: translate("The delta is still missing."),
    **dict.fromkeys(
        (Slot.OLD_TO_SIGN, Slot.OLD_TO_COMPARE, Slot.OLD_TO_PATCH),
        translate("The old file is still missing."),
    ),
}


def expands(result_bytes: int) -> str:
    """A delta that makes a file out of all proportion: a question."""
    return translate(
        "The delta makes a file of {size}, far more than the old file and the delta together. "
        "Do you expect that?"
    ).format(size=show_exact_size(result_bytes))


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
