"""What a file is, by its content, never by its name; and which old file a delta is for."""

from __future__ import annotations

import contextlib
import itertools
import os
from pathlib import Path

from rdiff_gui.engine.blake3_hash import hash_sample, hash_source
from rdiff_gui.engine.delta_reader import scan_delta
from rdiff_gui.engine.input import FilePath, Source, is_folder, open_input, path_or_stream
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import PatchOptions
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.seal_io import Recognized, Unwrapped, recognize_content, unwrap
from rdiff_gui.engine.signature_table import check_signature
from rdiff_gui.engine.summaries import (
    DeltaFacts,
    Facts,
    OrdinaryFacts,
    SignatureFacts,
    UnreadFacts,
    tile_regions,
)
from rdiff_gui.engine.trees.summaries import TreeFacts
from rdiff_gui.errors import FileProblem
from rdiff_gui.formats.delta_commands import CommandTotals
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.seal import Identity, Seal, sample_places
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["find_basis", "inspect", "recognize_file"]

# Real signatures and deltas shrink less than sixteenfold, but for those of a few MiB and of zeros.
_PROPORTION = 16
_READ_BYTES_LEAST = 2**26

# Where a basis is looked for.
_ENTRIES_MOST = 10_000
_CANDIDATES_MOST = 16


def recognize_file(given: Source) -> Kind:
    """The kind of a file, from its first bytes; a pipe is ordinary, since looking would take them.

    Raises: SourceMissing, SourceUnreadable.
    """
    return look_into(given).kind


def look_into(given: Source) -> Recognized:
    """The same, with how an ordinary file is packed.

    Raises: SourceMissing, SourceUnreadable.
    """
    with open_input(given) as source:
        # Looking at a pipe would eat what is in it.
        if source.size_bytes is None:
            return Recognized(Kind.ORDINARY)
        return recognize_content(source)


def inspect(
    given: Source, *, allow_trailing: bool = False, cancel: CancelToken | None = None
) -> Facts:
    """Look at all that a file says of itself; a delta's commands are all checked.

    Of what is compressed, no more is unpacked than sixteen times the file, but always 64 MiB: what
    is longer is left unread, and a tiny file keeps nobody waiting. `allow_trailing` takes a delta
    with bytes behind its END that are no valid seal.

    Raises: SourceMissing, SourceUnreadable, SignatureTruncated, SignatureDamaged,
    SignatureHostile, DeltaTruncated, DeltaDamaged, DeltaTrailing, ContentDamaged, SealDamaged,
    SealTooNew, CompressionDamaged, TreeDamaged, TreeUnsafe, TreeTooNew, Cancelled.
    """
    options = PatchOptions(allow_trailing=allow_trailing)

    def work(run: Run) -> Facts:
        with open_input(given) as opened, opened.measured(run) as source:
            size_bytes = source.size_bytes or 0
            read_bytes_most = _read_bytes_most(size_bytes)
            with unwrap(source, run, options, read_bytes_most=read_bytes_most) as unwrapped:
                if unwrapped.unread:
                    kind, seal = unwrapped.kind, unwrapped.seal
                    return UnreadFacts(source.path, size_bytes, kind, seal, read_bytes_most)
                match unwrapped.kind:
                    case Kind.SIGNATURE:
                        return _signature_facts(unwrapped, size_bytes, run)
                    case Kind.DELTA:
                        totals = scan_delta(unwrapped, run, allow_trailing=allow_trailing)
                        return _delta_facts(unwrapped, size_bytes, totals)
                    case Kind.TREE_DELTA | Kind.TREE_SIGNATURE:
                        return _tree_facts(unwrapped, size_bytes, run)
                    case _:
                        status = source.status
                        modified = status.st_mtime if status else 0.0
                        return OrdinaryFacts(source.path, size_bytes, modified)

    return run_operation(work, None, cancel)


def look_at_seal(given: Source, *, cancel: CancelToken | None = None) -> Seal | None:
    """The seal of a signature or delta; nothing is unpacked, and its content is not compared.

    None where there is none, or where it was compressed together with the rest.

    Raises: SourceMissing, SourceUnreadable, SealDamaged, SealTooNew, CompressionDamaged, Cancelled.
    """

    def work(run: Run) -> Seal | None:
        with (
            open_input(given) as opened,
            opened.measured(run) as source,
            unwrap(source, run, read_bytes_most=0) as unwrapped,
        ):
            return unwrapped.seal

    return run_operation(work, None, cancel)


def look_at_sample(given: Source, *, cancel: CancelToken | None = None) -> str:
    """The hash of a file's sample, or where it is too small for one, of all its bytes.

    Reads no more than 256 KiB. Raises: SourceMissing, SourceUnreadable, Cancelled.
    """

    def work(run: Run) -> str:
        with open_input(given) as source:
            return hash_sample(source) or hash_source(source, run)

    return run_operation(work, None, cancel)


def may_be(known: Identity, size_bytes: int, sample: str) -> bool:
    """Whether a file of that size and sample may be the one that a seal knows."""
    if size_bytes != known.size_bytes:
        return False
    if sample_places(size_bytes):
        return known.sample in (sample, None)
    return known.blake3 == sample


def _read_bytes_most(packed_bytes: int) -> int:
    """How much is worth unpacking of a file that is only looked at."""
    return max(_READ_BYTES_LEAST, _PROPORTION * packed_bytes)


def _signature_facts(unwrapped: Unwrapped, size_bytes: int, run: Run) -> SignatureFacts:
    source = unwrapped.content
    header, blocks = check_signature(unwrapped, run)
    if unwrapped.seal:
        unwrapped.check_body(hash_source(source, run))
    basis_bytes_min, basis_bytes_max = header.basis_range(blocks)
    return SignatureFacts(
        path=source.path,
        size_bytes=size_bytes,
        header=header,
        blocks=blocks,
        basis_bytes_min=basis_bytes_min,
        basis_bytes_max=basis_bytes_max,
        seal=unwrapped.seal,
        compressed=unwrapped.compressed,
    )


def _delta_facts(unwrapped: Unwrapped, size_bytes: int, totals: CommandTotals) -> DeltaFacts:
    return DeltaFacts(
        path=unwrapped.content.path,
        size_bytes=size_bytes,
        result_bytes=totals.result_bytes,
        literal_bytes=totals.literal_bytes,
        literal_count=totals.literal_count,
        copied_bytes=totals.copied_bytes,
        copy_count=totals.copy_count,
        basis_bytes_needed=totals.basis_bytes_needed,
        changed_bytes=totals.changed_bytes,
        changed_ranges=totals.changed_ranges,
        regions=tile_regions(totals),
        seal=unwrapped.seal,
        compressed=unwrapped.compressed,
    )


def _tree_facts(unwrapped: Unwrapped, size_bytes: int, run: Run) -> TreeFacts:
    # Few files are those of trees.
    from rdiff_gui.engine.trees.tree_file import open_tree_file

    found = open_tree_file(unwrapped, run)
    files, tree_bytes = found.count_files()
    return TreeFacts(
        path=unwrapped.content.path,
        size_bytes=size_bytes,
        kind=found.kind,
        files=files,
        tree_bytes=tree_bytes,
        changes=found.list_changes() if found.kind is Kind.TREE_DELTA else (),
        has_manifest=found.manifest is not None,
        seal=found.seal,
        compressed=found.compressed,
    )


def find_basis(
    given: FilePath,
    *,
    elsewhere: Iterable[FilePath] = (),
    on_candidate: Callable[[Path], None] | None = None,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> Path | None:
    """The file whose size and hash are those that the seal of a delta names for the old one.

    It is looked for among the files of `elsewhere`, in the delta's folder, and in the folders of
    `elsewhere`, in this order; the seal's own name for it is tried first. None where the delta has
    no seal, or no file fits. `on_candidate` gets each that has the right size, and sample where the
    seal has one, before it is read whole; on a thread of its own.

    Raises: SourceMissing, SourceUnreadable, SealDamaged, SealTooNew, CompressionDamaged; without
    a seal, DeltaTruncated, DeltaDamaged, DeltaTrailing; Cancelled; TypeError, where it is no path.
    """
    delta = path_or_stream(given)
    if not isinstance(delta, Path):
        raise TypeError("the delta is given as str or os.PathLike: an open file has no folder")

    places = [Path(os.fsdecode(place)) for place in elsewhere]

    def work(run: Run) -> Path | None:
        run.stage = Stage.CHECKING
        with (
            open_input(delta) as opened,
            opened.measured(run) as measured,
            unwrap(
                measured, run, read_bytes_most=_read_bytes_most(measured.size_bytes or 0)
            ) as unwrapped,
        ):
            if unwrapped.kind is Kind.DELTA and not (unwrapped.seal or unwrapped.unread):
                # Only its END tells whether a seal was cut off there.
                scan_delta(unwrapped, run)
            basis = unwrapped.seal.basis if unwrapped.seal else None
        if basis is None:
            return None
        candidates = _candidates(delta, basis, places, run)
        run.total_bytes = len(candidates) * basis.size_bytes
        return next((path for path in candidates if _fits(path, basis, run, on_candidate)), None)

    return run_operation(work, on_progress, cancel)


def _candidates(delta: Path, basis: Identity, places: list[Path], run: Run) -> list[Path]:
    """Files of the right size, those of the right name first."""
    folders = [delta.parent, *(place for place in places if is_folder(place))]
    # Of what is no regular file, none is opened: a pipe would keep us waiting. A crowded folder may
    # have more entries than are looked at, so the one of the right name is asked for.
    named = [folder / basis.name for folder in folders] if basis.name else []
    likely = [path for path in (*places, *named) if _has_size(path, basis.size_bytes)]
    found = [*likely, *(path for folder in folders for path in _files_in(folder, basis, run))]
    found.sort(key=lambda path: path.name != basis.name)
    return [path for path in dict.fromkeys(found) if path != delta][:_CANDIDATES_MOST]


def _files_in(folder: Path, basis: Identity, run: Run) -> list[Path]:
    """The files of the right size in a folder, by name; none where it cannot be read."""
    found: list[Path] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in itertools.islice(entries, _ENTRIES_MOST):
            run.check()
            if _has_size(entry, basis.size_bytes):
                found.append(folder / entry.name)
    return sorted(found)


def _has_size(file: Path | os.DirEntry[str], size_bytes: int) -> bool:
    try:
        return file.is_file() and file.stat().st_size == size_bytes
    except OSError:
        return False


def _fits(
    path: Path, basis: Identity, run: Run, on_candidate: Callable[[Path], None] | None
) -> bool:
    try:
        with open_input(path) as source:
            if source.size_bytes != basis.size_bytes or (
                basis.sample is not None and hash_sample(source) not in (basis.sample, None)
            ):
                return False
            if on_candidate:
                on_candidate(path)
            return hash_source(source, run) == basis.blake3
    except FileProblem:
        return False
