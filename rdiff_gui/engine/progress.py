"""What an operation tells while it runs, and how it is told to stop."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable

from rdiff_gui.errors import Cancelled
from rdiff_gui.records import record

__all__ = ["CancelToken", "Progress", "ProgressCallback", "Stage"]


class Stage(enum.Enum):
    """What is being done with the bytes."""

    SIGNING = "signing"
    LOADING = "loading the signature"
    LOADING_TREES = "looking at the files"
    COMPARING = "comparing"
    CHECKING = "checking the delta"
    PATCHING = "patching"


@record(frozen=True)
class Progress:
    """Bytes done of bytes in all; `total_bytes` is None while reading a pipe.

    They are bytes of the file or folder that the work is about, however often it is read.
    """

    stage: Stage
    done_bytes: int
    total_bytes: int | None

    @property
    def fraction(self) -> float | None:
        """From 0.0 to 1.0, or None where the total is not known."""
        if self.total_bytes is None:
            return None
        return self.done_bytes / self.total_bytes if self.total_bytes else 1.0


ProgressCallback = Callable[[Progress], None]


class CancelToken:
    """A flag that any thread or signal handler may raise; the operation ends with Cancelled."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask for the end. May be called from any thread, more than once."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the end was asked for."""
        return self._event.is_set()

    def check(self) -> None:
        """Raises: Cancelled, when the end was asked for."""
        if self._event.is_set():
            raise Cancelled
