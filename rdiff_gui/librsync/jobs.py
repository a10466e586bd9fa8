"""One librsync job: fed from and drained to reusable buffers, in windows that stay short.

A job never touches a file. It takes bytes from `read` and gives bytes to `write`, both of the
caller's, so progress and cancelling happen between two windows, on the caller's terms.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from ctypes import addressof, byref, c_char, c_void_p, memmove
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from rdiff_gui.errors import LibrsyncFailed
from rdiff_gui.librsync import prototypes
from rdiff_gui.librsync.results import Result, collect_traces, describe_result

ReadInto = Callable[[memoryview], int]
Write = Callable[[memoryview], object]
ReadAt = Callable[[memoryview, int], int]


class Companion(Protocol):
    """Work on the same input beside the job: `start` before a call, `finish` after it."""

    def start(self, window: memoryview) -> None:
        """Begin with the bytes that were just read; they stay as they are until `finish`."""

    def finish(self) -> None:
        """Come to the end of what was begun."""


WINDOW_BYTES = 2**18
OUTPUT_BYTES = 2**18

# A call that takes longer than this makes the next window smaller; one that takes less than a
# fifth of it may be followed by one twice as big.
_CALL_TARGET_SECONDS = 0.03
_FIRST_WINDOW_BYTES = 512
_LEAST_WINDOW_BYTES = 16


class WindowPacer:
    """How many bytes to offer next, so that one call stays under 50 ms.

    A normal file is compared at some 400 MB/s; one whose every byte meets a false match at
    12 kB/s (see `tests/faults`). Starting small and doubling costs a normal file nothing. A file
    that turns from the one into the other has one long call at the turn, which the engine's
    caller does not wait for.
    """

    def __init__(self, most_bytes: int, *, paced: bool = False, block_bytes: int = 0) -> None:
        """Windows of `most_bytes` from the first on, or, when `paced`, as the calls take.

        `block_bytes`: how much librsync only stores before it begins to compare. The speed of
        those calls says nothing.
        """
        self._most_bytes = most_bytes
        self._unheard_bytes = block_bytes
        self._paced_bytes = min(_FIRST_WINDOW_BYTES, most_bytes) if paced else most_bytes

    @property
    def window_bytes(self) -> int:
        """The length of the next window."""
        return min(self._unheard_bytes or self._paced_bytes, self._most_bytes)

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


@dataclass(frozen=True, slots=True)
class JobCounts:
    """What a delta or patch job counted: commands and the bytes they stand for."""

    literal_count: int
    literal_bytes: int
    copy_count: int
    copied_bytes: int
    false_matches: int


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
        self._traces = collect_traces()
        self.failure: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pointer, self._pointer = self._pointer, None
        if pointer:
            prototypes.job_free(pointer)

    def counts(self) -> JobCounts:
        """The job's own statistics."""
        statistics = prototypes.job_statistics(self._pointer).contents
        return JobCounts(
            literal_count=statistics.lit_cmds,
            literal_bytes=statistics.lit_bytes,
            copy_count=statistics.copy_cmds,
            copied_bytes=statistics.copy_bytes,
            false_matches=statistics.false_matches,
        )

    def run(
        self,
        read: ReadInto,
        write: Write,
        *,
        pacer: WindowPacer,
        output_bytes: int = OUTPUT_BYTES,
        companion: Companion | None = None,
    ) -> None:
        """Feed the job from `read` until it is done, handing its output to `write`.

        `read` fills a memoryview and returns the bytes it put there, 0 at the end; `write` takes
        a memoryview that is valid only during the call. What they raise ends the run. The
        `companion` sees all input once, in order.

        Raises: LibrsyncFailed.
        """
        feed = _Feed(read, pacer)
        output = bytearray(output_bytes)
        output_address = addressof((c_char * output_bytes).from_buffer(output))
        view = memoryview(output)
        buffers = prototypes.Buffers()
        filled = 0
        output_was_full = False
        while True:
            fresh = 0 if output_was_full else feed.refill()
            if companion and fresh:
                companion.start(feed.tail(fresh))
            buffers.next_in, buffers.avail_in, buffers.eof_in = feed.offer()
            buffers.next_out = output_address + filled
            buffers.avail_out = output_bytes - filled
            offered = buffers.avail_in
            started = time.perf_counter()
            try:
                result = self._iterate(buffers)
            finally:
                if companion:
                    companion.finish()
            pacer.observe(fresh, time.perf_counter() - started)
            feed.consume(offered - buffers.avail_in)
            produced = output_bytes - filled - buffers.avail_out
            filled += produced
            output_was_full = buffers.avail_out == 0
            # Small pieces are gathered: a little-changed file gives a few bytes a window.
            if filled > output_bytes // 2 or (filled and result == Result.DONE):
                write(view[:filled])
                filled = 0
            if result == Result.DONE:
                return
            if feed.ended and offered == buffers.avail_in and not produced and not output_was_full:
                raise LibrsyncFailed(
                    "rs_job_iter", Result.INPUT_ENDED, describe_result(Result.INPUT_ENDED)
                )

    def _iterate(self, buffers: prototypes.Buffers) -> int:
        try:
            result: int = prototypes.job_iter(self._pointer, byref(buffers))
        except LibrsyncFailed:
            if self.failure is not None:
                # The callback's own exception says more than the number it made librsync return.
                raise self.failure from None
            raise
        return result


class _Feed:
    """Input not yet taken by the job, kept in one piece however little the job takes."""

    def __init__(self, read: ReadInto, pacer: WindowPacer) -> None:
        self._read = read
        self._pacer = pacer
        self._start = self._end = self._address = 0
        self.ended = False
        self._allocate(4 * pacer.window_bytes)

    def _allocate(self, capacity_bytes: int) -> None:
        buffer = bytearray(capacity_bytes)
        address = addressof((c_char * capacity_bytes).from_buffer(buffer))
        left = self._end - self._start
        if left:
            memmove(address, self._address + self._start, left)
        self._buffer, self._address = buffer, address
        self._view = memoryview(buffer)
        self._start, self._end = 0, left

    def refill(self) -> int:
        """Read one more window behind what is left; give its length in bytes."""
        if self.ended:
            return 0
        window_bytes = self._pacer.window_bytes
        if len(self._buffer) - self._end < window_bytes:
            left = self._end - self._start
            if len(self._buffer) < 2 * left + 4 * window_bytes:
                self._allocate(4 * left + 8 * window_bytes)
            else:
                memmove(self._address, self._address + self._start, left)
                self._start, self._end = 0, left
        got = self._read(self._view[self._end : self._end + window_bytes])
        self._end += got
        self.ended = got == 0
        return got

    def tail(self, size_bytes: int) -> memoryview:
        """The bytes read last."""
        return self._view[self._end - size_bytes : self._end]

    def offer(self) -> tuple[int, int, int]:
        """Address, length in bytes, and whether this is the last there is."""
        return self._address + self._start, self._end - self._start, int(self.ended)

    def consume(self, taken_bytes: int) -> None:
        """The job took that much from the front."""
        self._start += taken_bytes
        if self._start == self._end:
            self._start = self._end = 0


class LoadedSignature:
    """An rs_signature_t with its hash table, ready to be compared with; freed with its last user.

    Read-only once built, so several delta jobs may share it.
    """

    def __init__(self) -> None:
        self._pointer = c_void_p()

    def __del__(self) -> None:
        if self._pointer.value:
            prototypes.free_sumset(self._pointer)

    def load(self, read: ReadInto, companion: Companion | None = None) -> None:
        """Take in the signature's bytes, header included, and build the hash table.

        The header must have been checked: librsync aborts the process on some.

        Raises: LibrsyncFailed, what `read` raises.
        """
        with Job(prototypes.loadsig_begin(byref(self._pointer)), keep=self) as job:
            job.run(read, _expect_nothing, pacer=WindowPacer(WINDOW_BYTES), companion=companion)
        prototypes.build_hash_table(self._pointer)

    def begin_delta(self) -> Job:
        """A delta job against this signature."""
        return Job(prototypes.delta_begin(self._pointer), keep=self)


def _expect_nothing(_output: memoryview) -> None:
    """Loading a signature gives no output."""


def begin_signature(block_bytes: int, strong_bytes: int, magic: int) -> Job:
    """A signature job; `strong_bytes` is explicit, never 0 or −1.

    Source: rs_sig_begin.
    """
    return Job(prototypes.sig_begin(block_bytes, strong_bytes, magic))


def begin_patch(read_at: ReadAt) -> Job:
    """A patch job that takes the basis through `read_at(buffer, offset)`.

    `read_at` fills the buffer as far as the basis goes and returns the bytes it put there. What
    it raises ends the job with that exception.

    Source: rs_patch_begin; librsync src/patch.c, rs_patch_s_copying.
    """
    jobs: list[Job] = []

    def copy(_opaque: object, offset: int, length: Any, buffer: Any) -> int:
        try:
            view = memoryview((c_char * length[0]).from_address(buffer[0])).cast("B")
            got = read_at(view, offset)
        except BaseException as problem:  # noqa: BLE001  # nothing may cross the C frames above
            jobs[0].failure = problem
            return Result.IO_ERROR
        length[0] = got
        # DONE with nothing copied would make librsync ask again for ever.
        return Result.DONE if got else Result.INPUT_ENDED

    callback = prototypes.CopyCallback(copy)
    job = Job(prototypes.patch_begin(callback, None), keep=callback)
    jobs.append(job)
    return job


__all__ = [
    "OUTPUT_BYTES",
    "WINDOW_BYTES",
    "Job",
    "JobCounts",
    "LoadedSignature",
    "ReadAt",
    "ReadInto",
    "WindowPacer",
    "Write",
    "begin_patch",
    "begin_signature",
]
