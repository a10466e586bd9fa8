"""Delta of two files that are both at hand, found by comparing them.

Copies may begin at any byte and have any length, so the delta is smaller than one by way of a
signature, which knows whole blocks only; rdiff applies it all the same. What cannot be read twice,
and a caller who asks for blocks of a certain kind, go by way of a signature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rdiff_gui.engine.alignment import AlignmentSearch
from rdiff_gui.engine.blake3_hash import Hasher
from rdiff_gui.engine.delta_writer import LITERAL_BYTES_MOST, CommandWriter, DeltaOutput
from rdiff_gui.engine.file_walk import Gap, Match, Walk
from rdiff_gui.engine.gap_matches import GapMatcher
from rdiff_gui.engine.input import Input, Source, open_input
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import Effort, Resources, Sealing, SignatureOptions
from rdiff_gui.engine.output import Output, Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.seal_io import identify
from rdiff_gui.engine.summaries import DeltaSummary
from rdiff_gui.formats.delta_commands import CommandTotals
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from rdiff_gui.engine.atomic_file import AtomicFile
    from rdiff_gui.librsync.jobs import Write

__all__ = ["make_delta_from_files"]


def make_delta_from_files(
    old_file: Source,
    new_file: Source,
    delta: Target,
    options: SignatureOptions = SignatureOptions(),  # noqa: B008  # frozen
    *,
    sealing: Sealing = Sealing.FULL,
    compress: bool = False,
    best: bool = False,
    if_different: bool = False,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> DeltaSummary:
    """Write the delta that turns `old_file` into `new_file`.

    With `options` for blocks or sums, or where a file cannot be read at any place, the delta is
    made by way of a signature, which lies in a nameless temporary file. `best` takes twice as long
    for a delta that is smaller by some percent. With `if_different`, a path gets no delta of files
    that are identical. `on_progress` gets bytes done of the larger file, at most 20 times a second,
    on the calling thread.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, OutputIsInput, OutputExists (unless
    `replace`), OutputUnwritable, FolderMoved, DiskFull, LibraryProblem, PartUnloadable,
    SystemRefused, Cancelled; on each, `delta` is as it was before the call.
    """

    def work(run: Run) -> DeltaSummary:
        run.stage = Stage.COMPARING
        with (
            open_input(old_file) as old,
            open_input(new_file) as new,
            open_output(delta, [old, new], replace=replace, run=run) as output,
        ):
            at_any_place = None not in (old.size_bytes, new.size_bytes)
            direct = at_any_place and options == SignatureOptions()
            effort = Effort.DENSEST if best else Effort.DENSE if direct else Effort.QUICK
            written = DeltaOutput(output, new.size_bytes, sealing, compress=compress, effort=effort)
            if direct:
                old_bytes, new_bytes = old.size_bytes or 0, new.size_bytes or 0
                run.total_bytes = count_steps(old_bytes, new_bytes, sealing)
                run.whole_bytes = max(old_bytes, new_bytes)
                summarize = compare_files(old, new, written, run, best=best)
            else:
                from rdiff_gui.engine.delta import compare_by_signature

                summarize = compare_by_signature(old, new, options, written, run)
            if if_different and (summary := summarize()).identical:
                return summary
            publish(run, [output])
            return summarize()

    return run_operation(work, on_progress, cancel, resources)


def write_undo(undo_output: Output, old: Input, output: AtomicFile, run: Run) -> None:
    """Write the delta from what `output` holds, which has no name yet, to `old`.

    Raises: as make_delta_from_files.
    """
    with output.reading() as result:
        undo_delta = DeltaOutput(undo_output, old.size_bytes, Sealing.FULL, compress=False)
        compare_files(result, old, undo_delta, run)


def count_steps(old_bytes: int, new_bytes: int, sealing: Sealing) -> int:
    """What `compare_files` counts: the new file walked through and written, the old one hashed."""
    return (0 if sealing is Sealing.NONE else old_bytes) + 2 * new_bytes


def compare_files(
    old: Input, new: Input, delta: DeltaOutput, run: Run, *, best: bool = False
) -> Callable[[], DeltaSummary]:
    """Write the delta between two open files of known size; `best`: look for shorter matches too.

    Publishing it is the caller's, and then asking for the summary.

    Raises: SourceUnreadable, SourceChanged, DiskFull, OutputUnwritable, Cancelled.
    """
    run.stage = Stage.COMPARING
    threads = run.resources.threads
    hashers = None if delta.sealing is Sealing.NONE else (Hasher(threads), Hasher(threads))
    writer = _Writer(delta.write, run)
    search = AlignmentSearch(old, new, run)
    walk = Walk(old, new, search, run, hashers)
    matcher = GapMatcher(old, new, search, run, compress=delta.compress, best=best)
    for stretch in walk.stretches():
        matcher.match(stretch, writer.write_items)
    # Packing wants its memory.
    del matcher, search
    walk.end()
    totals = writer.finish()
    basis = result = None
    if hashers:
        of_old, of_new = hashers
        basis = identify(old, of_old, delta.sealing, sampled=True)
        result = identify(new, of_new, delta.sealing)
    old.check_unchanged()
    new.check_unchanged()
    delta.finish(basis, None, result)

    # What the signature would take that was not needed here.
    signature_bytes = SignatureOptions().header(old.size_bytes).signature_bytes(old.size_bytes or 0)
    identical = totals.in_order_bytes == totals.result_bytes == old.size_bytes
    return lambda: delta.summarize(
        totals, run, signature_bytes=signature_bytes, identical=identical
    )


class _Writer:
    """Takes copies and literals in order, and writes a delta; joins what follows one another."""

    def __init__(self, write: Write, run: Run) -> None:
        self._delta = CommandWriter(write)
        self._run = run
        # What may become longer yet: a literal, and the copy behind it.
        self._literal = b""
        self._source = self._length = 0

    def write_items(self, items: Sequence[Match | Gap], found: Sequence[Sequence[Match]]) -> None:
        """Go on with matches and gaps; what was `found` in each of these.

        Raises: Cancelled, what `write` raises.
        """
        self._delta.add_pairs(self._join(_pairs(items, found)))
        self._delta.push_out()
        self._run.advance(
            sum(item[2] if isinstance(item, tuple) else len(item.data) for item in items)
        )

    def _join(self, pairs: Iterable[tuple[bytes, int, int]]) -> Iterator[tuple[bytes, int, int]]:
        """The same, with nothing in it that could be one; the last one is kept."""
        literal, source, length = self._literal, self._source, self._length
        for more, start, size in pairs:
            if more:
                if length:
                    yield literal, source, length
                    literal, length = more, 0
                else:
                    literal = literal + more if literal else more
                while len(literal) >= LITERAL_BYTES_MOST:
                    yield literal[:LITERAL_BYTES_MOST], 0, 0
                    literal = literal[LITERAL_BYTES_MOST:]
            if not size:
                continue
            if not length:
                source, length = start, size
            elif start == source + length:
                length += size
            else:
                yield literal, source, length
                literal, source, length = b"", start, size
        self._literal, self._source, self._length = literal, source, length

    def finish(self) -> CommandTotals:
        """End the delta; what it adds up to. Raises: what `write` raises."""
        self._delta.add_pairs([(self._literal, self._source, self._length)])
        return self._delta.end()


def _pairs(
    items: Sequence[Match | Gap], found: Sequence[Sequence[Match]]
) -> Iterator[tuple[bytes, int, int]]:
    """Literals, each with the copy behind it: where in the old file, how many bytes."""
    of_gaps = iter(found)
    for item in items:
        if isinstance(item, tuple):
            yield b"", item[1], item[2]
            continue
        data, gap_start, position = item.data, item.start, 0
        for start, source, length in next(of_gaps):
            begin = start - gap_start
            yield data[position:begin], source, length
            position = begin + length
        yield data[position:], 0, 0
