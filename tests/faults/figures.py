"""The campaign's figures: kept by kind in `.faults`, shown as a table in docs/reliability.md."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Iterable, Sequence

from . import kinds
from .campaign import ROOT, Report
from .judging import COLUMNS
from .operations import BY_NAME

KEPT = ROOT / ".faults"
PAGE = ROOT / "docs" / "reliability.md"
_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->\n"
# More of the same do not tell more.
_FINDINGS_SHOWN = 40


def row_of(case: str) -> str:
    """The kind of operation that a case belongs to."""
    _, name, *_ = case.split("/")
    if name in BY_NAME:
        return BY_NAME[name].row
    if name.startswith("tiny"):
        return "delta" if "signature" in name else "patch"
    return "names"


def count(reports: Iterable[Report]) -> dict[str, Counter[str]]:
    """For each row: runs, faults that struck, and in each column the runs that count there."""
    rows: dict[str, Counter[str]] = {}
    for report in reports:
        row = rows.setdefault(row_of(report.case), Counter())
        row.update({"runs": 1, "faults": report.struck})
        row.update({column for column, _ in report.findings})
    return rows


def harmful(reports: Iterable[Report]) -> int:
    """How many of them did something that must not happen."""
    return sum(bool(report.findings) for report in reports)


def summarize(reports: Sequence[Report]) -> str:
    """All findings, for whoever mends them."""
    found = [report for report in reports if report.findings]
    shown = [str(report) for report in found[:_FINDINGS_SHOWN]]
    return "\n".join([f"{len(found)} of {len(reports)} cases:", *shown])


def keep(kind: str, reports: Sequence[Report], seed: str, seconds: float) -> None:
    """Write down what came of a whole kind, and renew the table."""
    KEPT.mkdir(exist_ok=True)
    record = {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "seed": seed,
        "seconds": round(seconds),
        "rows": count(reports),
    }
    (KEPT / f"{kind}.json").write_text(json.dumps(record, indent=2))
    findings = "\n".join(str(report) for report in reports if report.findings)
    (KEPT / f"{kind}.txt").write_text(findings)
    before, _, rest = PAGE.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    PAGE.write_text(f"{before}{_BEGIN}{write_table()}{_END}{after}")


def write_table() -> str:
    """Markdown: a row for each kind and operation, and the sum."""
    lines = [
        "| fault | operation | runs | faults | " + " | ".join(COLUMNS) + " | date, seed |",
        "| --- | --- | --- | --- |" + " --- |" * (len(COLUMNS) + 1),
    ]
    total: Counter[str] = Counter()
    for kind in kinds.ALL:
        path = KEPT / f"{kind.NAME}.json"
        if not path.exists():
            continue
        record = json.loads(path.read_text())
        for row, counts in record["rows"].items():
            total.update(counts)
            lines.append(
                _line(kind.TITLE, row, Counter(counts), f"{record['date']}, {record['seed']}")
            )
    lines.append(_line("**all**", "", total, ""))
    return "\n".join(lines) + "\n"


def _line(title: str, row: str, counts: Counter[str], when: str) -> str:
    figures = [f"{counts[name]:,}".replace(",", " ") for name in ("runs", "faults", *COLUMNS)]
    return "| " + " | ".join([title, row, *figures, when]) + " |"
