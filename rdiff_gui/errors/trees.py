"""What goes wrong with a folder that is read, and with the bytes of its signature or delta."""

from __future__ import annotations

from rdiff_gui.errors.files import FileProblem
from rdiff_gui.errors.formats import FormatProblem
from rdiff_gui.records import record
from rdiff_gui.wording import show_name, translate

__all__ = [
    "EntryRefused",
    "FolderNotShared",
    "FoldersAndFiles",
    "NotATree",
    "TreeDamaged",
    "TreeTooNew",
    "TreeUnsafe",
]


@record(eq=False)
class TreeDamaged(FormatProblem):
    """The tar or the manifest in `path` contradicts itself; `reason` is one of our own words."""

    reason: str

    def __str__(self) -> str:
        return translate("“{name}” is damaged: {reason}. Have it sent again.").format(
            name=self.name, reason=self.reason
        )


@record(eq=False)
class TreeUnsafe(FormatProblem):
    """`path` has a member called `member` that would leave the folder, or harm the system."""

    member: str
    reason: str

    def __str__(self) -> str:
        return translate(
            "“{name}” was refused, since it is not safe: in it is “{member}”, {reason}. "
            "No honest program writes that."
        ).format(name=self.name, member=show_name(self.member), reason=self.reason)


@record(eq=False)
class TreeTooNew(FormatProblem):
    """The tree in `path` is of `version`; this program knows up to `known`."""

    exit_code = 105
    version: str
    known: int

    def __str__(self) -> str:
        return translate(
            "“{name}” was made by a newer version of this program (tree version {version}, known "
            "here up to {known}). Update this program."
        ).format(name=self.name, version=show_name(self.version), known=self.known)


@record(eq=False)
class NotATree(FormatProblem):
    """`found`, a kind of file, stands in `path` where the signature or delta of a folder is due."""

    exit_code = 104
    found: str

    def __str__(self) -> str:
        text = {
            "signature": translate("“{name}” is the signature of a file, not of a folder."),
            "delta": translate("“{name}” is the delta of a file, not of a folder."),
            "tree-signature": translate(
                "“{name}” is the signature of a folder, not a delta. A delta is made from it and "
                "the new folder."
            ),
            "tree-delta": translate("“{name}” is the delta of a folder, not a signature."),
        }.get(
            self.found,
            translate("“{name}” is neither the signature nor the delta of a folder."),
        )
        return text.format(name=self.name)


@record(eq=False)
class EntryRefused(FileProblem):
    """`path`, in a folder, is neither file nor folder nor link, so no delta can hold it."""

    def __str__(self) -> str:
        return translate(
            "“{name}” is a device, a pipe or a socket, which cannot be sent. Take it out of the "
            "folder first."
        ).format(name=self.name)


@record(eq=False)
class FoldersAndFiles(FileProblem):
    """`path` is a file, and `folder` a folder: one cannot become the other."""

    folder: str

    def __str__(self) -> str:
        return translate(
            "“{folder}” is a folder and “{name}” is not. Give two folders, or two files."
        ).format(name=self.name, folder=show_name(self.folder))


@record(eq=False)
class FolderNotShared(FileProblem):
    """What is at `path` is not to be seen on the computer `host`, which is to help with it."""

    host: str

    def __str__(self) -> str:
        return translate(
            "“{name}” cannot be found on {host}. Folders and result must be on storage that all "
            "computers share, under the same paths."
        ).format(name=self.name, host=self.host)
