"""What is read: regular files with their holes, pipes and open streams, behind one face."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import time
from pathlib import Path

from rdiff_gui.engine.system import (
    is_made_up,
    next_hole,
    open_source,
    read_at,
    status_of,
    true_folder,
    wait_for,
)
from rdiff_gui.engine.temporary_file import (
    TemporaryFile,
    changing_name,
    find_beside,
    journal_name,
    name_unchanged,
)
from rdiff_gui.errors import ChangeUnfinished, SourceChanged, SourceMissing, SourceUnreadable
from rdiff_gui.errors.files import Reading
from rdiff_gui.records import TYPE_CHECKING, record
from rdiff_gui.wording import STANDARD_INPUT

if TYPE_CHECKING:
    from typing import BinaryIO, Self, TypeAlias

    from rdiff_gui.engine.operation import Run

__all__ = ["Source"]

FilePath: TypeAlias = "str | os.PathLike[str]"
Source: TypeAlias = "FilePath | BinaryIO"

_SPOOL_BYTES = 2**20

# A delta up to this is read once, and kept.
HELD_BYTES_MOST = 2**23

# What has no descriptor to wait for is asked again after this long.
_PAUSE_SECONDS = 0.01
# A stream whose descriptor says less than it could, as a wrapper's may, is asked again after this.
_POLL_MS = 500


class Input:
    """One open source, or what was kept of one.

    `size_bytes` is None for what cannot be measured: pipes, devices. `status` is what the system
    said of it when it was opened; None for mere streams.
    """

    def __init__(self, stream: BinaryIO, path: Path, *, owned: bool, is_copy: bool = False) -> None:
        """Take an open, unbuffered or buffered, binary stream; `owned` ones are closed at the end.

        `is_copy`: it only holds what came from `path`.

        Raises: SourceUnreadable, for a folder, or when the system says nothing of the file.
        """
        self._stream = stream
        self._owned = owned
        self._is_copy = is_copy
        self.path = path
        self._reading = Reading(path)
        self._offset = 0
        self.size_bytes: int | None = None
        self._held: memoryview | None = None
        with self._reading:
            self.status = descriptor_status(stream)
            if self.status and stat.S_ISREG(self.status.st_mode):
                # A redirected standard input may have been read from before us.
                self._offset = stream.tell()
                self.size_bytes = max(0, self.status.st_size - self._offset)
                if is_made_up(self.descriptor, self.status):
                    self.size_bytes = None
        if self.status and stat.S_ISDIR(self.status.st_mode):
            raise SourceUnreadable(path, errno.EISDIR, os.strerror(errno.EISDIR))

    @classmethod
    def holding(cls, data: bytes | bytearray | memoryview, path: Path) -> Input:
        """What came from `path`, in memory."""
        source = cls(io.BytesIO(), path, owned=True, is_copy=True)
        source.size_bytes, source._held = len(data), memoryview(data)
        return source

    def part(self, start: int, size_bytes: int) -> Input:
        """Some bytes of a measured source, by themselves; good for as long as it is open."""
        if self._held is not None:
            return Input.holding(self._held[start : start + size_bytes], self.path)
        part = Input(self._stream, self.path, owned=False, is_copy=True)
        part._offset, part.size_bytes = self._offset + start, size_bytes
        return part

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        if self._owned:
            with contextlib.suppress(OSError):
                # All was read that was wanted.
                self._stream.close()

    @property
    def descriptor(self) -> int:
        """The open file, for C code that reads by itself; only for measured sources."""
        return self._stream.fileno()

    @property
    def own_name(self) -> str | None:
        """The base name of a regular file; None where the path names a way to it, or no file.

        Those are streams, pipes and devices, and the names of open files, such as /dev/fd/3.
        """
        if not self.status or not stat.S_ISREG(self.status.st_mode) or self._is_copy:
            return None
        folder = ""
        with contextlib.suppress(OSError):
            folder = str(true_folder(self.path.parent))
        if self.path == STANDARD_INPUT or folder == "/dev" or f"{folder}/".startswith("/proc/"):
            return None
        return self.path.name

    def read_into(self, buffer: memoryview) -> int:
        """Fill `buffer` from where the last read ended; 0 only at the end.

        Raises: SourceUnreadable.
        """
        with self._reading:
            while (got := self._read_once(buffer)) is None:
                wait_until_ready(self._stream, writing=False)
        return got

    def read_at(self, buffer: memoryview, offset: int) -> int:
        """Fill `buffer` from `offset` as far as the file goes; only for measured sources.

        Several threads may do so at once.

        Raises: SourceUnreadable; SourceChanged, where the file is shorter than it was.
        """
        if self.size_bytes is not None:
            buffer = buffer[: max(0, self.size_bytes - offset)]
        if self._held is not None:
            data = self._held[offset : offset + len(buffer)]
            buffer[: len(data)] = data
            return len(data)
        filled = 0
        with self._reading:
            while filled < len(buffer):
                got = read_at(self.descriptor, buffer[filled:], self._offset + offset + filled)
                if not got:
                    # Nobody after this could tell the end of what is left from the true one.
                    raise SourceChanged(self.path)
                filled += got
        return filled

    def bytes_at(self, offset: int, size_bytes: int) -> bytes:
        """The bytes at `offset`, fewer at the end; only for measured sources.

        Raises: as read_at.
        """
        buffer = memoryview(bytearray(size_bytes))
        return bytes(buffer[: self.read_at(buffer, offset)])

    def fill_at(self, buffer: memoryview, offset: int) -> None:
        """Fill all of `buffer` from `offset`; only for measured sources.

        Raises: SourceUnreadable; SourceChanged, where the file ends before.
        """
        if self.read_at(buffer, offset) < len(buffer):
            raise SourceChanged(self.path)

    def fill(self, buffer: memoryview) -> int:
        """Fill `buffer` from where the last read ended; less only at the end.

        Raises: SourceUnreadable.
        """
        filled = 0
        while filled < len(buffer) and (got := self.read_into(buffer[filled:])):
            filled += got
        return filled

    def next_hole(self, offset: int) -> tuple[int, int]:
        """Where the first hole at or behind `offset` begins and ends; both are the size without.

        A hole takes no room on the disk and reads as zeros; what the system cannot tell of is data.
        Only for measured sources.
        """
        begin, end = self._offset, self._offset + (self.size_bytes or 0)
        if self._held is not None:
            return end, end
        first, last = next_hole(self.descriptor, begin + offset, end)
        return first - begin, last - begin

    def hold(self) -> bytes | None:
        """Have a measured source in memory from now on, if it is short; what it is, if so.

        Raises: SourceUnreadable, SourceChanged.
        """
        if self.size_bytes is None or self.size_bytes > HELD_BYTES_MOST:
            return None
        self._held = memoryview(held := self.bytes_at(0, self.size_bytes))
        return held

    def clip(self, size_bytes: int) -> None:
        """End here: what follows in the file does not belong to it."""
        self.size_bytes = size_bytes

    def _read_once(self, buffer: memoryview) -> int | None:
        """One read; None where a non-blocking stream has nothing yet."""
        try:
            read_into = getattr(self._stream, "readinto", None)
            if read_into is not None:
                got: int | None = read_into(buffer)
                return got
            data: bytes | None = self._stream.read(len(buffer))
        except BlockingIOError:
            return None
        if data is None:
            return None
        buffer[: len(data)] = data
        return len(data)

    def check_unchanged(self) -> None:
        """Make sure that nobody wrote to the file since it was opened.

        Raises: SourceChanged, SourceUnreadable.
        """
        if self.size_bytes is None or self.status is None:
            return
        with self._reading:
            now = status_of(self._stream.fileno())
        if _version(now) != _version(self.status):
            raise SourceChanged(self.path)

    def measured(self, run: Run) -> Input:
        """The source itself, or where its size is not known, a copy of it that has one.

        The copy has no name and vanishes with its last user, even after a crash.

        Raises: SourceUnreadable, DiskFull, OutputUnwritable, Cancelled.
        """
        if self.size_bytes is not None:
            return self
        copy = TemporaryFile(run.temporary_folder)
        try:
            buffer = memoryview(bytearray(_SPOOL_BYTES))
            while got := self.read_into(buffer):
                run.check()
                copy.write(buffer[:got])
            return Input(copy.rewound(), self.path, owned=True, is_copy=True)
        except BaseException:
            copy.close()
            raise


def is_folder(path: FilePath) -> bool:
    """Whether a folder stands there, as far as the system tells; opening it tells an error."""
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


def path_or_stream(given: Source) -> Path | BinaryIO:
    """What a caller gave as a file. Raises: TypeError, where it is neither path nor binary file."""
    if isinstance(given, str | os.PathLike):
        return Path(given)
    if isinstance(given, io.TextIOBase) or not (hasattr(given, "read") or hasattr(given, "write")):
        kind = type(given).__name__
        raise TypeError(f"a file is given as str, os.PathLike or an open binary file, not {kind}")
    return given


def open_input(source: Source) -> Input:
    """Open a path, or take over an open stream without closing it later.

    Raises: SourceMissing, ChangeUnfinished, SourceUnreadable; TypeError, where it is neither.
    """
    given = path_or_stream(source)
    if not isinstance(given, Path):
        return Input(given, _stream_name(given), owned=False)
    with Reading(given):
        try:
            stream = open_source(given)
        except FileNotFoundError as problem:
            raise _explain_missing(given) from problem
    try:
        return Input(stream, given, owned=True)
    except BaseException:
        with contextlib.suppress(OSError):
            stream.close()
        raise


def input_of(descriptor: int, path: Path) -> Input:
    """An open file from its beginning; it stays open. Raises: OSError, SourceUnreadable."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    stream = open(descriptor, "rb", buffering=0, closefd=False)  # noqa: SIM115  # Input closes it
    return Input(stream, path, owned=True)


def has_journal(given: Source) -> bool:
    """Whether a change of a file in its place is at work, or was interrupted."""
    path = path_or_stream(given)
    return isinstance(path, Path) and find_beside(path, journal_name) is not None


def _explain_missing(path: Path) -> SourceMissing | ChangeUnfinished:
    """It is not there, or not under its name, as a change in its place has left it."""
    changing = find_beside(path, changing_name)
    if changing:
        journal = changing.with_name(journal_name(name_unchanged(changing.name)))
        return ChangeUnfinished(path, changing, journal)
    return SourceMissing(path)


def wait_until_ready(stream: BinaryIO, *, writing: bool) -> None:
    """Wait until a non-blocking stream is worth another try, half a second at most.

    Terminals and pipes shared with others may be such: raw ones say "nothing now" by None, buffered
    ones by BlockingIOError. Neither is an end, nor a failure.
    """
    try:
        wait_for(stream.fileno(), writing=writing, most_ms=_POLL_MS)
    except (ImportError, OSError, AttributeError, ValueError):
        time.sleep(_PAUSE_SECONDS)


def descriptor_status(stream: BinaryIO) -> os.stat_result | None:
    """What the system says of an open stream; None where there is no descriptor behind it.

    Raises: OSError. A guard that needs the answer must not go on without.
    """
    try:
        descriptor = stream.fileno()
    except (OSError, AttributeError, ValueError):
        return None
    return status_of(descriptor)


def _version(status: os.stat_result) -> tuple[int, int, int]:
    """What is another after every write.

    The time of the last write can be put back, as programs that keep it do; that of the last
    change cannot.
    """
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _stream_name(stream: BinaryIO) -> Path:
    name = getattr(stream, "name", None)
    if not isinstance(name, str) or name == "<stdin>":
        return STANDARD_INPUT
    return Path(name)


@record(frozen=True)
class Hole:
    """A stretch `[start, end)` of zeros that takes no room, in bytes."""

    start: int
    end: int


class Holes:
    """The holes of one source that are long enough to be worth it; used by one thread at a time."""

    def __init__(self, source: Input, least_bytes: int) -> None:
        """Look in `source` for holes of `least_bytes` and more."""
        self._source = source
        self._least_bytes = least_bytes
        self._searched_from = 0
        self._found: Hole | None = None

    def after(self, offset: int) -> Hole | None:
        """The first hole that ends behind `offset`; None where there are no more, or none known."""
        size_bytes = self._source.size_bytes
        if size_bytes is None:
            return None
        found = self._found
        if found is None or not self._searched_from <= offset < found.end:
            found = self._found = self._search(offset)
            self._searched_from = offset
        return found if found.start < size_bytes else None

    def _search(self, offset: int) -> Hole:
        while True:
            hole = Hole(*self._source.next_hole(offset))
            if hole.end - hole.start >= self._least_bytes or hole.start == hole.end:
                return hole
            offset = hole.end
