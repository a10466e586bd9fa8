"""Pipes with somebody at the other end who is slow, does not block, or goes away."""

from __future__ import annotations

import pytest

from .conftest import TryAll, TrySample, struck


def test_some_slow_and_broken_pipes_harm_nothing(try_sample: TrySample) -> None:
    """Whatever comes late still comes whole, and what is cut off is said to be."""
    assert struck(try_sample("streams", 30)) == 30


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_no_pipe_harms_anything(try_all: TryAll) -> None:
    """Every end in pieces of every size, blocking or not, and cut off at every step."""
    reports = try_all("streams")
    assert struck(reports) == len(reports)
