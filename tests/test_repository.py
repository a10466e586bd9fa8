"""The project as a whole: which way imports go, and what an installation holds."""

from __future__ import annotations

import ast
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdiff_gui import __version__

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "rdiff_gui"
MODULES = sorted(PACKAGE.rglob("*.py"))
ASSETS = sorted((PACKAGE / "assets").rglob("*"))

# What each room may use besides itself; a room that is not here is one nobody thought about.
MAY_USE = {
    "wording": set(),
    "errors": {"wording"},
    "formats": {"errors", "wording"},
    "librsync": {"errors", "wording", "formats"},
    "engine": {"errors", "wording", "formats", "librsync"},
    "desktop": {"errors", "wording"},
    "py_rdiff": {"errors", "wording", "formats", "librsync", "engine"},
    "cli": {"errors", "wording", "formats", "librsync", "engine", "desktop"},
    "ui": {"errors", "wording", "formats", "librsync", "engine", "desktop"},
    "__main__": {"cli", "ui", "errors", "wording"},
    "__init__": set(),
}  # fmt: skip

# Within the window: widgets and the theme know no pages.
UI_MAY_NOT_USE = {
    "widgets": {"pages", "steps", "app", "window"},
    "theme": {"pages", "steps", "app", "window", "widgets"},
}


def imports_of(module: Path) -> Iterator[str]:
    """Every module that a file imports, in full, wherever in the file it does so."""
    for node in ast.walk(ast.parse(module.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: imports name their module in full"
            assert node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(module: Path) -> str:
    """The first folder under rdiff_gui, or the name of a module that stands there itself."""
    first = module.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(module: Path) -> None:
    """A reader who goes down one floor never meets the one above."""
    room = room_of(module)
    allowed = MAY_USE[room] | {room}
    for name in imports_of(module):
        top, _, rest = name.partition(".")
        if top == "rdiff_gui":
            assert rest == "__version__" or rest.split(".")[0] in allowed, name
        if top in ("tkinter", "tkinterdnd2"):
            assert room == "ui", name
        if top == "ctypes":
            # Windows wants to be told about pixels before there is a window.
            assert room == "librsync" or module.name == "opening.py", name
        assert top != "tests", name


@pytest.mark.parametrize("room", UI_MAY_NOT_USE)
def test_widgets_know_no_pages(room: str) -> None:
    """What is drawn on every page stands on none of them."""
    modules = sorted((PACKAGE / "ui" / room).rglob("*.py"))
    assert modules
    for module in modules:
        for name in imports_of(module):
            if name.startswith("rdiff_gui.ui."):
                assert name.split(".")[2] not in UI_MAY_NOT_USE[room], f"{module}: {name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_room_is_too_large(module: Path) -> None:
    """Past four hundred lines a module is two ideas."""
    assert len(module.read_text().splitlines()) <= 400


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_functions_fit_on_a_screen_or_two(module: Path) -> None:
    """No function is longer than eighty lines."""
    for node in ast.walk(ast.parse(module.read_bytes())):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 80, node.name


def test_tests_say_what_a_user_gets() -> None:
    """Every test has a docstring."""
    for module in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(module.read_bytes())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert ast.get_docstring(node), f"{module.name}: {node.name}"


# --- what is installed --------------------------------------------------------------------------


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


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment with what the project depends on and nothing else."""
    folder = tmp_path_factory.mktemp("clean") / "an environment"
    venv.create(folder, symlinks=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run_pip(folder, "install", *project["dependencies"])
    return folder


def install(environment: Path, *what: Path | str) -> None:
    """Install what was just built, whatever was installed before, without a network."""
    run_pip(environment, "install", "--no-deps", "--no-index", "--force-reinstall", *what)


def run_pip(environment: Path, *words: Path | str) -> None:
    """Run this environment's pip on another one."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--python", environment, *words], check=True, capture_output=True)


def ask(environment: Path, script: str, folder: Path) -> str:
    """Run a few lines of Python in an environment."""
    result = subprocess.run(
        [environment / "bin/python", "-c", script],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    return result.stdout.strip()


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
ANSWER = "(True, None)\nqwerty qwerty qwerty\nTrue"


def test_the_wheel_holds_the_program_and_nothing_else(archives: tuple[Path, Path]) -> None:
    """Modules, py_rdiff under both names, markers for type checkers, assets; no tests."""
    with zipfile.ZipFile(archives[0]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = [*MODULES, *PACKAGE.rglob("py.typed")]
    expected = {str(path.relative_to(ROOT)) for path in files}
    expected |= {name.removeprefix("rdiff_gui/") for name in expected if "/py_rdiff/" in name}
    expected |= {str(path.relative_to(ROOT)) for path in ASSETS if path.is_file()}
    expected |= {str(path.relative_to(ROOT)) for path in PACKAGE.rglob("*.mo")}
    assert names == expected
    assert {"rdiff_gui/py.typed", "py_rdiff/py.typed", "py_rdiff/__init__.py"} <= names
    assert "rdiff_gui/assets/share/applications/io.github.rdiffgui.desktop" in names
    assert {name.split("/")[0] for name in names} == {"rdiff_gui", "py_rdiff"}


def test_the_source_archive_is_the_whole_project(archives: tuple[Path, Path]) -> None:
    """Whoever packages it finds the tests and the scripts, and nothing of ours lying about."""
    with tarfile.open(archives[1]) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    for name in (
        "run",
        "test",
        "build.spec",
        "tools/package",
        "tools/setup.sh",
        "assets/icons/source.svg",
        "tests/conftest.py",
        "docs/architecture.md",
    ):
        assert name in names
    assert not [name for name in names if "__pycache__" in name or ".venv" in name]


def test_the_wheel_works_in_a_clean_environment(
    archives: tuple[Path, Path], clean: Path, tmp_path: Path
) -> None:
    """After pip install, py_rdiff does its old session and the command is there."""
    install(clean, archives[0])
    assert ask(clean, SESSION, tmp_path) == ANSWER
    version = subprocess.run(
        [clean / "bin/rdiff-gui", "--version"], check=True, capture_output=True, text=True
    )
    assert version.stdout.startswith("rdiff-gui ")
    assert (clean / "bin/rdiff-gui-window").exists()


def test_an_editable_installation_works_too(clean: Path, tmp_path: Path) -> None:
    """A developer's installation has both names as well, and sees changes at once."""
    build = (
        "import sys; from setuptools.build_meta import build_editable as build; build(sys.argv[1])"
    )
    subprocess.run(
        [sys.executable, "-c", build, tmp_path], cwd=ROOT, check=True, capture_output=True
    )
    install(clean, *tmp_path.glob("*.whl"))
    assert ask(clean, SESSION, tmp_path) == ANSWER
    place = ask(clean, "import py_rdiff; print(py_rdiff.__file__)", tmp_path)
    assert Path(place).samefile(PACKAGE / "py_rdiff/__init__.py")


def test_the_version_stands_in_one_place(archives: tuple[Path, Path]) -> None:
    """The program's own number is the one that pip shows."""
    assert [path.name.split("-")[1].removesuffix(".tar.gz") for path in archives] == [
        __version__,
        __version__,
    ]


def test_the_changelog_knows_this_version() -> None:
    """No release without a word about it."""
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()
