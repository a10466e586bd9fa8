"""Reads all commands of a delta, passing over the literals' data without reading it."""

from __future__ import annotations

from rdiff_gui.engine.inputs import Input
from rdiff_gui.engine.running import Run
from rdiff_gui.formats.delta_commands import CommandScanner, CommandTotals

_WINDOW_BYTES = 2**18


def scan_delta(delta: Input, run: Run) -> CommandTotals:
    """Check every command of `delta`, whose size is known, and add them up.

    Raises: NotADelta, DeltaTruncated, DeltaDamaged, SourceUnreadable, Cancelled.
    """
    scanner = CommandScanner(delta.path)
    buffer = memoryview(bytearray(_WINDOW_BYTES))
    position = 0
    size_bytes = delta.size_bytes or 0
    while position < size_bytes and not scanner.ended:
        run.check()
        got = delta.read_at(buffer, position)
        if not got:
            break
        scanner.feed(buffer[:got])
        position += got
        if scanner.literal_left and position + scanner.literal_left <= size_bytes:
            position += scanner.literal_left
            scanner.skip()
    return scanner.finish()
