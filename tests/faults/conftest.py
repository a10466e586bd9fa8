"""What the tests of faults share: the workers, a sample of each kind, and the whole of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

import pytest

from . import figures
from .campaign import Campaign, Report, sample

# Another one makes another sample, and other moments.
SEED = os.environ.get("RDIFF_FAULTS_SEED", "1")

# Minutes pass, and somebody may be waiting.
_TELL_EVERY = 1000

TrySample = Callable[..., list[Report]]
TryAll = Callable[[str], list[Report]]


@pytest.fixture(scope="session")
def campaign() -> Iterator[Campaign]:
    """The workers, for as long as tests need them."""
    with Campaign() as workers:
        yield workers


@pytest.fixture
def try_sample(campaign: Campaign) -> TrySample:
    """Carry out so many cases of a kind, or of those that are called so; each must be harmless."""

    def attempt(kind: str, count: int, *, only: str = "") -> list[Report]:
        cases = [case for case in campaign.plan(kind, SEED) if only in case]
        reports = campaign.carry_out(sample(cases, count, SEED))
        assert not figures.harmful(reports), figures.summarize(reports)
        return reports

    return attempt


@pytest.fixture
def try_all(campaign: Campaign, request: pytest.FixtureRequest) -> TryAll:
    """Carry out all cases of a kind, and keep the figures; each must be harmless."""
    terminal = request.config.pluginmanager.getplugin("terminalreporter")
    assert terminal

    def attempt(kind: str) -> list[Report]:
        started = time.monotonic()
        cases = campaign.plan(kind, SEED)

        def tell(done: int) -> None:
            if done % _TELL_EVERY == 0:
                minutes = (time.monotonic() - started) / 60
                terminal.write_line(f"{kind}: {done} of {len(cases)}, {minutes:.1f} minutes")

        reports = campaign.carry_out(cases, tell)
        figures.keep(kind, reports, SEED, time.monotonic() - started)
        assert not figures.harmful(reports), figures.summarize(reports)
        return reports

    return attempt


def struck(reports: list[Report]) -> int:
    """In how many of them the fault really happened."""
    return sum(report.struck for report in reports)
