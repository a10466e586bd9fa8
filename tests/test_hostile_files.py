"""Any bytes, in any operation: a sentence that names the file, or a right result."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdiff_gui.engine import PatchSummary
from rdiff_gui.errors import DeltaExpands, DeltaTrailing

from .fuzzing.judging import Workshop
from .strategies import damaged, deltas, sealed, signatures

# Generous: an example takes some milliseconds, and needs next to nothing.
SECONDS_MOST = 5
MEMORY_KIB_MOST = 150 * 1024

many = settings(max_examples=150)
drawing = st.data()
T = TypeVar("T")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """An old and a new file, and a place for hostile ones."""
    return Workshop(tmp_path_factory.mktemp("workshop"))


def within_bounds(judge: Callable[[bytes], T], content: bytes) -> T:
    """Judge, and see that it took no time and no memory to speak of."""
    started, before_kib = time.monotonic(), peak_kib()
    verdict = judge(content)
    assert time.monotonic() - started < SECONDS_MOST
    assert peak_kib() < before_kib + MEMORY_KIB_MOST
    return verdict


def peak_kib() -> int:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@many
@given(drawing)
def test_any_delta_is_refused_or_gives_what_it_says(
    workshop: Workshop, data: st.DataObject
) -> None:
    """Impossible numbers, lying seals, broken frames: never a wrong file, never half of one."""
    content = data.draw(sealed(deltas, workshop))
    within_bounds(workshop.judge_delta, content)


@many
@given(drawing)
def test_damaged_deltas_are_refused_or_right(workshop: Workshop, data: st.DataObject) -> None:
    """A real delta with flipped, missing or added bytes, sealed or not, compressed or not."""
    content = data.draw(damaged(workshop, "delta"))
    within_bounds(workshop.judge_delta, content)


@many
@given(drawing)
def test_any_signature_is_refused_or_gives_a_delta_that_follows(
    workshop: Workshop, data: st.DataObject
) -> None:
    """Impossible headers, twins, lying seals: what is made of them agrees with both files."""
    content = data.draw(sealed(signatures, workshop) | damaged(workshop, "signature"))
    within_bounds(workshop.judge_signature, content)


@settings(max_examples=60)
@given(drawing)
def test_what_rdiff_takes_comes_out_the_same(workshop: Workshop, data: st.DataObject) -> None:
    """For a delta without a seal, we and rdiff agree: refused by both, or the same file."""
    content = data.draw(deltas)
    verdict = within_bounds(workshop.judge_delta, content)
    theirs = workshop.folder / "theirs"
    outcome = subprocess.run(
        ["rdiff", "patch", workshop.old, workshop.hostile, theirs], capture_output=True, check=False
    )
    came_out = theirs.read_bytes() if theirs.exists() else b""
    theirs.unlink(missing_ok=True)
    if isinstance(verdict, PatchSummary):
        assert outcome.returncode == 0, outcome.stderr
        assert came_out == workshop.last_result
    else:
        assert outcome.returncode != 0 or isinstance(verdict, (DeltaExpands, DeltaTrailing))
