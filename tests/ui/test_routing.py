"""Where dropped files go: every row of the table, without a window."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from rdiff_gui.formats.magic import Kind
from rdiff_gui.ui import Page, Slot
from rdiff_gui.ui.routing import (
    Decision,
    Destination,
    DroppedFile,
    Obstacle,
    Refusal,
    Scene,
    decide,
    look_at,
    look_at_all,
)
from tests.platforms import posix_only

OLD = DroppedFile(Path("/a/photos.db"), Kind.ORDINARY, 1000, modified=10.0, identity=(1, 1))
NEW = DroppedFile(Path("/b/photos.db"), Kind.ORDINARY, 1000, modified=20.0, identity=(1, 2))
EMPTY = DroppedFile(Path("/a/empty"), Kind.EMPTY, 0, modified=5.0, identity=(1, 3))
SIGNATURE = DroppedFile(Path("/a/photos.db.sig"), Kind.SIGNATURE, 40, 30.0, (1, 4))
DELTA = DroppedFile(Path("/a/photos.db.delta"), Kind.DELTA, 40, 30.0, (1, 5))


def go(*arrivals: DroppedFile, scene: Scene | None = None) -> tuple[Page, dict[Slot, DroppedFile]]:
    """The destination, which there must be."""
    decision = decide(arrivals, scene or Scene())
    assert isinstance(decision, Destination), decision
    return decision.page, dict(decision.filled)


def refuse(*arrivals: DroppedFile, scene: Scene | None = None) -> tuple[str, list[str]]:
    """The sentence and the buttons' texts, which there must be."""
    decision: Decision = decide(arrivals, scene or Scene())
    assert isinstance(decision, Refusal), decision
    return decision.sentence, [remedy.label for remedy in decision.remedies]


@pytest.mark.parametrize("both_orders", [lambda a, b: (a, b), lambda a, b: (b, a)])
@pytest.mark.parametrize(
    ("one", "other", "page", "filled"),
    [
        (OLD, NEW, Page.DELTA, {Slot.OLD_TO_COMPARE: OLD, Slot.NEW_FILE: NEW}),
        (EMPTY, NEW, Page.DELTA, {Slot.OLD_TO_COMPARE: EMPTY, Slot.NEW_FILE: NEW}),
        (SIGNATURE, NEW, Page.DELTA, {Slot.SIGNATURE: SIGNATURE, Slot.NEW_FILE: NEW}),
        (DELTA, OLD, Page.PATCH, {Slot.DELTA: DELTA, Slot.OLD_TO_PATCH: OLD}),
    ],
)
def test_two_files_that_belong_together_are_ready_to_go(
    one: DroppedFile,
    other: DroppedFile,
    page: Page,
    filled: dict[Slot, DroppedFile],
    both_orders: Callable[[DroppedFile, DroppedFile], tuple[DroppedFile, DroppedFile]],
) -> None:
    """The step is filled in whichever comes first; of two ordinary files the older is the old."""
    assert go(*both_orders(one, other)) == (page, filled)
    elsewhere = Scene(Page.PATCH, aimed_at=Slot.DELTA)
    assert go(*both_orders(one, other), scene=elsewhere) == (page, filled)


def test_of_two_files_of_one_age_the_first_is_the_old_one() -> None:
    """Where the time says nothing the order does; one click swaps them."""
    twin = DroppedFile(Path("/c"), Kind.ORDINARY, 5, OLD.modified, (9, 9))
    assert go(OLD, twin)[1] == {Slot.OLD_TO_COMPARE: OLD, Slot.NEW_FILE: twin}


@pytest.mark.parametrize(
    ("arrivals", "words", "buttons"),
    [
        ((SIGNATURE, DELTA), "do not go together", ["Make a delta with it", "Patch with it"]),
        (
            (DELTA, DroppedFile(Path("/d"), Kind.DELTA)),
            "two deltas",
            ["Apply each to its own old file"],
        ),
        ((SIGNATURE, DroppedFile(Path("/s"), Kind.SIGNATURE)), "two signatures", []),
        ((OLD, OLD), "same file", []),
        ((OLD, DroppedFile(Path("/link"), Kind.ORDINARY, 1000, 10, OLD.identity)), "same file", []),
    ],
)
def test_what_does_not_go_together_is_said(
    arrivals: tuple[DroppedFile, ...], words: str, buttons: list[str]
) -> None:
    """A sentence says why not and what would, with buttons where there is a way on."""
    sentence, labels = refuse(*arrivals)
    assert words in sentence
    assert labels == buttons


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        (Obstacle.MISSING, "was not found"),
        (Obstacle.LINK_TO_NOTHING, "is a link to a file that is not there"),
        (Obstacle.SPECIAL, "is a pipe or a device"),
        (Obstacle.UNREADABLE, "No permission"),
    ],
)
def test_what_is_no_file_is_said_also_among_others(obstacle: Obstacle, words: str) -> None:
    """Dead links, pipes and unreadable files have their own sentences."""
    bad = DroppedFile(Path("/x/thing"), obstacle, problem="No permission to read it.")
    assert words in refuse(bad)[0]
    assert words in refuse(OLD, bad)[0]


FOLDERS = tuple(DroppedFile(Path(path), Obstacle.FOLDER) for path in ("/old", "/new"))


@pytest.mark.parametrize(
    ("arrivals", "scene"),
    [
        ((OLD, NEW, EMPTY), Scene()),
        ((OLD, NEW, SIGNATURE, DELTA), Scene(Page.PATCH, aimed_at=Slot.DELTA)),
        ((OLD, NEW, DroppedFile(Path("/x"), Obstacle.MISSING)), Scene()),
        (FOLDERS, Scene(Page.SEVERAL)),
        ((OLD,), Scene(Page.SEVERAL)),
        ((SIGNATURE, DELTA), Scene(Page.SEVERAL, aimed_at=Slot.SEVERAL)),
    ],
)
def test_more_than_a_pair_gets_a_row_each(arrivals: tuple[DroppedFile, ...], scene: Scene) -> None:
    """So does all that comes while the rows are seen."""
    decision = decide(arrivals, scene)
    assert isinstance(decision, Destination)
    assert (decision.page, decision.several) == (Page.SEVERAL, arrivals)


TREE_DELTA = DroppedFile(Path("/tree.rdelta"), Kind.TREE_DELTA)
TREE_SIGNATURE = DroppedFile(Path("/tree.rsig"), Kind.TREE_SIGNATURE)


@pytest.mark.parametrize(
    ("arrivals", "scene", "expected"),
    [
        (FOLDERS[:1], Scene(), (Page.START, {Slot.UNDECIDED: FOLDERS[0]})),
        (
            FOLDERS,
            Scene(Page.PATCH),
            (Page.DELTA, {Slot.OLD_TO_COMPARE: FOLDERS[0], Slot.NEW_FILE: FOLDERS[1]}),
        ),
        (
            (TREE_DELTA, FOLDERS[0]),
            Scene(),
            (Page.PATCH, {Slot.DELTA: TREE_DELTA, Slot.OLD_TO_PATCH: FOLDERS[0]}),
        ),
        (
            (FOLDERS[1], TREE_SIGNATURE),
            Scene(),
            (Page.DELTA, {Slot.SIGNATURE: TREE_SIGNATURE, Slot.NEW_FILE: FOLDERS[1]}),
        ),
        (
            FOLDERS[:1],
            Scene(Page.DELTA, aimed_at=Slot.SIGNATURE),
            (Page.DELTA, {Slot.OLD_TO_COMPARE: FOLDERS[0]}),
        ),
        (
            FOLDERS[:1],
            Scene(Page.PATCH, aimed_at=Slot.DELTA),
            (Page.PATCH, {Slot.OLD_TO_PATCH: FOLDERS[0]}),
        ),
    ],
)
def test_a_folder_goes_where_a_file_would(
    arrivals: tuple[DroppedFile, ...], scene: Scene, expected: tuple[Page, object]
) -> None:
    """Alone, with its other version, with its delta or signature; and never as one of those."""
    assert go(*arrivals, scene=scene) == expected


def test_what_a_patch_left_beside_a_folder_leads_to_that() -> None:
    """Its own name tells."""
    decision = decide((DroppedFile(Path("/x/.tree.rdiff-stage"), Obstacle.FOLDER),), Scene())
    assert isinstance(decision, Destination)
    assert (decision.page, decision.interrupted) == (Page.PATCH, Path("/x/tree"))


@pytest.mark.parametrize("page", [Page.START, Page.HISTORY, Page.SETTINGS])
def test_one_ordinary_file_waits_for_the_user_to_say(page: Page) -> None:
    """Nobody can know whether it is old or new: the start page asks."""
    assert go(OLD, scene=Scene(page)) == (Page.START, {Slot.UNDECIDED: OLD})
    aimed = Scene(Page.START, aimed_at=Slot.UNDECIDED)
    assert go(OLD, scene=aimed) == (Page.START, {Slot.UNDECIDED: OLD})


@pytest.mark.parametrize(
    ("scene", "slot"),
    [
        (Scene(Page.SIGNATURE), Slot.OLD_TO_SIGN),
        (Scene(Page.DELTA), Slot.NEW_FILE),
        (Scene(Page.DELTA, filled={Slot.SIGNATURE: SIGNATURE}), Slot.NEW_FILE),
        (Scene(Page.DELTA, pairing=True), Slot.OLD_TO_COMPARE),
        (Scene(Page.DELTA, filled={Slot.OLD_TO_COMPARE: OLD}, pairing=True), Slot.NEW_FILE),
        (Scene(Page.PATCH), Slot.OLD_TO_PATCH),
        (Scene(Page.PATCH, filled={Slot.DELTA: DELTA}), Slot.OLD_TO_PATCH),
    ],
)
def test_one_ordinary_file_completes_the_open_step(scene: Scene, slot: Slot) -> None:
    """On a step's page the file goes where one is still missing."""
    assert go(NEW, scene=scene) == (slot.page, {slot: NEW})


@pytest.mark.parametrize(
    "slot", [Slot.OLD_TO_SIGN, Slot.OLD_TO_COMPARE, Slot.NEW_FILE, Slot.OLD_TO_PATCH]
)
def test_an_ordinary_file_goes_to_the_zone_it_was_aimed_at(slot: Slot) -> None:
    """Old and new are the user's to say."""
    scene = Scene(slot.page, aimed_at=slot, pairing=True)
    assert go(EMPTY, scene=scene) == (slot.page, {slot: EMPTY})


@pytest.mark.parametrize(
    "scene",
    [
        Scene(Page.DELTA, Slot.OLD_TO_COMPARE, {Slot.NEW_FILE: OLD}, pairing=True),
        Scene(Page.DELTA, Slot.NEW_FILE, {Slot.OLD_TO_COMPARE: OLD}, pairing=True),
    ],
)
def test_a_file_is_not_compared_with_itself(scene: Scene) -> None:
    """The same file in both zones is a slip, also through a link."""
    link = DroppedFile(Path("/elsewhere"), Kind.ORDINARY, 1000, 10.0, OLD.identity)
    assert "same file" in refuse(link, scene=scene)[0]


def test_an_ordinary_file_as_signature_offers_to_make_one() -> None:
    """The slip that users of rdiff make most: the old file where its signature is due."""
    scene = Scene(Page.DELTA, aimed_at=Slot.SIGNATURE)
    decision = decide([OLD], scene)
    assert isinstance(decision, Refusal)
    assert "ordinary file, not a signature" in decision.sentence
    make, use = decision.remedies
    assert make.destination == Destination(Page.SIGNATURE, {Slot.OLD_TO_SIGN: OLD})
    assert use.destination == Destination(Page.DELTA, {Slot.OLD_TO_COMPARE: OLD})
    assert "is empty" in refuse(EMPTY, scene=scene)[0]


def test_an_ordinary_file_as_delta_is_the_old_file_or_offers_to_make_one() -> None:
    """With the old file missing it is that; else a delta can be made from it."""
    decision = decide([OLD], Scene(Page.PATCH, aimed_at=Slot.DELTA))
    assert isinstance(decision, Destination)
    assert decision.filled == {Slot.OLD_TO_PATCH: OLD}
    assert "taken as the old file" in decision.note
    full = Scene(Page.PATCH, aimed_at=Slot.DELTA, filled={Slot.OLD_TO_PATCH: OLD})
    decision = decide([NEW], full)
    assert isinstance(decision, Refusal)
    assert "ordinary file, not a delta" in decision.sentence
    assert decision.remedies[0].destination == Destination(Page.DELTA, {Slot.NEW_FILE: NEW})
    assert "is empty" in refuse(EMPTY, scene=full)[0]


@pytest.mark.parametrize(
    "scene",
    [
        *[Scene(page) for page in Page if page is not Page.SEVERAL],
        *[Scene(Page.DELTA, aimed_at=slot) for slot in Slot if slot.page is Page.DELTA],
        Scene(Page.START, aimed_at=Slot.UNDECIDED),
    ],
)
def test_a_signature_starts_the_delta_step(scene: Scene) -> None:
    """Wherever a signature is dropped, it waits there for the new file."""
    assert go(SIGNATURE, scene=scene) == (Page.DELTA, {Slot.SIGNATURE: SIGNATURE})


@pytest.mark.parametrize("slot", [Slot.OLD_TO_SIGN, Slot.OLD_TO_PATCH, Slot.DELTA])
def test_a_signature_in_a_zone_of_another_step_is_said(slot: Slot) -> None:
    """The page is not left without asking; one button leads to the right one."""
    decision = decide([SIGNATURE], Scene(slot.page, aimed_at=slot))
    assert isinstance(decision, Refusal)
    assert "is a signature" in decision.sentence
    (remedy,) = decision.remedies
    assert remedy.destination == Destination(Page.DELTA, {Slot.SIGNATURE: SIGNATURE})


@pytest.mark.parametrize(
    "scene",
    [
        *[Scene(page) for page in Page if page is not Page.SEVERAL],
        Scene(Page.PATCH, Slot.OLD_TO_PATCH),
        Scene(Page.PATCH, Slot.DELTA, {Slot.OLD_TO_PATCH: NEW}),
    ],
)
def test_a_delta_starts_the_patch_step(scene: Scene) -> None:
    """Whatever page it arrives on, and beside an old file that was chosen before."""
    assert go(DELTA, scene=scene) == (Page.PATCH, {Slot.DELTA: DELTA})


@pytest.mark.parametrize("slot", [Slot.OLD_TO_SIGN, Slot.SIGNATURE, Slot.NEW_FILE])
def test_a_delta_in_a_zone_of_another_step_is_said(slot: Slot) -> None:
    """One button leads to the patch step."""
    decision = decide([DELTA], Scene(slot.page, aimed_at=slot))
    assert isinstance(decision, Refusal)
    assert "is a delta" in decision.sentence
    (remedy,) = decision.remedies
    assert remedy.destination == Destination(Page.PATCH, {Slot.DELTA: DELTA})


# --- looking at real files -----------------------------------------------------------------------


@posix_only("no pipes and sockets among the files")
def test_what_arrives_is_looked_at(tmp_path: Path) -> None:
    """Content, links, folders, pipes and sockets are told apart, and nothing blocks."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.sig").write_bytes(b"just text")
    (tmp_path / "empty").touch()
    (tmp_path / "noname").write_bytes(bytes.fromhex("727301470000010000000020"))
    (tmp_path / "delta").write_bytes(bytes.fromhex("7273023600"))
    (tmp_path / "dead").symlink_to(tmp_path / "gone")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "link").symlink_to(tmp_path / "file.sig")
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "s"))
        names = ("folder", "file.sig", "empty", "noname", "delta", "dead", "loop", "link", "fifo")
        seen = look_at_all([*(tmp_path / name for name in names), tmp_path / "s"])
    assert [arrival.kind for arrival in seen] == [
        Obstacle.FOLDER,
        Kind.ORDINARY,
        Kind.EMPTY,
        Kind.SIGNATURE,
        Kind.DELTA,
        Obstacle.LINK_TO_NOTHING,
        Obstacle.UNREADABLE,
        Kind.ORDINARY,
        Obstacle.SPECIAL,
        Obstacle.SPECIAL,
    ]
    assert seen[7].is_same_file(seen[1])
    assert seen[1].size_bytes == 9
    assert look_at(Path("/dev/null")).kind is Obstacle.SPECIAL
    assert look_at(tmp_path / "nowhere").kind is Obstacle.MISSING
    assert look_at(tmp_path / ("long" * 100)).kind is Obstacle.UNREADABLE
    assert look_at(tmp_path / "nul\0byte").kind is Obstacle.UNREADABLE


def test_paths_are_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is given on the command line means the folder it was given in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-x").write_bytes(b"1")
    assert look_at(Path("-x")).path == tmp_path / "-x"
