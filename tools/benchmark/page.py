"""docs/performance.md: every number on it, and every judgement, comes from the run."""

from __future__ import annotations

import json
import operator
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmark import folders
from benchmark.contenders import CORES, FOLDER, PROJECT, provide_environment
from benchmark.folders import FolderPair
from benchmark.in_place import Took
from benchmark.pairs import GIB, MIB
from benchmark.rounds import Result, Spread
from benchmark.speeds import Limit

# Over rdiff's time, on two cores. One thread more than halves the work, and the seal is extra.
_TARGETS = {
    ("signature", "plain"): 0.53,
    ("signature", "sealed"): 0.57,
    ("delta", "plain"): 0.53,
    ("delta", "sealed"): 0.57,
    ("patch", "sealed"): 0.80,
}
_HOLE_SECONDS = 60
# Of two files at hand: whom to compare with whom over all pairs.
_BESIDE = (("fast", "xdelta3"), ("best", "xdelta3 -9"), ("best", "xdelta3 -9 -B"))


@dataclass(slots=True)
class Report:
    """What was measured. `rounds`: by section, its heading, a sentence and the results."""

    command: str
    begun: str
    rounds: dict[str, tuple[str, str, list[Result]]] = field(default_factory=dict)
    limits: list[Limit] = field(default_factory=list)
    speeds: dict[str, Spread] = field(default_factory=dict)
    small: dict[str, dict[str, Spread]] = field(default_factory=dict)
    starts: dict[str, Spread] = field(default_factory=dict)
    in_place: dict[str, Took] = field(default_factory=dict)
    folders: list[FolderPair] = field(default_factory=list)
    nothing: Spread | None = None
    left_out: list[str] = field(default_factory=list)
    minutes: float = 0


def write_page(report: Report, *, picture: bool = False) -> str:
    """The page as Markdown."""
    lines = [
        "# Performance",
        "",
        f"Measured on {report.begun} in {report.minutes:.0f} min with `{report.command}`, which "
        "wrote this page.",
        "",
        "In every round each program does each step once, in another order each time; times are "
        "those of whole processes, from start to end, with all files in memory unless something "
        "else is said, and every rebuilt file was compared with the new one. A ratio is the median "
        "of those to `rdiff` in the same round, with the least and the most in brackets. “Sealed” "
        "is what rdiff-gui does by itself, “plain” what rdiff does.",
        "",
        *_targets(report),
        *_limits(report),
    ]
    for name, (heading, sentence, results) in report.rounds.items():
        lines += [f"## {heading}", "", sentence, ""]
        if picture and name == "comparison":
            lines += ["![Wall time over rdiff's](performance.png)", ""]
        if name in ("both", "moved"):
            lines += _both(results, "xdelta3" if name == "both" else "rdiff")
        else:
            lines += [*_rounds(results, durable=name == "disk"), ""]
    lines += [*_in_place(report), *_small(report), *_folders(report), _CLUSTER, *_machine()]
    if report.left_out:
        lines += ["", "Left out: " + "; ".join(report.left_out) + "."]
    return "\n".join(lines) + "\n"


def write_picture(report: Report, path: Path) -> None:
    """The ratios of the comparison as bars."""
    ratios: dict[str, dict[str, dict[str, float]]] = {}
    *_, results = report.rounds["comparison"]
    for result in results:
        ratio = _ratio(result, results)
        if ratio and result.contender != "rdiff":
            by_pair = ratios.setdefault(result.step, {})
            by_pair.setdefault(result.pair.name, {})[result.contender] = ratio.median
    subprocess.run(
        [provide_environment(), "-m", "benchmark.picture", path],
        env={**os.environ, "PYTHONPATH": str(PROJECT / "tools"), "MPLBACKEND": "agg"},
        input=json.dumps(ratios),
        text=True,
        check=True,
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The first column holds words, the others numbers."""
    rules = ["---", *["---:"] * (len(heads) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (heads, rules, *rows)]


def spread(values: Spread | None, digits: int = 2) -> str:
    """Such as 0.57 (0.55–0.60)."""
    if values is None:
        return "–"
    median, least, most = (f"{value:.{digits}f}" for value in values)
    return f"{median} ({least}–{most})"


def _ratio(result: Result, results: list[Result], *, durable: bool = False) -> Spread | None:
    for each in results:
        if (each.pair, each.step, each.contender) == (result.pair, result.step, "rdiff"):
            return result.ratio_to(each, durable=durable)
    return None


def _targets(report: Report) -> list[str]:
    """What the program should reach, and whether it did."""
    rows = []
    for name, (_, _, results) in report.rounds.items():
        for result in results:
            kind, _, threads = result.contender.partition(", ")
            ratio, wanted = _ratio(result, results), _TARGETS.get((result.step, kind))
            what = f"{result.step}, {result.contender} ({result.pair.name})"
            is_edited = name == "comparison" and result.pair.name.startswith("edited")
            if is_edited and ratio and wanted and threads.startswith("2 "):
                met = "yes" if ratio.median <= wanted else "**no**"
                rows.append([what, f"≤ {wanted:.2f} × rdiff", spread(ratio), met])
            if result.pair.name.startswith("hole") and result.measurements:
                met = "yes" if result.wall.median < _HOLE_SECONDS else "**no**"
                rows.append([what, f"< {_HOLE_SECONDS} s", spread(result.wall), met])
    return (
        ["## Targets", "", *table(("what", "wanted", "measured", "met"), rows), ""] if rows else []
    )


def _limits(report: Report) -> list[str]:
    """How near the steps are to what this machine can do."""
    if not report.limits:
        return []
    speeds = ", ".join(f"{name} {spread(took, 3)}" for name, took in report.speeds.items())
    rows = (
        [
            f"{each.step}, {each.kind}",
            *(f"{seconds:.2f}" for seconds in (each.least, each.measured, each.rdiff)),
            f"{100 * each.least / each.measured:.0f} %",
            f"{each.least / each.rdiff:.2f}",
        ]
        for each in report.limits
    )
    heads = ("step", "limit s", "measured s", "rdiff s", "reached", "best ratio")
    return [
        "## Where the time goes",
        "",
        f"Seconds a GiB, all {CORES} cores at once: {speeds}. From these the least that a step of "
        "“edited” can take: the start, what rdiff's one thread computes shared out to all cores, "
        "and every byte read, hashed and written as often as must be. What is missing to 100 % is "
        "what better code could still win.",
        "",
        *table(heads, rows),
        "",
    ]


def _rounds(results: list[Result], *, durable: bool) -> list[str]:
    """A row for each pair and step, a column for each contender; then memory and sizes."""
    names = list(dict.fromkeys(result.contender for result in results))
    rows: dict[tuple[str, str], list[str]] = {}
    for result in results:
        row = rows.setdefault(
            (result.pair.name, result.step), [f"{result.pair.name}: {result.step}"]
        )
        ratio = _ratio(result, results, durable=durable)
        if not result.measurements:
            row.append(f"failed: {result.failure}" if result.failure else "–")
        elif result.contender == "rdiff" or ratio is None:
            row.append(f"{result.wall.median:.3f} s")
        else:
            row.append(spread(ratio))
    memory, size = ["peak memory, MiB"], ["all deltas, MiB"]
    for name in names:
        mine = [each for each in results if each.contender == name and each.measurements]
        most = max((one.peak_rss_bytes for each in mine for one in each.measurements), default=0)
        memory.append(f"{most / MIB:.0f}")
        deltas = [each.measurements[-1].output_bytes for each in mine if each.step == "delta"]
        size.append(f"{sum(deltas) / MIB:.2f}")
    return table(("", *names), [*rows.values(), memory, size])


def _both(results: list[Result], reference: str) -> list[str]:
    """A table for each pair; then the geometric means beside the reference, and beside its best."""
    lines: list[str] = []
    means: dict[str, list[tuple[float, float]]] = {}
    for pair in dict.fromkeys(result.pair for result in results):
        mine = {one.contender: one for one in results if (one.pair, one.step) == (pair, "diff")}
        patches = {one.contender: one for one in results if (one.pair, one.step) == (pair, "patch")}
        rows = []
        for name, one in mine.items():
            if not one.measurements or one.failure or patches[name].failure:
                rows.append([name, f"failed: {one.failure or patches[name].failure}", *[""] * 5])
                continue
            last, other = one.measurements[-1], mine.get(reference)
            cpu = statistics.median(each.cpu_seconds for each in one.measurements)
            memory = max(each.peak_rss_bytes for each in one.measurements)
            rows.append([
                name, f"{last.output_bytes:,}", spread(one.wall),
                spread(one.ratio_to(other) if other else None), f"{cpu:.2f}", f"{memory / MIB:.0f}",
                f"{patches[name].wall.median:.2f}",
            ])  # fmt: skip
        heads = ("", "bytes", "wall s", f"over {reference}'s", "CPU s", "memory MiB", "patch s")
        lines += [f"### {pair.name}", "", f"{pair.description}.", "", *table(heads, rows), ""]
        for name, beside in _BESIDE:
            if {name, beside} <= mine.keys() and (ratio := mine[name].ratio_to(mine[beside])):
                sizes = (mine[each].measurements[-1].output_bytes for each in (name, beside))
                means.setdefault(f"{name} beside {beside}", []).append(
                    (operator.truediv(*sizes), ratio.median)
                )
    if reference == "xdelta3" and means:
        rows = [
            [what, *(f"{statistics.geometric_mean(each):.3f}" for each in zip(*both, strict=True))]
            for what, both in means.items()
        ]
        lines += ["### All of them", "", *table(("geometric means", "bytes", "wall"), rows), ""]
    return lines


def _in_place(report: Report) -> list[str]:
    """What `--changes-only` spares."""
    if not report.in_place:
        return []
    rows = (
        [name, spread(took.seconds), spread(took.ratio), spread(took.written_mib, 0)]
        for name, took in report.in_place.items()
    )
    return [
        "## In place, at the cost of the change",
        "",
        "A file on the disk with 200 edits, patched in place without a backup: the old way writes "
        "all of it, `--changes-only` what changes, and before that what leads back. What was "
        "written is the disk's own count.",
        "",
        *table(("way", "seconds", "over written whole", "MiB written"), rows),
        "",
    ]


def _small(report: Report) -> list[str]:
    if not report.small:
        return []
    names = list(report.small["signature"])
    rows = ([step, *(spread(by[name], 3) for name in names)] for step, by in report.small.items())
    starts = ([f"`{name}`", spread(took, 1)] for name, took in report.starts.items())
    return [
        "## Small files, and the start",
        "",
        "Milliseconds for one of many files of 10,000 bytes, each result synced and renamed; and "
        "from nothing to the end of a process.",
        "",
        *table(("step", *names), rows),
        "",
        *table(("command", "ms"), starts),
        "",
    ]


def _folders(report: Report) -> list[str]:
    """A table of all pairs, and what a patch takes that has nothing to do."""
    if not report.folders:
        return []
    rows = []
    for pair in report.folders:
        beside = pair.ways.get(folders.REFERENCE)
        for name, way in pair.ways.items():
            row = [f"{pair.name}, {pair.files:,} files: {name}"]
            if way.failure or not way.wall:
                rows.append([*row, f"failed: {way.failure}", *[""] * 4])
                continue
            row += [f"{way.delta_bytes:,}"]
            if beside and not beside.failure:
                of_wall, of_cpu = (
                    Spread.of(one / other for one, other in zip(*both, strict=False))
                    for both in ((way.wall, beside.wall), (way.cpu, beside.cpu))
                )
                row += [
                    f"{way.delta_bytes / beside.delta_bytes:.3f}", spread(of_wall), spread(of_cpu)
                ]  # fmt: skip
            else:
                row += ["–"] * 3
            rows.append([*row, f"{min(way.cpu):.2f}"])
    heads = ("", "bytes", "over tar, xdelta3 -9", "wall over its", "CPU over its", "least CPU s")
    nothing = [
        "",
        f"A patch that has nothing to do in a folder of {folders.SAME_FILES:,} files takes "
        f"{spread(report.nothing)} of what it takes to read and hash them all, both in a process "
        "that runs already.",
    ]
    return [
        "## Folders",
        "",
        "One delta for all of a folder, packed as by default and applied; the tars have their "
        "files sorted by name. rdiffdir's signature and delta are packed together by zstd.",
        "",
        *table(heads, rows),
        *(nothing if report.nothing else []),
        "",
    ]


# Measured by hand.
_CLUSTER = """\
### With a cluster

With `--cluster`, workers that have the folders under the same paths read, hash, sign and compare
batches of 32 MiB or 64 files, and larger files alone, and patch them. A file of 128 MiB and more is
signed, and compared with a signature, in slices of 64 MiB; to hash it, to compare it with the old
file itself, or to patch it, is one task. 64 are given away at a time. New files are read, and all
is packed, where the program runs. A task costs 5 to 9 ms of scheduler and client.

Seconds of the processor, the least of two rounds on a busy machine: without workers, and of the
program and of two workers with them, on the same machine. A file of 1 GiB had 200 edits, and 4,000
files of 50 kB had 40 bytes put into each.

|  | alone | program | workers |
| --- | ---: | ---: | ---: |
| 1 GiB: signature | 3.2 | 0.2 | 3.4 |
| 1 GiB: delta by signature | 5.1 | 2.1 | 3.6 |
| 1 GiB: delta of two folders | 1.5 | 0.1 | 1.7 |
| 1 GiB: verify | 0.7 | 0.1 | 0.7 |
| 1 GiB: patch | 1.0 | 0.1 | 1.8 |
| 4,000 files: signature | 2.3 | 1.4 | 2.8 |
| 4,000 files: delta by signature | 4.0 | 2.0 | 3.4 |
| 4,000 files: delta of two folders | 3.9 | 2.0 | 4.7 |
| 4,000 files: verify | 1.6 | 1.3 | 1.7 |
| 4,000 files: patch | 2.6 | 1.5 | 2.2 |

So it pays for large files, of which next to nothing is left to the program: that is shared by as
many computers as there are, as far as their storage keeps up. Of one very large file, the hash is
what a single worker does. With small files half of the work stays with the program, which looks at
them, packs and places them, so a third worker has little to do. It does not pay on one computer,
whose cores are busy without it, where storage is slower than one computer reads it, nor for one
large file alone that is patched or compared with the old one itself.
"""


def _machine() -> list[str]:
    """What the numbers were measured on, with which versions."""
    cpus = Path("/proc/cpuinfo").read_text().splitlines()
    processor = next((line.partition(": ")[2] for line in cpus if "model name" in line), "unknown")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIB
    facts = [
        f"{processor}, {CORES} cores, {memory:.0f} GiB of memory",
        platform.platform(),
        f"files on the disk in {_first_line('stat', '-f', '-c', '%T', str(FOLDER.parent))}",
        f"Python {platform.python_version()}",
        _first_line("rdiff", "--version"),
        _first_line(sys.executable, "-P", "-m", "rdiff_gui", "--version"),
        f"commit {_first_line('git', '-C', str(PROJECT), 'describe', '--always', '--dirty')}",
    ]
    return ["## The machine", "", "; ".join(facts) + "."]


def _first_line(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.partition("\n")[0].strip()
