"""From what was dropped to rows: folders are gone through, seals read, partners looked for."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from rdiff_gui.desktop.history import History
from rdiff_gui.desktop.settings import own_name
from rdiff_gui.engine.inspection import look_at_sample, look_at_seal, may_be
from rdiff_gui.engine.progress import CancelToken
from rdiff_gui.engine.summaries import Identity
from rdiff_gui.errors import FileProblem, RdiffError
from rdiff_gui.errors.files import Reading
from rdiff_gui.formats.magic import Kind
from rdiff_gui.records import record, replace
from rdiff_gui.ui import Slot
from rdiff_gui.ui.routing import DroppedFile, Obstacle, look_at
from rdiff_gui.ui.several.model import Item, Lack, Row
from rdiff_gui.ui.several.pairing import pair

FILES_MOST = 100_000
_ENTRIES_MOST = 10_000
_FOLDERS_MOST = 8
_TRIED_MOST = 16


@record(frozen=True)
class Collection:
    """Rows; `folders` are the old and the new one, where two were dropped.

    `cut_short` tells that there were more files than are looked at.
    """

    rows: Sequence[Row]
    folders: tuple[Path, Path] | None = None
    cut_short: bool = False


def collect(
    files: Sequence[DroppedFile],
    loose: Sequence[Item],
    present: Iterable[Item],
    history: History,
    on_count: Callable[[int], None],
    cancel: CancelToken,
) -> Collection:
    """Look at all there is in what was dropped, and find what belongs together.

    `loose` are files that came before and found no partner, `present` those that have their row;
    `on_count` gets how many files were looked at. May be called from another thread than Tk's.

    Raises: Cancelled.
    """
    items: list[Item] = []
    known = {_key(item.file) for item in (*loose, *present)}
    found = itertools.islice(_items_of(files), FILES_MOST + 1)
    for item in found:
        cancel.check()
        if _key(item.file) not in known:
            known.add(_key(item.file))
            items.append(_with_seal(item, cancel))
            on_count(len(items))
    cut_short = len(items) > FILES_MOST
    folders = None
    if _are_two_folders(files):
        items, swapped = _older_first(items)
        folders = (files[swapped].path, files[not swapped].path)
    nearby = _Nearby(history, cancel)
    rows = pair([*loose, *items[:FILES_MOST]], nearby.may_be)
    return Collection([nearby.complete(row) for row in rows], folders, cut_short)


def _key(file: DroppedFile) -> object:
    return file.identity or file.path


def _are_two_folders(files: Sequence[DroppedFile]) -> bool:
    return len(files) == 2 and all(file.kind is Obstacle.FOLDER for file in files)


def _items_of(files: Sequence[DroppedFile]) -> Iterator[Item]:
    """Each file, and in the place of a folder all files in it, by their names."""
    sided = _are_two_folders(files)
    for number, file in enumerate(files):
        if file.kind is not Obstacle.FOLDER:
            yield Item(file)
            continue
        for found in _files_in(file.path):
            relative = str(found.path.relative_to(file.path))
            yield Item(found, None, number, relative) if sided else Item(found)


def _files_in(folder: Path) -> Iterator[DroppedFile]:
    """Links to folders are not followed; a folder that cannot be read is told as what it is."""
    refused: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=refused.append):
        folders.sort()
        for name in sorted(names):
            yield look_at(Path(place, name))
    for error in refused:
        path = Path(error.filename)
        problem = str(Reading(path).explain(error))
        yield DroppedFile(path, Obstacle.UNREADABLE, problem=problem)


def _with_seal(item: Item, cancel: CancelToken) -> Item:
    if item.file.kind not in (Kind.SIGNATURE, Kind.DELTA):
        return item
    try:
        return replace(item, seal=look_at_seal(item.path, cancel=cancel))
    except RdiffError as error:
        refused = replace(item.file, kind=Obstacle.UNREADABLE, problem=str(error))
        return replace(item, file=refused)


def _older_first(items: list[Item]) -> tuple[list[Item], bool]:
    """The sides such that most files of side 0 are older than their namesakes; whether swapped."""
    first = {item.relative: item.file.modified for item in items if item.side == 0}
    older = Counter(
        (item.file.modified > first[item.relative]) - (item.file.modified < first[item.relative])
        for item in items
        if item.side == 1 and item.relative in first
    )
    if older[-1] <= older[1]:
        return items, False
    return [replace(item, side=1 - (item.side or 0)) for item in items], True


class _Nearby:
    """Looks for what a signature or delta lacks: beside it, and among what was used last.

    What was found is not read whole for that; the work itself compares checksums.
    """

    def __init__(self, history: History, cancel: CancelToken) -> None:
        self._history = history
        self._cancel = cancel
        self._sizes: dict[Path, dict[int, list[Path]]] = {}
        self._samples: dict[Path, str] = {}
        self._used: list[Path] | None = None

    def may_be(self, path: Path, known: Identity) -> bool:
        """Whether a file of the same size may be that one. Raises: Cancelled."""
        if path not in self._samples:
            self._samples[path] = ""
            with contextlib.suppress(FileProblem):
                self._samples[path] = look_at_sample(path, cancel=self._cancel)
        return may_be(known, known.size_bytes, self._samples[path])

    def complete(self, row: Row) -> Row:
        """The row, with its partner where there is one. Raises: Cancelled."""
        if row.lack not in (Lack.OLD_FILE, Lack.NEW_FILE):
            return row
        item = row.last
        if row.lack is Lack.OLD_FILE:
            found = self._old_file_for(item)
            slots = {Slot.OLD_TO_PATCH: found, Slot.DELTA: item}
        else:
            found = self._new_file_for(item)
            slots = {Slot.SIGNATURE: item, Slot.NEW_FILE: found}
        both = {slot: one for slot, one in slots.items() if one is not None}
        return Row(both) if found is not None else row

    def _old_file_for(self, delta: Item) -> Item | None:
        basis = delta.seal.basis if delta.seal else None
        if basis is None:
            return self._ordinary(delta.path.with_name(own_name(delta.path) or delta.path.name))
        folders = dict.fromkeys((delta.path.parent, *(path.parent for path in self._used_paths())))
        likely = [
            path
            for folder in list(folders)[:_FOLDERS_MOST]
            for path in self._by_size(folder).get(basis.size_bytes, ())
        ]
        likely.sort(key=lambda path: path.name != basis.name)
        for path in likely[:_TRIED_MOST]:
            if self.may_be(path, basis) and (found := self._ordinary(path)):
                return found
        return None

    def _new_file_for(self, signature: Item) -> Item | None:
        """A file of the signed one's name that is another version of it."""
        basis = signature.seal.basis if signature.seal else None
        name = (basis.name if basis else None) or own_name(signature.path)
        if not name:
            return None
        found = self._ordinary(signature.path.with_name(name))
        if found is None or basis is None or found.file.size_bytes != basis.size_bytes:
            return found
        return None if self.may_be(found.path, basis) else found

    def _ordinary(self, path: Path) -> Item | None:
        file = look_at(path)
        return Item(file) if file.is_ordinary else None

    def _used_paths(self) -> list[Path]:
        if self._used is None:
            self._used = [path for entry in self._history.entries() for path in entry.paths]
        return self._used

    def _by_size(self, folder: Path) -> dict[int, list[Path]]:
        """The files in a folder by their sizes; of a crowded one, the first."""
        if folder in self._sizes:
            return self._sizes[folder]
        sizes = self._sizes[folder] = {}
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in itertools.islice(entries, _ENTRIES_MOST):
                self._cancel.check()
                with contextlib.suppress(OSError):
                    if entry.is_file():
                        sizes.setdefault(entry.stat().st_size, []).append(folder / entry.name)
        return sizes
