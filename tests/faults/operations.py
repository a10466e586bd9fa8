"""What is done to the program's files: every operation that a fault may strike.

The inputs of an operation lie in `in`, its results in `out`, so that a folder of results can be
renamed, filled up or taken away by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ..fuzzing.reference import Unreadable
from .materials import Materials, opened, rebuilt

# Contents by path; `-` is standard input.
Contents = Mapping[str, bytes]
IsRight = Callable[[bytes, Contents, Materials], bool]

STDIN = STDOUT = "-"


@dataclass(frozen=True)
class Target:
    """A result: where it goes, what stood there before, and whether a content is right.

    `is_right` is asked with the inputs' contents, since those may change while they are read.
    """

    path: str
    is_right: IsRight
    before: str | None = None


@dataclass(frozen=True)
class Operation:
    """One command line, over files whose contents are named.

    `row` is what the table calls it. The first target is the result, the second its undo delta.
    A `poor` one has its files on a disk without links, nameless files and attributes.
    """

    name: str
    row: str
    words: tuple[str, ...]
    inputs: Mapping[str, str]
    targets: tuple[Target, ...] = ()
    bystanders: Mapping[str, str] = field(default_factory=dict)
    in_place: bool = False
    keeps_backup: bool = False
    poor: bool = False

    @property
    def given(self) -> str | None:
        """The name of what comes on standard input."""
        return self.inputs.get(STDIN)


def _is_signature_of(path: str) -> IsRight:
    def is_right(content: bytes, inputs: Contents, materials: Materials) -> bool:
        try:
            return opened(content) == materials.signature_of(inputs[path], piped=path == STDIN)
        except Unreadable:
            return False

    return is_right


def _is_delta(new: str, old: str | None = None) -> IsRight:
    """A delta to `new` from `old`, or where that was only a signature, from what that is of."""

    def is_right(content: bytes, inputs: Contents, materials: Materials) -> bool:
        bases = (inputs[old],) if old else materials.known_bases
        return any(rebuilt(basis, content) == inputs[new] for basis in bases)

    return is_right


def _is_sealed_result(delta: str, old: str) -> IsRight:
    """What a delta makes of the one basis that its seal names."""

    def is_right(content: bytes, inputs: Contents, materials: Materials) -> bool:
        return content == rebuilt(materials[old], inputs[delta])

    return is_right


def _is_undo(delta: str, old: str) -> IsRight:
    """The delta from what another one makes of a basis back to that."""

    def is_right(content: bytes, inputs: Contents, materials: Materials) -> bool:
        made = rebuilt(materials[old], inputs[delta])
        return made is not None and rebuilt(made, content) == materials[old]

    return is_right


def _is_made_by(basis: str, delta: str) -> IsRight:
    """The result of a delta without a seal, whatever the two were when they were read."""

    def is_right(content: bytes, inputs: Contents, _materials: Materials) -> bool:
        return content == rebuilt(inputs[basis], inputs[delta])

    return is_right


OLD, NEW, SIGNATURE, DELTA = "in/old", "in/new", "in/signature", "in/delta"
MADE, UNDO = "out/made", "out/undo"
# Names that the program might take for its own. They are not.
OTHERS = {"out/made.old": "precious", "out/.made.rdiff-part": "precious", "out/other": "precious"}
BASIS = "out/old"
_CHANGES_ONLY = ("patch", "--in-place", "--changes-only")

_RICH = (
    Operation(
        *("signature", "signature", ("signature", OLD, MADE), {OLD: "old"}),
        (Target(MADE, _is_signature_of(OLD)),),
    ),
    Operation(
        *("signature-over", "signature", ("--force", "signature", OLD, MADE), {OLD: "old"}),
        (Target(MADE, _is_signature_of(OLD), "precious"),),
        OTHERS,
    ),
    Operation(
        *("signature-large", "signature", ("signature", OLD, MADE), {OLD: "large old"}),
        (Target(MADE, _is_signature_of(OLD)),),
    ),
    Operation(
        *("signature-pipes", "signature", ("signature",), {STDIN: "old"}),
        (Target(STDOUT, _is_signature_of(STDIN)),),
    ),
    Operation(
        *("delta", "delta", ("delta", SIGNATURE, NEW, MADE)),
        {SIGNATURE: "signature", NEW: "new"},
        (Target(MADE, _is_delta(NEW)),),
    ),
    Operation(
        *("delta-compressed", "delta", ("--force", "--compress", "delta", SIGNATURE, NEW, MADE)),
        {SIGNATURE: "plain signature", NEW: "new"},
        (Target(MADE, _is_delta(NEW), "precious"),),
        OTHERS,
    ),
    Operation(
        *("delta-pipes", "delta", ("delta", SIGNATURE)),
        {SIGNATURE: "signature", STDIN: "new"},
        (Target(STDOUT, _is_delta(STDIN)),),
    ),
    Operation(
        *("diff", "diff", ("diff", OLD, NEW, MADE), {OLD: "old", NEW: "new"}),
        (Target(MADE, _is_delta(NEW, OLD)),),
    ),
    Operation(
        *("diff-large", "diff", ("diff", OLD, NEW, MADE), {OLD: "large old", NEW: "large new"}),
        (Target(MADE, _is_delta(NEW, OLD)),),
    ),
    Operation(
        *("patch", "patch", ("patch", OLD, DELTA, MADE), {OLD: "old", DELTA: "delta"}),
        (Target(MADE, _is_sealed_result(DELTA, "old")),),
    ),
    Operation(
        *("patch-over", "patch", ("--force", "patch", OLD, DELTA, MADE)),
        {OLD: "old", DELTA: "plain delta"},
        (Target(MADE, _is_made_by(OLD, DELTA), "precious"),),
        OTHERS,
    ),
    Operation(
        *("patch-large", "patch", ("patch", OLD, DELTA, MADE)),
        {OLD: "large old", DELTA: "large delta"},
        (Target(MADE, _is_sealed_result(DELTA, "large old")),),
    ),
    Operation(
        *("patch-pipes", "patch", ("patch", OLD), {OLD: "old", STDIN: "compressed delta"}),
        (Target(STDOUT, _is_sealed_result(STDIN, "old")),),
    ),
    Operation(
        *("undo", "patch with undo", ("patch", "--undo", UNDO, OLD, DELTA, MADE)),
        {OLD: "old", DELTA: "compressed delta"},
        (Target(MADE, _is_sealed_result(DELTA, "old")), Target(UNDO, _is_undo(DELTA, "old"))),
    ),
    Operation(
        *("undo-over", "patch with undo", ("--force", "patch", "--undo", UNDO, OLD, DELTA, MADE)),
        {OLD: "old", DELTA: "delta"},
        (
            Target(MADE, _is_sealed_result(DELTA, "old"), "precious"),
            Target(UNDO, _is_undo(DELTA, "old"), "precious"),
        ),
        OTHERS,
    ),
    Operation(
        *("in-place", "in place", ("patch", "--in-place", BASIS, DELTA)),
        {BASIS: "old", DELTA: "delta"},
        (Target(BASIS, _is_sealed_result(DELTA, "old"), "old"),),
        {"out/.old.rdiff-part": "precious"},
        in_place=True,
        keeps_backup=True,
    ),
    Operation(
        *("in-place-bare", "in place", ("patch", "--in-place", "--no-backup", BASIS, DELTA)),
        {BASIS: "old", DELTA: "compressed delta"},
        (Target(BASIS, _is_sealed_result(DELTA, "old"), "old"),),
        {"out/old.old": "precious"},
        in_place=True,
    ),
    Operation(
        *("in-place-large", "in place", ("patch", "--in-place", BASIS, DELTA)),
        {BASIS: "large old", DELTA: "large delta"},
        (Target(BASIS, _is_sealed_result(DELTA, "large old"), "large old"),),
        in_place=True,
        keeps_backup=True,
    ),
    Operation(
        *("in-place-undo", "in place", ("patch", "--in-place", "--undo", UNDO, BASIS, DELTA)),
        {BASIS: "old", DELTA: "delta"},
        (
            Target(BASIS, _is_sealed_result(DELTA, "old"), "old"),
            Target(UNDO, _is_undo(DELTA, "old")),
        ),
        in_place=True,
        keeps_backup=True,
    ),
    Operation(
        *("in-place-changes", "changed itself", (*_CHANGES_ONLY, "--no-backup", BASIS, DELTA)),
        {BASIS: "large old", DELTA: "close delta"},
        (Target(BASIS, _is_sealed_result(DELTA, "large old"), "large old"),),
        {"out/old.old": "precious", "out/old.undo.rdelta": "precious"},
        in_place=True,
    ),
    Operation(
        *(
            "in-place-changes-undo",
            "changed itself",
            (*_CHANGES_ONLY, "--no-backup", "--undo", UNDO, BASIS, DELTA),
        ),
        {BASIS: "large old", DELTA: "close delta"},
        (
            Target(BASIS, _is_sealed_result(DELTA, "large old"), "large old"),
            Target(UNDO, _is_undo(DELTA, "large old")),
        ),
        in_place=True,
    ),
    Operation("verify", "verify", ("verify", OLD, DELTA), {OLD: "old", DELTA: "delta"}),
    Operation(
        *("verify-compressed", "verify", ("verify", OLD, DELTA)),
        {OLD: "old", DELTA: "compressed delta"},
    ),
)
ALL = (
    *_RICH,
    *(
        replace(operation, name=f"{operation.name}-poor", poor=True)
        for operation in _RICH
        if operation.name
        in ("signature", "undo-over", "in-place", "in-place-bare", "in-place-changes")
    ),
)
BY_NAME = {operation.name: operation for operation in ALL}
