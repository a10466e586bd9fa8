"""Writes the tar of a tree: member after member, into what compresses and seals it."""

from __future__ import annotations

from rdiff_gui.engine.blake3_hash import Hasher, hash_bytes
from rdiff_gui.engine.delta_writer import DeltaOutput
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Sealing
from rdiff_gui.errors import SourceChanged
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity
from rdiff_gui.formats.tree_manifest import Side, count_bytes, hash_side
from rdiff_gui.formats.tree_tar import Member, pack_beginning, pack_end, pack_member, padding

_COPIED_BYTES = 2**20


class TreeWriter:
    """One tar on its way into `output`."""

    def __init__(self, output: DeltaOutput, kind: Kind) -> None:
        self._output = output
        self._kind = kind

    def begin(self, manifest: bytes | None, *, alone: bool = False) -> None:
        """Write the manifest, if there is one; `alone`: rdiffdir must not take what follows.

        Raises: what the output raises.
        """
        digest = hash_bytes(manifest) if manifest else ""
        beginning = pack_beginning(self._kind, manifest, digest, first=alone)
        self._output.write(memoryview(beginning))

    def add(self, member: Member, body: Input, run: Run, blake3: str | None = None) -> int:
        """Write a member with all of a measured source; how long that was.

        With `blake3`, the source must be what has that hash.

        Raises: SourceUnreadable, SourceChanged, Cancelled, what the output raises.
        """
        size_bytes = body.size_bytes or 0
        self._output.write(memoryview(pack_member(self._kind, member, size_bytes)))
        hasher = None
        if blake3:
            hasher = Hasher(run.resources.threads, alone_bytes=size_bytes)
        buffer = memoryview(bytearray(min(size_bytes, _COPIED_BYTES)))
        position = 0
        while position < size_bytes:
            data = buffer[: body.read_at(buffer, position)]
            self._output.write(data)
            if hasher:
                hasher.update(data)
                run.advance(len(data))
            position += len(data)
        if hasher and not hasher.hexdigest().startswith(blake3 or ""):
            raise SourceChanged(body.path)
        if fill := padding(size_bytes):
            self._output.write(memoryview(fill))
        return size_bytes

    def end(
        self, basis: Identity | None, result: Identity | None, signature_blake3: str | None = None
    ) -> None:
        """End it, and seal it. Raises: what the output raises."""
        self._output.write(memoryview(pack_end(self._output.plain_bytes)))
        self._output.finish(basis, signature_blake3, result)


def identify_side(side: Side, name: str | None, sealing: Sealing) -> Identity:
    """What a seal says of a tree."""
    shown = name if sealing is Sealing.FULL and name else None
    return Identity(count_bytes(side), hash_side(side), shown)
