"""What the program should reach, and whether it did in this run."""

from __future__ import annotations

from dataclasses import dataclass

from benchmark import model
from benchmark.report import Report
from benchmark.results import STEPS, Spread

_HOLE_SECONDS = 60.0  # “seconds” are less than a minute
_START_MILLISECONDS = 100.0
_PLAIN, _SEALED, _PATCH = 0.53, 0.57, 0.80


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target; `is_met` is None where nothing was measured.

    `possible`: the limit of this machine, where the model has one.
    """

    what: str
    wanted: str
    measured: str
    is_met: bool | None
    possible: str = ""


def judge(report: Report) -> list[Verdict]:
    """All of them."""
    return [
        *_ratios(report),
        *(_small(report, step) for step in STEPS),
        _start(report),
        *_holes(report),
    ]


def _ratios(report: Report) -> list[Verdict]:
    wanted = (
        ("signature", "comparison", "edited", "signature"),
        ("delta, little changed", "comparison", "edited", "delta"),
        ("delta, unrelated", "threads", "unrelated", "delta"),
    )
    verdicts = [
        _ratio(report, what, section, shape, step, kind, most)
        for what, section, shape, step in wanted
        for kind, most in (("plain", _PLAIN), ("sealed", _SEALED))
    ]
    patch = "patch with verification"
    verdicts.append(_ratio(report, patch, "comparison", "edited", "patch", "sealed", _PATCH))
    return verdicts


def _ratio(
    report: Report, what: str, section: str, shape: str, step: str, kind: str, most: float
) -> Verdict:
    own, reference = report.own(section, shape, step, kind, 2)
    ratio = own.ratio_to(reference) if own and reference else None
    size = report.largest(section, shape) or shape
    threads = f", {own.threads or 1} threads" if own else ""
    best = [
        limit.best_ratio
        for limit in model.limits(report)
        if (limit.step, limit.kind) == (step, kind) and limit.pair.startswith(shape)
    ]
    return Verdict(
        f"{what}, {kind} ({size}{threads})",
        f"≤ {most:.2f} × rdiff",
        _times(ratio) if ratio else "not measured",
        ratio.median <= most if ratio else None,
        f"{best[0]:.2f} ×" if best and best[0] else "",
    )


def _small(report: Report, step: str) -> Verdict:
    start = report.small("rdiff start")
    own = report.small(f"sealed {step}")
    count = report.section("small").get("files", 10_000)
    return Verdict(
        f"{step} of one of {count:,} files of 10 KB, sealed, in one process",
        f"< {start.median:.2f} ms, rdiff's start" if start else "< rdiff's start",
        _milliseconds(own) if own else "not measured",
        own.median < start.median if own and start else None,
    )


def _start(report: Report) -> Verdict:
    own = report.start("rdiff-gui --version")
    return Verdict(
        "start of the program (`rdiff-gui --version`)",
        f"< {_START_MILLISECONDS:.0f} ms",
        _milliseconds(own) if own else "not measured",
        own.median < _START_MILLISECONDS if own else None,
    )


def _holes(report: Report) -> list[Verdict]:
    verdicts = []
    for step in STEPS:
        for kind in ("plain", "sealed"):
            own, _ = report.own("hole", "hole", step, kind, report.cores)
            failed = [
                result.failure
                for result in report.results("hole")
                if result.kind == kind and result.failure
            ]
            verdicts.append(
                Verdict(
                    f"{step}, {kind} ({report.largest('hole', 'hole') or 'hole'})",
                    f"seconds: < {_HOLE_SECONDS:.0f} s",
                    _seconds(own.wall) if own else (failed[0] if failed else "not measured"),
                    own.wall.median < _HOLE_SECONDS if own else (False if failed else None),
                )
            )
    return verdicts


def _times(spread: Spread) -> str:
    return f"{spread.median:.2f} × ({spread.least:.2f}–{spread.most:.2f})"


def _milliseconds(spread: Spread) -> str:
    return f"{spread.median:.2f} ms ({spread.least:.2f}–{spread.most:.2f})"


def _seconds(spread: Spread) -> str:
    return f"{spread.median:.2f} s ({spread.least:.2f}–{spread.most:.2f})"
