"""The pictures of docs/performance.md, with matplotlib: REPORT.json FOLDER.

Run as a command, in the bench's environment. Colours are Okabe and Ito's, which people with any
colour vision can tell apart; markers and line styles say the same once more.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from benchmark import model
from benchmark.pairs import size_text
from benchmark.report import SHAPES, Report
from benchmark.results import STEPS, Result, find_reference

_WIDTH_INCHES = 9.0  # 1440 pixels at this resolution: sharp on the page, and readable on paper
_DOTS_PER_INCH = 160
_BLACK, _ORANGE, _SKY, _GREEN, _BLUE, _VERMILION, _PURPLE, _GREY = (
    "#222222", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#BBBBBB",
)  # fmt: skip
_SEALED = (_SKY, _BLUE, "#003F63")
_PLAIN = (_ORANGE, _VERMILION, "#7A3500")
_PEERS = {"rdiff": _BLACK, "python-rsync": _GREEN, "py-fast-rsync": _PURPLE}
_PARTS = {
    "start": _GREY,
    "read": _SKY,
    "BLAKE2b": _BLUE,
    "rolling sum": _VERMILION,
    "rolling sum and BLAKE2b": _BLUE,
    "rolling sum at every byte": _PURPLE,
    "BLAKE3": _GREEN,
    "write": _ORANGE,
    "copy": _ORANGE,
}


def draw(report: Report, folder: Path) -> None:
    """Write every picture whose sections were run."""
    plt.rcParams.update({
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": 11,
        "figure.dpi": _DOTS_PER_INCH,
        "figure.facecolor": "white",
        "figure.constrained_layout.use": True,
        "font.size": 9.5,
        "grid.color": "#E4E4E4",
        "legend.frameon": False,
    })  # fmt: skip
    if report.results("comparison"):
        _draw_comparison(report, folder / "performance-comparison.png")
    if report.results("sizes"):
        _draw_sizes(report, folder / "performance-sizes.png")
    if report.results("threads"):
        _draw_threads(report, folder / "performance-threads.png")
    if limits := model.limits(report):
        _draw_limits(report, limits, folder / "performance-limits.png")


def _draw_comparison(report: Report, path: Path) -> None:
    """Bars that leave rdiff's line: down is faster, up is slower."""
    results = report.results("comparison")
    pairs = list(dict.fromkeys(result.pair for result in results))
    names = list(dict.fromkeys(result.contender for result in results))
    names.remove("rdiff")
    colours = _colours(results)
    figure, every = plt.subplots(len(STEPS), 1, figsize=(_WIDTH_INCHES, 9.0), sharex=True)
    width = 0.84 / len(names)
    for axes, step in zip(every, STEPS, strict=True):
        for place, name in enumerate(names):
            for number, pair in enumerate(pairs):
                left = number - 0.42 + (place + 0.5) * width
                result = _pick(results, pair, step, name)
                reference = find_reference(results, result) if result else None
                ratio = result.ratio_to(reference) if result and reference else None
                if ratio is None:
                    axes.text(left, 1.04, "failed", rotation=90, ha="center", va="bottom", size=7)
                    continue
                axes.bar(left, ratio.median - 1, width * 0.92, bottom=1, color=colours[name],
                         label=name if not number else None)  # fmt: skip
                axes.plot([left, left], [ratio.least, ratio.most], color=_BLACK, linewidth=0.8)
                is_up = ratio.median >= 1
                axes.annotate(
                    f"{ratio.median:.2g}" if ratio.median >= 10 else f"{ratio.median:.2f}",
                    (left, ratio.most if is_up else ratio.least),
                    (0, 2 if is_up else -2),
                    textcoords="offset points",
                    rotation=90,
                    ha="center",
                    va="bottom" if is_up else "top",
                    size=7,
                )
        axes.set_yscale("log")
        axes.margins(y=0.25)
        _plain_ratios(axes)
        axes.axhline(1, color=_BLACK, linewidth=1)
        axes.grid(visible=False, axis="x")
        axes.set_title(step, loc="left", weight="bold")
        axes.set_ylabel("wall time over rdiff's")
    every[-1].set_xticks(range(len(pairs)), pairs)
    figure.suptitle("Wall time over rdiff's: below the line is faster", weight="bold")
    _legend_below(figure, every[0])
    figure.savefig(path)


def _draw_sizes(report: Report, path: Path) -> None:
    results = report.results("sizes")
    names = list(dict.fromkeys(result.contender for result in results))
    colours = _colours(results)
    sizes = sorted({result.old_bytes for result in results})
    figure, every = plt.subplots(1, len(STEPS), figsize=(_WIDTH_INCHES, 4.2), sharey=True)
    for axes, step in zip(every, STEPS, strict=True):
        for name, marker in zip(names, "so^vD", strict=False):
            chosen = sorted(
                (each for each in results if (each.step, each.contender) == (step, name)
                 and each.measurements),
                key=lambda each: each.old_bytes,
            )  # fmt: skip
            _line(axes, [each.old_bytes for each in chosen], chosen, name, colours[name], marker)
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks(sizes, [size_text(size) for size in sizes], rotation=60, ha="right",
                        rotation_mode="anchor")  # fmt: skip
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.set_title(step, loc="left", weight="bold")
        axes.set_xlabel("size of the old file")
    every[0].set_ylabel("wall time, s")
    figure.suptitle("Wall time by file size", weight="bold")
    _legend_below(figure, every[0])
    figure.savefig(path)


def _draw_threads(report: Report, path: Path) -> None:
    pair = report.largest("threads", "edited")
    results = [result for result in report.results("threads") if result.pair == pair]
    figure, every = plt.subplots(1, len(STEPS), figsize=(_WIDTH_INCHES, 3.8))
    counts = sorted({result.threads or 1 for result in results})
    for axes, step in zip(every, STEPS, strict=True):
        for kind, colour, marker in (("sealed", _BLUE, "o"), ("plain", _VERMILION, "^")):
            chosen = sorted(
                (each for each in results if (each.step, each.kind) == (step, kind)
                 and each.measurements),
                key=lambda each: each.threads or 1,
            )  # fmt: skip
            places = [each.threads or 1 for each in chosen]
            _line(axes, places, chosen, f"rdiff-gui {kind}", colour, marker)
            if chosen and places[0] == 1:
                ideal = [chosen[0].wall.median / count for count in counts]
                axes.plot(counts, ideal, color=colour, linestyle=":", linewidth=1,
                          label=f"{kind}, one thread's time shared out")  # fmt: skip
        reference = next(
            (each for each in results if (each.step, each.kind) == (step, "rdiff")), None
        )
        if reference and reference.measurements:
            axes.axhline(reference.wall.median, color=_BLACK, linestyle="--", label="rdiff")
        axes.axvline(report.cores, color=_GREY, linewidth=1)
        axes.set_xticks(counts)
        axes.set_ylim(bottom=0)
        axes.set_title(step, loc="left", weight="bold")
        axes.set_xlabel("threads")
    every[0].set_ylabel("wall time, s")
    figure.suptitle(f"Wall time by threads: {pair}, {report.cores} cores", weight="bold")
    _legend_below(figure, every[0])
    figure.savefig(path)


def _draw_limits(report: Report, limits: list[model.Limit], path: Path) -> None:
    """A bar a step: what it is made of on one core; marks for what was measured."""
    # Unrelated files take so much longer that they need a scale of their own.
    groups = [[limit for limit in limits if limit.pair.startswith(shape)] for shape in SHAPES]
    groups = [group for group in groups if group]
    lengths = [len(group) for group in groups]
    figure, every = plt.subplots(
        len(groups),
        1,
        figsize=(_WIDTH_INCHES, 0.5 * sum(lengths) + 0.6 * len(groups) + 1.6),
        height_ratios=lengths,
        squeeze=False,
    )
    legend: dict[str, Any] = {}
    for axes, group in zip(every[:, 0], groups, strict=True):
        for row, limit in enumerate(group):
            _draw_limit(axes, row, limit, report.cores, legend)
        axes.set_yticks(range(len(group)), [f"{limit.step}, {limit.kind}" for limit in group])
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xlim(left=0)
        axes.set_title(group[0].pair, loc="left", weight="bold")
    every[-1, 0].set_xlabel("seconds (bars: on one core, from the speeds of this machine)")
    figure.suptitle("Where the time goes", weight="bold")
    figure.legend(legend.values(), legend.keys(), loc="outside lower center", ncols=4)
    figure.savefig(path)


def _draw_limit(
    axes: Axes, row: int, limit: model.Limit, cores: int, legend: dict[str, Any]
) -> None:
    left = 0.0
    for part, took in limit.parts.items():
        bar = axes.barh(row, took, 0.62, left=left, color=_PARTS[part], alpha=0.6)
        legend.setdefault(part, bar)
        left += took
    marks = (
        (f"limit, {cores} cores", limit.all_cores_seconds, "|", _BLACK, _BLACK),
        (f"measured, {cores} threads", limit.measured_all_seconds, "o", _BLACK, "white"),
        ("measured, 1 thread", limit.measured_one_seconds, "D", "white", _BLACK),
        ("rdiff", limit.rdiff_seconds, "X", _BLACK, "white"),
    )
    for label, where, marker, fill, edge in marks:
        if where is None:
            continue
        if marker == "|":
            mark = axes.scatter(where, row, 260, color=fill, marker=marker, linewidth=2, zorder=3)
        else:
            mark = axes.scatter(
                where, row, 60, marker=marker, facecolor=fill, edgecolor=edge, zorder=3
            )
        legend.setdefault(label, mark)


def _line(
    axes: Axes, places: list[int], results: list[Result], label: str, colour: str, marker: str
) -> None:
    spreads = [result.wall for result in results]
    medians = [spread.median for spread in spreads]
    errors = [
        [spread.median - spread.least for spread in spreads],
        [spread.most - spread.median for spread in spreads],
    ]
    axes.errorbar(places, medians, errors, color=colour, marker=marker, markersize=5,
                  capsize=2, label=label)  # fmt: skip


def _plain_ratios(axes: Axes) -> None:
    """Ticks that people know, as numbers and not as powers."""
    low, high = axes.get_ylim()
    low, high = min(low, 0.45), max(high, 2.2)
    axes.set_ylim(low, high)
    ticks = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
    axes.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if low <= tick <= high]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def _legend_below(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)


def _colours(results: list[Result]) -> dict[str, str]:
    """Each contender's; the more threads, the darker."""
    colours = {}
    for result in results:
        shades = {"sealed": _SEALED, "plain": _PLAIN}.get(result.kind)
        if shades is None:
            colours[result.contender] = _PEERS[result.contender]
        else:
            same = sorted({each.threads or 1 for each in results if each.kind == result.kind})
            # One number of threads alone is the strong colour.
            place = same.index(result.threads or 1) + (len(same) == 1)
            colours[result.contender] = shades[min(place, len(shades) - 1)]
    return colours


def _pick(results: list[Result], pair: str, step: str, name: str) -> Result | None:
    for result in results:
        if (result.pair, result.step, result.contender) == (pair, step, name):
            return result if result.measurements else None
    return None


if __name__ == "__main__":
    draw(Report(json.loads(Path(sys.argv[1]).read_text())), Path(sys.argv[2]))
