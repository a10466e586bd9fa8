"""The picture of docs/performance.md: ratios as JSON on standard input, the file to write.

Run with the bench's environment, which has matplotlib. Colours are Okabe and Ito's, which people
with any colour vision can tell apart; hatches say the same once more.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_HATCHES = ("", "//", "..", "\\\\", "xx", "--")

# Step, then pair, then contender: its ratio to rdiff.
Ratios = dict[str, dict[str, dict[str, float]]]


def draw(ratios: Ratios, path: Path) -> None:
    """Bars that leave rdiff's line: down is faster, up is slower."""
    figure, every = plt.subplots(len(ratios), 1, figsize=(9, 8), sharex=True)
    names = list(
        dict.fromkeys(name for by in ratios.values() for one in by.values() for name in one)
    )
    width = 0.84 / len(names)
    for axes, (step, pairs) in zip(every, ratios.items(), strict=True):
        for place, name in enumerate(names):
            lefts = [number - 0.42 + (place + 0.5) * width for number in range(len(pairs))]
            heights = [by_name.get(name, 1) - 1 for by_name in pairs.values()]
            axes.bar(lefts, heights, width * 0.9, bottom=1, color=_COLOURS[place], label=name,
                     hatch=_HATCHES[place], edgecolor="white", linewidth=0)  # fmt: skip
        axes.set_yscale("log", base=2)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.axhline(1, color="#222222")
        axes.set_title(f"{step}: wall time over rdiff's, less is faster", loc="left")
        axes.set_xticks(range(len(pairs)), list(pairs))
    every[0].legend(ncols=len(names), loc="upper center", bbox_to_anchor=(0.5, 1.4))
    figure.savefig(path)


if __name__ == "__main__":
    plt.rcParams.update({
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.dpi": 160,
        "figure.constrained_layout.use": True,
        "grid.color": "#E4E4E4",
        "legend.frameon": False,
    })  # fmt: skip
    draw(json.load(sys.stdin), Path(sys.argv[1]))
