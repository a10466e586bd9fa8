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

_SCREENS = ("800x600", "twice")
_LANGUAGES = sorted(LANGUAGES.keys() - {"en"})
_HERE = Path(__file__).parent


# Long words, and letters that join from right to left.
@pytest.mark.parametrize(("language", "screen"), [("de", "twice"), ("ar", "800x600")])
def test_every_text_fits(language: str, screen: str) -> None:
    """On every page, on a small screen and on a fine one."""
    assert can_show(language), "./test installs fonts for all of them"
    _look(language, screen)


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("language", "screen"), list(product(_LANGUAGES, _SCREENS)))
def test_every_text_fits_in_every_language(language: str, screen: str) -> None:
    """And in every state. Hindi is not shown on X11, but is no longer elsewhere than here."""
    _look(language, screen, "-m", "")


def _look(language: str, screen: str, *options: str) -> None:
    """Run the tests that look at all texts, in another language."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command += [str(_HERE / "test_narrow.py"), str(_HERE / "test_keyboard.py"), *options]
    command += ["-k", f"(cut_off and {screen}) or letters"]
    done = subprocess.run(
        command,
        env={**os.environ, "RDIFF_GUI_TESTS_SPEAK": language},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
