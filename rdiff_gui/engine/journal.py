"""The journal of a change in place: a delta that leads back, written before the file is touched.

It copies what stays where it is, and carries the old bytes of all that is written over or cut off.
So applied to any state in between it gives the old file, as often as one likes.
"""

from __future__ import annotations

import itertools
import os
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from rdiff_gui.engine.delta_writer import LITERAL_BYTES_MOST, CommandWriter, DeltaOutput
from rdiff_gui.engine.options import Sealing
from rdiff_gui.engine.system import set_time, stretch, write_at
from rdiff_gui.engine.temporary_file import (
    backup_names,
    journal_name,
    rename_to_first_free,
    undo_names,
)
from rdiff_gui.formats.seal import Identity
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from rdiff_gui.engine.change_survey import Survey
    from rdiff_gui.engine.input import Input
    from rdiff_gui.engine.operation import Run
    from rdiff_gui.engine.output import Output
    from rdiff_gui.engine.system import Folder
    from rdiff_gui.formats.delta_commands import Command

_WINDOW_BYTES = 2**20


def write_journal(output: Output, old: Input, survey: Survey, run: Run) -> None:
    """Write what leads from the result that `survey` foresees back to `old`; sealed.

    Raises: SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, Cancelled.
    """
    delta = DeltaOutput(output, survey.old_bytes, Sealing.FULL, compress=False)
    commands, cursor = CommandWriter(delta.write), 0
    for start, end in survey.overwritten():
        if cursor < start:
            commands.add_copy(cursor, start - cursor)
        for place in range(start, end, LITERAL_BYTES_MOST):
            run.check()
            data = bytearray(min(LITERAL_BYTES_MOST, end - place))
            old.fill_at(memoryview(data), place)
            commands.add_literal(data)
        cursor = end
    if cursor < survey.old_bytes:
        commands.add_copy(cursor, survey.old_bytes - cursor)
    commands.end()
    name = old.own_name
    new = Identity(survey.result_bytes, survey.new_blake3, name, survey.new_sample)
    delta.finish(new, None, Identity(survey.old_bytes, survey.old_blake3, name))


class Journal:
    """The old bytes of what is written over: where they belong, and where in `content` they lie."""

    def __init__(self, content: Input, commands: Iterable[list[Command]]) -> None:
        """Of all commands of a journal that was checked."""
        self._content = content
        self._starts, self._ends, self._sources = array("q"), array("q"), array("q")
        place = 0
        for some in commands:
            for literal, source, length in some:
                if literal:
                    self._starts.append(place)
                    self._ends.append(place + length)
                    self._sources.append(source)
                place += length
        self.old_bytes = place

    def put_back(self, descriptor: int) -> None:
        """Give a file, whatever was written of its change, its old bytes again, and sync it.

        Its time becomes the journal's own, which has the old file's.

        Raises: OSError, SourceUnreadable, SourceChanged.
        """
        for start, end, source in zip(self._starts, self._ends, self._sources, strict=True):
            for offset in range(0, end - start, _WINDOW_BYTES):
                length = min(_WINDOW_BYTES, end - start - offset)
                data = memoryview(bytearray(length))
                self._content.fill_at(data, source + offset)
                write_whole_at(descriptor, data, start + offset)
        stretch(descriptor, self.old_bytes)
        if self._content.status:
            set_time(descriptor, self._content.status.st_mtime_ns)
        os.fsync(descriptor)

    def read_old(self, old: Input, place: int, length: int) -> Iterator[bytes | bytearray]:
        """Bytes of the old file, though some of it is written over by now; in pieces.

        Raises: SourceUnreadable, SourceChanged.
        """
        end = place + length
        while place < end:
            number = bisect_right(self._starts, place) - 1
            if number >= 0 and place < self._ends[number]:
                length = min(end, self._ends[number]) - place
                source, start = self._content, self._sources[number] + place - self._starts[number]
            else:
                stop = self._starts[number + 1] if number + 1 < len(self._starts) else end
                source, start, length = old, place, min(end, stop) - place
            data = bytearray(min(length, _WINDOW_BYTES))
            source.fill_at(memoryview(data), start)
            yield data
            place += len(data)


def write_whole_at(descriptor: int, data: memoryview, place: int) -> None:
    """Write over what is there. Raises: OSError."""
    while data:
        written = write_at(descriptor, data, place)
        data, place = data[written:], place + written


def name_again(folder: Folder, changing: str, name: str) -> str:
    """Give a file its name again, or where another has that by now, a backup's; says which.

    Raises: OSError.
    """
    return rename_to_first_free(folder, changing, itertools.chain((name,), backup_names(name)))


def keep_journal(folder: Folder, name: str, wanted: str | None = None) -> str:
    """Let the journal of a complete change be the undo delta that it is; says its name.

    Raises: OSError.
    """
    names = itertools.chain((wanted,) if wanted else (), undo_names(name))
    return rename_to_first_free(folder, journal_name(name), names)
