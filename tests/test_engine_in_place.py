"""The result in the old file's place, its backup, and the delta that leads back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rdiff_gui.engine import (
    DeltaFacts,
    PatchOptions,
    apply_patch,
    inspect,
    make_delta_from_files,
)
from rdiff_gui.engine import patch as patch_module
from rdiff_gui.engine.summaries import DeltaSummary
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


def test_an_undo_does_not_outlive_a_result_that_failed(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, listing: Listing, tmp_path: Path
) -> None:
    """When the result cannot be made visible at the last moment, no undo delta is left either."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    really_write = patch_module._write_undo

    def write_and_take_name(*arguments: Any) -> DeltaSummary:
        summary = really_write(*arguments)
        (tmp_path / "result").write_bytes(b"somebody's")
        return summary

    monkeypatch.setattr(patch_module, "_write_undo", write_and_take_name)
    before = listing()
    with pytest.raises(OutputExists):
        apply_patch(old, tmp_path / "delta", tmp_path / "result", undo=tmp_path / "undo")
    assert listing() == before | {"result"}
    assert (tmp_path / "result").read_bytes() == b"somebody's"


@pytest.mark.parametrize("keep_backup", [True, False])
def test_the_result_may_take_the_basis_place(
    keep_backup: bool, pair: tuple[Path, Path], listing: Listing, tmp_path: Path
) -> None:
    """In place: the new version under the old name, the old one kept beside it unless told."""
    old, new = pair
    before = old.read_bytes()
    make_delta_from_files(old, new, tmp_path / "delta")
    options = PatchOptions(in_place=True, keep_backup=keep_backup)
    summary = apply_patch(old, tmp_path / "delta", old, options, undo=tmp_path / "undo")
    assert old.read_bytes() == new.read_bytes()
    if keep_backup:
        assert summary.backup == tmp_path / "old.old"
        assert summary.backup.read_bytes() == before
    else:
        assert summary.backup is None
    assert listing() == {"old", "new", "delta", "undo"} | ({"old.old"} if keep_backup else set())
    apply_patch(old, tmp_path / "undo", old, options)
    assert old.read_bytes() == before


def test_in_place_keeps_owner_and_permissions(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """A program that is patched in place can still be run, by those who could before."""
    old, new = pair
    old.chmod(0o750)
    os.chown(old, 12345, 54321)
    make_delta_from_files(old, new, tmp_path / "delta")
    apply_patch(old, tmp_path / "delta", old, PatchOptions(in_place=True))
    status = old.stat()
    assert (status.st_mode & 0o777, status.st_uid, status.st_gid) == (0o750, 12345, 54321)


def test_in_place_means_the_basis_and_nothing_else(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """The option does not allow writing over the delta, or over a third file."""
    old, new = pair
    make_delta_from_files(old, new, tmp_path / "delta")
    options = PatchOptions(in_place=True)
    with pytest.raises(OutputIsInput):
        apply_patch(old, tmp_path / "delta", tmp_path / "delta", options)
    with pytest.raises(OutputExists):
        apply_patch(old, tmp_path / "delta", new, options)


def test_a_backup_never_replaces_an_older_one(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """The second backup gets a name of its own."""
    old, new = pair
    (tmp_path / "old.old").write_bytes(b"an older backup")
    make_delta_from_files(old, new, tmp_path / "delta")
    summary = apply_patch(old, tmp_path / "delta", old, PatchOptions(in_place=True))
    assert summary.backup == tmp_path / "old.old-2"
    assert (tmp_path / "old.old").read_bytes() == b"an older backup"


def test_the_swap_has_a_whole_version_at_every_step(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Wherever the power goes, one whole version stands under the name: each step is looked at."""
    old, new = pair
    versions = {old.read_bytes(), new.read_bytes()}
    make_delta_from_files(old, new, tmp_path / "delta")
    seen: list[bool] = []

    def watch(really: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object, **options: object) -> object:
            result = really(*arguments, **options)
            seen.append(old.read_bytes() in versions)
            return result

        return step

    monkeypatch.setattr(os, "link", watch(os.link))
    monkeypatch.setattr(os, "fsync", watch(os.fsync))
    monkeypatch.setattr(Path, "replace", watch(Path.replace))
    apply_patch(old, tmp_path / "delta", old, PatchOptions(in_place=True))
    assert len(seen) == 4
    assert all(seen)
