"""Signature of a folder: what the other side needs to know of all its files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rdiff_gui.engine.blake3_hash import Hasher
from rdiff_gui.engine.input import FilePath, Input
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import Effort, Resources, Sealing, SignatureOptions
from rdiff_gui.engine.output import Nowhere, Target, open_output
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.signature import sign
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.temporary_file import TemporaryFile
from rdiff_gui.engine.trees.batches import Content, Cut, Held, Kept, make_contents
from rdiff_gui.engine.trees.comparing import check_hash
from rdiff_gui.engine.trees.delta_writing import member_of
from rdiff_gui.engine.trees.hashing import hash_scan
from rdiff_gui.engine.trees.jobs import full_path
from rdiff_gui.engine.trees.options import KeepOptions
from rdiff_gui.engine.trees.pairing import Pairing
from rdiff_gui.engine.trees.recovery import refuse_unfinished
from rdiff_gui.engine.trees.scan import folder_path, open_again, open_file, open_tree, scan_tree
from rdiff_gui.engine.trees.slices import SigningCut
from rdiff_gui.engine.trees.summaries import Fate, TreeSignatureSummary
from rdiff_gui.engine.trees.tree_delta import name_of_tree, open_tree_output, refuse_within
from rdiff_gui.engine.trees.tree_writer import TreeWriter, identify_side
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.manifest_columns import pack_manifest
from rdiff_gui.formats.tree_manifest import Entry, EntryType, Manifest, count_bytes
from rdiff_gui.formats.tree_tar import MemberKind
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["make_tree_signature"]


def make_tree_signature(
    folder: FilePath,
    signature: Target,
    options: SignatureOptions = SignatureOptions(),  # noqa: B008  # frozen
    *,
    keep: KeepOptions = KeepOptions(),  # noqa: B008  # frozen
    sealing: Sealing = Sealing.FULL,
    compress: bool = True,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    executor: Executor | None = None,
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> TreeSignatureSummary:
    """Write the signature of all of `folder`: one of rdiffdir's, with a manifest and a seal.

    rdiffdir reads it without `compress`, or after `zstd -d`. The `executor` reads and signs files,
    if there is one, as with make_delta_from_trees. `on_progress` gets bytes done of the folder, at
    most 20 times a second, on the calling thread.

    Raises: as make_delta_from_trees, LibraryProblem; on each, `signature` is as it was before the
    call.
    """
    path = folder_path(folder)

    def work(run: Run) -> TreeSignatureSummary:
        run.stage = Stage.LOADING_TREES
        with (
            open_tree(path) as tree,
            open_output(signature, [], replace=replace, run=run) as output,
        ):
            refuse_within(signature, [path])
            refuse_unfinished(tree)
            scan = scan_tree(tree, keep, run)
            tree_bytes = count_bytes(scan.entries)
            run.total_bytes, run.whole_bytes = 2 * tree_bytes, tree_bytes
            entries = hash_scan(scan, run, executor)
            run.stage = Stage.SIGNING
            written = open_tree_output(
                output, Kind.TREE_SIGNATURE, sealing, Effort.QUICK, run, compress
            )
            writer = TreeWriter(written, Kind.TREE_SIGNATURE)
            writer.begin(pack_manifest(Manifest(entries, {})))
            pairings = [Pairing(path, Fate.NEW) for path in entries]
            contents = make_contents(_Signing(tree, entries, options), pairings, run, executor)
            with contextlib.closing(contents):
                for pairing, content in contents:
                    assert content
                    member = member_of(content.kind, pairing.path, entries[pairing.path])
                    writer.add(member, content.source, run)
            writer.end(identify_side(entries, name_of_tree(tree), sealing), None)
            publish(run, [output])
            return TreeSignatureSummary(
                tree_bytes=tree_bytes,
                files=sum(entry.type is EntryType.FILE for entry in entries.values()),
                signature_bytes=output.written_bytes,
                remarks=tuple(output.remarks),
                seconds=run.seconds,
            )

    return run_operation(work, on_progress, cancel, resources)


@record(frozen=True)
class _Signing:
    """A tree whose files are signed."""

    tree: Tree
    entries: Mapping[str, Entry]
    options: SignatureOptions

    def count_steps(self, pairing: Pairing) -> int:
        """How much is to be read of one."""
        return self.entries[pairing.path].size_bytes

    @contextlib.contextmanager
    def again(self) -> Iterator[_Signing]:
        """The same for another thread. Raises: SourceUnreadable, FolderMoved."""
        with open_again(self.tree) as tree:
            yield _Signing(tree, self.entries, self.options)

    def recipe(self, pairings: Sequence[Pairing]) -> _SigningRecipe:
        """What another process needs for some of them."""
        entries = {each.path: self.entries[each.path] for each in pairings}
        return _SigningRecipe(full_path(self.tree), entries, self.options)

    def is_far(self, pairing: Pairing) -> bool:
        """Files alone are signed."""
        return self.entries[pairing.path].type is EntryType.FILE

    def cut(self, pairing: Pairing) -> Cut:
        """A large one in slices."""
        return SigningCut(self.tree, pairing.path, self.entries[pairing.path], self.options)

    def make_short(self, pairing: Pairing, run: Run) -> Content:
        """The signature of one file, in memory; of others nothing."""
        shown = self.tree.path / pairing.path
        if self.entries[pairing.path].type is not EntryType.FILE:
            return Content(MemberKind.SNAPSHOT, Input.holding(b"", shown))
        signature = Held()
        self._sign(pairing.path, signature, run)
        return Content(MemberKind.SIGNATURE, Input.holding(signature.data, shown))

    @contextlib.contextmanager
    def make_alone(self, pairing: Pairing, run: Run) -> Iterator[Content]:
        """That of a large file, by all cores."""
        with contextlib.closing(TemporaryFile(run.temporary_folder)) as file:
            self._sign(pairing.path, Kept(file), run)
            shown = self.tree.path / pairing.path
            yield Content(MemberKind.SIGNATURE, Input(file.rewound(), shown, owned=False))

    def _sign(self, path: str, signature: Nowhere, run: Run) -> None:
        """Raises: SourceUnreadable, SourceChanged, LibrsyncFailed, DiskFull, Cancelled."""
        hasher = Hasher(run.resources.threads)
        with open_file(self.tree, path) as opened:
            sign(opened, signature.write, self.options.header(opened.size_bytes), run, hasher)
            check_hash(opened, self.entries[path], hasher.hexdigest())


@record(frozen=True)
class _SigningRecipe:
    """The path of a folder, and what is known of the files that are signed."""

    tree: str
    entries: Mapping[str, Entry]
    options: SignatureOptions

    @contextlib.contextmanager
    def open(self) -> Iterator[_Signing]:
        """Raises: SourceMissing, SourceUnreadable."""
        with open_tree(Path(self.tree)) as tree:
            yield _Signing(tree, self.entries, self.options)
