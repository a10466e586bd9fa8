"""The real window, as the other tests of it have it, and one whose work fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import light_windows
from tests.ui.window.conftest import User, open_window, user

from .failing import Bench

__all__ = ["bench", "light_windows", "open_window", "user"]


@pytest.fixture
def bench(user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A window, and files for all of its steps."""
    return Bench(user, tmp_path, monkeypatch)
