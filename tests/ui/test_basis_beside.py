"""The old file that lies beside its delta."""

from __future__ import annotations

from pathlib import Path

import pytest

from rdiff_gui.desktop.history import History
from rdiff_gui.engine import DeltaFacts, Sealing, inspect, make_delta_from_files
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.ui.patch.basis_search import FoundBasis, look_for_basis

OLD = bytes(range(250)) * 12


def make_delta(folder: Path, sealing: Sealing) -> Path:
    """`photos.db.delta`, which copies all of a 3000-byte old file that is not beside it."""
    old = folder / "elsewhere" / "photos.db"
    old.parent.mkdir()
    old.write_bytes(OLD)
    new = folder / "elsewhere" / "new"
    new.write_bytes(OLD + b"more")
    delta = folder / "photos.db.delta"
    make_delta_from_files(old, new, delta, sealing=sealing)
    return delta


def look(delta: Path, *held: Path) -> FoundBasis | None:
    """What is found beside it, or among the files that are held."""
    facts = inspect(delta)
    assert isinstance(facts, DeltaFacts)
    history = History(delta.with_name("history"))
    return look_for_basis(facts, held, history, lambda _progress: None, CancelToken())


@pytest.mark.parametrize("sealing", [Sealing.FULL, Sealing.NAMELESS])
def test_a_sealed_deltas_old_file_is_found_by_its_content(sealing: Sealing, tmp_path: Path) -> None:
    """Renamed, it is still found; another file of its name and size is not taken for it."""
    delta = make_delta(tmp_path, sealing)
    beside = tmp_path / "photos.db"
    beside.write_bytes(b"x" * len(OLD))
    assert look(delta) is None
    renamed = tmp_path / "renamed"
    renamed.write_bytes(OLD)
    found = look(delta)
    assert found is not None
    assert (found.file.path, found.proven) == (renamed, True)


@pytest.mark.parametrize("suffix", [".delta", ".rdelta", ".RDELTA"])
def test_another_deltas_old_file_is_found_by_its_name(suffix: str, tmp_path: Path) -> None:
    """`photos.db` beside `photos.db.rdelta` is taken when long enough, with less certainty."""
    delta = make_delta(tmp_path, Sealing.NONE)
    delta = delta.rename(delta.with_suffix(suffix))
    beside = tmp_path / "photos.db"
    assert look(delta) is None
    beside.write_bytes(b"x" * 2000)
    assert look(delta) is None
    beside.write_bytes(b"x" * 3000)
    found = look(delta)
    assert found is not None
    assert (found.file.path, found.proven) == (beside, False)
    held = tmp_path / "elsewhere" / "photos.db"
    found = look(delta, tmp_path / "elsewhere" / "new", held)
    assert found is not None
    assert (found.file.path, found.proven) == (held, False)


def test_what_cannot_be_an_old_file_is_not_taken(tmp_path: Path) -> None:
    """A folder or a signature of that name is none, and a bare `.delta` names none."""
    delta = make_delta(tmp_path, Sealing.NONE)
    beside = tmp_path / "photos.db"
    beside.mkdir()
    assert look(delta) is None
    beside.rmdir()
    beside.write_bytes(bytes.fromhex("727301470000010000000020") + bytes(5000))
    assert look(delta) is None
    beside.write_bytes(bytes(5000))
    for name in (".delta", "..delta"):
        delta = delta.rename(tmp_path / name)
        assert look(delta) is None
