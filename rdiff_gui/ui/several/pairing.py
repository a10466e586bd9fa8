"""Which of many files belong together: by seal, then by name, then by stem."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rdiff_gui.desktop.settings import own_name
from rdiff_gui.engine.summaries import Identity
from rdiff_gui.formats.magic import Kind
from rdiff_gui.ui import Slot
from rdiff_gui.ui.patch.model import split_name
from rdiff_gui.ui.routing import Obstacle
from rdiff_gui.ui.several.model import Item, Lack, Row
from rdiff_gui.wording import translate

# Whether a file may be the one that a seal knows.
MayBe = Callable[[Path, Identity], bool]

# In a crowd of files of one size, no more are read.
_TRIED_MOST = 16

_OLD_WORDS = ("old", "orig", "original", "before", "bak", "backup")
_NEW_WORDS = ("new", "after", "updated", translate("new"))
_WORDS = "|".join(map(re.escape, (*_OLD_WORDS, *_NEW_WORDS)))
# At the end of a stem: `-new`, ` (new 2)`, `_v1.2`, ` (3)`, `-2024-05-01`.
_MARK = re.compile(
    rf"(?:[\s._-]+|[\s._-]*\()(?:(?P<word>{_WORDS})(?:\s\d+)?|v?\d+(?:[._-]\d+)*)\)?$", re.I
)
_LAST_WORD = re.compile(rf"\.(?P<word>{_WORDS})$", re.I)
_MARKS_MOST = 3


def pair(items: Sequence[Item], may_be: MayBe) -> list[Row]:
    """A row for each piece of work that the files make, in the order in which they came.

    May be called from another thread than Tk's. Raises: RdiffError, what `may_be` raises.
    """
    return _Pairing(items, may_be).rows()


def stem_of(name: str) -> tuple[str, int]:
    """What versions of a file have in common in their names, and -1 for old, 1 for new, else 0.

    `photos-old.db`, `photos.db` and `photos (new 2).db` are all `photos.db`.
    """
    rank = 0
    if last := _LAST_WORD.search(name):
        name, rank = name[: last.start()], _rank(last["word"])
    stem, suffix = split_name(name)
    for _ in range(_MARKS_MOST):
        mark = _MARK.search(stem)
        if not mark or not mark.start():
            break
        stem, rank = stem[: mark.start()], rank or _rank(mark["word"])
    return (stem + suffix).casefold(), rank


def _rank(word: str | None) -> int:
    if word is None:
        return 0
    return -1 if word.lower() in _OLD_WORDS else 1


class _Pairing:
    """Files, those that have found their place, and the rows that came of it."""

    def __init__(self, items: Sequence[Item], may_be: MayBe) -> None:
        self._items = items
        self._may_be = may_be
        self._taken: set[int] = set()
        self._rows: list[tuple[int, Row]] = []
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        self._by_size: dict[int, list[int]] = defaultdict(list)

    def rows(self) -> list[Row]:
        """Go from what is certain to what is likely."""
        self._pair_folders()
        for number, item in enumerate(self._items):
            if item.file.is_ordinary and number not in self._taken:
                self._by_name[item.path.name].append(number)
                self._by_stem[stem_of(item.path.name)[0]].append(number)
                self._by_size[item.file.size_bytes].append(number)
        for number in self._of_kind(Kind.DELTA):
            self._add_with(number, self._old_file_for(number), Slot.DELTA, Slot.OLD_TO_PATCH)
        for number in self._of_kind(Kind.SIGNATURE):
            self._add_with(number, self._new_file_for(number), Slot.SIGNATURE, Slot.NEW_FILE)
        self._pair_versions(self._by_name.values())
        self._pair_versions(self._by_stem.values())
        self._place_rest()
        return [row for _first, row in sorted(self._rows, key=lambda placed: placed[0])]

    def _of_kind(self, kind: Kind) -> list[int]:
        return [
            number
            for number, item in enumerate(self._items)
            if item.file.kind is kind and number not in self._taken
        ]

    def _add(self, row: Row, *numbers: int) -> None:
        self._taken.update(numbers)
        self._rows.append((min(numbers), row))

    # --- two folders -----------------------------------------------------------------------------

    def _pair_folders(self) -> None:
        """Files of one name from there on are versions of one; the first folder is the old one."""
        sides: tuple[dict[str, int], dict[str, int]] = ({}, {})
        for number, item in enumerate(self._items):
            if item.side is not None and not isinstance(item.file.kind, Obstacle):
                sides[item.side][item.relative] = number
        for relative, old in sides[0].items():
            new = sides[1].get(relative)
            if new is not None:
                self._add_pair(old, new)

    def _add_pair(self, old: int, new: int) -> None:
        slots = {Slot.OLD_TO_COMPARE: self._items[old], Slot.NEW_FILE: self._items[new]}
        self._add(Row(slots), old, new)

    # --- by seal and by name ---------------------------------------------------------------------

    def _add_with(self, number: int, partner: int | None, slot: Slot, other: Slot) -> None:
        """A signature or a delta, with its file if that is here."""
        item = self._items[number]
        if partner is None:
            lack = Lack.OLD_FILE if slot is Slot.DELTA else Lack.NEW_FILE
            self._add(Row({Slot.UNDECIDED: item}, lack), number)
            return
        both = {slot: item, other: self._items[partner]}
        if slot is Slot.DELTA:
            both = dict(reversed(both.items()))
        self._add(Row(both), number, partner)

    def _old_file_for(self, number: int) -> int | None:
        delta = self._items[number]
        basis = delta.seal.basis if delta.seal else None
        if basis is None:
            return self._called(own_name(delta.path), delta)
        named = [
            other
            for other in (*self._by_name.get(basis.name or "", ()), *self._likely_for(delta))
            if self._items[other].file.size_bytes == basis.size_bytes
        ]
        sized = self._by_size.get(basis.size_bytes, [])
        likely: list[int] = list(dict.fromkeys((*named, *sized[:_TRIED_MOST])))
        for other in likely[:_TRIED_MOST]:
            if self._may_be(self._items[other].path, basis):
                return other
        return None

    def _new_file_for(self, number: int) -> int | None:
        signature = self._items[number]
        basis = signature.seal.basis if signature.seal else None
        if basis and basis.name:
            found = self._called(basis.name, signature)
            if found is not None:
                return found
        return self._called(own_name(signature.path), signature)

    def _likely_for(self, item: Item) -> Sequence[int]:
        return self._by_stem.get(stem_of(own_name(item.path))[0], ())

    def _called(self, name: str, item: Item) -> int | None:
        """The file of that name, that beside `item` first; else a version of it by its stem."""
        if not name:
            return None
        named = [number for number in self._by_name.get(name, ()) if number not in self._taken]
        beside = [n for n in named if self._items[n].path.parent == item.path.parent]
        versions = [n for n in self._by_stem.get(stem_of(name)[0], ()) if n not in self._taken]
        for found in (beside, named, versions):
            # Of several versions, nobody knows which is meant.
            if len(found) == 1:
                return found[0]
        return None

    # --- versions of a file ----------------------------------------------------------------------

    def _pair_versions(self, groups: Iterable[Sequence[int]]) -> None:
        """Two files of a name, and no more, are an old one and a new one."""
        for group in groups:
            free = [number for number in group if number not in self._taken]
            if len(free) == 2:
                old, new = sorted(free, key=self._age)
                if not self._items[old].file.is_same_file(self._items[new].file):
                    self._add_pair(old, new)

    def _age(self, number: int) -> tuple[int, float]:
        item = self._items[number]
        return stem_of(item.path.name)[1], item.file.modified

    # --- the rest --------------------------------------------------------------------------------

    def _place_rest(self) -> None:
        """Files that nothing goes with are signed, where all others are so too."""
        rest = [number for number in range(len(self._items)) if number not in self._taken]
        alone = not self._rows and all(self._items[number].side is None for number in rest)
        for number in rest:
            item = self._items[number]
            if isinstance(item.file.kind, Obstacle):
                self._add(Row({Slot.UNDECIDED: item}, Lack.USE), number)
            elif alone and item.file.is_ordinary:
                self._add(Row({Slot.OLD_TO_SIGN: item}), number)
            elif item.side is not None:
                lack = (Lack.ONLY_OLD, Lack.ONLY_NEW)[item.side]
                self._add(Row({Slot.UNDECIDED: item}, lack), number)
            else:
                lack = Lack.FOLDER if item.file.of_folder else Lack.PARTNER
                self._add(Row({Slot.UNDECIDED: item}, lack), number)
