"""Somebody who does anything at any time, and a long day: the window bears both."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from .processes import start_watched
from .watch import Costs

DAY_SECONDS = float(os.environ.get("RDIFF_GUI_DAY_SECONDS", "1200"))
ACTIONS = int(os.environ.get("RDIFF_GUI_ACTIONS", "500"))

# Pictures are drawn when they are first needed, and kept; each is a command of Tk's too. There are
# some dozens of them, in two themes.
PICTURES_MOST = 24
# What is loaded at its first use, and what a heap and Python's half-empty pools keep. A leak grows
# with every job; a window holds 100 MB.
MEMORY_KB_MOST = 12_000


def run(module: str, *words: str | Path, home: Path, seconds: float) -> dict[str, Any]:
    """Run a module to its end, which says nothing on standard error; what it found."""
    process = start_watched(module, home, *words, home=home)
    try:
        found, said = process.communicate(timeout=seconds)
    finally:
        process.kill()
        process.communicate()
    assert (said, process.returncode) == ("", 0)
    result: dict[str, Any] = json.loads(found)
    return result


def judge(found: dict[str, Any]) -> str:
    """Nothing is left over, and nothing grows; the figures in a line."""
    before, after = (Costs(**costs) for costs in found["costs"])
    for name in ("threads", "descriptors", "timers"):
        assert getattr(after, name) == getattr(before, name), name
    # The settings have a button more where the program was added to the desktop.
    assert after.widgets - before.widgets <= 1
    assert after.images - before.images <= PICTURES_MOST
    assert after.commands - before.commands <= 2 * PICTURES_MOST
    assert after.memory_kb - before.memory_kb <= MEMORY_KB_MOST
    return (
        f"at rest {after.threads} threads, {after.descriptors} descriptors, {after.widgets} "
        f"widgets and {after.timers} timers before and after; pictures {before.images} and "
        f"{after.images}, Tk commands {before.commands} and {after.commands}, memory "
        f"{before.memory_kb / 1000:.1f} and {after.memory_kb / 1000:.1f} MB"
    )


def test_a_window_bears_a_random_user(tmp_path: Path) -> None:
    """Sixty actions: no callback fails, no warning, and the costs at rest are what they were."""
    judge(run("random_user", "1", "60", home=tmp_path, seconds=60))


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_window_bears_a_random_user_for_long(seed: int, tmp_path: Path) -> None:
    """Five hundred actions, or as many as the environment says; the memory of the last 300."""
    found = run("random_user", str(seed), str(ACTIONS), home=tmp_path, seconds=900)
    # Told in the log for whoever wants the numbers.
    print(f"seed {seed}, {ACTIONS} actions: {judge(found)}")  # noqa: T201
    assert sum(found["done"].values()) == ACTIONS


@pytest.mark.campaign
@pytest.mark.timeout(DAY_SECONDS + 300)
def test_a_window_bears_a_long_day(tmp_path: Path) -> None:
    """Twenty minutes of jobs in a row: the window still answers, and holds what it held."""
    found = run("long_day", str(DAY_SECONDS), home=tmp_path, seconds=DAY_SECONDS + 240)
    jobs = ", ".join(f"{count} {name}" for name, count in found["jobs"].items())
    gap = found["longest_gap_seconds"]
    # Told in the log for whoever wants the numbers; the bound is generous for a busy machine.
    print(f"{jobs}; longest gap {gap * 1000:.0f} ms; {judge(found)}")  # noqa: T201
    assert gap < 2.0
