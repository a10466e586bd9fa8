"""The three steps: zones, options, progress, facts."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.engine.options import judge_strong_sums
from rdiff_gui.engine.progress import Stage
from rdiff_gui.engine.summaries import DeltaFacts, SignatureFacts
from rdiff_gui.formats.signature_header import RollingSum, StrongHash
from rdiff_gui.ui.sentences.placing import name_of
from rdiff_gui.ui.sentences.trust import seal_rows
from rdiff_gui.ui.sentences.window import show_when
from rdiff_gui.ui.slots import Slot
from rdiff_gui.wording import (
    show_duration,
    show_exact_size,
    show_name,
    show_size,
    show_speed,
    translate,
    translate_plural,
)

SIGNATURE_TITLE = translate("Make a signature")
SIGNATURE_SUBTITLE = translate(
    "A small fingerprint of the old file, for whoever has the new one. It holds no content."
)
MAKE_SIGNATURE = translate("Make signature")
DELTA_TITLE = translate("Make a delta")
DELTA_SUBTITLE = translate(
    "Compare the new file with the old one. Only what changed goes into the delta."
)
MAKE_DELTA = translate("Make delta")
PATCH_TITLE = translate("Patch")
PATCH_SUBTITLE = translate("Make the new file from the old one and a delta.")
PATCH = translate("Patch")

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
CHOOSE = {
    Slot.UNDECIDED: translate("Choose a file"),
    Slot.OLD_TO_SIGN: translate("Choose the old file"),
    Slot.SIGNATURE: translate("Choose the signature"),
    Slot.OLD_TO_COMPARE: translate("Choose the old file"),
    Slot.NEW_FILE: translate("Choose the new file"),
    Slot.OLD_TO_PATCH: translate("Choose the old file"),
    Slot.DELTA: translate("Choose the delta"),
}
CHOOSE_OUTPUT = translate("Save the result as")

SAVE_AS = translate("Save as")
OPTIONS = translate("Options")
ABOUT = {
    Slot.SIGNATURE: translate("About this signature"),
    Slot.DELTA: translate("About this delta"),
}
COMPARE_WITH_SIGNATURE = translate("I have a signature of the old file")
COMPARE_WITH_FILE = translate("I have the old file itself")
SWAP = translate("Swap old and new")
REPLACE = translate("Replace")
CHOOSE_ANOTHER_NAME = translate("Choose another name")
ALLOW_EXPANSION = translate("Make it all the same")
SEE_BELOW = translate("cannot be used, see below")
LOOKING = translate("looking at it…")
BUSY = translate(
    "This step is at work. Wait until it is done, or cancel it, before you begin something new."
)

BLOCK_SIZE = translate("Block size")
AUTOMATIC = translate("Automatic")
BLOCK_SIZE_IN_A_SENTENCE = translate("The block size")
BLOCK_SIZE_ALLOWED = translate("“Automatic”, or a whole number of bytes from 1 to {most}")
HASH = translate("Hash")
HASHES = {
    StrongHash.BLAKE2: translate("BLAKE2 (recommended)"),
    StrongHash.MD4: translate("MD4 (for rdiff before 1.0)"),
}
ROLLING_SUM = translate("Rolling sum")
ROLLING_SUMS = {
    RollingSum.RABINKARP: translate("RabinKarp (recommended)"),
    RollingSum.ROLLSUM: translate("Rollsum (for rdiff before 2.2)"),
}
SUM_LENGTH = translate("Sum length")
SUM_LENGTHS = {0: translate("Full (recommended)"), -1: translate("Shortest that is safe")}

_STAGES = {
    Stage.SIGNING: translate("Signing"),
    Stage.LOADING: translate("Loading the signature"),
    Stage.COMPARING: translate("Comparing"),
    Stage.CHECKING: translate("Checking"),
    Stage.PATCHING: translate("Patching"),
}


def still_missing(slot: Slot) -> str:
    """What keeps the primary button from being pressed."""
    return {
        Slot.SIGNATURE: translate("The signature is still missing."),
        Slot.NEW_FILE: translate("The new file is still missing."),
        Slot.DELTA: translate("The delta is still missing."),
    }.get(slot, translate("The old file is still missing."))


def exists_already(path: Path) -> str:
    """The output is there already: a question."""
    return translate("“{name}” exists already. Replace it?").format(name=name_of(path))


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


def ordinary_detail(size_bytes: int, modified: float, now: float) -> str:
    """An ordinary file in a few words: its size, and when it was changed."""
    return translate("{size} · {when}").format(
        size=show_size(size_bytes), when=show_when(modified, now)
    )


def signature_detail(facts: SignatureFacts) -> str:
    """A signature in a few words."""
    if facts.seal and facts.seal.basis:
        return translate("{size} · signs {basis}").format(
            size=show_size(facts.size_bytes), basis=show_size(facts.seal.basis.size_bytes)
        )
    return translate("{size} · signs about {basis}").format(
        size=show_size(facts.size_bytes), basis=show_size(facts.basis_bytes_max)
    )


def delta_detail(facts: DeltaFacts) -> str:
    """A delta in a few words."""
    return translate("{size} · makes {result}").format(
        size=show_size(facts.size_bytes), result=show_size(facts.result_bytes)
    )


def signature_rows(facts: SignatureFacts) -> list[tuple[str, str]]:
    """All that a signature says."""
    header = facts.header
    blocks = translate("{count} of {size}").format(
        count=_show_count(facts.blocks), size=show_exact_size(header.block_bytes)
    )
    sums = translate_plural(
        "{hash}, {bytes} byte, with {rolling}",
        "{hash}, {bytes} bytes, with {rolling}",
        header.strong_bytes,
    ).format(
        hash=_bare(HASHES[header.strong_hash]),
        bytes=header.strong_bytes,
        rolling=_bare(ROLLING_SUMS[header.rolling_sum]),
    )
    if judge_strong_sums(facts.path, header, facts.basis_bytes_max):
        sums = translate("{sums}: too short to be trusted").format(sums=sums)
    return [
        (translate("Signature"), show_name(facts.path)),
        (translate("Size"), show_exact_size(facts.size_bytes)),
        (translate("Made of a file of"), _show_basis_size(facts)),
        (translate("Blocks"), blocks),
        (translate("Sums"), sums),
        *seal_rows(facts.seal, compressed=facts.compressed),
    ]


def _show_basis_size(facts: SignatureFacts) -> str:
    """Exact where the seal tells it; else what so many blocks allow."""
    if facts.seal and facts.seal.basis:
        return show_exact_size(facts.seal.basis.size_bytes)
    if facts.basis_bytes_min == facts.basis_bytes_max:
        return show_exact_size(facts.basis_bytes_max)
    return translate("{least} to {most}").format(
        least=show_exact_size(facts.basis_bytes_min), most=show_exact_size(facts.basis_bytes_max)
    )


def delta_rows(facts: DeltaFacts) -> list[tuple[str, str]]:
    """All that a delta says."""
    return [
        (translate("Delta"), show_name(facts.path)),
        (translate("Size"), show_exact_size(facts.size_bytes)),
        (translate("Makes a file of"), show_exact_size(facts.result_bytes)),
        (translate("Needs an old file of at least"), show_exact_size(facts.basis_bytes_needed)),
        (translate("Taken from the old file"), _in_pieces(facts.copied_bytes, facts.copy_count)),
        (translate("New data"), _in_pieces(facts.literal_bytes, facts.literal_count)),
        *seal_rows(facts.seal, compressed=facts.compressed),
    ]


def _in_pieces(size_bytes: int, count: int) -> str:
    if not count:
        return translate("nothing")
    return translate_plural("{size} in {count} piece", "{size} in {count} pieces", count).format(
        size=show_exact_size(size_bytes), count=_show_count(count)
    )


def _show_count(count: int) -> str:
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _bare(label: str) -> str:
    """A label without the advice behind it."""
    return label.partition(" (")[0]
