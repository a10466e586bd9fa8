"""One librsync job: fed from memory of ours, in windows that stay short.

A job never touches a file. It takes bytes from a `Memory` and gives bytes to `write`, so progress
and cancelling happen between two windows, on the caller's terms.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from ctypes import addressof, byref, c_char, c_void_p

from rdiff_gui.errors import LibrsyncFailed
from rdiff_gui.librsync import prototypes
from rdiff_gui.librsync.prototypes import Result, collect_traces, describe_result
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from typing import Self

ReadInto = Callable[[memoryview], int]
Write = Callable[[memoryview], object]

WINDOW_BYTES = 2**18
OUTPUT_BYTES = 2**18

# A call that takes longer than this makes the next window smaller; one that takes less than a
# fifth of it may be followed by one twice as big.
_CALL_TARGET_SECONDS = 0.03
# What a job takes for itself while it works: its own state, and what waits of a window and a block.
_JOB_BYTES = 2**20

# What is to be left besides, for other threads that ask in the same moment. It is more than malloc
# takes out of what it keeps, where it would have to make zeros: that takes milliseconds a file.
# Source: mallopt(3), M_MMAP_THRESHOLD, whose limit is 32 MiB.
_RESERVE_BYTES = 2**25

# What a block of a loaded signature takes besides its sums: a number and padding, and its share of
# a table of keys and pointers that is at most two and a half times as long.
# Source: sumset.c and hashtable.c of 2.3.2.
_BLOCK_EXTRA_BYTES = 36

_FIRST_WINDOW_BYTES = 512
_LEAST_WINDOW_BYTES = 16


class Memory:
    """Bytes that stay at one address and are used again and again."""

    def __init__(self, size_bytes: int) -> None:
        """Get `size_bytes`, at least one."""
        self.bytes = bytearray(max(1, size_bytes))
        self.view = memoryview(self.bytes)
        self.address = addressof((c_char * len(self.bytes)).from_buffer(self.bytes))

    def __len__(self) -> int:
        return len(self.bytes)


class WindowPacer:
    """How many bytes to offer next, so that one call stays under 50 ms.

    A normal file is compared at some 400 MB/s; one whose every byte meets a false match at
    12 kB/s (see `tests/faults`). Starting small and doubling costs a normal file nothing. A file
    that turns from the one into the other has one long call at the turn, which the engine's
    caller does not wait for.
    """

    def __init__(self, most_bytes: int, *, paced: bool = False) -> None:
        """Windows of `most_bytes` from the first on, or, when `paced`, as the calls take."""
        self._most_bytes = most_bytes
        self._unheard_bytes = 0
        self._paced_bytes = min(_FIRST_WINDOW_BYTES, most_bytes) if paced else most_bytes

    @property
    def window_bytes(self) -> int:
        """The length of the next window."""
        return min(self._unheard_bytes or self._paced_bytes, self._most_bytes)

    def begin_job(self, block_bytes: int) -> None:
        """Another job follows, which first only stores a block before it begins to compare.

        The speed of those calls says nothing; what was learned before still holds.
        """
        self._unheard_bytes = block_bytes

    def observe(self, offered_bytes: int, seconds: float) -> None:
        """Learn from a call that was given `offered_bytes` new bytes and took `seconds`."""
        if not offered_bytes:
            return
        if self._unheard_bytes:
            self._unheard_bytes = max(0, self._unheard_bytes - offered_bytes)
        elif seconds > _CALL_TARGET_SECONDS:
            fitting = int(offered_bytes * _CALL_TARGET_SECONDS / seconds)
            self._paced_bytes = max(_LEAST_WINDOW_BYTES, fitting)
        elif seconds < _CALL_TARGET_SECONDS / 5 and offered_bytes >= self._paced_bytes:
            self._paced_bytes = min(self._paced_bytes * 2, self._most_bytes)


@record(frozen=True)
class JobChannel:
    """What goes with a job's data: the windows, the room for output, and who hears of both.

    `write` gets output as a view that is valid during the call; `on_window` the length of every
    window, after its call. Either may raise to end the work.
    """

    pacer: WindowPacer
    output: Memory
    write: Write
    on_window: Callable[[int], None]


class Job:
    """One rs_job_t, owned: freed at the end of its `with` block, on every way out."""

    def __init__(self, pointer: int | None, *, keep: object = None) -> None:
        """Take over `pointer`; `keep` stays alive as long as the job does.

        Raises: LibrsyncFailed, for the NULL that librsync gives when it has no memory.
        """
        if not pointer:
            raise LibrsyncFailed("rs_job_new", Result.MEM_ERROR, describe_result(Result.MEM_ERROR))
        self._pointer: int | None = pointer
        self._keep = keep
        self._buffers = prototypes.Buffers()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Free it."""
        pointer, self._pointer = self._pointer, None
        if pointer:
            prototypes.job_free(pointer)

    def feed(
        self, source: Memory, start: int, end: int, channel: JobChannel, *, ended: bool = False
    ) -> None:
        """Hand over `source[start:end]`, all of it; with `ended`, the job comes to its end.

        Without, the job must be able to use all of it: whole blocks, whole records.

        Raises: LibrsyncFailed; what the channel's functions raise.
        """
        collect_traces()
        buffers, output, pacer = self._buffers, channel.output, channel.pacer
        taken = offered = start
        filled = 0
        full = False
        while True:
            fresh = 0 if full else min(pacer.window_bytes, end - offered)
            offered += fresh
            room = len(output) - filled
            last = ended and offered == end
            buffers.next_in = source.address + taken
            buffers.avail_in = offered - taken
            buffers.eof_in = int(last)
            buffers.next_out = output.address + filled
            buffers.avail_out = room
            begun = time.perf_counter()
            result = prototypes.job_iter(self._pointer, byref(buffers))
            pacer.observe(fresh, time.perf_counter() - begun)
            before, taken = taken, offered - buffers.avail_in
            produced = room - buffers.avail_out
            filled += produced
            full = buffers.avail_out == 0
            done = result == Result.DONE or (offered == end and not ended and not full)
            # Small pieces are gathered: a little-changed file gives a few bytes a window.
            if filled > len(output) // 2 or (filled and done):
                channel.write(output.view[:filled])
                filled = 0
            channel.on_window(fresh)
            if done:
                break
            if last and taken == before and not produced and not full:
                raise _failure(Result.INPUT_ENDED)
        if taken != end and not ended:
            raise _failure(Result.INTERNAL_ERROR)


def _require_memory(size_bytes: int) -> None:
    """Make sure that librsync will get that much: it aborts the process when it does not.

    Whoever takes more than the reserve meanwhile can still be in its way.

    Raises: MemoryError.
    """
    # Zeros that nobody looks at cost address space, and no time.
    bytes(size_bytes + _RESERVE_BYTES)


def _failure(result: Result) -> LibrsyncFailed:
    return LibrsyncFailed("rs_job_iter", result, describe_result(result))


class LoadedSignature:
    """An rs_signature_t with its hash table, ready to be compared with; freed with its last user.

    Read-only once built, so several delta jobs may share it.
    """

    def __init__(self) -> None:
        self._pointer = c_void_p()

    def __del__(self) -> None:
        if self._pointer.value:
            prototypes.free_sumset(self._pointer)

    def load(self, read: ReadInto, header_bytes: int, record_bytes: int, blocks: int) -> None:
        """Take in the signature's bytes, header included, and build the hash table.

        `read` fills a view, as far as there is something; `blocks` records are expected. The
        header must have been checked: librsync aborts the process on some.

        Raises: MemoryError, LibrsyncFailed, what `read` raises.
        """
        _require_memory(_JOB_BYTES + blocks * (record_bytes + _BLOCK_EXTRA_BYTES))
        records = max(1, min(blocks, WINDOW_BYTES // record_bytes))
        piece = Memory(max(header_bytes, records * record_bytes))
        channel = JobChannel(WindowPacer(WINDOW_BYTES), Memory(1), _expect_nothing, _tell_nobody)
        with Job(prototypes.loadsig_begin(byref(self._pointer)), keep=self) as job:
            job.feed(piece, 0, read(piece.view[:header_bytes]), channel)
            while got := read(piece.view[: records * record_bytes]):
                job.feed(piece, 0, got, channel)
            job.feed(piece, 0, 0, channel, ended=True)
        prototypes.build_hash_table(self._pointer)

    def begin_delta(self) -> Job:
        """A delta job against this signature. Raises: MemoryError, LibrsyncFailed."""
        _require_memory(_JOB_BYTES)
        return Job(prototypes.delta_begin(self._pointer), keep=self)


def _expect_nothing(_output: memoryview) -> None:
    """Loading a signature gives no output."""


def _tell_nobody(_window_bytes: int) -> None:
    """Nobody waits for this."""


def begin_signature(block_bytes: int, strong_bytes: int, magic: int) -> Job:
    """A signature job; `strong_bytes` is explicit, never 0 or −1.

    Raises: MemoryError, LibrsyncFailed.
    Source: rs_sig_begin.
    """
    _require_memory(_JOB_BYTES)
    return Job(prototypes.sig_begin(block_bytes, strong_bytes, magic))
