"""Reads all commands of a delta, and its bytes too where a checksum wants them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rdiff_gui.formats.delta_commands import Command, CommandReader, CommandTotals

if TYPE_CHECKING:
    from rdiff_gui.engine.hashing import Hasher
    from rdiff_gui.engine.inputs import Input
    from rdiff_gui.engine.running import Run

_WINDOW_BYTES = 2**18


def scan_delta(delta: Input, run: Run, hasher: Hasher | None = None) -> CommandTotals:
    """Check every command of `delta`, whose size is known, and add them up.

    Raises: as read_commands.
    """
    totals = CommandTotals()
    for commands in read_commands(delta, run, hasher):
        totals.add(commands)
    return totals


def read_commands(delta: Input, run: Run, hasher: Hasher | None = None) -> Iterator[list[Command]]:
    """All commands of `delta`, whose size is known, some thousands at a time.

    Without a hasher, the literals' data is passed over unread; with one, all bytes go into it, and
    count as progress.

    Raises: NotADelta, DeltaTruncated, DeltaDamaged, SourceUnreadable, Cancelled.
    """
    reader = CommandReader(delta.path)
    buffer = memoryview(bytearray(min(_WINDOW_BYTES, (delta.size_bytes or 0) + 1)))
    position = 0
    size_bytes = delta.size_bytes or 0
    while position < size_bytes and (hasher or not reader.ended):
        run.check()
        got = delta.read_at(buffer, position)
        if not got:
            break
        window = buffer[:got]
        if hasher:
            hasher.update(window)
            run.advance(got)
        yield reader.feed(window)
        position += got
        if not hasher and reader.literal_left and position + reader.literal_left <= size_bytes:
            position += reader.literal_left
            reader.skip()
    reader.finish()
