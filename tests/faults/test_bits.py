"""Turned bits and cuts."""

from __future__ import annotations

import pytest

from .conftest import TryAll, TrySample, struck


def test_some_damaged_files_do_no_harm(try_sample: TrySample) -> None:
    """A damaged file is refused, or makes what it says: no wrong result."""
    assert struck(try_sample("bits", 60)) > 60 * 0.9


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_no_turned_bit_does_harm(try_all: TryAll) -> None:
    """Every bit of small sealed, compressed and plain files, and every cut."""
    reports = try_all("bits")
    assert struck(reports) > len(reports) * 0.9
