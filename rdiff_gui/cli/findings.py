"""What `info` answers, in words for people and as JSON for programs."""

from __future__ import annotations

import json

from rdiff_gui.engine.options import judge_strong_sums
from rdiff_gui.engine.summaries import (
    DeltaFacts,
    Facts,
    OrdinaryFacts,
    PatchSummary,
    SignatureFacts,
)
from rdiff_gui.formats.seal import Identity, Seal
from rdiff_gui.wording import local_time, show_exact_size, show_name, translate, translate_plural


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
        case OrdinaryFacts():
            found = {"kind": "ordinary", **common, "modified": _show_moment(facts.modified)}
    return json.dumps(found, indent=2)


def write_verdict(summary: PatchSummary) -> str:
    """What `verify` answers when nothing was found wrong."""
    if summary.checked_blake3 is None:
        text = translate(
            "It applies, and makes a file of {size}. Whether that is right could not be checked: "
            "this delta carries no checksum."
        )
    else:
        text = translate("It applies, and makes the right file of {size}, checked (BLAKE3 {hash}).")
    return text.format(size=show_exact_size(summary.result_bytes), hash=summary.checked_blake3)


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
        case SignatureFacts():
            title = translate("“{name}” is a signature.")
            lines = _signature_lines(facts)
        case DeltaFacts():
            title = translate("“{name}” is a delta.")
            lines = _delta_lines(facts)
        case OrdinaryFacts():
            title = translate("“{name}” is an ordinary file: neither a signature nor a delta.")
            lines = [
                (translate("size"), show_exact_size(facts.size_bytes)),
                (translate("changed"), _show_moment(facts.modified)),
            ]
    width = max(len(label) for label, _ in lines)
    body = "\n".join(f"  {label + ':':<{width + 1}} {value}" for label, value in lines)
    return f"{title.format(name=show_name(facts.path))}\n{body}"


def _signature_lines(facts: SignatureFacts) -> list[tuple[str, str]]:
    header = facts.header
    sums = translate_plural(
        "{strong} ({bytes} byte) and {rolling}",
        "{strong} ({bytes} bytes) and {rolling}",
        header.strong_bytes,
    ).format(
        strong={"blake2": "BLAKE2", "md4": "MD4"}[header.strong_hash],
        bytes=header.strong_bytes,
        rolling={"rabinkarp": "RabinKarp", "rollsum": "rollsum"}[header.rolling_sum],
    )
    blocks = translate_plural(
        "{count} of {bytes} byte", "{count} of {bytes} bytes", header.block_bytes
    ).format(count=facts.blocks, bytes=header.block_bytes)
    if judge_strong_sums(facts.path, header, facts.basis_bytes_max):
        sums = translate("{sums}: too short to be trusted").format(sums=sums)
    made_of = show_exact_size(facts.basis_bytes_max)
    if facts.basis_bytes_min != facts.basis_bytes_max:
        made_of = translate("{least} to {most}").format(
            least=show_exact_size(facts.basis_bytes_min), most=made_of
        )
    return [
        (translate("size"), show_exact_size(facts.size_bytes)),
        (translate("made of a file of"), made_of),
        (translate("blocks"), blocks),
        (translate("checksums"), sums),
        *_wrapping_lines(facts),
    ]


def _delta_lines(facts: DeltaFacts) -> list[tuple[str, str]]:
    return [
        (translate("size"), show_exact_size(facts.size_bytes)),
        (translate("makes a file of"), show_exact_size(facts.result_bytes)),
        (
            translate("from the old file"),
            _show_pieces(facts.copied_bytes, facts.copy_count),
        ),
        (
            translate("new data"),
            _show_pieces(facts.literal_bytes, facts.literal_count),
        ),
        (
            translate("needs an old file of"),
            translate("at least {size}").format(size=show_exact_size(facts.basis_bytes_needed)),
        ),
        *_wrapping_lines(facts),
    ]


def _wrapping_lines(facts: SignatureFacts | DeltaFacts) -> list[tuple[str, str]]:
    """Compression, and what the seal says."""
    packed = translate("with zstd") if facts.compressed else translate("no")
    lines = [(translate("compressed"), packed)]
    seal = facts.seal
    if seal is None:
        return [*lines, (translate("seal"), translate("none: a wrong file would not be noticed"))]
    for label, identity in (
        (translate("old file"), seal.basis),
        (translate("new file"), seal.result),
    ):
        if identity:
            lines.append((label, _show_identity(identity)))
    made = translate("made {moment} by {program}; its checksum is right").format(
        moment=seal.created, program=seal.program
    )
    return [*lines, (translate("seal"), show_name(made))]


def _show_identity(identity: Identity) -> str:
    size = show_exact_size(identity.size_bytes)
    text = f"“{show_name(identity.name)}”, {size}" if identity.name else size
    return f"{text}, BLAKE3 {identity.blake3}"


def _show_pieces(size_bytes: int, count: int) -> str:
    text = translate_plural("{size} in {count} piece", "{size} in {count} pieces", count)
    return text.format(size=show_exact_size(size_bytes), count=count)


def _show_moment(seconds: float) -> str:
    """A time of day here, in the form that all computers read."""
    return local_time(seconds).isoformat(sep=" ", timespec="seconds")
