"""What is told when a verb is done: info's answer and verify's, -s's lines, the desktop's state.

Source: librsync src/stats.c, rs_format_stats, whose manner those of -s have.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.descriptions import describe, describe_changes, describe_check
from rdiff_gui.engine.summaries import (
    DeltaFacts,
    DeltaSummary,
    Facts,
    OrdinaryFacts,
    PatchSummary,
    Savings,
    SignatureFacts,
    SignatureSummary,
    UnreadFacts,
    Verdict,
)
from rdiff_gui.engine.trees.summaries import (
    Change,
    TreeDeltaSummary,
    TreeFacts,
    TreePatchSummary,
    TreeSignatureSummary,
)
from rdiff_gui.errors import DesktopForeign
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, Seal
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import (
    local_time,
    show_name,
    show_percent,
    show_size,
    translate,
    translate_plural,
)

if TYPE_CHECKING:
    from rdiff_gui.desktop import integration

Summary = (
    SignatureSummary
    | DeltaSummary
    | PatchSummary
    | TreeSignatureSummary
    | TreeDeltaSummary
    | TreePatchSummary
)


def write_json(facts: Facts) -> str:
    """One object: `kind`, `path`, `size_bytes`, and what belongs to that kind; sizes in bytes.

    A path's bytes that are no UTF-8 stand as lone surrogates, as os.fsdecode gives them.
    """
    import json  # a start without an answer in it does without

    match facts:
        case SignatureFacts():
            kind = "signature"
            found = _pick(facts.header, "strong_hash rolling_sum block_bytes strong_bytes")
            found |= _pick(facts, "blocks basis_bytes_min basis_bytes_max compressed seal")
        case DeltaFacts():
            kind = "delta"
            found = _pick(facts, "result_bytes basis_bytes_needed literal_bytes literal_count")
            found |= _pick(facts, "copied_bytes copy_count changed_bytes changed_ranges")
            found |= _pick(facts, "compressed seal")
        case TreeFacts():
            kind = str(facts.kind)
            found = _pick(facts, "files tree_bytes has_manifest compressed seal changes")
        case UnreadFacts():
            kind = str(facts.kind)
            found = {"compressed": True, "seal": facts.seal, "unread": True}
        case OrdinaryFacts():
            kind = "ordinary"
            moment = local_time(facts.modified)
            found = {"modified": moment.isoformat(sep=" ", timespec="seconds")}
    common = {"kind": kind, "path": str(facts.path), "size_bytes": facts.size_bytes}
    return json.dumps(common | found, indent=2, default=_as_json)


def _as_json(part: Seal | Identity | Change) -> dict[str, object]:
    """A seal or a part of it, whose fields `docs/format.md` tells; or one change of a folder."""
    if isinstance(part, Change):
        found = _pick(part, "path source new_bytes delta_bytes")
        return {"change": part.fate.value} | found
    if isinstance(part, Seal):
        return _pick(part, "program created body basis signature_blake3 result")
    return _pick(part, "name size_bytes blake3")


def _pick(facts: object, names: str) -> dict[str, object]:
    return {name: getattr(facts, name) for name in names.split()}


def write_words(facts: Facts) -> str:
    """A title and a line for each fact."""
    match facts:
        case TreeFacts(kind=Kind.TREE_SIGNATURE) | UnreadFacts(kind=Kind.TREE_SIGNATURE):
            title = translate("“{name}” is the signature of a folder.")
        case TreeFacts() | UnreadFacts(kind=Kind.TREE_DELTA):
            title = translate("“{name}” is the delta of a folder.")
        case SignatureFacts() | UnreadFacts(kind=Kind.SIGNATURE):
            title = translate("“{name}” is a signature.")
        case DeltaFacts() | UnreadFacts():
            title = translate("“{name}” is a delta.")
        case OrdinaryFacts():
            title = translate("“{name}” is an ordinary file: neither a signature nor a delta.")
    rows = [(translate("{label}:").format(label=label), value) for label, value in describe(facts)]
    width = max(_columns(label) for label, _ in rows)
    lines = [f"  {label}{' ' * (width - _columns(label))} {value}" for label, value in rows]
    return "\n".join((title.format(name=show_name(facts.path)), *lines))


def _columns(text: str) -> int:
    """Of a terminal: two a letter of China, Japan and Korea, none a mark on another letter."""
    import unicodedata  # a start without such an answer does without

    return sum(
        2 if unicodedata.east_asian_width(character) in "FW" else 1
        for character in text
        if unicodedata.category(character) not in ("Cf", "Me", "Mn")
    )


def write_check(summary: PatchSummary, basis: Path) -> str:
    """What `verify` answers when nothing was found wrong."""
    checksum = (f"BLAKE3 {summary.checked_blake3}",) if summary.checked_blake3 else ()
    return "\n".join((describe_check(summary, basis), *checksum))


def write_statistics(summary: Summary) -> list[str]:
    """The lines of -s after an operation."""
    match summary:
        case SignatureSummary():
            blocks = f"{summary.blocks} blocks, {summary.header.block_bytes} bytes per block"
            speed = _speed(summary.basis_bytes, summary.signature_bytes, summary.seconds)
            return [f"signature statistics: signature[{blocks}] {speed}"]
        case TreeSignatureSummary():
            speed = _speed(summary.tree_bytes, summary.signature_bytes, summary.seconds)
            return [f"signature statistics: signature[{summary.files} files] {speed}"]
        case DeltaSummary():
            speed = _speed(summary.new_bytes, summary.delta_bytes, summary.seconds)
            return [f"delta statistics: {_commands(summary)} {speed}", _savings(summary)]
        case TreeDeltaSummary():
            speed = _speed(summary.new_bytes, summary.delta_bytes, summary.seconds)
            counts = describe_changes(summary.changes)
            return [f"delta statistics: {counts} {speed}", _savings(summary)]
        case TreePatchSummary():
            speed = _speed(summary.delta_bytes, summary.written_bytes, summary.seconds)
            counts = (
                f"changed[{summary.changed}] new[{summary.new}] removed[{summary.removed}] "
                f"moved[{summary.moved}]"
            )
            return [f"patch statistics: {counts} {speed}"]
        case PatchSummary():
            speed = _speed(summary.delta_bytes, summary.result_bytes, summary.seconds)
            return [f"patch statistics: {_commands(summary)} {speed}"]


def _commands(summary: DeltaSummary | PatchSummary) -> str:
    return (
        f"literal[{summary.literal_count} cmds, {summary.literal_bytes} bytes] "
        f"copy[{summary.copy_count} cmds, {summary.copied_bytes} bytes]"
    )


def _speed(in_bytes: int, out_bytes: int, seconds: float) -> str:
    """Both directions in millions of bytes, as rdiff counts them, but with the true time."""
    in_mb, out_mb = in_bytes / 1e6, out_bytes / 1e6
    span = max(seconds, 0.001)
    return (
        f"speed[{in_mb:.1f} MB ({in_mb / span:.1f} MB/s) in, "
        f"{out_mb:.1f} MB ({out_mb / span:.1f} MB/s) out, {seconds:.3f} sec]"
    )


def _savings(summary: DeltaSummary | TreeDeltaSummary) -> str:
    savings = Savings.of(summary)
    sizes = {
        "delta": show_size(savings.delta_bytes),
        "new": show_size(savings.new_bytes),
        "percent": show_percent(savings.fraction_saved),
    }
    match savings.verdict:
        case Verdict.IDENTICAL:
            return translate("already the same: nothing to send")
        case Verdict.SMALLER:
            return translate("{percent} smaller: {delta} to send instead of {new}").format(**sizes)
        case Verdict.NOT_WORTH_IT:
            return translate(
                "hardly worth it: {delta} to send instead of {new}; compressed or encrypted files "
                "rarely have parts in common"
            ).format(**sizes)


def write_desktop_change(action: str, change: integration.DesktopChange) -> str:
    """What `desktop install` or `uninstall` answers."""
    if action == "install":
        text = translate("Added to your desktop: {what}.")
    elif change.files or change.left:
        text = translate("Taken off your desktop: {what}.")
    else:
        text = translate("It was not on your desktop; nothing was taken away.")
    return text.format(what=_amount(change.files, change.folder))


def _amount(count: int, folder: Path) -> str:
    if sys.platform == "win32":
        what = translate_plural("{count} entry in {folder}", "{count} entries in {folder}", count)
    else:
        what = translate_plural("{count} file in {folder}", "{count} files in {folder}", count)
    return what.format(count=count, folder=show_name(folder))


def write_standing(standing: integration.Standing) -> Iterator[str]:
    """What `desktop status` answers, line by line."""
    from rdiff_gui.desktop.integration import State

    yield {
        State.FOREIGN: str(DesktopForeign()),
        State.ABSENT: translate("Not added to your desktop."),
        State.CURRENT: translate("Added to your desktop."),
        State.OUTDATED: translate(
            "Added to your desktop by another version or from another place. "
            "“desktop install” makes it this one."
        ),
        State.INCOMPLETE: translate(
            "Added to your desktop, but a part is missing. “desktop install” puts it back."
        ),
    }[standing.state]
    if standing.version is not None:
        import shlex

        command = standing.command
        line = command[0] if len(command) == 1 else shlex.join(command)
        yield translate("  version: {version}").format(version=standing.version)
        yield translate("  starts:  {command}").format(command=show_name(line))
        yield translate("  holds:   {what}").format(what=_amount(standing.files, standing.folder))
    for path in standing.changed:
        yield translate("  changed since: {name}").format(name=show_name(path))
    if standing.system_entry is not None:
        yield translate("A package of this system has added it for everybody: {name}").format(
            name=show_name(standing.system_entry)
        )
