"""The window in its languages: nothing is cut off, and each letter presses one button.

Sentences are read when their modules are loaded, so each language is a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from rdiff_gui.languages import LANGUAGES
from rdiff_gui.ui.language import can_show

# Long words, and letters that join from right to left.
_QUICK = {("de", "twice"), ("ar", "800x600")}
_HERE = Path(__file__).parent


@pytest.mark.parametrize(("language", "screen"), [
    pytest.param(*case, marks=() if case in _QUICK else pytest.mark.campaign)
    for case in product(sorted(LANGUAGES.keys() - {"en", "hi"}), ("800x600", "twice"))
])  # fmt: skip
def test_every_text_fits(language: str, screen: str) -> None:
    """On every page and in every state, on a small screen and on a fine one."""
    assert can_show(language), "./test installs fonts for all of them"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command += [str(_HERE / "test_narrow.py"), str(_HERE / "test_keyboard.py")]
    command += ["-k", f"(cut_off and {screen}) or letters"]
    done = subprocess.run(
        command,
        env={**os.environ, "RDIFF_GUI_TESTS_SPEAK": language},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
