"""The speeds of this machine that a step is made of: the kernel's, librsync's, the hashes'.

`measure_speeds` measures each on one core alone and then on all cores at the same time: two cores
are not always twice one, and what they share (memory, the kernel's locks) is part of the limit.
Each core has a process of its own, bound to it; run as a command, this module is that process.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import mmap
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from ctypes import addressof, byref, c_char, c_size_t, c_void_p
from pathlib import Path
from types import ModuleType

GIB = 1 << 30
WINDOW_BYTES = 1 << 18
BLOCK_BYTES = 1 << 15  # what librsync takes for 1 GiB
BLOCKS = GIB // BLOCK_BYTES
SUM_BYTES = 32
MAGIC = 0x72730147  # RabinKarp and BLAKE2b, librsync's default
NAMES = {
    "read": "read a file that is in memory",
    "write": "write a new file in memory (the kernel finds pages, clears and fills them)",
    "copy": "have the kernel copy a file in memory into a new one (copy_file_range)",
    "disk": "write a new file on the disk and sync it",
    "signature": "librsync's signature job: rolling sum and BLAKE2b of every block",
    "matching": "librsync's delta job where every block is found",
    "rolling": "librsync's delta job where nothing is found: the rolling sum at every byte",
    "blake2b": "BLAKE2b as librsync calls it (libb2)",
    "hashlib": "BLAKE2b in Python's hashlib, as a yardstick",
    "blake3": "BLAKE3, the seal's checksum, one thread",
}


def measure_speeds(
    size_bytes: int, rounds: int, memory: Path, disk: Path
) -> dict[str, dict[str, list[float]]]:
    """Seconds a GiB of every probe: `alone`, and `together`, each core's own while all work.

    `memory` and `disk`: folders for files of `size_bytes`, one a core. What cannot be measured
    here (libb2 is not everywhere) is not in the answer.
    """
    with contextlib.ExitStack() as stack:
        processes = [
            stack.enter_context(_process(core, size_bytes, memory, disk))
            for core in sorted(os.sched_getaffinity(0))
        ]
        speeds: dict[str, dict[str, list[float]]] = {}
        # A virtual machine gets memory from its host at the first touch, slowly.
        _ask(processes, "copy")
        for _ in range(rounds):
            for name in NAMES:
                alone = _ask(processes[:1], name)
                together = _ask(processes, name)
                if alone is not None and together is not None:
                    every = speeds.setdefault(name, {"alone": [], "together": []})
                    every["alone"].append(alone)
                    every["together"].append(together)
    return speeds


@contextlib.contextmanager
def _process(
    core: int, size_bytes: int, memory: Path, disk: Path
) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, __file__, str(core), str(size_bytes), str(memory), str(disk)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def _ask(processes: list[subprocess.Popen[str]], name: str) -> float | None:
    """What a GiB took, on average of those that were asked at the same time."""
    for process in processes:
        assert process.stdin
        process.stdin.write(f"{name}\n")
        process.stdin.flush()
    answers = []
    for process in processes:
        assert process.stdout
        answers.append(float(process.stdout.readline()))
    return None if any(answer < 0 for answer in answers) else statistics.mean(answers)


# --- in the process of one core ------------------------------------------------------------------


class NotMeasurable(Exception):
    """What the probe is about is not on this system."""


class Bench:
    """One window of random bytes, used again and again: it stays in the core's cache."""

    def __init__(self, size_bytes: int, memory: Path, disk: Path) -> None:
        self._windows = max(1, size_bytes // WINDOW_BYTES)
        # Anonymous memory begins with a page; the kernel copies to and from such memory faster.
        self._window = mmap.mmap(-1, WINDOW_BYTES)
        self._window[:] = os.urandom(WINDOW_BYTES)
        self._address = addressof((c_char * WINDOW_BYTES).from_buffer(self._window))
        self._memory = memory / f"probe-{os.getpid()}"
        self._disk = disk / f"probe-{os.getpid()}"
        self._output = ctypes.create_string_buffer(4 * WINDOW_BYTES)
        self._libb2: ctypes.CDLL | None = None
        with contextlib.suppress(OSError):
            self._libb2 = ctypes.CDLL("libb2.so.1")

    def seconds_per_gib(self, name: str) -> float:
        """Of one probe. Raises: NotMeasurable."""
        probe: Callable[[], float] = getattr(self, f"probe_{name}")
        windows = self._windows
        if name == "rolling":
            # Ten times as slow as the others, and no less steady.
            self._windows = max(1, windows // 4)
        try:
            return probe() * GIB / (self._windows * WINDOW_BYTES)
        finally:
            self._windows = windows

    def probe_write(self) -> float:
        return self._write(self._memory, sync=False)

    def probe_disk(self) -> float:
        return self._write(self._disk, sync=True)

    def probe_read(self) -> float:
        self._write(self._memory, sync=False, keep=True)
        with self._memory.open("rb", buffering=0) as file:
            begun = time.perf_counter()
            while file.readinto(self._window):
                pass
            took = time.perf_counter() - begun
        self._memory.unlink()
        return took

    def probe_copy(self) -> float:
        target = self._memory.with_suffix(".copy")
        self._write(self._memory, sync=False, keep=True)
        try:
            begun = time.perf_counter()
            with self._memory.open("rb") as source, target.open("wb") as copy:
                while os.copy_file_range(source.fileno(), copy.fileno(), GIB):
                    pass
            return time.perf_counter() - begun
        except OSError as problem:
            raise NotMeasurable from problem
        finally:
            self._memory.unlink()
            target.unlink()

    def probe_signature(self) -> float:
        return self._feed(_librsync().sig_begin(BLOCK_BYTES, SUM_BYTES, MAGIC))

    def probe_matching(self) -> float:
        # The window's own blocks, so that all are found, among as many as 1 GiB has.
        return self._delta(self._sign_window())

    def probe_rolling(self) -> float:
        return self._delta(b"")

    def probe_blake2b(self) -> float:
        if self._libb2 is None:
            raise NotMeasurable
        function = self._libb2.blake2b
        digest = ctypes.create_string_buffer(SUM_BYTES)
        calls = [
            (digest, c_void_p(self._address + at), None, c_size_t(SUM_BYTES), c_size_t(BLOCK_BYTES))
            for at in range(0, WINDOW_BYTES, BLOCK_BYTES)
        ]
        return self._repeat(lambda: [function(*call, c_size_t(0)) for call in calls])

    def probe_hashlib(self) -> float:
        state = hashlib.blake2b(digest_size=SUM_BYTES)
        return self._repeat(lambda: state.update(self._window))

    def probe_blake3(self) -> float:
        from blake3 import blake3

        state = blake3()
        return self._repeat(lambda: state.update(self._window))

    def _repeat(self, work: Callable[[], object]) -> float:
        begun = time.perf_counter()
        for _ in range(self._windows):
            work()
        return time.perf_counter() - begun

    def _write(self, path: Path, *, sync: bool, keep: bool = False) -> float:
        begun = time.perf_counter()
        with path.open("wb", buffering=0) as file:
            for _ in range(self._windows):
                file.write(self._window)
            if sync:
                os.fsync(file.fileno())
            took = time.perf_counter() - begun
        if not keep:
            path.unlink()
        return took

    def _sign_window(self) -> bytes:
        """The records of the window's blocks."""
        job = _librsync().sig_begin(BLOCK_BYTES, SUM_BYTES, MAGIC)
        self._iterate(job, self._address, WINDOW_BYTES, end=True)
        return self._output.raw[12 : 12 + WINDOW_BYTES // BLOCK_BYTES * (4 + SUM_BYTES)]

    def _delta(self, records: bytes) -> float:
        """Compare with a signature of these records and as many random ones as fill it up."""
        rest = os.urandom(BLOCKS * (4 + SUM_BYTES) - len(records))
        header = b"".join(part.to_bytes(4, "big") for part in (MAGIC, BLOCK_BYTES, SUM_BYTES))
        signature = bytearray(header + records + rest)
        pointer = c_void_p()
        job = _librsync().loadsig_begin(byref(pointer))
        address = addressof((c_char * len(signature)).from_buffer(signature))
        self._iterate(job, address, len(signature), end=True)
        _librsync().job_free(job)
        _librsync().build_hash_table(pointer)
        try:
            return self._feed(_librsync().delta_begin(pointer))
        finally:
            _librsync().free_sumset(pointer)

    def _feed(self, job: int) -> float:
        """How long a job takes for all windows, its output thrown away; frees it."""
        took = self._repeat(lambda: self._iterate(job, self._address, WINDOW_BYTES))
        _librsync().job_free(job)
        return took

    def _iterate(self, job: int, address: int, size_bytes: int, *, end: bool = False) -> None:
        buffers = _librsync().Buffers(address, size_bytes, int(end), 0, 0)
        while buffers.avail_in:
            before = buffers.avail_in
            buffers.next_out = addressof(self._output)
            buffers.avail_out = len(self._output)
            _librsync().job_iter(job, byref(buffers))
            if buffers.avail_in == before and buffers.avail_out == len(self._output):
                # From 2.3.3 on a tail may wait for what follows; here the same window does.
                return


def _librsync() -> ModuleType:
    # Only this process loads the library; the bench itself stays small.
    from rdiff_gui.librsync import prototypes

    return prototypes


def answer(core: str, size_bytes: str, memory: str, disk: str) -> None:
    """Give a number a line for each name that comes in; -1 for what cannot be measured here."""
    os.sched_setaffinity(0, {int(core)})
    bench = Bench(int(size_bytes), Path(memory), Path(disk))
    for line in sys.stdin:
        try:
            print(bench.seconds_per_gib(line.strip()), flush=True)
        except NotMeasurable:
            print(-1, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is the bench's to tell of
    answer(*sys.argv[1:])
