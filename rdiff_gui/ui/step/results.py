"""What to tell of finished work: the headline, the honest remarks and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rdiff_gui.engine.summaries import DeltaSummary, PatchSummary, Savings, SignatureSummary
from rdiff_gui.engine.summaries import Verdict as Worth
from rdiff_gui.ui.routing import Remedy
from rdiff_gui.ui.sentences import outcomes, trust


@dataclass(frozen=True, slots=True)
class Result:
    """What a result card shows. `delta` is set where there is a map to draw.

    `savings` is set where a table of times says something; `follow` is a button to the step
    that comes next on this computer; `blake3` is the output's checksum where it was compared.
    `cautions` are sentences of what did not make the work fail, and yet should be known.
    """

    output: Path
    headline: str
    line: str
    role: Literal["ok", "plain", "warning"] = "ok"
    remarks: tuple[str, ...] = ()
    next_step: str = ""
    delta: DeltaSummary | None = None
    savings: Savings | None = None
    follow: Remedy | None = None
    blake3: str | None = None
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found that wrote nothing, for a banner of that kind."""

    kind: Literal["ok", "info"]
    sentence: str
    detail: str | None = None


def _cautions(summary: SignatureSummary | DeltaSummary | PatchSummary) -> tuple[str, ...]:
    return tuple(str(remark) for remark in summary.remarks)


def signature_result(
    summary: SignatureSummary, basis: Path, signature: Path, follow: Remedy
) -> Result:
    """A signature was made."""
    return Result(
        signature,
        outcomes.SIGNATURE_MADE,
        outcomes.signature_sizes(basis, summary.basis_bytes, summary.signature_bytes),
        next_step=outcomes.send_signature(signature),
        follow=follow,
        cautions=_cautions(summary),
    )


def delta_result(summary: DeltaSummary, delta: Path, *, signature_travels: bool) -> Result:
    """A delta was made; `signature_travels` where a signature had to be sent for it."""
    savings = Savings.of(summary)
    line = outcomes.delta_sizes(summary.new_bytes, summary.delta_bytes)
    cautions = _cautions(summary)
    match savings.verdict:
        case Worth.IDENTICAL:
            return Result(
                delta,
                outcomes.IDENTICAL,
                line,
                remarks=(outcomes.IDENTICAL_REMARK,),
                delta=summary,
                cautions=cautions,
            )
        case Worth.NOT_WORTH_IT:
            return Result(
                delta,
                outcomes.NOTHING_SAVED,
                line,
                role="warning",
                remarks=(outcomes.not_worth_it(summary.new_bytes, summary.delta_bytes),),
                delta=summary,
                cautions=cautions,
            )
    remarks: tuple[str, ...] = ()
    if signature_travels:
        remarks = (outcomes.round_trip(summary.signature_bytes, savings.round_trip_fraction_saved),)
    return Result(
        delta,
        outcomes.smaller(savings.fraction_saved),
        line,
        remarks=remarks,
        next_step=outcomes.send_delta(delta),
        delta=summary,
        savings=savings,
        cautions=cautions,
    )


def patch_result(
    summary: PatchSummary, new_file: Path, *, in_place: bool = False, undo: Path | None = None
) -> Result:
    """A new file was made, and checked where the delta says what it must be."""
    checked = summary.checked_blake3
    remarks = [
        trust.verified(new_file, checked) if checked else trust.not_verified(summary.result_bytes)
    ]
    if summary.backup is not None:
        remarks.append(trust.backup_kept(new_file, summary.backup))
    elif in_place:
        remarks.append(trust.TOOK_ITS_PLACE)
    if undo is not None:
        remarks.append(trust.undo_made(undo))
    return Result(
        new_file,
        outcomes.PATCHED,
        outcomes.patched_size(new_file, summary.result_bytes),
        role="ok" if checked else "plain",
        remarks=tuple(remarks),
        next_step="" if checked or in_place else outcomes.KEEP_THE_OLD_FILE,
        blake3=checked,
        cautions=_cautions(summary),
    )


def check_verdict(summary: PatchSummary, basis: Path) -> Verdict:
    """Delta and basis fit, and the result is right where the delta can tell."""
    checked = summary.checked_blake3
    if checked is None:
        return Verdict("info", trust.fits_unsealed(basis, summary.result_bytes))
    return Verdict(
        "ok",
        trust.fits(basis, summary.result_bytes, checked),
        f"{trust.FULL_CHECKSUM}  {checked}",
    )
