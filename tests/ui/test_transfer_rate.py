"""Speed and time left."""

from __future__ import annotations

import pytest

from rdiff_gui.engine.progress import Progress, Stage
from rdiff_gui.ui import text
from rdiff_gui.ui.widgets.progress_panel import TransferRate


def run(speed: float, seconds: float, total_bytes: int | None = 1_000_000) -> TransferRate:
    """Work that went on evenly for a while, told twenty times a second."""
    pace = TransferRate()
    for tick in range(int(seconds * 20) + 1):
        pace.note(Progress(Stage.SIGNING, int(speed * tick / 20), total_bytes), 100 + tick / 20)
    return pace


def test_an_even_speed_is_told_as_it_is() -> None:
    """Bytes a second, and how long the rest will take at that."""
    pace = run(100_000, 3)
    assert pace.bytes_a_second == pytest.approx(100_000)
    assert pace.seconds_left == pytest.approx(7)


def test_nothing_is_guessed_from_the_first_moment() -> None:
    """Too early, or without a total, there is no promise."""
    assert TransferRate().bytes_a_second is None
    assert run(100_000, 0.2).bytes_a_second is None
    assert run(100_000, 0.2).seconds_left is None
    assert run(100_000, 3, total_bytes=None).seconds_left is None
    assert run(0, 3).seconds_left is None


def test_a_slower_disk_is_noticed() -> None:
    """The last seconds count, not the whole time."""
    pace = run(100_000, 5)
    for tick in range(1, 101):
        progress = Progress(Stage.SIGNING, 500_000 + tick * 50, 1_000_000)
        pace.note(progress, 105 + tick / 20)
    assert pace.bytes_a_second == pytest.approx(1000, rel=0.05)


@pytest.mark.parametrize(
    ("speed", "left", "words"),
    [
        (None, None, ""),
        (412e6, None, "412 MB/s"),
        (412e6, 0.4, "412 MB/s · almost done"),
        (412e6, 1.2, "412 MB/s · 1 s left"),
        (412e6, 75, "412 MB/s · 1 min 15 s left"),
    ],
)
def test_pace_reads_calmly(speed: float | None, left: float | None, words: str) -> None:
    """No tenths of seconds that flicker."""
    assert text.pace(speed, left) == words


def test_amounts_name_the_stage() -> None:
    """What is being done, how much of how much."""
    assert text.amount(Stage.COMPARING, 768_000_000, 1_200_000_000) == (
        "Comparing: 768 MB of 1.20 GB"
    )
    assert text.amount(Stage.LOADING, 5, None) == "Loading the signature: 5 B"
