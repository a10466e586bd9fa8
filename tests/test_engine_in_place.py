"""The result in the old file's place, its backup, and the delta that leads back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.engine import (
    DeltaFacts,
    apply_patch,
    inspect,
    make_delta_from_files,
)
from rdiff_gui.errors import (
    OutputExists,
    OutputIsInput,
)

from .conftest import MakeFile

Listing = Callable[[], set[str]]


def test_undo_leads_there_and_back(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """The reverse delta, made while patching, gives the old file again, checked."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    apply_patch(old, tmp_path / "delta", tmp_path / "result", undo=tmp_path / "undo")
    assert (tmp_path / "result").read_bytes() == new.read_bytes()
    back = apply_patch(tmp_path / "result", tmp_path / "undo", tmp_path / "back")
    assert back.checked_blake3
    assert (tmp_path / "back").read_bytes() == old.read_bytes()
    facts = inspect(tmp_path / "undo")
    assert isinstance(facts, DeltaFacts)
    assert facts.seal is not None
    assert facts.seal.basis is not None
    assert facts.seal.result is not None
    assert (facts.seal.basis.name, facts.seal.result.name) == ("result", "old")


def test_an_undo_that_cannot_be_written_stops_all(
    pair: tuple[Path, Path], make_file: MakeFile, listing: Listing, tmp_path: Path
) -> None:
    """Undo was asked for: without it, the patch does not happen either."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    make_file("undo", b"precious")
    before = listing()
    with pytest.raises(OutputExists):
        apply_patch(old, tmp_path / "delta", tmp_path / "result", undo=tmp_path / "undo")
    assert listing() == before
    with pytest.raises(OutputIsInput):
        apply_patch(old, tmp_path / "delta", tmp_path / "result", undo=old, replace=True)
    assert listing() == before


@pytest.mark.parametrize("keep_backup", [True, False])
def test_the_result_may_take_the_basis_place(
    keep_backup: bool, pair: tuple[Path, Path], listing: Listing, tmp_path: Path
) -> None:
    """In place: the new version under the old name, the old one kept beside it unless told."""
    old, new = pair
    before = old.read_bytes()
    make_delta_from_files(old, new, tmp_path / "delta")
    summary = apply_patch(
        old,
        tmp_path / "delta",
        old,
        in_place=True,
        keep_backup=keep_backup,
        undo=tmp_path / "undo",
    )
    assert old.read_bytes() == new.read_bytes()
    if keep_backup:
        assert summary.backup == tmp_path / "old.old"
        assert summary.backup.read_bytes() == before
    else:
        assert summary.backup is None
    assert listing() == {"old", "new", "delta", "undo"} | ({"old.old"} if keep_backup else set())
    apply_patch(old, tmp_path / "undo", old, in_place=True, keep_backup=keep_backup)
    assert old.read_bytes() == before


def test_in_place_means_the_basis_and_nothing_else(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """The option does not allow writing over the delta, or over a third file."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    with pytest.raises(OutputIsInput):
        apply_patch(old, tmp_path / "delta", tmp_path / "delta", in_place=True)
    with pytest.raises(OutputExists):
        apply_patch(old, tmp_path / "delta", new, in_place=True)


def test_a_backup_never_replaces_an_older_one(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """The second backup gets a name of its own."""
    old, new = pair
    (tmp_path / "old.old").write_bytes(b"an older backup")
    make_delta_from_files(old, new, tmp_path / "delta")
    summary = apply_patch(old, tmp_path / "delta", old, in_place=True)
    assert summary.backup == tmp_path / "old.old-2"
    assert (tmp_path / "old.old").read_bytes() == b"an older backup"
