"""Where librsync is looked for, and what is said when it is not there."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rdiff_gui.engine import LibraryProblem, librsync_version
from rdiff_gui.errors import LibraryNotFound
from rdiff_gui.librsync import loader
from rdiff_gui.librsync.loader import PATH_VARIABLE, load_library

from .platforms import posix_only

REPORT = """
from rdiff_gui import errors
from rdiff_gui.librsync.loader import load_library
try:
    library = load_library()
except errors.LibraryProblem as problem:
    print(type(problem).__name__, problem, sep="|")
else:
    print("loaded", library.path, library.version, sep="|")
"""


def load_elsewhere(cwd: Path, **environment: str) -> list[str]:
    """Load librsync in a process of its own; give the report's fields."""
    outcome = subprocess.run(
        [sys.executable, "-c", REPORT],
        capture_output=True,
        text=True,
        check=True,
        cwd=cwd,
        env={**os.environ, **environment},
    )
    return outcome.stdout.strip().split("|")


def test_the_systems_library_is_found_by_its_absolute_path() -> None:
    """About and error reports can name the very file in use."""
    library = load_library()
    assert library.path.is_absolute()
    assert library.path.is_file()
    assert tuple(map(int, library.version.split("."))) >= loader.OLDEST_VERSION
    assert librsync_version() == library.version


def test_a_named_library_is_taken(tmp_path: Path) -> None:
    """RDIFF_GUI_LIBRSYNC puts another build in place."""
    copy = tmp_path / "my own librsync.so"
    shutil.copy(load_library().path, copy)
    assert load_elsewhere(tmp_path, **{PATH_VARIABLE: str(copy)})[:2] == ["loaded", str(copy)]


@posix_only("the loader of POSIX names its libraries so")
@pytest.mark.parametrize("content", [None, b"not a library"])
def test_a_wrong_name_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    """A mistyped path is told, not passed over in silence."""
    path = tmp_path / "wrong.so"
    if content is not None:
        path.write_bytes(content)
    kind, sentence = load_elsewhere(tmp_path, **{PATH_VARIABLE: str(path)})
    assert kind == "LibraryUnusable"
    assert PATH_VARIABLE in sentence
    assert str(path) in sentence


@posix_only("the loader of POSIX names its libraries so")
def test_a_relative_name_is_an_error(tmp_path: Path) -> None:
    """The working folder never decides which code runs."""
    shutil.copy(load_library().path, tmp_path / "librsync.so.2")
    kind, sentence = load_elsewhere(tmp_path, **{PATH_VARIABLE: "librsync.so.2"})
    assert kind == "LibraryUnusable"
    assert "absolute" in sentence


@posix_only("the loader of POSIX names its libraries so")
def test_another_library_is_not_taken_for_librsync(tmp_path: Path) -> None:
    """A path to some other library is explained."""
    other = next(
        path
        for line in Path("/proc/self/maps").read_text().splitlines()
        if "libc.so.6" in (path := line.split()[-1])
    )
    kind, sentence = load_elsewhere(tmp_path, **{PATH_VARIABLE: other})
    assert kind == "LibraryUnusable"
    assert "not librsync" in sentence


def test_the_working_folder_is_never_searched(tmp_path: Path) -> None:
    """A librsync.so.2 lying in the folder of the user's files is not run."""
    (tmp_path / "librsync.so.2").write_bytes(b"a trap")
    kind, path, _ = load_elsewhere(tmp_path)
    assert kind == "loaded"
    assert Path(path).parent != tmp_path


def test_without_any_the_error_names_all_places_and_the_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A computer without librsync gets the one command that helps."""
    monkeypatch.setattr(loader, "_abi_names", lambda: ("librsync-nowhere.so.2",))
    monkeypatch.setattr(loader, "_wheel_copies", lambda: iter(()))
    load_library.cache_clear()
    try:
        with pytest.raises(LibraryProblem) as caught:
            load_library()
    finally:
        load_library.cache_clear()
    assert "librsync-nowhere.so.2" in str(caught.value)
    assert "sudo apt-get install librsync2" in str(caught.value)


def test_an_old_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library without the functions we need is named with its version."""
    monkeypatch.setattr(loader, "OLDEST_VERSION", (99, 0, 0))
    load_library.cache_clear()
    try:
        with pytest.raises(LibraryProblem, match=r"needs 99\.0\.0 or newer"):
            load_library()
    finally:
        load_library.cache_clear()


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ({"ID": "debian", "VERSION_CODENAME": "bookworm"}, "sudo apt-get install librsync2"),
        ({"ID": "debian", "VERSION_CODENAME": "trixie"}, "sudo apt-get install librsync2t64"),
        (
            {"ID": "linuxmint", "ID_LIKE": "ubuntu debian", "UBUNTU_CODENAME": "jammy"},
            "sudo apt-get install librsync2",
        ),
        ({"ID": "debian"}, "sudo apt-get install librsync2t64"),
        ({"ID": "ubuntu", "VERSION_CODENAME": "jammy"}, "sudo apt-get install librsync2"),
        ({"ID": "ubuntu", "VERSION_CODENAME": "noble"}, "sudo apt-get install librsync2t64"),
        ({"ID": "fedora"}, "sudo dnf install librsync"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "sudo zypper install librsync2"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "sudo pacman -S librsync"),
        ({"ID": "unheard-of"}, 'pip install "rdiff-gui[bundled]"'),
    ],
)  # fmt: skip
def test_the_cure_fits_the_system(
    release: dict[str, str], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command can be pasted as it is."""
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    assert loader._remedy() == command


@posix_only("the loader of POSIX names its libraries so")
def test_the_copy_in_the_wheel_is_the_last_resort(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the python-rsync wheel is installed, its library is offered after all others."""
    backend = tmp_path / "pyrsync" / "backends" / "cffi"
    backend.mkdir(parents=True)
    (tmp_path / "pyrsync" / "__init__.py").touch()
    shutil.copy(load_library().path, backend / "_rsync.abi3.so")
    monkeypatch.syspath_prepend(tmp_path)
    places = list(loader._places())
    assert places[-1] == str(backend / "_rsync.abi3.so")
    assert "librsync.so.2" in places[:-1]


def test_what_was_looked_for_is_told_where_nothing_was_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on Windows without librsync: the list of what was tried is never empty."""
    monkeypatch.setattr(loader, "_places", lambda: iter(()))
    load_library.cache_clear()
    try:
        with pytest.raises(LibraryNotFound) as caught:
            load_library()
    finally:
        load_library.cache_clear()
    assert any(name in str(caught.value) for name in loader._abi_names())
