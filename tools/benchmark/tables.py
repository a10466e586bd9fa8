"""Numbers as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmark.results import STEPS, Result, Spread, find_reference

_KIB, _MIB, _GIB = 1 << 10, 1 << 20, 1 << 30


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> list[str]:
    """A table whose first `left` columns are words and whose others are numbers."""
    rules = ["---" if number < left else "---:" for number in range(len(heads))]
    return [f"| {' | '.join(cells)} |" for cells in (heads, rules, *rows)]


def results_table(results: list[Result], *, is_durable: bool = False) -> list[str]:
    """One pair: a row for each step and contender.

    With `is_durable`, the time until the output has reached the disk stands beside the other.
    """
    heads = ["step", "program", "wall s", "over rdiff", "CPU s", "peak RSS MiB", "output"]
    if is_durable:
        heads += ["wall and sync s", "over rdiff"]
    rows = []
    for step in STEPS:
        rows += [
            _row(result, find_reference(results, result), is_durable=is_durable)
            for result in results
            if result.step == step
        ]
    width = len(heads)
    return table(heads, (row + [""] * (width - len(row)) for row in rows), left=2)


def _row(result: Result, reference: Result | None, *, is_durable: bool) -> list[str]:
    head = [result.step, result.contender]
    if result.failure:
        return [*head, f"failed: {cell(result.failure)}"]
    if not result.measurements:
        return [*head, "not run: an earlier step failed"]
    ratio = result.ratio_to(reference) if reference else None
    rss_mib = result.peak_rss_bytes / _MIB
    row = [
        *head,
        seconds(result.wall),
        times(ratio),
        f"{result.cpu.median:.3f}",
        f"{'≤ ' if result.is_peak_hidden else ''}{rss_mib:.0f}",
        amount(result.output_bytes),
    ]
    if is_durable:
        durable = result.ratio_to(reference, durable=True) if reference else None
        row += [seconds(result.durable), times(durable)]
    return row


def cell(text: str) -> str:
    """Words of others, so that they stay in their cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def seconds(spread: Spread) -> str:
    """The median, with the least and the most."""
    return f"{spread.median:.3f} ({spread.least:.3f}–{spread.most:.3f})"


def times(spread: Spread | None) -> str:
    """A ratio in the same way."""
    return f"{spread.median:.2f} ({spread.least:.2f}–{spread.most:.2f})" if spread else "–"


def amount(size_bytes: int) -> str:
    """Such as 12.3 MiB."""
    if size_bytes >= 10 * _GIB:
        return f"{size_bytes / _GIB:,.1f} GiB"
    if size_bytes >= _MIB:
        return f"{size_bytes / _MIB:,.1f} MiB"
    return f"{size_bytes / _KIB:,.1f} KiB" if size_bytes >= _KIB else f"{size_bytes} B"
