"""What is written to a stream: pipes, devices, and whatever a caller has open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rdiff_gui.engine.inputs import descriptor_status
from rdiff_gui.engine.readiness import flush_whole, write_whole
from rdiff_gui.engine.refusals import explain_unwritable
from rdiff_gui.errors import FileProblem
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import STANDARD_OUTPUT

if TYPE_CHECKING:
    from typing import BinaryIO


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
        try:
            write_whole(self._stream, data)
        except (OSError, ValueError) as problem:
            raise explain_unwritable(self.path, problem) from problem
        self.written_bytes += len(data)

    def expect(self, size_bytes: int) -> None:
        """Nothing is known of a stream's room."""

    def finish(self) -> None:
        """Push out what is buffered. Raises: DiskFull, OutputUnwritable."""
        try:
            flush_whole(self._stream)
        except (OSError, ValueError) as problem:
            raise explain_unwritable(self.path, problem) from problem


def stream_identity(stream: BinaryIO) -> tuple[int, int] | None:
    """Device and inode of what a stream writes to; None for mere streams.

    Raises: OutputUnwritable.
    """
    try:
        status = descriptor_status(stream)
    except OSError as problem:
        raise explain_unwritable(STANDARD_OUTPUT, problem) from problem
    return (status.st_dev, status.st_ino) if status else None
