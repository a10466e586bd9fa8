"""What a user does in front of a window of another process: look, press keys, drop files."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable
from typing import Any, TypeVar

from Xlib import XK, X  # type: ignore[import-untyped]  # ships no types
from Xlib.display import Display  # type: ignore[import-untyped]  # ships no types
from Xlib.error import XError  # type: ignore[import-untyped]  # ships no types
from Xlib.ext import xtest  # type: ignore[import-untyped]  # ships no types

from tests.ui.xdnd import Drag

_SECONDS = 60.0
_STILL_SECONDS = 0.4
_TITLE = "rdiff-gui"
T = TypeVar("T")


class Screen:
    """The screen of this test run, with the one window that a process opens on it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._display: Any = Display()
        self._window: Any = self.wait(self._find, "no window came")

    def close(self) -> None:
        """Hang up."""
        self._display.close()

    def wait(self, happened: Callable[[], T | None], otherwise: str) -> T:
        """What came to be while the program ran; fails with its words when it ends or is late."""
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            found = happened()
            if found:
                return found
            assert self._process.poll() is None, self._process.communicate()
            time.sleep(0.02)
        raise AssertionError(otherwise)

    def press(self, *keys: str) -> None:
        """Wait until the window rests, and press keys, the first ones held until the last is."""
        self.settle()
        # Without a window manager, nobody else gives the window the keyboard.
        self._window.set_input_focus(X.RevertToParent, X.CurrentTime)
        codes = [self._display.keysym_to_keycode(XK.string_to_keysym(key)) for key in keys]
        for code in codes:
            xtest.fake_input(self._display, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.sync()

    def press_until(self, happened: Callable[[], T | None], otherwise: str, *keys: str) -> T:
        """Press keys again whenever the window rests, as somebody does whom it keeps waiting."""

        def press_and_look() -> T | None:
            if not (found := happened()):
                self.press(*keys)
            return found

        return self.wait(press_and_look, otherwise)

    def settle(self) -> None:
        """Look until nothing has moved for a while."""
        before, since = b"", time.monotonic()

        def is_still() -> bool:
            nonlocal before, since
            now = self._picture()
            if now != before:
                before, since = now, time.monotonic()
            return time.monotonic() - since > _STILL_SECONDS

        self.wait(is_still, "the window never came to rest")

    def drop(self, *uris: str) -> str:
        """Drop addresses on the middle of the window; the action that it finished with."""
        size = self._window.get_geometry()
        place = self._window.translate_coords(self._display.screen().root, 0, 0)
        drag = Drag(_TITLE, uris)
        with contextlib.closing(drag):
            drag.enter()
            assert drag.move(size.width // 2 - place.x, size.height // 2 - place.y)
            return drag.drop()

    def _picture(self) -> bytes:
        size = self._window.get_geometry()
        whole = (1 << self._display.screen().root_depth) - 1
        image = self._window.get_image(0, 0, size.width, size.height, X.ZPixmap, whole)
        return bytes(image.data)

    def _find(self) -> Any:
        for window in self._display.screen().root.query_tree().children:
            # Windows of other processes go away while they are looked at.
            with contextlib.suppress(XError):
                seen = window.get_attributes().map_state == X.IsViewable
                # Tk's window lies in a wrapper, which has the name of the class.
                if seen and _TITLE in str(window.get_wm_class()).lower():
                    return window
        return None
