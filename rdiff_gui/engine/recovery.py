"""The way back from a change in place that was interrupted; the states are those of `change`.

It is a way that may be interrupted as well, and gone again from its beginning.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.engine.blake3_hash import Hasher, hash_source
from rdiff_gui.engine.delta_reader import Commands, scan_delta
from rdiff_gui.engine.input import FilePath, Source, input_of, open_input, path_or_stream
from rdiff_gui.engine.journal import Journal, keep_journal, name_again
from rdiff_gui.engine.operation import Run, run_operation
from rdiff_gui.engine.options import Resources
from rdiff_gui.engine.output import Nowhere
from rdiff_gui.engine.patch_writer import assemble
from rdiff_gui.engine.progress import CancelToken, ProgressCallback, Stage
from rdiff_gui.engine.seal_io import unwrap
from rdiff_gui.engine.summaries import Recovery, RecoverySummary
from rdiff_gui.engine.system import Folder, lock, reachable
from rdiff_gui.engine.temporary_file import (
    changing_name,
    follow_links,
    journal_name,
    name_unchanged,
)
from rdiff_gui.errors import (
    ChangePutBack,
    ChangeUnfinished,
    FileProblem,
    FormatProblem,
    JournalUnusable,
    SealDamaged,
    SourceBusy,
    SourceMissing,
)
from rdiff_gui.errors.files import Writing
from rdiff_gui.errors.program import reason_of
from rdiff_gui.formats.seal import Seal
from rdiff_gui.records import record
from rdiff_gui.wording import translate

__all__ = ["recover"]


def recover(
    file: FilePath,
    *,
    resources: Resources = Resources(),  # noqa: B008  # frozen
    on_progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> RecoverySummary:
    """Put `file` back where a change of it in its place was interrupted.

    It is given by its own name, or by that of what stands beside it since. Nothing is done to a
    file that was not being changed. What would come out is hashed before the first byte is
    written. `on_progress` gets bytes read, at most 20 times a second, on the calling thread.

    Raises: SourceMissing, SourceBusy, SourceUnreadable, OutputUnwritable, DiskFull,
    JournalUnusable, ChangeUnfinished, Cancelled; on each, it can be called again. TypeError, where
    it is no path.
    """
    path = path_or_stream(file)
    if not isinstance(path, Path):
        raise TypeError("the file is given as str or os.PathLike: an open one has no folder")
    return run_operation(lambda run: recover_in(run, path), on_progress, cancel, resources)


def recover_in(run: Run, path: Path) -> RecoverySummary:
    """The same within a run. Raises: as recover."""
    run.stage = Stage.CHECKING
    with Writing(path):
        folder_path, name = follow_links(path)
        name = name_unchanged(name)
        with contextlib.closing(Folder(folder_path)) as folder:
            interrupted = _Interrupted(path, folder, name, run)
            outcome, undo = interrupted.settle()
    stands = path if interrupted.name == path.name else folder_path / interrupted.name
    return RecoverySummary(stands, outcome, folder_path / undo if undo else None, run.seconds)


def settle_interrupted(basis: Source, run: Run, *, always: bool) -> list[FileProblem]:
    """Put back what an earlier run has left of a change of `basis`, and remark it.

    Where the file stands under its name it is whole, and left for who `always` wants it settled.

    Raises: as recover.
    """
    path = path_or_stream(basis)
    if not isinstance(path, Path) or (reachable(path).exists() and not always):
        return []
    found = recover_in(run, path)
    if found.outcome in (Recovery.NOTHING, Recovery.NOT_BEGUN):
        return []
    return [ChangePutBack(path, found.undo)]


@record(frozen=True)
class _Opened:
    """A journal that can be used."""

    journal: Journal
    commands: Commands
    seal: Seal
    result_bytes: int


class _Interrupted:
    """One file and what may stand beside it."""

    def __init__(self, path: Path, folder: Folder, name: str, run: Run) -> None:
        self._path = path
        self._folder = folder
        self.name = name
        self._run = run
        self._changing = changing_name(name)
        self._journal = journal_name(name)

    def settle(self) -> tuple[Recovery, str | None]:
        """Raises: as recover, and OSError."""
        folder = self._folder
        if folder.status(self._journal) is None:
            if folder.status(self._changing) is not None:
                raise self._unfinished(translate("its journal is missing"))
            if folder.status(self.name) is None:
                raise SourceMissing(self._path)
            return Recovery.NOTHING, None
        descriptor = folder.open_for_lock(self._journal)
        try:
            if lock(descriptor) is False or not self._is(self._journal, descriptor):
                # It is at work, or has ended since.
                raise SourceBusy(self._path)
            if folder.status(self._changing) is not None:
                self._put_back(descriptor)
                return Recovery.PUT_BACK, None
            return self._look_at_whole(descriptor)
        finally:
            os.close(descriptor)

    def _is(self, name: str, descriptor: int) -> bool:
        standing = self._folder.status(name)
        return standing is not None and os.path.samestat(standing, os.fstat(descriptor))

    @contextlib.contextmanager
    def _open_journal(self, descriptor: int) -> Iterator[_Opened]:
        """Raises: FormatProblem, SourceUnreadable, Cancelled."""
        with (
            input_of(descriptor, self._folder.path / self._journal) as given,
            unwrap(given, self._run) as delta,
        ):
            commands = Commands(delta.content)
            totals = scan_delta(delta, self._run, noted=commands)
            if delta.seal is None or not delta.seal.basis or not delta.seal.result:
                raise SealDamaged(given.path, translate("its end is missing or damaged"))
            own_name = delta.seal.result.name
            if own_name is not None and journal_name(own_name) == self._journal:
                # A long one is not known from the journal's.
                self.name = own_name
            journal = Journal(delta.content, commands.read(self._run))
            yield _Opened(journal, commands, delta.seal, totals.result_bytes)

    def _put_back(self, descriptor: int) -> None:
        """Raises: ChangeUnfinished, SourceBusy, Cancelled."""
        folder, run = self._folder, self._run
        try:
            changing = folder.open_to_change(self._changing)
            try:
                if lock(changing) is False:
                    raise SourceBusy(self._path)
                with (
                    self._open_journal(descriptor) as opened,
                    input_of(changing, folder.path / self._changing) as half,
                ):
                    hasher = Hasher(run.resources.threads)
                    run.total_bytes = run.done_bytes + opened.result_bytes
                    run.whole_bytes = opened.result_bytes
                    assemble(half, opened.commands, Nowhere(), opened.result_bytes, run, hasher)
                    assert opened.seal.result
                    if hasher.hexdigest() != opened.seal.result.blake3:
                        raise self._unfinished(
                            translate("the journal belongs to another file, or it was written to")
                        )
                    opened.journal.put_back(changing)
            finally:
                os.close(changing)
            self.name = name_again(folder, self._changing, self.name)
            folder.sync()
            folder.unlink(self._journal)
            folder.sync()
        except (ChangeUnfinished, SourceBusy):
            raise
        except (FileProblem, OSError) as problem:
            raise self._unfinished(reason_of(problem)) from problem

    def _look_at_whole(self, descriptor: int) -> tuple[Recovery, str | None]:
        """It had not begun, or was complete. Raises: JournalUnusable, OSError, Cancelled."""
        path = self._folder.path / self.name
        try:
            with (
                self._open_journal(descriptor) as opened,
                open_input(path) as standing,
            ):
                seal = opened.seal
                self._run.whole_bytes = standing.size_bytes or 0
                self._run.total_bytes = self._run.done_bytes + self._run.whole_bytes
                found_blake3 = hash_source(standing, self._run)
        except FormatProblem as problem:
            journal = self._folder.path / self._journal
            raise JournalUnusable(journal, path, reason_of(problem)) from problem
        assert seal.result
        assert seal.basis
        if found_blake3 == seal.result.blake3:
            self._folder.unlink(self._journal)
            self._folder.sync()
            return Recovery.NOT_BEGUN, None
        undo = keep_journal(self._folder, self.name)
        self._folder.sync()
        is_new = found_blake3 == seal.basis.blake3
        return (Recovery.COMPLETE if is_new else Recovery.CHANGED_SINCE), undo

    def _unfinished(self, reason: str) -> ChangeUnfinished:
        folder = self._folder.path
        return ChangeUnfinished(self._path, folder / self._changing, folder / self._journal, reason)
