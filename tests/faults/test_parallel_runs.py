"""Two runs at once to the same place."""

from __future__ import annotations

import pytest

from .conftest import TryAll, TrySample, struck


def test_some_pairs_of_runs_share_a_place(try_sample: TrySample) -> None:
    """Two runs to one place make one result, and nobody loses a file."""
    assert struck(try_sample("pairs", 16)) > 16 * 0.9


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_no_pair_of_runs_loses_a_file(try_all: TryAll) -> None:
    """Fifty pairs for each kind of target."""
    reports = try_all("pairs")
    assert struck(reports) > len(reports) * 0.9
