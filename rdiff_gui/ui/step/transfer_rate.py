"""How fast the work goes and how long it will take, from what was seen of it lately."""

from __future__ import annotations

from collections import deque

from rdiff_gui.engine.progress import Progress

# Long enough to be calm, short enough to notice a slower disk.
_WINDOW_SECONDS = 4.0
# Before that, a speed would be a guess.
_LEAST_SECONDS = 0.4


class TransferRate:
    """Speed over the last seconds. Times in seconds of one clock, amounts in bytes."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._total_bytes: int | None = None

    def note(self, progress: Progress, now: float) -> None:
        """Take in how far the work is at `now`."""
        self._seen.append((now, progress.done_bytes))
        self._total_bytes = progress.total_bytes
        # The newest sample outside the window stays, so that the window is always full.
        while len(self._seen) > 2 and self._seen[1][0] < now - _WINDOW_SECONDS:
            self._seen.popleft()

    @property
    def bytes_a_second(self) -> float | None:
        """None until enough was seen."""
        if len(self._seen) < 2:
            return None
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        if end - start < _LEAST_SECONDS:
            return None
        return (last - first) / (end - start)

    @property
    def seconds_left(self) -> float | None:
        """None while speed or total is not known, or nothing moves."""
        speed = self.bytes_a_second
        if not speed or self._total_bytes is None:
            return None
        return (self._total_bytes - self._seen[-1][1]) / speed
