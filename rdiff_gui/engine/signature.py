"""Signature: what the other side needs to know of the old file."""

from __future__ import annotations

import time
from collections.abc import Callable

from rdiff_gui.engine.hashing import Hasher
from rdiff_gui.engine.inputs import Input, Source, open_input
from rdiff_gui.engine.options import (
    Resources,
    Sealing,
    SignatureOptions,
    judge_strong_sums,
)
from rdiff_gui.engine.outputs import Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.running import Run, run_operation
from rdiff_gui.engine.sealing import identify, make_seal
from rdiff_gui.engine.signing import sign
from rdiff_gui.engine.summaries import SignatureSummary
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, pack
from rdiff_gui.formats.signature_header import SignatureHeader


def make_signature(
    basis: Source,
    signature: Target,
    options: SignatureOptions = SignatureOptions(),  # noqa: B008  # frozen
    *,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> SignatureSummary:
    """Write the block signature of `basis`.

    Output: a 12-byte header, then ceil(size / block_bytes) records of 4 + strong_bytes bytes,
    big-endian, byte for byte what `rdiff signature` writes; then the seal (see `docs/format.md`),
    unless `options.sealing` is NONE. `on_progress` gets bytes read, at most 20 times a second, on
    the calling thread.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, OutputIsInput, OutputExists (unless
    `replace`), OutputUnwritable, FolderMoved, DiskFull, LibraryProblem, PartUnloadable,
    SystemRefused, Cancelled; on each, `signature` is as it was before the call.
    Source: librsync doc/formats.md, "Signatures"; rs_sig_begin.
    """
    started = time.monotonic()

    def work(run: Run) -> SignatureSummary:
        with (
            open_input(basis) as source,
            open_output(signature, [source], replace=replace, run=run) as output,
        ):
            run.stage, run.total_bytes = Stage.SIGNING, source.size_bytes
            header = choose_header(options, source.size_bytes)
            if source.size_bytes is not None:
                output.expect(header.signature_bytes(source.size_bytes))
            if options.sealing is Sealing.NONE:
                sign(source, output.write, header, run, resources)
                basis_identity = None
            else:
                basis_identity, seal = _sign_and_seal(
                    source, output.write, header, run, resources, options.sealing
                )
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
                seconds=time.monotonic() - started,
            )

    return run_operation(work, on_progress, cancel)


def choose_header(options: SignatureOptions, basis_bytes: int | None) -> SignatureHeader:
    """The header of the signature of a basis of that size (None: not known)."""
    block_bytes, strong_bytes = options.resolve(basis_bytes)
    return SignatureHeader(options.strong_hash, options.rolling_sum, block_bytes, strong_bytes)


def _sign_and_seal(
    source: Input,
    write: Callable[[memoryview], None],
    header: SignatureHeader,
    run: Run,
    resources: Resources,
    sealing: Sealing,
) -> tuple[Identity, bytes]:
    """Sign, and give what is now known of the basis, with the seal that says so."""
    basis_hasher, body_hasher = Hasher(resources.threads), Hasher()

    def write_hashed(data: memoryview) -> None:
        body_hasher.update(data)
        write(data)

    sign(source, write_hashed, header, run, resources, basis_hasher)
    basis = identify(source, basis_hasher.size_bytes, basis_hasher.hexdigest(), sealing)
    body = Identity(body_hasher.size_bytes, body_hasher.hexdigest())
    seal = make_seal(Kind.SIGNATURE, body, basis=basis, sealing=sealing)
    return basis, pack(seal, record_bytes=header.record_bytes)
