"""A file that appears under its name whole, or not at all.

Until then it has no name where the system knows such files, and vanishes with the process that
writes it; elsewhere it has the name of a part (see temporary_file).
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from rdiff_gui.engine.input import Input, input_of
from rdiff_gui.engine.system import (
    Folder,
    Openness,
    close_to_other_groups,
    free_bytes,
    keep_attributes,
    lock,
    most_open_mode,
    status_of,
    stretch,
    write_at,
)
from rdiff_gui.engine.temporary_file import newborn_name, part_name, sweep
from rdiff_gui.errors import AttributesNotKept, Cancelled, DiskFull, FileProblem
from rdiff_gui.errors.files import Writing

_CLOSED_MODE = 0o600

# It is swept in the very moment before its lock, if at all.
_NEWBORN_TRIES = 3

# Whoever cancels waits for it.
_DISCARD_SECONDS = 0.04


class AtomicFile:
    """The bytes of a file that is being made for `name` in `folder`; `path` names it in errors.

    `publication` gives it its name: over whatever file has it with `replace`, in the place of the
    input `instead_of`, kept as `backup` with `keep_backup`, or else only where the name is free.
    `remarks` are troubles that do not make it wrong. Nothing is on the disk before `create`; then
    several threads may write, and `made` is what the system said of the new file.
    """

    def __init__(
        self,
        path: Path,
        folder: Folder,
        name: str,
        sources: Sequence[Openness],
        *,
        replace: bool,
        instead_of: Input | None = None,
        keep_backup: bool = True,
    ) -> None:
        self.path = path
        self.folder = folder
        self.name = name
        self.replace = replace
        self.instead_of = instead_of
        self.keep_backup = keep_backup
        self.backup: Path | None = None
        self.remarks: list[FileProblem] = []
        self.part: str | None = None
        self.written_bytes = 0
        self.made: os.stat_result
        self._sources = sources
        self._writing = Writing(path)
        self._naming = threading.Lock()
        self._discarded = False
        self._descriptor = -1

    def create(self) -> None:
        """Make it, no more open than its `sources`; in the place of an input, to its owner alone.

        Raises: OutputUnwritable, DiskFull, Cancelled.
        """
        sweep(self.folder)
        mode = _CLOSED_MODE if self.instead_of else most_open_mode(self._sources)
        with self._writing:
            with self._naming:
                if self._discarded:
                    raise Cancelled
                self._create(mode)
            if not self.instead_of:
                close_to_other_groups(self._descriptor, self._sources)

    @property
    def descriptor(self) -> int:
        """The open file, for C code that writes by itself."""
        return self._descriptor

    def _create(self, mode: int) -> None:
        """Raises: OSError."""
        nameless = self.folder.open_nameless(mode)
        if nameless is not None:
            self._hold(nameless)
            return
        for tries_left in reversed(range(_NEWBORN_TRIES)):
            name = newborn_name(self.name)
            descriptor = self.folder.open_new(name, mode)
            self.part = name
            self._hold(descriptor)
            try:
                self.name_part()
            except FileNotFoundError:
                if self._discarded:
                    raise Cancelled from None
                # Another run swept it before it had its lock.
                if not tries_left:
                    raise
                self.close()
            else:
                return

    def _hold(self, descriptor: int) -> None:
        """Raises: OSError."""
        self._descriptor = descriptor
        self.made = status_of(descriptor)
        lock(descriptor)

    def name_part(self, removable: os.stat_result | None = None) -> str:
        """Give the file the name of a part, until it is published, and say it.

        `removable` is the version that the name may be swapped for and that is not kept.

        Raises: OSError.
        """
        name = part_name(self.name, self.made.st_ino, removable.st_ino if removable else None)
        if self.part is None:
            self.folder.name_descriptor(self._descriptor, name)
        elif self.part != name:
            self.folder.rename(self.part, name)
        self.part = name
        return name

    def name_ahead(self, name: str) -> None:
        """Give the file a name that it has until it is published or discarded; it must be free.

        Raises: OSError.
        """
        if self.part is None:
            self.folder.name_descriptor(self._descriptor, name)
        else:
            self.folder.rename_to_free(self.part, name)
        self.part = name

    def write(self, data: memoryview) -> None:
        """Append. Raises: DiskFull, OutputUnwritable."""
        left = data
        with self._writing:
            while left:
                left = left[os.write(self._descriptor, left) :]
        self.written_bytes += len(data)

    def write_at(self, data: memoryview, offset: int) -> None:
        """Write over what is there; by several threads at once, in different places.

        Raises: DiskFull, OutputUnwritable.
        """
        with self._writing:
            while data:
                written = write_at(self._descriptor, data, offset)
                data, offset = data[written:], offset + written

    def stretch(self, size_bytes: int) -> None:
        """Make it that long, all zeros, for `write_at`. Raises: DiskFull, OutputUnwritable."""
        with self._writing:
            stretch(self._descriptor, size_bytes)
        self.written_bytes = size_bytes

    def expect(self, size_bytes: int, temporary_bytes: int = 0) -> None:
        """Announce the size. Raises: DiskFull, where it will not fit with what is temporary."""
        room_bytes = free_bytes(self._descriptor, self.folder.path)
        needed_bytes = size_bytes + temporary_bytes
        if room_bytes is not None and needed_bytes > room_bytes:
            raise DiskFull(self.path, needed_bytes, room_bytes, temporary_bytes)

    def reading(self) -> Input:
        """What is written, to be read before it is published, when no more is appended.

        Raises: OutputUnwritable, SourceUnreadable.
        """
        with self._writing:
            return input_of(self._descriptor, self.path)

    def finish(self) -> None:
        """All is written: give it what the old file had, and have it on the disk.

        Raises: DiskFull, OutputUnwritable.
        """
        with self._writing:
            if self.instead_of:
                # Now, since writing takes some attributes away.
                lost = keep_attributes(self.instead_of.descriptor, self._descriptor)
                if lost:
                    self.remarks.append(AttributesNotKept(self.path, lost))
            os.fsync(self._descriptor)

    def discard(self) -> None:
        """Remove the part, if it has a name; by any thread, also while another creates it.

        Where the disk keeps that thread longer than a caller may wait, the thread does it.
        """
        in_turn = self._naming.acquire(timeout=_DISCARD_SECONDS)
        try:
            self._discarded = True
            part, self.part = self.part, None
            if part is not None:
                with contextlib.suppress(OSError):
                    self.folder.unlink(part)
        finally:
            if in_turn:
                self._naming.release()

    def close(self) -> None:
        """End the writing thread's own use of the file; more than once does no harm.

        Never called by another thread: the number could be given to another file at once, and
        the writer would write there.
        """
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(descriptor)
