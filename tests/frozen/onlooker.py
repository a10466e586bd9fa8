"""Somebody who looks at a screen, waits for what comes, and presses keys."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any, TypeVar

from Xlib import XK, X
from Xlib.display import Display
from Xlib.error import XError
from Xlib.ext import xtest

_SECONDS = 60.0
_STILL_SECONDS = 0.4
_LOOK_SECONDS = 0.05
T = TypeVar("T")


class Onlooker:
    """At the screen of that name, or of this test run."""

    def __init__(self, screen: str | None = None) -> None:
        self._display: Any = Display(screen)

    def close(self) -> None:
        """Hang up."""
        self._display.close()

    def wait(self, happened: Callable[[], T | None], otherwise: str) -> T:
        """What came to be; fails when it is late."""
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            # Windows of other processes go away while they are looked at.
            with contextlib.suppress(XError):
                if found := happened():
                    return found
            self._check()
            time.sleep(_LOOK_SECONDS)
        raise AssertionError(f"{otherwise}{self._evidence()}")

    def settle(self) -> None:
        """Look until nothing has moved for a while."""
        before, since = b"", time.monotonic()

        def is_still() -> bool:
            nonlocal before, since
            now = self._pixels()
            if now != before:
                before, since = now, time.monotonic()
            return time.monotonic() - since > _STILL_SECONDS

        self.wait(is_still, "nothing ever came to rest")

    def press(self, *keys: str) -> None:
        """Wait until all rests, and press keys, the first ones held until the last is."""
        self.settle()
        self._take_keyboard()
        codes = [self._display.keysym_to_keycode(XK.string_to_keysym(key)) for key in keys]
        for code in codes:
            xtest.fake_input(self._display, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.sync()

    def press_until(self, happened: Callable[[], T | None], otherwise: str, *keys: str) -> T:
        """Press keys again whenever all rests, as somebody does whom it keeps waiting."""

        def press_and_look() -> T | None:
            if not (found := happened()):
                self.press(*keys)
            return found

        return self.wait(press_and_look, otherwise)

    def _pixels(self) -> bytes:
        """What is looked at."""
        raise NotImplementedError

    def _check(self) -> None:
        """Fail when there is nothing more to wait for."""

    def _evidence(self) -> str:
        """What helps to find out why something did not come."""
        return ""

    def _take_keyboard(self) -> None:
        """See to it that keys go where they shall."""
