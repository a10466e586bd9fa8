"""Waits for streams that are non-blocking, as terminals and pipes shared with others may be.

Such a stream says "nothing now" where others would wait: raw ones by None, buffered ones by
BlockingIOError. Neither is an end, nor a failure.
"""

from __future__ import annotations

import time

from rdiff_gui.engine.system import wait_for
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

# What has no descriptor to wait for is asked again after this long.
_PAUSE_SECONDS = 0.01

# A stream whose descriptor says less than it could, as a wrapper's may, is asked again after this.
_POLL_MS = 500


def wait_until_readable(stream: BinaryIO) -> None:
    """Wait until it is worth reading again, half a second at most."""
    _wait(stream, writing=False)


def wait_until_writable(stream: BinaryIO) -> None:
    """Wait until it is worth writing again, half a second at most."""
    _wait(stream, writing=True)


def write_whole(stream: BinaryIO, data: memoryview) -> None:
    """Write all of `data`, however long the reader takes. Raises: OSError, ValueError."""
    while data:
        try:
            written = stream.write(data) or 0
        except BlockingIOError as problem:
            # Only buffered streams say how much they took before they were full.
            written = getattr(problem, "characters_written", 0)
        if not written:
            wait_until_writable(stream)
        data = data[written:]


def flush_whole(stream: BinaryIO) -> None:
    """Push out all that is buffered. Raises: OSError, ValueError."""
    while True:
        try:
            stream.flush()
        except BlockingIOError:
            wait_until_writable(stream)
        else:
            return


def _wait(stream: BinaryIO, *, writing: bool) -> None:
    try:
        wait_for(stream.fileno(), writing=writing, most_ms=_POLL_MS)
    except (ImportError, OSError, AttributeError, ValueError):
        time.sleep(_PAUSE_SECONDS)
