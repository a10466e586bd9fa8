"""What is written: beside its target under a temporary name, synced, then renamed over it."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from rdiff_gui.engine.inputs import Input
from rdiff_gui.engine.refusals import explain_unwritable
from rdiff_gui.engine.running import Run
from rdiff_gui.engine.temporaries import (
    create_temporary,
    move_to_free_name,
    replace_with_backup,
    sync_folder,
)
from rdiff_gui.errors import (
    DiskFull,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
)
from rdiff_gui.wording import STANDARD_OUTPUT

Target = Path | BinaryIO
WriteAt = Callable[[memoryview, int], None]


class Output(Protocol):
    """Where an operation's bytes go."""

    written_bytes: int

    @property
    def write_at(self) -> WriteAt | None:
        """Write over earlier bytes; None where what is written is gone."""

    def write(self, data: memoryview) -> None:
        """Append. Raises: DiskFull, OutputUnwritable."""

    def expect(self, size_bytes: int) -> None:
        """Announce the size. Raises: DiskFull, where it will not fit."""

    def commit(self, run: Run) -> None:
        """Make it visible, whole. Raises: OutputExists, OutputUnwritable, DiskFull, Cancelled."""


@contextlib.contextmanager
def open_output(
    target: Target,
    inputs: Sequence[Input],
    *,
    replace: bool,
    run: Run,
    instead_of: Input | None = None,
    keep_backup: bool = True,
) -> Iterator[Output]:
    """Open `target` for one operation that reads `inputs`; what was not committed is removed.

    A path to a regular file, or to none, is written beside its place and renamed over it by
    `commit`. Open streams, pipes and devices are written as the bytes come. `instead_of` is the
    one input whose place the output may take; it is kept beside it with `keep_backup`.

    Raises: OutputIsInput, OutputExists, OutputUnwritable.
    """
    if not isinstance(target, Path):
        _refuse_input(STANDARD_OUTPUT, _stream_identity(target), inputs)
        yield StreamOutput(target, STANDARD_OUTPUT)
        return
    try:
        place = Path(os.path.realpath(target))
        status = place.stat()
    except FileNotFoundError:
        status = None
    except (OSError, ValueError) as problem:
        raise explain_unwritable(target, problem) from problem
    in_place = False
    if status:
        identity = status.st_dev, status.st_ino
        in_place = instead_of is not None and instead_of.identity == identity
        others = [source for source in inputs if source is not instead_of] if in_place else inputs
        _refuse_input(target, identity, others)
        if stat.S_ISDIR(status.st_mode):
            raise OutputUnwritable(target, errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):
            with _open_device(target) as stream:
                yield StreamOutput(stream, target)
            return
        if not replace and not in_place:
            raise OutputExists(target)
    run.scratch_folder = place.parent
    output = FileOutput(
        target, place, replace=replace or in_place, with_backup=in_place and keep_backup
    )
    try:
        run.on_abandon(output.discard)
        if in_place and status:
            output.take_after(status)
        yield output
    finally:
        # In this order: once the lock is gone, another run might take the name.
        output.discard()
        output.close()


def _refuse_input(target: Path, identity: tuple[int, int] | None, inputs: Sequence[Input]) -> None:
    for source in inputs:
        if identity and source.size_bytes is not None and source.identity == identity:
            raise OutputIsInput(target, source.path)


def _stream_identity(stream: BinaryIO) -> tuple[int, int] | None:
    try:
        status = os.fstat(stream.fileno())
    except (OSError, AttributeError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _open_device(target: Path) -> BinaryIO:
    try:
        return target.open("wb", buffering=0)
    except OSError as problem:
        raise explain_unwritable(target, problem) from problem


class StreamOutput:
    """A pipe, a device or somebody's open stream: what is written is gone."""

    write_at: WriteAt | None = None

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream = stream
        self.path = path
        self.written_bytes = 0

    def write(self, data: memoryview) -> None:
        """Append. Raises: DiskFull, OutputUnwritable."""
        left = data
        try:
            while left:
                left = left[self._stream.write(left) or 0 :]
        except OSError as problem:
            raise explain_unwritable(self.path, problem) from problem
        self.written_bytes += len(data)

    def expect(self, size_bytes: int) -> None:
        """Nothing is known of a stream's room."""

    def commit(self, run: Run) -> None:
        """Push out what is buffered. Raises: DiskFull, OutputUnwritable."""
        run.check()
        try:
            self._stream.flush()
        except OSError as problem:
            raise explain_unwritable(self.path, problem) from problem


class FileOutput:
    """A file that appears under its name whole, or not at all.

    `place` is `target` with links resolved, so that a link stays one. The temporary is locked
    while it is written; one that a crash left behind is not, and the next run removes it.
    """

    def __init__(
        self, target: Path, place: Path, *, replace: bool, with_backup: bool = False
    ) -> None:
        """Create the temporary. Raises: OutputUnwritable, DiskFull."""
        self.path = target
        self.written_bytes = 0
        self.backup: Path | None = None
        self._with_backup = with_backup
        self._place = place
        self._replace = replace
        try:
            self._temporary, self._descriptor = create_temporary(place)
        except OSError as problem:
            raise explain_unwritable(target, problem) from problem
        self._lock = threading.Lock()
        self._named = True

    @property
    def descriptor(self) -> int:
        """The open temporary, for C code that writes by itself."""
        return self._descriptor

    def write(self, data: memoryview) -> None:
        """Append. Raises: DiskFull, OutputUnwritable."""
        left = data
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError as problem:
            raise explain_unwritable(self.path, problem) from problem
        self.written_bytes += len(data)

    def take_after(self, status: os.stat_result) -> None:
        """Get owner and permissions of the file whose place this takes, as far as one may."""
        if sys.platform == "win32":
            return
        with contextlib.suppress(OSError):
            os.fchown(self._descriptor, status.st_uid, status.st_gid)
        with contextlib.suppress(OSError):
            # After the owner: a change of that takes the set-user bits away.
            os.fchmod(self._descriptor, stat.S_IMODE(status.st_mode))

    def write_at(self, data: memoryview, offset: int) -> None:
        """Write over what is there; by several threads at once, in different places.

        Raises: DiskFull, OutputUnwritable.
        """
        try:
            while data:
                written = self._write_once_at(data, offset)
                data, offset = data[written:], offset + written
        except OSError as problem:
            raise explain_unwritable(self.path, problem) from problem

    def _write_once_at(self, data: memoryview, offset: int) -> int:
        if hasattr(os, "pwrite"):
            return os.pwrite(self._descriptor, data, offset)
        with self._lock:
            before = os.lseek(self._descriptor, 0, os.SEEK_CUR)
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            written = os.write(self._descriptor, data)
            os.lseek(self._descriptor, before, os.SEEK_SET)
            return written

    def stretch(self, size_bytes: int) -> None:
        """Make it that long, all zeros, for `write_at`. Raises: DiskFull, OutputUnwritable."""
        try:
            os.ftruncate(self._descriptor, size_bytes)
        except OSError as problem:
            raise explain_unwritable(self.path, problem) from problem
        self.written_bytes = size_bytes

    def expect(self, size_bytes: int) -> None:
        """Announce the size. Raises: DiskFull, where it will not fit."""
        if not hasattr(os, "fstatvfs"):
            return
        try:
            room = os.fstatvfs(self._descriptor)
        except OSError:
            return
        free_bytes = room.f_bavail * room.f_frsize
        if size_bytes > free_bytes:
            raise DiskFull(self.path, size_bytes, free_bytes)

    def commit(self, run: Run) -> None:
        """Sync, then rename over the target.

        Raises: OutputExists, OutputUnwritable, DiskFull, Cancelled.
        """
        try:
            os.fsync(self._descriptor)
            run.commit(self._publish)
            sync_folder(self._place.parent)
        except FileExistsError as problem:
            raise OutputExists(self.path) from problem
        except OSError as problem:
            raise explain_unwritable(self.path, problem) from problem

    def _publish(self) -> None:
        if self._with_backup:
            self.backup = replace_with_backup(self._temporary, self._place)
        elif self._replace:
            self._temporary.replace(self._place)
        else:
            move_to_free_name(self._temporary, self._place)
        self._named = False

    def discard(self) -> None:
        """Remove the temporary's name, once, unless it was committed; any thread may call it."""
        with self._lock:
            named, self._named = self._named, False
        if named:
            with contextlib.suppress(OSError):
                self._temporary.unlink()

    def close(self) -> None:
        """End the writing thread's own use of the file.

        Never called by another thread: the number could be given to another file at once, and
        the writer would write there.
        """
        os.close(self._descriptor)
