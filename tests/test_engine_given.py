"""How files are given to the engine: as text, as paths of any kind, or open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from rdiff_gui.engine import (
    apply_patch,
    find_basis,
    inspect,
    make_delta,
    make_delta_from_files,
    make_signature,
    recognize_file,
    verify_patch,
)


class Named:
    """Somebody's own kind of path."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __fspath__(self) -> str:
        return str(self._path)


@pytest.mark.parametrize("spell", [str, Named, PurePosixPath])
def test_every_function_takes_every_kind_of_path(
    spell: Callable[[Path], Any], pair: tuple[Path, Path], tmp_path: Path
) -> None:
    """What open() takes as a name, the engine takes."""
    old, new = (spell(path) for path in pair)
    place = {name: spell(tmp_path / name) for name in ("sums", "delta", "both", "out", "undo")}
    make_signature(old, place["sums"])
    make_delta(place["sums"], new, place["delta"])
    make_delta_from_files(old, new, place["both"])
    assert verify_patch(old, place["both"]).checked_blake3
    summary = apply_patch(old, place["delta"], place["out"], undo=place["undo"])
    assert (tmp_path / "out").read_bytes() == pair[1].read_bytes()
    assert summary.result_bytes == (tmp_path / "out").stat().st_size
    assert inspect(place["sums"]).path == tmp_path / "sums"
    assert recognize_file(place["delta"]).name == "DELTA"
    assert find_basis(place["delta"]) == pair[0]
    apply_patch(old, place["delta"], old, in_place=True)
    assert pair[0].read_bytes() == pair[1].read_bytes()


def test_what_is_open_can_be_looked_at(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """Files that are open are looked at, and found again where they were."""
    make_signature(pair[0], tmp_path / "sums")
    with (tmp_path / "sums").open("rb") as sums:
        assert recognize_file(sums).name == "SIGNATURE"
        assert inspect(sums).size_bytes == (tmp_path / "sums").stat().st_size


@pytest.mark.parametrize("wrong", [None, 7, b"old", ["old"], object()])
def test_anything_else_is_a_mistake_that_says_what_is_taken(
    wrong: Any, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    """A TypeError, and nothing is written."""
    old, new = pair
    before = sorted(tmp_path.iterdir())
    for call in (
        lambda: make_signature(wrong, tmp_path / "out"),
        lambda: make_signature(old, wrong),
        lambda: make_delta(wrong, new, tmp_path / "out"),
        lambda: make_delta_from_files(old, wrong, tmp_path / "out"),
        lambda: apply_patch(old, new, wrong),
        lambda: verify_patch(old, wrong),
        lambda: inspect(wrong),
        lambda: recognize_file(wrong),
        lambda: find_basis(wrong),
    ):
        with pytest.raises(TypeError, match=r"str, os\.PathLike or an open binary file"):
            call()
    assert sorted(tmp_path.iterdir()) == before


def test_text_files_and_files_without_a_folder_are_mistakes_too(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    """A text file would change the bytes, and beside an open file nothing can be looked for."""
    with pair[0].open(encoding="latin-1") as text, pytest.raises(TypeError, match="binary"):
        make_signature(text, tmp_path / "out")  # type: ignore[arg-type]  # the mistake
    with pair[0].open("rb") as opened, pytest.raises(TypeError, match="folder"):
        find_basis(opened)  # type: ignore[arg-type]  # the mistake
