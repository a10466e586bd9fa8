"""What a signature, a delta and a seal say of themselves, and whether a result is right.

The command line and the window tell it in the same words.
"""

from __future__ import annotations

from rdiff_gui.engine.options import judge_strong_sums
from rdiff_gui.engine.summaries import (
    DeltaFacts,
    Facts,
    OrdinaryFacts,
    Recovery,
    SignatureFacts,
    UnreadFacts,
    Way,
)
from rdiff_gui.engine.trees.summaries import (
    Fate,
    TreeFacts,
    TreePatchSummary,
    TreeRepairSummary,
    count_fates,
)
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.signature_header import RollingSum, StrongHash
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import (
    local_time,
    name_of,
    show_exact_size,
    show_list,
    show_moment,
    show_name,
    show_number,
    show_size,
    translate,
    translate_plural,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rdiff_gui.engine.summaries import ChangePlan, PatchSummary, RecoverySummary
    from rdiff_gui.engine.trees.summaries import Change
    from rdiff_gui.formats.seal import Identity, Seal

Row = tuple[str, str]

SEAL = translate("Seal")
# Names of algorithms are the same in every language.
STRONG_HASHES = {StrongHash.BLAKE2: "BLAKE2", StrongHash.MD4: "MD4"}
ROLLING_SUMS = {RollingSum.RABINKARP: "RabinKarp", RollingSum.ROLLSUM: "Rollsum"}


def describe(facts: Facts) -> list[Row]:
    """All that a file says of itself but its name, as labels and values."""
    match facts:
        case SignatureFacts():
            rows = _signature_rows(facts)
        case DeltaFacts():
            rows = _delta_rows(facts)
        case UnreadFacts():
            rows = _unread_rows(facts)
        case TreeFacts():
            rows = _tree_rows(facts)
        case OrdinaryFacts():
            rows = [(translate("Changed"), show_moment(local_time(facts.modified)))]
    return [(translate("Size"), show_exact_size(facts.size_bytes)), *rows]


def _signature_rows(facts: SignatureFacts) -> list[Row]:
    header = facts.header
    blocks = translate("{count} of {size}").format(
        count=show_number(facts.blocks), size=show_exact_size(header.block_bytes)
    )
    sums = translate_plural(
        "{hash}, {bytes} byte, with {rolling}",
        "{hash}, {bytes} bytes, with {rolling}",
        header.strong_bytes,
    ).format(
        hash=STRONG_HASHES[header.strong_hash],
        bytes=header.strong_bytes,
        rolling=ROLLING_SUMS[header.rolling_sum],
    )
    if judge_strong_sums(facts.path, header, facts.basis_bytes_max):
        sums = translate("{sums}: too short to be trusted").format(sums=sums)
    return [
        (translate("Made of a file of"), _show_basis_size(facts)),
        (translate("Blocks"), blocks),
        (translate("Sums"), sums),
        *_wrapping_rows(facts),
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


def _delta_rows(facts: DeltaFacts) -> list[Row]:
    return [
        (translate("Makes a file of"), show_exact_size(facts.result_bytes)),
        (translate("Needs an old file of at least"), show_exact_size(facts.basis_bytes_needed)),
        (translate("Taken from the old file"), _in_pieces(facts.copied_bytes, facts.copy_count)),
        (translate("New data"), _in_pieces(facts.literal_bytes, facts.literal_count)),
        (translate("Changed or moved"), _in_pieces(facts.changed_bytes, facts.changed_ranges)),
        *_wrapping_rows(facts),
    ]


def _unread_rows(facts: UnreadFacts) -> list[Row]:
    packed = translate("with zstd; unpacks to more than {most}, and was not read whole")
    rows = [
        (translate("Compressed"), packed.format(most=show_exact_size(facts.read_bytes_most))),
    ]
    return [*rows, *_seal_rows(facts.seal, compared=False)] if facts.seal else rows


def _tree_rows(facts: TreeFacts) -> list[Row]:
    whole = translate_plural("{size} in {count} file", "{size} in {count} files", facts.files)
    whole = whole.format(size=show_exact_size(facts.tree_bytes), count=show_number(facts.files))
    if not facts.has_manifest:
        label = translate("Holds")
    elif facts.kind is Kind.TREE_SIGNATURE:
        label = translate("Made of a folder of")
    else:
        label = translate("Makes a folder of")
    rows = [(label, whole)]
    if facts.kind is Kind.TREE_DELTA:
        rows.append((translate("Changes"), describe_changes(facts.changes)))
    if not facts.has_manifest:
        rows.append((translate("Manifest"), translate("none: nothing can be checked beforehand")))
    return [*rows, *_wrapping_rows(facts)]


def describe_changes(changes: Sequence[Change]) -> str:
    """How many paths of a tree are new, changed and so on: `3 changed, 1 new, 2 moved`."""
    counts = count_fates(changes)
    told = [_count_fate(fate, count) for fate, count in counts.items()]
    return show_list(told) or translate("none")


def _count_fate(fate: Fate, count: int) -> str:
    match fate:
        case Fate.CHANGED:
            text = translate_plural("{count} changed", "{count} changed", count)
        case Fate.NEW:
            text = translate_plural("{count} new", "{count} new", count)
        case Fate.MOVED:
            text = translate_plural("{count} moved", "{count} moved", count)
        case Fate.LINKED:
            text = translate_plural("{count} linked", "{count} linked", count)
        case Fate.DELETED:
            text = translate_plural("{count} removed", "{count} removed", count)
        case Fate.TOUCHED:
            text = translate_plural(
                "{count} with other permissions", "{count} with other permissions", count
            )
        case Fate.KEPT:
            text = translate_plural("{count} kept", "{count} kept", count)
    return text.format(count=show_number(count))


def _in_pieces(size_bytes: int, count: int) -> str:
    if not count:
        return translate("nothing")
    return translate_plural("{size} in {count} piece", "{size} in {count} pieces", count).format(
        size=show_exact_size(size_bytes), count=show_number(count)
    )


def _wrapping_rows(facts: SignatureFacts | DeltaFacts | TreeFacts) -> list[Row]:
    """Compression, and what the seal adds: which files are meant, and who made it when."""
    of_folder = isinstance(facts, TreeFacts)
    packed = translate("with zstd") if facts.compressed else translate("no")
    return [(translate("Compressed"), packed), *_seal_rows(facts.seal, of_folder=of_folder)]


def _seal_rows(seal: Seal | None, *, of_folder: bool = False, compared: bool = True) -> list[Row]:
    """`compared`: whether the whole file was held against the seal."""
    if seal is None and of_folder:
        return [(SEAL, translate("none: a wrong folder would not be noticed"))]
    if seal is None:
        return [(SEAL, translate("none: a wrong file would not be noticed"))]
    rows = []
    is_tree = seal.kind in (Kind.TREE_SIGNATURE, Kind.TREE_DELTA)
    for label, identity in (
        (translate("Old folder") if is_tree else translate("Old file"), seal.basis),
        (translate("New folder") if is_tree else translate("New file"), seal.result),
    ):
        if identity is not None:
            rows.append((label, _show_identity(identity)))
            rows.append((translate("Its BLAKE3"), identity.blake3))
    text = (
        translate("made {when} by {program}; its checksum is right")
        if compared
        else translate("made {when} by {program}; its checksum was not compared")
    )
    made = text.format(when=_show_created(seal.created), program=show_name(seal.program))
    return [*rows, (SEAL, made)]


def _show_identity(identity: Identity) -> str:
    size = show_exact_size(identity.size_bytes)
    if identity.name is None:
        return size
    return translate("{name} · {size}").format(name=show_name(identity.name), size=size)


def _show_created(created: str) -> str:
    """The seal's time on this computer's clock; as it stands where it is no time."""
    import datetime  # few sentences tell one

    try:
        moment = datetime.datetime.fromisoformat(created).astimezone()
    except (ValueError, OverflowError, OSError):
        return show_name(created)
    return show_moment(moment)


def describe_plan(plan: ChangePlan) -> str:
    """What of a file would change in its place, as far as its delta tells."""
    if not plan.pays:
        return translate(
            "With this delta, the file is written anew: too much of it changes, {what}."
        ).format(what=_in_pieces(plan.changed_bytes, plan.ranges))
    return translate("With this delta, {what} of the file change; the rest is not written.").format(
        what=_in_pieces(plan.changed_bytes, plan.ranges)
    )


def announce_change(plan: ChangePlan) -> str:
    """What is about to be written of a file, before that is begun."""
    match plan.way:
        case Way.JOURNAL:
            text = translate(
                "The file itself will be changed: {what}, and a journal of {journal} before that."
            )
        case Way.CLONE:
            text = translate("Only the changes will be written, {what}: this disk can share.")
        case _:
            text = translate("The file will be written anew, {whole}: {reason}.")
    return _fill_in(text, plan)


def describe_change(plan: ChangePlan, undo: Path | None) -> str:
    """How a file got its changes where only they should be written; `undo` leads back."""
    match plan.way:
        case Way.JOURNAL:
            text = translate("The file itself was changed: {written} written instead of {whole}.")
            if undo is not None:
                text = translate(
                    "The file itself was changed: {written} written instead of {whole}; “{undo}” "
                    "leads back."
                )
        case Way.CLONE:
            text = translate("Only the changes take room: this disk shares what stays.")
        case _:
            text = translate("The file was written anew: {reason}.")
    return _fill_in(text, plan, undo)


_REASONS = {
    Way.TOO_MUCH: translate("too much of it changes, {what}"),
    Way.PRIVILEGED: translate("changed itself, it would lose the rights it runs with"),
    Way.READ_ONLY: translate("it may be replaced, but not written"),
    Way.UNDO_ELSEWHERE: translate("its journal can become the undo delta in its own folder alone"),
}


def _fill_in(text: str, plan: ChangePlan, undo: Path | None = None) -> str:
    what = _in_pieces(plan.changed_bytes, plan.ranges)
    return text.format(
        what=what,
        written=show_size(plan.written_bytes),
        journal=show_size(plan.overwritten_bytes),
        whole=show_size(plan.result_bytes),
        reason=_REASONS.get(plan.way, "").format(what=what),
        undo=name_of(undo) if undo else "",
    )


def describe_recovery(summary: RecoverySummary) -> str:
    """What became of a file whose change may have been interrupted."""
    texts = {
        Recovery.NOTHING: translate("“{name}” was not being changed; nothing was done."),
        Recovery.NOT_BEGUN: translate("“{name}” is as it was: its change had not begun."),
        Recovery.PUT_BACK: translate("“{name}” is as it was before the change was interrupted."),
        Recovery.COMPLETE: translate("The change of “{name}” is complete; “{undo}” leads back."),
        Recovery.CHANGED_SINCE: translate(
            "“{name}” is whole, and another by now than before and after the change that was "
            "interrupted; “{undo}” would have led back."
        ),
    }
    return texts[summary.outcome].format(
        name=name_of(summary.path), undo=name_of(summary.undo) if summary.undo else ""
    )


def describe_tree_recovery(summary: RecoverySummary) -> str:
    """What became of a folder whose patch may have been interrupted."""
    texts = {
        Recovery.NOTHING: translate("“{name}” was not being patched; nothing was done."),
        Recovery.NOT_BEGUN: translate("“{name}” is as it was: nothing in it had been changed."),
        Recovery.PUT_BACK: translate("“{name}” is as it was before the patch was interrupted."),
        Recovery.COMPLETE: translate("The patch of “{name}” is complete: all of it is new."),
    }
    return texts[summary.outcome].format(name=name_of(summary.path))


def describe_tree_check(summary: TreePatchSummary, folder: Path) -> str:
    """A folder and its delta were tried, and nothing was found wrong."""
    counts = {
        "name": name_of(folder),
        "changed": summary.changed,
        "new": summary.new,
        "removed": summary.removed,
        "moved": summary.moved,
    }
    if summary.checked:
        text = translate(
            "Everything is right: all files of “{name}” are those that the delta was made for, and "
            "what it makes is right to the last byte. Changed: {changed}, new: {new}, removed: "
            "{removed}, moved: {moved}. Nothing was written."
        )
    else:
        text = translate(
            "The delta can be applied to “{name}”. Whether that is the right folder cannot be "
            "checked: this delta carries no checksums. Changed: {changed}, new: {new}, removed: "
            "{removed}, moved: {moved}. Nothing was written."
        )
    return text.format(**counts)


def describe_repair(summary: TreeRepairSummary, folder: Path) -> str:
    """What was found wrong in a folder, and is right now."""
    count = len(summary.restored)
    if summary.is_old:
        text = translate(
            "“{name}” is whole, and what the delta was made for; “patch” makes it new."
        )
    elif not count and not summary.removed:
        text = translate("“{name}” is whole, and what the delta makes.")
    else:
        text = translate_plural(
            "“{name}” is whole again, and what the delta makes: {count} file was restored.",
            "“{name}” is whole again, and what the delta makes: {count} files were restored.",
            count,
        )
    return text.format(name=name_of(folder), count=count)


def describe_check(summary: PatchSummary, basis: Path) -> str:
    """Old file and delta were tried, and nothing was found wrong."""
    if summary.checked_blake3 is None:
        text = translate(
            "The delta can be applied to “{name}” and makes a file of {size}. Whether that is the "
            "right one cannot be checked: this delta carries no checksum. Nothing was written."
        )
    else:
        text = translate(
            "Everything is right: from “{name}” this delta makes the new file of {size}, checked "
            "to the last byte (BLAKE3 {start}…). Nothing was written."
        )
    return text.format(
        name=name_of(basis),
        size=show_exact_size(summary.result_bytes),
        start=(summary.checked_blake3 or "")[:8],
    )
