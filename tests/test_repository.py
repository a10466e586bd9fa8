"""The project as a whole: which way imports go, and how large its parts are."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdiff_gui import __version__

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "rdiff_gui"
MODULES = sorted(PACKAGE.rglob("*.py"))

# What each room may use besides itself; a room that is not here is one nobody thought about.
MAY_USE = {
    "records": set(),
    "wording": {"records"},
    "errors": {"records", "wording"},
    "formats": {"records", "errors", "wording"},
    "librsync": {"records", "errors", "wording", "formats"},
    "engine": {"records", "errors", "wording", "formats", "librsync"},
    "desktop": {"errors", "wording"},
    "py_rdiff": {"errors", "wording", "formats", "librsync", "engine"},
    "cli": {"records", "errors", "wording", "formats", "librsync", "engine", "desktop"},
    "ui": {"errors", "wording", "formats", "librsync", "engine", "desktop"},
    "__main__": {"records", "cli", "ui", "errors", "wording"},
    "__init__": set(),
}  # fmt: skip

# Within the window, what is drawn on every page stands on none of them.
UI_MAY_USE = {"theme": {"theme"}, "widgets": {"widgets", "theme"}}


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
            # Python cannot swap two names; Windows wants to be told about pixels before there is
            # a window, and Explorer of new types, Xlib what to do when there is no window any more;
            # Tk does not tell which library an extension lacks, and puts nothing but text on the
            # clipboard.
            modules = (
                "posix_folder.py",
                "windows.py",
                "windows_api.py",
                "windows_registry.py",
                "main.py",
                "screen_loss.py",
                "drag_and_drop.py",
                "clipboard.py",
            )
            assert room == "librsync" or module.name in modules, name
        assert top != "tests", name


@pytest.mark.parametrize("room", UI_MAY_USE)
def test_widgets_know_no_pages(room: str) -> None:
    """What is drawn on every page stands on none of them."""
    modules = sorted((PACKAGE / "ui" / room).rglob("*.py"))
    assert modules
    for module in modules:
        for name in imports_of(module):
            if name.startswith("rdiff_gui.ui."):
                assert name.split(".")[2] in UI_MAY_USE[room], f"{module}: {name}"


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


def test_tests_pass_in_the_background() -> None:
    """Where a shell without job control has its jobs ignore Ctrl-C, programs under test do not."""
    case = "tests/test_cli_signals.py::test_ctrl_c_is_quiet_from_the_first_line_on"
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-m", "pytest", case]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no clone of the repository")
def test_nothing_that_git_ignores_is_committed() -> None:
    """Whoever updates a clone keeps what lies in it: .venv most of all, a folder or a link."""
    command = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_the_changelog_knows_this_version() -> None:
    """No release without a word about it."""
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()
