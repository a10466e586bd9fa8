"""What `info` answers, in words for people and as JSON for programs."""

from __future__ import annotations

import datetime
import json

from rdiff_gui.engine.facts import DeltaFacts, Facts, OrdinaryFacts, SignatureFacts
from rdiff_gui.wording import show_exact_size, show_name, translate, translate_plural


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
            }
        case OrdinaryFacts():
            found = {"kind": "ordinary", **common, "modified": _show_moment(facts.modified)}
    return json.dumps(found, indent=2)


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
    sums = translate("{strong} ({bytes} bytes) and {rolling}").format(
        strong={"blake2": "BLAKE2", "md4": "MD4"}[header.strong_hash],
        bytes=header.strong_bytes,
        rolling={"rabinkarp": "RabinKarp", "rollsum": "rollsum"}[header.rolling_sum],
    )
    made_of = show_exact_size(facts.basis_bytes_max)
    if facts.basis_bytes_min != facts.basis_bytes_max:
        made_of = translate("{least} to {most}").format(
            least=show_exact_size(facts.basis_bytes_min), most=made_of
        )
    return [
        (translate("size"), show_exact_size(facts.size_bytes)),
        (translate("made of a file of"), made_of),
        (
            translate("blocks"),
            translate("{count} of {bytes} bytes").format(
                count=facts.blocks, bytes=header.block_bytes
            ),
        ),
        (translate("checksums"), sums),
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
    ]


def _show_pieces(size_bytes: int, count: int) -> str:
    text = translate_plural("{size} in {count} piece", "{size} in {count} pieces", count)
    return text.format(size=show_exact_size(size_bytes), count=count)


def _show_moment(seconds: float) -> str:
    """A time of day here, in the form that all computers read."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC).astimezone()
    return moment.isoformat(sep=" ", timespec="seconds")
