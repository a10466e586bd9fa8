"""Hostile seals, frames and names."""

from __future__ import annotations

import pytest

from .conftest import TryAll, TrySample, struck


def test_some_lies_fool_nobody(try_sample: TrySample) -> None:
    """No name and no seal can fool whoever reads the screen."""
    assert struck(try_sample("hostile", 60)) > 60 * 0.9


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_no_lie_fools_anybody(try_all: TryAll) -> None:
    """Every hostile value in every place."""
    reports = try_all("hostile")
    assert struck(reports) > len(reports) * 0.9
