"""Delta of two folders that are both at hand."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rdiff_gui.engine.delta_writer import DeltaOutput
from rdiff_gui.engine.input import FilePath, Input
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import Effort, Resources, Sealing, SignatureOptions
from rdiff_gui.engine.output import Output, Target, open_output
from rdiff_gui.engine.parallel import available_cores
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.publication import publish
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.comparing import Comparison, Content, make_contents
from rdiff_gui.engine.trees.hashing import hash_scan
from rdiff_gui.engine.trees.likeness import find_like
from rdiff_gui.engine.trees.options import KeepOptions
from rdiff_gui.engine.trees.pairing import Pairing, pair
from rdiff_gui.engine.trees.recovery import refuse_unfinished
from rdiff_gui.engine.trees.scan import open_tree, scan_tree
from rdiff_gui.engine.trees.summaries import Change, Fate, TreeDeltaSummary
from rdiff_gui.engine.trees.tree_writer import TreeWriter, identify_side
from rdiff_gui.errors import OutputIsInput
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.tree_manifest import (
    ROOT,
    Entry,
    EntryType,
    Manifest,
    count_bytes,
    sort_key,
)
from rdiff_gui.formats.tree_tar import Member, MemberKind
from rdiff_gui.records import TYPE_CHECKING, replace

if TYPE_CHECKING:
    from typing import Protocol
else:
    Protocol = object

__all__ = ["make_delta_from_trees"]

_NS = 10**9


def make_delta_from_trees(
    old_folder: FilePath,
    new_folder: FilePath,
    delta: Target,
    *,
    keep: KeepOptions = KeepOptions(),  # noqa: B008  # frozen
    rdiffdir: bool = False,
    sealing: Sealing = Sealing.FULL,
    compress: bool = True,
    best: bool = False,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    replace: bool = False,
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> TreeDeltaSummary:
    """Write the delta that turns all of `old_folder` into `new_folder`.

    What changed is told by content; a file that was moved takes no more than its name, and one that
    was moved and edited is compared with what it was. `keep` tells what else belongs to a file.
    With `rdiffdir`, nothing is written that rdiffdir does not know. `on_progress` gets bytes done,
    at most 20 times a second, on the calling thread.

    Raises: SourceMissing, SourceUnreadable, SourceChanged, EntryRefused, FolderMoved,
    OutputIsInput, OutputExists (unless `replace`), OutputUnwritable, DiskFull, PartUnloadable,
    SystemRefused, Cancelled; on each, `delta` is as it was before the call.
    """
    folders = [Path(os.fsdecode(folder)) for folder in (old_folder, new_folder)]

    def work(run: Run) -> TreeDeltaSummary:
        with (
            open_tree(folders[0]) as old,
            open_tree(folders[1]) as new,
            open_output(delta, [], replace=replace, run=run) as output,
        ):
            refuse_within(delta, folders)
            trees = Trees(old, new, keep, run)
            effort = Effort.TREE_DENSEST if best else Effort.TREE
            written = open_tree_output(output, Kind.TREE_DELTA, sealing, effort, run, compress)
            writing = DeltaWriting(trees, written, run, rdiffdir=rdiffdir, best=best)
            writing.write()
            publish(run, [output])
            return writing.summarize()

    return run_operation(work, on_progress, cancel, resources)


def refuse_within(target: Target, folders: list[Path]) -> None:
    """Raises: OutputIsInput, where a file to write is in one of the folders that are read."""
    if not isinstance(target, str | os.PathLike):
        return
    path = Path(os.path.realpath(os.fsdecode(target)))
    for folder in folders:
        if path.is_relative_to(os.path.realpath(folder)):
            raise OutputIsInput(Path(os.fsdecode(target)), folder)


def open_tree_output(
    output: Output, kind: Kind, sealing: Sealing, effort: Effort, run: Run, compress: bool
) -> DeltaOutput:
    """What a tar is written into."""
    threads = run.resources.threads or available_cores()
    return DeltaOutput(
        output, None, sealing, compress=compress, effort=effort, threads=threads, kind=kind
    )


class TreesAtHand(Protocol):
    """Two folders, and what is in them."""

    @property
    def old(self) -> Tree:
        """What the delta is for."""

    @property
    def new(self) -> Tree:
        """What it makes; opened are those of its files that the old one has not."""

    @property
    def manifest(self) -> Manifest:
        """What is in both."""


class Trees:
    """Two folders, looked at and hashed."""

    def __init__(self, old: Tree, new: Tree, keep: KeepOptions, run: Run) -> None:
        """Raises: SourceMissing, SourceUnreadable, SourceChanged, EntryRefused, Cancelled."""
        self.old, self.new = old, new
        for tree in (old, new):
            refuse_unfinished(tree)
        run.stage = Stage.LOADING_TREES
        scans = [scan_tree(tree, keep, run) for tree in (old, new)]
        # All is hashed, and what looks changed is compared; what is, shows then.
        before, after = (scan.entries for scan in scans)
        run.total_bytes = sum(count_bytes(scan.entries) for scan in scans)
        run.total_bytes += sum(
            3 * entry.size_bytes for path, entry in after.items() if entry != before.get(path)
        )
        self.manifest = Manifest(*(hash_scan(scan, run) for scan in scans))


class DeltaWriting:
    """The tar between two trees at hand."""

    def __init__(
        self, trees: TreesAtHand, output: DeltaOutput, run: Run, *, rdiffdir: bool, best: bool
    ) -> None:
        manifest = _without_hardlinks(trees.manifest) if rdiffdir else trees.manifest
        self._comparison = Comparison(trees.old, trees.new, manifest, best)
        self._manifest = manifest
        self._output = output
        self._run = run

        def find_like_ones(gone: Sequence[str], wanting: Sequence[str]) -> Mapping[str, str]:
            return find_like(trees.old, trees.new, manifest, gone, wanting, run)

        find = None if rdiffdir else find_like_ones
        self._pairings = pair(manifest.old, manifest.new, find)
        self._changes: list[Change] = []

    def write(self) -> None:
        """Raises: as make_delta_from_trees."""
        run, manifest, output = self._run, self._manifest, self._output
        run.stage = Stage.COMPARING
        pairings = sorted(
            (each for each in self._pairings.values() if _has_member(each)),
            key=lambda each: sort_key(each.path),
        )
        wanting = [each for each in pairings if each.path in manifest.new]
        run.total_bytes = run.done_bytes + sum(map(self._comparison.count_steps, wanting))
        writer = TreeWriter(output)
        alone = any(each.fate in (Fate.MOVED, Fate.LINKED) for each in pairings)
        sources = {each.source for each in pairings if each.fate is Fate.MOVED}
        writer.begin(Kind.TREE_DELTA, manifest.pack(sources), alone=alone)
        contents = make_contents(
            self._comparison, [each for each in wanting if each.fate is not Fate.LINKED], run
        )
        with contextlib.closing(contents):
            for pairing in pairings:
                self._write_member(writer, pairing, contents)
        sealing = output.sealing
        basis, result = (
            identify_side(side, tree.path.absolute().name, sealing)
            for side, tree in (
                (manifest.old, self._comparison.old),
                (manifest.new, self._comparison.new),
            )
        )
        writer.end(basis, result)

    def _write_member(
        self,
        writer: TreeWriter,
        pairing: Pairing,
        contents: Iterator[tuple[Pairing, Content]],
    ) -> None:
        path, entry = pairing.path, self._manifest.new.get(pairing.path)
        nothing = Input.holding(b"", Path(path))
        if entry is None:
            writer.add(Member(MemberKind.DELETED, path), nothing, self._run)
            self._note(pairing, 0, 0)
        elif pairing.fate is Fate.LINKED:
            assert pairing.source is not None
            member = _member(MemberKind.LINKED, path, entry, pairing.source)
            writer.add(member, nothing, self._run)
            self._note(pairing, entry.size_bytes, 0)
        else:
            made, content = next(contents)
            assert made is pairing
            source = pairing.source if content.kind is MemberKind.MOVED else None
            member = _member(content.kind, path, entry, source or "")
            is_streamed = content.source.status is not None and content.kind is MemberKind.SNAPSHOT
            blake3 = entry.blake3 if is_streamed else None
            delta_bytes = writer.add(member, content.source, self._run, blake3)
            if pairing.fate is Fate.MOVED and source is None:
                pairing = Pairing(path, Fate.NEW)
            self._note(pairing, entry.size_bytes, delta_bytes)

    def _note(self, pairing: Pairing, new_bytes: int, delta_bytes: int) -> None:
        if pairing.path == ROOT and pairing.fate is Fate.KEPT:
            return
        source = pairing.source if pairing.fate in (Fate.MOVED, Fate.LINKED) else None
        self._changes.append(Change(pairing.path, pairing.fate, source, new_bytes, delta_bytes))

    def summarize(self) -> TreeDeltaSummary:
        """What was written, when it is published."""
        kept = sum(
            each.fate is Fate.KEPT and self._manifest.new[each.path].type is EntryType.FILE
            for each in self._pairings.values()
        )
        return TreeDeltaSummary(
            old_bytes=count_bytes(self._manifest.old),
            new_bytes=count_bytes(self._manifest.new),
            delta_bytes=self._output.output.written_bytes,
            plain_bytes=self._output.plain_bytes,
            signature_bytes=sum(
                SignatureOptions().header(entry.size_bytes).signature_bytes(entry.size_bytes)
                for entry in self._manifest.old.values()
                if entry.type is EntryType.FILE
            ),
            changes=tuple(self._changes),
            kept_files=kept,
            remarks=tuple(self._output.output.remarks),
            seconds=self._run.seconds,
        )


def _has_member(pairing: Pairing) -> bool:
    """The folder itself always has one, so that rdiffdir gives it its time."""
    return pairing.fate is not Fate.KEPT or pairing.path == ROOT


def _member(kind: MemberKind, path: str, entry: Entry, source: str) -> Member:
    mtime = entry.mtime_ns // _NS
    return Member(kind, path, entry.type, entry.mode, mtime, entry.target, source)


def _without_hardlinks(manifest: Manifest) -> Manifest:
    """The names of one file as so many files."""
    new: Mapping[str, Entry] = {
        path: replace(entry, hardlink=None) for path, entry in manifest.new.items()
    }
    return Manifest(manifest.old, new)
