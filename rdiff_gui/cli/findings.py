"""What `info` answers, in words for people and as JSON for programs."""

from __future__ import annotations

import json

from rdiff_gui.descriptions import describe, describe_check, show_moment
from rdiff_gui.engine.summaries import (
    DeltaFacts,
    Facts,
    OrdinaryFacts,
    SignatureFacts,
    UnreadFacts,
)
from rdiff_gui.formats.magic import Kind
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import show_name, translate

if TYPE_CHECKING:
    from pathlib import Path

    from rdiff_gui.engine.summaries import PatchSummary
    from rdiff_gui.formats.seal import Identity, Seal


def write_json(facts: Facts) -> str:
    """One object: `kind`, `path`, `size_bytes`, and what belongs to that kind; sizes in bytes.

    A path's bytes that are no UTF-8 stand as lone surrogates, as os.fsdecode gives them.
    """
    common = {"path": str(facts.path), "size_bytes": facts.size_bytes}
    match facts:
        case SignatureFacts():
            found = {
                "kind": "signature",
                **common,
                "strong_hash": str(facts.header.strong_hash),
                "rolling_sum": str(facts.header.rolling_sum),
                "block_bytes": facts.header.block_bytes,
                "strong_bytes": facts.header.strong_bytes,
                "blocks": facts.blocks,
                "basis_bytes_min": facts.basis_bytes_min,
                "basis_bytes_max": facts.basis_bytes_max,
                "compressed": facts.compressed,
                "seal": _seal_record(facts.seal),
            }
        case DeltaFacts():
            found = {
                "kind": "delta",
                **common,
                "result_bytes": facts.result_bytes,
                "basis_bytes_needed": facts.basis_bytes_needed,
                "literal_bytes": facts.literal_bytes,
                "literal_count": facts.literal_count,
                "copied_bytes": facts.copied_bytes,
                "copy_count": facts.copy_count,
                "compressed": facts.compressed,
                "seal": _seal_record(facts.seal),
            }
        case UnreadFacts():
            found = {
                "kind": str(facts.kind),
                **common,
                "compressed": True,
                "seal": _seal_record(facts.seal),
                "unread": True,
            }
        case OrdinaryFacts():
            found = {"kind": "ordinary", **common, "modified": show_moment(facts.modified)}
    return json.dumps(found, indent=2)


def _seal_record(seal: Seal | None) -> dict[str, object] | None:
    """The seal as JSON: `docs/format.md` tells its fields; None where the file has none."""
    if seal is None:
        return None
    return {
        "program": seal.program,
        "created": seal.created,
        "body": _identity_record(seal.body),
        "basis": _identity_record(seal.basis),
        "signature_blake3": seal.signature_blake3,
        "result": _identity_record(seal.result),
    }


def _identity_record(identity: Identity | None) -> dict[str, object] | None:
    if identity is None:
        return None
    return {
        "name": identity.name,
        "size_bytes": identity.size_bytes,
        "blake3": identity.blake3,
    }


def write_words(facts: Facts) -> str:
    """A title and a line for each fact."""
    match facts:
        case SignatureFacts() | UnreadFacts(kind=Kind.SIGNATURE):
            title = translate("“{name}” is a signature.")
        case DeltaFacts() | UnreadFacts():
            title = translate("“{name}” is a delta.")
        case OrdinaryFacts():
            title = translate("“{name}” is an ordinary file: neither a signature nor a delta.")
    rows = describe(facts)
    width = max(len(label) for label, _ in rows)
    lines = [f"  {label + ':':<{width + 1}} {value}" for label, value in rows]
    return "\n".join((title.format(name=show_name(facts.path)), *lines))


def write_check(summary: PatchSummary, basis: Path) -> str:
    """What `verify` answers when nothing was found wrong."""
    checksum = (f"BLAKE3 {summary.checked_blake3}",) if summary.checked_blake3 else ()
    return "\n".join((describe_check(summary, basis), *checksum))
