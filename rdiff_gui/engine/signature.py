"""Signature: what the other side needs to know of the old file.

All cores make the block sums, slice by slice: byte for byte what one librsync job gives.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from rdiff_gui.engine.blake3_hash import Hasher
from rdiff_gui.engine.input import Holes, Input, Source, open_input
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import Resources, Sealing, SignatureOptions, judge_strong_sums
from rdiff_gui.engine.output import Target, open_output
from rdiff_gui.engine.parallel import run_slices
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.seal_io import identify, make_seal
from rdiff_gui.engine.summaries import SignatureSummary
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, pack
from rdiff_gui.formats.signature_header import SignatureHeader
from rdiff_gui.librsync.jobs import (
    OUTPUT_BYTES,
    Job,
    JobChannel,
    Memory,
    WindowPacer,
    Write,
    begin_signature,
)
from rdiff_gui.records import record

__all__ = ["make_signature"]


def make_signature(
    basis: Source,
    signature: Target,
    options: SignatureOptions = SignatureOptions(),  # noqa: B008  # frozen
    *,
    sealing: Sealing = Sealing.FULL,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> SignatureSummary:
    """Write the block signature of `basis`.

    Output: a 12-byte header, then ceil(size / block_bytes) records of 4 + strong_bytes bytes,
    big-endian, byte for byte what `rdiff signature` writes; then the seal (see `docs/format.md`),
    unless `sealing` is NONE. `on_progress` gets bytes read, at most 20 times a second, on
    the calling thread.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, OutputIsInput, OutputExists (unless
    `replace`), OutputUnwritable, FolderMoved, DiskFull, LibraryProblem, PartUnloadable,
    SystemRefused, Cancelled; on each, `signature` is as it was before the call.
    Source: librsync doc/formats.md, "Signatures"; rs_sig_begin.
    """

    def work(run: Run) -> SignatureSummary:
        with (
            open_input(basis) as source,
            open_output(signature, [source], replace=replace, run=run) as output,
        ):
            run.stage, run.total_bytes = Stage.SIGNING, source.size_bytes
            header = options.header(source.size_bytes)
            if source.size_bytes is not None:
                output.expect(header.signature_bytes(source.size_bytes))
            if sealing is Sealing.NONE:
                sign(source, output.write, header, run)
                basis_identity = None
            else:
                basis_identity, seal = _sign_and_seal(source, output.write, header, run, sealing)
                output.write(memoryview(seal))
            source.check_unchanged()
            publish(run, [output])
            return SignatureSummary(
                basis_bytes=run.done_bytes,
                signature_bytes=output.written_bytes,
                header=header,
                blocks=-(-run.done_bytes // header.block_bytes),
                basis=basis_identity,
                remarks=(
                    *judge_strong_sums(source.path, header, run.done_bytes),
                    *output.remarks,
                ),
                seconds=run.seconds,
            )

    return run_operation(work, on_progress, cancel, resources)


def _sign_and_seal(
    source: Input,
    write: Callable[[memoryview], None],
    header: SignatureHeader,
    run: Run,
    sealing: Sealing,
) -> tuple[Identity, bytes]:
    """Sign, and give what is now known of the basis, with the seal that says so."""
    basis_hasher, body_hasher = Hasher(run.resources.threads), Hasher()

    def write_hashed(data: memoryview) -> None:
        body_hasher.update(data)
        write(data)

    sign(source, write_hashed, header, run, basis_hasher)
    basis = identify(source, basis_hasher, sealing, sampled=True)
    body = Identity(body_hasher.size_bytes, body_hasher.hexdigest())
    seal = make_seal(Kind.SIGNATURE, body, sealing, basis)
    return basis, pack(seal, record_bytes=header.record_bytes)


# What is read stays in a core's own cache until it is signed and hashed.
_SLICE_BYTES = 2**20
_SUMS_BYTES_MOST = 2**21


@record(eq=False)
class _Slice:
    """Whole blocks of the basis on their way, or `zero_blocks` of a hole; `sums` come out.

    Only the file's very last block may be shorter.
    """

    memory: Memory
    job: Job
    channel: JobChannel
    sums: bytearray
    filled_bytes: int = 0
    ended: bool = False
    zero_blocks: int = 0


class _Signing:
    """One basis and where its sums go."""

    def __init__(
        self,
        source: Input,
        write: Write,
        header: SignatureHeader,
        run: Run,
        hasher: Hasher | None,
        jobs: contextlib.ExitStack,
    ) -> None:
        self._source = source
        self._write = write
        self._header = header
        self._run = run
        self._hasher = hasher
        self._jobs = jobs
        block_bytes = header.block_bytes
        blocks = min(_SLICE_BYTES // block_bytes, _SUMS_BYTES_MOST // header.record_bytes)
        self.slice_bytes = max(1, blocks) * block_bytes
        self._holes = Holes(source, max(self.slice_bytes, 2 * block_bytes))
        self._position = 0
        self._ended = False
        self._zero_record = b""

    def make(self) -> _Slice:
        """An empty slice, with a job whose header is out already: whole blocks need no other."""
        size_bytes = self._source.size_bytes
        memory_bytes = self.slice_bytes
        if size_bytes is not None:
            memory_bytes = min(memory_bytes, size_bytes + 1)
        block_bytes = self._header.block_bytes
        window_blocks = (self._run.resources.input_bytes or memory_bytes) // block_bytes
        sums = bytearray()
        channel = JobChannel(
            # Whole blocks go to librsync without a copy.
            WindowPacer(max(1, window_blocks) * block_bytes),
            Memory(self._run.resources.output_bytes or min(OUTPUT_BYTES, memory_bytes)),
            sums.extend,
            self._run.advance,
        )
        job = self._jobs.enter_context(
            begin_signature(self._header.block_bytes, self._header.strong_bytes, self._header.magic)
        )
        slice_ = _Slice(Memory(memory_bytes), job, channel, sums)
        job.feed(slice_.memory, 0, 0, channel)
        sums.clear()
        return slice_

    def take(self, slice_: _Slice) -> bool:
        """Read the next blocks; False at the end. Raises: SourceUnreadable."""
        if self._ended:
            # A file that grows meanwhile is refused; a job that has ended must not go on.
            return False
        block_bytes = self._header.block_bytes
        wanted_bytes = len(slice_.memory)
        slice_.zero_blocks = slice_.filled_bytes = 0
        hole = self._holes.after(self._position)
        if hole:
            # Only the whole blocks within it are known to be zeros.
            before_bytes = max(0, -(-(hole.start - self._position) // block_bytes)) * block_bytes
            whole_blocks = (hole.end - self._position) // block_bytes
            if before_bytes:
                wanted_bytes = min(wanted_bytes, before_bytes)
            elif whole_blocks:
                most_blocks = _SUMS_BYTES_MOST // self._header.record_bytes
                slice_.zero_blocks = min(whole_blocks, most_blocks)
                self._position += slice_.zero_blocks * block_bytes
                return True
        view = slice_.memory.view[:wanted_bytes]
        if self._source.size_bytes is None:
            slice_.filled_bytes = self._source.fill(view)
        else:
            slice_.filled_bytes = self._source.read_at(view, self._position)
        self._position += slice_.filled_bytes
        # A block that is not whole can only be the last one.
        self._ended = slice_.ended = slice_.filled_bytes % block_bytes != 0
        return slice_.filled_bytes > 0

    def work(self, slice_: _Slice) -> None:
        """Make the sums. Raises: LibrsyncFailed, Cancelled."""
        slice_.sums.clear()
        if slice_.zero_blocks:
            slice_.sums += self._sum_of_zeros() * slice_.zero_blocks
            return
        filled_bytes, ended = slice_.filled_bytes, slice_.ended
        slice_.job.feed(slice_.memory, 0, filled_bytes, slice_.channel, ended=ended)

    def finish(self, slice_: _Slice) -> None:
        """Pass on the sums. Raises: Cancelled, what `write` raises."""
        if slice_.zero_blocks:
            zero_bytes = slice_.zero_blocks * self._header.block_bytes
            if self._hasher:
                self._hasher.update_zeros(zero_bytes, self._run)
            else:
                self._run.advance(zero_bytes)
        elif self._hasher:
            self._hasher.update(slice_.memory.view[: slice_.filled_bytes])
        with memoryview(slice_.sums) as sums:
            self._write(sums)

    def _sum_of_zeros(self) -> bytes:
        if not self._zero_record:
            # Few files have holes.
            from rdiff_gui.engine.signature_table import sum_of_zeros

            self._zero_record = sum_of_zeros(self._header)
        return self._zero_record


def sign(
    source: Input, write: Write, header: SignatureHeader, run: Run, hasher: Hasher | None = None
) -> None:
    """Read all of `source`, into `hasher` too, and hand its signature, header first, to `write`.

    Raises: SourceUnreadable, LibrsyncFailed, Cancelled, what `write` raises.
    """
    write(memoryview(header.pack()))
    sign_blocks(source, write, header, run, hasher)


def sign_blocks(
    source: Input, write: Write, header: SignatureHeader, run: Run, hasher: Hasher | None = None
) -> None:
    """The same without the header, as of some whole blocks of a file.

    Raises: as sign.
    """
    with contextlib.ExitStack() as jobs:
        signing = _Signing(source, write, header, run, hasher, jobs)
        run_slices(signing, signing.slice_bytes, source.size_bytes, run)
