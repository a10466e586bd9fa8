"""The desktop is told of work that takes long, on a thread of its own, since it may not answer."""

from __future__ import annotations

import logging
import queue
import sys
from collections.abc import Callable
from typing import Protocol

from rdiff_gui.engine.parallel import start_thread

log = logging.getLogger(__name__)

# Between two looks at whether the user has clicked on what was shown.
_LOOK_SECONDS = 0.3


class Desktop(Protocol):
    """What a system's own module does; all on one thread, and none of it raises."""

    @property
    def has_news(self) -> bool:
        """Whether something is shown that can be clicked."""

    def stay_awake(self, why: str, /) -> None:
        """Have the computer not fall asleep by itself, until `may_sleep`."""

    def may_sleep(self) -> None:
        """Take the wish back."""

    def show_progress(self, fraction: float | None) -> None:
        """Show 0.0 to 1.0; None takes it away."""

    def notify(self, sentence: str, show: str, /) -> None:
        """Show a sentence."""

    def clicked(self) -> str | None:
        """What the user's click on it is called."""

    def withdraw_news(self) -> None:
        """Take it away."""

    def close(self) -> None:
        """Take everything back."""


_Order = Callable[[Desktop], None]


class LongWork:
    """What can be told. Nothing here waits; where the desktop does not do a thing, nothing happens.

    `clicks` gets the desktop's name, perhaps empty, for each click of the user on what was shown.
    """

    def __init__(self, window: int) -> None:
        """`window` is the number of ours. The thread ends with `close`, or with the process."""
        self.clicks: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        orders, clicks = self._orders, self.clicks
        self.thread = start_thread(lambda: _obey(window, orders, clicks))

    def stay_awake(self, why: str) -> None:
        """Work goes on: have the computer not fall asleep by itself. The screen may."""
        self._orders.put(lambda desktop: desktop.stay_awake(why))

    def may_sleep(self) -> None:
        """It has ended."""
        self._orders.put(lambda desktop: desktop.may_sleep())

    def show_progress(self, fraction: float | None) -> None:
        """Show 0.0 to 1.0 beside the program's icon; None takes it away."""
        self._orders.put(lambda desktop: desktop.show_progress(fraction))

    def notify(self, sentence: str, show: str) -> None:
        """Show a sentence where the user is; `show` is what a click on it is called."""
        self._orders.put(lambda desktop: desktop.notify(sentence, show))

    def withdraw_news(self) -> None:
        """The user has seen it."""
        self._orders.put(lambda desktop: desktop.withdraw_news())

    def close(self) -> None:
        """Take everything back."""
        self._orders.put(None)


def _obey(
    window: int, orders: queue.SimpleQueue[_Order | None], clicks: queue.SimpleQueue[str]
) -> None:
    """The thread."""
    try:
        desktop = _connect(window)
        while desktop:
            try:
                order = orders.get(timeout=_LOOK_SECONDS if desktop.has_news else None)
            except queue.Empty:
                start = desktop.clicked()
                if start is not None:
                    clicks.put(start)
                continue
            if order is None:
                desktop.close()
                break
            order(desktop)
    # Nobody's work shall suffer from what is but a courtesy.
    except Exception:
        log.exception("the desktop is told nothing any more")


def _connect(window: int) -> Desktop | None:
    # Loaded on this thread, too: few need it, and nobody waits for it.
    if sys.platform == "win32":
        from rdiff_gui.desktop import windows_shell

        return windows_shell.Desktop(window)
    if sys.platform == "darwin":
        return None
    from rdiff_gui.desktop import freedesktop_session

    return freedesktop_session.Desktop(window)
