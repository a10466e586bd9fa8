"""One very large file in slices that an executor works on: signed, or compared with a signature.

What comes of the slices is put together here, and is what one process would have made. That a
file is still what was hashed is told by its size and time, before and after each slice is read.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from rdiff_gui.engine.delta import is_identical
from rdiff_gui.engine.delta_slices import Cutting, Extent, compare_apart, join_slices
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Resources, SignatureOptions
from rdiff_gui.engine.output import Nowhere
from rdiff_gui.engine.seal_io import Unwrapped
from rdiff_gui.engine.signature import sign_blocks
from rdiff_gui.engine.signature_table import LoadedSums, load_signature
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.temporary_file import TemporaryFile
from rdiff_gui.engine.trees.batches import Content, Held
from rdiff_gui.engine.trees.jobs import Bodies, full_path, keep_bodies, spool_of
from rdiff_gui.engine.trees.scan import open_file, open_tree
from rdiff_gui.engine.trees.tree_file import TreeFile
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.tree_manifest import Entry
from rdiff_gui.formats.tree_tar import Member, MemberKind
from rdiff_gui.records import field, record

# How much of a file one job is for.
SLICE_BYTES = 2**26

# Where a slice's body may lie.
NamePlace = Callable[[], str]


@record(frozen=True)
class SigningCut:
    """A file of a tree that is signed slice by slice."""

    tree: Tree
    path: str
    entry: Entry
    options: SignatureOptions

    def _starts(self) -> range:
        block_bytes = self.options.header(self.entry.size_bytes).block_bytes
        step_bytes = max(1, SLICE_BYTES // block_bytes) * block_bytes
        return range(0, self.entry.size_bytes, step_bytes)

    def jobs(self, name_place: NamePlace, _run: Run) -> Iterator[_SigningSlice]:
        """One for each slice."""
        starts, entry = self._starts(), self.entry
        for start in starts:
            size_bytes = min(starts.step, entry.size_bytes - start)
            where = full_path(self.tree), self.path, _version(entry)
            yield _SigningSlice(*where, self.options, start, size_bytes, name_place())

    @contextlib.contextmanager
    def join(self, made: Iterator[Bodies], run: Run) -> Iterator[Content]:
        """The signature. Raises: SourceUnreadable, DiskFull, Cancelled."""
        header = self.options.header(self.entry.size_bytes)
        with contextlib.closing(TemporaryFile(run.temporary_folder)) as file:
            file.write(memoryview(header.pack()))
            for _, sums in zip(self._starts(), _each(made), strict=False):
                file.write(memoryview(sums))
            shown = self.tree.path / self.path
            yield Content(MemberKind.SIGNATURE, Input(file.rewound(), shown, owned=False))


@record(frozen=True)
class _SigningSlice:
    """The job that makes the sums of some whole blocks; the file's last may be shorter."""

    root: str
    path: str
    version: tuple[int, int]
    options: SignatureOptions
    start: int
    step_bytes: int
    bodies_path: str

    def do(self) -> Bodies:
        """Raises: SourceMissing, SourceUnreadable, SourceChanged, LibrsyncFailed, DiskFull."""
        spool_of(self.bodies_path)
        header, sums = self.options.header(self.version[0]), Held()
        with (
            open_tree(Path(self.root)) as tree,
            open_file(tree, self.path, self.version) as opened,
        ):
            part = opened.part(self.start, self.step_bytes)
            sign_blocks(part, sums.write, header, Run(Resources(threads=1)))
            opened.check_unchanged()
            return keep_bodies([Input.holding(sums.data, opened.path)], self.bodies_path)


@record(eq=False)
class ComparingCut:
    """A file of the tree `new` that is compared slice by slice with its `member` of a signature.

    `choose` says what becomes of it, by a function that writes the delta to an output and tells
    whether the file is the old one. `extents` are found once, since its holes may become others
    while its content stays: the slices are joined as they were cut.
    """

    new: Tree
    path: str
    entry: Entry
    signature: TreeFile
    member: Member
    choose: Callable[
        [Callable[[Nowhere], bool], Run], contextlib.AbstractContextManager[Content | None]
    ]
    extents: list[Extent] = field(default_factory=list)

    def jobs(self, name_place: NamePlace, run: Run) -> Iterator[_ComparingSlices]:
        """One for some slices, whose signature is written once.

        Raises: as load_signature, SourceMissing, SourceUnreadable, SourceChanged, DiskFull,
        OutputUnwritable.
        """
        version = _version(self.entry)
        with (
            self._open_sums(run) as (sums, loaded),
            open_file(self.new, self.path, version) as new,
        ):
            kept = keep_bodies([sums], name_place())
            for extents in _gather(self._cut(new, loaded, run)):
                step_bytes = sum(extent.size_bytes for extent in extents)
                where = full_path(self.new), self.path, version
                yield _ComparingSlices(*where, kept, extents, step_bytes, name_place())

    @contextlib.contextmanager
    def join(self, made: Iterator[Bodies], run: Run) -> Iterator[Content | None]:
        """The delta, or what is better. Raises: what `jobs` raises, Cancelled."""

        def compare(output: Nowhere) -> bool:
            with (
                self._open_sums(run) as (_, loaded),
                open_file(self.new, self.path, _version(self.entry)) as new,
            ):
                extents = self._cut(new, loaded, run)
                totals = join_slices(new, loaded, output.write, run, extents, _each(made))
                new.check_unchanged()
                return is_identical(totals, loaded)

        with self.choose(compare, run) as content:
            yield content

    def _cut(self, new: Input, loaded: LoadedSums, run: Run) -> Sequence[Extent]:
        if not self.extents:
            self.extents += Cutting(new, loaded, run).extents()
        return self.extents

    @contextlib.contextmanager
    def _open_sums(self, run: Run) -> Iterator[tuple[Input, LoadedSums]]:
        with self.signature.open_body(self.member, run) as body:
            # It is short beside the file, and not counted.
            yield body, _load(body, Run(Resources(threads=1)))


@record(frozen=True)
class _ComparingSlices:
    """The job that compares some slices with the signature in `sums`, each by itself."""

    root: str
    path: str
    version: tuple[int, int]
    sums: Bodies
    extents: tuple[Extent, ...]
    step_bytes: int
    bodies_path: str

    def do(self) -> Bodies:
        """Raises: as load_signature, SourceMissing, SourceChanged, LibrsyncFailed, DiskFull."""
        spool_of(self.bodies_path)
        run = Run(Resources(threads=1))
        with (
            open_tree(Path(self.root)) as tree,
            open_file(tree, self.path, self.version) as new,
            self.sums.open() as (sums,),
        ):
            deltas = compare_apart(new, _load(sums, run), self.extents, run)
            sources = [Input.holding(delta, new.path) for delta in deltas]
            new.check_unchanged()
            return keep_bodies(sources, self.bodies_path)


def _load(sums: Input, run: Run) -> LoadedSums:
    return load_signature(Unwrapped(sums, Kind.SIGNATURE, None, compressed=False), run)


def _version(entry: Entry) -> tuple[int, int]:
    """As scan.version_of."""
    return entry.size_bytes, entry.mtime_ns


def _gather(extents: Iterable[Extent]) -> Iterator[tuple[Extent, ...]]:
    """Extents for one job after another; holes are none's."""
    some: list[Extent] = []
    for extent in extents:
        if extent.is_hole:
            continue
        some.append(extent)
        if sum(each.size_bytes for each in some) >= SLICE_BYTES:
            yield tuple(some)
            some = []
    if some:
        yield tuple(some)


def _each(made: Iterator[Bodies]) -> Iterator[bytes]:
    """What is in all of them, in order; no more is asked for than is wanted."""
    for bodies in made:
        with bodies.take() as parts:
            for part in parts:
                yield part.bytes_at(0, part.size_bytes or 0)
