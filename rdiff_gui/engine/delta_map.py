"""A delta's map: where every stretch of the new file comes from, for whoever draws it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rdiff_gui.engine.delta_reader import read_commands
from rdiff_gui.engine.input import Input, open_input
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import PatchOptions
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.seal_io import unwrap
from rdiff_gui.errors import NotADelta, SourceChanged
from rdiff_gui.formats.delta_commands import CommandReader
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.piece_map import PieceMap, Pieces
from rdiff_gui.records import record

# The delta was inspected or made before: how far it unpacks was asked then.
_OPTIONS = PatchOptions(allow_expansion=True, allow_trailing=True)


@record(frozen=True)
class DeltaMap:
    """The map of the delta at `path`, as it was then; the lists are those of `pieces`.

    `basis_bytes` is the old file's size, where a seal tells that.
    """

    path: Path
    pieces: PieceMap
    basis_bytes: int | None
    state: tuple[int, int] | None
    new_data: Sequence[tuple[int, int, int]]
    ties: Sequence[tuple[int, int, int]]
    used: Sequence[tuple[int, int]]


def map_delta(
    path: Path, *, on_progress: ProgressCallback | None = None, cancel: CancelToken | None = None
) -> DeltaMap:
    """Read all commands of a delta that was inspected or made, and map what they do.

    Memory is bounded, whatever the delta. Progress counts the plain delta's bytes.

    Raises: SourceMissing, SourceUnreadable, NotADelta, DeltaTruncated, DeltaDamaged, SealDamaged,
    SealTooNew, CompressionDamaged, DiskFull, Cancelled.
    """

    def work(run: Run) -> DeltaMap:
        run.stage = Stage.CHECKING
        with open_input(path) as opened, opened.measured(run) as source:
            with unwrap(source, run, _OPTIONS) as unwrapped:
                content, seal = unwrapped.content, unwrapped.seal
                if unwrapped.kind is not Kind.DELTA:
                    raise NotADelta(path, unwrapped.found)
                run.total_bytes = content.size_bytes
                found, reader = PieceMap(), CommandReader(path)
                for commands in read_commands(content, run, reader=reader):
                    found.add(commands)
                    offset = reader.offset + reader.literal_left
                    found.note_page(offset)
                    run.advance(min(offset, content.size_bytes or 0) - run.done_bytes)
            basis_bytes = seal.basis.size_bytes if seal and seal.basis else None
            lists = (list(found.new_data()), found.ties(), found.used())
            return DeltaMap(path, found, basis_bytes, _state(opened), *lists)

    return run_operation(work, on_progress, cancel)


def read_pieces(delta: DeltaMap, position: int, *, cancel: CancelToken | None = None) -> Pieces:
    """The piece in which the byte at `position` of the new file lies, with some thousand others.

    Raises: SourceChanged, where it is not the delta that was mapped; as map_delta.
    """
    if delta.pieces.kept is not None:
        return delta.pieces.kept
    start, offset, following = delta.pieces.page_at(position)

    def work(run: Run) -> Pieces:
        with open_input(delta.path) as opened, opened.measured(run) as source:
            if _state(opened) != delta.state:
                raise SourceChanged(delta.path)
            with unwrap(source, run, _OPTIONS) as unwrapped:
                pieces, reader = Pieces(start), CommandReader(delta.path)
                reader.offset = offset
                for commands in read_commands(unwrapped.content, run, reader=reader):
                    pieces.add(commands)
                    if following is not None and pieces.holds(following):
                        break
                return pieces

    return run_operation(work, None, cancel)


def _state(source: Input) -> tuple[int, int] | None:
    return (source.status.st_size, source.status.st_mtime_ns) if source.status else None
