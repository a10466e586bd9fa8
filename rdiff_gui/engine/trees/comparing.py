"""What of each new file goes into the delta: small ones in batches, large ones alone."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Sequence

from rdiff_gui.engine.blake3_hash import Hasher
from rdiff_gui.engine.delta_writer import DeltaOutput
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Resources, Sealing
from rdiff_gui.engine.output import Nowhere
from rdiff_gui.engine.parallel import run_slices
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.temporary_file import TemporaryFile
from rdiff_gui.engine.trees.hashing import BATCH_BYTES, BATCH_FILES, LARGE_BYTES
from rdiff_gui.engine.trees.pairing import Pairing
from rdiff_gui.engine.trees.scan import open_again, open_file
from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.engine.two_files import compare_files
from rdiff_gui.errors import SourceChanged
from rdiff_gui.formats.delta_commands import pack_copy, pack_end, pack_magic
from rdiff_gui.formats.seal import Identity
from rdiff_gui.formats.tree_manifest import Entry, EntryType, Manifest
from rdiff_gui.formats.tree_tar import MemberKind
from rdiff_gui.records import record

_COPIED_BYTES = 2**20
# A delta that is longer than this part of the file is less use than the file.
_WORTH_FRACTION = 0.9


@record(frozen=True)
class Content:
    """What a member holds: in memory, or a source to be read from its beginning."""

    kind: MemberKind
    source: Input


@record(frozen=True)
class Comparison:
    """Two trees, and how well they are compared."""

    old: Tree
    new: Tree
    manifest: Manifest
    best: bool

    def count_steps(self, pairing: Pairing) -> int:
        """How much is to be done for one path, in bytes."""
        new = self.manifest.new[pairing.path]
        if pairing.fate in (Fate.CHANGED, Fate.MOVED) and pairing.source and not pairing.exact:
            return self.manifest.old[pairing.source].size_bytes + 2 * new.size_bytes
        return new.size_bytes if pairing.fate in (Fate.CHANGED, Fate.NEW) else 0


def make_contents(
    comparison: Comparison, pairings: Sequence[Pairing], run: Run
) -> Generator[tuple[Pairing, Content], None, None]:
    """What becomes a member for each of these, in order; what is given is good until the next.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, FolderMoved, DiskFull, OutputUnwritable,
    Cancelled.
    """
    for group in _groups(comparison, pairings):
        if _is_large(comparison, group[0]):
            yield from _make_alone(comparison, group[0], run)
        else:
            batches = _Batches(comparison, group, run)
            while batches.left:
                # As many as are held at once.
                run_slices(batches, BATCH_BYTES, batches.left_bytes, run)
                yield from batches.hand_out()


def _is_large(comparison: Comparison, pairing: Pairing) -> bool:
    return comparison.count_steps(pairing) >= LARGE_BYTES


def _groups(comparison: Comparison, pairings: Sequence[Pairing]) -> Iterator[list[Pairing]]:
    """Large ones alone, others with their neighbours."""
    group: list[Pairing] = []
    for pairing in pairings:
        if _is_large(comparison, pairing):
            if group:
                yield group
            yield [pairing]
            group = []
        else:
            group.append(pairing)
    if group:
        yield group


class _Share(Run):
    """A part of a run for one thread: what it does counts for the whole."""

    def __init__(self, whole: Run) -> None:
        super().__init__(Resources(threads=1))
        self.temporary_folder = whole.temporary_folder
        self._whole = whole

    def advance(self, step_bytes: int) -> None:
        self._whole.advance(step_bytes)

    def check(self) -> None:
        self._whole.check()


@record(eq=False)
class _Batch:
    """Some paths on their way."""

    pairings: Sequence[Pairing]
    contents: list[Content]


class _Batches:
    """Paths that are compared by all cores, a round of batches at a time."""

    # What comes out of a round is held in memory.
    _ROUND_BYTES = 2**26

    def __init__(self, comparison: Comparison, pairings: Sequence[Pairing], run: Run) -> None:
        self._comparison = comparison
        self.left = list(pairings)
        self.left_bytes = sum(map(comparison.count_steps, pairings))
        self._run = run
        self._round_bytes = 0
        self._done: list[tuple[Pairing, Content]] = []

    def hand_out(self) -> Iterator[tuple[Pairing, Content]]:
        """What a round has brought."""
        done, self._done, self._round_bytes = self._done, [], 0
        return iter(done)

    def make(self) -> _Batch:
        return _Batch((), [])

    def take(self, batch: _Batch) -> bool:
        if self._round_bytes >= self._ROUND_BYTES:
            return False
        count = batch_bytes = 0
        for pairing in self.left[:BATCH_FILES]:
            batch_bytes += self._comparison.count_steps(pairing)
            count += 1
            if batch_bytes >= BATCH_BYTES:
                break
        batch.pairings, self.left = self.left[:count], self.left[count:]
        self.left_bytes -= batch_bytes
        self._round_bytes += batch_bytes
        return count > 0

    def work(self, batch: _Batch) -> None:
        """Raises: as make_contents."""
        share = _Share(self._run)
        with open_again(self._comparison.old) as old, open_again(self._comparison.new) as new:
            own = Comparison(old, new, self._comparison.manifest, self._comparison.best)
            batch.contents = [_make_short(own, pairing, share) for pairing in batch.pairings]

    def finish(self, batch: _Batch) -> None:
        self._done += zip(batch.pairings, batch.contents, strict=True)
        batch.pairings, batch.contents = (), []


def _make_short(comparison: Comparison, pairing: Pairing, run: Run) -> Content:
    """What becomes of one path, in memory."""
    entry = comparison.manifest.new[pairing.path]
    kind = MemberKind.MOVED if pairing.fate is Fate.MOVED else MemberKind.DIFF
    shown = comparison.new.path / pairing.path
    if pairing.fate is Fate.TOUCHED and entry.type is EntryType.FILE:
        whole = pack_copy(0, entry.size_bytes) if entry.size_bytes else b""
        return Content(kind, Input.holding(pack_magic() + whole + pack_end(), shown))
    if pairing.exact or entry.type is not EntryType.FILE:
        kind = kind if pairing.exact and kind is MemberKind.MOVED else MemberKind.SNAPSHOT
        return Content(kind, Input.holding(b"", shown))
    if pairing.source is not None:
        body = _Held()
        _compare(comparison, pairing, body, run)
        if len(body.data) < entry.size_bytes * _WORTH_FRACTION:
            return Content(kind, Input.holding(body.data, shown))
    with open_file(comparison.new, pairing.path) as opened:
        data = opened.bytes_at(0, entry.size_bytes)
        opened.check_unchanged()
    hasher = Hasher()
    hasher.update(memoryview(data))
    _check(opened, entry, hasher.hexdigest())
    run.advance(len(data))
    return Content(MemberKind.SNAPSHOT, Input.holding(data, shown))


def _make_alone(
    comparison: Comparison, pairing: Pairing, run: Run
) -> Iterator[tuple[Pairing, Content]]:
    """One large file, with all cores."""
    entry = comparison.manifest.new[pairing.path]
    if pairing.source is not None:
        with contextlib.closing(TemporaryFile(run.temporary_folder)) as kept:
            body = _Kept(kept)
            _compare(comparison, pairing, body, run)
            if body.written_bytes < entry.size_bytes * _WORTH_FRACTION:
                kind = MemberKind.MOVED if pairing.fate is Fate.MOVED else MemberKind.DIFF
                shown = comparison.new.path / pairing.path
                yield pairing, Content(kind, Input(kept.rewound(), shown, owned=False))
                return
    with open_file(comparison.new, pairing.path) as opened:
        yield pairing, Content(MemberKind.SNAPSHOT, opened)
        opened.check_unchanged()


class _Held(Nowhere):
    """An output in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.data = bytearray()

    def write(self, data: memoryview) -> None:
        self.data += data
        super().write(data)


class _Kept(Nowhere):
    """An output in a nameless file."""

    def __init__(self, file: TemporaryFile) -> None:
        super().__init__()
        self._file = file

    def write(self, data: memoryview) -> None:
        """Raises: DiskFull, OutputUnwritable."""
        self._file.write(data)
        super().write(data)


class _Body(DeltaOutput):
    """A delta within another file, which is compressed and sealed as a whole."""

    def __init__(self, output: Nowhere, new_bytes: int | None) -> None:
        super().__init__(output, new_bytes, Sealing.NAMELESS, compress=False)
        # Its literals will be.
        self.compress = True
        self.basis: Identity | None = None
        self.result: Identity | None = None

    def finish(
        self, basis: Identity | None, _signature_blake3: str | None, result: Identity | None
    ) -> None:
        self.basis, self.result = basis, result


def _compare(comparison: Comparison, pairing: Pairing, output: Nowhere, run: Run) -> None:
    """Write the delta to one file from another, both as they were when they were hashed."""
    assert pairing.source is not None
    manifest = comparison.manifest
    with (
        open_file(comparison.old, pairing.source) as old,
        open_file(comparison.new, pairing.path) as new,
    ):
        # Short ones are looked into here and there.
        old.hold()
        new.hold()
        body = _Body(output, new.size_bytes)
        compare_files(old, new, body, run, best=comparison.best)
        assert body.basis
        assert body.result
        _check(old, manifest.old[pairing.source], body.basis.blake3)
        _check(new, manifest.new[pairing.path], body.result.blake3)


def _check(opened: Input, entry: Entry, found_blake3: str) -> None:
    """Raises: SourceChanged, where it is not what it was when it was hashed."""
    if found_blake3 != entry.blake3:
        raise SourceChanged(opened.path)
