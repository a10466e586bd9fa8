"""What -s tells: one line for each thing done, in the manner of rdiff's.

Source: librsync src/stats.c, rs_format_stats.
"""

from __future__ import annotations

from rdiff_gui.engine.summaries import (
    DeltaSummary,
    PatchSummary,
    Savings,
    SignatureSummary,
    Verdict,
)
from rdiff_gui.wording import show_percent, show_size, translate

Summary = SignatureSummary | DeltaSummary | PatchSummary


def describe(summary: Summary) -> list[str]:
    """The lines after an operation."""
    match summary:
        case SignatureSummary():
            return [_signature(summary)]
        case DeltaSummary():
            return [_delta(summary), _savings(summary)]
        case PatchSummary():
            return [_patch(summary)]


def _signature(summary: SignatureSummary) -> str:
    blocks = f"signature[{summary.blocks} blocks, {summary.header.block_bytes} bytes per block]"
    speed = _speed(summary.basis_bytes, summary.signature_bytes, summary.seconds)
    return f"signature statistics: {blocks} {speed}"


def _delta(summary: DeltaSummary) -> str:
    commands = _commands(summary)
    speed = _speed(summary.new_bytes, summary.delta_bytes, summary.seconds)
    return f"delta statistics: {commands} {speed}"


def _patch(summary: PatchSummary) -> str:
    speed = _speed(summary.delta_bytes, summary.result_bytes, summary.seconds)
    return f"patch statistics: {_commands(summary)} {speed}"


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


def _savings(summary: DeltaSummary) -> str:
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
