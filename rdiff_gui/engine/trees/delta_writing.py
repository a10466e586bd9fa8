"""The tar between two trees: member after member, whatever they are compared by."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.engine.delta_writer import DeltaOutput
from rdiff_gui.engine.input import Input
from rdiff_gui.engine.operation import Run
from rdiff_gui.engine.options import SignatureOptions
from rdiff_gui.engine.progress import Stage
from rdiff_gui.engine.trees.batches import BatchWork, Content, make_contents
from rdiff_gui.engine.trees.pairing import Alike, Pairing, pair
from rdiff_gui.engine.trees.summaries import Change, Fate, TreeDeltaSummary
from rdiff_gui.engine.trees.tree_writer import TreeWriter, identify_side
from rdiff_gui.formats.magic import Kind
from rdiff_gui.formats.manifest_columns import pack_manifest
from rdiff_gui.formats.seal import Identity
from rdiff_gui.formats.tree_manifest import (
    ROOT,
    Entry,
    EntryType,
    Manifest,
    count_bytes,
    sort_key,
)
from rdiff_gui.formats.tree_tar import Member, MemberKind
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor

_NS = 10**9

# What a seal says of the old and the new tree.
Ends = tuple[Identity | None, Identity | None]


class DeltaWriting:
    """One tar on its way, with what `work` makes of each file."""

    def __init__(
        self,
        manifest: Manifest,
        work: BatchWork,
        output: DeltaOutput,
        run: Run,
        find_like: Alike | None,
    ) -> None:
        """`find_like`: see pairing.pair. Raises: what it raises."""
        self._manifest = manifest
        self._work = work
        self._output = output
        self._run = run
        self._pairings = pair(manifest.old, manifest.new, find_like)
        self._changes: list[Change] = []

    def write(
        self,
        names: tuple[str | None, str],
        *,
        bare: bool = False,
        signature_blake3: str | None = None,
        ends: Ends | None = None,
        executor: Executor | None = None,
    ) -> None:
        """Write all of it, and the seal, with the `names` of the old and the new folder.

        `bare`: without a manifest, where what is in the old tree is not known. `ends`: what the
        seal says of both trees, where the manifest does not have all hashes whole.

        Raises: as batches.make_contents, what the output raises.
        """
        run, manifest = self._run, self._manifest
        run.stage = Stage.COMPARING
        pairings = sorted(
            (each for each in self._pairings.values() if _has_member(each)),
            key=lambda each: sort_key(each.path),
        )
        wanting = [each for each in pairings if each.path in manifest.new]
        run.total_bytes = run.done_bytes + sum(map(self._work.count_steps, wanting))
        writer = TreeWriter(self._output, Kind.TREE_DELTA)
        alone = any(each.fate in (Fate.MOVED, Fate.LINKED) for each in pairings)
        writer.begin(None if bare else pack_manifest(manifest), alone=alone)
        contents = make_contents(
            self._work, [each for each in wanting if each.fate is not Fate.LINKED], run, executor
        )
        with contextlib.closing(contents):
            for pairing in pairings:
                self._write_member(writer, pairing, contents)
        sealing = self._output.sealing
        if ends is None:
            basis = None if bare else identify_side(manifest.old, names[0], sealing)
            ends = basis, identify_side(manifest.new, names[1], sealing)
        writer.end(*ends, signature_blake3)

    def _write_member(
        self,
        writer: TreeWriter,
        pairing: Pairing,
        contents: Iterator[tuple[Pairing, Content | None]],
    ) -> None:
        path, entry = pairing.path, self._manifest.new.get(pairing.path)
        nothing = Input.holding(b"", Path(path))
        if entry is None:
            writer.add(Member(MemberKind.DELETED, path), nothing, self._run)
            self._note(pairing, 0, 0)
        elif pairing.fate is Fate.LINKED:
            assert pairing.source is not None
            member = member_of(MemberKind.LINKED, path, entry, pairing.source)
            writer.add(member, nothing, self._run)
            self._note(pairing, entry.size_bytes, 0)
        else:
            made, content = next(contents)
            assert made is pairing
            if content is None:
                return
            source = pairing.source if content.kind is MemberKind.MOVED else None
            member = member_of(content.kind, path, entry, source or "")
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


def member_of(kind: MemberKind, path: str, entry: Entry, source: str = "") -> Member:
    """A member without its body."""
    mtime = entry.mtime_ns // _NS
    return Member(kind, path, entry.type, entry.mode, mtime, entry.target, source)
