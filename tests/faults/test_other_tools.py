"""The same with strace and valgrind."""

from __future__ import annotations

import pytest

from .conftest import TryAll, TrySample, struck


def test_some_calls_refused_by_strace_harm_nothing(try_sample: TrySample) -> None:
    """What strace makes fail ends as well as what the shim makes fail."""
    # Only some of the calls are made by each operation.
    assert struck(try_sample("crosschecks", 8, only="/strace/")) > 8 * 0.1


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_other_tools_find_nothing(try_all: TryAll) -> None:
    """Every operation under strace, and every kind of operation under valgrind."""
    reports = try_all("crosschecks")
    assert struck(reports) > len(reports) * 0.1
