"""BLAKE3 of what passes by, on a thread beside the work that uses the same bytes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from blake3 import blake3

from rdiff_gui.engine.inputs import Input
from rdiff_gui.engine.running import Run

# Handing over costs some 20 µs, in which this much is hashed.
_INLINE_BYTES = 2**16
_WINDOW_BYTES = 2**22


class Hasher:
    """The hash of a stream given in windows.

    `start` begins with a window and returns at once; until `finish`, the window must not change.
    Small windows are done on the spot. Used by one thread.
    """

    def __init__(self) -> None:
        self._hash = blake3()
        self._windows: queue.SimpleQueue[memoryview | None] | None = None
        self._done: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._under_way = False
        self.size_bytes = 0

    def start(self, window: memoryview) -> None:
        """Begin to take in `window`."""
        self.size_bytes += len(window)
        if len(window) <= _INLINE_BYTES:
            self._hash.update(window)
            return
        if self._windows is None:
            self._windows = queue.SimpleQueue()
            threading.Thread(
                target=_hash_windows,
                args=(self._hash, self._windows, self._done),
                name="rdiff-hash",
                daemon=True,
            ).start()
        self._windows.put(window)
        self._under_way = True

    def finish(self) -> None:
        """Wait until the window is taken in."""
        if self._under_way:
            self._done.get()
            self._under_way = False

    def close(self) -> None:
        """End the thread; the hash stays readable."""
        self.finish()
        if self._windows is not None:
            self._windows.put(None)
            self._windows = None

    def hexdigest(self) -> str:
        """The hash of all that was taken in, as 64 hex digits."""
        self.finish()
        return self._hash.hexdigest()

    def __enter__(self) -> Hasher:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()


def _hash_windows(
    state: blake3, windows: queue.SimpleQueue[memoryview | None], done: queue.SimpleQueue[None]
) -> None:
    while (window := windows.get()) is not None:
        state.update(window)
        done.put(None)


def hash_while(hasher: Hasher, write: Callable[[memoryview], None], data: memoryview) -> None:
    """Write `data` and take it into the hash at the same time. Raises: what `write` raises."""
    hasher.start(data)
    try:
        write(data)
    finally:
        hasher.finish()


def hash_source(source: Input, run: Run) -> str:
    """The hash of a whole measured source, read for this alone, with all cores.

    Raises: SourceUnreadable, Cancelled.
    """
    state = blake3(max_threads=blake3.AUTO)
    buffer = memoryview(bytearray(_WINDOW_BYTES))
    position = 0
    while got := source.read_at(buffer, position):
        state.update(buffer[:got])
        position += got
        run.advance(got)
    return state.hexdigest()
