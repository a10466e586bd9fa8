"""The moves that make a new tree of an old one, and the way back from wherever they ended.

    BEGUN    the journal is on the disk: what is replaced or goes is taken out, into the stage
    ALL_OUT  all of it is there: folders are made, and what was made moves in
    DONE     the tree is new; what was taken out may go

What was moved is told by what the stage holds: in the first phase all that stands under `out/`, in
the second all that stands no more where the journal has it come from. So the way back can be gone
from any state, and again from its beginning, however a crash ended it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rdiff_gui.engine.blake3_hash import hash_bytes
from rdiff_gui.engine.system import Tree
from rdiff_gui.engine.trees.scan import version_of
from rdiff_gui.engine.trees.stage import Phase, StageFolder
from rdiff_gui.errors import SourceChanged, TreeUnfinished
from rdiff_gui.errors.files import Writing
from rdiff_gui.errors.program import reason_of
from rdiff_gui.records import TYPE_CHECKING, record
from rdiff_gui.wording import translate

if TYPE_CHECKING:
    from typing import Any

_VERSION = 1
_ENTERABLE = stat.S_IWUSR | stat.S_IXUSR
_HASH_DIGITS = 64


@record(frozen=True)
class Out:
    """What is taken out of the tree, into `place` in the stage; an emptied folder after its files.

    What `is_kept` is nobody's old file, and is not removed at the end. `seen` is what it was when
    it was checked; the journal does without.
    """

    path: str
    place: str
    is_folder: bool = False
    is_kept: bool = False
    seen: os.stat_result | None = None


@record(frozen=True)
class In:
    """What comes into the tree from `place` in the stage, known again by its version."""

    place: str
    path: str
    version: tuple[int, int]


@record(frozen=True)
class Found:
    """Permissions and time of a folder that something moves in, to be put back."""

    path: str
    mode: int
    modified_ns: int


@record(frozen=True)
class Attributes:
    """What something in the new tree gets when all stands; None for what it has.

    `extended` are its extended attributes and access control lists, in base64, and None for those
    that it loses.
    """

    path: str
    mode: int | None = None
    modified_ns: int | None = None
    user: int | None = None
    group: int | None = None
    extended: Mapping[str, str | None] | None = None

    def give(self, tree: Tree) -> None:
        """Have it so. Raises: OSError."""
        # In this order: a new owner takes rights away, and a list changes those of the group.
        if self.user is not None and self.group is not None:
            tree.set_owner(self.path, self.user, self.group)
        for name, value in (self.extended or {}).items():
            tree.set_extended(self.path, name, None if value is None else b64decode(value))
        if self.mode is not None:
            tree.set_mode(self.path, self.mode)
        if self.modified_ns is not None:
            tree.set_time(self.path, self.modified_ns)


@record(frozen=True)
class Moves:
    """All that is to be done, each list in its order; `folders` are those to be made."""

    outs: tuple[Out, ...] = ()
    folders: tuple[str, ...] = ()
    ins: tuple[In, ...] = ()
    found: tuple[Found, ...] = ()
    attributes: tuple[Attributes, ...] = ()

    def pack(self) -> bytes:
        """The journal: JSON, and its BLAKE3."""
        document = {
            "version": _VERSION,
            "outs": [[each.path, each.place, each.is_folder, each.is_kept] for each in self.outs],
            "folders": list(self.folders),
            "ins": [[each.place, each.path, *each.version] for each in self.ins],
            "found": [[each.path, each.mode, each.modified_ns] for each in self.found],
            "attributes": [
                [each.path, each.mode, each.modified_ns, each.user, each.group, each.extended]
                for each in self.attributes
            ],
        }
        data = json.dumps(document, separators=(",", ":")).encode("ascii")
        return data + _digest(data)

    @classmethod
    def unpack(cls, data: bytes) -> Moves:
        """Raises: ValueError, for what `pack` did not make."""
        data, digest = data[:-_HASH_DIGITS], data[-_HASH_DIGITS:]
        if _digest(data) != digest:
            raise ValueError(translate("its journal is damaged"))
        read: dict[str, Any] = json.loads(data)
        if read["version"] != _VERSION:
            raise ValueError(translate("its journal is a newer program's"))
        return cls(
            outs=tuple(Out(*each) for each in read["outs"]),
            folders=tuple(read["folders"]),
            ins=tuple(In(place, path, (*version,)) for place, path, *version in read["ins"]),
            found=tuple(Found(*each) for each in read["found"]),
            attributes=tuple(Attributes(*each) for each in read["attributes"]),
        )


def _digest(data: bytes) -> bytes:
    return hash_bytes(data).encode("ascii")


def carry_out(
    tree: Tree,
    stage: StageFolder,
    moves: Moves,
    *,
    check: Callable[[], None],
    before_end: Callable[[], None],
    commit: Callable[[Callable[[], None]], None],
) -> None:
    """Make the moves; on any failure, all is where it was.

    `check` is called between them and may end them; `before_end` is called when the new tree
    stands, and `commit` with the step that makes it last. What is left then is to `finish`.

    Raises: OutputUnwritable, DiskFull, SourceChanged, what the three raise; TreeUnfinished, where
    the way back failed too.
    """
    moving = _Moving(tree, stage, moves)
    try:
        with Writing(tree.path):
            stage.begin(moves.pack())
        moving.take_out(check)
        with Writing(tree.path):
            stage.enter(Phase.ALL_OUT)
        moving.bring_in(check)
        before_end()
        with Writing(tree.path):
            commit(lambda: stage.enter(Phase.DONE))
    except BaseException as problem:
        if stage.phase is not Phase.DONE:
            put_back(tree, stage, moves, problem)
            raise


def put_back(
    tree: Tree, stage: StageFolder, moves: Moves, because: BaseException | None = None
) -> None:
    """Go the way back. Raises: TreeUnfinished."""
    if stage.phase is None:
        return
    try:
        _Moving(tree, stage, moves).go_back()
        stage.forget_journal()
    except Exception as hindrance:  # noqa: BLE001  # told; what leads back stays
        raise TreeUnfinished(tree.path, stage.place.path, reason_of(hindrance)) from because


@record(frozen=True)
class MovesOutcome:
    """The paths that did not take their attributes, and where what was kept went."""

    refused: tuple[str, ...]
    kept: Path | None


def finish(tree: Tree, stage: StageFolder, moves: Moves) -> MovesOutcome:
    """Let what was taken out go, and give all its attributes.

    Raises: OutputUnwritable, where the stage cannot be emptied.
    """
    moving = _Moving(tree, stage, moves)
    with Writing(stage.place.path):
        moving.let_go()
        kept = stage.hand_out() if any(each.is_kept for each in moves.outs) else None
        refused = moving.give_attributes()
        stage.forget_journal()
    return MovesOutcome(tuple(refused), kept)


class _Moving:
    """The moves of one tree. Calls raise OSError, and what they say."""

    def __init__(self, tree: Tree, stage: StageFolder, moves: Moves) -> None:
        self._tree = tree
        self._stage = stage.tree
        self._phases = stage
        self._moves = moves

    def _shown(self, path: str) -> Path:
        return self._tree.path / path

    # --- there -----------------------------------------------------------------------------------

    def take_out(self, check: Callable[[], None]) -> None:
        """Raises: OutputUnwritable, SourceChanged."""
        for folder in self._moves.found:
            with Writing(self._shown(folder.path)):
                self._make_enterable(folder.path)
        for out in self._moves.outs:
            check()
            with Writing(self._shown(out.path)):
                if out.is_folder and self._tree.names(out.path):
                    # Somebody's own files are in it.
                    continue
                self._tree.move(out.path, self._stage, out.place)
            found = self._stage.status(out.place)
            if out.seen and (found is None or not _is_same(found, out.seen, out.is_folder)):
                raise SourceChanged(self._shown(out.path))

    def bring_in(self, check: Callable[[], None]) -> None:
        """Raises: OutputUnwritable, SourceChanged."""
        for folder in self._moves.folders:
            with self._free(folder):
                self._tree.make_folder(folder)
        for each in self._moves.ins:
            check()
            with self._free(each.path):
                self._stage.move(each.place, self._tree, each.path)

    @contextlib.contextmanager
    def _free(self, path: str) -> Iterator[None]:
        """Raises: OutputUnwritable; SourceChanged, where somebody has put something there."""
        with Writing(self._shown(path)):
            try:
                yield
            except FileExistsError:
                raise SourceChanged(self._shown(path)) from None

    def give_attributes(self) -> list[str]:
        """Give all what it has in the new tree; the paths of those that did not take it."""
        refused = []
        # From the leaves up: what is done in a folder is its last change.
        for each in reversed(self._moves.attributes):
            try:
                each.give(self._tree)
            except FileNotFoundError:
                # Somebody's own file is not there, or was removed meanwhile.
                continue
            except OSError:
                refused.append(each.path)
        return refused

    def let_go(self) -> None:
        """Remove what was taken out; a folder that somebody put something in stands again."""
        for out in self._moves.outs:
            if out.is_kept or (status := self._stage.status(out.place)) is None:
                continue
            if not out.is_folder or not stat.S_ISDIR(status.st_mode):
                self._stage.remove(out.place)
                continue
            try:
                self._stage.remove_folder(out.place)
            except OSError as problem:
                if problem.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
                self._stage.move(out.place, self._tree, out.path)

    # --- and back --------------------------------------------------------------------------------

    def go_back(self) -> None:
        """Put all back, as far as it had been moved."""
        moves = self._moves
        for folder in moves.found:
            self._make_enterable(folder.path)
        if self._phases.phase is Phase.ALL_OUT:
            for each in reversed(moves.ins):
                if self._stage.status(each.place) is None:
                    self._fetch(each)
            for made in reversed(moves.folders):
                with contextlib.suppress(FileNotFoundError):
                    self._remove_folder(made)
            # From here on, what is not in the stage any more is where it belongs.
            self._phases.enter(Phase.BEGUN)
        for out in reversed(moves.outs):
            if self._stage.status(out.place) is not None:
                self._stage.move(out.place, self._tree, out.path)
        for folder in reversed(moves.found):
            if self._tree.status(folder.path) is not None:
                self._tree.set_time(folder.path, folder.modified_ns)
                self._tree.set_mode(folder.path, folder.mode)

    def _make_enterable(self, path: str) -> None:
        """Let ourselves into a folder, and what is in it be moved."""
        status = self._tree.status(path)
        if status and stat.S_ISDIR(status.st_mode) and status.st_mode & _ENTERABLE != _ENTERABLE:
            self._tree.set_mode(path, stat.S_IMODE(status.st_mode) | stat.S_IRWXU)

    def _fetch(self, moved: In) -> None:
        """Take what was moved in back into the stage."""
        standing = self._tree.status(moved.path)
        if standing is None:
            # Somebody removed it, and nothing of theirs is lost.
            return
        if version_of(standing) != moved.version:
            text = translate("“{path}” was written to since; move it elsewhere first")
            raise OSError(errno.EEXIST, text.format(path=moved.path))
        self._tree.move(moved.path, self._stage, moved.place)

    def _remove_folder(self, folder: str) -> None:
        try:
            self._tree.remove_folder(folder)
        except OSError as problem:
            # Somebody's own files are in it by now.
            if problem.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise


def _is_same(found: os.stat_result, seen: os.stat_result, is_folder: bool) -> bool:
    """Whether it is the very thing, and nobody wrote to it."""
    if not os.path.samestat(found, seen):
        return False
    return is_folder or version_of(found) == version_of(seen)
