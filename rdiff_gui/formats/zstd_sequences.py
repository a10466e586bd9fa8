"""The matches that zstd found, read out of a frame that it wrote; literals are passed over.

A frame is blocks; a compressed block is literals and sequences: so many literals, then a match of
such a length at such a distance. Sequences are written backwards in a bit stream, in three
interleaved finite state entropy codes. Source: RFC 8878, 3.1.1 and 4.1.
"""

from __future__ import annotations

from rdiff_gui.records import record

_COMPRESSED = 2
_RUN = 1

# Least value and number of extra bits of each code. Source: RFC 8878, 3.1.1.3.2.1.1.
_LITERALS = (
    *((length, 0) for length in range(16)),
    *((16, 1), (18, 1), (20, 1), (22, 1), (24, 2), (28, 2), (32, 3), (40, 3), (48, 4)),
    *((1 << bits, bits) for bits in range(6, 17)),
)
_LENGTHS = (
    *((length, 0) for length in range(3, 35)),
    *((35, 1), (37, 1), (39, 1), (41, 1), (43, 2), (47, 2), (51, 3), (59, 3), (67, 4), (83, 4)),
    (99, 5),
    *(((1 << bits) + 3, bits) for bits in range(7, 17)),
)
_OFFSETS = tuple((1 << bits, bits) for bits in range(32))
_BASES = (_LITERALS, _OFFSETS, _LENGTHS)

# How often each code comes by default. Source: RFC 8878, 3.1.1.3.2.2.
_DEFAULT_COUNTS = (
    (6, (4, 3, *[2] * 11, 1, 1, 1, *[2] * 9, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1)),
    (5, (*[1] * 6, 2, 2, 2, *[1] * 15, *[-1] * 5)),
    (6, (1, 4, 3, *[2] * 6, *[1] * 37, *[-1] * 7)),
)

# Of each state: least value, its extra bits and their mask; then what makes the next state: bits,
# their mask, what is added to them.
_State = tuple[int, int, int, int, int, int]


@record(frozen=True)
class _Code:
    """The states of one code, and how many bits the first one takes."""

    states: tuple[_State, ...]
    log: int


def _make_code(log: int, counts: tuple[int, ...], bases: tuple[tuple[int, int], ...]) -> _Code:
    """Spread the codes over the states. Source: RFC 8878, 4.1.1."""
    size = 1 << log
    high = size - 1
    codes = [0] * size
    following = [0] * len(counts)
    for code, count in enumerate(counts):
        following[code] = max(count, 1)
        if count == -1:
            codes[high] = code
            high -= 1
    place, step = 0, (size >> 1) + (size >> 3) + 3
    for code, count in enumerate(counts):
        for _ in range(count):
            codes[place] = code
            place = (place + step) % size
            while place > high:
                place = (place + step) % size
    states = []
    for code in codes:
        state = following[code]
        following[code] += 1
        bits = log + 1 - state.bit_length()
        least, extra = bases[code]
        states.append(
            (least, extra, (1 << extra) - 1, bits, (1 << bits) - 1, (state << bits) - size)
        )
    return _Code(tuple(states), log)


_DEFAULTS = tuple(
    _make_code(log, counts, bases)
    for (log, counts), bases in zip(_DEFAULT_COUNTS, _BASES, strict=True)
)


def _read_code(
    frame: bytes, position: int, bases: tuple[tuple[int, int], ...]
) -> tuple[_Code, int]:
    """A code that a block brings along, and the place behind it. Source: RFC 8878, 4.1.1."""
    # The counts of no code take more.
    value = int.from_bytes(frame[position : position + 160], "little")
    log = (value & 15) + 5
    value >>= 4
    used = 4
    left = (1 << log) + 1
    counts: list[int] = []
    while left > 1:
        bits = left.bit_length()
        threshold = (1 << bits) - 1 - left
        count = value & ((1 << (bits - 1)) - 1)
        if count < threshold:
            bits -= 1
        else:
            count = value & ((1 << bits) - 1)
            if count >= 1 << (bits - 1):
                count -= threshold
        value >>= bits
        used += bits
        counts.append(count - 1)
        left -= abs(count - 1)
        if count == 1:
            repeats = 3
            while repeats == 3:
                repeats = value & 3
                value >>= 2
                used += 2
                counts += [0] * repeats
    return _make_code(log, tuple(counts), bases), position + (used + 7) // 8


def _skip_literals(frame: bytes, position: int) -> tuple[int, int]:
    """How many literals a block has, and the place behind them. Source: RFC 8878, 3.1.1.3.1."""
    kind, shape = frame[position] & 3, frame[position] >> 2 & 3
    if kind < _COMPRESSED:
        head_bytes = (1, 2, 1, 3)[shape]
        head = int.from_bytes(frame[position : position + head_bytes], "little")
        literals = head >> (3 if head_bytes == 1 else 4)
        return literals, position + head_bytes + (1 if kind == _RUN else literals)
    head_bytes, bits = (3, 3, 4, 5)[shape], (10, 10, 14, 18)[shape]
    head = int.from_bytes(frame[position : position + head_bytes], "little") >> 4
    return head & ((1 << bits) - 1), position + head_bytes + (head >> bits)


def _content_begin(frame: bytes) -> int:
    """Where the first block begins. Source: RFC 8878, 3.1.1.1."""
    descriptor = frame[4]
    single = descriptor >> 5 & 1
    size_bytes = (single, 2, 4, 8)[descriptor >> 6]
    return 6 - single + (0, 1, 2, 4)[descriptor & 3] + size_bytes


class FrameReader:
    """Reads a frame whose content was compressed with a prefix."""

    def __init__(self, frame: bytes, prefix_bytes: int, least_bytes: int) -> None:
        """Look for matches of `least_bytes` and more that lie in the prefix."""
        self._frame = frame
        self._prefix_bytes = prefix_bytes
        self._least_bytes = least_bytes
        self._position = 0
        self._codes = list(_DEFAULTS)
        self._recent = (1, 4, 8)
        self._matches: list[tuple[int, int, int]] = []

    def matches(self) -> list[tuple[int, int, int]]:
        """All in order: where in the content, where in the prefix, how many bytes."""
        frame, place, last = self._frame, _content_begin(self._frame), 0
        while not last:
            head = int.from_bytes(frame[place : place + 3], "little")
            last, kind, size = head & 1, head >> 1 & 3, head >> 3
            place += 3
            if kind == _COMPRESSED:
                self._read_block(place, place + size)
                place += size
            else:
                self._position += size
                place += 1 if kind == _RUN else size
        return self._matches

    def _read_block(self, place: int, end: int) -> None:
        """Source: RFC 8878, 3.1.1.3.2."""
        frame = self._frame
        literals, place = _skip_literals(frame, place)
        count = frame[place]
        place += 1
        if count == 255:
            count = frame[place] + (frame[place + 1] << 8) + 0x7F00
            place += 2
        elif count > 127:
            count = ((count - 128) << 8) + frame[place]
            place += 1
        stop = self._position + literals
        if count:
            modes = frame[place]
            place += 1
            for number, bases in enumerate(_BASES):
                mode = modes >> (6 - 2 * number) & 3
                if mode == 0:
                    self._codes[number] = _DEFAULTS[number]
                elif mode == 1:
                    least, extra = bases[frame[place]]
                    state = (least, extra, (1 << extra) - 1, 0, 0, 0)
                    self._codes[number] = _Code((state,), 0)
                    place += 1
                elif mode == 2:
                    self._codes[number], place = _read_code(frame, place, bases)
            stop += self._read_sequences(frame[place:end], count)
        self._position = stop

    def _read_sequences(self, stream: bytes, count: int) -> int:
        """Note the matches of one block; how many bytes all its matches have.

        One sequence takes 128 bits at most, so each is cut from a number of that length.
        """
        literal_code, offset_code, length_code = self._codes
        literal_states, offset_states = literal_code.states, offset_code.states
        length_states = length_code.states
        from_bytes, append = int.from_bytes, self._matches.append
        prefix_bytes, least_bytes = self._prefix_bytes, self._least_bytes
        position, first, second, third = self._position, *self._recent
        matched = 0
        # A number before the stream's beginning, so that none is shorter.
        stream = bytes(16) + stream
        unread = (len(stream) - 1) * 8 + stream[-1].bit_length() - 1
        firsts = []
        for code in self._codes:
            unread -= code.log
            window = from_bytes(stream[unread >> 3 : (unread >> 3) + 5], "little") >> (unread & 7)
            firsts.append(code.states[window & ((1 << code.log) - 1)])
        literal, offset, length = firsts
        for left in range(count - 1, -1, -1):
            base, extra, mask, offset_bits, offset_mask, offset_next = offset
            low = unread - 128
            window = from_bytes(stream[low >> 3 : (unread + 7) >> 3], "little") >> (low & 7)
            cut = 128 - extra
            distance = base + (window >> cut & mask)
            base, extra, mask, length_bits, length_mask, length_next = length
            cut -= extra
            match_bytes = base + (window >> cut & mask)
            base, extra, mask, literal_bits, literal_mask, literal_next = literal
            cut -= extra
            literal_bytes = base + (window >> cut & mask)
            if left:
                cut -= literal_bits
                literal = literal_states[literal_next + (window >> cut & literal_mask)]
                cut -= length_bits
                length = length_states[length_next + (window >> cut & length_mask)]
                cut -= offset_bits
                offset = offset_states[offset_next + (window >> cut & offset_mask)]
            unread -= 128 - cut
            # Small ones name one of the last three distances. Source: RFC 8878, 3.1.1.5.
            if distance > 3:
                first, second, third = distance - 3, first, second
            else:
                if not literal_bytes:
                    distance += 1
                if distance == 2:
                    first, second = second, first
                elif distance == 3:
                    first, second, third = third, first, second
                elif distance == 4:
                    first, second, third = first - 1, first, second
            position += literal_bytes
            if match_bytes >= least_bytes:
                source = position - first + prefix_bytes
                if source < prefix_bytes:
                    append((position, source, min(match_bytes, prefix_bytes - source)))
            position += match_bytes
            matched += match_bytes
        self._recent = first, second, third
        return matched
