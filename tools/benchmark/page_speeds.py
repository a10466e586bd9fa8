"""The parts of the page that tell of this machine: what it can do at best, and its starts."""

from __future__ import annotations

from benchmark import model
from benchmark.probes import NAMES
from benchmark.report import Report
from benchmark.results import STEPS, Spread
from benchmark.tables import seconds, table

_GIB = 1 << 30


def limits(report: Report, *, with_plots: bool) -> list[str]:
    """The speeds of this machine, what they say, and how near to them the steps are."""
    speeds = report.section("speeds")
    if not speeds:
        return []
    cores = report.cores
    rows = []
    for name, meaning in NAMES.items():
        alone, together = report.speed(name, "alone"), report.speed(name, "together")
        if alone and together:
            gain = cores * alone / together
            row = [meaning, f"{alone:.3f}", f"{together / cores:.3f}", f"{gain:.2f}"]
            rows.append([*row, f"{_GIB / alone / 1e6:,.0f}"])
    heads = ("", "s a GiB, one core", f"s a GiB, {cores} cores", "gain", "MB/s, one core")
    lines = [
        "## Where the time goes",
        "",
        "What the steps are made of, measured in the same run: on one core alone, and on all cores "
        "at the same time, each with a process of its own. The gain is what all cores get done "
        "over what one does; what is shared (memory, the kernel's locks, a core that is two only "
        "in name) keeps it below their number.",
        "",
        *table(heads, rows),
    ]
    lines += _teach(report)
    found = model.limits(report)
    if not found:
        return lines
    lines += [
        "",
        "From these, the least that a step can take: the program's start, and every byte read, "
        "summed, hashed and written once, on all cores without a pause (a sealed patch reads and "
        "hashes the old file before it writes, so it reads twice). “Reached” is that limit over "
        "what was measured with all cores; what is missing to 100 % is what better code could "
        "still win. “Best ratio” is the limit over rdiff's time. A lower one needs other sums, or "
        "another way to read and write than the system's plain calls.",
        "",
    ]
    if with_plots:
        lines += ["![The parts of each step, and what was measured](performance-limits.png)", ""]
    columns = (
        "step", "parts, s of one core", "limit, 1 core", "measured, 1 thread",
        f"limit, {cores} cores", f"measured, {cores} threads", "reached", "rdiff", "best ratio",
    )  # fmt: skip
    return [*lines, *table(columns, map(_limit_row, found), left=2)]


def _limit_row(limit: model.Limit) -> list[str]:
    parts = ", ".join(f"{name} {took:.2f}" for name, took in limit.parts.items())
    return [
        f"{limit.step}, {limit.kind} ({limit.pair})",
        parts,
        f"{limit.one_core_seconds:.2f}",
        _or_dash(limit.measured_one_seconds, ".2f"),
        f"{limit.all_cores_seconds:.2f}",
        _or_dash(limit.measured_all_seconds, ".2f"),
        _or_dash(limit.reached and 100 * limit.reached, ".0f", " %"),
        _or_dash(limit.rdiff_seconds, ".2f"),
        _or_dash(limit.best_ratio, ".2f"),
    ]


def _or_dash(number: float | None, form: str, unit: str = "") -> str:
    return "–" if number is None else format(number, form) + unit


def _teach(report: Report) -> list[str]:
    """What follows from the speeds, as far as they were measured."""
    names = ("signature", "blake2b", "hashlib", "rolling", "matching", "blake3", "read", "write",
             "disk")  # fmt: skip
    speed = {name: report.speed(name, "alone") for name in names}
    lines = []
    signature, blake2b, hashlib = speed["signature"], speed["blake2b"], speed["hashlib"]
    if signature and blake2b:
        share = blake2b / signature
        lines.append(
            f"- A signature is arithmetic: {100 * share:.0f} % of librsync's time is BLAKE2b, the "
            "rest the rolling sum. Threads are the only way to be faster with the same bytes."
        )
    if blake2b and hashlib:
        lines.append(
            f"- The BLAKE2b that librsync calls takes {blake2b / hashlib:.2f} times as long as the "
            "one in Python's hashlib."
        )
    if signature and speed["rolling"] and speed["matching"]:
        lines.append(
            f"- Where blocks are found, a delta costs {speed['matching'] / signature:.2f} times a "
            f"signature; where none is, {speed['rolling'] / signature:.1f} times: the sum rolls on "
            "by one byte, and is looked up, at every byte."
        )
    if signature and speed["blake3"]:
        lines.append(
            f"- The seal's BLAKE3 adds {100 * speed['blake3'] / signature:.0f} % to a signature's "
            "time on a core."
        )
    if speed["read"] and speed["write"] and speed["blake3"]:
        memory = speed["read"] + speed["write"]
        lines.append(
            f"- A patch in memory is copying: {memory:.2f} s a GiB to read and write on a core, "
            f"and {2 * speed['blake3'] + speed['read']:.2f} s to verify the old and the new file."
        )
    if speed["write"] and speed["disk"]:
        lines.append(
            f"- To write to this disk and sync takes {speed['disk'] / speed['write']:.1f} times as "
            "long as to write to memory."
        )
    return ["", *lines] if lines else []


def small(report: Report) -> list[str]:
    """10,000 files in one process, and the time from nothing to the end."""
    section = report.section("small")
    if not section:
        return []
    rows = []
    for step in STEPS:
        cells = [report.small(f"{kind} {step}") for kind in ("sealed", "plain", "rdiff")]
        rows.append([step, *(seconds(each) if each else "–" for each in cells)])
    start = report.small("rdiff start")
    lines = [
        "## Small files, and the start",
        "",
        f"{section['files']:,} files of {section['file_bytes']:,} bytes, one after the other in "
        "one process through `rdiff_gui.engine`, each result synced and renamed; rdiff needs a "
        "process for each. Milliseconds a file.",
        "",
        *table(("step", "sealed", "plain", "rdiff, a process each"), rows),
        "",
    ]
    if start:
        lines.append(f"The start of rdiff alone (`rdiff --version`): {seconds(start)} ms.")
    lines += ["", "From nothing to the end, milliseconds; the signature is of 1,000 bytes:", ""]
    starts = section["start_milliseconds"]
    named = ((name, report.start(name)) for name in starts)
    return [
        *lines,
        *table(("command", "ms"), ((f"`{name}`", seconds(each)) for name, each in named if each)),
        *_floor(report),
    ]


def _floor(report: Report) -> list[str]:
    """What of a start nothing that we write can take away."""
    bare, python, loaded, ours = (
        report.start(name)
        for name in (
            "python -I -S -c pass",
            "python -I -c pass",
            "python -I -c 'import ctypes, pathlib'",
            "rdiff-gui --plain -f signature",
        )
    )
    if not (bare and python and loaded and ours):
        return []
    lines = [
        "",
        f"The floor is Python's own start: {bare.median:.1f} ms for the interpreter alone, "
        f"{python.median:.1f} with the folders of its packages (in a tree that was installed "
        f"editable, as by ./run, a good part of that is the finder), {loaded.median:.1f} with "
        "ctypes and pathlib, without which there is no librsync and no name of a file. What a "
        f"signature adds to Python's own start is {ours.median - python.median:.1f} ms: ctypes and "
        "pathlib, some sixty modules of ours, librsync, and the work.",
    ]
    syncs = report.section("small").get("sync_milliseconds")
    if syncs:
        lines.append(
            f"On a disk, the sync of a small result comes on top: {Spread.of(syncs).median:.1f} ms "
            "here, which rdiff does not wait for."
        )
    return lines
