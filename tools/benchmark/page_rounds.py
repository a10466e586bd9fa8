"""The parts of the page that tell of rounds: everybody, by size, by threads, on a disk."""

from __future__ import annotations

from benchmark.report import Report
from benchmark.results import STEPS, Result, find_reference
from benchmark.tables import cell, results_table, seconds, table, times

_GIB = 1 << 30


def comparison(report: Report, *, with_plots: bool) -> list[str]:
    """Everybody on every pair."""
    section = report.section("comparison")
    if not section:
        return []
    lines = ["## Comparison", ""]
    if with_plots:
        lines += ["![Wall time over rdiff's, by step and pair](performance-comparison.png)", ""]
    lines += [
        "python-rsync binds librsync as we do, from one thread. py-fast-rsync is another "
        "implementation: it knows MD4 only, writes no BLAKE2b signature, and holds whole files in "
        "memory.",
        "",
        "The system counts a process's peak memory from before it became the measured program, "
        "when it was the small Python that starts and times it; where that hides the program's "
        "own, “≤” stands before the number.",
    ]
    results = report.results("comparison")
    lines += _slower(report, results)
    for pair, description in section["pairs"].items():
        chosen = [result for result in results if result.pair == pair]
        if chosen:
            sizes = f"{chosen[0].old_bytes:,} and {chosen[0].new_bytes:,} bytes"
            lines += ["", f"### {pair[0].upper()}{pair[1:]}", "", f"{description} ({sizes}).", ""]
            lines += results_table(chosen)
    return lines


def md4(report: Report) -> list[str]:
    """The home game of py-fast-rsync."""
    results = report.results("md4")
    if not results:
        return []
    lines = [
        "## Signatures with MD4",
        "",
        "The home game of py-fast-rsync, which knows no other: rdiff and ours with "
        "`-H md4 -R rollsum`, all with the same blocks. MD4 is broken as a checksum; ours and "
        "rdiff's default is BLAKE2b.",
    ]
    peer = next((each for each in results if each.kind == "peer" and each.measurements), None)
    own, reference = report.own("md4", "edited", "signature", "plain", report.cores)
    ratio = peer.ratio_to(own) if peer and own else None
    if peer and own and reference and ratio:
        lines += [
            "",
            f"It signs in {ratio.median:.2f} times the time of {own.contender}, and in "
            f"{times(peer.ratio_to(reference))} of rdiff's.",
        ]
    return [*lines, "", *results_table(results)]


def sizes(report: Report, *, with_plots: bool) -> list[str]:
    """From small files to large ones."""
    results = report.results("sizes")
    if not results:
        return []
    lines = ["## By file size", ""]
    if with_plots:
        lines += ["![Wall time by file size, of each step](performance-sizes.png)", ""]
    lines += [
        "Random bytes with 200 edits, ours with all cores. Where files are small, the start of "
        "Python is all there is to see; rdiff is a small C program. Above 1 GiB there are three "
        "rounds at most.",
        "",
        *_crossings(results),
    ]
    return [*lines, *_matrix(results)]


def threads(report: Report, *, with_plots: bool) -> list[str]:
    """From one thread to more than there are cores."""
    results = report.results("threads")
    if not results:
        return []
    lines = ["## By threads", ""]
    if with_plots:
        lines += ["![Wall time by threads, of each step](performance-threads.png)", ""]
    lines += [
        f"{report.cores} cores. More threads than cores are here to show whether they do harm.",
        "",
    ]
    if all(result.threads is None for result in results):
        lines += ["This program takes no `--threads`.", ""]
    return [*lines, *_matrix(results)]


def disk(report: Report) -> list[str]:
    """Where a sync costs something."""
    section, results = report.section("disk"), report.results("disk")
    if not results:
        return []
    lines = [
        "## On a disk",
        "",
        "The same steps with all files on a disk, read from the system's cache. Ours syncs every "
        "result before it gets its name, so that a power cut leaves the old file or the new one; "
        "rdiff ends while its result is still on the way. “Wall and sync” is the time until the "
        "result has reached the disk for both.",
    ]
    if section.get("is_memory"):
        lines += ["", "**This “disk” is memory too: choose another with `--disk`.**"]
    return [*lines, "", *results_table(results, is_durable=True)]


def hole(report: Report) -> list[str]:
    """Much of nothing."""
    results = report.results("hole")
    if not results:
        return []
    size = results[0].new_bytes
    return [
        "## A hole",
        "",
        f"A file of {size / _GIB:,.0f} GiB that is a hole but for 1 MiB of data, of which 100 "
        "bytes are changed: a fresh disk image. Ours alone: rdiff reads, sums and writes every "
        "zero of it, and is too slow to be run on that. A step that takes more than two minutes "
        "is stopped.",
        "",
        *results_table(results),
    ]


def _slower(report: Report, results: list[Result]) -> list[str]:
    """In how many cases ours, sealed and with all cores, is faster than rdiff, and where not."""
    ratios = []
    for result in results:
        if result.kind == "sealed" and result.threads in (report.cores, None):
            reference = find_reference(results, result)
            ratio = result.ratio_to(reference) if reference else None
            if ratio:
                ratios.append((f"{result.step} of “{result.pair}”", ratio.median))
    slower = [f"{name} ({ratio:.2f})" for name, ratio in ratios if ratio >= 1]
    if not ratios:
        return []
    text = (
        f"Sealed and with all cores, ours is faster than rdiff in {len(ratios) - len(slower)} of "
        f"these {len(ratios)} cases."
    )
    if slower:
        text += f" It is not in: {', '.join(slower)}."
    return ["", text]


def _crossings(results: list[Result]) -> list[str]:
    """From which size on ours, sealed, is faster than rdiff, for each step."""
    lines = []
    for step in STEPS:
        faster_from = None
        chosen = [result for result in results if (result.step, result.kind) == (step, "sealed")]
        for result in sorted(chosen, key=lambda result: result.old_bytes, reverse=True):
            reference = find_reference(results, result)
            ratio = result.ratio_to(reference) if reference else None
            if ratio is None or ratio.median >= 1:
                break
            faster_from = result.pair
        where = f"from “{faster_from}” on" if faster_from else "at none of these sizes"
        lines.append(f"- {step}: sealed is faster than rdiff {where}.")
    return [*lines, ""]


def _matrix(results: list[Result]) -> list[str]:
    """A row for each pair and contender; wall seconds and ratio of every step."""
    by_row: dict[tuple[str, str], dict[str, Result]] = {}
    for result in results:
        by_row.setdefault((result.pair, result.contender), {})[result.step] = result
    rows = []
    for names, steps in by_row.items():
        row = list(names)
        for step in STEPS:
            result, reference = steps[step], by_row[names[0], "rdiff"][step]
            if not result.measurements:
                row += [cell(result.failure or "not run"), "–"]
            else:
                ratio = result.ratio_to(reference)
                row += [seconds(result.wall), f"{ratio.median:.2f}" if ratio else "–"]
        rows.append(row)
    heads = ["pair", "program"]
    for step in STEPS:
        heads += [f"{step} s", "over rdiff"]
    return table(heads, rows, left=2)
