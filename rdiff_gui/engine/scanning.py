"""Reads all commands of a delta, and its bytes too where a checksum wants them."""

from __future__ import annotations

from rdiff_gui.engine.hashing import Hasher
from rdiff_gui.engine.inputs import Input
from rdiff_gui.engine.running import Run
from rdiff_gui.formats.delta_commands import CommandScanner, CommandTotals

_WINDOW_BYTES = 2**18


def scan_delta(delta: Input, run: Run, hasher: Hasher | None = None) -> CommandTotals:
    """Check every command of `delta`, whose size is known, and add them up.

    Without a hasher, the literals' data is passed over unread.

    Raises: NotADelta, DeltaTruncated, DeltaDamaged, SourceUnreadable, Cancelled.
    """
    scanner = CommandScanner(delta.path)
    buffer = memoryview(bytearray(_WINDOW_BYTES))
    position = 0
    size_bytes = delta.size_bytes or 0
    while position < size_bytes and (hasher or not scanner.ended):
        run.check()
        got = delta.read_at(buffer, position)
        if not got:
            break
        window = buffer[:got]
        if hasher:
            hasher.start(window)
        try:
            scanner.feed(window)
        finally:
            if hasher:
                hasher.finish()
                run.advance(got)
        position += got
        if not hasher and scanner.literal_left and position + scanner.literal_left <= size_bytes:
            position += scanner.literal_left
            scanner.skip()
    return scanner.finish()
