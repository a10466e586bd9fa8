"""What goes wrong with a patch: its basis, its result, and a file that it changes in its place."""

from __future__ import annotations

from pathlib import Path

from rdiff_gui.errors.files import FileProblem
from rdiff_gui.records import record
from rdiff_gui.wording import show_exact_size, show_name, translate, translate_plural

__all__ = [
    "BasisTooShort",
    "ChangePutBack",
    "ChangeUnfinished",
    "JournalNotNamed",
    "JournalUnusable",
    "ResultIncomplete",
    "ResultWrong",
    "SourceInUse",
    "WrongBasis",
]


@record(eq=False)
class WrongBasis(FileProblem):
    """The basis at `path` is not the one that `delta` names: size in bytes, BLAKE3 in hex.

    `found_blake3` is None where the size, or with the right size a sample, already told.
    """

    exit_code = 106
    delta: Path
    expected_name: str | None
    expected_bytes: int
    found_bytes: int
    expected_blake3: str
    found_blake3: str | None

    def __str__(self) -> str:
        same_size = self.expected_bytes == self.found_bytes
        if self.expected_name and same_size:
            made_for = translate(
                "It was made for “{expected_name}” of {expected} with the checksum "
                "{expected_hash}…."
            )
        elif self.expected_name:
            made_for = translate("It was made for “{expected_name}” of {expected}.")
        elif same_size:
            made_for = translate(
                "It was made for a file of {expected} with the checksum {expected_hash}…."
            )
        else:
            made_for = translate("It was made for a file of {expected}.")
        if not same_size:
            but_is = translate("This file has {found}.")
        elif self.found_blake3 is None:
            but_is = translate("This file has other content.")
        else:
            but_is = translate("This file has the checksum {found_hash}….")
        return translate(
            "“{name}” is not the file that the delta “{delta}” is for. {made_for} {but_is} Double "
            "check whether you have the right version, or old and new the wrong way round."
        ).format(
            name=self.name,
            delta=show_name(self.delta),
            made_for=made_for.format(
                expected_name=show_name(self.expected_name or ""),
                expected=show_exact_size(self.expected_bytes),
                expected_hash=self.expected_blake3[:8],
            ),
            but_is=but_is.format(
                found=show_exact_size(self.found_bytes), found_hash=(self.found_blake3 or "")[:8]
            ),
        )


@record(eq=False)
class ResultWrong(FileProblem):
    """What `delta` made is not what its seal says: BLAKE3 in hex; nothing was kept."""

    exit_code = 106
    delta: Path
    expected_blake3: str
    found_blake3: str

    def __str__(self) -> str:
        return translate(
            "The result “{name}” came out wrong and was not kept: its checksum is {found}…, and "
            "the delta “{delta}” was made for {expected}…. Check the disk and the memory of this "
            "computer, and try again; or have the delta made with longer strong sums, if they "
            "were short."
        ).format(
            name=self.name,
            delta=show_name(self.delta),
            found=self.found_blake3[:8],
            expected=self.expected_blake3[:8],
        )


@record(eq=False)
class ResultIncomplete(FileProblem):
    """What came out has `found_bytes`, and the commands of `delta` make `expected_bytes`."""

    exit_code = 106
    delta: Path
    expected_bytes: int
    found_bytes: int

    def __str__(self) -> str:
        return translate(
            "The result “{name}” came out with {found} and was not kept: the delta “{delta}” makes "
            "{expected}. Check the disk and the memory of this computer, and try again."
        ).format(
            name=self.name,
            delta=show_name(self.delta),
            found=show_exact_size(self.found_bytes),
            expected=show_exact_size(self.expected_bytes),
        )


@record(eq=False)
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


@record(eq=False)
class SourceInUse(FileProblem):
    """`path` is not to be changed in its place: others would see it half changed.

    It has so many `links`; with one, another program has it open to write.
    """

    links: int

    def __str__(self) -> str:
        if self.links > 1:
            text = translate_plural(
                "“{name}” has {links} name (hard links), and would change under all of them. "
                "Patch it without --changes-only, or insist with --force.",
                "“{name}” has {links} names (hard links), and would change under all of them. "
                "Patch it without --changes-only, or insist with --force.",
                self.links,
            )
        else:
            text = translate(
                "“{name}” seems to be open in another program that writes into it. Close that "
                "first, or patch the file without --changes-only, or insist with --force."
            )
        return text.format(name=self.name, links=self.links)


@record(eq=False)
class ChangeUnfinished(FileProblem):
    """`path` stands half changed under the name `changing`; `journal` leads back.

    `reason` is why that could not be done; None where it was not tried.
    """

    changing: Path
    journal: Path
    reason: str | None = None

    def __str__(self) -> str:
        names = {
            "name": self.name,
            "changing": show_name(self.changing.name),
            "journal": show_name(self.journal.name),
            "reason": self.reason,
        }
        if self.reason is None:
            return translate(
                "“{name}” stands half changed as “{changing}”: a change of it is at work, or was "
                "interrupted. Then “rdiff-gui recover” puts the old file back."
            ).format(**names)
        return translate(
            "“{name}” stands half changed as “{changing}”, and could not be put back: {reason}. "
            "Keep it and “{journal}”, and try “rdiff-gui recover”."
        ).format(**names)


@record(eq=False)
class ChangePutBack(FileProblem):
    """An earlier change of `path` was interrupted, and is settled now. A remark, never raised.

    `undo` is where its journal went, which leads back, where the change had been complete.
    """

    undo: Path | None

    def __str__(self) -> str:
        if self.undo is None:
            return translate(
                "An earlier change of “{name}” was interrupted; the old file was put back first."
            ).format(name=self.name)
        return translate(
            "An earlier change of “{name}” was interrupted when it was complete; the delta that "
            "leads back from it is “{undo}”."
        ).format(name=self.name, undo=show_name(self.undo))


@record(eq=False)
class JournalNotNamed(FileProblem):
    """A journal was to become the undo delta `path`, and is still called `kept`. A remark."""

    kept: Path
    reason: str

    def __str__(self) -> str:
        return translate(
            "The undo delta could not get its name, “{name}” ({reason}); what leads back is "
            "“{kept}”."
        ).format(name=self.name, reason=self.reason, kept=show_name(self.kept))


@record(eq=False)
class JournalUnusable(FileProblem):
    """`path` is called like a journal that leads back to `file`, which is whole; it is none."""

    file: Path
    reason: str

    def __str__(self) -> str:
        return translate(
            "“{name}” is called like the journal of a change of “{file}”, and is none that can be "
            "used ({reason}). “{file}” itself is whole. Give “{name}” another name, or remove it."
        ).format(name=self.name, file=show_name(self.file), reason=self.reason)
