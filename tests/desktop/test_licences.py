"""The licence texts that the window shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from rdiff_gui.desktop import licences


def test_an_installation_finds_the_licences_of_what_it_uses() -> None:
    """Ours and librsync's first, then what pip brought, and Python's."""
    found = {licence.part: licence.text for licence in licences.read_licences()}
    parts = list(found)
    assert parts[0] == "rdiff-gui"
    assert parts[1].startswith("librsync")
    assert "General Public License" in found[parts[1]]
    assert "MIT License" in found["rdiff-gui"]
    assert "Python Software Foundation" in found["Python"]
    assert {"blake3", "platformdirs", "tkinterdnd2", "tqdm"} <= set(parts)


def test_a_frozen_program_shows_what_its_build_collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of the computer it runs on; bytes that are no text do not stop it."""
    folder = tmp_path / licences.FROZEN_FOLDER
    folder.mkdir()
    for name, text in (("zlib1g", b"\xff\n"), ("librsync2", b"LGPL"), ("rdiff-gui", b"MIT")):
        (folder / f"{name}.txt").write_bytes(text)
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert [licence.part for licence in licences.read_licences()] == [
        "rdiff-gui",
        "librsync2",
        "zlib1g",
    ]


def test_a_package_that_is_not_installed_has_no_licence() -> None:
    """An extra that nobody asked for is passed over."""
    assert licences.licences_of_package("no-such-package-of-ours") == {}
