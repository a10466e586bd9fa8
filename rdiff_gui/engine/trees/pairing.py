"""Which old file each new one comes from: itself, one that moved, or one that is much like it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from rdiff_gui.engine.trees.summaries import Fate
from rdiff_gui.formats.tree_manifest import Entry, EntryType, Side
from rdiff_gui.records import record

# A file that is shorter is sent as soon as said where it was.
_MOVED_BYTES_LEAST = 64
# A new file that is shorter spares little by being like one that stays.
_LIKE_BYTES_LEAST = 2**11
# For new files, so many times as much is read of old ones.
_READ_MOST = 64
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


Alike = Callable[[Sequence[str], Sequence[str]], Mapping[str, str]]


def pair(old: Side, new: Side, find_like: Alike | None) -> dict[str, Pairing]:
    """What became of every path of either side, in order of the new side, the old one behind.

    `find_like` is asked which of some old files new ones are like. Without, no file is looked for
    elsewhere.

    Raises: what it raises.
    """
    pairings = {path: _judge(path, old.get(path), new) for path in new}
    if find_like:
        _find_sources(old, new, pairings, find_like)
    for path in old:
        if path not in new:
            pairings[path] = Pairing(path, Fate.DELETED)
    return pairings


def _find_sources(old: Side, new: Side, pairings: dict[str, Pairing], find_like: Alike) -> None:
    """Look for what is new elsewhere in the old tree: by content, by name, by what is in it."""
    wanting = [path for path, pairing in pairings.items() if _is_wanting(pairing, new)]
    finder = _Finder(old, new)
    for path in wanting:
        if (source := finder.find_equal(path)) is not None:
            pairings[path] = Pairing(path, Fate.MOVED, source, exact=True)
    finder.forget(pairings)
    for path, source in find_like(finder.gone_files(), _new_among(wanting, pairings)).items():
        pairings[path] = Pairing(path, Fate.MOVED, source)
    finder.forget(pairings)
    left = [
        path for path in _new_among(wanting, pairings) if new[path].size_bytes >= _LIKE_BYTES_LEAST
    ]
    for path, source in find_like(finder.files_near(left), left).items():
        pairings[path] = Pairing(path, Fate.MOVED, source)
    finder.forget(pairings)
    for find in (finder.find_named, finder.find_versioned):
        for path in _new_among(wanting, pairings):
            if (source := find(path)) is not None:
                pairings[path] = Pairing(path, Fate.MOVED, source)


def _new_among(paths: Iterable[str], pairings: Mapping[str, Pairing]) -> list[str]:
    return [path for path in paths if pairings[path].fate is Fate.NEW]


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

    def forget(self, pairings: Mapping[str, Pairing]) -> None:
        """Files that are known to go on elsewhere are not gone for the others."""
        self._gone.difference_update(pairing.source or "" for pairing in pairings.values())

    def find_equal(self, path: str) -> str | None:
        """An old file of the same content, best one that is gone, or has the same name."""
        return self._best(path, self._by_hash.get(self._new[path].blake3, ()))

    def gone_files(self) -> list[str]:
        """Those that are gone, in order."""
        return [path for path, _ in _files(self._old) if path in self._gone]

    def files_near(self, paths: Sequence[str]) -> list[str]:
        """Those of the same suffixes; where that is too much to read, in the same folders."""
        old, found = self._old, []
        known = _group((_suffix(path), path) for path, _ in _files(old)) if paths else {}
        for suffix, wanting in _group((_suffix(path), path) for path in paths).items():
            folders = {path.rpartition("/")[0] for path in wanting}
            most_bytes = _READ_MOST * sum(self._new[path].size_bytes for path in wanting)
            near = known.get(suffix, [])
            if sum(old[path].size_bytes for path in near) > most_bytes:
                near = [path for path in near if path.rpartition("/")[0] in folders]
            if sum(old[path].size_bytes for path in near) <= most_bytes:
                found += near
        return found

    def find_named(self, path: str) -> str | None:
        """An old file of the same name, best one that is gone."""
        return self._find_alike(path, self._by_name.get(_base(path), ()))

    def find_versioned(self, path: str) -> str | None:
        """One that is gone and had the same name but for the digits."""
        known = self._gone_by_stem.get(_stem(path), ())
        return self._find_alike(path, [each for each in known if each in self._gone])

    def _find_alike(self, path: str, candidates: Iterable[str]) -> str | None:
        size_bytes = self._new[path].size_bytes
        near = [each for each in candidates if self._may_be_alike(each, size_bytes)]
        return self._best(path, near)

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


def _suffix(path: str) -> str:
    return _base(path).rpartition(".")[2]


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
