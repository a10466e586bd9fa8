"""What can wait until the window is seen: it is done then, step by step."""

from __future__ import annotations

import tkinter as tk
from collections import deque
from collections.abc import Callable

# Does a part of some work, and says whether more of it is left.
Step = Callable[[], object]


class Opening:
    """Holds steps back until the window is on the screen and drawn; those that come later are soon.

    The window answers between two of them, so none may take longer than a user would notice.
    """

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._steps: deque[Step] = deque()
        self._waiting: str | None = None
        self._drawn = False
        root.bind("<Map>", self._mapped, add=True)
        root.bind("<Destroy>", self._destroyed, add=True)

    def then(self, step: Step) -> None:
        """Do it when all that was given before is done; again, as long as it says True."""
        self._steps.append(step)
        if self._drawn:
            self._go_on()

    @property
    def done(self) -> bool:
        """Whether nothing waits any more."""
        return self._drawn and not self._steps

    def _mapped(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self._root and not self._drawn and self._waiting is None:
            self._waiting = self._root.after_idle(self._meet_screen)

    def _meet_screen(self) -> None:
        # What this asks the screen for comes behind the news of what is to be drawn. That is worked
        # off then, the drawing is put among what is done when idle, and we behind it.
        self._root.winfo_pointerx()
        self._waiting = self._root.after_idle(self._let_draw)

    def _let_draw(self) -> None:
        self._drawn = True
        self._waiting = None
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting is None and self._steps:
            self._waiting = self._root.after_idle(self._do_next)

    def _do_next(self) -> None:
        self._waiting = None
        step = self._steps.popleft()
        try:
            if step() is True:
                self._steps.appendleft(step)
        finally:
            self._go_on()

    def _destroyed(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self._root:
            self._steps.clear()
            if self._waiting is not None:
                self._root.after_cancel(self._waiting)
