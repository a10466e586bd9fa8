"""What of each new file goes into a delta when only the signature of the old tree is at hand."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rdiff_gui.engine.blake3_hash import Hasher
from rdiff_gui.engine.delta import is_identical
from rdiff_gui.engine.delta_slices import compare
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.output import Nowhere
from rdiff_gui.engine.seal_io import Unwrapped
from rdiff_gui.engine.signature_table import load_signature
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.batches import Content, Cut, Held, Kept
from rdiff_gui.engine.trees.comparing import (
    check_hash,
    delta_or_file,
    is_worth,
    kind_of,
    make_without_reading,
    read_snapshot,
)
from rdiff_gui.engine.trees.jobs import SENT_BYTES_MOST, full_path
from rdiff_gui.engine.trees.pairing import Pairing
from rdiff_gui.engine.trees.scan import open_again, open_file, open_tree
from rdiff_gui.engine.trees.slices import ComparingCut
from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.engine.trees.tree_file import TreeFile
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.tree_manifest import EntryType, Manifest
from rdiff_gui.formats.tree_tar import Member, MemberKind
from rdiff_gui.records import record


@record(frozen=True)
class SignatureComparison:
    """A tree and the signature that its files are compared with, which is `bare` of a manifest."""

    signature: TreeFile
    sums: Mapping[str, Member]
    new: Tree
    manifest: Manifest
    bare: bool

    def count_steps(self, pairing: Pairing) -> int:
        """How much is to be read for one path, in bytes."""
        is_read = pairing.fate in (Fate.CHANGED, Fate.NEW, Fate.MOVED) and not pairing.exact
        return self.manifest.new[pairing.path].size_bytes if is_read else 0

    @contextlib.contextmanager
    def again(self) -> Iterator[SignatureComparison]:
        """The same for another thread. Raises: SourceUnreadable, FolderMoved."""
        with open_again(self.new) as new:
            yield SignatureComparison(self.signature, self.sums, new, self.manifest, self.bare)

    def recipe(self, pairings: Sequence[Pairing]) -> _SignatureRecipe:
        """What another process needs for some of them."""
        content = self.signature.content
        sums = {
            each.source: b"".join(
                content.bytes_at(*piece) for piece in self.sums[each.source].pieces
            )
            for each in pairings
            if each.source is not None
        }
        old = {each.path: self.manifest.old.get(each.path) for each in pairings}
        manifest = Manifest(
            {path: entry for path, entry in old.items() if entry},
            {each.path: self.manifest.new[each.path] for each in pairings},
        )
        return _SignatureRecipe(sums, full_path(self.new), manifest, self.bare)

    def is_far(self, pairing: Pairing) -> bool:
        """Whether a file is compared with a signature, and that is short enough to be sent."""
        if not self._is_compared(pairing):
            return False
        assert pairing.source is not None
        return self.sums[pairing.source].size_bytes <= SENT_BYTES_MOST

    def _is_compared(self, pairing: Pairing) -> bool:
        is_file = self.manifest.new[pairing.path].type is EntryType.FILE
        return is_file and pairing.source is not None and not pairing.exact

    def make_short(self, pairing: Pairing, run: Run) -> Content | None:
        """What becomes of one path, in memory; None of a file that has not changed after all."""
        entry = self.manifest.new[pairing.path]
        shown = self.new.path / pairing.path
        if (content := make_without_reading(pairing, entry, shown)) is not None:
            return content
        if pairing.source is not None:
            body = Held()
            if self._compare(pairing, body, run) and self._stays(pairing):
                return None
            if self.bare or is_worth(body.written_bytes, entry):
                return Content(kind_of(pairing), Input.holding(body.data, shown))
        # What was compared has been counted.
        counted = pairing.source is None
        return read_snapshot(self.new, pairing.path, entry, run, counted=counted)

    def make_alone(
        self, pairing: Pairing, run: Run
    ) -> contextlib.AbstractContextManager[Content | None]:
        """The same of a large file, with all cores."""
        return self._choose(pairing, lambda output: self._compare(pairing, output, run), run)

    def cut(self, pairing: Pairing) -> Cut | None:
        """A large file that is compared in slices."""
        if not self._is_compared(pairing):
            return None
        assert pairing.source is not None
        entry, member = self.manifest.new[pairing.path], self.sums[pairing.source]
        choose = functools.partial(self._choose, pairing)
        return ComparingCut(self.new, pairing.path, entry, self.signature, member, choose)

    def _choose(
        self, pairing: Pairing, compare: Callable[[Nowhere], bool], run: Run
    ) -> contextlib.AbstractContextManager[Content | None]:
        """The delta that `compare` writes, the file itself, or nothing where it says so."""
        entry = self.manifest.new[pairing.path]

        def write(body: Kept) -> bool | None:
            if compare(body) and self._stays(pairing):
                return None
            return self.bare or is_worth(body.written_bytes, entry)

        return delta_or_file(self.new, pairing, entry, write, run)

    def _stays(self, pairing: Pairing) -> bool:
        """Whether a file that has the old one's content needs no word."""
        old, new = self.manifest.old.get(pairing.path), self.manifest.new[pairing.path]
        return self.bare and old is not None and old.mode == new.mode

    def _compare(self, pairing: Pairing, output: Nowhere, run: Run) -> bool:
        """Write the delta of one file; whether it is the old one as it was.

        Raises: SignatureDamaged, SignatureTruncated, SignatureHostile, LibrsyncFailed,
        SourceUnreadable, SourceChanged, DiskFull, Cancelled.
        """
        assert pairing.source is not None
        hasher = Hasher(run.resources.threads)
        with (
            self.signature.open_body(self.sums[pairing.source], run) as body,
            open_file(self.new, pairing.path) as new,
        ):
            sums = Unwrapped(body, Kind.SIGNATURE, None, compressed=False)
            loaded = load_signature(sums, run)
            totals = compare(new, loaded, output.write, run, hasher)
            new.check_unchanged()
            check_hash(new, self.manifest.new[pairing.path], hasher.hexdigest())
            return is_identical(totals, loaded)


@record(frozen=True)
class _SignatureRecipe:
    """The path of a folder, and the signatures that its files are compared with."""

    sums: Mapping[str, bytes]
    new: str
    manifest: Manifest
    bare: bool

    @contextlib.contextmanager
    def open(self) -> Iterator[SignatureComparison]:
        """Raises: SourceMissing, SourceUnreadable."""
        members: dict[str, Member] = {}
        whole = bytearray()
        for path, body in self.sums.items():
            members[path] = Member(MemberKind.SIGNATURE, path, pieces=((len(whole), len(body)),))
            whole += body
        content = Input.holding(whole, Path(self.new))
        signature = TreeFile(
            content, Kind.TREE_SIGNATURE, None, False, None, tuple(members.values())
        )
        with open_tree(Path(self.new)) as new:
            yield SignatureComparison(signature, members, new, self.manifest, self.bare)
