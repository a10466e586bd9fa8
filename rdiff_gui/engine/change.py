"""A file changed in its place, at the cost of the change.

    OLD    NAME                                         nothing begun
    READY  NAME, NAME.rdiff-journal                     the way back is on the disk
    HALF   NAME.rdiff-changing, NAME.rdiff-journal      nobody opens half a file under NAME
    DONE   NAME, NAME.rdiff-journal                     whole and right; the journal has served

Each is entered by one step, which is on the disk before the next one begins. Whatever goes wrong
leads from each back to OLD, at once or, after a crash, with the next run (see recovery).
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import time
from collections.abc import Iterator

from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.blake3_hash import hash_source
from rdiff_gui.engine.change_survey import Survey
from rdiff_gui.engine.delta_reader import Commands, read_commands
from rdiff_gui.engine.input import Input, input_of
from rdiff_gui.engine.journal import (
    Journal,
    keep_journal,
    name_again,
    write_journal,
    write_whole_at,
)
from rdiff_gui.engine.output import Output, open_output
from rdiff_gui.engine.patch_writer import KernelCopy
from rdiff_gui.engine.progress import Stage
from rdiff_gui.engine.publication import version_of
from rdiff_gui.engine.seal_io import unwrap
from rdiff_gui.engine.summaries import ChangePlan, PlanCallback, Way
from rdiff_gui.engine.system import (
    Folder,
    is_open_for_writing,
    loses_rights_when_written,
    set_time,
    status_of,
    stretch,
)
from rdiff_gui.engine.temporary_file import changing_name, journal_name, undo_names
from rdiff_gui.errors import (
    ChangeUnfinished,
    FolderMoved,
    FolderNotSynced,
    JournalNotNamed,
    NotPutBack,
    OptionOutOfRange,
    ResultWrong,
    SourceChanged,
    SourceInUse,
)
from rdiff_gui.errors.files import Reading, Writing
from rdiff_gui.errors.program import reason_of
from rdiff_gui.records import TYPE_CHECKING, replace

if TYPE_CHECKING:
    from pathlib import Path

    from rdiff_gui.engine.operation import Run
    from rdiff_gui.engine.patch import Patch

# How the system says that a file is not for us to write, or runs as a program.
_NOT_TO_BE_WRITTEN = frozenset((errno.EACCES, errno.EPERM, errno.ETXTBSY))

# New bytes are gathered into writes of this.
_WRITE_BYTES = 2**20

# A sample of a clone tells whether the disk can.
_CLONED_BYTES = 2**16


def _choose_way(plan: ChangePlan, old: Input, output: AtomicFile, undo: Output | None) -> Way:
    if _can_clone(old, output):
        return Way.CLONE
    if not plan.pays:
        return Way.TOO_MUCH
    if undo is not None and not (
        isinstance(undo, AtomicFile) and undo.folder.identity == output.folder.identity
    ):
        return Way.UNDO_ELSEWHERE
    if loses_rights_when_written(old.descriptor):
        return Way.PRIVILEGED
    try:
        descriptor = output.folder.open_to_change(output.name)
    except OSError as problem:
        if problem.errno not in _NOT_TO_BE_WRITTEN:
            raise
        return Way.READ_ONLY
    os.close(descriptor)
    return Way.JOURNAL


def _can_clone(old: Input, output: AtomicFile) -> bool:
    """Whether the disk lets files share blocks; tries it, and leaves `output` empty."""
    if (old.size_bytes or 0) < _CLONED_BYTES:
        return False
    copy = KernelCopy(old.descriptor, output.descriptor)
    can_clone = copy.clone(0, 0, _CLONED_BYTES) != (0, 0)
    stretch(output.descriptor, 0)
    return can_clone


def change_in_place(
    patch: Patch,
    output: Output,
    undo: Output | None,
    run: Run,
    *,
    allow_shared: bool,
    tell: PlanCallback | None,
) -> ChangePlan:
    """Change the file that `output` would replace, where that pays; else only say why not.

    What leads back becomes `undo`, or where that is none and the old file is to be kept, a delta
    beside it. `tell` is called before anything is written.

    Raises: OptionOutOfRange, where it would replace none; what `Patch.check_result`,
    `ChangeInPlace.carry_out` and `tell` raise.
    """
    if not isinstance(output, AtomicFile) or output.instead_of is None:
        raise OptionOutOfRange("changes_only", str(True), "only in place")
    old = patch.old
    plan = ChangePlan.of(old.size_bytes or 0, patch.totals)
    with Writing(output.path):
        way = _choose_way(plan, old, output, undo)
    if way is not Way.JOURNAL:
        plan = replace(plan, way=way)
        if tell:
            tell(plan)
        return plan
    if not allow_shared:
        refuse_shared(old, old.path)
    survey = _survey(patch, plan, run)
    plan = replace(
        plan,
        changed_bytes=survey.changed_bytes,
        overwritten_bytes=survey.overwritten_bytes,
        ranges=len(survey.starts),
    )
    if tell:
        tell(plan)
    change = ChangeInPlace(survey, old, patch.commands, output, run)
    with _open_journal(undo, output, old, run) as journal_file:
        change.carry_out(journal_file, allow_shared=allow_shared)
        keep = undo is not None or output.keep_backup
        output.backup = change.settle(journal_file, keep=keep)
    return plan


def _survey(patch: Patch, plan: ChangePlan, run: Run) -> Survey:
    """Find out what differs, and whether the result would be right.

    Raises: as `Survey.carry_out` and `Patch.check_result`.
    """
    run.stage = Stage.PATCHING
    read_bytes = max(plan.old_bytes, plan.result_bytes)
    run.total_bytes = run.done_bytes + read_bytes + plan.result_bytes
    survey = Survey(patch.old, patch.commands, plan.result_bytes, run)
    survey.carry_out()
    patch.check_result(plan.result_bytes, survey.new_blake3 if patch.expects_result else None)
    return survey


@contextlib.contextmanager
def _open_journal(
    undo: Output | None, output: AtomicFile, old: Input, run: Run
) -> Iterator[AtomicFile]:
    """The undo delta, or else a file beside the old one. Raises: as open_output."""
    if isinstance(undo, AtomicFile):
        yield undo
        return
    folder, names = output.folder, undo_names(output.name)
    with Writing(output.path):
        path = next(folder.path / name for name in names if not folder.status(name))
    with open_output(path, [old], replace=False, run=run) as journal_file:
        assert isinstance(journal_file, AtomicFile)
        yield journal_file


def refuse_shared(old: Input, path: Path) -> None:
    """Refuse a file, now at `path`, that others would see half changed. Raises: SourceInUse."""
    with Reading(old.path):
        links = status_of(old.descriptor).st_nlink
        if links > 1 or is_open_for_writing(old.descriptor, path):
            raise SourceInUse(old.path, links)


class ChangeInPlace:
    """One file on its way through the states above.

    `output` is the nameless file that would have taken the place of `old`, and is not used.
    """

    def __init__(
        self, survey: Survey, old: Input, commands: Commands, output: AtomicFile, run: Run
    ) -> None:
        self._survey = survey
        self._old = old
        self._commands = commands
        self._output = output
        self._run = run
        self._folder: Folder = output.folder
        self._name = output.name
        self._changing = changing_name(output.name)
        self._writing = Writing(output.path)
        self._is_moved = self._is_touched = False

    def carry_out(self, journal_file: AtomicFile, *, allow_shared: bool) -> None:
        """Change the file, with its journal in `journal_file`. On any failure it is as before.

        Raises: SourceInUse, SourceChanged, SourceUnreadable, DiskFull, OutputUnwritable,
        FolderMoved, ResultWrong, Cancelled; NotPutBack, ChangeUnfinished, where a failing disk
        allows no more.
        """
        survey, run = self._survey, self._run
        # Disks that write elsewhere need room for what is written over as well.
        journal_file.expect(survey.overwritten_bytes + survey.changed_bytes)
        write_journal(journal_file, self._old, survey, run)
        if self._old.status:
            set_time(journal_file.descriptor, self._old.status.st_mtime_ns)
        journal_file.finish()
        self._old.check_unchanged()
        with journal_file.reading() as given, unwrap(given, run) as sealed:
            journal = Journal(sealed.content, read_commands(sealed.content, run))
            run.put_back_alone()
            descriptor = -1
            try:
                with self._writing:
                    self._check_folder()
                    self._look_at(self._name)
                    journal_file.name_ahead(journal_name(self._name))
                    self._folder.sync()
                    self._folder.rename_to_free(self._name, self._changing)
                    self._is_moved = True
                    self._look_at(self._changing)
                    self._folder.sync()
                    # Nobody finds it under its name any more.
                    if not allow_shared:
                        refuse_shared(self._old, self._folder.path / self._changing)
                    descriptor = self._open()
                    self._is_touched = True
                    self._write(descriptor, journal)
                    self._check(descriptor)
                    self._check_folder()
                    run.commit(lambda: self._folder.rename_to_free(self._changing, self._name))
            except BaseException as problem:
                self._go_back(descriptor, journal, journal_file, problem)
                raise
            finally:
                if descriptor >= 0:
                    with contextlib.suppress(OSError):
                        os.close(descriptor)

    def settle(self, journal_file: AtomicFile, *, keep: bool) -> Path | None:
        """Give the journal its own name or remove it; where it is. The file is changed by now.

        Whatever fails leaves the journal under its own name, and the next run finds it.
        """
        folder, output = self._folder, self._output
        journal, journal_file.part = journal_file.part, None
        assert journal
        kept = journal if keep else None
        set_time(journal_file.descriptor, time.time_ns())
        try:
            if keep:
                kept = self._name_undo(journal, journal_file)
            else:
                # It stays where the disk may not have the file's name yet.
                folder.sync()
                folder.unlink(journal)
            folder.sync()
        except OSError as problem:
            output.remarks.append(FolderNotSynced(output.path, reason_of(problem)))
        return folder.path / kept if kept else None

    def _name_undo(self, journal: str, journal_file: AtomicFile) -> str:
        """Let the journal be the undo delta; what it is called then."""
        folder = self._folder
        try:
            if not journal_file.replace:
                return keep_journal(folder, self._name, journal_file.name)
            folder.rename(journal, journal_file.name)
        except OSError as problem:
            kept = folder.path / journal
            remark = JournalNotNamed(journal_file.path, kept, reason_of(problem))
            self._output.remarks.append(remark)
            return journal
        return journal_file.name

    # --- there -----------------------------------------------------------------------------------

    def _check_folder(self) -> None:
        """Raises: FolderMoved, OSError."""
        if not self._folder.is_at_its_path():
            raise FolderMoved(self._output.path)

    def _look_at(self, name: str) -> None:
        """Make sure that the name is that of the very file that was read. Raises: SourceChanged."""
        standing, opened = self._folder.status(name), self._old.status
        if not standing or not opened or version_of(standing) != version_of(opened):
            raise SourceChanged(self._output.path)

    def _open(self) -> int:
        descriptor = self._folder.open_to_change(self._changing)
        assert self._old.status
        if not os.path.samestat(os.fstat(descriptor), self._old.status):
            os.close(descriptor)
            raise SourceChanged(self._output.path)
        return descriptor

    def _write(self, descriptor: int, journal: Journal) -> None:
        """Write what differs; sync it. Raises: OSError, SourceUnreadable, Cancelled."""
        gathered, start = bytearray(), 0
        for place, data in self._new_bytes(journal):
            if place != start + len(gathered) or len(gathered) >= _WRITE_BYTES:
                write_whole_at(descriptor, memoryview(gathered), start)
                self._run.check()
                gathered, start = bytearray(), place
            gathered += data
        write_whole_at(descriptor, memoryview(gathered), start)
        stretch(descriptor, self._survey.result_bytes)
        os.fsync(descriptor)

    def _new_bytes(self, journal: Journal) -> Iterator[tuple[int, bytes | bytearray]]:
        """All new bytes with their places, in order."""
        starts, ends = self._survey.starts, self._survey.ends
        number = place = 0
        for literal, source, length in itertools.chain.from_iterable(
            self._commands.read(self._run)
        ):
            end = place + length
            while number < len(starts) and starts[number] < end:
                first, last = max(starts[number], place), min(ends[number], end)
                begin = source + first - place
                if literal:
                    pieces = self._read_delta(begin, last - first)
                else:
                    pieces = journal.read_old(self._old, begin, last - first)
                for data in pieces:
                    yield first, data
                    first += len(data)
                if ends[number] > end:
                    break
                number += 1
            if number == len(starts):
                return
            place = end

    def _read_delta(self, start: int, length: int) -> Iterator[bytes | bytearray]:
        for offset in range(0, length, _WRITE_BYTES):
            yield self._commands.delta.bytes_at(start + offset, min(_WRITE_BYTES, length - offset))

    def _check(self, descriptor: int) -> None:
        """Hash what is there now. Raises: ResultWrong, SourceUnreadable, Cancelled."""
        with input_of(descriptor, self._output.path) as result:
            found_blake3 = hash_source(result, self._run)
        if found_blake3 != self._survey.new_blake3:
            raise ResultWrong(
                self._output.path, self._commands.delta.path, self._survey.new_blake3, found_blake3
            )

    # --- and back again --------------------------------------------------------------------------

    def _go_back(
        self,
        descriptor: int,
        journal: Journal,
        journal_file: AtomicFile,
        problem: BaseException,
    ) -> None:
        """Raises: ChangeUnfinished, NotPutBack."""
        if not self._is_moved:
            return
        folder, path = self._folder, self._output.path
        try:
            if self._is_touched:
                journal.put_back(descriptor)
            kept = name_again(folder, self._changing, self._name)
        except Exception as hindrance:  # noqa: BLE001  # told, with what leads on
            # The journal stays, for the next run.
            journal_file.part = None
            raise ChangeUnfinished(
                path,
                folder.path / self._changing,
                folder.path / journal_name(self._name),
                reason_of(hindrance),
            ) from problem
        # It is there, whether or not the disk can tell that it has the name.
        with contextlib.suppress(OSError):
            folder.sync()
        if kept != self._name:
            raise NotPutBack(path, folder.path / kept, os.strerror(errno.EEXIST)) from problem
