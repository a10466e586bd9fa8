"""Reads all commands of a delta, and its bytes too where a checksum wants them."""

from __future__ import annotations

from collections.abc import Iterator

from rdiff_gui.errors import DeltaTrailing, NotADelta, SealDamaged
from rdiff_gui.formats.delta_commands import Command, CommandReader, CommandTotals
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import begins_like_payload
from rdiff_gui.records import TYPE_CHECKING
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from rdiff_gui.engine.blake3_hash import Hasher
    from rdiff_gui.engine.input import Input
    from rdiff_gui.engine.operation import Run
    from rdiff_gui.engine.seal_io import Unwrapped

_WINDOW_BYTES = 2**18

# A command takes some 130 bytes of memory.
_KEPT_MOST = 2**16

# More than is needed to know the beginning of a seal.
_LOOK_BYTES = 64


class Commands:
    """All commands of one delta: kept in memory where they are few, else read once more."""

    def __init__(self, delta: Input) -> None:
        """Of a measured delta; `note` follows, until all of it has been checked."""
        self.delta = delta
        self._kept: list[list[Command]] | None = []
        self._count = 0

    def note(self, commands: list[Command]) -> None:
        """Take in the next ones."""
        if self._kept is not None:
            self._count += len(commands)
            self._kept.append(commands)
            if self._count > _KEPT_MOST:
                self._kept = None

    def read(self, run: Run) -> Iterator[list[Command]]:
        """All, some thousands at a time. Raises: as read_commands."""
        return read_commands(self.delta, run) if self._kept is None else iter(self._kept)


def scan_delta(
    delta: Unwrapped,
    run: Run,
    *,
    allow_trailing: bool = False,
    noted: Commands | None = None,
) -> CommandTotals:
    """Hold a delta against its seal, check its every command, and add them up.

    With `allow_trailing`, what follows END is not looked at. `noted` gets all commands.

    Raises: NotADelta, ContentDamaged, SealDamaged, DeltaTrailing; as read_commands.
    """
    content = delta.content
    if delta.kind is not Kind.DELTA:
        raise NotADelta(content.path, delta.found)
    totals, reader, hasher = CommandTotals(), CommandReader(content.path), None
    if delta.seal:
        # Plain deltas are done without BLAKE3.
        from rdiff_gui.engine.blake3_hash import Hasher

        hasher = Hasher()
    for commands in read_commands(content, run, hasher, reader):
        totals.add(commands)
        if noted:
            noted.note(commands)
    if hasher:
        delta.check_body(hasher.hexdigest())
    if not allow_trailing:
        _refuse_trailing(content, reader.offset)
    seal = delta.seal
    if seal and (
        (seal.result and seal.result.size_bytes != totals.result_bytes)
        or (seal.basis and seal.basis.size_bytes < totals.basis_bytes_needed)
    ):
        raise SealDamaged(content.path, translate("its lengths do not match the file"))
    return totals


def _refuse_trailing(delta: Input, end: int) -> None:
    """Raises: SealDamaged, DeltaTrailing, where anything follows the END at `end`."""
    trailing_bytes = (delta.size_bytes or 0) - end
    if trailing_bytes:
        if begins_like_payload(Kind.DELTA, delta.bytes_at(end, _LOOK_BYTES)):
            raise SealDamaged(delta.path, translate("its end is missing or damaged"))
        raise DeltaTrailing(delta.path, end, trailing_bytes)


def read_commands(
    delta: Input, run: Run, hasher: Hasher | None = None, reader: CommandReader | None = None
) -> Iterator[list[Command]]:
    """All commands of `delta`, whose size is known, some thousands at a time.

    Without a hasher, the literals' data is passed over unread; with one, all bytes go into it, and
    count as progress. A `reader` of the caller's begins at its own offset, where a command must
    stand, and tells afterwards where END was.

    Raises: NotADelta, DeltaTruncated, DeltaDamaged, SourceUnreadable, Cancelled.
    """
    reader = reader or CommandReader(delta.path)
    buffer = memoryview(bytearray(min(_WINDOW_BYTES, (delta.size_bytes or 0) + 1)))
    position = reader.offset
    size_bytes = delta.size_bytes or 0
    while position < size_bytes and (hasher or not reader.ended):
        run.check()
        got = delta.read_at(buffer, position)
        if not got:
            break
        window = buffer[:got]
        if hasher:
            hasher.update(window)
            run.advance(got)
        yield reader.feed(window)
        position += got
        if not hasher and reader.literal_left and position + reader.literal_left <= size_bytes:
            position += reader.literal_left
            reader.skip()
    reader.finish()
