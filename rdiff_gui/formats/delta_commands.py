"""The commands of a delta: read and checked one by one, and added up.

A delta is a 32-bit magic and then commands, each a byte with its numbers behind it, big-endian:
0 ends the delta; 1 to 64 is a literal of that length; 65 to 68 is a literal whose length follows
in 1, 2, 4 or 8 bytes; 69 to 84 is a copy whose offset and length follow, each in 1, 2, 4 or 8
bytes. Source: librsync src/prototab.c (doc/formats.md leaves out 1 to 64).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rdiff_gui.errors import DeltaDamaged, DeltaTruncated, NotADelta
from rdiff_gui.formats.magic import DELTA_MAGIC, MAGIC_BYTES, Kind, recognize
from rdiff_gui.wording import translate

END = 0
LONGEST_SHORT_LITERAL = 64
LAST_LITERAL = 68
LAST_COPY = 84

# Whether it is a literal; where its bytes begin, in the delta or in the basis; how many they are.
Command = tuple[bool, int, int]

# rs_long_t is signed: what does not fit is damage, not a number.
_LARGEST = 2**63 - 1

# A wide screen shows some 4000 columns; more stretches than that cannot be told apart.
_REGIONS_MOST = 4096


def _number_widths(command: int) -> tuple[int, int]:
    """Bytes of the two numbers behind a command; a literal has only the second."""
    if command <= LONGEST_SHORT_LITERAL or command > LAST_COPY:
        return 0, 0
    if command <= LAST_LITERAL:
        return 0, 1 << (command - LONGEST_SHORT_LITERAL - 1)
    index = command - LAST_LITERAL - 1
    return 1 << (index >> 2), 1 << (index & 3)


_WIDTHS = tuple(_number_widths(command) for command in range(256))


class NewStretches:
    """The stretches of the new file whose data is in the delta, few enough to draw.

    Kept exact up to 4096 of them; beyond that, gaps shorter than `grain_bytes` are closed, and
    the grain doubles as often as it must. Memory is bounded whatever the delta.
    """

    def __init__(self) -> None:
        self.grain_bytes = 0
        self.starts: list[int] = []
        self.ends: list[int] = []

    def add(self, start: int, end: int) -> None:
        """Note that `[start, end)` is new; calls come in rising order."""
        if self.ends and start - self.ends[-1] <= self.grain_bytes:
            self.ends[-1] = end
            return
        self.starts.append(start)
        self.ends.append(end)
        while len(self.starts) > _REGIONS_MOST:
            self.grain_bytes = max(1, 2 * self.grain_bytes)
            self._close_gaps()

    def _close_gaps(self) -> None:
        starts, ends = self.starts, self.ends
        self.starts, self.ends = [starts[0]], [ends[0]]
        for start, end in zip(starts[1:], ends[1:], strict=True):
            if start - self.ends[-1] <= self.grain_bytes:
                self.ends[-1] = end
            else:
                self.starts.append(start)
                self.ends.append(end)


@dataclass(slots=True)
class CommandTotals:
    """What the commands seen so far add up to, in bytes and counts.

    `basis_bytes_needed` is the end of the highest copy. `in_order_bytes` counts the copies at
    the front that follow one another through the basis from its beginning.
    """

    result_bytes: int = 0
    literal_bytes: int = 0
    literal_count: int = 0
    copied_bytes: int = 0
    copy_count: int = 0
    basis_bytes_needed: int = 0
    in_order_bytes: int = 0
    new_stretches: NewStretches = field(default_factory=NewStretches)

    def add(self, commands: Iterable[Command]) -> None:
        """Count commands that follow one another."""
        # A local, since this loop meets every command of a delta that may have millions.
        result = self.result_bytes
        for literal, start, length in commands:
            if literal:
                self.literal_count += 1
                self.literal_bytes += length
                self.new_stretches.add(result, result + length)
            else:
                end = start + length
                self.copy_count += 1
                self.copied_bytes += length
                if start == self.in_order_bytes == result:
                    self.in_order_bytes = end
                if end > self.basis_bytes_needed:
                    self.basis_bytes_needed = end
            result += length
        self.result_bytes = result


class CommandReader:
    """Reads a delta in pieces of any size; `ended` tells that END was met.

    `literal_left` bytes of literal are due next: a reader that can seek may call `skip` instead
    of feeding them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.literal_left = 0
        self.ended = False
        self._carried = b""

    def skip(self) -> None:
        """Pass over the literal's data without having seen it."""
        self.offset += self.literal_left
        self.literal_left = 0

    def feed(self, data: bytes | memoryview) -> list[Command]:
        """Read on; give the commands whose beginning is now known. Bytes after END are ignored.

        Raises: NotADelta, DeltaDamaged.
        """
        if self.ended:
            return []
        if self.literal_left:
            passed = min(self.literal_left, len(data))
            self.offset += passed
            self.literal_left -= passed
            data = data[passed:]
            if not data:
                return []
        block = self._carried + data
        position = 0
        if self.offset == 0:
            if len(block) < MAGIC_BYTES:
                self._carried = block
                return []
            kind = recognize(block[:MAGIC_BYTES])
            if kind is not Kind.DELTA:
                raise NotADelta(self.path, kind)
            position = MAGIC_BYTES
        commands: list[Command] = []
        position = self._read_commands(block, position, commands)
        self._carried = block[position:]
        self.offset += min(position, len(block))
        self.literal_left = max(0, position - len(block))
        return commands

    def finish(self) -> None:
        """Make sure that the delta was whole.

        Raises: NotADelta, DeltaTruncated.
        """
        if self.offset == 0:
            kind = recognize(self._carried)
            raise NotADelta(self.path, kind)
        if not self.ended:
            raise DeltaTruncated(self.path, self.offset + len(self._carried))

    def _read_commands(self, block: bytes, position: int, commands: list[Command]) -> int:
        """Read whole commands from `block`; give the place of the first that is not whole.

        A literal's data counts as read: the place may lie beyond the block.
        """
        size = len(block)
        base = self.offset
        # Locals, since this loop meets every command of a delta that may have millions.
        widths, from_bytes, append = _WIDTHS, int.from_bytes, commands.append
        while position < size:
            command = block[position]
            if command == END:
                self.ended = True
                return position + 1
            offset_width, length_width = widths[command]
            after = position + 1 + offset_width + length_width
            if after > size:
                break
            if command > LAST_LITERAL:
                if command > LAST_COPY:
                    raise self._damage(base + position, command)
                middle = position + 1 + offset_width
                start = from_bytes(block[position + 1 : middle], "big")
                length = from_bytes(block[middle:after], "big")
                if not length or start + length > _LARGEST:
                    raise self._damage(base + position, command, length)
                append((False, start, length))
            else:
                length = from_bytes(block[position + 1 : after], "big") if length_width else command
                if not length or length > _LARGEST:
                    raise self._damage(base + position, command, length)
                append((True, base + after, length))
                after += length
            position = after
        return position

    def _damage(self, offset: int, command: int, length: int | None = None) -> DeltaDamaged:
        if length is None:
            reason = translate("there is a command that does not exist ({command})").format(
                command=command
            )
        elif length == 0:
            reason = translate("there is a command of no length")
        else:
            reason = translate("there is a command with an impossible number")
        return DeltaDamaged(self.path, offset, command, reason)


def pack_magic() -> bytes:
    """What a delta begins with."""
    return DELTA_MAGIC.to_bytes(MAGIC_BYTES, "big")


def pack_end() -> bytes:
    """The command that ends a delta."""
    return bytes((END,))


def pack_literal_head(length: int) -> bytes:
    """The command before a literal's bytes, as short as librsync writes it."""
    if length <= LONGEST_SHORT_LITERAL:
        return bytes((length,))
    power = _width_power(length)
    return bytes((LONGEST_SHORT_LITERAL + 1 + power,)) + length.to_bytes(1 << power, "big")


def pack_copy(start: int, length: int) -> bytes:
    """A copy command, as short as librsync writes it."""
    offset_power, length_power = _width_power(start), _width_power(length)
    return (
        bytes((LAST_LITERAL + 1 + 4 * offset_power + length_power,))
        + start.to_bytes(1 << offset_power, "big")
        + length.to_bytes(1 << length_power, "big")
    )


def _width_power(number: int) -> int:
    """0 to 3, for a number that needs 1, 2, 4 or 8 bytes."""
    if number < 1 << 8:
        return 0
    if number < 1 << 16:
        return 1
    return 2 if number < 1 << 32 else 3
