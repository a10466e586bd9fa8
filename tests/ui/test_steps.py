"""What the steps decide, without a window."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from rdiff_gui.engine.options import SignatureOptions
from rdiff_gui.engine.summaries import DeltaFacts
from rdiff_gui.errors import OptionOutOfRange
from rdiff_gui.formats.magic import Kind
from rdiff_gui.ui import Slot
from rdiff_gui.ui.delta.model import DeltaModel
from rdiff_gui.ui.patch.model import PatchModel
from rdiff_gui.ui.routing import DroppedFile
from rdiff_gui.ui.signature import page as signature_page
from rdiff_gui.ui.signature.model import SignatureModel
from rdiff_gui.ui.signature.page import read_block_bytes
from rdiff_gui.ui.text import SEALINGS, show_when

OLD = DroppedFile(Path("/a/old"), Kind.ORDINARY, 1000, 10.0, (1, 1))
NEW = DroppedFile(Path("/a/new"), Kind.ORDINARY, 2000, 20.0, (1, 2))
SIGNATURE = DroppedFile(Path("/a/sig"), Kind.SIGNATURE, 40, 30.0, (1, 3))
DELTA = DroppedFile(Path("/a/delta"), Kind.DELTA, 40, 30.0, (1, 4))


def test_a_step_is_ready_when_nothing_is_missing() -> None:
    """The primary button needs every input and a name for the result."""
    step = SignatureModel()
    assert step.missing == (Slot.OLD_TO_SIGN,)
    assert step.propose_output() is None
    step.put(Slot.OLD_TO_SIGN, OLD)
    assert not step.ready
    step.output.path = Path("/a/old.sig")
    assert step.ready
    step.clear(Slot.OLD_TO_SIGN)
    assert not step.ready


def test_what_is_taken_away_is_not_looked_at_any_more() -> None:
    """The inspection of a file ends with its stay in the slot."""
    step = PatchModel()
    first = step.put(Slot.DELTA, DELTA)
    second = step.put(Slot.DELTA, DELTA)
    assert first.gone.cancelled
    assert not second.gone.cancelled
    step.clear(Slot.DELTA)
    third = step.put(Slot.DELTA, DELTA)
    step.reset()
    assert second.gone.cancelled
    assert third.gone.cancelled


def test_the_delta_step_knows_two_ways() -> None:
    """What is put in decides the way; the other way's file is kept for coming back."""
    step = DeltaModel()
    step.put(Slot.SIGNATURE, SIGNATURE)
    step.put(Slot.NEW_FILE, NEW)
    assert step.inputs == (SIGNATURE.path, NEW.path)
    assert not step.can_swap
    step.put(Slot.OLD_TO_COMPARE, OLD)
    assert step.inputs == (OLD.path, NEW.path)
    step.swap()
    assert step.inputs == (NEW.path, OLD.path)
    step.pair(pairing=False)
    assert step.inputs == (SIGNATURE.path, OLD.path)


def test_one_file_twice_is_no_pair() -> None:
    """The same file as old and new is a problem only where both are compared."""
    step = DeltaModel()
    step.put(Slot.NEW_FILE, OLD)
    step.put(Slot.OLD_TO_COMPARE, OLD)
    assert "same file" in step.problem
    step.put(Slot.SIGNATURE, SIGNATURE)
    assert step.problem == ""
    step.put(Slot.OLD_TO_COMPARE, NEW)
    assert step.problem == ""


def facts(needed_bytes: int) -> DeltaFacts:
    """A delta that reads the old file up to there."""
    return DeltaFacts(
        DELTA.path, 40, 100, 1, 1, 99, 1, needed_bytes, 1, 1, (), seal=None, compressed=False
    )


def test_a_short_old_file_is_noticed_in_any_order() -> None:
    """Whether the delta or the old file comes first, and healed by either."""
    step = PatchModel()
    delta = step.put(Slot.DELTA, DELTA)
    step.learn(delta, facts(1001))
    step.put(Slot.OLD_TO_PATCH, OLD)
    assert "needs at least" in step.problem
    step.put(Slot.OLD_TO_PATCH, NEW)
    assert step.problem == ""
    step.put(Slot.OLD_TO_PATCH, OLD)
    step.learn(step.put(Slot.DELTA, DELTA), facts(1000))
    assert step.problem == ""


def test_work_goes_on_with_what_it_began_with() -> None:
    """Changing the page while it runs does not change what is reported at the end."""
    step = SignatureModel()
    step.put(Slot.OLD_TO_SIGN, OLD)
    begun = step.snapshot()
    step.put(Slot.OLD_TO_SIGN, NEW)
    assert begun.inputs == (OLD.path,)


def test_the_forms_first_choices_are_the_engines_own() -> None:
    """Who opens nothing gets what is recommended."""
    chosen = SignatureOptions(
        read_block_bytes(signature_page.AUTOMATIC),
        next(iter(signature_page.SUM_LENGTHS)),
        next(iter(signature_page.HASHES)),
        next(iter(signature_page.ROLLING_SUMS)),
    )
    assert chosen == SignatureOptions()
    assert next(iter(SEALINGS)) is SignatureModel().sealing


@pytest.mark.parametrize(
    ("typed", "block_bytes"),
    [("", 0), ("automatic", 0), (" 2048 ", 2048), ("1 048 576", 2**20), ("67108864", 2**26)],
)
def test_block_sizes_are_read_as_people_write_them(typed: str, block_bytes: int) -> None:
    """Spaces between thousands are no mistake."""
    assert read_block_bytes(typed) == block_bytes


@pytest.mark.parametrize("typed", ["-1", "1.5", "4k", "67108865", "9" * 5000, "²"])
def test_block_sizes_that_cannot_be_are_named(typed: str) -> None:
    """The sentence says what is allowed."""
    with pytest.raises(OptionOutOfRange, match="“Automatic”, or a whole number of bytes"):
        read_block_bytes(typed)


def test_times_read_as_people_say_them() -> None:
    """Today, yesterday, or a date."""
    noon = datetime.datetime(2025, 3, 12, 12, 0).astimezone().timestamp()
    hour = 3600
    assert show_when(noon - 2 * hour, noon) == "today 10:00"
    assert show_when(noon - 24 * hour, noon) == "yesterday 12:00"
    assert show_when(noon - 72 * hour, noon) == "2025-03-09"
