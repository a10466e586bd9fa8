"""Seals on and off: what is known of a file goes in, what a file says of itself comes out."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from rdiff_gui import __version__
from rdiff_gui.engine.blake3_hash import Hasher, hash_sample
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import PatchOptions, Sealing
from rdiff_gui.errors import ContentDamaged, SealDamaged
from rdiff_gui.formats.magic import (
    SEALED_KINDS,
    TAR_HEADER_BYTES,
    Kind,
    Packing,
    recognize,
    recognize_packing,
)
from rdiff_gui.formats.seal import Identity, Seal, find_seal, read_seal, refuse_remains
from rdiff_gui.records import record
from rdiff_gui.wording import translate

PROGRAM = f"rdiff-gui {__version__}"


@record(frozen=True)
class Unwrapped:
    """A signature or delta without what was put around it.

    `content` is the plain librsync file (or whatever else was given, for the caller to refuse);
    `kind` is what it is by its first bytes; `compressed` tells whether it came in a zstd frame,
    `packing` how an ordinary file is packed. `unread` tells that it holds more than was to be read:
    then `content` is still packed.
    """

    content: Input
    kind: Kind
    seal: Seal | None
    compressed: bool
    packing: Packing | None = None
    unread: bool = False

    @property
    def found(self) -> str:
        """What stands here where something else was due."""
        return str(self.packing or self.kind)

    def check_body(self, found_blake3: str) -> None:
        """Compare the content's hash with the seal's. Raises: ContentDamaged."""
        if self.seal and self.seal.body.blake3 != found_blake3:
            raise ContentDamaged(
                self.content.path, str(self.kind), self.seal.body.blake3, found_blake3
            )


@contextlib.contextmanager
def unwrap(
    source: Input,
    run: Run,
    options: PatchOptions = PatchOptions(),  # noqa: B008  # frozen
    *,
    read_bytes_most: int | None = None,
    announce: Callable[[Seal], None] = lambda _seal: None,
) -> Iterator[Unwrapped]:
    """Take seal and compression off a measured source; by content, never by name.

    The limit of `options` bounds what is unpacked. Without one, and without a seal, its
    `allow_expansion` takes a frame however far it unpacks. With its `allow_trailing`, a seal behind
    a delta's END that is damaged counts as none. A frame of more than `read_bytes_most` is left
    unread. `announce` gets the seal of a frame before that is unpacked.

    Raises: SealTooNew, SealDamaged, CompressionDamaged, CompressionForeign, DeltaExpands, DiskFull,
    OutputUnwritable, SourceUnreadable, Cancelled.
    """
    recognized = recognize_content(source)
    kind = recognized.kind
    if kind not in SEALED_KINDS:
        yield Unwrapped(source, kind, None, compressed=False, packing=recognized.packing)
        return
    if not recognized.compressed:
        seal = _take_off_seal(source, kind, options)
        _check_length(source, seal)
        yield Unwrapped(source, kind, seal, compressed=False)
        return
    # Loads zstd, which only what is compressed should wait for.
    from rdiff_gui.engine.compression import unpack

    # What is left of one that was cut is found when unpacking.
    seal = _cut_off(source, kind, compressed=True)
    sealed_bytes = seal.body.size_bytes if seal else None
    if seal:
        announce(seal)
    unpacked = unpack(
        source, run, options, sealed_bytes=sealed_bytes, read_bytes_most=read_bytes_most
    )
    if unpacked is None:
        yield Unwrapped(source, kind, seal, compressed=True, unread=True)
        return
    with unpacked as content:
        # Whoever compresses a sealed file by other means has its seal inside.
        seal = seal or _take_off_seal(content, kind, options)
        _check_length(content, seal)
        yield Unwrapped(content, kind, seal, compressed=True)


def _take_off_seal(source: Input, kind: Kind, options: PatchOptions) -> Seal | None:
    """Read the seal of a measured source, and leave the source without it."""
    try:
        seal = _cut_off(source, kind, compressed=False)
    except SealDamaged:
        if options.allow_trailing and kind in (Kind.DELTA, Kind.TREE_DELTA):
            return None
        raise
    if seal is None and kind is Kind.SIGNATURE:
        # Behind a delta they are found when its commands have been read.
        refuse_remains(source.path, source.bytes_at, source.size_bytes or 0)
    return seal


def _cut_off(source: Input, kind: Kind, *, compressed: bool) -> Seal | None:
    size_bytes = source.size_bytes or 0
    place = find_seal(source.path, source.bytes_at, size_bytes, compressed=compressed)
    if place is None:
        return None
    seal = read_seal(source.path, source.bytes_at, place, kind)
    source.clip(place.body_end)
    return seal


@record(frozen=True)
class Recognized:
    """What a file is by its first bytes: the `kind` is that of what a zstd frame holds.

    `packing` tells how an ordinary file is packed, None where it is not, as far as is known.
    """

    kind: Kind
    compressed: bool = False
    packing: Packing | None = None


def recognize_content(source: Input) -> Recognized:
    """What a measured source is.

    Raises: SourceUnreadable.
    """
    head = source.bytes_at(0, TAR_HEADER_BYTES)
    kind = recognize(head)
    if kind is Kind.ORDINARY:
        return Recognized(kind, packing=recognize_packing(head))
    if kind is not Kind.COMPRESSED:
        return Recognized(kind)
    from rdiff_gui.engine.compression import peek

    inside = peek(source, TAR_HEADER_BYTES)
    if isinstance(inside, Packing):
        return Recognized(Kind.ORDINARY, packing=inside)
    inner = recognize(inside)
    if inner in SEALED_KINDS:
        return Recognized(inner, compressed=True)
    return Recognized(Kind.ORDINARY, packing=Packing.ZSTD)


def _check_length(content: Input, seal: Seal | None) -> None:
    if seal and content.size_bytes != seal.body.size_bytes:
        raise SealDamaged(content.path, translate("its lengths do not match the file"))


def identify(source: Input, hasher: Hasher, sealing: Sealing, *, sampled: bool = False) -> Identity:
    """What a seal says of a file that `hasher` has taken in whole; of a basis, `sampled` as well.

    Raises: SourceUnreadable.
    """
    name = source.own_name if sealing is Sealing.FULL else None
    sample = hash_sample(source) if sampled else None
    return Identity(hasher.size_bytes, hasher.hexdigest(), name, sample)


def make_seal(
    kind: Kind,
    body: Identity,
    sealing: Sealing,
    basis: Identity | None,
    *,
    signature_blake3: str | None = None,
    result: Identity | None = None,
) -> Seal:
    """A seal of this program and this moment; a name that came with the basis obeys `sealing`."""
    if basis and sealing is Sealing.NAMELESS:
        basis = basis.nameless()
    created = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    return Seal(kind, body, PROGRAM, created, basis, signature_blake3, result)
