"""Names that are proposed for results."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest

from rdiff_gui.desktop.settings import Settings
from rdiff_gui.ui.delta.model import propose_delta
from rdiff_gui.ui.patch.model import propose_new_file, propose_undo
from rdiff_gui.ui.signature.model import propose_signature
from tests.platforms import posix_only


def test_results_lie_beside_their_input(tmp_path: Path) -> None:
    """What was made of a file is found next to it, by its name."""
    assert propose_signature(tmp_path / "photos.db", Settings()) == tmp_path / "photos.db.rsig"
    assert propose_delta(tmp_path / "photos.db", (), Settings()) == tmp_path / "photos.db.rdelta"


def test_a_delta_never_takes_an_inputs_name(tmp_path: Path) -> None:
    """Where the signature is called as the delta would be, another name is found."""
    taken = [tmp_path / "x.rdelta", tmp_path / "x"]
    assert propose_delta(tmp_path / "x", taken, Settings()) == tmp_path / "x (2).rdelta"
    taken.append(tmp_path / "x (2).rdelta")
    assert propose_delta(tmp_path / "x", taken, Settings()) == tmp_path / "x (3).rdelta"


@pytest.mark.parametrize(
    ("basis", "proposal"),
    [
        ("photos.db", "photos (new).db"),
        ("photos", "photos (new)"),
        ("archive.tar.gz", "archive (new).tar.gz"),
        ("Archive.TAR.xz", "Archive (new).TAR.xz"),
        (".hidden", ".hidden (new)"),
        ("v1.2.db", "v1.2 (new).db"),
        ("line\nbreak.db", "line\nbreak (new).db"),
        ("\udcff.db", "\udcff (new).db"),
    ],
)
def test_a_patched_file_is_told_from_the_old_one(basis: str, proposal: str, tmp_path: Path) -> None:
    """The old file is never proposed as the output, and its extension is kept."""
    assert propose_new_file(tmp_path / basis, None, Settings()) == tmp_path / proposal


@posix_only("Wine 8 shows no dead links")
def test_a_patched_file_pushes_nothing_out(tmp_path: Path) -> None:
    """The first free name is proposed, dead links counted as taken."""
    (tmp_path / "a (new).db").touch()
    (tmp_path / "a (new 2).db").symlink_to("nowhere")
    assert propose_new_file(tmp_path / "a.db", None, Settings()) == tmp_path / "a (new 3).db"


def test_a_name_that_is_known_is_kept_where_it_is_free(tmp_path: Path) -> None:
    """What the seal calls the new file, beside the old one and never in its place."""
    old = tmp_path / "photos-1.db"
    assert propose_new_file(old, "photos-2.db", Settings()) == tmp_path / "photos-2.db"
    old.touch()
    assert propose_new_file(old, "photos-1.db", Settings()) == tmp_path / "photos-1 (new).db"


def test_an_undo_delta_is_called_after_the_result(tmp_path: Path) -> None:
    """The first free name, so that a chain of patches keeps each way back."""
    assert propose_undo(tmp_path / "a.db") == tmp_path / "a.db.undo.rdelta"
    (tmp_path / "a.db.undo.rdelta").touch()
    assert propose_undo(tmp_path / "a.db") == tmp_path / "a.db.undo-2.rdelta"


def test_a_folder_that_cannot_be_written_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a file on a CD the user's documents are proposed, or the home without such."""
    documents = tmp_path / "Documents"
    documents.mkdir()
    monkeypatch.setattr(platformdirs, "user_documents_path", lambda: documents)
    monkeypatch.setattr(os, "access", lambda folder, _mode: folder == documents)
    assert propose_signature(Path("/cd/photos.db"), Settings()) == documents / "photos.db.rsig"
    monkeypatch.setattr(os, "access", lambda _folder, _mode: False)
    assert propose_signature(Path("/cd/photos.db"), Settings()) == Path.home() / "photos.db.rsig"


def test_results_go_and_are_called_as_the_settings_say(tmp_path: Path) -> None:
    """While the folder can be written to; a number stands behind the file's own name."""
    folder, kept = tmp_path / "outbox", Path("/a/x")
    folder.mkdir()
    settings = Settings(
        output_folder=folder, signature_name="sums of {name}", delta_name="{name}.delta"
    )
    assert propose_signature(kept, settings) == folder / "sums of x"
    assert propose_delta(kept, [folder / "x.delta"], settings) == folder / "x (2).delta"
    assert propose_new_file(kept, "y", settings) == folder / "y"
    assert propose_new_file(kept, None, settings) == folder / "x (new)"
    for unfit in (tmp_path / "gone", tmp_path / "file"):
        (tmp_path / "file").touch()
        beside = propose_delta(tmp_path / "x", (), Settings(output_folder=unfit))
        assert beside == tmp_path / "x.rdelta"
