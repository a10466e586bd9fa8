"""The measuring command, run for real on small files, and what it would say of other numbers."""

from __future__ import annotations

import collections
import itertools
import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from benchmark import rounds, targets
from benchmark.contenders import PEERS, Contender
from benchmark.pairs import Pair, edited_pair
from benchmark.report import Report
from benchmark.results import STEPS, Measurement, Result
from benchmark.tables import results_table

BENCH = [sys.executable, str(Path(__file__).parent.parent / "tools" / "bench"), "--quick"]
SHAPES = ("edited", "unrelated", "sparse", "source", "SQLite")
PICTURES = ("comparison", "sizes", "threads", "limits")


@dataclass(frozen=True, slots=True)
class Written:
    """What a whole quick run wrote, and the folders that its files were in."""

    folder: Path
    page: str
    facts: dict[str, Any]
    places: list[Path]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """All sections, with the peers and the plots, which the command installs where they are not."""
    folder = tmp_path_factory.mktemp("page")
    places = [tmp_path_factory.mktemp(name) for name in ("memory", "disk")]
    where = ["--memory", str(places[0]), "--disk", str(places[1]), "--write", str(folder)]
    subprocess.run([*BENCH, "all", "--rounds", "1", *where], check=True, capture_output=True)
    page = (folder / "performance.md").read_text()
    return Written(folder, page, json.loads((folder / "performance.json").read_text()), places)


@pytest.mark.timeout(400)  # the first time, packages are fetched
def test_one_command_writes_the_page_and_its_pictures(written: Written) -> None:
    """Every section stands on it, every picture is there and large enough, nothing else is left."""
    headings = re.findall(r"^## (.+)$", written.page, re.MULTILINE)
    assert headings == [
        "Targets",
        "The machine",
        "Comparison",
        "Signatures with MD4",
        "By file size",
        "By threads",
        "Where the time goes",
        "On a disk",
        "Small files, and the start",
        "A hole",
    ]
    assert "it says nothing about speed" in written.page
    assert re.findall(r"\]\((performance-.+?)\)", written.page) == [
        f"performance-{name}.png" for name in PICTURES
    ]
    for name in PICTURES:
        header = (written.folder / f"performance-{name}.png").read_bytes()[:24]
        assert header[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(header[16:20]) == 1440
    assert [list(place.iterdir()) for place in written.places] == [[], []]


def test_everybody_does_every_step_of_every_pair(written: Written) -> None:
    """No contender is missing, none failed, and what they took is plausible."""
    assert Report(written.facts).failures() == []
    results = results_of(written, "comparison")
    names = {result.contender for result in results}
    # No peer has a wheel for a later Python.
    peers = PEERS if sys.version_info < (3, 13) else ()
    assert {"rdiff", *peers} < names
    assert sum(name.startswith("rdiff-gui") for name in names) >= 2
    for shape in SHAPES:
        chosen = [result for result in results if result.pair.startswith(shape)]
        assert {(result.contender, result.step) for result in chosen} == {
            (name, step) for name in names for step in STEPS
        }
    for result in results:
        (measurement,) = result.measurements
        assert 0 < measurement.cpu_seconds < 60
        assert 0 < measurement.wall_seconds < 60
        assert 2**20 < measurement.peak_rss_bytes < 2**30


def test_ours_and_rdiffs_deltas_have_one_size(written: Written) -> None:
    """The plain delta says what rdiff's says, in no more bytes; a seal is some hundred more."""
    sizes = {
        result.kind: result.output_bytes
        for result in results_of(written, "comparison")
        if result.step == "delta" and result.pair.startswith("unrelated")
    }
    assert 0.999 * sizes["rdiff"] < sizes["plain"] <= sizes["rdiff"]
    assert sizes["plain"] < sizes["sealed"]


def test_the_limits_are_made_of_what_was_measured(written: Written) -> None:
    """Every speed is there, and BLAKE2b is a part of a signature and not more than it."""
    speeds = written.facts["sections"]["speeds"]["seconds_per_gib"]
    assert {"read", "write", "disk", "signature", "matching", "rolling", "blake3"} <= set(speeds)
    assert all(len(each["alone"]) == len(each["together"]) == 1 for each in speeds.values())
    assert min(min(each["alone"]) for each in speeds.values()) > 0
    for step in ("signature, plain", "delta, sealed", "patch, sealed"):
        assert f"\n| {step} (edited, " in written.page


def test_the_page_can_be_drawn_again_from_its_numbers(written: Written, tmp_path: Path) -> None:
    """Another wording or another plot needs no other measurements."""
    copy = tmp_path / "performance.json"
    copy.write_bytes((written.folder / "performance.json").read_bytes())
    subprocess.run([*BENCH, "--redraw", str(tmp_path)], check=True, capture_output=True)
    assert (tmp_path / "performance.md").read_text() == written.page
    assert len(list(tmp_path.glob("*.png"))) == len(PICTURES)


def test_the_table_holds_the_medians_of_what_was_measured() -> None:
    """The ratio is the median of those in each round, which need not be that of the medians."""
    pair = Pair("edited, 1 GiB", "", "edited", 2**30, 0)
    results = [
        make_result(pair, "rdiff", "rdiff", None, (1.0, 4.0, 2.0)),
        make_result(pair, "ours", "sealed", 2, (0.9, 1.0, 1.5)),
    ]
    row = results_table(results)[-1]
    assert results[1].to_json(results[0])["summary"]["ratio_to_rdiff"] == {
        "median": 0.75,
        "least": 0.25,
        "most": 0.9,
    }
    assert row.startswith("| signature | ours | 1.000 (0.900–1.500) | 0.75 (0.25–0.90) |")


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
    done = subprocess.run([*BENCH, "--write"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "a quick run says nothing about speed" in done.stderr


def test_whoever_hangs_or_writes_rubbish_is_told_of_and_left_out(tmp_path: Path) -> None:
    """The run goes on with the others."""
    copy = "import shutil, sys; shutil.copy(sys.argv[-2], sys.argv[-1])"
    copies_old = "import shutil, sys; shutil.copy(sys.argv[2], sys.argv[-1])"
    scripts = {
        "hangs": "import time; time.sleep(60)",
        "fails": "import sys; sys.exit('no such luck')",
        "right": copy,
        "wrong": copies_old,
    }
    everybody = [
        Contender(name, "peer", (sys.executable, "-I", "-S", "-c", script), {})
        for name, script in scripts.items()
    ]
    rules = rounds.Rules(rounds=2, limit_seconds=1)
    found = {
        (result.contender, result.step): result
        for result in rounds.run(edited_pair(2**16), everybody, rules, tmp_path)
    }
    assert found["hangs", "signature"].failure == "stopped after 1 s"
    assert found["fails", "signature"].failure == "exit code 1: no such luck"
    assert found["wrong", "patch"].failure == "the rebuilt file is wrong"
    assert not found["hangs", "delta"].measurements
    # Its delta is the new file, and so is what it makes of that.
    assert [len(found["right", step].measurements) for step in STEPS] == [2, 2, 2]
    assert found["right", "patch"].failure is None


@pytest.mark.parametrize("count", [2, 3, 6, 7])
def test_everybody_follows_everybody_equally_often(count: int) -> None:
    """What a program leaves in the caches and in the kernel is shared out fairly."""
    turns = 2 * count if count % 2 else count
    orders = [rounds.order(count, turn) for turn in range(turns)]
    assert all(sorted(order) == list(range(count)) for order in orders)
    followed = collections.Counter(each for order in orders for each in itertools.pairwise(order))
    assert set(followed) == set(itertools.permutations(range(count), 2))
    assert len(set(followed.values())) == 1


def test_holes_are_compared_without_reading_them(tmp_path: Path) -> None:
    """A byte in the middle of nothing is found, and 64 GiB of nothing take no time."""
    one, other = tmp_path / "one", tmp_path / "other"
    for path in (one, other):
        with path.open("wb") as file:
            file.truncate(2**36)
            file.seek(2**35)
            file.write(b"data")
    assert rounds.same_content(one, other)
    with other.open("r+b") as file:
        file.seek(2**34 + 5)
        file.write(b"x")
    assert not rounds.same_content(one, other)
    assert not rounds.same_content(other, one)


@pytest.mark.parametrize(("own_seconds", "is_met"), [(0.52, True), (0.54, False)])
def test_a_target_is_judged_by_the_median_of_the_paired_ratios(
    own_seconds: float, is_met: bool
) -> None:
    """One slow minute that both met does not count; a miss is called one."""
    slow = (1.0, 1.0, 9.0, 1.0, 1.0)
    pair = Pair("edited, 1 GiB", "", "edited", 2**30, 0)
    results = [
        make_result(pair, "rdiff", "rdiff", None, slow),
        make_result(pair, "ours", "plain", 2, [own_seconds * factor for factor in slow]),
    ]
    report = Report({"machine": {"cores used": "2"}, "sections": {"comparison": as_json(results)}})
    verdicts = {verdict.what: verdict for verdict in targets.judge(report)}
    verdict = verdicts["signature, plain (edited, 1 GiB, 2 threads)"]
    assert verdict.is_met is is_met
    assert verdict.measured == f"{own_seconds} × ({own_seconds}–{own_seconds})"
    assert verdicts["delta, unrelated, sealed (unrelated)"].is_met is None


def results_of(written: Written, section: str) -> list[Result]:
    """The results of a section of rounds."""
    return Report(written.facts).results(section)


def make_result(
    pair: Pair, name: str, kind: str, threads: int | None, walls: list[float] | tuple[float, ...]
) -> Result:
    """A signature that took these times."""
    measurements = [Measurement(number, wall, 0, 0, 0, 0, 0) for number, wall in enumerate(walls)]
    return Result(pair.name, pair.scale, pair.scale, "signature", name, kind, threads, measurements)


def as_json(results: list[Result]) -> dict[str, Any]:
    """As a section keeps them."""
    return {"results": [result.to_json(None) for result in results]}
