"""What goes wrong with a file that is read or written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from rdiff_gui.errors.program import DesktopProblem, RdiffError, code_of, reason_of
from rdiff_gui.records import TYPE_CHECKING, record
from rdiff_gui.wording import STANDARD_OUTPUT, show_list, show_name, show_size, translate

if TYPE_CHECKING:
    from types import TracebackType

__all__ = [
    "AttributesNotKept",
    "DesktopStuck",
    "DesktopUnwritable",
    "DiskFull",
    "FileProblem",
    "FolderMoved",
    "FolderNotSynced",
    "NotPutBack",
    "OutputExists",
    "OutputIsInput",
    "OutputNamedTwice",
    "OutputUnwritable",
    "SourceBusy",
    "SourceChanged",
    "SourceMissing",
    "SourceUnreadable",
    "UndoImpossible",
]


@record(eq=False)
class FileProblem(RdiffError):
    """Something about the file at `path`."""

    path: Path

    @property
    def name(self) -> str:
        """The path, fit for one line."""
        return show_name(self.path)


@record(eq=False)
class SourceMissing(FileProblem):
    """There is no file at `path`, or it went away while it was being read."""

    def __str__(self) -> str:
        return translate(
            "“{name}” was not found. Perhaps it was moved, renamed or deleted."
        ).format(name=self.name)


@record(eq=False)
class SourceUnreadable(FileProblem):
    """The operating system would not let us read `path`; `code` is the errno."""

    code: int
    reason: str

    def __str__(self) -> str:
        if self.code in (errno.EACCES, errno.EPERM):
            text = translate("No permission to read “{name}”.")
        elif self.code == errno.EISDIR:
            text = translate("“{name}” is a folder. Choose a single file.")
        elif self.code == errno.EIO:
            text = translate(
                "The disk reported an error while reading “{name}”. "
                "Copy the file to another disk and try again."
            )
        else:
            text = translate("“{name}” cannot be read: {reason}.")
        return text.format(name=self.name, reason=self.reason)


@record(eq=False)
class SourceChanged(FileProblem):
    """The file at `path` changed size or time while it was being read."""

    def __str__(self) -> str:
        return translate(
            "“{name}” was changed by another program while it was being read, so the result would "
            "have been wrong. Try again when nothing is writing to it."
        ).format(name=self.name)


@record(eq=False)
class SourceBusy(FileProblem):
    """Another run is about to put a new version in the place of `path`."""

    def __str__(self) -> str:
        return translate(
            "“{name}” is being patched by another run of this program, or locked by another one. "
            "Try again when that has ended."
        ).format(name=self.name)


@record(eq=False)
class OutputExists(FileProblem):
    """There is a file at `path` and nobody said to replace it."""

    def __str__(self) -> str:
        return translate(
            "“{name}” exists already and was not replaced. Choose another name, or say that it "
            "may be replaced (--force)."
        ).format(name=self.name)


@record(eq=False)
class OutputIsInput(FileProblem):
    """The output `path` is the very file `source` that is being read; or `within` that folder."""

    source: Path
    within: bool = False

    def __str__(self) -> str:
        if self.within:
            return translate(
                "“{name}” would lie in the folder “{source}”, which is being read. "
                "Choose another folder for the result."
            ).format(name=self.name, source=show_name(self.source))
        if self.path == self.source:
            return translate(
                "“{name}” is one of the input files and would be destroyed. "
                "Choose another name for the result."
            ).format(name=self.name)
        return translate(
            "“{name}” is the same file as the input “{source}”, which would be destroyed. "
            "Choose another name for the result."
        ).format(name=self.name, source=show_name(self.source))


@record(eq=False)
class OutputNamedTwice(FileProblem):
    """`path` is to hold two results of one run."""

    def __str__(self) -> str:
        return translate(
            "“{name}” is named for both the result and the undo delta. "
            "Choose another name for one of them."
        ).format(name=self.name)


@record(eq=False)
class UndoImpossible(FileProblem):
    """An undo delta cannot be had: `path`, it or the result, is no file, but a pipe or a device.

    With `delta`, that has no hashes, so nothing tells what the undo delta at `path` leads to.
    """

    exit_code = 101
    delta: Path | None = None

    def __str__(self) -> str:
        if self.delta is not None:
            return translate(
                "“{delta}” carries no checksums of the old files, so no undo delta can be made."
            ).format(delta=show_name(self.delta))
        return translate(
            "An undo delta and the result appear together or not at all, so both must be files; "
            "“{name}” is none. Name a file for it."
        ).format(name=self.name)


@record(eq=False)
class OutputUnwritable(FileProblem):
    """The operating system would not let us write `path`; `code` is the errno."""

    code: int
    reason: str

    def __str__(self) -> str:
        if self.code in (errno.EACCES, errno.EPERM, errno.EROFS):
            text = translate("No permission to write “{name}”. Choose another folder.")
        elif self.code in (errno.ENOENT, errno.ENOTDIR):
            text = translate("The folder for “{name}” does not exist. Choose another folder.")
        elif self.code == errno.EISDIR:
            text = translate("“{name}” is a folder. Give the result a file name.")
        elif self.code == errno.ENAMETOOLONG:
            text = translate("The name “{name}” is too long for this disk. Choose a shorter one.")
        elif self.code == errno.EIO:
            text = translate(
                "The disk reported an error while writing “{name}”. Choose another disk."
            )
        elif self.code == errno.EFBIG:
            text = translate("“{name}” would be larger than this disk's format allows.")
        else:
            text = translate("“{name}” cannot be written: {reason}.")
        return text.format(name=self.name, reason=self.reason)


@record(eq=False)
class DiskFull(FileProblem):
    """No space for the result at `path`; the sizes are None where they are not known.

    Of `needed_bytes`, `temporary_bytes` are needed only while the work goes on.
    """

    needed_bytes: int | None = None
    free_bytes: int | None = None
    temporary_bytes: int = 0

    @property
    def disk(self) -> str:
        """Where the disk is mounted."""
        folder = self.path.absolute()
        while not os.path.ismount(folder) and folder != folder.parent:
            folder = folder.parent
        return show_name(folder)

    def __str__(self) -> str:
        if self.path == STANDARD_OUTPUT:
            return translate(
                "The disk is full: what was written to standard output is cut off. "
                "Make room or choose another disk."
            )
        if self.needed_bytes is None or self.free_bytes is None:
            return translate(
                "The disk “{disk}” is full: “{name}” could not be written and was not left half "
                "done. Make room or choose another disk."
            ).format(name=self.name, disk=self.disk)
        needed = show_size(self.needed_bytes)
        if self.temporary_bytes:
            needed = translate("{needed}, {temporary} of that only meanwhile").format(
                needed=needed, temporary=show_size(self.temporary_bytes)
            )
        return translate(
            "Not enough space for “{name}” on the disk “{disk}”: it needs {needed}; {free} are "
            "free, {missing} are missing. Make room or choose another disk."
        ).format(
            name=self.name,
            disk=self.disk,
            needed=needed,
            free=show_size(self.free_bytes),
            missing=show_size(self.needed_bytes - self.free_bytes),
        )


@record(eq=False)
class FolderMoved(FileProblem):
    """The folder of the output `path` is no longer the one that it was when the work began."""

    def __str__(self) -> str:
        return translate(
            "The folder of “{name}” was moved, renamed or removed meanwhile, so nothing was "
            "written. Try again with the folder where it is now."
        ).format(name=self.name)


@record(eq=False)
class NotPutBack(FileProblem):
    """What stood at `path` could not be put back after a failure; it is whole in `kept`."""

    kept: Path
    reason: str

    def __str__(self) -> str:
        return translate(
            "The work failed, and “{name}” could not be put back ({reason}). Its old version is "
            "whole, in “{kept}”: give that its old name."
        ).format(name=self.name, reason=self.reason, kept=show_name(self.kept))


@record(eq=False)
class FolderNotSynced(FileProblem):
    """`path` is written, but its name may not survive a power cut. A remark, never raised."""

    reason: str

    def __str__(self) -> str:
        return translate(
            "“{name}” is written, but perhaps not safe from a power cut yet: its folder could not "
            "be synced ({reason})."
        ).format(name=self.name, reason=self.reason)


@record(eq=False)
class AttributesNotKept(FileProblem):
    """What the old file had and the new one at `path` has not. A remark, never raised.

    `lost` holds words ("owner", "group", "access control list") and names of attributes.
    """

    lost: tuple[str, ...]

    def __str__(self) -> str:
        return translate(
            "“{name}” is written, but could not keep all that the old file had: {lost}. "
            "It is open to nobody who could not open it before."
        ).format(name=self.name, lost=show_list(map(show_name, self.lost)))


@record(eq=False)
class DesktopUnwritable(FileProblem, DesktopProblem):
    """The file or folder at `path` could not be written; all is as it was."""

    reason: str

    def __str__(self) -> str:
        return translate(
            "“{name}” cannot be written: {reason}. Nothing was changed on this desktop."
        ).format(name=self.name, reason=self.reason)


@record(eq=False)
class DesktopStuck(FileProblem, DesktopProblem):
    """The file at `path` could not be taken away."""

    reason: str

    def __str__(self) -> str:
        return translate(
            "“{name}” cannot be taken away: {reason}. What is left goes with the next try."
        ).format(name=self.name, reason=self.reason)


class Reading:
    """Within its block, the system's refusals are SourceUnreadable: `path` is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        """Nothing is to be done."""

    def __exit__(
        self, _kind: object, problem: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if isinstance(problem, OSError | ValueError):
            raise self.explain(problem) from problem

    def explain(self, problem: OSError | ValueError) -> FileProblem:
        """What a refusal means to the user."""
        return SourceUnreadable(self.path, *_code_and_reason(problem))


class Writing(Reading):
    """The same, where `path` is written: OutputUnwritable, or DiskFull."""

    def explain(self, problem: OSError | ValueError) -> FileProblem:
        """What a refusal means to the user."""
        code, reason = _code_and_reason(problem)
        if code in (errno.ENOSPC, errno.EDQUOT):
            return DiskFull(self.path)
        return OutputUnwritable(self.path, code, reason)


def _code_and_reason(problem: OSError | ValueError) -> tuple[int, str]:
    if isinstance(problem, OSError):
        return code_of(problem), reason_of(problem)
    # Python's own refusals: a name with a zero in it, or a stream that was closed.
    return errno.EINVAL, translate("there can be no such name, or it was closed")
