"""Where an operation's bytes go: a file that appears at the end, a stream, a device."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.input import (
    FilePath,
    Input,
    descriptor_status,
    path_or_stream,
    wait_until_ready,
)
from rdiff_gui.engine.system import (
    Folder,
    Openness,
    lock,
    open_pipe,
    reachable,
)
from rdiff_gui.engine.temporary_file import follow_links
from rdiff_gui.errors import (
    FileProblem,
    OutputExists,
    OutputIsInput,
    OutputNamedTwice,
    OutputUnwritable,
    SourceBusy,
    SourceChanged,
    UndoImpossible,
)
from rdiff_gui.errors.files import Reading, Writing
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import STANDARD_OUTPUT

if TYPE_CHECKING:
    from typing import BinaryIO, Protocol, TypeAlias

    from rdiff_gui.engine.operation import Run
else:
    Protocol = object

__all__ = ["Target"]

Target: TypeAlias = "FilePath | BinaryIO"
WriteAt = Callable[[memoryview, int], None]

# Between two looks whether somebody has opened a pipe to read it: soon enough for whoever waits.
_LOOK_SECONDS = 0.02


class Output(Protocol):
    """Where an operation's bytes go; `remarks` are troubles that do not make them wrong."""

    written_bytes: int
    remarks: list[FileProblem]

    @property
    def path(self) -> Path:
        """What names it in errors."""

    @property
    def write_at(self) -> WriteAt | None:
        """Write over earlier bytes; None where what is written is gone."""

    def write(self, data: memoryview) -> None:
        """Append. Raises: DiskFull, OutputUnwritable."""

    def expect(self, size_bytes: int, temporary_bytes: int = 0) -> None:
        """Announce the size. Raises: DiskFull, where it will not fit with what is temporary."""

    def finish(self) -> None:
        """All is written: let none of it be lost. Raises: DiskFull, OutputUnwritable."""


def open_output(
    given: Target,
    inputs: Sequence[Input],
    *,
    replace: bool,
    run: Run,
    instead_of: Input | None = None,
    keep_backup: bool = True,
    beside: Output | None = None,
) -> contextlib.AbstractContextManager[Output]:
    """Open what was `given` for one operation that reads `inputs`; without publication, it goes.

    A path to a regular file, or to none, is written without a name and gets its name by
    `publication`. Open streams, pipes and devices are written as the bytes come. `instead_of` is
    the one input whose place the output may take; it is kept beside it with `keep_backup`.
    `beside` is another output of the run, which must have another name.

    Raises: OutputIsInput, OutputNamedTwice, OutputExists, OutputUnwritable, SourceBusy,
    SourceChanged, SourceUnreadable; TypeError, where it is neither path nor binary file.
    """
    target = path_or_stream(given)
    if not isinstance(target, Path):
        with Writing(STANDARD_OUTPUT):
            opened = descriptor_status(target)
        _refuse_input(STANDARD_OUTPUT, opened, inputs)
        return contextlib.nullcontext(StreamOutput(target, STANDARD_OUTPUT))
    status = _status_at(target)
    replaced = instead_of if instead_of and _is_same(status, instead_of) else None
    if status:
        _refuse_input(target, status, [source for source in inputs if source is not replaced])
        if stat.S_ISDIR(status.st_mode):
            raise OutputUnwritable(target, errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):
            return _open_device(target, status, run)
    elif instead_of:
        # It was moved away since it was opened.
        raise SourceChanged(instead_of.path)
    with Writing(target):
        folder_path, name = follow_links(target)
        folder = Folder(folder_path)
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(folder.close)
        if isinstance(beside, AtomicFile):
            _refuse_same_name(target, folder, name, beside)
        if status and not replace and not replaced:
            raise OutputExists(target)
        if replaced and lock(replaced.descriptor) is False:
            raise SourceBusy(target)
        sources = _openness_of(inputs)
        if status:
            sources.append(Openness(status.st_mode, status.st_gid))
        run.temporary_folder = folder_path
        output = AtomicFile(
            target,
            folder,
            name,
            sources,
            replace=replace,
            instead_of=replaced,
            keep_backup=keep_backup,
        )
        on_failure.pop_all()
    return _create(output, run)


@contextlib.contextmanager
def open_undo_output(
    undo: FilePath,
    inputs: Sequence[Input],
    *,
    replace: bool,
    run: Run,
    beside: Output | None = None,
) -> Iterator[AtomicFile]:
    """As open_output, for what leads back from a result: a file, as that must be `beside` it.

    Raises: UndoImpossible, where either is a pipe or a device; as open_output.
    """
    path = Path(undo)
    if beside and not isinstance(beside, AtomicFile):
        raise UndoImpossible(beside.path)
    status = _status_at(path)
    if status and not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise UndoImpossible(path)
    with open_output(path, inputs, replace=replace, run=run, beside=beside) as output:
        if not isinstance(output, AtomicFile):
            # It has become one since.
            raise UndoImpossible(path)
        yield output


@contextlib.contextmanager
def _create(output: AtomicFile, run: Run) -> Iterator[AtomicFile]:
    """Have the file while it is written.

    Short for a reason: without memory for one more integer, CPython never leaves a clean-up that
    is more than 256 instructions into its function (ceval.c, exception_unwind).
    """
    with contextlib.closing(output.folder):
        try:
            run.on_abandon(output.discard)
            output.create()
            yield output
        finally:
            # In this order: once the lock is gone, another run might take the name.
            output.discard()
            output.close()


def _status_at(target: Path) -> os.stat_result | None:
    """What stands at a path, behind all links; None where nothing does."""
    with Writing(target):
        try:
            return reachable(target).stat()
        except FileNotFoundError:
            return None


def _openness_of(inputs: Sequence[Input]) -> list[Openness]:
    """Raises: SourceUnreadable."""
    found = []
    for source in inputs:
        if source.status is None:
            continue
        with Reading(source.path):
            openness = Openness.of_file(source.descriptor, source.status)
        if openness:
            found.append(openness)
    return found


def _is_same(status: os.stat_result | None, source: Input) -> bool:
    """Whether it is a source's file: by device and inode, which no path, link or spelling hides."""
    return bool(status and source.status and os.path.samestat(status, source.status))


def _refuse_input(target: Path, status: os.stat_result | None, inputs: Sequence[Input]) -> None:
    """Terminals and sockets may be both, and so may /dev/null; what is stored may not."""
    if status and (stat.S_ISREG(status.st_mode) or stat.S_ISBLK(status.st_mode)):
        for source in inputs:
            if _is_same(status, source):
                raise OutputIsInput(target, source.path)


def _refuse_same_name(target: Path, folder: Folder, name: str, other: AtomicFile) -> None:
    """Names that only the disk takes for one are found out by publication."""
    with Writing(target):
        same = name == other.name and folder.identity == other.folder.identity
    if same:
        raise OutputNamedTwice(target)


@contextlib.contextmanager
def _open_device(target: Path, status: os.stat_result, run: Run) -> Iterator[StreamOutput]:
    """Raises: OutputUnwritable, Cancelled."""
    with Writing(target):
        if stat.S_ISFIFO(status.st_mode):
            stream = _open_pipe(target, run)
        else:
            stream = target.open("wb", buffering=0)
    with stream:
        yield StreamOutput(stream, target)


def _open_pipe(target: Path, run: Run) -> BinaryIO:
    """Wait for somebody who reads. Raises: OSError, Cancelled."""
    while True:
        run.check()
        descriptor = open_pipe(target)
        if descriptor is not None:
            return os.fdopen(descriptor, "wb", buffering=0)
        time.sleep(_LOOK_SECONDS)


class StreamOutput:
    """A pipe, a device or somebody's open stream: what is written is gone."""

    write_at: Callable[[memoryview, int], None] | None = None

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream = stream
        self.path = path
        self.remarks: list[FileProblem] = []
        self.written_bytes = 0

    def write(self, data: memoryview) -> None:
        """Append. Raises: DiskFull, OutputUnwritable."""
        with Writing(self.path):
            write_whole(self._stream, data)
        self.written_bytes += len(data)

    def expect(self, size_bytes: int, temporary_bytes: int = 0) -> None:
        """Nothing is known of a stream's room."""

    def finish(self) -> None:
        """Push out what is buffered. Raises: DiskFull, OutputUnwritable."""
        with Writing(self.path):
            flush_whole(self._stream)


class Nowhere:
    """An output that only counts."""

    write_at: WriteAt | None = None
    path = STANDARD_OUTPUT

    def __init__(self) -> None:
        self.written_bytes = 0
        self.remarks: list[FileProblem] = []

    def write(self, data: memoryview) -> None:
        """Count."""
        self.written_bytes += len(data)

    def expect(self, size_bytes: int, temporary_bytes: int = 0) -> None:
        """There is always room."""

    def finish(self) -> None:
        """There is nothing to lose."""


def write_whole(stream: BinaryIO, data: memoryview) -> None:
    """Write all of `data`, however long the reader takes. Raises: OSError, ValueError."""
    while data:
        try:
            written = stream.write(data) or 0
        except BlockingIOError as problem:
            # Only buffered streams say how much they took before they were full.
            written = getattr(problem, "characters_written", 0)
        if not written:
            wait_until_ready(stream, writing=True)
        data = data[written:]


def flush_whole(stream: BinaryIO) -> None:
    """Push out all that is buffered. Raises: OSError, ValueError."""
    while True:
        try:
            stream.flush()
        except BlockingIOError:
            wait_until_ready(stream, writing=True)
        else:
            return
