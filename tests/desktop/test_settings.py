"""What the program remembers between runs."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import platformdirs
import pytest

from rdiff_gui.desktop import own_files
from rdiff_gui.desktop.settings import (
    Settings,
    ThemeChoice,
    fill_name,
    load_settings,
    name_pattern,
    save_settings,
)
from rdiff_gui.engine.options import Sealing


def test_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    """Dark theme and window size are there at the next start, also in a new folder."""
    chosen = Settings(
        ThemeChoice.DARK,
        (1200, 800),
        maximized=True,
        output_folder=tmp_path / "\udcff",
        signature_name="{name}.sig",
        threads=2,
        compress=False,
        sealing=Sealing.NAMELESS,
    )
    file = tmp_path / "new" / "settings.json"
    save_settings(chosen, file)
    assert load_settings(file) == chosen
    assert [path.name for path in file.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[1, 2]",
        b"\xff\xfe\x00",
        b"null",
        b"[" * 100_000,
        b'{"theme": "purple", "window_size": [1], "maximized": "yes"}',
        b'{"theme": ["dark"], "window_size": [0, -5]}',
        b'{"window_size": [true, 800]}',
        b'{"window_size": [1e9, 800]}',
        b'{"window_size": {"a": 1}}',
    ],
)
def test_damaged_settings_are_the_defaults(damage: bytes, tmp_path: Path) -> None:
    """A broken file never keeps the window from opening."""
    file = tmp_path / "settings.json"
    file.write_bytes(damage)
    told: list[str] = []
    assert load_settings(file, told.append) == Settings()
    kept = tmp_path / "settings.json.broken"
    assert kept.read_bytes() == damage
    assert str(kept) in told[0]


# A value of each setting that it cannot have, and what the setting is called in the window.
BROKEN = {
    "theme": ("purple", "Colours"),
    "window_size": ("big", "Size of the window"),
    "maximized": (1, "Size of the window"),
    "desktop_offered": ("no", "What was asked already"),
    "drop_lack_told": (None, "What was told already"),
    "link_mbit_s": (0, "Speed of your link"),
    "keep_history": ("yes", "History"),
    "output_folder": ("not whole", "Folder for results"),
    "signature_name": ("../{name}", "Names of signatures"),
    "delta_name": ("{name}", "Names of deltas"),
    "threads": (257, "Threads"),
    "compress": (2, "Compression"),
    "sealing": ("wax", "Seal"),
    "language": ("tlh", "Language"),
}


@pytest.mark.parametrize("setting", [field.name for field in dataclasses.fields(Settings)])
def test_each_broken_value_is_named(setting: str, tmp_path: Path) -> None:
    """The usual one takes its place, the others stay, and the note says which it was."""
    file = tmp_path / "settings.json"
    value, label = BROKEN[setting]
    sound = {"theme": "dark", "threads": 3, "link_mbit_s": 16}
    file.write_text(json.dumps({**sound, setting: value}))
    told: list[str] = []
    usual = getattr(Settings(), setting)
    expected = Settings(ThemeChoice.DARK, threads=3, link_mbit_s=16)
    assert load_settings(file, told.append) == dataclasses.replace(expected, **{setting: usual})
    assert [f": {label}. The file is kept as" in sentence for sentence in told] == [True]


@pytest.mark.parametrize(
    "given",
    ["", "{name}", "name.rsig", "{name}/x", "..\\{name}", "{name}\n", "{name}:x", "{name}{x}",
     "{name}{name}", "{name}.", "{name}\udcff", "x" * 61 + "{name}", "{name}?", 5],
)  # fmt: skip
def test_names_that_no_file_can_have_are_refused(given: object) -> None:
    """On every system, and none that would be the file's own or lead to another folder."""
    with pytest.raises((TypeError, ValueError)):
        name_pattern(given)


def test_a_pattern_is_filled_once() -> None:
    """A file may be called as the place for its name."""
    assert fill_name(name_pattern(" for you, {name}.rsig "), "{name}") == "for you, {name}.rsig"


def test_one_bad_value_does_not_take_the_others_along(tmp_path: Path) -> None:
    """Values that can be read are kept, and what we do not know is passed over."""
    file = tmp_path / "settings.json"
    stored = {"theme": "light", "window_size": "big", "maximized": True, "later": 1}
    file.write_text(json.dumps(stored))
    told: list[str] = []
    assert load_settings(file, told.append) == Settings(ThemeChoice.LIGHT, None, maximized=True)
    assert len(told) == 1


def test_no_settings_yet_are_the_defaults(tmp_path: Path) -> None:
    """The first start follows the system's colours."""
    assert load_settings(tmp_path / "none.json") == Settings(ThemeChoice.SYSTEM)


def test_settings_that_cannot_be_saved_disturb_nobody(tmp_path: Path) -> None:
    """A full or read-only home is logged; the old file stays and no temporary one is left."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    save_settings(Settings(), blocked / "settings.json")
    assert blocked.read_text() == "not a folder"
    assert list(tmp_path.iterdir()) == [blocked]


def test_our_files_lie_in_the_users_own_folders() -> None:
    """Settings and history are where the platform wants them, under our name."""
    config = platformdirs.user_config_path("rdiff-gui", appauthor=False)
    assert own_files.settings_file() == config / "settings.json"
    assert own_files.history_file().parent.name == "rdiff-gui"
