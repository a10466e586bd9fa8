"""Finds what bytes of the new file are in the old one, with zstd's long distance matcher.

zstd compresses them with bytes of the old file as a prefix, and its matches are read out of the
frame. They are hints: each is compared before anything is made of it.
"""

from __future__ import annotations

import io
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain

from rdiff_gui.engine.alignment import LARGE_BYTES
from rdiff_gui.engine.compression import memory_told, zstd
from rdiff_gui.engine.file_walk import Gap, Match
from rdiff_gui.formats.zstd_sequences import FrameReader
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from rdiff_gui.engine.input import Input
    from rdiff_gui.engine.match_extension import OldBytes

_P = zstd.CompressionParameter
_Parameters = dict[int, int]

# Of the old file, so much is looked at for one stretch of the new one.
PREFIX_BYTES_MOST = LARGE_BYTES
# Where it is larger, so much, and anew for each.
_NEAR_BYTES_MOST = 96 * 2**20
# zstd takes no shorter prefix.
_PREFIX_BYTES_LEAST = 32
_READ_BYTES = 2**22
# Shorter matches are mostly chance, and lead the alignment astray.
_HINT_BYTES_LEAST = 48
# What zstd looks for; a match that it finds in part may be longer.
_LDM_BYTES_LEAST = 32
_FINE_BYTES_LEAST = 24
# In a text, what a match is grown from.
_SEED_BYTES_LEAST = 12

# Around where a gap's neighbours point, by the gap's length.
_REACHES = ((2**16, 2**16), (2**20, 2**20), (sys.maxsize, 2**25))
_PLACE_REACH = 2**16
_REACHES_MOST = (2**25, 2**23, 2**20, 2**16, 2**13)

# zstd's own least.
_LEAST_WINDOW_LOG = 17
_LEAST_HASH_LOG = 10
# Larger tables would only take longer to be cleared.
_MOST_HASH_LOG = 20
# A block more than all that a match may reach back over.
_WINDOW_SPARE_BYTES = 2**17

# One place in so many is looked at, by the prefix's length: as a power of two.
_RATE_LOGS = ((2**20, 2), (2**22, 3), (2**25, 4), (sys.maxsize, 5))


class Prefix:
    """Parts of the old file, one after another, as zstd wants them."""

    def __init__(self, old: Input, windows: Sequence[tuple[int, int]], most_bytes: int) -> None:
        """Read the windows, as far as there is room.

        Raises: SourceUnreadable, SourceChanged.
        """
        # A buffer that grows, and gives away what it holds without a copy.
        content, room = io.BytesIO(), most_bytes
        self.sources: list[int] = []
        self.starts: list[int] = []
        for start, end in windows:
            self.sources.append(start)
            self.starts.append(content.tell())
            for position in range(start, min(end, start + room), _READ_BYTES):
                content.write(old.bytes_at(position, min(_READ_BYTES, end - position, room)))
                room = most_bytes - content.tell()
        self.size_bytes = content.tell()
        self.starts.append(self.size_bytes)
        self.dictionary: zstd.ZstdDict | None = None
        if self.size_bytes >= _PREFIX_BYTES_LEAST:
            # It keeps a copy.
            self.dictionary = zstd.ZstdDict(content.getvalue(), is_raw=True)


def whole_prefix(old: Input) -> Prefix:
    """All of an old file that is small enough. Raises: SourceUnreadable, SourceChanged."""
    return Prefix(old, [(0, old.size_bytes or 0)], PREFIX_BYTES_MOST)


def near_prefix(
    old: Input,
    new_bytes: int,
    gaps: Sequence[Gap],
    places: Sequence[int] = (),
    most_bytes: int = _NEAR_BYTES_MOST,
) -> Prefix:
    """What lies in the old file around these places, and those to which the gaps' neighbours point.

    Many gaps leave less room for each. Raises: SourceUnreadable, SourceChanged.
    """
    old_bytes = old.size_bytes or 0
    windows: list[tuple[int, int]] = []
    for most in _REACHES_MOST:
        around = (_window(gap, most, old_bytes, new_bytes) for gap in gaps)
        reach = min(most, _PLACE_REACH)
        there = ((max(0, place - reach), min(old_bytes, place + reach)) for place in places)
        windows = _join(chain(there, *around))
        if sum(end - start for start, end in windows) <= most_bytes:
            break
    return Prefix(old, windows, most_bytes)


def find_far(gaps: Sequence[Gap], prefix: Prefix, old: OldBytes, *, best: bool) -> list[Match]:
    """Long matches of the gaps anywhere in the prefix, in order, each compared byte for byte.

    Raises: MemoryError, SourceUnreadable, SourceChanged.
    """
    rate_log = next(rate for limit, rate in _RATE_LOGS if prefix.size_bytes <= limit)
    rate_log -= best
    # One slot for every place that is looked at, or some would be forgotten.
    hash_log = max(_LEAST_HASH_LOG, (prefix.size_bytes >> rate_log).bit_length())
    options: _Parameters = {
        _P.enable_long_distance_matching: 1,
        _P.ldm_hash_rate_log: rate_log,
        _P.ldm_min_match: _LDM_BYTES_LEAST,
        _P.ldm_hash_log: hash_log,
        # The ordinary finder is made blind.
        _P.strategy: zstd.Strategy.fast,
        _P.hash_log: 6,
        _P.min_match: 7,
        _P.target_length: 2**17 - 1,
    }
    return _find(gaps, prefix, old, options, _HINT_BYTES_LEAST)


def find_fine(gaps: Sequence[Gap], prefix: Prefix, old: OldBytes) -> list[Match]:
    """Shorter matches too, in a prefix of some MiB. Raises: as find_far."""
    size_log = max(_LEAST_HASH_LOG, prefix.size_bytes.bit_length() - 1)
    options: _Parameters = {
        _P.strategy: zstd.Strategy.lazy2,
        _P.hash_log: size_log,
        _P.chain_log: size_log,
        _P.search_log: 4,
        _P.min_match: 6,
    }
    return _find(gaps, prefix, old, options, _FINE_BYTES_LEAST)


def find_shared(old: bytes, new: bytes, *, best: bool) -> list[Match]:
    """What a short new file has of a short old one, in order; to be compared yet.

    Raises: MemoryError.
    """
    if len(old) < _PREFIX_BYTES_LEAST:
        return []
    size_log = max(_LEAST_HASH_LOG, min(_MOST_HASH_LOG, len(old).bit_length()))
    options: _Parameters = {
        _P.strategy: zstd.Strategy.lazy2,
        _P.hash_log: size_log,
        _P.chain_log: size_log + 1,
        _P.search_log: 6 + 2 * best,
        _P.min_match: 6,
        _P.target_length: 256,
    }
    return _match(new, zstd.ZstdDict(old, is_raw=True), len(old), options, _SEED_BYTES_LEAST)


def _find(
    gaps: Sequence[Gap], prefix: Prefix, old: OldBytes, options: _Parameters, least_bytes: int
) -> list[Match]:
    data = gaps[0].data if len(gaps) == 1 else b"".join(gap.data for gap in gaps)
    begins = [0, *accumulate(len(gap.data) for gap in gaps)]
    found: list[Match] = []
    assert prefix.dictionary
    for begin, place, length in _match(
        data, prefix.dictionary, prefix.size_bytes, options, least_bytes
    ):
        # What was joined for the call is taken apart again.
        done = 0
        while done < length:
            start, source = begin + done, place + done
            gap = bisect_right(begins, start) - 1
            window = bisect_right(prefix.starts, source) - 1
            part = min(length - done, begins[gap + 1] - start, prefix.starts[window + 1] - source)
            source += prefix.sources[window] - prefix.starts[window]
            if part >= least_bytes and data.startswith(old.read(source, part), start):
                found.append((gaps[gap].start + start - begins[gap], source, part))
            done += part
    return found


def _match(
    data: bytes,
    dictionary: zstd.ZstdDict,
    prefix_bytes: int,
    options: _Parameters,
    least_bytes: int,
) -> list[Match]:
    """Where in the data, where in the dictionary, how many bytes."""
    window_log = (prefix_bytes + len(data) + _WINDOW_SPARE_BYTES).bit_length()
    options = {
        **options,
        _P.window_log: max(_LEAST_WINDOW_LOG, window_log),
        _P.content_size_flag: 0,
    }
    with memory_told():
        compressor = zstd.ZstdCompressor(options=options, zstd_dict=dictionary.as_prefix)
        frame = compressor.compress(data, zstd.ZstdCompressor.FLUSH_FRAME)
    return FrameReader(frame, prefix_bytes, least_bytes).matches()


def _window(gap: Gap, most: int, old_bytes: int, new_bytes: int) -> Iterator[tuple[int, int]]:
    """Where in the old file the bytes of a gap may be."""
    length = len(gap.data)
    reach = min(most, next(reach for limit, reach in _REACHES if length <= limit))
    before, after = gap.before, gap.after
    if before is None and after is None:
        before = gap.start * old_bytes // max(1, new_bytes)
    if before is not None:
        yield max(0, before - reach), min(old_bytes, before + length + reach)
    if after is not None:
        yield max(0, after - length - reach), min(old_bytes, after + reach)


def _join(windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Windows in order, without overlaps."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined
