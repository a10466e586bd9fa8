"""The measuring command, run for real on small files."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from benchmark import pairs
from benchmark.contenders import PEERS, STEPS, Contender
from benchmark.page import Report, write_page
from benchmark.rounds import Measurement, Result, run, same_content

BENCH = [sys.executable, str(Path(__file__).parent.parent / "tools/bench"), "--quick"]


def measure(folder: Path, *arguments: str) -> str:
    """A quick run that leaves nothing in its two folders; what it printed."""
    places = [folder / name for name in ("memory", "disk")]
    where = ["--memory", str(places[0]), "--disk", str(places[1])]
    command = [*BENCH, *arguments, "--rounds", "1", *where]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert not [left for place in places if place.exists() for left in place.iterdir()]
    return done.stdout


def rows_of(page: str, start: str) -> list[list[str]]:
    """The cells of the table rows that begin so."""
    rows = (line.strip("| ").split(" | ") for line in page.splitlines())
    return [row for row in rows if row[0].startswith(start)]


def test_every_step_of_every_program_is_on_the_page(tmp_path: Path) -> None:
    """Nobody is missing, none failed, and ours and rdiff's deltas have one size."""
    page = measure(tmp_path, "comparison", "disk", "--no-peers")
    for name in ("edited", "unrelated", "sparse", "source", "SQLite"):
        rows = rows_of(page, name)
        assert {row[0].rpartition(": ")[2] for row in rows} == set(STEPS)
        assert not any("–" in row or "failed" in cell for row in rows for cell in row)
    sizes = {float(size) for size in rows_of(page, "all deltas")[0][1:]}
    assert max(sizes) < min(sizes) * 1.02
    limits = [row for step in STEPS for row in rows_of(page, step) if "%" in row[-2]]
    assert len(limits) == 6


def test_two_files_at_hand_have_a_table_a_pair(tmp_path: Path) -> None:
    """Ours and rdiff's deltas are rebuilt from; other programs take part where they are."""
    page = measure(tmp_path, "both", "moved", "--no-peers")
    assert len(rows_of(page, "rdiff")) == 5
    for name, count in (("fast", 1), ("best", 1), ("sealed", 4), ("plain", 4)):
        rows = rows_of(page, name)
        assert len(rows) == count
        assert not any("failed" in cell for row in rows for cell in row)
        assert all(int(row[1].replace(",", "")) for row in rows)


def test_a_file_is_changed_in_place_both_ways(tmp_path: Path) -> None:
    """Each way has its row, with the times of one whole file over which they are told."""
    page = measure(tmp_path, "in-place", "--no-peers")
    assert rows_of(page, "written whole")[0][2] == "1.00 (1.00–1.00)"
    assert len(rows_of(page, "changed itself")) == len(rows_of(page, "only read")) == 1


def test_folders_have_a_table(tmp_path: Path) -> None:
    """Ours is applied, and told beside tar and xdelta3 where that is; so is doing nothing."""
    page = measure(tmp_path, "folders", "--no-peers")
    assert int(rows_of(page, "two files, 2 files: rdiff-gui")[0][1])
    assert "nothing to do" in page


@pytest.mark.campaign
@pytest.mark.timeout(900)  # the first time, packages are fetched
def test_one_command_writes_the_page_and_its_picture(tmp_path: Path) -> None:
    """Every section and every peer that this Python can have."""
    folder = tmp_path / "page"
    assert measure(tmp_path, "all", "--write", str(folder)) == ""
    page = (folder / "performance.md").read_text()
    assert page.count("\n## ") == 13
    assert all(name in page for name in PEERS) == (sys.version_info < (3, 13))
    assert (folder / "performance.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert {path.name for path in folder.iterdir()} == {"performance.md", "performance.png"}


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    """Files of gigabytes in memory would be a bad thing to forget."""
    options = ["--no-peers", "--rounds", "1000", "--memory", str(tmp_path)]
    with subprocess.Popen([*BENCH, *options], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        while "edited" not in process.stderr.readline():
            pass
        while not list(tmp_path.rglob("signature")):
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read().endswith("Stopped; the measured files are removed.\n")
    assert list(tmp_path.iterdir()) == []


def test_quick_numbers_never_reach_the_documents() -> None:
    """docs/performance.md tells of real files only."""
    done = subprocess.run([*BENCH, "all", "--write"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "a quick run says nothing about speed" in done.stderr


def test_whoever_hangs_or_writes_rubbish_is_told_of_and_left_out(tmp_path: Path) -> None:
    """The run goes on with the others."""
    copy = "import shutil, sys; shutil.copy(sys.argv[{}], sys.argv[-1])"
    scripts = {
        "hangs": "import time; time.sleep(60)",
        "fails": "import sys; sys.exit('no such luck')",
        "right": copy.format(-2),
        "wrong": copy.format(2),
    }
    everybody = [
        Contender(name, (sys.executable, "-I", "-S", "-c", script))
        for name, script in scripts.items()
    ]
    results = run(pairs.edited(2**16), everybody, tmp_path, rounds=2, limit_seconds=2)
    found = {(result.contender, result.step): result for result in results}
    assert found["hangs", "signature"].failure == "stopped after 2 s"
    assert found["fails", "signature"].failure == "exit code 1: no such luck"
    assert found["wrong", "patch"].failure == "the rebuilt file is wrong"
    assert not found["hangs", "delta"].measurements
    # Its delta is the new file, and so is what it makes of that.
    assert [len(found["right", step].measurements) for step in STEPS] == [2, 2, 2]
    assert not found["right", "patch"].failure


def test_holes_are_compared_without_reading_them(tmp_path: Path) -> None:
    """A byte in the middle of nothing is found, and 64 GiB of nothing take no time."""
    one, other = tmp_path / "one", tmp_path / "other"
    for path in (one, other):
        with path.open("wb") as file:
            file.truncate(2**36)
            file.seek(2**35)
            file.write(b"data")
    assert same_content(one, other)
    with other.open("r+b") as file:
        file.seek(2**34 + 5)
        file.write(b"x")
    assert not same_content(one, other)
    assert not same_content(other, one)


@pytest.mark.parametrize(("own_seconds", "met"), [(0.52, "yes"), (0.54, "**no**")])
def test_a_target_is_judged_by_the_median_of_the_paired_ratios(
    own_seconds: float, met: str
) -> None:
    """One slow minute that both met does not count; a miss is called one."""
    slow, pair = (1.0, 1.0, 9.0, 1.0, 1.0), pairs.edited(2**30)
    results = [
        Result(pair, "signature", name, [Measurement(least * wall, 0, 0, 0, 0) for wall in slow])
        for name, least in (("rdiff", 1.0), ("plain, 2 threads", own_seconds))
    ]
    page = write_page(Report("bench", "now", {"comparison": ("", "", results)}))
    (row,) = rows_of(page, "signature, plain")
    assert row[1:] == ["≤ 0.53 × rdiff", f"{own_seconds:.2f} ({own_seconds}–{own_seconds})", met]
