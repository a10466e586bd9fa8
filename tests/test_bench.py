"""The measuring command, run for real on small files."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

BENCH = [sys.executable, str(Path(__file__).parent.parent / "tools" / "bench"), "--quick"]


def test_the_table_holds_the_medians_of_what_was_measured(tmp_path: Path) -> None:
    """What is read in the table can be worked out again from the single measurements."""
    report, data = tmp_path / "report.json", tmp_path / "data"
    data.mkdir()
    options = ["--rounds", "3", "--only", "edited", "--json", str(report), "--folder", str(data)]
    done = subprocess.run([*BENCH, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert list(data.iterdir()) == [], "the measured files are removed"
    results = json.loads(report.read_text())["results"]
    assert {result["step"] for result in results} == {"signature", "delta", "patch"}
    walls = {
        (result["contender"], result["step"]): statistics.median(
            each["wall_seconds"] for each in result["measurements"]
        )
        for result in results
    }
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    for result in results:
        name, step = result["contender"], result["step"]
        assert len(result["measurements"]) == 3
        ratio = walls[name, step] / walls["rdiff", step]
        expected = f"| {name} | {walls[name, step]:.3f} | {ratio:.2f} |"
        assert any(row.startswith(expected) for row in rows), expected


def test_ours_and_rdiffs_deltas_have_one_size(tmp_path: Path) -> None:
    """The plain delta says what rdiff's says, in no more bytes; a seal is some hundred more."""
    report = tmp_path / "report.json"
    options = ["--rounds", "1", "--only", "unrelated", "--json", str(report)]
    subprocess.run([*BENCH, *options], capture_output=True, check=True)
    sizes = {
        result["contender"].partition(",")[0]: result["measurements"][0]["output_bytes"]
        for result in json.loads(report.read_text())["results"]
        if result["step"] == "delta"
    }
    assert 0.999 * sizes["rdiff"] < sizes["rdiff-gui plain"] <= sizes["rdiff"]
    assert sizes["rdiff-gui plain"] < sizes["rdiff-gui sealed"]
