"""The step that makes the results of a run visible: all of them, or none.

Every way there has a way back, which is gone in reverse as soon as a step fails. Nothing is
removed but what this run has made, and what it was told to replace.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from rdiff_gui.engine.atomic_file import AtomicFile
from rdiff_gui.engine.system import NO_LINKS, Folder, keep_attributes, lock
from rdiff_gui.engine.temporary_file import (
    backup_names,
    follow_links,
    part_name,
    rename_to_first_free,
)
from rdiff_gui.errors import (
    AttributesNotKept,
    FileProblem,
    FolderMoved,
    FolderNotSynced,
    NotPutBack,
    OutputExists,
    OutputNamedTwice,
    SourceChanged,
)
from rdiff_gui.errors.files import Writing
from rdiff_gui.errors.program import reason_of
from rdiff_gui.records import TYPE_CHECKING

if TYPE_CHECKING:
    from rdiff_gui.engine.input import Input
    from rdiff_gui.engine.operation import Run
    from rdiff_gui.engine.output import Output


def publish(run: Run, outputs: Sequence[Output]) -> None:
    """Make what was written visible, in that order; the last one may take an input's place.

    Raises: OutputExists, OutputNamedTwice, OutputUnwritable, DiskFull, FolderMoved, SourceChanged,
    NotPutBack, Cancelled; on each, what stood under the names before stands there again.
    """
    run.check()
    for output in outputs:
        output.finish()
    files = [output for output in outputs if isinstance(output, AtomicFile)]
    if not files:
        return
    pushed_out: list[Callable[[], None]] = []
    run.commit(lambda: _give_names(files, pushed_out))
    # From here on nothing can fail any more: the results are there, and right.
    for remove in pushed_out:
        with contextlib.suppress(OSError):
            remove()
    for file in files:
        # Its descriptor may be the last, and the one that a folder needs.
        file.close()
    _sync_folders(files)


def _sync_folders(files: Sequence[AtomicFile]) -> None:
    """Have the names on the disk, too; where that fails, a file of each folder remarks it."""
    for file in {file.folder.path: file for file in files}.values():
        try:
            file.folder.sync()
        except OSError as problem:
            file.remarks.append(FolderNotSynced(file.path, reason_of(problem)))


def _give_names(files: Sequence[AtomicFile], pushed_out: list[Callable[[], None]]) -> None:
    """Give each file its name; into `pushed_out` goes what removes the versions before."""
    with ExitStack() as way_back:
        published: list[os.stat_result] = []
        for file in files:
            naming = _Naming(file, way_back, pushed_out)
            with Writing(file.path):
                try:
                    naming.carry_out(published, last=file is files[-1])
                except FileExistsError as problem:
                    raise OutputExists(file.path) from problem
            published.append(file.made)
        way_back.pop_all()


class _Naming:
    """One file on its way to its name."""

    def __init__(
        self, file: AtomicFile, way_back: ExitStack, pushed_out: list[Callable[[], None]]
    ) -> None:
        self._file = file
        self._folder = file.folder
        self._name = file.name
        self._way_back = way_back
        self._pushed_out = pushed_out

    def carry_out(self, published: Sequence[os.stat_result], *, last: bool) -> None:
        """Raises: OSError; FolderMoved, OutputNamedTwice, SourceChanged."""
        if not self._folder.is_at_its_path():
            raise FolderMoved(self._file.path)
        standing = self._folder.status(self._name)
        if standing and any(os.path.samestat(standing, other) for other in published):
            # Two names that the disk takes for one.
            raise OutputNamedTwice(self._file.path)
        if self._file.instead_of:
            self._take_place_of(self._file.instead_of, standing)
        elif standing and self._file.replace:
            self._replace(standing, last=last)
        else:
            self._take_free_name()

    def _take_free_name(self) -> None:
        file = self._file
        if file.part is None:
            self._folder.name_descriptor(file.descriptor, self._name)
        else:
            self._folder.rename_to_free(file.part, self._name)
            file.part = None
        self._way_back.callback(self._remove_own)

    def _remove_own(self) -> None:
        with contextlib.suppress(OSError):
            if self._is_own():
                self._folder.unlink(self._name)

    def _is_own(self) -> bool:
        """Whether what has the name is still what this run has put there, as far as can be told."""
        try:
            standing = self._folder.status(self._name)
            return standing is not None and os.path.samestat(standing, self._file.made)
        except OSError:
            # The name was free a moment ago.
            return True

    def _replace(self, standing: os.stat_result, *, last: bool) -> None:
        """Take the place of whatever file has the name."""
        if not stat.S_ISREG(standing.st_mode):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        part = self._file.name_part(removable=standing)
        if last:
            self._folder.rename(part, self._name)
            self._file.part = None
            return
        self._lock_standing()
        if self._folder.exchange(part, self._name):
            self._hold_swapped(part)
            self._pushed_out.append(lambda: self._folder.unlink(part))
        else:
            kept = self._make_way(part_name(self._name, standing.st_ino))
            self._folder.rename(part, self._name)
            self._file.part = None
            self._pushed_out.append(lambda: self._remove(kept, standing))

    def _lock_standing(self) -> None:
        """Keep other runs from sweeping the version before, which may have to come back."""
        with contextlib.suppress(OSError):
            descriptor = self._folder.open_for_lock(self._name)
            lock(descriptor)
            self._way_back.callback(os.close, descriptor)
            self._pushed_out.append(lambda: os.close(descriptor))

    def _make_way(self, part: str) -> str:
        """Keep what has the name as `part`, too; where there are no links, as a backup alone.

        Of a file with one name, a killed run must leave one that is not swept.
        """
        kept = part
        try:
            self._folder.link(self._name, part)
        except OSError as problem:
            if problem.errno not in NO_LINKS:
                raise
            kept = self._move_to_backup(self._name)
        self._way_back.callback(self._put_back, kept)
        return kept

    def _remove(self, kept: str, standing: os.stat_result) -> None:
        """Remove the version before, now or with the next run's sweep. Raises: OSError."""
        try:
            self._folder.unlink(kept)
        except OSError:
            self._folder.rename(kept, part_name(self._name, standing.st_ino))

    def _put_back(self, kept: str) -> None:
        with self._explaining(kept):
            self._folder.rename(kept, self._name)
        with contextlib.suppress(OSError):
            # Two names of one file are not renamed into one.
            self._folder.unlink(kept)

    def _hold_swapped(self, part: str) -> None:
        """The version before stands under the part's name now: it may have to come back."""
        self._file.part = None
        self._way_back.callback(self._swap_back, part)

    def _swap_back(self, part: str) -> None:
        with self._explaining(part):
            self._folder.exchange(part, self._name)
            self._file.part = part

    @contextlib.contextmanager
    def _explaining(self, kept: str) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            rescued = self._folder.path / self._rescue(kept)
            raise NotPutBack(self._file.path, rescued, reason_of(problem)) from problem

    def _rescue(self, kept: str) -> str:
        """Give the version before a name that no run sweeps, where links still work."""
        for backup in backup_names(self._name):
            try:
                self._folder.link(kept, backup)
            except FileExistsError:
                continue
            except OSError:
                break
            with contextlib.suppress(OSError):
                self._folder.unlink(kept)
            return backup
        return kept

    def _take_place_of(self, basis: Input, standing: os.stat_result | None) -> None:
        """Take the place of the very file that was read, and of no other version."""
        opened = basis.status
        if not opened or not standing or _moment(standing) != _moment(opened):
            raise SourceChanged(basis.path)
        backup = None
        if self._file.keep_backup:
            backup = _link_backup(self._folder, self._name, standing, self._way_back)
        is_kept = backup is not None or not self._file.keep_backup
        part = self._file.name_part(removable=standing if is_kept else None)
        if self._folder.exchange(part, self._name):
            self._hold_swapped(part)
            swapped = self._folder.status(part)
            if not swapped or version_of(swapped) != version_of(opened):
                # Somebody was faster than the look before.
                raise SourceChanged(basis.path)
            if is_kept:
                self._pushed_out.append(lambda: self._folder.unlink(part))
            else:
                backup = self._rename_to_backup(part)
        elif is_kept:
            self._folder.rename(part, self._name)
            self._file.part = None
        else:
            backup = self._rename_to_backup(self._name)
            self._folder.rename_to_free(part, self._name)
            self._file.part = None
        self._file.backup = self._folder.path / backup if backup else None

    def _rename_to_backup(self, name: str) -> str:
        """Let the old file, which has `name`, have a backup's instead, until it goes back."""
        backup = self._move_to_backup(name)
        self._way_back.callback(self._take_from_backup, backup, name)
        return backup

    def _move_to_backup(self, name: str) -> str:
        return rename_to_first_free(self._folder, name, backup_names(self._name))

    def _take_from_backup(self, backup: str, name: str) -> None:
        with self._explaining(backup):
            self._folder.rename_to_free(backup, name)


def take_place(new: Path, old: Path) -> tuple[Path, list[FileProblem]]:
    """Give a finished file the name of `old`, in one folder, and `old` a backup's.

    Gives the backup, and what could not be kept of the old file's attributes.

    Raises: OutputUnwritable, DiskFull; then both have the names that they had.
    """
    remarks: list[FileProblem] = []
    with Writing(old), ExitStack() as way_back:
        place, name = follow_links(old)
        new_place, new_name = follow_links(new)
        folder = way_back.enter_context(contextlib.closing(Folder(place)))
        if new_place != place:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        with ExitStack() as opened:
            descriptors = []
            for each in (name, new_name):
                descriptors.append(folder.open_for_lock(each))
                opened.callback(os.close, descriptors[-1])
            standing = os.fstat(descriptors[0])
            if lost := keep_attributes(*descriptors):
                remarks.append(AttributesNotKept(old, lost))
        backup = _link_backup(folder, name, standing, way_back)
        if backup is None:
            backup = rename_to_first_free(folder, name, backup_names(name))
            way_back.callback(folder.rename_to_free, backup, name)
        folder.rename(new_name, name)
        way_back.pop_all()
        with contextlib.closing(folder):
            try:
                folder.sync()
            except OSError as problem:
                remarks.append(FolderNotSynced(old, reason_of(problem)))
    return old.with_name(backup), remarks


def _link_backup(
    folder: Folder, name: str, standing: os.stat_result, way_back: ExitStack
) -> str | None:
    """Give the file that is `standing` under a name a backup's as well; None without links.

    Raises: OSError.
    """
    for backup in backup_names(name):
        try:
            folder.link(name, backup)
        except FileExistsError:
            there = folder.status(backup)
            if there and os.path.samestat(there, standing):
                # A run that was killed got as far as here.
                return backup
        except OSError as problem:
            if problem.errno in NO_LINKS:
                return None
            raise
        else:
            way_back.callback(_unlink_quietly, folder, backup)
            return backup
    raise AssertionError("there is always another name")


def _unlink_quietly(folder: Folder, name: str) -> None:
    with contextlib.suppress(OSError):
        folder.unlink(name)


def version_of(status: os.stat_result) -> tuple[int, ...]:
    """What tells one version of a file from another."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _moment(status: os.stat_result) -> tuple[int, ...]:
    """The same, and whether anything at all was done to it, its names included."""
    return *version_of(status), status.st_ctime_ns
