"""What is told of a folder's delta that was made, and of a folder that was patched."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from rdiff_gui.descriptions import describe_changes
from rdiff_gui.engine.summaries import Savings, Verdict
from rdiff_gui.engine.trees.listing import without_implied
from rdiff_gui.engine.trees.summaries import TreeDeltaSummary, TreePatchSummary
from rdiff_gui.ui.step.model import Outcome
from rdiff_gui.ui.text import about
from rdiff_gui.wording import (
    name_of,
    show_number,
    show_percent,
    show_size,
    translate,
    translate_plural,
)

_IDENTICAL = translate(
    "Both folders hold the same: there is nothing to send. The delta was written all the same, and "
    "changes nothing."
)
_NOT_WORTH_IT = translate(
    "This delta is about as big as the folder. Compressed or encrypted files rarely have parts in "
    "common; send the folder itself."
)
_SEND_IT = translate("Send “{name}” to whoever has the old folder; patching makes the new one.")
_VERIFIED = translate("Every file in “{name}” that was made is checked to the last byte.")
_NOT_VERIFIED = translate(
    "This delta carries no checksums, so whether the new folder is right could not be checked."
)
_IN_PLACE = translate("The old folder is the new one now; what did not change was not touched.")
_UNDO_MADE = translate(
    "“{name}” leads back: drop it here together with the folder, and the old one comes out."
)
_KEEP_THE_OLD_FOLDER = translate("Keep the old folder until you have looked at the new one.")


def tree_delta_outcome(
    summary: TreeDeltaSummary, delta: Path, new_folder: Path, *, signature_travels: bool
) -> Outcome:
    """A delta of two folders; `signature_travels` where a signature had to be sent for it."""
    savings = Savings.of(summary)
    line = translate("{new} new folder → {delta} delta").format(
        new=show_size(summary.new_bytes), delta=show_size(summary.delta_bytes)
    )
    told = partial(
        Outcome,
        delta,
        line=line,
        tree=delta,
        tree_folder=new_folder,
        cautions=tuple(map(str, summary.remarks)),
    )
    match savings.verdict:
        case Verdict.IDENTICAL:
            return told(translate("Already the same"), remarks=(_IDENTICAL,))
        case Verdict.NOT_WORTH_IT:
            remarks = (_count_files(summary), _NOT_WORTH_IT)
            return told(translate("Nothing saved"), role="warning", remarks=remarks)
    saved_bytes = summary.new_bytes - summary.delta_bytes
    return told(
        translate("{percent} smaller, {size} saved").format(
            percent=show_percent(savings.fraction_saved), size=show_size(saved_bytes)
        ),
        remarks=(_count_files(summary),),
        to_send=True,
        signature_came=signature_travels,
        next_step=about(_SEND_IT, delta),
        savings=savings,
    )


def _count_files(summary: TreeDeltaSummary) -> str:
    """What became of how many."""
    changes = without_implied(summary.changes)
    return translate_plural(
        "In the folder: {changes}; {kept} file unchanged.",
        "In the folder: {changes}; {kept} files unchanged.",
        summary.kept_files,
    ).format(changes=describe_changes(changes), kept=show_number(summary.kept_files))


def tree_patch_outcome(
    summary: TreePatchSummary, folder: Path, delta: Path, *, in_place: bool
) -> Outcome:
    """A new folder, or an old one that is new now."""
    remarks = [_VERIFIED.format(name=name_of(folder)) if summary.checked else _NOT_VERIFIED]
    if in_place:
        remarks.append(_IN_PLACE)
    if summary.undo is not None:
        remarks.append(about(_UNDO_MADE, summary.undo))
    line = translate(
        "Changed: {changed}, new: {new}, removed: {removed}, moved: {moved}; {size} written"
    ).format(
        changed=show_number(summary.changed),
        new=show_number(summary.new),
        removed=show_number(summary.removed),
        moved=show_number(summary.moved),
        size=show_size(summary.written_bytes),
    )
    return Outcome(
        folder,
        translate("Folder patched") if in_place else translate("New folder made"),
        line,
        role="ok" if summary.checked else "plain",
        remarks=tuple(remarks),
        tree=delta,
        tree_folder=folder,
        opens=True,
        next_step="" if summary.checked or in_place else _KEEP_THE_OLD_FOLDER,
        cautions=tuple(map(str, summary.remarks)),
    )
