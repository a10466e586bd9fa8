"""Records are to their users what dataclasses are."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import ClassVar

import pytest

from rdiff_gui.engine import SignatureOptions
from rdiff_gui.errors import OptionOutOfRange, SourceMissing
from rdiff_gui.records import field, record, replace


@record(frozen=True)
class Place:
    """Something with all kinds of fields."""

    CORNERS: ClassVar[int] = 4

    left: int
    top: int = 0
    names: list[str] = field(default_factory=list)


@record
class Tally:
    """Something that changes."""

    count: int = 0


def test_a_record_is_made_compared_and_shown_like_a_dataclass() -> None:
    """By place or by name, with defaults that are nobody else's."""
    assert Place(1) == Place(left=1, top=0, names=[])
    assert Place(1) != Place(1, 2)
    assert Place(1).names is not Place(1).names
    assert repr(Place(1, top=2)) == "Place(left=1, top=2, names=[])"
    assert Place.__match_args__ == ("left", "top", "names")
    tally = Tally()
    tally.count += 1
    assert tally == Tally(1)


@pytest.mark.parametrize("values", [(), (1, 2, [], 4)])
def test_a_wrong_number_of_values_is_a_mistake(values: tuple[int, ...]) -> None:
    """As with any function."""
    with pytest.raises(TypeError, match="Place"):
        Place(*values)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="left, top, names, each once"):
        Place(1, depth=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="each once"):
        Place(1, left=3)  # type: ignore[misc]


def test_what_is_frozen_stays_so() -> None:
    """Neither changed nor taken away, and so good for a key."""
    options = SignatureOptions()
    with pytest.raises(AttributeError, match="frozen"):
        options.block_bytes = 3  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del options.block_bytes
    assert hash(options) == hash(SignatureOptions())
    with pytest.raises(TypeError):
        hash(Tally())


def test_copies_with_changes_are_checked_again() -> None:
    """By our function or by that of dataclasses, which other programs may use on ours."""
    for copy in (replace, dataclasses.replace):
        assert copy(SignatureOptions(), block_bytes=64) == SignatureOptions(64)
        with pytest.raises(OptionOutOfRange):
            copy(SignatureOptions(), block_bytes=-5)
    assert dataclasses.asdict(Place(1, 2, ["a"])) == {"left": 1, "top": 2, "names": ["a"]}
    assert [each.name for each in dataclasses.fields(Tally)] == ["count"]


def test_errors_carry_what_those_above_them_carry() -> None:
    """An error is an exception of its own, never equal to another."""
    problem = SourceMissing(Path("x"))
    assert problem.path == Path("x")
    assert problem != SourceMissing(Path("x"))
    assert "“x” was not found" in str(problem)
