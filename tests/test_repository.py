"""The project as a whole: which way imports go, and how large its parts are."""

from __future__ import annotations

import ast
import re
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
    "languages": {"records"},
    "wording": {"records", "languages"},
    "errors": {"records", "wording"},
    "formats": {"records", "errors", "wording"},
    "librsync": {"records", "errors", "wording", "formats"},
    "engine": {"records", "errors", "wording", "formats", "librsync"},
    "descriptions": {"records", "wording", "formats", "engine"},
    "desktop": {"records", "errors", "languages", "wording", "engine"},
    "py_rdiff": {"errors", "wording", "formats", "librsync", "engine"},
    "cli": {
        "records", "errors", "wording", "formats", "librsync", "engine", "descriptions", "desktop",
    },
    "ui": {
        "records", "errors", "languages", "wording", "formats", "librsync", "engine",
        "descriptions", "desktop",
    },
    "__main__": {"records", "cli", "desktop", "ui", "errors", "wording"},
    "__init__": set(),
}  # fmt: skip

# Within the window, what is drawn on every page stands on none of them, and no page on the window.
WINDOW = {
    "app", "closing", "frame", "later_starts", "main", "waiting_files", "work_status",
}  # fmt: skip
PAGES = {"start", "signature", "delta", "patch", "several", "history", "settings"}
UI_MAY_NOT_USE = {
    "theme": {"widgets", "step", "page", "text", *PAGES, *WINDOW},
    "widgets": {"step", "page", "text", *PAGES, *WINDOW},
    "step": PAGES | WINDOW,
    "start": PAGES - {"start"} | WINDOW,
    "signature": PAGES - {"signature"} | WINDOW,
    "delta": PAGES - {"delta", "signature"} | WINDOW,
    "patch": PAGES - {"patch", "delta"} | WINDOW,
    "several": PAGES - {"several", "signature", "delta", "patch"} | WINDOW,
    "history": PAGES - {"history"} | WINDOW,
    "settings": PAGES - {"settings"} | WINDOW,
}
# What the window decides and says, it decides and says without one.
NO_TK = {"model.py", "text.py", "routing.py", "pairing.py", "collection.py", "batch.py"}

# Who calls C beside librsync's own room, and why.
CTYPES = {
    "languages.py",  # Windows tells its language
    "language.py",  # and fontconfig which ones there are letters for
    "posix_folder.py",  # Python cannot swap two names
    "posix_tree.py",  # nor open a folder behind others and over no link, nor sync one disk
    "windows.py",
    "windows_api.py",
    "windows_folder.py",
    "windows_registry.py",  # Explorer wants to be told of new types
    "windows_channel.py",  # Windows asks who may come to the front
    "windows_shell.py",  # and draws progress on the taskbar
    "x11.py",  # and window managers are asked to bring a window there
    "main.py",  # and Windows of pixels before there is a window, Xlib what to do when it is lost
    "drag_and_drop.py",  # Tk does not tell which library an extension lacks
    "clipboard.py",  # and puts nothing but text on the clipboard
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


def test_imports_go_down_only() -> None:
    """A reader who goes down one floor never meets the one above."""
    for module in MODULES:
        room, *rooms_in = module.relative_to(PACKAGE).with_suffix("").parts
        allowed = MAY_USE[room] | {room, "__version__"}
        above = UI_MAY_NOT_USE.get(rooms_in[0], set()) if room == "ui" else set()
        for name in imports_of(module):
            top, *below = name.split(".")
            told = f"{module}: {name}"
            assert top != "rdiff_gui" or below[0] in allowed, told
            tk_here = room == "ui" and rooms_in != ["__init__"] and module.name not in NO_TK
            assert top not in ("tkinter", "tkinterdnd2") or tk_here, told
            assert top != "ctypes" or room == "librsync" or module.name in CTYPES, told
            assert top != "tests", told
            assert below[:1] != ["ui"] or below[1] not in above, told


def test_modules_and_functions_are_small() -> None:
    """Past four hundred lines a module is two ideas; a function fits on a screen or two."""
    for module in MODULES:
        assert len(module.read_text().splitlines()) <= 400, module
        for node in ast.walk(ast.parse(module.read_bytes())):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 80, f"{module}: {node.name}"


def test_tests_say_what_a_user_gets() -> None:
    """Every test has a docstring."""
    for module in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(module.read_bytes())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert ast.get_docstring(node), f"{module.name}: {node.name}"


def test_tests_pass_in_the_background() -> None:
    """Where a shell without job control has its jobs ignore Ctrl-C, programs under test do not."""
    ask = [sys.executable, "-c", "import signal; print(signal.getsignal(signal.SIGINT))"]
    start = f"import subprocess, tests.conftest; subprocess.run({ask!r})"
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", start]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "default_int_handler" in done.stdout, done


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no clone of the repository")
def test_nothing_that_git_ignores_is_committed() -> None:
    """Whoever updates a clone keeps what lies in it: .venv most of all, a folder or a link."""
    command = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_pages_name_what_is_there() -> None:
    """Whoever follows a path or a link in the documents finds the file."""
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        words = page.read_text(encoding="utf-8")
        named = re.findall(r"(?<![\w/.~-])(?:tests|tools|docs|rdiff_gui|assets)/[\w./-]*\w", words)
        linked = re.findall(r"\]\(([\w./-]+)\)", words)
        for path in (*(ROOT / name for name in named), *(page.parent / name for name in linked)):
            assert path.exists() or "LANGUAGE" in path.parts, f"{page.name}: {path}"


def test_the_changelog_knows_this_version() -> None:
    """No release without a word about it."""
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()
