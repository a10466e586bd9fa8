"""Where files that arrive belong: the table of roles, as a function without a window.

Content decides, never the extension. A file that was aimed at a zone goes there, or to the zone
of the same page that it fits; where it fits none, a sentence says so and offers the next step.
Files that arrive on the window as a whole lead to the step that they start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rdiff_gui.errors import NotADelta, NotASignature
from rdiff_gui.formats.magic import Kind
from rdiff_gui.ui.dropped_files import Arrival, Obstacle
from rdiff_gui.ui.sentences import placing
from rdiff_gui.ui.slots import Page, Slot


@dataclass(frozen=True, slots=True)
class Scene:
    """What the window shows as the files arrive.

    `aimed_at` is the zone they were dropped on, None for the window as a whole; `pairing` says
    that the delta page compares two files instead of taking a signature.
    """

    page: Page = Page.START
    aimed_at: Slot | None = None
    filled: Mapping[Slot, Arrival] = field(default_factory=dict)
    pairing: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """Go to `page` and put files into its slots; `note` is a sentence where that may surprise.

    `pairing` chooses between old file and signature on the delta page; None leaves it.
    """

    page: Page
    filled: Mapping[Slot, Arrival]
    note: str = ""
    pairing: bool | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button: its text, and where it leads."""

    label: str
    destination: Destination


@dataclass(frozen=True, slots=True)
class Refusal:
    """A sentence that says why this cannot be, and the buttons that lead on."""

    sentence: str
    remedies: tuple[Remedy, ...] = ()


Decision = Destination | Refusal


def decide(arrivals: Sequence[Arrival], scene: Scene) -> Decision:
    """Where the files go, in a window that looks like `scene`."""
    for arrival in arrivals:
        if isinstance(arrival.kind, Obstacle):
            return Refusal(_obstacle(arrival))
    if len(arrivals) == 1:
        return _place_one(arrivals[0], scene)
    if len(arrivals) == 2:
        return _place_two(arrivals[0], arrivals[1])
    return Refusal(placing.too_many_files(len(arrivals)))


def _obstacle(arrival: Arrival) -> str:
    if arrival.kind is Obstacle.UNREADABLE:
        return arrival.problem
    return {
        Obstacle.FOLDER: placing.is_a_folder,
        Obstacle.LINK_TO_NOTHING: placing.link_to_nothing,
        Obstacle.SPECIAL: placing.is_special,
    }.get(Obstacle(arrival.kind), placing.is_missing)(arrival.path)


# --- two files -----------------------------------------------------------------------------------


def _place_two(one: Arrival, other: Arrival) -> Decision:
    if one.is_same_file(other):
        return Refusal(placing.same_file_twice(one.path))
    ordinary = [arrival for arrival in (one, other) if arrival.is_ordinary]
    signatures = [arrival for arrival in (one, other) if arrival.kind is Kind.SIGNATURE]
    deltas = [arrival for arrival in (one, other) if arrival.kind is Kind.DELTA]
    if len(ordinary) == 2:
        old, new = sorted(ordinary, key=lambda arrival: arrival.modified)
        return Destination(Page.DELTA, {Slot.OLD_TO_COMPARE: old, Slot.NEW_FILE: new})
    if ordinary and signatures:
        return Destination(Page.DELTA, {Slot.SIGNATURE: signatures[0], Slot.NEW_FILE: ordinary[0]})
    if ordinary:
        return Destination(Page.PATCH, {Slot.DELTA: deltas[0], Slot.OLD_TO_PATCH: ordinary[0]})
    if len(signatures) == 2:
        return Refusal(placing.two_signatures())
    if len(deltas) == 2:
        return Refusal(placing.two_deltas())
    return Refusal(
        placing.signature_and_delta(),
        (_use_signature(signatures[0]), _use_delta(deltas[0])),
    )


# --- one file ------------------------------------------------------------------------------------


def _place_one(arrival: Arrival, scene: Scene) -> Decision:
    if arrival.kind is Kind.SIGNATURE:
        return _place_signature(arrival, scene)
    if arrival.kind is Kind.DELTA:
        return _place_delta(arrival, scene)
    return _place_ordinary(arrival, scene)


def _place_signature(signature: Arrival, scene: Scene) -> Decision:
    there = Destination(Page.DELTA, {Slot.SIGNATURE: signature})
    aimed_at = scene.aimed_at
    if aimed_at is None or aimed_at.page in (Page.START, Page.DELTA):
        return there
    if aimed_at is Slot.DELTA:
        sentence = str(NotADelta(signature.path, "signature"))
    else:
        sentence = placing.signature_for_old_file(signature.path)
    return Refusal(sentence, (_use_signature(signature),))


def _place_delta(delta: Arrival, scene: Scene) -> Decision:
    aimed_at = scene.aimed_at
    if aimed_at is not None and aimed_at.page in (Page.SIGNATURE, Page.DELTA):
        if aimed_at is Slot.SIGNATURE:
            sentence = str(NotASignature(delta.path, "delta"))
        else:
            sentence = placing.delta_for_file(delta.path)
        return Refusal(sentence, (_use_delta(delta),))
    return Destination(Page.PATCH, {Slot.DELTA: delta})


def _place_ordinary(arrival: Arrival, scene: Scene) -> Decision:
    slot = scene.aimed_at or _open_slot(scene)
    if slot is Slot.SIGNATURE:
        return Refusal(
            str(NotASignature(arrival.path, arrival.found)),
            (
                Remedy(
                    placing.MAKE_ITS_SIGNATURE,
                    Destination(Page.SIGNATURE, {Slot.OLD_TO_SIGN: arrival}),
                ),
                Remedy(
                    placing.USE_AS_OLD_FILE,
                    Destination(Page.DELTA, {Slot.OLD_TO_COMPARE: arrival}),
                ),
            ),
        )
    if slot is Slot.DELTA:
        if Slot.OLD_TO_PATCH not in scene.filled:
            return Destination(
                Page.PATCH, {Slot.OLD_TO_PATCH: arrival}, placing.taken_as_old(arrival.path)
            )
        return Refusal(
            str(NotADelta(arrival.path, arrival.found)),
            (
                Remedy(
                    placing.MAKE_A_DELTA_FROM_IT,
                    Destination(Page.DELTA, {Slot.NEW_FILE: arrival}),
                ),
            ),
        )
    partner = scene.filled.get(_PARTNERS[slot]) if slot in _PARTNERS else None
    if partner is not None and scene.pairing and partner.is_same_file(arrival):
        return Refusal(placing.same_file_twice(arrival.path))
    return Destination(slot.page, {slot: arrival})


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


def begin(situation: Slot, file: Arrival | None) -> Destination:
    """Where a choice on the start page leads, with the ordinary file that waits there, if any."""
    return Destination(
        situation.page,
        {} if file is None else {situation: file},
        pairing=situation is Slot.OLD_TO_COMPARE,
    )


def _use_signature(signature: Arrival) -> Remedy:
    return Remedy(
        placing.MAKE_A_DELTA_WITH_IT, Destination(Page.DELTA, {Slot.SIGNATURE: signature})
    )


def _use_delta(delta: Arrival) -> Remedy:
    return Remedy(placing.PATCH_WITH_IT, Destination(Page.PATCH, {Slot.DELTA: delta}))
