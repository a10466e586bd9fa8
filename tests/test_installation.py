"""What pip installs: what is in the archives, and whether it works with every Python at hand."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet  # no public name

from rdiff_gui import __version__
from rdiff_gui.desktop.own_files import ENTRY, shared_files

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "rdiff_gui"
ASSETS = sorted((PACKAGE / "assets").rglob("*"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

PROBE = """
import sys
assert sys.version_info >= (3, 11) and sys.version_info.releaselevel == "final"
import tkinter, venv
print(f"{sys.version_info.minor} {sys.base_prefix}")
"""
# The wheel with a copy of librsync exists up to this Python.
BUNDLED_NEWEST = 12


@functools.cache
def pythons() -> dict[int, str]:
    """An interpreter for each minor version of Python 3 at hand that can carry the program."""
    folders = [Path(sys.base_prefix, "bin"), *map(Path, os.environ["PATH"].split(":"))]
    folders += sorted(Path.home().glob(".pyenv/versions/3.*/bin"))
    found: dict[int, str] = {}
    for folder in folders:
        for name in sorted(folder.glob("python3.[1-9][0-9]")):
            asked = subprocess.run(
                [name, "-I", "-c", PROBE], capture_output=True, text=True, check=False
            )
            if asked.returncode == 0:
                minor, _, prefix = asked.stdout.strip().partition(" ")
                # No shim: it would lead to another version from another folder.
                found.setdefault(int(minor), f"{prefix}/bin/python3.{minor}")
    return found


# --- the archives --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the source archive, the wheel built from the source archive."""
    folder = tmp_path_factory.mktemp("archives")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    (source,) = folder.glob("*.tar.gz")
    return wheel, source


def test_the_wheel_holds_the_program_and_nothing_else(archives: tuple[Path, Path]) -> None:
    """Modules, py_rdiff under both names, markers, assets, translations; no tests, no tools."""
    with zipfile.ZipFile(archives[0]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    kinds = ("*.py", "py.typed", "*.mo", "formats.json")
    files = [path for kind in kinds for path in PACKAGE.rglob(kind)]
    expected = {str(path.relative_to(ROOT)) for path in files}
    expected |= {name.removeprefix("rdiff_gui/") for name in expected if "/py_rdiff/" in name}
    expected |= {str(path.relative_to(ROOT)) for path in ASSETS if path.is_file()}
    assert names == expected
    assert {"rdiff_gui/py.typed", "py_rdiff/py.typed", "py_rdiff/__init__.py"} <= names
    assert f"rdiff_gui/assets/share/{ENTRY}" in names
    assert {name.split("/")[0] for name in names} == {"rdiff_gui", "py_rdiff"}


def test_the_source_archive_is_the_whole_project(archives: tuple[Path, Path]) -> None:
    """Whoever packages it finds all that git has, and nothing of ours lying about."""
    with tarfile.open(archives[1]) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    for name in (
        "run",
        "test",
        "build.spec",
        "tools/package",
        "tools/setup.sh",
        "assets/icons/source.svg",
        f"rdiff_gui/assets/share/{ENTRY}",
        "tests/conftest.py",
        "docs/architecture.md",
    ):
        assert name in names
    assert not [name for name in names if "__pycache__" in name or ".venv" in name]


def test_the_version_stands_in_one_place(archives: tuple[Path, Path]) -> None:
    """The program's own number is the one that pip shows."""
    assert [path.name.split("-")[1].removesuffix(".tar.gz") for path in archives] == [
        __version__,
        __version__,
    ]


# --- installed -----------------------------------------------------------------------------------


class Environment:
    """A clean environment as pipx makes it, with what the project depends on and nothing else."""

    def __init__(self, folder: Path, minor: int) -> None:
        self.folder = folder
        self.minor = minor
        self.program = folder / "bin/rdiff-gui"
        subprocess.run([pythons()[minor], "-m", "venv", "--without-pip", folder], check=True)
        self.run_pip("install", *PROJECT["dependencies"])

    def install(self, *what: Path | str) -> None:
        """Install what was just built, whatever was installed before, without a network."""
        self.run_pip("install", "--no-deps", "--no-index", "--force-reinstall", *what)

    def run_pip(self, *words: Path | str) -> None:
        """Run our pip on this environment."""
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--python", self.folder, *words], check=True, capture_output=True)

    def ask(
        self, script: str, folder: Path, *, exit_code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a few lines of Python in it."""
        done = subprocess.run(
            [self.folder / "bin/python", "-P", "-c", script],
            check=False, capture_output=True, text=True, cwd=folder,
        )  # fmt: skip
        assert done.returncode == exit_code, done.stderr
        return done


def _as_parameters() -> Iterator[ParameterSet]:
    """The oldest and the newest Python in every run, those between in the campaign."""
    found = sorted(pythons())
    for minor in found:
        between = found[0] < minor < found[-1]
        yield pytest.param(minor, marks=[pytest.mark.campaign] if between else [], id=f"3.{minor}")


@pytest.fixture(scope="module", params=_as_parameters())
def environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """One for each Python at hand, in a folder with a space."""
    minor: int = request.param
    return Environment(tmp_path_factory.mktemp("clean") / "an environment", minor)


@pytest.fixture(scope="module")
def installed(environment: Environment, archives: tuple[Path, Path]) -> Environment:
    """With the wheel that was just built."""
    environment.install(archives[0])
    return environment


SESSION = """
import py_rdiff
for name, text in ("test.txt", "asdqwezxcrfv"), ("test2.txt", "qwerty qwerty qwerty"):
    with open(name, "w") as file:
        file.write(text)
_, signature = py_rdiff.rsync_sig("test.txt")
_, delta = py_rdiff.rsync_delta(signature, "test2.txt")
print(py_rdiff.rsync_patch(delta, "test.txt", "patched_test.txt"))
print(open("patched_test.txt").read())
import rdiff_gui.py_rdiff
print(rdiff_gui.py_rdiff.__all__ == py_rdiff.__all__)
"""
ANSWER = "(True, None)\nqwerty qwerty qwerty\nTrue\n"

# As on a computer without librsync.
WITHOUT_LIBRSYNC = """
import sys
from rdiff_gui.librsync import loader
loader._abi_names = lambda: ("librsync-is-not-here.so",)
from rdiff_gui.__main__ import main
sys.exit(main({words}))
"""


def test_it_works_in_a_clean_environment(installed: Environment, tmp_path: Path) -> None:
    """After pip install, py_rdiff does its old session, and all parts of the program work."""
    assert installed.ask(SESSION, tmp_path).stdout == ANSWER
    # As pipx has it: a link on the PATH.
    link = tmp_path / "rdiff-gui"
    link.symlink_to(installed.program)
    version = subprocess.run([link, "--version"], check=True, capture_output=True, text=True)
    assert version.stdout.startswith(f"rdiff-gui {__version__}\nlibrsync ")
    tested = subprocess.run([link, "--selftest"], check=True, capture_output=True, text=True)
    assert f"\nPython 3.{installed.minor}." in tested.stdout
    assert "\ntkdnd " in tested.stdout
    assert tested.stdout.endswith("all is well\n")
    assert (installed.folder / "bin/rdiff-gui-window").exists()


def test_it_adds_itself_to_the_desktop(installed: Environment, tmp_path: Path) -> None:
    """The assets came along; the desktop starts the command that pip made, and hands over files."""
    share = tmp_path / "share"
    env = {**os.environ, "XDG_DATA_HOME": str(share), "HOME": str(tmp_path)}

    def desktop(action: str) -> str:
        return subprocess.run(
            [installed.program, "desktop", action],
            check=True, capture_output=True, text=True, env=env,
        ).stdout  # fmt: skip

    assert desktop("install").startswith(f"Added to your desktop: {len(shared_files())} files")
    assert f'Exec="{installed.program}" -- %F\n' in (share / ENTRY).read_text()
    assert f"  starts:  {installed.program}\n" in desktop("status")
    desktop("uninstall")
    assert not share.exists()


def test_without_librsync_the_cure_is_named(installed: Environment, tmp_path: Path) -> None:
    """A command for this system, or the extra with a copy of librsync; no traceback."""
    (tmp_path / "old").touch()
    words = ["signature", "old", "signature"]
    done = installed.ask(WITHOUT_LIBRSYNC.format(words=words), tmp_path, exit_code=100)
    first = done.stderr.splitlines()[0]
    assert first.startswith("rdiff-gui: librsync was not found on this computer. Install it with:")
    assert "install librsync" in first or 'pip install "rdiff-gui[bundled]"' in first
    assert "Traceback" not in done.stderr


def test_the_extra_brings_librsync(
    environment: Environment, archives: tuple[Path, Path], tmp_path: Path
) -> None:
    """`rdiff-gui[bundled]` works where the system has none, as far as that wheel exists."""
    if environment.minor > BUNDLED_NEWEST:
        marker = PROJECT["optional-dependencies"]["bundled"][0].partition(";")[2].strip()
        assert marker == f"python_version < '3.{BUNDLED_NEWEST + 1}'"
        return
    environment.run_pip("install", f"rdiff-gui[bundled] @ file://{archives[0]}")
    told = environment.ask(WITHOUT_LIBRSYNC.format(words=["--version"]), tmp_path).stdout
    assert f"({environment.folder}/lib/" in told
    environment.run_pip("uninstall", "--yes", "python-rsync")


def test_an_editable_installation_works_too(environment: Environment, tmp_path: Path) -> None:
    """A developer's installation has both names as well, and sees changes at once."""
    build = (
        "import sys; from setuptools.build_meta import build_editable as build; build(sys.argv[1])"
    )
    subprocess.run(
        [sys.executable, "-c", build, tmp_path], cwd=ROOT, check=True, capture_output=True
    )
    environment.install(*tmp_path.glob("*.whl"))
    assert environment.ask(SESSION, tmp_path).stdout == ANSWER
    place = environment.ask("import py_rdiff; print(py_rdiff.__file__)", tmp_path).stdout.strip()
    assert Path(place).samefile(PACKAGE / "py_rdiff/__init__.py")


def test_the_oldest_python_is_the_one_that_is_asked_for() -> None:
    """What pyproject.toml promises is what these tests run with, where it is at hand."""
    assert PROJECT["requires-python"] == ">=3.11"
    assert sys.version_info.minor in pythons()
