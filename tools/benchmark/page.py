"""docs/performance.md: every number and every judgement on it comes from the report."""

from __future__ import annotations

from benchmark import page_rounds, page_speeds, targets
from benchmark.report import Report
from benchmark.tables import cell, table, times


def write_page(report: Report, *, with_plots: bool) -> str:
    """The whole page, in Markdown, ending with a newline."""
    parts = [
        _introduction(report, with_plots=with_plots),
        _targets(report),
        _machine(report),
        page_rounds.comparison(report, with_plots=with_plots),
        page_rounds.md4(report),
        page_rounds.sizes(report, with_plots=with_plots),
        page_rounds.threads(report, with_plots=with_plots),
        page_speeds.limits(report, with_plots=with_plots),
        page_rounds.disk(report),
        page_speeds.small(report),
        page_rounds.hole(report),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _introduction(report: Report, *, with_plots: bool) -> list[str]:
    facts = report.facts
    lines = [
        "# Performance",
        "",
        f"Measured on {facts['begun']} in one run of {facts['minutes']:.0f} min with",
        "",
        f"    {facts['command']}",
        "",
        *_origin(with_plots=with_plots),
        "In every round each program does each step once, in an order that changes from round to "
        "round, so that all meet the same machine. A number is the median of "
        f"{facts['rounds']} rounds, with the least and the most in brackets. “Over rdiff” is the "
        "median of the ratios to `rdiff` in the same round. Times are those of the whole process, "
        "from its start to its end. Files lie in memory, so that no disk is in the way, unless "
        "something else is said. Every rebuilt file was compared with the new one.",
    ]
    if facts["quick"]:
        lines += ["", "**A quick run on small files: it says nothing about speed.**"]
    missing = [name for name in facts["asked"] if name not in facts["sections"]]
    if missing:
        lines += ["", f"Not finished: {', '.join(missing)}."]
    left_out = [
        note for name in facts["sections"] for note in report.section(name).get("left_out", ())
    ]
    lines += [f"- Left out: {cell(note)}." for note in left_out]
    return lines


def _origin(*, with_plots: bool) -> list[str]:
    if not with_plots:
        return []
    return [
        "which wrote this page and its pictures, and [performance.json](performance.json) with "
        "every single measurement.",
        "",
    ]


def _targets(report: Report) -> list[str]:
    verdicts = [verdict for verdict in targets.judge(report) if verdict.is_met is not None]
    if not verdicts:
        return []
    rows = [
        (
            cell(verdict.what),
            verdict.wanted,
            cell(verdict.measured),
            "yes" if verdict.is_met else "**no**",
            verdict.possible,
        )
        for verdict in verdicts
    ]
    met = sum(bool(verdict.is_met) for verdict in verdicts)
    lines = [
        "## Targets",
        "",
        f"{met} of {len(verdicts)} are met.",
        "",
        "The limit is the least that [this machine](#where-the-time-goes) allows for that step.",
        "",
        *table(("what", "wanted", "measured", "met", "limit"), rows, left=4),
    ]
    own, reference = report.own("disk", "edited", "patch", "sealed", report.cores)
    if own and reference:
        lines += [
            "",
            "The patch target is for files in memory, where a sync costs nothing. On a disk the "
            "same patch ends when its result is safe there, and rdiff's while it is still on the "
            f"way: {times(own.ratio_to(reference))} times rdiff's, or "
            f"{times(own.ratio_to(reference, durable=True))} where rdiff's result is synced as "
            "well. See [below](#on-a-disk).",
        ]
    return lines


def _machine(report: Report) -> list[str]:
    return [
        "## The machine",
        "",
        *table(("", ""), ((name, cell(value)) for name, value in report.machine.items()), left=2),
    ]
