"""What happens to files between choosing them and the work, and how that must end."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rdiff_gui.engine import (
    DeltaFacts,
    inspect,
)
from rdiff_gui.errors import (
    BasisTooShort,
    CompressionDamaged,
    ContentDamaged,
    DeltaDamaged,
    DeltaExpands,
    DeltaTruncated,
    NotADelta,
    NotASignature,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
    RdiffError,
    ResultWrong,
    SealDamaged,
    SealTooNew,
    SignatureDamaged,
    SignatureHostile,
    SignatureTruncated,
    SourceMissing,
    SourceUnreadable,
    WrongBasis,
)
from rdiff_gui.formats.seal import FOOTER, Identity, pack, pack_footer
from rdiff_gui.ui import Page

from .failing import NEW, OLD

# Two hundred times the same 50 000 bytes of the old file.
BOMB = bytes.fromhex("4600c350") * 200 + b"\0"


def overwrite(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """A fault: the file of that name gets other content after it was chosen."""

    def spoil(folder: Path) -> None:
        path = folder / name
        path.write_bytes(change(path.read_bytes()))

    return spoil


def a_folder_instead_of(name: str) -> Callable[[Path], None]:
    """A fault: a folder stands where the file was."""

    def spoil(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return spoil


def flip(offset: int) -> Callable[[bytes], bytes]:
    """One bit turned over."""

    def change(content: bytes) -> bytes:
        damaged = bytearray(content)
        damaged[offset] ^= 1
        return bytes(damaged)

    return change


def garble(content: bytes) -> bytes:
    """A delta's new data is no longer what it was."""
    assert content.count(b"thing") == 1
    return content.replace(b"thing", b"THING")


def newer_seal(content: bytes) -> bytes:
    """The seal of a version that is still to come."""
    payload = content[content.index(b'{"kind"') : -FOOTER.size]
    return content[: -FOOTER.size] + pack_footer(payload, version=2)


def twins(_content: bytes) -> bytes:
    """A signature made to make the comparison crawl."""
    records = (struct.pack(">I32x", 7)[:-4] + struct.pack(">I", number) for number in range(40_000))
    return bytes.fromhex("727301470000080000000020") + b"".join(records)


def lie_about_result(folder: Path) -> None:
    """The delta's seal promises another file than the delta makes."""
    path = folder / "sealed delta"
    facts = inspect(path)
    assert isinstance(facts, DeltaFacts)
    assert facts.seal is not None
    body = path.read_bytes()[: -len(pack(facts.seal))]
    path.write_bytes(body + pack(replace(facts.seal, result=Identity(len(NEW), "0" * 64))))


@dataclass(frozen=True)
class Job:
    """A page, and the files that are chosen on it."""

    page: Page
    inputs: tuple[str, ...]


SIGN = Job(Page.SIGNATURE, ("old",))
COMPARE = Job(Page.DELTA, ("sig", "new"))
COMPARE_SEALED = Job(Page.DELTA, ("sealed sig", "new"))
PATCH = Job(Page.PATCH, ("delta", "old"))
PATCH_SEALED = Job(Page.PATCH, ("sealed delta", "old"))
PATCH_PACKED = Job(Page.PATCH, ("packed delta", "old"))

# What happens to the files between choosing and pressing the button, and how that ends.
FAULTS: list[tuple[Job, type[RdiffError], Callable[[Path], None]]] = [
    (SIGN, SourceMissing, lambda folder: (folder / "old").unlink()),
    (SIGN, SourceUnreadable, a_folder_instead_of("old")),
    (SIGN, OutputExists, lambda folder: (folder / "old.rsig").touch()),
    (SIGN, OutputIsInput, lambda folder: (folder / "old.rsig").hardlink_to(folder / "old")),
    (SIGN, OutputUnwritable, a_folder_instead_of("old.rsig")),
    (COMPARE, NotASignature, overwrite("sig", lambda _sums: OLD)),
    (COMPARE, NotASignature, overwrite("sig", lambda _sums: b"")),
    (COMPARE, SignatureTruncated, overwrite("sig", lambda sums: sums[:-5])),
    (COMPARE, SignatureDamaged, overwrite("sig", lambda sums: sums[:4] + bytes(4) + sums[8:])),
    (COMPARE, SignatureHostile, overwrite("sig", twins)),
    (COMPARE_SEALED, ContentDamaged, overwrite("sealed sig", flip(30))),
    (COMPARE_SEALED, SealDamaged, overwrite("sealed sig", flip(-15))),
    (COMPARE_SEALED, SealTooNew, overwrite("sealed sig", newer_seal)),
    (PATCH, NotADelta, overwrite("delta", lambda _delta: OLD)),
    (PATCH, DeltaTruncated, overwrite("delta", lambda delta: delta[:-9])),
    (PATCH, DeltaDamaged, overwrite("delta", lambda delta: delta[:4] + b"\x55\0")),
    (PATCH, DeltaExpands, overwrite("delta", lambda delta: delta[:4] + BOMB)),
    (PATCH, BasisTooShort, overwrite("old", lambda old: old[:1000])),
    (PATCH_SEALED, WrongBasis, overwrite("old", flip(0))),
    (PATCH_SEALED, ContentDamaged, overwrite("sealed delta", garble)),
    (PATCH_SEALED, ResultWrong, lie_about_result),
    (PATCH_PACKED, CompressionDamaged, overwrite("packed delta", lambda delta: delta[:40])),
]  # fmt: skip
