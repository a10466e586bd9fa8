"""Sentences with a count in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rdiff_gui.descriptions import describe
from rdiff_gui.engine import (
    DeltaFacts,
    Identity,
    Kind,
    Seal,
    UnreadFacts,
    inspect,
    make_delta_from_files,
)
from tests.conftest import random_bytes

# Whole blocks of any size that would be chosen.
OLD = random_bytes(2**17)


@pytest.mark.parametrize(
    ("new", "reused", "sent"),
    [
        (OLD, "131 kB (131 072 bytes) in 1 piece", "nothing"),
        (OLD + b"end", "131 kB (131 072 bytes) in 1 piece", "3 B in 1 piece"),
        (b"start" + OLD + b"end", "131 kB (131 072 bytes) in 1 piece", "8 B in 2 pieces"),
        (b"other", "nothing", "5 B in 1 piece"),
    ],
)
def test_pieces_are_counted_as_people_count(
    new: bytes, reused: str, sent: str, tmp_path: Path
) -> None:
    """One piece is no “1 pieces”, and none is nothing."""
    (tmp_path / "old").write_bytes(OLD)
    (tmp_path / "new").write_bytes(new)
    make_delta_from_files(tmp_path / "old", tmp_path / "new", tmp_path / "delta")
    facts = inspect(tmp_path / "delta")
    assert isinstance(facts, DeltaFacts)
    rows = dict(describe(facts))
    assert (rows["Taken from the old file"], rows["New data"]) == (reused, sent)


def test_what_was_not_read_is_not_said_to_be_right() -> None:
    """A frame that unpacks to far too much is told as that, with what its seal says."""
    seal = Seal(Kind.DELTA, Identity(2**40, "0" * 64), "rdiff-gui 0.1.0", "2026-01-01T00:00:00Z")
    facts = UnreadFacts(Path("/a/delta"), 1000, Kind.DELTA, seal, 2**26)
    rows = dict(describe(facts))
    assert "not read whole" in rows["Compressed"]
    assert "not compared" in rows["Seal"]
