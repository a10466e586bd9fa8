"""Inputs and folders that change while the program runs."""

from __future__ import annotations

import pytest

from .conftest import TryAll, TrySample, struck


def test_some_changes_meanwhile_harm_nothing(try_sample: TrySample) -> None:
    """Other programs may change inputs and folders under way; no wrong result comes of it."""
    assert struck(try_sample("changes", 60)) > 60 * 0.9


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_no_change_meanwhile_harms(try_all: TryAll) -> None:
    """Every change of every input and of the folder of results, at any call."""
    reports = try_all("changes")
    assert struck(reports) > len(reports) * 0.9
