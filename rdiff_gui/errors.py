"""Every failure that a user can meet.

    RdiffError
    ├── Cancelled                    the user said stop                            130
    ├── OptionOutOfRange             an option's value is not allowed              108
    ├── LibraryProblem               librsync itself                               100
    │   ├── LibraryNotFound          nowhere on this system
    │   ├── LibraryUnusable          found, but it would not load
    │   └── LibraryTooOld            before 2.3.0
    ├── FileProblem                  a file cannot be read or written              100
    │   ├── SourceMissing            no such file
    │   ├── SourceUnreadable         no permission, a folder, a disk error
    │   ├── SourceChanged            somebody wrote to it while it was read
    │   ├── OutputExists             it is there and was not to be replaced
    │   ├── OutputIsInput            writing it would destroy what is being read
    │   ├── OutputUnwritable         no permission, no such folder, a disk error
    │   └── DiskFull                 not enough space for the result
    ├── FormatProblem                the bytes are not what they should be         106
    │   ├── NotASignature            another kind of file stands where one is due  106, empty 103
    │   ├── NotADelta                the same, for a delta                         104, empty 103
    │   ├── SignatureTruncated       the end is missing                            103
    │   ├── SignatureDamaged         the header holds impossible values
    │   ├── SignatureHostile         built to make the comparison crawl
    │   ├── DeltaTruncated           the end is missing                            103
    │   ├── DeltaDamaged             a command that cannot be
    │   └── DeltaExpands             a tiny delta that writes a giant file
    ├── BasisTooShort                the delta needs bytes the basis has not       103
    └── LibrsyncFailed               librsync refused for a reason we did not foresee

Each carries the facts as attributes, says them in one sentence as `str(error)`, and owns the exit
code of the command line. The codes are those of `rs_result` where librsync has one.
Source: librsync.h, enum rs_result.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rdiff_gui.wording import STANDARD_OUTPUT, show_exact_size, show_name, show_size, translate


class RdiffError(Exception):
    """The root of the tree; `str()` is a sentence for the user."""

    exit_code: ClassVar[int] = 100


class Cancelled(RdiffError):
    """The user stopped the work; every file is as it was before."""

    exit_code = 130

    def __str__(self) -> str:
        return translate("Cancelled. Nothing was changed.")


@dataclass(eq=False)
class OptionOutOfRange(RdiffError):
    """An option's value lies outside what is allowed (`allowed`, in words)."""

    exit_code = 108
    option: str
    value: object
    allowed: str

    def __str__(self) -> str:
        return translate("{option} cannot be {value}; allowed: {allowed}.").format(
            option=self.option, value=self.value, allowed=self.allowed
        )


# --- librsync itself ---------------------------------------------------------------------------


class LibraryProblem(RdiffError):
    """librsync cannot be used on this system."""


@dataclass(eq=False)
class LibraryNotFound(LibraryProblem):
    """librsync is nowhere: `tried` lists each place with what happened, `remedy` is a command."""

    tried: tuple[str, ...]
    remedy: str

    def __str__(self) -> str:
        return translate(
            "librsync was not found on this computer. Install it with:  {remedy}\nTried:\n{tried}"
        ).format(remedy=self.remedy, tried="\n".join(f"  {place}" for place in self.tried))


@dataclass(eq=False)
class LibraryUnusable(LibraryProblem):
    """The library at `path` would not load."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return translate("The librsync at “{path}” cannot be used: {reason}").format(
            path=show_name(self.path), reason=self.reason
        )


@dataclass(eq=False)
class LibraryTooOld(LibraryProblem):
    """The library at `path` is older than `required`."""

    path: Path
    version: str
    required: str

    def __str__(self) -> str:
        return translate(
            "The librsync at “{path}” is version {version}; this program needs {required} or newer."
        ).format(path=show_name(self.path), version=self.version, required=self.required)


# --- files -------------------------------------------------------------------------------------


@dataclass(eq=False)
class FileProblem(RdiffError):
    """Something about the file at `path`."""

    path: Path

    @property
    def name(self) -> str:
        """The path, fit for one line."""
        return show_name(self.path)


@dataclass(eq=False)
class SourceMissing(FileProblem):
    """There is no file at `path`, or it went away while it was being read."""

    def __str__(self) -> str:
        return translate(
            "“{name}” was not found. Perhaps it was moved, renamed or deleted."
        ).format(name=self.name)


@dataclass(eq=False)
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


@dataclass(eq=False)
class SourceChanged(FileProblem):
    """The file at `path` changed size or time while it was being read."""

    def __str__(self) -> str:
        return translate(
            "“{name}” was changed by another program while it was being read, so the result would "
            "have been wrong. Try again when nothing is writing to it."
        ).format(name=self.name)


@dataclass(eq=False)
class OutputExists(FileProblem):
    """There is a file at `path` and nobody said to replace it."""

    def __str__(self) -> str:
        return translate(
            "“{name}” exists already and was not replaced. Choose another name, or say that it "
            "may be replaced (--force)."
        ).format(name=self.name)


@dataclass(eq=False)
class OutputIsInput(FileProblem):
    """The output `path` is the very file `source` that is being read."""

    source: Path

    def __str__(self) -> str:
        if self.path == self.source:
            return translate(
                "“{name}” is one of the input files and would be destroyed. "
                "Choose another name for the result."
            ).format(name=self.name)
        return translate(
            "“{name}” is the same file as the input “{source}”, which would be destroyed. "
            "Choose another name for the result."
        ).format(name=self.name, source=show_name(self.source))


@dataclass(eq=False)
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


@dataclass(eq=False)
class DiskFull(FileProblem):
    """No space for the result at `path`; the sizes are None where they are not known."""

    needed_bytes: int | None = None
    free_bytes: int | None = None

    def __str__(self) -> str:
        if self.path == STANDARD_OUTPUT:
            return translate(
                "The disk is full: what was written to standard output is cut off. "
                "Make room or choose another disk."
            )
        if self.needed_bytes is None or self.free_bytes is None:
            return translate(
                "The disk is full: “{name}” could not be written and was not left half done. "
                "Make room or choose another disk."
            ).format(name=self.name)
        return translate(
            "Not enough space for “{name}”: it needs {needed}, {free} are free, {missing} are "
            "missing. Make room or choose another disk."
        ).format(
            name=self.name,
            needed=show_size(self.needed_bytes),
            free=show_size(self.free_bytes),
            missing=show_size(self.needed_bytes - self.free_bytes),
        )


# --- formats -----------------------------------------------------------------------------------


@dataclass(eq=False)
class FormatProblem(FileProblem):
    """The bytes of `path` are not what they should be."""

    exit_code = 106


@dataclass(eq=False)
class NotASignature(FormatProblem):
    """`found` ("ordinary", "delta" or "empty") stands where a signature is due."""

    found: str

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # it depends on what was found
        """As rdiff's, which looks at the lengths in a signature before its magic."""
        return 103 if self.found == "empty" else 106

    def __str__(self) -> str:
        text = {
            "delta": translate(
                "“{name}” is a delta, not a signature. To apply a delta, use the patch step; "
                "here the signature of the old file is needed."
            ),
            "empty": translate(
                "“{name}” is empty, so it is not a signature. Make the signature again, or have "
                "it sent again."
            ),
        }.get(
            self.found,
            translate(
                "“{name}” is an ordinary file, not a signature. If it is the old file, make a "
                "signature of it first."
            ),
        )
        return text.format(name=self.name)


@dataclass(eq=False)
class NotADelta(FormatProblem):
    """`found` ("ordinary", "signature" or "empty") stands where a delta is due."""

    found: str

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # it depends on what was found
        """As rdiff's, to which an empty file is one that ends too early."""
        return 103 if self.found == "empty" else 104

    def __str__(self) -> str:
        text = {
            "signature": translate(
                "“{name}” is a signature, not a delta. A delta is made from this signature and "
                "the new file; whoever has the new file can make it."
            ),
            "empty": translate(
                "“{name}” is empty, so it is not a delta. Make the delta again, or have it sent "
                "again."
            ),
        }.get(
            self.found,
            translate(
                "“{name}” is an ordinary file, not a delta. If it is the new file, make a delta "
                "from it and the old file's signature."
            ),
        )
        return text.format(name=self.name)


@dataclass(eq=False)
class SignatureTruncated(FormatProblem):
    """The signature ends after `size_bytes`, in the middle of a record."""

    exit_code = 103
    size_bytes: int

    def __str__(self) -> str:
        return translate(
            "The signature “{name}” is cut off: it ends in the middle of an entry, after {size}. "
            "Have it sent again."
        ).format(name=self.name, size=show_exact_size(self.size_bytes))


@dataclass(eq=False)
class SignatureDamaged(FormatProblem):
    """A header field (`field`, in words) holds `found`; `allowed` says what could be."""

    field: str
    found: int
    allowed: str

    def __str__(self) -> str:
        return translate(
            "The signature “{name}” is damaged: its {field} is {found} (possible: {allowed}). "
            "Have it sent again."
        ).format(name=self.name, field=self.field, found=self.found, allowed=self.allowed)


@dataclass(eq=False)
class SignatureHostile(FormatProblem):
    """`blocks` different blocks share one weak sum: comparing would take for ever."""

    blocks: int

    def __str__(self) -> str:
        return translate(
            "The signature “{name}” is not usable: more than {blocks} of its different blocks "
            "share one checksum, which no real file causes, and comparing with it would take for "
            "ever. Have a new one made."
        ).format(name=self.name, blocks=self.blocks)


@dataclass(eq=False)
class DeltaTruncated(FormatProblem):
    """The delta ends after `size_bytes`, before its END command."""

    exit_code = 103
    size_bytes: int

    def __str__(self) -> str:
        return translate(
            "The delta “{name}” is cut off: its end is missing after {size}. Have it sent again."
        ).format(name=self.name, size=show_exact_size(self.size_bytes))


@dataclass(eq=False)
class DeltaDamaged(FormatProblem):
    """The command `command` at byte `offset` cannot be; `reason` is one of our own words."""

    offset: int
    command: int
    reason: str

    def __str__(self) -> str:
        return translate(
            "The delta “{name}” is damaged: at byte {offset} {reason}. Have it sent again."
        ).format(name=self.name, offset=self.offset, reason=self.reason)


@dataclass(eq=False)
class DeltaExpands(FormatProblem):
    """A result of `result_bytes` is out of all proportion, or over the limit the user set."""

    exit_code = 108
    result_bytes: int
    limit_bytes: int
    limit_is_users: bool

    def __str__(self) -> str:
        if self.limit_is_users:
            text = translate(
                "The delta “{name}” makes a file of {result}, more than the limit of {limit}."
            )
        else:
            text = translate(
                "The delta “{name}” makes a file of {result}, far more than the old file and the "
                "delta together. If you expect that, allow it with --limit {exact} or --force."
            )
        return text.format(
            name=self.name,
            result=show_exact_size(self.result_bytes),
            limit=show_exact_size(self.limit_bytes),
            exact=self.result_bytes,
        )


@dataclass(eq=False)
class BasisTooShort(FileProblem):
    """The delta `delta` reads the basis up to `needed_bytes`; it has `found_bytes`."""

    exit_code = 103
    delta: Path
    needed_bytes: int
    found_bytes: int

    def __str__(self) -> str:
        return translate(
            "“{name}” is not the old file that the delta “{delta}” was made for: the delta needs "
            "at least {needed}, and the file has {found}. Double check whether you have the right "
            "version, or old and new the wrong way round."
        ).format(
            name=self.name,
            delta=show_name(self.delta),
            needed=show_exact_size(self.needed_bytes),
            found=show_exact_size(self.found_bytes),
        )


@dataclass(eq=False)
class LibrsyncFailed(RdiffError):
    """librsync gave `result` to `function`; `detail` is what it traced while at it."""

    function: str
    result: int
    meaning: str
    detail: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # here it is librsync's own code
        """The rs_result itself, as rdiff exits with it."""
        return self.result

    def __str__(self) -> str:
        return translate("librsync stopped: {meaning}.").format(meaning=self.meaning) + "".join(
            f"\n  {line}" for line in self.detail
        )
