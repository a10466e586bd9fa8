"""What is wrong with the bytes of a signature or a delta."""

from __future__ import annotations

from rdiff_gui.errors.files import FileProblem
from rdiff_gui.records import record
from rdiff_gui.wording import show_exact_size, translate

__all__ = [
    "CompressionDamaged",
    "CompressionForeign",
    "ContentDamaged",
    "DeltaDamaged",
    "DeltaExpands",
    "DeltaTrailing",
    "DeltaTruncated",
    "FormatProblem",
    "NotADelta",
    "NotASignature",
    "SealDamaged",
    "SealTooNew",
    "SignatureDamaged",
    "SignatureHostile",
    "SignatureTruncated",
    "SumsTooShort",
]


@record(eq=False)
class FormatProblem(FileProblem):
    """The bytes of `path` are not what they should be."""

    exit_code = 106


def _unpacking(found: str) -> tuple[str, str] | None:
    """How a file is packed that this program does not unpack, and what unpacks it."""
    return {
        "gzip": ("gzip", "gunzip"),
        "xz": ("xz", "unxz"),
        "bzip2": ("bzip2", "bunzip2"),
        "zstd window": (translate("zstd, to be unpacked with much memory"), "zstd -d --long=31"),
        "zstd dictionary": (translate("zstd and a dictionary"), "zstd -d -D DICTIONARY"),
    }.get(found)


@record(eq=False)
class NotASignature(FormatProblem):
    """`found` stands where a signature is due.

    It is "ordinary", "delta" or "empty", or how an ordinary file is packed (formats.magic).
    """

    found: str

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # it depends on what was found
        """As rdiff's, which looks at the lengths in a signature before its magic."""
        return 103 if self.found == "empty" else 106

    def __str__(self) -> str:
        if unpacking := _unpacking(self.found):
            return translate(
                "“{name}” is packed with {packing}. If a signature is in it, unpack it first with "
                "“{command}”; if it is the old file, make a signature of it first."
            ).format(name=self.name, packing=unpacking[0], command=unpacking[1])
        text = {
            "zstd": translate(
                "“{name}” is packed with zstd, and what is in it is not a signature, or damaged. "
                "“zstd -d” unpacks it; if it is the old file, make a signature of it first."
            ),
            "delta": translate(
                "“{name}” is a delta, not a signature. To apply a delta, use the patch step; "
                "here the signature of the old file is needed."
            ),
            "tree-signature": translate(
                "“{name}” is the signature of a folder, and goes with a new folder, not with a "
                "file."
            ),
            "tree-delta": translate(
                "“{name}” is the delta of a folder, not a signature. “patch” applies it to the old "
                "folder."
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


@record(eq=False)
class NotADelta(FormatProblem):
    """`found` stands where a delta is due.

    It is "ordinary", "signature" or "empty", or how an ordinary file is packed (formats.magic).
    """

    found: str

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # it depends on what was found
        """As rdiff's, to which an empty file is one that ends too early."""
        return 103 if self.found == "empty" else 104

    def __str__(self) -> str:
        if unpacking := _unpacking(self.found):
            return translate(
                "“{name}” is packed with {packing}. If a delta is in it, unpack it first with "
                "“{command}”; if it is the new file, make a delta from it and the old file's "
                "signature."
            ).format(name=self.name, packing=unpacking[0], command=unpacking[1])
        text = {
            "zstd": translate(
                "“{name}” is packed with zstd, and what is in it is not a delta, or damaged. "
                "“zstd -d” unpacks it; if it is the new file, make a delta from it and the old "
                "file's signature."
            ),
            "signature": translate(
                "“{name}” is a signature, not a delta. A delta is made from this signature and "
                "the new file; whoever has the new file can make it."
            ),
            "tree-delta": translate(
                "“{name}” is the delta of a folder, and goes with the old folder, not with a file."
            ),
            "tree-signature": translate(
                "“{name}” is the signature of a folder, not a delta. A delta is made from it and "
                "the new folder."
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


@record(eq=False)
class SignatureTruncated(FormatProblem):
    """The signature ends after `size_bytes`, in the middle of a record."""

    exit_code = 103
    size_bytes: int

    def __str__(self) -> str:
        return translate(
            "The signature “{name}” is cut off: it ends in the middle of an entry, after {size}. "
            "Have it sent again."
        ).format(name=self.name, size=show_exact_size(self.size_bytes))


@record(eq=False)
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


@record(eq=False)
class SignatureHostile(FormatProblem):
    """`blocks` different blocks share one weak sum: comparing would take for ever."""

    blocks: int

    def __str__(self) -> str:
        return translate(
            "The signature “{name}” is not usable: more than {blocks} of its different blocks "
            "share one checksum, which no real file causes, and comparing with it would take for "
            "ever. Have a new one made."
        ).format(name=self.name, blocks=self.blocks)


@record(eq=False)
class SumsTooShort(FormatProblem):
    """The strong sums of `path` may take a block for another one. A remark, never raised."""

    strong_bytes: int
    least_bytes: int

    def __str__(self) -> str:
        return translate(
            "The strong sums of “{name}” are too short to be trusted: {size} each, where {least} "
            "or more are due. A wrong block may pass for the right one, and the delta then makes "
            "a wrong file. With a seal, patch refuses it; without one, compare it yourself."
        ).format(
            name=self.name,
            size=show_exact_size(self.strong_bytes),
            least=show_exact_size(self.least_bytes),
        )


@record(eq=False)
class DeltaTruncated(FormatProblem):
    """The delta ends after `size_bytes`, before its END command."""

    exit_code = 103
    size_bytes: int

    def __str__(self) -> str:
        return translate(
            "The delta “{name}” is cut off: its end is missing after {size}. Have it sent again."
        ).format(name=self.name, size=show_exact_size(self.size_bytes))


@record(eq=False)
class DeltaDamaged(FormatProblem):
    """The command `command` at byte `offset` cannot be; `reason` is one of our own words."""

    offset: int
    command: int
    reason: str

    def __str__(self) -> str:
        return translate(
            "The delta “{name}” is damaged: at byte {offset} {reason}. Have it sent again."
        ).format(name=self.name, offset=self.offset, reason=self.reason)


@record(eq=False)
class DeltaTrailing(FormatProblem):
    """`trailing_bytes` from byte `offset` on, behind the delta's END, are no valid seal."""

    offset: int
    trailing_bytes: int

    def __str__(self) -> str:
        return translate(
            "The delta “{name}” goes on behind its end, at byte {offset}, with {size} that are no "
            "seal. Have it sent again; if they belong there, allow them with --allow-trailing."
        ).format(name=self.name, offset=self.offset, size=show_exact_size(self.trailing_bytes))


@record(eq=False)
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


@record(eq=False)
class ContentDamaged(FormatProblem):
    """The librsync file in `path` has not the checksum that its seal says (BLAKE3, in hex)."""

    kind: str
    expected: str
    found: str

    def __str__(self) -> str:
        text = (
            translate(
                "The delta “{name}” was damaged on the way: its checksum is {found}…, and it was "
                "made with {expected}…. Have it sent again."
            )
            if self.kind in ("delta", "tree-delta")
            else translate(
                "The signature “{name}” was damaged on the way: its checksum is {found}…, and it "
                "was made with {expected}…. Have it sent again."
            )
        )
        return text.format(name=self.name, found=self.found[:8], expected=self.expected[:8])


@record(eq=False)
class CompressionDamaged(FormatProblem):
    """The zstd frame of `path` cannot be unpacked."""

    reason: str

    def __str__(self) -> str:
        return translate(
            "“{name}” was damaged on the way: it cannot be unpacked ({reason}). Have it sent again."
        ).format(name=self.name, reason=self.reason)


@record(eq=False)
class CompressionForeign(FormatProblem):
    """A later zstd frame of `path` is one that is not unpacked here: `packing` tells why."""

    packing: str

    def __str__(self) -> str:
        packing, command = _unpacking(self.packing) or (self.packing, "zstd -d")
        return translate(
            "“{name}” is packed with {packing}. Unpack it first with “{command}”."
        ).format(name=self.name, packing=packing, command=command)


@record(eq=False)
class SealDamaged(FormatProblem):
    """The seal at the end of `path` cannot be read; `reason` is one of our own words."""

    reason: str

    def __str__(self) -> str:
        return translate(
            "“{name}” was damaged on the way: the seal at its end cannot be trusted, {reason}. "
            "Have it sent again."
        ).format(name=self.name, reason=self.reason)


@record(eq=False)
class SealTooNew(FormatProblem):
    """The seal of `path` is of `version`; this program knows up to `known`."""

    exit_code = 105
    version: int
    known: int

    def __str__(self) -> str:
        return translate(
            "“{name}” was made by a newer version of this program (seal version {version}, known "
            "here up to {known}). Update this program, or ask for the file without a seal."
        ).format(name=self.name, version=self.version, known=self.known)
