"""What stands in the way of adding the program to the user's desktop."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.errors.files import FileProblem
from rdiff_gui.errors.program import RdiffError
from rdiff_gui.records import record
from rdiff_gui.wording import show_name, translate

__all__ = [
    "DesktopForeign",
    "DesktopProblem",
    "DesktopStuck",
    "DesktopUnwritable",
    "ProgramUnnameable",
]


class DesktopProblem(RdiffError):
    """The program cannot be added to this desktop."""


class DesktopForeign(DesktopProblem):
    """On macOS this is an installer's work."""

    def __str__(self) -> str:
        return translate(
            "On this system, the installer of the program tells the desktop about it; there is "
            "nothing to add or to remove here."
        )


@record(eq=False)
class ProgramUnnameable(DesktopProblem):
    """The program at `path` has a name that no desktop entry can hold."""

    path: Path

    def __str__(self) -> str:
        return translate(
            "The program is in a folder whose name desktops cannot read: “{path}”. Move it to "
            "another folder and try again."
        ).format(path=show_name(self.path))


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
