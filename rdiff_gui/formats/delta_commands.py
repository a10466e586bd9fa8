"""The commands of a delta: read and checked one by one, and added up.

A delta is a 32-bit magic and then commands, each a byte with its numbers behind it, big-endian:
0 ends the delta; 1 to 64 is a literal of that length; 65 to 68 is a literal whose length follows
in 1, 2, 4 or 8 bytes; 69 to 84 is a copy whose offset and length follow, each in 1, 2, 4 or 8
bytes. Source: librsync src/prototab.c (doc/formats.md leaves out 1 to 64).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

from rdiff_gui.errors import DeltaDamaged, DeltaTruncated, NotADelta
from rdiff_gui.formats.magic import DELTA_MAGIC, MAGIC_BYTES, Kind, recognize
from rdiff_gui.records import field, record
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


# Of numbers in 1, 2, 4 and 8 bytes.
_CODES = "BHIQ"
# Which of these holds a number of so many bits.
_WIDTH_POWERS = (*[0] * 9, *[1] * 8, *[2] * 16, *[3] * 32)
_LITERAL_LENGTHS = tuple(struct.Struct(f">{code}") for code in _CODES)
_COPY_NUMBERS = tuple(struct.Struct(f">{start}{length}") for start in _CODES for length in _CODES)
_PACK_COPY = tuple(
    struct.Struct(f">B{start}{length}").pack for start in _CODES for length in _CODES
)


def _numbers_behind(command: int) -> struct.Struct:
    """The numbers behind a command; an impossible one has none."""
    if LAST_LITERAL < command <= LAST_COPY:
        return _COPY_NUMBERS[command - LAST_LITERAL - 1]
    if LONGEST_SHORT_LITERAL < command <= LAST_LITERAL:
        return _LITERAL_LENGTHS[command - LONGEST_SHORT_LITERAL - 1]
    return struct.Struct("")


_NUMBERS = tuple(_numbers_behind(command) for command in range(256))
# Of each command, its own byte and its numbers; and what reads these.
_HEAD_BYTES = tuple(1 + numbers.size for numbers in _NUMBERS)
_READERS = tuple(numbers.unpack_from for numbers in _NUMBERS)


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


@record
class CommandTotals:
    """What the commands seen so far add up to, in bytes and counts.

    `basis_bytes_needed` is the end of the highest copy. `in_order_bytes` counts the copies at
    the front that follow one another through the basis from its beginning. `changed_bytes` is all
    that is not copied to the place where it lies in the basis, in `changed_ranges` stretches;
    `ends_changed` tells whether the last of these goes on.
    """

    result_bytes: int = 0
    literal_bytes: int = 0
    literal_count: int = 0
    copied_bytes: int = 0
    copy_count: int = 0
    basis_bytes_needed: int = 0
    in_order_bytes: int = 0
    changed_bytes: int = 0
    changed_ranges: int = 0
    ends_changed: bool = False
    new_stretches: NewStretches = field(default_factory=NewStretches)

    def add(self, commands: Iterable[Command]) -> None:
        """Count commands that follow one another."""
        # Locals, since this loop meets every command of a delta that may have millions.
        result, needed, in_order = self.result_bytes, self.basis_bytes_needed, self.in_order_bytes
        literal_count = literal_bytes = copy_count = copied_bytes = stayed_bytes = 0
        ranges, stays, before = self.changed_ranges, not self.ends_changed, result
        stretches = self.new_stretches
        for literal, start, length in commands:
            if literal:
                literal_count += 1
                literal_bytes += length
                if stays:
                    stays = False
                    ranges += 1
                end = result + length
                if stretches.ends and result - stretches.ends[-1] <= stretches.grain_bytes:
                    stretches.ends[-1] = end
                else:
                    stretches.add(result, end)
                result = end
            else:
                end = start + length
                copy_count += 1
                copied_bytes += length
                if start == result:
                    stays = True
                    stayed_bytes += length
                elif stays:
                    stays = False
                    ranges += 1
                if start == in_order == result:
                    in_order = end
                if end > needed:
                    needed = end
                result += length
        self.result_bytes, self.basis_bytes_needed, self.in_order_bytes = result, needed, in_order
        self.changed_ranges, self.ends_changed = ranges, not stays
        self.changed_bytes += result - before - stayed_bytes
        self.literal_count += literal_count
        self.literal_bytes += literal_bytes
        self.copy_count += copy_count
        self.copied_bytes += copied_bytes


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
        head_bytes, readers, append = _HEAD_BYTES, _READERS, commands.append
        last_literal, longest_short, largest = LAST_LITERAL, LONGEST_SHORT_LITERAL, _LARGEST
        while position < size:
            command = block[position]
            after = position + head_bytes[command]
            if after > size:
                break
            if command > last_literal:
                if command > LAST_COPY:
                    raise self._damage(base + position, command)
                start, length = readers[command](block, position + 1)
                if not length or start + length > largest:
                    raise self._damage(base + position, command, length)
                append((False, start, length))
                position = after
                continue
            if command == END:
                self.ended = True
                return after
            length = command
            if command > longest_short:
                (length,) = readers[command](block, position + 1)
                if not length or length > largest:
                    raise self._damage(base + position, command, length)
            append((True, base + after, length))
            position = after + length
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
    power = _WIDTH_POWERS[length.bit_length()]
    return bytes((LONGEST_SHORT_LITERAL + 1 + power,)) + length.to_bytes(1 << power, "big")


def pack_copy(start: int, length: int) -> bytes:
    """A copy command, as short as librsync writes it."""
    shape = 4 * _WIDTH_POWERS[start.bit_length()] + _WIDTH_POWERS[length.bit_length()]
    return _PACK_COPY[shape](LAST_LITERAL + 1 + shape, start, length)
