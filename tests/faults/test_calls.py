"""Single system calls that fail, or do a part of what was asked for."""

from __future__ import annotations

import pytest

from .conftest import TryAll, TrySample, struck


def test_some_failing_calls_harm_nothing(try_sample: TrySample) -> None:
    """A disk that fails now and then gives a sentence, and never a wrong or lost file."""
    assert struck(try_sample("calls", 120)) > 120 * 0.9


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_no_failing_call_harms_anything(try_all: TryAll) -> None:
    """Whichever call is refused or done by halves, files are whole and the words are clear."""
    reports = try_all("calls")
    assert struck(reports) > len(reports) * 0.9
