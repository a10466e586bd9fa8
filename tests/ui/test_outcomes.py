"""What is told of finished work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rdiff_gui.engine.summaries import DeltaSummary, PatchSummary
from rdiff_gui.errors import FolderNotSynced
from rdiff_gui.ui.delta.model import delta_outcome
from rdiff_gui.ui.patch.model import patch_outcome

DELTA = DeltaSummary(
    new_bytes=1_200_000_000,
    delta_bytes=14_300_000,
    plain_bytes=14_300_000,
    signature_bytes=4_700_000,
    literal_bytes=14_200_000,
    literal_count=15,
    copied_bytes=1_185_800_000,
    copy_count=16,
    regions=(),
    identical=False,
    remarks=(),
    seconds=2.0,
)
OUTPUT = Path("/a/photos.db.delta")


def test_a_delta_that_saves_says_how_much() -> None:
    """Headline, sizes, the round trip, times, and what to do next."""
    result = delta_outcome(DELTA, OUTPUT, signature_travels=True)
    assert (result.headline, result.role) == ("98.8 % smaller, 1.19 GB saved", "ok")
    assert result.line == "1.20 GB new file → 14.3 MB delta"
    assert result.remarks == (
        "With the signature's 4.70 MB counted in, both ways together are 98.4 % smaller.",
    )
    assert result.savings is not None
    assert result.next_step.startswith("Send “photos.db.delta” to whoever has the old file")


def test_two_files_at_hand_need_no_signature_to_travel() -> None:
    """Where none is sent none is counted."""
    assert delta_outcome(DELTA, OUTPUT, signature_travels=False).remarks == ()


def test_a_round_trip_that_saves_nothing_is_told() -> None:
    """A small saving can be eaten up by the signature."""
    summary = replace(DELTA, delta_bytes=1_100_000_000, signature_bytes=200_000_000)
    (remark,) = delta_outcome(summary, OUTPUT, signature_travels=True).remarks
    assert "sending both ways takes as much as sending the file" in remark


@pytest.mark.parametrize(
    ("new_bytes", "delta_bytes", "words"),
    [
        (1000, 1009, "This delta is as big as the file."),
        (1000, 1000, "This delta is as big as the file."),
        (1000, 980, "This delta is almost as big as the file."),
        (0, 5, "The new file is empty; nothing needs to be sent."),
    ],
)
def test_no_saving_is_called_that(new_bytes: int, delta_bytes: int, words: str) -> None:
    """No table of times tries to look better than it is."""
    summary = replace(DELTA, new_bytes=new_bytes, delta_bytes=delta_bytes)
    result = delta_outcome(summary, OUTPUT, signature_travels=True)
    assert (result.headline, result.role) == ("Nothing saved", "warning")
    assert result.remarks[0].startswith(words)
    assert result.savings is None


def test_identical_files_need_no_sending() -> None:
    """There is nothing to send, so no next step asks for it."""
    result = delta_outcome(replace(DELTA, identical=True), OUTPUT, signature_travels=True)
    assert result.headline == "Already the same"
    assert result.next_step == ""


def test_a_patch_says_that_it_could_not_be_checked() -> None:
    """Honest about deltas without a checksum, with the exact size to compare."""
    summary = PatchSummary(1, 2, 1_234_567, 3, 4, 5, 6, None, backup=None, remarks=(), seconds=7)
    result = patch_outcome(summary, Path("/a/photos (new).db"))
    assert result.line == "“photos (new).db”, 1.23 MB"
    assert "carries no checksum, so the result could not be checked" in result.remarks[0]
    assert "567 bytes" in result.remarks[0]


def test_a_patch_that_was_checked_says_so() -> None:
    """With a sealed delta there is nothing left to doubt."""
    summary = PatchSummary(
        1, 2, 1_234_567, 3, 4, 5, 6, "1a2b3c4d" * 8, backup=None, remarks=(), seconds=7
    )
    result = patch_outcome(summary, Path("/a/photos (new).db"))
    assert result.role == "ok"
    assert result.remarks == ("“photos (new).db” is the new version, checked to the last byte.",)


def test_what_did_not_make_the_work_fail_is_told_too() -> None:
    """A result that may not survive a power cut says so, whatever was made."""
    remark = FolderNotSynced(OUTPUT, "disk error")
    patched = PatchSummary(1, 2, 3, 3, 4, 5, 6, None, backup=None, remarks=[remark], seconds=7)
    assert patch_outcome(patched, OUTPUT).cautions == (str(remark),)
    for changed in (DELTA, replace(DELTA, identical=True), replace(DELTA, delta_bytes=2 * 10**9)):
        result = delta_outcome(replace(changed, remarks=[remark]), OUTPUT, signature_travels=False)
        assert result.cautions == (str(remark),)
