"""What of each new file goes into the delta of two trees that are both at hand."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rdiff_gui.engine.blake3_hash import hash_bytes
from rdiff_gui.engine.delta_writer import DeltaOutput
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import Sealing
from rdiff_gui.engine.output import Nowhere
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.temporary_file import TemporaryFile
from rdiff_gui.engine.text_delta import is_text, write_text_delta
from rdiff_gui.engine.trees.batches import Content, Held, Kept
from rdiff_gui.engine.trees.jobs import full_path
from rdiff_gui.engine.trees.pairing import Pairing
from rdiff_gui.engine.trees.scan import open_again, open_file, open_tree
from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.engine.two_files import compare_files
from rdiff_gui.errors import SourceChanged
from rdiff_gui.formats.delta_commands import pack_copy, pack_end, pack_magic
from rdiff_gui.formats.seal import Identity
from rdiff_gui.formats.tree_manifest import Entry, EntryType, Manifest
from rdiff_gui.formats.tree_tar import MemberKind
from rdiff_gui.records import record

# A delta that is longer than this part of the file is less use than the file.
_WORTH_FRACTION = 0.9


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

    @contextlib.contextmanager
    def again(self) -> Iterator[Comparison]:
        """The same for another thread. Raises: SourceUnreadable, FolderMoved."""
        with open_again(self.old) as old, open_again(self.new) as new:
            yield Comparison(old, new, self.manifest, self.best)

    def recipe(self, pairings: Sequence[Pairing]) -> ComparisonRecipe:
        """What another process needs for some of them."""
        manifest = Manifest(
            {each.source: self.manifest.old[each.source] for each in pairings if each.source},
            {each.path: self.manifest.new[each.path] for each in pairings},
        )
        return ComparisonRecipe(full_path(self.old), full_path(self.new), manifest, self.best)

    def is_far(self, pairing: Pairing) -> bool:
        """Whether two files are compared."""
        is_file = self.manifest.new[pairing.path].type is EntryType.FILE
        return is_file and pairing.source is not None and not pairing.exact

    def cut(self, _pairing: Pairing) -> None:
        """What is found in two files depends on what was found before."""

    def make_short(self, pairing: Pairing, run: Run) -> Content:
        """What becomes of one path, in memory."""
        entry = self.manifest.new[pairing.path]
        shown = self.new.path / pairing.path
        if (content := make_without_reading(pairing, entry, shown)) is not None:
            return content
        if pairing.source is not None:
            body = Held()
            self._compare(pairing, body, run)
            if is_worth(body.written_bytes, entry):
                return Content(kind_of(pairing), Input.holding(body.data, shown))
        # What was compared has been counted.
        counted = pairing.source is None
        return read_snapshot(self.new, pairing.path, entry, run, counted=counted)

    def make_alone(
        self, pairing: Pairing, run: Run
    ) -> contextlib.AbstractContextManager[Content | None]:
        """The same of a large file, with all cores."""
        entry = self.manifest.new[pairing.path]

        def write(body: Kept) -> bool:
            self._compare(pairing, body, run)
            return is_worth(body.written_bytes, entry)

        return delta_or_file(self.new, pairing, entry, write, run)

    def _compare(self, pairing: Pairing, output: Nowhere, run: Run) -> None:
        """Write the delta to one file from another, both as they were when they were hashed."""
        assert pairing.source is not None
        manifest = self.manifest
        with (
            open_file(self.old, pairing.source) as old,
            open_file(self.new, pairing.path) as new,
        ):
            # Short ones are looked into here and there.
            before, after = old.hold(), new.hold()
            was, becomes = manifest.old[pairing.source], manifest.new[pairing.path]
            if before is not None and after is not None and is_text(after):
                check_hash(old, was, hash_bytes(before))
                check_hash(new, becomes, hash_bytes(after))
                write_text_delta(before, after, output.write, best=self.best)
                run.advance(self.count_steps(pairing))
                return
            body = Body(output, new.size_bytes)
            compare_files(old, new, body, run, best=self.best)
            assert body.basis
            assert body.result
            check_hash(old, was, body.basis.blake3)
            check_hash(new, becomes, body.result.blake3)


@record(frozen=True)
class ComparisonRecipe:
    """The paths of two folders, and what is known of the files that are compared."""

    old: str
    new: str
    manifest: Manifest
    best: bool

    @contextlib.contextmanager
    def open(self) -> Iterator[Comparison]:
        """Raises: SourceMissing, SourceUnreadable."""
        with open_tree(Path(self.old)) as old, open_tree(Path(self.new)) as new:
            yield Comparison(old, new, self.manifest, self.best)


def make_without_reading(pairing: Pairing, entry: Entry, shown: Path) -> Content | None:
    """What becomes of a path that needs no look into a file; None of others."""
    if pairing.fate is Fate.TOUCHED and entry.type is EntryType.FILE:
        whole = pack_copy(0, entry.size_bytes) if entry.size_bytes else b""
        packed = pack_magic() + whole + pack_end()
        return Content(MemberKind.DIFF, Input.holding(packed, shown))
    if pairing.exact or entry.type is not EntryType.FILE:
        is_moved = pairing.fate is Fate.MOVED
        kind = MemberKind.MOVED if is_moved else MemberKind.SNAPSHOT
        return Content(kind, Input.holding(b"", shown))
    return None


def kind_of(pairing: Pairing) -> MemberKind:
    """What a delta becomes."""
    return MemberKind.MOVED if pairing.fate is Fate.MOVED else MemberKind.DIFF


def is_worth(delta_bytes: int, entry: Entry) -> bool:
    """Whether a delta is more use than the file itself."""
    return delta_bytes < entry.size_bytes * _WORTH_FRACTION


@contextlib.contextmanager
def delta_or_file(
    new: Tree, pairing: Pairing, entry: Entry, write: Callable[[Kept], bool | None], run: Run
) -> Iterator[Content | None]:
    """The delta of a large file, or the file itself.

    `write` writes the delta, and says whether it is worth it; None, where neither is needed.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, DiskFull; what `write` raises.
    """
    if pairing.source is not None:
        with contextlib.closing(TemporaryFile(run.temporary_folder)) as file:
            worth = write(Kept(file))
            if worth is None:
                yield None
                return
            if worth:
                shown = new.path / pairing.path
                yield Content(kind_of(pairing), Input(file.rewound(), shown, owned=False))
                return
        run.expect_more(entry.size_bytes)
    with open_file(new, pairing.path) as opened:
        yield Content(MemberKind.SNAPSHOT, opened)
        opened.check_unchanged()


def read_snapshot(new: Tree, path: str, entry: Entry, run: Run, *, counted: bool = True) -> Content:
    """All of a new file, in memory; not `counted`, where it was read before.

    Raises: SourceUnreadable, SourceChanged, Cancelled.
    """
    with open_file(new, path) as opened:
        data = opened.bytes_at(0, entry.size_bytes)
        opened.check_unchanged()
    check_hash(opened, entry, hash_bytes(data))
    run.advance(len(data) if counted else 0)
    return Content(MemberKind.SNAPSHOT, Input.holding(data, new.path / path))


class Body(DeltaOutput):
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


def check_hash(opened: Input, entry: Entry, found_blake3: str) -> None:
    """Raises: SourceChanged, where it is not what it was when it was hashed."""
    if not entry.has_hash(found_blake3):
        raise SourceChanged(opened.path)
