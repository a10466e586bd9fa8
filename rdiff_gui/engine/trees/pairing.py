"""Which old file each new one comes from: itself, one that moved, or one that is much like it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice

from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.formats.tree_manifest import Entry, EntryType, Side
from rdiff_gui.records import record

# A file that is shorter is sent as soon as said where it was.
_MOVED_BYTES_LEAST = 64
# A file is hardly made of one that is so many times as long, or as short.
_SIZES_APART_MOST = 8
# Of more files of one name, or with the same content, nobody needs the best.
_CANDIDATES_MOST = 256


@record(frozen=True)
class Pairing:
    """A new thing, and the old file that it is made of, if any.

    `exact`: their contents are equal. A LINKED one's `source` is the first name of a new file.
    """

    path: str
    fate: Fate
    source: str | None = None
    exact: bool = False


def pair(old: Side, new: Side, *, moves: bool) -> dict[str, Pairing]:
    """What became of every path of either side, in order of the new side, the old one behind.

    `moves`: whether files are looked for elsewhere.
    """
    pairings = {path: _judge(path, old.get(path), new) for path in new}
    if moves:
        wanting = [each for each in pairings.values() if _is_wanting(each, new)]
        finder = _Finder(old, new)
        for each in wanting:
            source = finder.find_equal(each.path)
            if source is not None:
                pairings[each.path] = Pairing(each.path, Fate.MOVED, source, exact=True)
        finder.forget(each.source for each in pairings.values() if each.source is not None)
        for each in wanting:
            if pairings[each.path].fate is Fate.NEW:
                source = finder.find_alike(each.path)
                if source is not None:
                    pairings[each.path] = Pairing(each.path, Fate.MOVED, source)
    for path in old:
        if path not in new:
            pairings[path] = Pairing(path, Fate.DELETED)
    return pairings


def _judge(path: str, old: Entry | None, new: Side) -> Pairing:
    """By what stands at the path itself."""
    entry = new[path]
    same = entry.has_content_of(old)
    if entry.hardlink is not None:
        first = new[entry.hardlink]
        if old and same and old.hardlink == entry.hardlink and old.mode == first.mode:
            return Pairing(path, Fate.KEPT, path, exact=True)
        return Pairing(path, Fate.LINKED, entry.hardlink)
    if old is None or old.type is not entry.type:
        return Pairing(path, Fate.NEW)
    if not same:
        source = path if entry.type is EntryType.FILE else None
        return Pairing(path, Fate.CHANGED, source)
    # What was another name of a file is one of its own now.
    kept = old.mode == entry.mode and old.hardlink is None
    return Pairing(path, Fate.KEPT if kept else Fate.TOUCHED, path, exact=True)


def _is_wanting(pairing: Pairing, new: Side) -> bool:
    """Whether its content may be elsewhere in the old tree."""
    entry = new[pairing.path]
    return (
        pairing.fate in (Fate.NEW, Fate.CHANGED)
        and entry.type is EntryType.FILE
        and entry.size_bytes >= _MOVED_BYTES_LEAST
    )


class _Finder:
    """The files of the old tree, by what they hold and by their names."""

    def __init__(self, old: Side, new: Side) -> None:
        self._old, self._new = old, new
        self._gone = {path for path in old if path not in new}
        self._by_hash: Mapping[str, list[str]] = _group(
            (entry.blake3, path) for path, entry in _files(old)
        )
        self._by_name = _group((_base(path), path) for path, _ in _files(old))
        self._gone_by_stem = _group(
            (_stem(path), path) for path, _ in _files(old) if path in self._gone
        )

    def forget(self, paths: Iterable[str | None]) -> None:
        """Files that are known to go on elsewhere are not gone for the others."""
        self._gone.difference_update(path for path in paths if path is not None)

    def find_equal(self, path: str) -> str | None:
        """An old file of the same content, best one that is gone, or has the same name."""
        return self._best(path, self._by_hash.get(self._new[path].blake3, ()))

    def find_alike(self, path: str) -> str | None:
        """An old file of the same name, or one that is gone and has it but for the digits."""
        size_bytes = self._new[path].size_bytes
        for candidates in (
            self._by_name.get(_base(path), ()),
            [each for each in self._gone_by_stem.get(_stem(path), ()) if each in self._gone],
        ):
            near = [each for each in candidates if self._may_be_alike(each, size_bytes)]
            if near:
                return self._best(path, near)
        return None

    def _may_be_alike(self, path: str, size_bytes: int) -> bool:
        old_bytes = self._old[path].size_bytes
        smaller, larger = sorted((old_bytes, size_bytes))
        return larger <= smaller * _SIZES_APART_MOST

    def _best(self, path: str, candidates: Iterable[str]) -> str | None:
        size_bytes = self._new[path].size_bytes

        def rank(candidate: str) -> tuple[bool, int, int, str]:
            apart = abs(self._old[candidate].size_bytes - size_bytes)
            return candidate in self._gone, _shared_names(path, candidate), -apart, candidate

        return max(islice(candidates, _CANDIDATES_MOST), key=rank, default=None)


def _files(side: Side) -> Iterable[tuple[str, Entry]]:
    """Those with content, each under its first name."""
    return (
        (path, entry)
        for path, entry in side.items()
        if entry.type is EntryType.FILE and entry.size_bytes and entry.hardlink is None
    )


def _group(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key, path in pairs:
        groups[key].append(path)
    return dict(groups)


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _stem(path: str) -> str:
    """A name without its digits: versions of a file are often called by number."""
    return re.sub(r"\d+", "", _base(path))


def _shared_names(path: str, other: str) -> int:
    """How many names the two have in common at their ends, and at their beginnings."""
    names, others = path.split("/"), other.split("/")
    most = min(len(names), len(others))
    end = next((n for n in range(most) if names[-1 - n] != others[-1 - n]), most)
    begin = next((n for n in range(most - end) if names[n] != others[n]), most - end)
    return 2 * end + begin
