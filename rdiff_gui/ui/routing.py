"""What files that arrive turn out to be, and where they belong: a table, without a window.

Content decides, never the extension. A file that was aimed at a zone goes there, or to the zone
of the same page that it fits; where it fits none, a sentence says so and offers the next step.
Files that arrive on the window as a whole lead to the step that they start. One that waits on the
start page makes a pair with the next. More than a pair get a row each. A folder is a tree: two are
versions of one, as two files are.
"""

from __future__ import annotations

import contextlib
import enum
import itertools
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rdiff_gui.engine.inspection import look_into
from rdiff_gui.engine.temporary_file import name_unchanged
from rdiff_gui.engine.trees.stage import tree_of_stage
from rdiff_gui.errors import (
    FoldersAndFiles,
    NotADelta,
    NotASignature,
    RdiffError,
    SourceMissing,
)
from rdiff_gui.errors.files import Reading
from rdiff_gui.formats.magic import Kind, Packing
from rdiff_gui.records import field, record
from rdiff_gui.ui import Page, Slot, text
from rdiff_gui.wording import show_name

# Of a folder, so many files tell how old it is.
_FILES_DATED = 1000


class Obstacle(enum.StrEnum):
    """Why what arrived is no file to work with; a folder is something else all the same."""

    FOLDER = "folder"
    MISSING = "missing"
    LINK_TO_NOTHING = "link to nothing"
    UNREADABLE = "unreadable"
    SPECIAL = "pipe, socket or device"


@record(frozen=True)
class DroppedFile:
    """One path that arrived. Size in bytes, `modified` in seconds since 1970.

    A folder was modified when the newest file in it was.

    `identity` is device and inode; `problem` is a sentence where the file cannot be read;
    `packing` is how an ordinary file is packed.
    """

    path: Path
    kind: Kind | Obstacle
    size_bytes: int = 0
    modified: float = 0.0
    identity: tuple[int, int] | None = None
    problem: str = ""
    packing: Packing | None = None

    @property
    def found(self) -> str:
        """What stands here where a signature or a delta was due."""
        return str(self.packing or self.kind)

    @property
    def is_ordinary(self) -> bool:
        """Neither signature nor delta; an empty file is as good an old or new file as any."""
        return self.kind in (Kind.ORDINARY, Kind.EMPTY)

    @property
    def is_signature(self) -> bool:
        """Of a file or of a folder."""
        return self.kind in (Kind.SIGNATURE, Kind.TREE_SIGNATURE)

    @property
    def is_delta(self) -> bool:
        """Of a file or of a folder."""
        return self.kind in (Kind.DELTA, Kind.TREE_DELTA)

    @property
    def is_folder(self) -> bool:
        """A tree, old or new."""
        return self.kind is Obstacle.FOLDER

    @property
    def of_folder(self) -> bool:
        """A folder, or what is made of one."""
        return self.is_folder or self.kind in (Kind.TREE_SIGNATURE, Kind.TREE_DELTA)

    @property
    def can_be_old(self) -> bool:
        """Neither signature nor delta, but what one is of."""
        return self.is_ordinary or self.is_folder

    @property
    def is_usable(self) -> bool:
        """Whether something can be done with it."""
        return self.is_folder or not isinstance(self.kind, Obstacle)

    def is_same_file(self, other: DroppedFile) -> bool:
        """Whether both are one file, by path or through links."""
        if self.identity is not None and self.identity == other.identity:
            return True
        return self.path == other.path


def look_at(path: Path) -> DroppedFile:
    """Look at one path; never blocks on a pipe, but a sleeping disk can take its time.

    May be called from another thread than Tk's.
    """
    path = path.absolute()
    try:
        status = path.stat()
    except FileNotFoundError:
        missing = Obstacle.LINK_TO_NOTHING if path.is_symlink() else Obstacle.MISSING
        return DroppedFile(path, missing)
    except (OSError, ValueError) as error:
        problem = str(Reading(path).explain(error))
        return DroppedFile(path, Obstacle.UNREADABLE, problem=problem)
    identity = status.st_dev, status.st_ino
    if stat.S_ISDIR(status.st_mode):
        modified = _newest_in(path) or status.st_mtime
        return DroppedFile(path, Obstacle.FOLDER, modified=modified, identity=identity)
    if not stat.S_ISREG(status.st_mode):
        return DroppedFile(path, Obstacle.SPECIAL)
    try:
        recognized = look_into(path)
    except SourceMissing:
        return DroppedFile(path, Obstacle.MISSING)
    except RdiffError as error:
        return DroppedFile(path, Obstacle.UNREADABLE, problem=str(error))
    return DroppedFile(
        path,
        recognized.kind,
        status.st_size,
        status.st_mtime,
        identity,
        packing=recognized.packing,
    )


def _newest_in(folder: Path) -> float:
    """When the newest of its first files was changed; 0 where there is none to be seen."""
    paths = (Path(place, name) for place, _folders, names in os.walk(folder) for name in names)
    newest = 0.0
    for path in itertools.islice(paths, _FILES_DATED):
        with contextlib.suppress(OSError):
            newest = max(newest, path.lstat().st_mtime)
    return newest


def look_at_all(paths: Iterable[Path]) -> tuple[DroppedFile, ...]:
    """Look at each path in turn; may be called from another thread than Tk's."""
    return tuple(look_at(path) for path in paths)


@record(frozen=True)
class Scene:
    """What the window shows as the files arrive.

    `aimed_at` is the zone they were dropped on, None for the window as a whole; `pairing` says
    that the delta page compares two files instead of taking a signature.
    """

    page: Page = Page.START
    aimed_at: Slot | None = None
    filled: Mapping[Slot, DroppedFile] = field(default_factory=dict)
    pairing: bool = False


@record(frozen=True)
class Destination:
    """Go to `page` and put files into its slots; `note` is a sentence where that may surprise.

    `several` are files and folders for the page that takes any number.
    `pairing` chooses between old file and signature on the delta page; None leaves it.
    `interrupted` is a file whose change in its place was interrupted, or a folder, `of_folder`.
    """

    page: Page
    filled: Mapping[Slot, DroppedFile]
    note: str = ""
    pairing: bool | None = None
    interrupted: Path | None = None
    of_folder: bool = False
    several: Sequence[DroppedFile] = ()


@record(frozen=True)
class Remedy:
    """A button: its text, and where it leads."""

    label: str
    destination: Destination


@record(frozen=True)
class Refusal:
    """A sentence that says why this cannot be, and the buttons that lead on."""

    sentence: str
    remedies: tuple[Remedy, ...] = ()


Decision = Destination | Refusal


def decide(files: Sequence[DroppedFile], scene: Scene) -> Decision:
    """Where the files go, in a window that looks like `scene`."""
    if _are_several(files, scene):
        return _place_several(files)
    for file in files:
        if not file.is_usable:
            return Refusal(tell_obstacle(file))
        if file.is_folder:
            unchanged = tree_of_stage(file.path)
        else:
            unchanged = file.path.with_name(name_unchanged(file.path.name))
        if unchanged != file.path:
            return Destination(Page.PATCH, {}, interrupted=unchanged, of_folder=file.is_folder)
    waiting = scene.filled.get(Slot.UNDECIDED) if scene.page is Page.START else None
    if len(files) == 1 and waiting is not None and not waiting.is_same_file(files[0]):
        return _place_two(waiting, files[0])
    if len(files) == 1:
        return _place_one(files[0], scene)
    return _place_two(files[0], files[1])


def _are_several(files: Sequence[DroppedFile], scene: Scene) -> bool:
    """Whether each shall have a row: on their page, and where they are more than a pair."""
    return scene.page is Page.SEVERAL or len(files) > 2


def _place_several(files: Sequence[DroppedFile]) -> Destination:
    return Destination(Page.SEVERAL, {}, several=tuple(files))


def tell_obstacle(file: DroppedFile) -> str:
    """Why nothing can be done with a file, as a sentence."""
    if file.kind is Obstacle.UNREADABLE:
        return file.problem
    if file.kind is Obstacle.MISSING:
        return text.MISSING.format(path=show_name(file.path))
    return text.about(_OBSTACLES[Obstacle(file.kind)], file.path)


def tell_same(file: DroppedFile) -> str:
    """That a file is no pair with itself, as a sentence."""
    return text.about(text.SAME_FOLDER_TWICE if file.is_folder else text.SAME_FILE_TWICE, file.path)


_OBSTACLES = {
    Obstacle.LINK_TO_NOTHING: text.LINK_TO_NOTHING,
    Obstacle.SPECIAL: text.SPECIAL,
}


# --- two files -----------------------------------------------------------------------------------


def _place_two(one: DroppedFile, other: DroppedFile) -> Decision:
    if one.is_same_file(other):
        return Refusal(tell_same(one))
    folders = [file for file in (one, other) if file.is_folder]
    ordinary = [file for file in (one, other) if file.is_ordinary] or folders
    if folders and ordinary is not folders:
        return Refusal(str(FoldersAndFiles(ordinary[0].path, folders[0].path.name)))
    signatures = [file for file in (one, other) if file.is_signature]
    deltas = [file for file in (one, other) if file.is_delta]
    if len(ordinary) == 2:
        old, new = sorted(ordinary, key=lambda file: file.modified)
        return Destination(Page.DELTA, {Slot.OLD_TO_COMPARE: old, Slot.NEW_FILE: new})
    if ordinary and signatures:
        return Destination(Page.DELTA, {Slot.SIGNATURE: signatures[0], Slot.NEW_FILE: ordinary[0]})
    if ordinary:
        return Destination(Page.PATCH, {Slot.DELTA: deltas[0], Slot.OLD_TO_PATCH: ordinary[0]})
    if len(signatures) == 2:
        return Refusal(text.TWO_SIGNATURES)
    if len(deltas) == 2:
        return Refusal(text.TWO_DELTAS, (Remedy(text.APPLY_EACH, _place_several(deltas)),))
    return Refusal(
        text.SIGNATURE_AND_DELTA,
        (
            _offer(text.MAKE_A_DELTA_WITH_IT, Slot.SIGNATURE, signatures[0]),
            _offer(text.PATCH_WITH_IT, Slot.DELTA, deltas[0]),
        ),
    )


# --- one file ------------------------------------------------------------------------------------


def _place_one(file: DroppedFile, scene: Scene) -> Decision:
    if file.is_signature:
        return _place_signature(file, scene)
    if file.is_delta:
        return _place_delta(file, scene)
    return _place_ordinary(file, scene)


def _place_signature(signature: DroppedFile, scene: Scene) -> Decision:
    aimed_at = scene.aimed_at
    if aimed_at is None or aimed_at.page in (Page.START, Page.DELTA):
        return Destination(Page.DELTA, {Slot.SIGNATURE: signature})
    if aimed_at is Slot.DELTA:
        sentence = str(NotADelta(signature.path, signature.found))
    else:
        sentence = text.about(text.SIGNATURE_FOR_OLD_FILE, signature.path)
    return Refusal(sentence, (_offer(text.MAKE_A_DELTA_WITH_IT, Slot.SIGNATURE, signature),))


def _place_delta(delta: DroppedFile, scene: Scene) -> Decision:
    aimed_at = scene.aimed_at
    if aimed_at is None or aimed_at.page in (Page.START, Page.PATCH):
        return Destination(Page.PATCH, {Slot.DELTA: delta})
    if aimed_at is Slot.SIGNATURE:
        sentence = str(NotASignature(delta.path, "delta"))
    else:
        sentence = text.about(text.DELTA_FOR_FILE, delta.path)
    return Refusal(sentence, (_offer(text.PATCH_WITH_IT, Slot.DELTA, delta),))


def _place_ordinary(file: DroppedFile, scene: Scene) -> Decision:
    slot = scene.aimed_at or _open_slot(scene)
    if file.is_folder:
        slot = _FOR_FOLDERS.get(slot, slot)
    if slot is Slot.SIGNATURE:
        return Refusal(
            str(NotASignature(file.path, file.found)),
            (
                _offer(text.MAKE_ITS_SIGNATURE, Slot.OLD_TO_SIGN, file),
                _offer(text.USE_AS_OLD_FILE, Slot.OLD_TO_COMPARE, file),
            ),
        )
    if slot is Slot.DELTA:
        if Slot.OLD_TO_PATCH not in scene.filled:
            return Destination(
                Page.PATCH, {Slot.OLD_TO_PATCH: file}, text.about(text.TAKEN_AS_OLD, file.path)
            )
        return Refusal(
            str(NotADelta(file.path, file.found)),
            (_offer(text.MAKE_A_DELTA_FROM_IT, Slot.NEW_FILE, file),),
        )
    partner = scene.filled.get(_PARTNERS[slot]) if slot in _PARTNERS else None
    if partner is not None and scene.pairing and partner.is_same_file(file):
        return Refusal(tell_same(file))
    return Destination(slot.page, {slot: file})


# Where a folder can only be the old one.
_FOR_FOLDERS = {Slot.SIGNATURE: Slot.OLD_TO_COMPARE, Slot.DELTA: Slot.OLD_TO_PATCH}

# The two files of a pair, which must not be one and the same.
_PARTNERS = {
    Slot.OLD_TO_COMPARE: Slot.NEW_FILE,
    Slot.NEW_FILE: Slot.OLD_TO_COMPARE,
}


def _open_slot(scene: Scene) -> Slot:
    """The slot that an ordinary file goes to when it was aimed at none."""
    match scene.page:
        case Page.SIGNATURE:
            return Slot.OLD_TO_SIGN
        case Page.PATCH:
            return Slot.OLD_TO_PATCH
        case Page.DELTA if scene.pairing and Slot.OLD_TO_COMPARE not in scene.filled:
            return Slot.OLD_TO_COMPARE
        case Page.DELTA:
            return Slot.NEW_FILE
        case _:
            return Slot.UNDECIDED


def begin(situation: Slot, file: DroppedFile | None) -> Destination:
    """Where a choice on the start page leads, with the ordinary file that waits there, if any."""
    return Destination(
        situation.page,
        {} if file is None else {situation: file},
        pairing=situation is Slot.OLD_TO_COMPARE,
    )


def _offer(label: str, slot: Slot, file: DroppedFile) -> Remedy:
    return Remedy(label, Destination(slot.page, {slot: file}))
