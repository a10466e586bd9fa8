"""Signals at every call, and at any moment."""

from __future__ import annotations

import pytest

from .conftest import TryAll, TrySample, struck


def test_some_ends_at_bad_moments_harm_nothing(try_sample: TrySample) -> None:
    """The program may be ended at any call; files are whole, and the next run tidies up."""
    assert struck(try_sample("kills", 80)) > 80 * 0.5


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_no_moment_is_bad(try_all: TryAll) -> None:
    """Four signals at every call, and each at 500 moments."""
    reports = try_all("kills")
    assert struck(reports) > len(reports) * 0.5
