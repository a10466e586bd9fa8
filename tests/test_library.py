"""The engine as a library: its names, its reference, and what it needs."""

from __future__ import annotations

import ast
import doctest
import subprocess
import sys
from pathlib import Path

import pytest

from rdiff_gui import engine

ROOT = Path(__file__).parent.parent

# What the window, the desktop and the terminal need.
OF_THE_PROGRAM = ("tkinter", "tkinterdnd2", "tqdm", "platformdirs", "jeepney")


def test_the_engine_hands_out_all_its_names() -> None:
    """Every public name can be imported, though none is until then; others cannot."""
    tree = ast.parse(Path(engine.__file__).read_bytes())
    seen_by_type_checkers = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    }
    assert seen_by_type_checkers == {f"rdiff_gui.{name}" for name in vars(engine)["_MODULES"]}
    for name in engine.__all__:
        assert getattr(engine, name) is not None
    assert set(engine.__all__) <= set(dir(engine))
    with pytest.raises(AttributeError):
        engine.nonsense  # type: ignore[attr-defined]  # noqa: B018  # asking is the test


def test_its_example_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever copies it from the reference gets what stands there."""
    monkeypatch.chdir(tmp_path)
    outcome = doctest.testmod(engine)
    assert outcome.attempted > 5
    assert not outcome.failed


def test_it_works_without_what_the_program_needs(tmp_path: Path) -> None:
    """A server has neither screen nor terminal, and need not have their modules."""
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({OF_THE_PROGRAM!r}))\n"
        "from rdiff_gui.engine import *\n"
        "make_delta_from_files('old', 'new', 'delta', compress=True)\n"
        "print(apply_patch('old', 'delta', 'again').result_bytes, inspect('delta').compressed)"
    )
    (tmp_path / "old").write_bytes(b"old" * 1000)
    (tmp_path / "new").write_bytes(b"new" * 1000)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "3000 True\n", done.stderr


def test_its_reference_is_current() -> None:
    """docs/library.md says what the docstrings say; tools/api-page writes it."""
    pytest.importorskip("pdoc", reason="it is installed with what checks the source")
    done = subprocess.run(
        [sys.executable, ROOT / "tools/api-page", "--check"], text=True, check=False
    )
    assert done.returncode == 0, "run tools/api-page"
