"""What a user does in front of a window of another process: look, press keys, drop files."""

from __future__ import annotations

import contextlib
import subprocess
from typing import Any

from Xlib import X
from Xlib.error import XError

from tests.frozen.onlooker import Onlooker
from tests.ui.xdnd import Drag

_TITLE = "rdiff-gui"


class Screen(Onlooker):
    """The screen of this test run, with the one window that a process opens on it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__()
        self._process = process
        self._window: Any = self.wait(self._find, "no window came")

    def drop(self, *uris: str) -> str:
        """Drop addresses on the middle of the window; the action that it finished with."""
        size = self._window.get_geometry()
        place = self._window.translate_coords(self._display.screen().root, 0, 0)
        drag = Drag(_TITLE, uris)
        with contextlib.closing(drag):
            drag.enter()
            assert drag.move(size.width // 2 - place.x, size.height // 2 - place.y)
            return drag.drop()

    def _check(self) -> None:
        assert self._process.poll() is None, self._process.communicate()

    def _take_keyboard(self) -> None:
        # Without a window manager, nobody else gives the window the keyboard.
        self._window.set_input_focus(X.RevertToParent, X.CurrentTime)

    def _pixels(self) -> bytes:
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
