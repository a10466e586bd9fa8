"""The real window, as the other tests of it have it."""

from __future__ import annotations

from tests.ui.window.conftest import open_window, user

__all__ = ["open_window", "user"]
