"""Deltas as one zstd frame, and signatures and deltas out of one."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from rdiff_gui.engine.input import HELD_BYTES_MOST, Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Effort, PatchOptions
from rdiff_gui.engine.temporary_file import TemporaryFile
from rdiff_gui.errors import CompressionDamaged, CompressionForeign, DeltaExpands, SealDamaged
from rdiff_gui.formats.magic import (
    HEAD_BYTES_MOST,
    MAGIC_BYTES,
    SEALED_KINDS,
    SHORT_HEAD_BYTES,
    SKIPPABLE_HEADER,
    ZSTD_MAGIC,
    Packing,
    find_obstacle,
    sized_head,
    skippable_bytes,
)
from rdiff_gui.formats.seal import begins_like_payload
from rdiff_gui.wording import translate

# The two names say that other modules may have it from here.
if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

_LEVEL = 3
# A window of 2^26 finds what repeats within 64 MiB, for less than 100 MB of memory on both sides.
_LONG_WINDOW_LOG = 26
_LONG_FROM_BYTES = 2**24
_WINDOW_BYTES = 2**18

# A zstd block holds up to 128 KiB, and nothing comes out before the first is whole.
_PEEK_BYTES = 2**17 + 2**10
# Parallel packers write a frame to skip, and then the content.
_FRAMES_PEEKED_AT = 64

# Real data shrinks a hundredfold at most, zeros some thousandfold; what is more is a bomb.
_RATIO_MOST = 2000
_HARMLESS_BYTES = 2**26

# More than is needed to know the beginning of a seal, and less than any has.
_LOOK_BYTES = 64


# zstd's own words for it; the module hands on no number. Source: zstd, lib/common/error_private.c.
_NO_MEMORY = "not enough memory"


@contextlib.contextmanager
def memory_told() -> Iterator[None]:
    """Raises: MemoryError, where zstd had none; it says so as if the data were wrong."""
    try:
        yield
    except zstd.ZstdError as problem:
        if _NO_MEMORY in str(problem):
            raise MemoryError from problem
        raise


_Parameters = dict[int, int]
_P = zstd.CompressionParameter

# Short commands repeat in threes and fours, which levels below 18 do not look for.
_DENSE: _Parameters = {
    _P.compression_level: 13,
    _P.strategy: zstd.Strategy.btopt,
    _P.min_match: 3,
    _P.search_log: 3,
    _P.target_length: 16,
    _P.hash_log: 17,
    _P.chain_log: 18,
    _P.window_log: 23,
}
# Each thread packs a piece, with all that is before it in the window at hand, so nothing is lost by
# it; and what comes out is the same for any number of threads from one on.
_BY_THREADS: _Parameters = {_P.nb_workers: 1, _P.job_size: 2**22, _P.overlap_log: 9}
_TREE: _Parameters = {
    _P.compression_level: 19,
    _P.strategy: zstd.Strategy.btultra,
    _P.min_match: 3,
    _P.search_log: 6,
    _P.target_length: 128,
    _P.hash_log: 22,
    _P.chain_log: 23,
    _P.window_log: 25,
    **_BY_THREADS,
}
# Up to how many bytes of content are kept to be packed well; how well, and how all that is longer.
_EFFORTS: dict[Effort, tuple[int, _Parameters, _Parameters]] = {
    Effort.QUICK: (0, {}, {_P.compression_level: _LEVEL}),
    Effort.DENSE: (2**23, _DENSE, {_P.compression_level: _LEVEL}),
    Effort.DENSEST: (
        2**24,
        {_P.compression_level: 19, _P.window_log: 24},
        {_P.compression_level: 12},
    ),
    Effort.TREE: (2**25, _TREE, {_P.compression_level: 12, **_BY_THREADS}),
    Effort.TREE_DENSEST: (
        2**26,
        {_P.compression_level: 19, _P.window_log: 26, **_BY_THREADS},
        {_P.compression_level: 16, **_BY_THREADS},
    ),
}


class Compressor:
    """Compresses a stream into one frame whose head is rewritten when the size is known.

    With `write_at`, the content's size is put into the head at the end; into a pipe, it cannot
    be, and is left out.
    """

    def __init__(
        self,
        write: Callable[[memoryview], None],
        write_at: Callable[[memoryview, int], None] | None,
        expected_bytes: int | None,
        effort: Effort,
        threads: int = 1,
    ) -> None:
        """Write the frame through `write`; `expected_bytes` is a guess of the content's size.

        `threads` are those that an `effort` for trees may take.
        """
        self._kept_most, self._parameters, self._long_parameters = _EFFORTS[effort]
        self._threads = threads
        self._expected_bytes = expected_bytes
        self._kept = bytearray()
        self._compressor: zstd.ZstdCompressor | None = None
        self._write = write
        self._write_at = write_at
        self._short_head = b""
        self.content_bytes = 0
        if not self._kept_most:
            self._begin_long()

    def write(self, data: memoryview) -> None:
        """Compress `data`. Raises: what the target's write raises."""
        self.content_bytes += len(data)
        if not self._compressor:
            self._kept += data
            if len(self._kept) <= self._kept_most:
                return
            self._begin_long()
            data = memoryview(self._kept)
            self._kept = bytearray()
        self._pack(data)

    def finish(self) -> None:
        """End the frame and complete its head. Raises: what the target's writes raise."""
        if not self._compressor:
            self._begin(self._parameters)
            self._pack(memoryview(self._kept))
        assert self._compressor
        with memory_told():
            packed = self._compressor.flush(zstd.ZstdCompressor.FLUSH_FRAME)
        self._put(packed)
        if self._write_at:
            self._write_at(memoryview(sized_head(self._short_head, self.content_bytes)), 0)

    def _begin_long(self) -> None:
        parameters = self._long_parameters
        if self._expected_bytes is None or self._expected_bytes > _LONG_FROM_BYTES:
            parameters = {
                **parameters,
                _P.enable_long_distance_matching: 1,
                _P.window_log: _LONG_WINDOW_LOG,
            }
        self._begin(parameters)

    def _begin(self, parameters: _Parameters) -> None:
        options = {**parameters, _P.checksum_flag: 1, _P.content_size_flag: 1}
        if _P.nb_workers in options:
            options[_P.nb_workers] = self._threads
        with memory_told():
            self._compressor = zstd.ZstdCompressor(options=options)

    def _pack(self, data: memoryview) -> None:
        assert self._compressor
        with memory_told():
            packed = self._compressor.compress(data)
        self._put(packed)

    def _put(self, frame: bytes) -> None:
        if self._write_at and len(self._short_head) < SHORT_HEAD_BYTES:
            self._short_head += frame
            if len(self._short_head) < SHORT_HEAD_BYTES:
                return
            frame = self._short_head[SHORT_HEAD_BYTES:]
            self._short_head = self._short_head[:SHORT_HEAD_BYTES]
            self._write(memoryview(sized_head(self._short_head, 0)))
        if frame:
            self._write(memoryview(frame))


def unpack(
    source: Input,
    run: Run,
    options: PatchOptions,
    *,
    sealed_bytes: int | None,
    read_bytes_most: int | None = None,
) -> Input | None:
    """The content of the zstd frames in a measured source; its own Input.

    What is short is kept in memory, the rest in a nameless file. `sealed_bytes`: how long the seal
    says it is; without one, a ratio that no real file reaches is refused, but with
    `options.allow_expansion`. None where it is longer than `read_bytes_most`.

    Raises: CompressionDamaged, CompressionForeign, SealDamaged, DeltaExpands, DiskFull,
    OutputUnwritable, SourceUnreadable, Cancelled.
    """
    most_bytes = _most_bytes(source, options, sealed_bytes)
    if read_bytes_most is not None and most_bytes > read_bytes_most:
        if sealed_bytes is not None:
            return None
        most_bytes = read_bytes_most
    with contextlib.ExitStack() as on_failure:
        content = _Content(run.temporary_folder, sealed_bytes or 0)
        on_failure.callback(content.close)
        for data in _unpacked_windows(source):
            run.check()
            size_bytes = content.size_bytes + len(data)
            if size_bytes <= most_bytes:
                content.write(data)
            elif sealed_bytes is not None:
                raise SealDamaged(source.path, translate("its lengths do not match the file"))
            elif read_bytes_most is not None:
                return None
            elif (limit_bytes := options.limit_bytes) is not None:
                raise DeltaExpands(source.path, size_bytes, limit_bytes, limit_is_users=True)
            else:
                raise DeltaExpands(source.path, size_bytes, most_bytes, limit_is_users=False)
        unpacked = content.reading(source.path)
        on_failure.pop_all()
        return unpacked


def _most_bytes(source: Input, options: PatchOptions, sealed_bytes: int | None) -> int:
    """How much may come out; as much as the seal says, if there is one.

    Raises: DeltaExpands, where that is more than is wanted.
    """
    limit_bytes = options.limit_bytes
    if limit_bytes is not None:
        # What comes out is a delta, which may be longer than the result that the limit is for:
        # by up to 17 bytes a copy, of which real ones have few.
        most_bytes = max(_HARMLESS_BYTES, 2 * limit_bytes)
        if sealed_bytes is not None and sealed_bytes > most_bytes:
            raise DeltaExpands(source.path, sealed_bytes, limit_bytes, limit_is_users=True)
    elif options.allow_expansion:
        most_bytes = sys.maxsize
    else:
        most_bytes = max(_HARMLESS_BYTES, (source.size_bytes or 0) * _RATIO_MOST)
    return most_bytes if sealed_bytes is None else sealed_bytes


class _Content:
    """What came out so far: in memory while it is short, then in a nameless file."""

    def __init__(self, folder: Path | None, expected_bytes: int) -> None:
        """Raises: DiskFull, where `expected_bytes` will not fit; OutputUnwritable."""
        self.size_bytes = 0
        self._folder = folder
        self._kept = bytearray()
        self._file: TemporaryFile | None = None
        if expected_bytes > HELD_BYTES_MOST:
            self._file = TemporaryFile(folder, expected_bytes=expected_bytes)

    def write(self, data: bytes) -> None:
        """Append. Raises: DiskFull, OutputUnwritable."""
        self.size_bytes += len(data)
        if self._file is None:
            self._kept += data
            if self.size_bytes <= HELD_BYTES_MOST:
                return
            self._file = TemporaryFile(self._folder)
            data, self._kept = bytes(self._kept), bytearray()
        self._file.write(memoryview(data))

    def reading(self, path: Path) -> Input:
        """All of it, which came from `path`. Raises: OutputUnwritable."""
        if self._file is None:
            return Input.holding(self._kept, path)
        return Input(self._file.rewound(), path, owned=True)

    def close(self) -> None:
        """Let it go."""
        if self._file:
            self._file.close()


def _unpacked_windows(source: Input) -> Iterator[bytes]:
    """The content of all frames as `zstd -d` gives it, some 256 KiB at a time.

    Raises: CompressionDamaged, CompressionForeign, SealDamaged, SourceUnreadable.
    """
    buffer = memoryview(bytearray(_WINDOW_BYTES))
    position = 0
    while head := source.bytes_at(position, SKIPPABLE_HEADER.size):
        if head.startswith(ZSTD_MAGIC):
            if obstacle := find_obstacle(source.bytes_at(position, HEAD_BYTES_MOST)):
                raise CompressionForeign(source.path, obstacle)
            position = yield from _unpacked_frame(source, buffer, position)
        elif skipped := skippable_bytes(head):
            _refuse_remains(source, position)
            position += skipped
            if position > (source.size_bytes or 0):
                raise CompressionDamaged(source.path, translate("its end is missing"))
            yield b""
        else:
            raise CompressionDamaged(source.path, translate("its end is something else"))


def _refuse_remains(source: Input, position: int) -> None:
    """Raises: SealDamaged, where a frame that would be skipped holds a seal that is not whole."""
    content = source.bytes_at(position + SKIPPABLE_HEADER.size, _LOOK_BYTES)
    if len(content) == _LOOK_BYTES and any(
        begins_like_payload(kind, content) for kind in SEALED_KINDS
    ):
        raise SealDamaged(source.path, translate("its end is missing or damaged"))


def _unpacked_frame(
    source: Input, buffer: memoryview, position: int
) -> Generator[bytes, None, int]:
    """The content of the frame at `position`; gives the place behind it."""
    decompressor = zstd.ZstdDecompressor()
    piece: bytes | memoryview = b""
    while not decompressor.eof:
        if decompressor.needs_input:
            got = source.read_at(buffer, position)
            if not got:
                raise CompressionDamaged(source.path, translate("its end is missing"))
            position += got
            piece = buffer[:got]
        try:
            with memory_told():
                data = decompressor.decompress(piece, _WINDOW_BYTES)
        except zstd.ZstdError as problem:
            reason = translate("what is in it contradicts itself")
            raise CompressionDamaged(source.path, reason) from problem
        piece = b""
        yield data
    return position - len(decompressor.unused_data)


def peek(source: Input, size_bytes: int) -> bytes | Packing:
    """The first bytes of what the frames of a measured source hold, or what hides them.

    Frames to skip and empty ones are passed over, as far as is decent: real files have a few.

    Raises: SourceUnreadable.
    """
    content, position = b"", 0
    for _ in range(_FRAMES_PEEKED_AT):
        head = source.bytes_at(position, HEAD_BYTES_MOST)
        if skipped := skippable_bytes(head):
            position += skipped
            continue
        if not head.startswith(ZSTD_MAGIC):
            break
        if obstacle := find_obstacle(head):
            return content if len(content) >= MAGIC_BYTES else obstacle
        packed: bytes = source.bytes_at(position, _PEEK_BYTES)
        position += len(packed)
        decompressor = zstd.ZstdDecompressor()
        try:
            while len(content) < size_bytes and not decompressor.eof:
                # Of a frame that is damaged further on, these are there at least.
                wanted = MAGIC_BYTES if len(content) < MAGIC_BYTES else size_bytes
                with memory_told():
                    content += decompressor.decompress(packed, wanted - len(content))
                packed = b""
                if decompressor.needs_input:
                    break
        except zstd.ZstdError:
            break
        if len(content) >= size_bytes or not decompressor.eof:
            break
        position -= len(decompressor.unused_data)
    return content
