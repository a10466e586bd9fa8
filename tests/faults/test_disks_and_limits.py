"""Full disks, no inodes, and limits of the process."""

from __future__ import annotations

import pytest

from .conftest import TryAll, TrySample, struck


def test_some_small_rooms_harm_nothing(try_sample: TrySample) -> None:
    """Whatever runs out, files are as they were, and a sentence says what is missing."""
    # In most of them the program finds a way, which is no fault that struck.
    assert struck(try_sample("rooms", 50)) > 50 * 0.05


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_no_room_is_too_small_for_safety(try_all: TryAll) -> None:
    """Full disks in steps of 4 KiB, no inodes, and every limit of a process."""
    reports = try_all("rooms")
    assert struck(reports) > len(reports) * 0.05
