"""What goes wrong with a folder: where it is read, in its signature or delta, and being patched."""

from __future__ import annotations

import enum
from pathlib import Path

from rdiff_gui.errors.files import FileProblem
from rdiff_gui.errors.formats import FormatProblem
from rdiff_gui.records import record
from rdiff_gui.wording import show_list, show_name, translate, translate_plural

__all__ = [
    "DamagedFilesKept",
    "Difference",
    "DifferenceKind",
    "EntryRefused",
    "FolderNotShared",
    "FoldersAndFiles",
    "LinkLeadsOut",
    "LocalFilesKept",
    "NameImpossible",
    "NamesCollide",
    "NotATree",
    "PartOnOtherDisk",
    "StageForeign",
    "TreeAttributesNotKept",
    "TreeDamaged",
    "TreeDiffers",
    "TreePutBack",
    "TreeTooNew",
    "TreeUnfinished",
    "TreeUnrepaired",
    "TreeUnsafe",
]

# More are told one by one with -v.
_TOLD_MOST = 5


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


class DifferenceKind(enum.StrEnum):
    """How what stands in a folder differs from what a delta was made for.

    EDITED: other content, or another kind of thing. MISSING: nothing stands there. TAKEN:
    something stands where a new file would go. DAMAGED: neither the old nor the new content.
    """

    EDITED = "edited"
    MISSING = "missing"
    TAKEN = "taken"
    DAMAGED = "damaged"


@record(frozen=True)
class Difference:
    """One path in a folder that is not as it should be."""

    path: str
    kind: DifferenceKind

    def __str__(self) -> str:
        match self.kind:
            case DifferenceKind.EDITED:
                text = translate("“{name}” is not the old file: it was changed here")
            case DifferenceKind.MISSING:
                text = translate("“{name}” is missing")
            case DifferenceKind.TAKEN:
                text = translate("“{name}” is in the way of a new file")
            case DifferenceKind.DAMAGED:
                text = translate("“{name}” is damaged")
        return text.format(name=show_name(self.path))


def _list_first(differences: tuple[Difference, ...]) -> str:
    """The first of them in one line, and how many there are besides."""
    told = translate("; ").join(str(each) for each in differences[:_TOLD_MOST])
    more = len(differences) - _TOLD_MOST
    if more <= 0:
        return told
    return translate_plural("{told}; and {count} more", "{told}; and {count} more", more).format(
        told=told, count=more
    )


@record(eq=False)
class TreeDiffers(FileProblem):
    """The folder at `path` has not all that `delta` needs as it was; nothing was changed.

    `is_new`: it is what the delta makes already.
    """

    exit_code = 106
    delta: Path
    differences: tuple[Difference, ...]
    is_new: bool = False

    def __str__(self) -> str:
        if self.is_new:
            return translate(
                "The folder “{name}” is already what the delta “{delta}” makes. "
                "Nothing was changed."
            ).format(name=self.name, delta=show_name(self.delta))
        return translate(
            "The folder “{name}” is not as it was when the delta “{delta}” was made: "
            "{differences}. Nothing was changed. Double check whether you have the right version; "
            "“verify --repair” restores damaged files, and --keep-local leaves yours as they are."
        ).format(
            name=self.name,
            delta=show_name(self.delta),
            differences=_list_first(self.differences),
        )


@record(eq=False)
class TreeUnrepaired(FileProblem):
    """In the folder at `path`, what `differences` tell could not be restored from `delta`."""

    exit_code = 106
    delta: Path
    differences: tuple[Difference, ...]
    restored: int

    def __str__(self) -> str:
        return translate(
            "The folder “{name}” could not be repaired whole: {differences}. Restored: {restored}. "
            "What is missing is neither in the delta “{delta}” nor elsewhere in the folder."
        ).format(
            name=self.name,
            delta=show_name(self.delta),
            differences=_list_first(self.differences),
            restored=self.restored,
        )


@record(eq=False)
class LocalFilesKept(FileProblem):
    """In the folder at `path`, these were left as they are. A remark, never raised."""

    differences: tuple[Difference, ...]

    def __str__(self) -> str:
        return translate("Left as it is in “{name}”: {differences}.").format(
            name=self.name, differences=_list_first(self.differences)
        )


@record(eq=False)
class DamagedFilesKept(FileProblem):
    """What stood in the folder at `path` in place of its files is in `kept`. A remark."""

    kept: Path

    def __str__(self) -> str:
        return translate(
            "What stood in “{name}” in place of files that were restored is in “{kept}”."
        ).format(name=self.name, kept=show_name(self.kept))


@record(eq=False)
class TreeAttributesNotKept(FileProblem):
    """What `count` things in the folder at `path` did not get, `first` among them. A remark.

    `lost` holds words ("owner", "group", "access control list") and names of attributes.
    """

    first: str
    count: int
    lost: tuple[str, ...]

    def __str__(self) -> str:
        return translate_plural(
            "“{name}” is written, but {count} file in it, “{first}”, could not get all that it "
            "should have: {lost}. It is open to nobody who could not open it before.",
            "“{name}” is written, but {count} files in it, “{first}” the first of them, could not "
            "get all that they should have: {lost}. They are open to nobody who could not open "
            "them before.",
            self.count,
        ).format(
            name=self.name,
            count=self.count,
            first=show_name(self.first),
            lost=show_list(map(show_name, self.lost)),
        )


@record(eq=False)
class LinkLeadsOut(FormatProblem):
    """The delta `path` makes a link `member` that leads out of the folder, to `target`."""

    member: str
    target: str

    def __str__(self) -> str:
        return translate(
            "“{name}” was refused: its link “{member}” leads out of the folder, to “{target}”. "
            "If you trust whoever sent it, --outside-links allows that."
        ).format(name=self.name, member=show_name(self.member), target=show_name(self.target))


@record(eq=False)
class NamesCollide(FormatProblem):
    """The delta `path` has two names, `member` and `other`, that this disk takes for one."""

    member: str
    other: str

    def __str__(self) -> str:
        return translate(
            "“{name}” cannot be applied on this disk, which takes “{member}” and “{other}” for the "
            "same name. Use a disk that tells them apart."
        ).format(name=self.name, member=show_name(self.member), other=show_name(self.other))


@record(eq=False)
class NameImpossible(FormatProblem):
    """The delta `path` has a name `member` that Windows takes for something else."""

    member: str

    def __str__(self) -> str:
        return translate(
            "“{name}” cannot be applied on Windows, which knows no such name as “{member}”."
        ).format(name=self.name, member=show_name(self.member))


@record(eq=False)
class StageForeign(FileProblem):
    """`path` has the name of a stage, and is no folder, or somebody else's."""

    def __str__(self) -> str:
        return translate(
            "“{name}” has the name of the folder that new files wait in, and is not this user's. "
            "Give it another name, or remove it."
        ).format(name=self.name)


@record(eq=False)
class PartOnOtherDisk(FileProblem):
    """`path`, in a folder, lies on another disk than the folder itself."""

    def __str__(self) -> str:
        return translate(
            "“{name}” lies on another disk than its folder, so nothing could be moved there in one "
            "step. Patch that disk's folder by itself."
        ).format(name=self.name)


@record(eq=False)
class TreeUnfinished(FileProblem):
    """A patch of the folder at `path` was interrupted; what belongs to it waits in `stage`.

    `reason` is why it could not be put back; None where it was not tried.
    """

    stage: Path
    reason: str | None = None

    def __str__(self) -> str:
        names = {"name": self.name, "stage": show_name(self.stage), "reason": self.reason}
        if self.reason is None:
            return translate(
                "A patch of the folder “{name}” was interrupted. “rdiff-gui recover” puts it back."
            ).format(**names)
        return translate(
            "A patch of the folder “{name}” was interrupted, and it could not be put back: "
            "{reason}. Keep it and “{stage}”, and try “rdiff-gui recover”."
        ).format(**names)


@record(eq=False)
class TreePutBack(FileProblem):
    """An interrupted patch of the folder at `path` is settled. A remark, never raised.

    `complete`: it had been done, and was tidied up.
    """

    complete: bool

    def __str__(self) -> str:
        if self.complete:
            text = translate(
                "An earlier patch of “{name}” was interrupted when it was complete; it was tidied "
                "up first."
            )
        else:
            text = translate(
                "An earlier patch of “{name}” was interrupted; the old folder was put back first."
            )
        return text.format(name=self.name)
