"""Delta between two texts that are in memory, found by one call of zstd.

A tree has thousands of small texts, and a walk through each with a search for alignments would take
five times as long. It also finds runs that agree by chance; text is packed so well that a copy must
bring some dozens of bytes to be worth its command.
"""

from __future__ import annotations

from rdiff_gui.engine.delta_writer import CommandWriter
from rdiff_gui.engine.match_hints import find_shared
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdiff_gui.librsync.jobs import Write

# A shorter copy takes more than its bytes would, packed among others.
_COPY_BYTES_LEAST = 32
# So much is compared at first, and twice as much each time that it agrees.
_STEP_BYTES = 2**6


def is_text(data: bytes) -> bool:
    """Whether a file is text of some kind, as far as anybody can tell."""
    return b"\0" not in data


def write_text_delta(old: bytes, new: bytes, write: Write, *, best: bool) -> None:
    """Write the delta from the old bytes to the new ones.

    Raises: MemoryError; what `write` raises.
    """
    writer = CommandWriter(write)
    writer.add_pairs(_pairs(old, new, best=best))
    writer.end()


def _pairs(old: bytes, new: bytes, *, best: bool) -> Iterator[tuple[bytes, int, int]]:
    """Literals, each with the copy behind it: where in the old bytes, how many."""
    done = 0
    for found, place, found_bytes in find_shared(old, new, best=best):
        end, old_end = found + found_bytes, place + found_bytes
        begin = max(found, done)
        old_begin = place + begin - found
        if begin >= end or new[begin:end] != old[old_begin:old_end]:
            continue
        before = _count_before(new, begin, old, old_begin, min(begin - done, old_begin))
        behind = _count_behind(new, end, old, old_end, min(len(new) - end, len(old) - old_end))
        length = before + end - begin + behind
        if length >= _COPY_BYTES_LEAST:
            yield new[done : begin - before], old_begin - before, length
            done = end + behind
    yield new[done:], 0, 0


def _count_behind(new: bytes, start: int, old: bytes, source: int, most: int) -> int:
    """How many bytes from there on agree."""
    count, step = 0, _STEP_BYTES
    while count < most:
        one = new[start + count : start + min(count + step, most)]
        other = old[source + count : source + min(count + step, most)]
        if one != other:
            difference = int.from_bytes(one, "little") ^ int.from_bytes(other, "little")
            return count + ((difference & -difference).bit_length() - 1) // 8
        count += len(one)
        step *= 2
    return count


def _count_before(new: bytes, start: int, old: bytes, source: int, most: int) -> int:
    """How many bytes before there agree."""
    count, step = 0, _STEP_BYTES
    while count < most:
        length = min(step, most - count)
        one = new[start - count - length : start - count]
        other = old[source - count - length : source - count]
        if one != other:
            difference = int.from_bytes(one, "little") ^ int.from_bytes(other, "little")
            return count + length - (difference.bit_length() + 7) // 8
        count += length
        step *= 2
    return count
