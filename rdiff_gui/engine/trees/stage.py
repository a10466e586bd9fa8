"""The folder beside a tree in which its new files wait, and its old ones for the end.

    .NAME.rdiff-stage/in/NUMBER     made, checked, and not yet in the tree
                      out/PATH      taken out of the tree, and still to be put back
                      empty/NUMBER  folders that were taken out when nothing was left in them
                      tree/         a tree that is made beside, whole
                      journal       what is moved where; its name tells how far that is
                      lock          locked while a run is at work

Nobody else's folder is taken for one.
"""

from __future__ import annotations

import contextlib
import enum
import itertools
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from rdiff_gui.engine.input import is_folder
from rdiff_gui.engine.system import Tree, free_bytes, lock, walk
from rdiff_gui.engine.temporary_file import fitting_name
from rdiff_gui.errors import DiskFull, SourceBusy, StageForeign
from rdiff_gui.errors.files import Writing
from rdiff_gui.records import record

IN, OUT, EMPTY, WHOLE = "in", "out", "empty", "tree"
_FOLDERS = (IN, OUT, EMPTY)
_SUFFIX = ".rdiff-stage"
_ROOT_NAME = "root"
_NEW_JOURNAL, _LOCK = "journal-new", "lock"

_MODE = 0o700


class Phase(enum.StrEnum):
    """How far the moves are; the journal's name."""

    BEGUN = "journal"
    ALL_OUT = "journal-out"
    DONE = "journal-done"


def stage_name(name: str) -> str:
    """What the stage of a tree of that name is called."""
    return fitting_name(f".{name or _ROOT_NAME}", _SUFFIX)


def is_stage_name(name: str) -> bool:
    """Whether a folder of that name may be a stage."""
    return name.startswith(".") and name.endswith(_SUFFIX)


def tree_of_stage(path: Path) -> Path:
    """The tree that a stage belongs to, if the path is that of one; a long name may be cut."""
    if is_stage_name(path.name):
        return path.with_name(path.name.removeprefix(".").removesuffix(_SUFFIX))
    return path


def is_stage_beside(path: Path) -> bool:
    """Whether a tree was to be made there, and was not yet."""
    return bool(path.name) and is_folder(path.with_name(stage_name(path.name)))


def damaged_name(stage: str, number: int) -> str:
    """What the folder is called that damaged files of a tree go to, by the name of its stage."""
    name = stage.removeprefix(".").removesuffix(_SUFFIX)
    return fitting_name(name, ".damaged" if number == 1 else f".damaged-{number}")


@record(frozen=True)
class StagePlace:
    """Where the stage of a tree is, by the folder that it stands in."""

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        """Its own path."""
        return self.folder / self.name

    @classmethod
    def beside(cls, true_path: Path) -> StagePlace:
        """For a tree that stands there, or will: beside it, or in it where that cannot be.

        That is where the tree is a disk of its own, or the folder that it is in somebody else's.

        Raises: OSError.
        """
        name = stage_name(true_path.name)
        folder = true_path.parent
        if true_path.is_dir() and (
            status_at(true_path / name) is not None
            or os.path.ismount(true_path)
            or true_path.stat().st_dev != folder.stat().st_dev
            or not os.access(folder, os.W_OK | os.X_OK)
        ):
            folder = true_path
        return cls(folder, name)


class StageFolder:
    """An open, locked stage. `tree` is its folder; calls raise OSError as that does."""

    def __init__(self, tree: Tree, place: StagePlace, locked: int) -> None:
        self.tree = tree
        self.place = place
        self._locked = locked
        self.phase: Phase | None = None
        for phase in Phase:
            if tree.status(phase) is not None:
                self.phase = phase

    def read_journal(self) -> bytes:
        """The journal of its phase."""
        assert self.phase
        with os.fdopen(self.tree.open(self.phase), "rb") as file:
            return file.read()

    def begin(self, journal: bytes) -> None:
        """Have a journal on the disk, and all that was made before."""
        with contextlib.suppress(FileNotFoundError):
            self.tree.remove(_NEW_JOURNAL)
        descriptor = self.tree.open(_NEW_JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with os.fdopen(descriptor, "wb") as file:
            file.write(journal)
        self.tree.sync_disk()
        self.tree.move(_NEW_JOURNAL, self.tree, Phase.BEGUN)
        self.phase = Phase.BEGUN
        self.tree.sync("")

    def enter(self, phase: Phase) -> None:
        """All that was done so far is on the disk, and then the next phase is."""
        assert self.phase
        self.tree.sync_disk()
        self.tree.move(self.phase, self.tree, phase)
        self.phase = phase
        self.tree.sync("")

    def forget_journal(self) -> None:
        """What it tells of is undone, or done."""
        assert self.phase
        self.tree.sync_disk()
        self.tree.remove(self.phase)
        self.phase = None
        self.tree.sync("")

    def hand_out(self) -> Path | None:
        """Have all that is left of what was taken out beside the tree; None where nothing is."""
        for path, status in reversed([*walk(self.tree, OUT)]):
            if stat.S_ISDIR(status.st_mode):
                # One that holds something stays.
                with contextlib.suppress(OSError):
                    self.tree.remove_folder(path)
        if self.tree.status(OUT) is None or not self.tree.names(OUT):
            return None
        with contextlib.closing(Tree(self.place.folder)) as beside:
            for number in itertools.count(1):
                name = damaged_name(self.place.name, number)
                with contextlib.suppress(FileExistsError):
                    self.tree.move(OUT, beside, name)
                    return self.place.folder / name
        raise AssertionError("there is always another name")

    def expect(self, size_bytes: int) -> None:
        """Announce what will be made. Raises: DiskFull."""
        room_bytes = free_bytes(self._locked, self.place.path)
        if room_bytes is not None and size_bytes > room_bytes:
            raise DiskFull(self.place.path, size_bytes, room_bytes)

    def close(self) -> None:
        """Let it go, as it stands."""
        os.close(self._locked)
        self.tree.close()

    def remove(self) -> None:
        """Remove it with all that is in it; not where a journal still tells of it."""
        assert self.phase is None
        empty_folder(self.tree, "")
        # If something stands in it by now, it is another run's.
        with contextlib.suppress(OSError):
            self.place.path.rmdir()


def empty_folder(tree: Tree, folder: str) -> None:
    """Remove all that stands in a folder. Raises: OSError."""
    for name in tree.names(folder):
        path = f"{folder}/{name}" if folder else name
        status = tree.status(path)
        if status is None:
            continue
        if not stat.S_ISDIR(status.st_mode):
            tree.remove(path)
            continue
        if status.st_mode & _MODE != _MODE:
            tree.set_mode(path, _MODE)
        empty_folder(tree, path)
        tree.remove_folder(path)


@contextlib.contextmanager
def open_stage(place: StagePlace, shown: Path, *, make: bool) -> Iterator[StageFolder | None]:
    """Have the stage, locked; where there is none, None or with `make` a new one.

    `shown` names the tree in errors. It is left as it stands; whoever is done removes it.

    Raises: SourceBusy, StageForeign, OutputUnwritable, DiskFull.
    """
    with Writing(place.path):
        stage = _open_locked(place, shown, make=make)
    if stage is None:
        yield None
        return
    try:
        yield stage
    finally:
        stage.close()


def _open_locked(place: StagePlace, shown: Path, *, make: bool) -> StageFolder | None:
    """Raises: SourceBusy, StageForeign, OSError."""
    while True:
        is_new = False
        if make:
            with contextlib.suppress(FileExistsError):
                place.path.mkdir(_MODE)
                is_new = True
        status = status_at(place.path)
        if status is None:
            if make:
                continue
            return None
        if not stat.S_ISDIR(status.st_mode):
            raise StageForeign(place.path)
        with contextlib.ExitStack() as on_failure:
            if is_new:
                on_failure.callback(_remove_new, place.path)
            tree = Tree(place.path)
            on_failure.callback(tree.close)
            if not tree.is_own or (status.st_dev, status.st_ino) != tree.identity:
                raise StageForeign(place.path)
            stage = _lock_and_furnish(tree, place, shown, on_failure, make=make)
            if stage:
                on_failure.pop_all()
                return stage


def _lock_and_furnish(
    tree: Tree, place: StagePlace, shown: Path, on_failure: contextlib.ExitStack, *, make: bool
) -> StageFolder | None:
    """The stage, locked; None, where the run that had it removes it right now."""
    try:
        descriptor = tree.open(_LOCK, os.O_RDWR | os.O_CREAT)
    except FileNotFoundError:
        return None
    on_failure.callback(os.close, descriptor)
    if lock(descriptor) is False:
        raise SourceBusy(shown)
    standing = status_at(place.path / _LOCK)
    if standing is None or not os.path.samestat(standing, os.fstat(descriptor)):
        return None
    for name in _FOLDERS:
        if make and tree.status(name) is None:
            tree.make_folder(name, _MODE)
    return StageFolder(tree, place, descriptor)


def _remove_new(path: Path) -> None:
    """Remove a stage that could not be opened, as far as that goes."""
    with contextlib.suppress(OSError):
        for name in _FOLDERS:
            with contextlib.suppress(FileNotFoundError):
                (path / name).rmdir()
        (path / _LOCK).unlink(missing_ok=True)
        path.rmdir()


def status_at(path: Path) -> os.stat_result | None:
    """What stands at a path, a link as itself. Raises: OSError."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None
